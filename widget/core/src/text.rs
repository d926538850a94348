//! Rules for showing texts: hidden characters, direction, length.

use std::mem;

/// The direction of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dir {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Dir {
    /// Returns the value of a `dir` attribute.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

/// Removes, for display only, characters that are not seen: direction overrides, zero-width signs, blanks that count as
/// letters, selectors and tags. Joiners stay where letters or emoji need them.
#[must_use]
pub fn clean(text: &str) -> String {
    Cleaner::default().push(text)
}

/// Removes hidden characters of a text that arrives in pieces, cut anywhere.
#[derive(Clone, Default)]
pub struct Cleaner {
    /// The last character that was kept.
    before: char,
    /// A joiner, or the tags of a flag, on which the next characters decide.
    held: String,
}

impl Cleaner {
    /// Returns what is seen of the next piece.
    pub fn push(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if matches!(c, ' '..='~') && self.held.is_empty() || self.decide(c, &mut out) {
                out.push(c);
                self.before = c;
            }
        }
        out
    }

    /// Returns `true` for a character that is kept; what was held before it is added here.
    fn decide(&mut self, c: char, out: &mut String) -> bool {
        let is_joined = joins(c) || is_emoji(self.before) && is_emoji(c);
        match c {
            TAGS_START..=TAGS_END if self.before == BLACK_FLAG && self.held.len() < FLAGS[0].len() => {
                self.held.push(c);
                if FLAGS.contains(&&*self.held) {
                    out.push_str(&mem::take(&mut self.held));
                    self.before = c;
                }
                return false;
            }
            _ if is_hidden(c) => return false,
            '\u{200c}' | '\u{200d}' if joins(self.before) => {}
            '\u{200d}' if !matches!(self.before, '\u{200c}' | '\u{200d}') => {
                self.held = c.into();
                return false;
            }
            '\u{200c}' | '\u{200d}' => return false,
            '\u{fe0e}' | '\u{fe0f}' => {
                let is_key = matches!(self.before, '#' | '*' | '0'..='9' | '\u{a9}' | '\u{ae}');
                return is_key || is_emoji(self.before) && self.before != '\u{fe0f}';
            }
            _ if self.held == "\u{200d}" && is_joined => out.push_str(&self.held),
            _ => {}
        }
        self.held.clear();
        true
    }
}

const BLACK_FLAG: char = '\u{1f3f4}';
const TAGS_START: char = '\u{e0020}';
const TAGS_END: char = '\u{e007f}';
/// The tags of England, Scotland and Wales: other flags of regions are in no font.
const FLAGS: [&str; 3] = [
    "\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];

/// Returns `true` for a character that is never seen.
#[must_use]
pub const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{b}'..='\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Returns `true` for a letter whose shape a joiner behind it may change: Arabic, Indic and their like.
#[must_use]
pub const fn joins(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{1a00}'..='\u{1cff}'
        | '\u{a800}'..='\u{abff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10a00}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}')
}

/// Returns `true` for a part of an emoji.
const fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{2122}'..='\u{23ff}' | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}'
        | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}' | TAGS_END)
}

/// Returns the direction of the first strong letter, left to right if there is none.
#[must_use]
pub fn first_strong(text: &str) -> Dir {
    for c in text.chars() {
        match c {
            '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
                if !is_weak_rtl(c) =>
            {
                return Dir::Rtl;
            }
            'A'..='Z'
            | 'a'..='z'
            | '\u{c0}'..='\u{58f}'
            | '\u{900}'..='\u{1fff}'
            | '\u{2c00}'..='\u{d7ff}'
            | '\u{f900}'..='\u{fb1c}'
            | '\u{ff21}'..='\u{ffdc}'
            | '\u{20000}'.. => return Dir::Ltr,
            _ => {}
        }
    }
    Dir::Ltr
}

/// Returns `true` for a digit, sign or mark of the right-to-left blocks, which has no direction.
const fn is_weak_rtl(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{607}' | '\u{609}'..='\u{60a}' | '\u{60c}' | '\u{60e}'..='\u{61a}'
        | '\u{64b}'..='\u{66c}' | '\u{6dd}' | '\u{6f0}'..='\u{6f9}' | '\u{591}'..='\u{5bd}')
}

/// Returns a text as a visitor could have typed it: what ends a line or page elsewhere becomes a line feed, and other
/// control characters, which come with a paste from documents, are left out.
#[must_use]
pub fn typed(text: &str) -> String {
    let mut typed = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '\n' if before == '\r' => {}
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => typed.push('\n'),
            '\n' | '\t' => typed.push(c),
            _ if c.is_control() => {}
            _ => typed.push(c),
        }
        before = c;
    }
    typed
}

/// Returns the length of a text as the limit counts it: in Unicode scalar values.
#[must_use]
pub fn count(text: &str) -> usize {
    // Each character begins with the one byte that does not continue another: shorter than `chars`.
    text.bytes().filter(|b| b & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests;
