//! A document that grows.

use std::rc::Rc;

use super::{Block, Inline};

/// A Markdown text that arrives in pieces.
#[derive(Clone, Debug, Default)]
pub struct Document {
    closed: Vec<Rc<Block>>,
    open: Vec<Rc<Block>>,
    line: String,
}

impl Document {
    /// Starts an empty document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece of the text, cut anywhere.
    pub fn push(&mut self, text: &str) {
        self.line.push_str(text);
        self.open = vec![Rc::new(Block::Paragraph(vec![Inline::Text(self.line.clone())]))];
    }

    /// Ends the text: what was left open is closed, and unclosed marks are literal.
    pub fn finish(&mut self) {
        self.closed.append(&mut self.open);
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
}

/// Parses a whole text at once.
#[must_use]
pub fn parse(text: &str) -> Vec<Rc<Block>> {
    let mut document = Document::new();
    document.push(text);
    document.finish();
    document.closed
}
