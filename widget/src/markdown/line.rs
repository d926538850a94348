//! What a line begins with.

/// Part of a text; empty where the bounds are no character boundaries of it.
pub(super) fn part(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// The rest of a text from a byte on.
pub(super) fn rest(text: &str, from: usize) -> &str {
    text.get(from..).unwrap_or_default()
}

/// The byte there, 0 behind the end.
pub(super) fn byte(text: &str, at: usize) -> u8 {
    text.as_bytes().get(at).copied().unwrap_or(0)
}

/// How often a byte stands at the beginning.
pub(super) fn run(text: &str, mark: u8) -> usize {
    text.bytes().take_while(|b| *b == mark).count()
}

/// Removes spaces and tabs at both ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// A line and how far it is indented.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    /// The whole line.
    pub whole: &'a str,
    /// Columns of white space before the text; a tab counts as four.
    pub indent: usize,
    /// The line from its first other character on.
    pub text: &'a str,
}

/// The opening of a fenced block.
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
        let text = whole.trim_start_matches([' ', '\t']);
        let white = part(whole, 0, whole.len() - text.len());
        let indent = white.bytes().map(|b| if b == b'\t' { 4 } else { 1 }).sum();
        Self { whole, indent, text }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The line without up to so many columns of white space.
    pub(super) fn outdent(&self, columns: usize) -> &'a str {
        let mut left = columns;
        let mut text = self.whole;
        while left > 0 {
            match byte(text, 0) {
                b' ' => left -= 1,
                b'\t' => left = left.saturating_sub(4),
                _ => break,
            }
            text = rest(text, 1);
        }
        text
    }

    /// The text, unless the line is indented too far to begin a block.
    fn start(&self) -> &'a str {
        if self.indent > 3 { "" } else { self.text }
    }

    pub(super) fn fence(&self) -> Option<Fence<'a>> {
        let text = self.start();
        let mark = byte(text, 0);
        let width = run(text, mark);
        let info = trim(rest(text, width));
        let opens = width >= 3 && (mark == b'~' || mark == b'`' && !info.contains('`'));
        opens.then(|| Fence {
            mark,
            width,
            language: info.split([' ', '\t', '{']).next().unwrap_or_default(),
        })
    }

    /// Whether the line closes a fence.
    pub(super) fn closes(&self, mark: u8, width: usize) -> bool {
        let text = self.start();
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
        let bare = title.trim_end_matches('#');
        let closed = bare.is_empty() || bare.ends_with([' ', '\t']);
        Some((
            u8::try_from(level).unwrap_or(6),
            if closed { trim(bare) } else { title },
        ))
    }

    pub(super) fn is_rule(&self) -> bool {
        let text = self.start();
        let mark = byte(text, 0);
        let mut marks = 0;
        matches!(mark, b'-' | b'*' | b'_')
            && text.bytes().all(|b| {
                marks += u32::from(b == mark);
                b == mark || b == b' ' || b == b'\t'
            })
            && marks >= 3
    }

    /// The level of the heading that this line makes of the paragraph above it.
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
        let text = self.start().strip_prefix('>')?;
        Some(text.strip_prefix(' ').unwrap_or(text))
    }

    pub(super) fn marker(&self) -> Option<Marker<'a>> {
        let text = self.start();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let mark = byte(text, digits);
        let number = match mark {
            b'-' | b'*' | b'+' if digits == 0 => None,
            b'.' | b')' if (1..10).contains(&digits) => Some(
                text.bytes()
                    .take(digits)
                    .fold(0, |sum, b| sum * 10 + u32::from(b - b'0')),
            ),
            _ => return None,
        };
        let after = rest(text, digits + 1);
        let content = after.trim_start_matches([' ', '\t']);
        let gap = after.len() - content.len();
        if gap == 0 && !after.is_empty() {
            return None;
        }
        let (gap, content) = if content.is_empty() || gap > 4 {
            (1, rest(after, 1))
        } else {
            (gap, content)
        };
        Some(Marker {
            mark,
            number,
            offset: self.indent + digits + 1 + gap,
            content,
        })
    }
}
