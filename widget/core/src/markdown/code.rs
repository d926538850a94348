//! Blocks of code: between fences, or indented.

use super::Block;
use super::cut::{byte, skip_back};
use super::line::Line;

/// Columns before the lines of code without a fence.
pub(super) const CODE_INDENT: usize = 4;
/// The mark of code without a fence.
const INDENTED: u8 = 0;

/// A block of code that may still grow.
#[derive(Clone)]
pub(super) struct OpenCode {
    mark: u8,
    width: usize,
    indent: usize,
    language: String,
    text: String,
    closed: bool,
}

impl OpenCode {
    /// Begins a block at a fence, or at an indented line below one at the margin: a whole answer that is indented is
    /// none, and neither are items and tags.
    pub(super) fn begin(line: &Line<'_>, has_margin: bool) -> Option<Self> {
        if let Some(fence) = line.fence() {
            return Some(Self::new(fence.mark, fence.width, line.indent, fence.language));
        }
        let is_indented = has_margin && line.indent >= CODE_INDENT && byte(line.text, 0) != b'<';
        if !is_indented || Line::new(line.text).marker().is_some() {
            return None;
        }
        let mut code = Self::new(INDENTED, 0, CODE_INDENT, "");
        code.push(line);
        Some(code)
    }

    fn new(mark: u8, width: usize, indent: usize, language: &str) -> Self {
        Self { mark, width, indent, language: language.into(), text: String::new(), closed: false }
    }

    /// Reads a line; returns `false` where the code ended before it.
    pub(super) fn continue_with(&mut self, line: &Line<'_>) -> bool {
        if self.mark != INDENTED {
            self.closed = line.closes(self.mark, self.width);
        } else if line.indent < CODE_INDENT && !line.is_blank() {
            return false;
        }
        if !self.closed {
            self.push(line);
        }
        true
    }

    fn push(&mut self, line: &Line<'_>) {
        self.text.push_str(line.outdent(self.indent));
        self.text.push('\n');
    }

    /// Returns the mark of the fence, if there is one.
    pub(super) fn fence(&self) -> Option<u8> {
        (self.mark != INDENTED).then_some(self.mark)
    }

    /// Returns `true` once the closing fence has been read.
    pub(super) const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Makes the block.
    pub(super) fn block(mut self) -> Block {
        let is_indented = self.mark == INDENTED;
        if is_indented {
            self.text.truncate(skip_back(&self.text, b"\n"));
        } else {
            self.text.pop();
        }
        Block::Code { language: self.language, text: self.text, closed: self.closed || is_indented }
    }
}
