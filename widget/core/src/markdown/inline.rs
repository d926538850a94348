//! Running text: code, breaks, entities; emphasis and links stand beside it.
//!
//! One pass. Every look ahead is bounded or remembered, so no input is slow.

use super::cut::{byte, char_before, find, find_text, part, rest, run, skip_back};
use super::emphasis::OpenMark;
use super::link::{self, Target};
use super::reference::References;
use super::{Inline, TextEnd, work};
use crate::text;

/// Parses a running text.
pub(super) fn parse(text: &str, ending: TextEnd, references: &References) -> Vec<Inline> {
    parse_piece(text, ending, references, 0)
}

/// Parses a running text behind so many pieces of its paragraph: each has half as many nodes as the one before.
pub(super) fn parse_piece(text: &str, ending: TextEnd, references: &References, before: u32) -> Vec<Inline> {
    merge_texts(nodes(text, ending, Target::Link, references, MAX_ELEMENTS >> before.min(31)))
}

/// Nodes of one running text, and of one label; what follows is plain, so that no text makes a browser busy for long.
const MAX_ELEMENTS: usize = 512;
const MAX_LABEL: usize = 32;

/// An end that is looked for once only where it is not there.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    Comment,
    Anchor,
    Inline,
    Display,
    Dollars,
}

/// A part of the text, and the depth of the marks in it.
pub(super) struct Node {
    pub inline: Inline,
    pub depth: u8,
    /// `true` for a run of marks: it keeps its own node, which a partner may take.
    pub mark: bool,
}

impl Node {
    pub(super) fn text(words: &str) -> Self {
        Self { inline: Inline::Text(words.into()), depth: 0, mark: false }
    }
}

/// The parser of one running text.
pub(super) struct InlineParser<'a> {
    pub text: &'a str,
    pub ending: TextEnd,
    pub target: Target,
    pub references: &'a References,
    pub at: usize,
    /// The beginning of the literal text before `at`.
    pub from: usize,
    pub nodes: Vec<Node>,
    pub open_marks: Vec<OpenMark>,
    /// The next number of each HTML list that is open, 0 for bullets.
    pub items: Vec<u32>,
    /// The nodes and tags so far.
    pub elements: usize,
    /// The endings that do not stand behind here.
    absent: [bool; 5],
    /// The place behind which no run of so many backticks stands; longer runs are text.
    unclosed: [usize; 32],
    /// No `]` stands behind here.
    pub unlinked: bool,
}

fn nodes(text: &str, ending: TextEnd, target: Target, references: &References, most: usize) -> Vec<Node> {
    let mut parser = InlineParser {
        text,
        ending,
        target,
        references,
        at: 0,
        from: 0,
        nodes: Vec::new(),
        open_marks: Vec::new(),
        items: Vec::new(),
        elements: 0,
        absent: [false; 5],
        unclosed: [usize::MAX; 32],
        unlinked: false,
    };
    while parser.at < text.len() && parser.elements < most {
        parser.step();
    }
    parser.flush(text.len());
    parser.close_eagerly();
    while parser.nodes.pop_if(|node| node.inline == Inline::Break).is_some() {}
    parser.nodes
}

