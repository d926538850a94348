//! Rules for showing texts: hidden characters, direction, length.

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

/// Removes, for display only, characters that are not seen but change others: direction
/// overrides, isolates and marks, and zero-width signs. Joiners stay, since emoji and several
/// scripts need them.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

/// Returns `true` for a character that is invisible and able to mislead.
#[must_use]
pub const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{b}'..='\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e001f}')
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
mod tests {
    use super::{Dir, clean, count, first_strong, typed};

    #[test]
    fn characters_that_deceive_the_eye_are_removed_and_joiners_stay() {
        let hidden = "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{200b}\u{200e}\u{200f}\u{feff}\u{2060}\u{ad}\u{0}\u{1b}\u{85}";
        assert_eq!(clean(&format!("a{hidden}b")), "ab");
        for kept in ["👩\u{200d}👧", "می\u{200c}خواهم", "a\n\tb\r\n", "שלום", "é", "🇩🇪", "❤\u{fe0f}"]
        {
            assert_eq!(clean(kept), kept);
        }
    }

    #[test]
    fn the_first_strong_letter_gives_the_direction() {
        for (text, dir) in [
            ("", Dir::Ltr),
            ("Hello שלום", Dir::Ltr),
            ("שלום Hello", Dir::Rtl),
            ("12 — مرحبا", Dir::Rtl),
            ("٣ abc", Dir::Ltr),
            ("۴ سلام", Dir::Rtl),
            ("**مرحبا**", Dir::Rtl),
            ("😀 שלום", Dir::Rtl),
            ("Привет", Dir::Ltr),
            ("你好 שלום", Dir::Ltr),
            ("한국어", Dir::Ltr),
            ("हिन्दी", Dir::Ltr),
        ] {
            assert_eq!(first_strong(text), dir, "{text:?}");
        }
    }

    #[test]
    fn a_pasted_text_becomes_one_that_can_be_typed() {
        for (pasted, text) in [
            ("Item 7\r\nItem 8\r\n\r\nThanks", "Item 7\nItem 8\n\nThanks"),
            ("old Mac\rlines\r", "old Mac\nlines\n"),
            ("\n\r\n\r", "\n\n\n"),
            ("page\u{c}break, tab\u{b}down", "page\nbreak, tab\ndown"),
            ("host\u{85}lines\u{2028}and\u{2029}paragraphs", "host\nlines\nand\nparagraphs"),
            ("\u{0}Bell\u{7} and \u{1b}[31mred\u{1b}[0m, \u{7f}\u{9f}end", "Bell and [31mred[0m, end"),
            ("a\tcolumn 👩\u{200d}👧 سلام", "a\tcolumn 👩\u{200d}👧 سلام"),
            ("\u{1}\u{2}", ""),
        ] {
            assert_eq!(typed(pasted), text, "{pasted:?}");
        }
    }

    #[test]
    fn length_is_counted_in_scalar_values() {
        assert_eq!(count("é😀"), 2);
    }
}
