//! The beginning of a line.

use super::cut::{byte, find, part, rest, run, skip, skip_back, trim};

/// A line and its indentation.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    /// The whole line.
    pub whole: &'a str,
    /// Columns of white space before the text; a tab counts as four.
    pub indent: usize,
    /// The line from its first other character on.
    pub text: &'a str,
}

/// The language of a formula on lines of its own.
const FORMULA: &str = "math";

/// The opening of a fenced block, or of a formula on lines of its own.
pub(super) struct Fence<'a> {
    pub mark: u8,
    pub width: usize,
    pub language: &'a str,
}

/// The beginning of an item.
pub(super) struct Marker<'a> {
    /// The bullet, or the sign behind the number.
    pub mark: u8,
    pub number: Option<u32>,
    /// The column at which the content of the item begins.
    pub offset: usize,
    pub content: &'a str,
}

impl<'a> Line<'a> {
    pub(super) fn new(whole: &'a str) -> Self {
        let from = skip(whole, 0, b" \t");
        let mut indent = from;
        for at in 0..from {
            indent += usize::from(byte(whole, at) == b'\t') * 3;
        }
        Self { whole, indent, text: rest(whole, from) }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// Returns the line without up to so many columns of white space.
    pub(super) fn outdent(&self, columns: usize) -> &'a str {
        let mut left = columns;
        let mut from = 0;
        while left > 0 {
            match byte(self.whole, from) {
                b' ' => left -= 1,
                b'\t' => left = left.saturating_sub(4),
                _ => break,
            }
            from += 1;
        }
        rest(self.whole, from)
    }

    /// Returns the text, unless the line is indented too far to begin a block.
    pub(super) fn start(&self) -> &'a str {
        if self.indent > 3 { "" } else { self.text }
    }

    pub(super) fn fence(&self) -> Option<Fence<'a>> {
        let text = self.start();
        let mark = byte(text, 0);
        match trim(text) {
            "$$" => return Some(Fence { mark, width: 2, language: FORMULA }),
            "\\[" => return Some(Fence { mark: b']', width: 1, language: FORMULA }),
            _ => {}
        }
        let width = run(text, mark);
        let info = trim(rest(text, width));
        let opens = mark == b'~' || mark == b'`' && find(info, 0, b"`") == info.len();
        let language = part(info, 0, find(info, 0, b" \t{"));
        (opens && width >= 3).then_some(Fence { mark, width, language })
    }

    /// Returns `true` where the line closes a fence.
    pub(super) fn closes(&self, mark: u8, width: usize) -> bool {
        let text = self.start();
        let text = rest(text, usize::from(mark == b']' && byte(text, 0) == b'\\'));
        let len = run(text, mark);
        len >= width && trim(rest(text, len)).is_empty()
    }

    pub(super) fn heading(&self) -> Option<(u8, &'a str)> {
        let text = self.start();
        let level = run(text, b'#');
        let title = rest(text, level);
        if !(1..=6).contains(&level) || !matches!(byte(title, 0), 0 | b' ' | b'\t') {
            return None;
        }
        let title = trim(title);
        let bare = part(title, 0, skip_back(title, b"#"));
        let closed = trim(bare).len() < bare.len() || bare.is_empty();
        let level = u8::try_from(level).unwrap_or(6);
        Some((level, if closed { trim(bare) } else { title }))
    }

    pub(super) fn is_rule(&self) -> bool {
        let text = self.start();
        let mark = byte(text, 0);
        if !matches!(mark, b'-' | b'*' | b'_') || skip(text, 0, &[mark, b' ', b'\t']) < text.len() {
            return false;
        }
        text.bytes().filter(|b| *b == mark).count() >= 3
    }

    /// Returns the level of the heading that this line makes of the paragraph above it.
    pub(super) fn underline(&self) -> Option<u8> {
        let text = trim(self.start());
        let mark = byte(text, 0);
        let level = match mark {
            b'=' => 1,
            b'-' => 2,
            _ => return None,
        };
        (run(text, mark) == text.len()).then_some(level)
    }

    pub(super) fn quoted(&self) -> Option<&'a str> {
        let text = self.start();
        let from = if byte(text, 1) == b' ' { 2 } else { 1 };
        (byte(text, 0) == b'>').then_some(rest(text, from))
    }

    pub(super) fn marker(&self) -> Option<Marker<'a>> {
        let text = self.start();
        let digits = skip(text, 0, b"0123456789");
        let mark = byte(text, digits);
        let number = match mark {
            b'-' | b'*' | b'+' if digits == 0 => None,
            b'.' | b')' if digits > 0 && digits < 10 => Some(decimal(part(text, 0, digits))),
            _ => return None,
        };
        let after = rest(text, digits + 1);
        let mut gap = skip(after, 0, b" \t");
        if gap == 0 && !after.is_empty() {
            return None;
        }
        if gap > 4 || gap == after.len() {
            gap = 1;
        }
        let content = rest(after, gap);
        Some(Marker { mark, number, offset: self.indent + digits + 1 + gap, content })
    }
}

fn decimal(digits: &str) -> u32 {
    let mut number = 0;
    for b in digits.bytes() {
        number = number * 10 + u32::from(b - b'0');
    }
    number
}
