//! A document that grows.

use std::mem;
use std::rc::Rc;

use super::cut::{find, part, rest, skip, skip_back};
use super::reference::{self, Definition, References};
use super::scan::Scan;
use super::{Block, TextEnd, work};
use crate::text::{Cleaner, clean};

/// Bytes of one line outside code; a longer one is cut, so that reading it again has a bound.
const MAX_LINE: usize = 8 * 1024;

/// The place at which the text so far of a line begins.
#[derive(Clone, Copy, Default)]
enum Begins {
    #[default]
    Line,
    /// Behind earlier pieces of a line that is too long.
    Piece,
}

/// A Markdown text that arrives in pieces.
#[derive(Clone, Default)]
pub struct Document {
    closed: Vec<Rc<Block>>,
    open: Vec<Rc<Block>>,
    cleaner: Cleaner,
    definitions: Vec<Definition>,
    /// Footnotes, which stand at the end.
    notes: Vec<Rc<Block>>,
    scan: Scan,
    /// The line that has no newline yet.
    line: String,
    begins: Begins,
}

impl Document {
    /// Starts an empty document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts an empty document, whose relative links are resolved against the address of a page.
    #[must_use]
    pub fn on_page(page: &str) -> Self {
        Self::with(References::of(page))
    }

    fn with(references: References) -> Self {
        Self { scan: Scan::new(Rc::new(references)), ..Self::default() }
    }

    /// Reads the next piece of the text, cut anywhere. Characters that deceive the eye are left out.
    pub fn push(&mut self, text: &str) {
        self.read(text);
        self.open = self.preview();
    }

    /// Ends the text, which is given once more as a whole: open blocks are closed, and unclosed marks are literal.
    /// A text with links by name is read again, now that all its definitions are known.
    pub fn finish(&mut self, whole: &str) {
        self.end();
        let whole = clean(whole);
        if reference::refers(&whole) {
            let references = self.scan.references.complete(mem::take(&mut self.definitions));
            *self = Self::with(references);
            self.read(&whole);
            self.end();
        }
        self.closed.append(&mut self.notes);
    }

    fn end(&mut self) {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.scan.close(TextEnd::Final);
        self.take_closed();
        self.open.clear();
    }

    /// Returns the blocks that later text cannot change, in order; each keeps its pointer.
    #[must_use]
    pub fn blocks(&self) -> &[Rc<Block>] {
        &self.closed
    }

    /// Returns the end of the document as it looks so far: at most a few blocks, made anew by each push.
    #[must_use]
    pub fn open(&self) -> &[Rc<Block>] {
        &self.open
    }

    fn read(&mut self, text: &str) {
        let text = self.cleaner.push(text);
        let mut from = 0;
        loop {
            let end = find(&text, from, b"\n");
            self.extend(part(&text, from, end));
            if end == text.len() {
                break;
            }
            self.end_line();
            self.begins = Begins::Line;
            from = end + 1;
        }
    }

    /// Adds to the line, and cuts it where it grows too long.
    fn extend(&mut self, mut text: &str) {
        while self.line.len() + text.len() >= MAX_LINE && self.scan.fence().is_none() {
            let mut cut = MAX_LINE - self.line.len();
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            self.line.push_str(part(text, 0, cut));
            self.end_line();
            self.scan.close(TextEnd::Final);
            self.begins = Begins::Piece;
            text = rest(text, cut);
        }
        self.line.push_str(text);
    }

    fn end_line(&mut self) {
        read_line(&mut self.scan, &self.line, self.begins);
        self.line.clear();
        self.take_closed();
    }

    fn take_closed(&mut self) {
        for block in self.scan.out.drain(..) {
            let part = if matches!(*block, Block::Note(_)) { &mut self.notes } else { &mut self.closed };
            part.push(block);
        }
        self.definitions.append(&mut self.scan.definitions);
    }

    /// Renders the open end as if the text ended here but were to be continued.
    fn preview(&self) -> Vec<Rc<Block>> {
        work::add(self.line.len());
        let mut scan = self.scan.clone();
        if !self.is_ambiguous() {
            read_line(&mut scan, &self.line, self.begins);
        }
        scan.close(TextEnd::Growing);
        scan.out
    }

    /// Returns `true` where the unfinished line is nothing but signs that could become any mark: it is not
    /// shown yet, so that no mark appears as text for a moment.
    fn is_ambiguous(&self) -> bool {
        let fence = self.scan.fence().map(|mark| [mark, b' ', b'>', b'\\']);
        let marks = fence.as_ref().map_or(&b" \t\r#-*+_>`~|=:.)[]xX\\$0123456789"[..], |fence| fence);
        let is_definition = fence.is_none() && reference::may_become(&self.line);
        skip(&self.line, 0, marks) == self.line.len() || is_definition
    }
}

fn read_line(scan: &mut Scan, line: &str, begins: Begins) {
    match begins {
        Begins::Line => scan.line(part(line, 0, skip_back(line, b"\r"))),
        Begins::Piece => scan.piece(line),
    }
}

/// Parses a whole text at once.
#[must_use]
pub fn parse(text: &str) -> Vec<Rc<Block>> {
    parse_on_page("", text)
}

/// Parses a whole text at once, with relative links resolved against the address of a page.
#[must_use]
pub fn parse_on_page(page: &str, text: &str) -> Vec<Rc<Block>> {
    let mut document = Document::on_page(page);
    document.read(text);
    document.finish(text);
    document.closed
}
