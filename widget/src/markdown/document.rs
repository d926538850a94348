//! A document that grows.

use std::rc::Rc;

use super::scan::Scan;
use super::{Block, Ending, steps};
use crate::text;

/// Bytes of one line outside code; a longer one is cut, so that reading it again has a bound.
const MAX_LINE: usize = 8 * 1024;

/// A Markdown text that arrives in pieces.
#[derive(Clone, Default)]
pub struct Document {
    closed: Vec<Rc<Block>>,
    open: Vec<Rc<Block>>,
    scan: Scan,
    /// The line that has no newline yet.
    line: String,
}

impl Document {
    /// Starts an empty document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece of the text, cut anywhere. Characters that deceive the eye are left out.
    pub fn push(&mut self, text: &str) {
        self.take(text);
        self.open = self.preview();
    }

    /// Ends the text: what was left open is closed, and unclosed marks are literal.
    pub fn finish(&mut self) {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.scan.close(Ending::Final);
        self.closed.append(&mut self.scan.out);
        self.open.clear();
    }

    /// Blocks that later text cannot change, in order; each keeps its pointer.
    #[must_use]
    pub fn blocks(&self) -> &[Rc<Block>] {
        &self.closed
    }

    /// The end of the document as it looks so far: at most a few blocks, made anew by each push.
    #[must_use]
    pub fn open(&self) -> &[Rc<Block>] {
        &self.open
    }

    fn take(&mut self, text: &str) {
        let text = text::clean(text);
        let mut lines = text.split('\n');
        self.extend(lines.next().unwrap_or_default());
        for line in lines {
            self.end_line();
            self.extend(line);
        }
    }

    /// Adds to the line, and cuts it where it grows too long.
    fn extend(&mut self, mut text: &str) {
        while self.line.len() + text.len() >= MAX_LINE && self.scan.fence().is_none() {
            let mut cut = MAX_LINE - self.line.len();
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            let (head, tail) = text.split_at_checked(cut).unwrap_or_default();
            self.line.push_str(head);
            self.end_line();
            self.scan.close(Ending::Final);
            text = tail;
        }
        self.line.push_str(text);
    }

    fn end_line(&mut self) {
        self.scan.line(self.line.strip_suffix('\r').unwrap_or(&self.line));
        self.line.clear();
        self.closed.append(&mut self.scan.out);
    }

    /// What the open end looks like, as if the text ended here but were to go on.
    fn preview(&self) -> Vec<Rc<Block>> {
        steps::add(self.line.len());
        let mut scan = self.scan.clone();
        if !self.is_ambiguous() {
            scan.line(self.line.strip_suffix('\r').unwrap_or(&self.line));
        }
        scan.close(Ending::Growing);
        scan.out
    }

    /// Whether the unfinished line is nothing but signs that could become any mark: it is not shown
    /// yet, so that no mark appears as text for a moment.
    fn is_ambiguous(&self) -> bool {
        let mut bytes = self.line.bytes();
        match self.scan.fence() {
            Some(mark) => bytes.all(|b| b == mark || matches!(b, b' ' | b'>')),
            None => bytes.all(|b| b.is_ascii_digit() || b" \t\r#-*+_>`~|=:.)[]xX\\".contains(&b)),
        }
    }
}

/// Parses a whole text at once.
#[must_use]
pub fn parse(text: &str) -> Vec<Rc<Block>> {
    let mut document = Document::new();
    document.take(text);
    document.finish();
    document.closed
}