/// Joins neighbouring texts.
pub(super) fn merge_texts(nodes: Vec<Node>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(nodes.len());
    for node in nodes {
        match (out.last_mut(), node.inline) {
            (_, Inline::Text(text)) if text.is_empty() => {}
            (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
            (_, inline) => out.push(inline),
        }
    }
    out
}

pub(super) fn depth(nodes: &[Node]) -> u8 {
    work::add(nodes.len());
    nodes.iter().map(|node| node.depth).max().unwrap_or(0) + 1
}

impl InlineParser<'_> {
    fn step(&mut self) {
        work::add(1);
        let at = self.at;
        let taken = match byte(self.text, at) {
            b'\\' => self.escape(),
            b'`' => self.code(),
            mark @ (b'*' | b'_' | b'~') => {
                self.mark_run(mark);
                true
            }
            b'[' => self.link(at),
            b'!' if byte(self.text, at + 1) == b'[' => self.link(at + 1),
            b'<' => self.autolink() || self.html(),
            b'$' => self.formula(),
            b'&' => self.entity(),
            b'\n' => self.newline(),
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => self.address(),
            _ => false,
        };
        if !taken {
            self.at += 1;
        }
    }

    /// Makes a node of the literal text up to a byte.
    pub(super) fn flush(&mut self, to: usize) {
        let text = part(self.text, self.from, to);
        self.push_text(text);
        self.from = to;
    }

    pub(super) fn push_text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(Node { inline: Inline::Text(before), mark: false, .. }) = self.nodes.last_mut() {
            before.push_str(text);
        } else {
            self.push(Inline::Text(text.into()), 0);
        }
    }

    pub(super) fn push(&mut self, inline: Inline, depth: u8) {
        self.elements += 1;
        self.nodes.push(Node { inline, depth, mark: false });
    }

    /// Continues behind a node.
    pub(super) fn skip_to(&mut self, at: usize) -> bool {
        self.at = at;
        self.from = at;
        true
    }

    pub(super) fn is_growing_end(&self, at: usize) -> bool {
        self.ending == TextEnd::Growing && at == self.text.len()
    }

    /// Finds an ending at or behind a place.
    pub(super) fn find_once(&mut self, ending: Ending, from: usize) -> Option<usize> {
        let index = ending as usize;
        if *self.absent.get(index)? {
            return None;
        }
        let found = find_text(self.text, from, ["-->", "</a", "\\)", "\\]", "$$"][index]);
        work::add(found.unwrap_or(self.text.len()) - from.min(self.text.len()));
        self.absent[index] = found.is_none();
        found
    }

    fn escape(&mut self) -> bool {
        let next = byte(self.text, self.at + 1);
        if next == b'\n' {
            self.flush(self.at);
            self.push(Inline::Break, 0);
            return self.skip_to(self.at + 2);
        }
        if self.is_growing_end(self.at + 1) {
            self.flush(self.at);
            return self.skip_to(self.at + 1);
        }
        if self.formula() {
            return true;
        }
        if !next.is_ascii_punctuation() {
            return false;
        }
        self.flush(self.at);
        self.from = self.at + 1;
        self.at += 2;
        true
    }

    fn newline(&mut self) -> bool {
        let line = part(self.text, self.from, self.at);
        self.flush(self.from + skip_back(line, b" \t"));
        self.push(Inline::Break, 0);
        self.skip_to(self.at + 1)
    }

    fn entity(&mut self) -> bool {
        let Some((c, len)) = link::entity(rest(self.text, self.at)) else {
            return false;
        };
        self.flush(self.at);
        // A joiner stays where letters need it.
        let is_joiner = |c| matches!(c, '\u{200c}' | '\u{200d}');
        if let Some(c) = c.filter(|c| !is_joiner(*c) || text::joins(char_before(self.text, self.at))) {
            self.push_text(c.encode_utf8(&mut [0; 4]));
        }
        self.skip_to(self.at + len)
    }

    fn code(&mut self) -> bool {
        let ticks = run(rest(self.text, self.at), b'`');
        let from = self.at + ticks;
        if let Some(to) = self.closing_ticks(from, ticks) {
            self.flush(self.at);
            self.push_code(part(self.text, from, to));
            return self.skip_to(to + ticks);
        }
        let code = rest(self.text, from);
        if self.ending == TextEnd::Growing && find(code, 0, b"\n") == code.len() {
            self.flush(self.at);
            let code = part(code, 0, skip_back(code, b"`"));
            if !code.is_empty() {
                self.push_code(code);
            }
            return self.skip_to(self.text.len());
        }
        self.at = from;
        true
    }

    pub(super) fn push_code(&mut self, code: &str) {
        let mut code = code;
        let is_padded = |at: usize| matches!(byte(code, at), b' ' | b'\n');
        if is_padded(0) && is_padded(code.len() - 1) && skip_back(code, b" ") > 0 {
            code = part(code, 1, code.len() - 1);
        }
        let mut line = String::with_capacity(code.len());
        let mut from = 0;
        while from < code.len() {
            let end = find(code, from, b"\n");
            line.push_str(part(code, from, end));
            if end < code.len() {
                line.push(' ');
            }
            from = end + 1;
        }
        self.push(Inline::Code(line), 0);
    }

    /// Finds the run of exactly so many backticks.
    pub(super) fn closing_ticks(&mut self, from: usize, ticks: usize) -> Option<usize> {
        if from >= *self.unclosed.get(ticks)? {
            return None;
        }
        let mut at = from;
        while at < self.text.len() {
            let next = find(self.text, at, b"`");
            let len = run(rest(self.text, next), b'`');
            work::add(next - at + len);
            if len == ticks {
                return Some(next);
            }
            at = next + len;
        }
        *self.unclosed.get_mut(ticks)? = from;
        None
    }

    /// Parses the label of a link, in which no other link is.
    pub(super) fn label(&self, text: &str) -> Vec<Node> {
        nodes(text, TextEnd::Final, Target::Nothing, self.references, MAX_LABEL)
    }
}
