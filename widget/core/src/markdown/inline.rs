//! Running text: code, links, breaks; emphasis stands beside it.
//!
//! One pass. Every look ahead is bounded or remembered, so no input is slow.

use super::cut::{byte, find, find_text, part, rest, run, skip_back};
use super::emphasis::OpenMark;
use super::link::{self, Target};
use super::{Inline, TextEnd, work};

/// Parses a running text.
pub(super) fn parse(text: &str, ending: TextEnd) -> Vec<Inline> {
    parse_piece(text, ending, 0)
}

/// Parses a running text behind so many pieces of its paragraph: each has half as many nodes as the one before.
pub(super) fn parse_piece(text: &str, ending: TextEnd, before: u32) -> Vec<Inline> {
    merge_texts(nodes(text, ending, Target::Link, MAX_ELEMENTS >> before.min(31)))
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
    unlinked: bool,
}

fn nodes(text: &str, ending: TextEnd, target: Target, most: usize) -> Vec<Node> {
    let mut parser = InlineParser {
        text,
        ending,
        target,
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
            b'h' | b'H' | b'w' | b'W' => self.address(),
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
        if let Some(c) = c {
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
    fn closing_ticks(&mut self, from: usize, ticks: usize) -> Option<usize> {
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

    fn link(&mut self, bracket: usize) -> bool {
        let Some((label, found)) = self.find_link(bracket) else {
            return false;
        };
        self.flush(self.at);
        let image = bracket > self.at;
        let label = part(self.text, bracket + 1, label);
        let Some(href) = found.href.filter(|_| self.target == Target::Link) else {
            // A link that leads to a forbidden address is shown as its words.
            let mut inner = Self::label(label);
            self.nodes.append(&mut inner);
            return self.skip_to(found.end);
        };
        let mut inner = if image { Vec::new() } else { Self::label(label) };
        if inner.is_empty() && !label.is_empty() {
            inner.push(Node::text(label));
        }
        self.push_link(href, inner);
        self.skip_to(found.end)
    }

    /// Parses the label of a link, in which no other link is.
    pub(super) fn label(text: &str) -> Vec<Node> {
        nodes(text, TextEnd::Final, Target::Nothing, MAX_LABEL)
    }

    /// Finds the end of the label and the address behind it.
    fn find_link(&mut self, bracket: usize) -> Option<(usize, link::Destination)> {
        if self.target == Target::Nothing && bracket == self.at {
            return None;
        }
        let label = self.label_end(bracket + 1)?;
        Some((label, link::destination(self.text, label + 1)?))
    }

    fn label_end(&mut self, from: usize) -> Option<usize> {
        const MAX_NESTED: usize = 4;
        if self.unlinked {
            return None;
        }
        let mut nested = 0;
        let mut any = false;
        let mut at = from;
        while at < self.text.len() {
            work::add(1);
            match byte(self.text, at) {
                b'\\' => at += 1,
                b'`' => {
                    let ticks = run(rest(self.text, at), b'`');
                    at = self.closing_ticks(at + ticks, ticks).unwrap_or(at) + ticks - 1;
                }
                b'[' if nested == MAX_NESTED => return None,
                b'[' => nested += 1,
                b']' if nested == 0 => return Some(at),
                b']' => {
                    any = true;
                    nested -= 1;
                }
                _ => {}
            }
            at += 1;
        }
        self.unlinked = !any;
        None
    }

    fn autolink(&mut self) -> bool {
        if self.target == Target::Nothing {
            return false;
        }
        let inner = rest(self.text, self.at + 1);
        let len = find(inner, 0, b"<> \n");
        work::add(len);
        let closed = byte(inner, len) == b'>';
        let inner = part(inner, 0, len);
        let end = self.at + len + 2;
        let Some(href) = link::autolink(inner).filter(|_| closed) else {
            return false;
        };
        self.flush(self.at);
        self.push(link::link(href, vec![Inline::Text(inner.into())]), 1);
        self.skip_to(end)
    }

    fn address(&mut self) -> bool {
        let before = self.at.checked_sub(1).map_or(0, |at| byte(self.text, at));
        if before.is_ascii_alphanumeric() {
            return false;
        }
        let len = link::address_len(rest(self.text, self.at));
        if len == 0 {
            return false;
        }
        work::add(len);
        let end = self.at + len;
        let text = part(self.text, self.at, end);
        let href = link::bare(text);
        // At the very end more of it may come: it stays plain text until then.
        if let Some(href) = href.filter(|_| self.target == Target::Link && !self.is_growing_end(end)) {
            self.flush(self.at);
            self.push(link::link(href, vec![Inline::Text(text.into())]), 1);
            return self.skip_to(end);
        }
        self.at = end;
        true
    }
}
