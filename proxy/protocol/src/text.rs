//! The rule of what a visitor may write: a message, or a comment beside feedback (contract §4).

use core::fmt;

/// The reason why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// The text is nothing but white space.
    Empty,
    /// The text has more Unicode scalar values than permitted.
    TooLong {
        /// The limit that it exceeds.
        max_chars: u32,
    },
    /// The text has a carriage return: lines end with a line feed alone.
    CarriageReturn,
    /// The text has a control character other than line feed and tab.
    Control,
}

/// Checks a text of 1 to `max_chars` Unicode scalar values; a text is taken as it is or refused, never altered.
pub fn check(text: &str, max_chars: u32) -> Result<(), TextError> {
    if text.chars().all(char::is_whitespace) {
        return Err(TextError::Empty);
    }
    if is_longer_than(text, max_chars) {
        return Err(TextError::TooLong { max_chars });
    }
    match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Some('\r') => Err(TextError::CarriageReturn),
        Some(_) => Err(TextError::Control),
        None => Ok(()),
    }
}

fn is_longer_than(text: &str, max_chars: u32) -> bool {
    usize::try_from(max_chars).is_ok_and(|max| text.chars().nth(max).is_some())
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the message is empty"),
            Self::TooLong { max_chars } => write!(f, "the message is longer than {max_chars} characters"),
            Self::CarriageReturn => {
                f.write_str("the message has a carriage return; end lines with a line feed alone")
            }
            Self::Control => f.write_str("the message has a control character"),
        }
    }
}

impl core::error::Error for TextError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{TextError, check};

    #[test]
    fn any_text_with_a_visible_character_is_taken() {
        let taken =
            ["a", " a ", "a\n\tb", "é😀", "SELECT # -- <script>", "\u{feff}a", "a\u{200b}", "e\u{301}"];
        for text in taken {
            assert_eq!(check(text, 100), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn a_text_of_white_space_is_empty() {
        for text in ["", " ", "\n\t", "\u{a0}\u{2003}\u{3000}", "\r\n", "\u{2028}"] {
            assert_eq!(check(text, 100), Err(TextError::Empty), "{text:?}");
        }
    }

    #[test]
    fn control_characters_but_newline_and_tab_are_refused() {
        for code in (0..=0x1f).chain(0x7f..=0x9f).filter(|code| ![9, 10].contains(code)) {
            let control = char::from_u32(code).unwrap();
            let want = match control {
                '\r' => TextError::CarriageReturn,
                _ => TextError::Control,
            };
            assert_eq!(check(&format!("a{control}b"), 100), Err(want), "U+{code:04X}");
        }
    }

    #[test]
    fn length_is_counted_in_scalar_values() {
        for text in ["😀😀😀", "aéa", "\u{1f468}\u{200d}\u{1f469}"] {
            assert_eq!(check(text, 3), Ok(()), "{text}");
            assert_eq!(check(text, 2), Err(TextError::TooLong { max_chars: 2 }));
        }
    }

    proptest! {
        #[test]
        fn a_text_that_is_taken_is_within_the_limit(text: String, max_chars in 0u32..40) {
            if check(&text, max_chars).is_ok() {
                prop_assert!(text.chars().count() <= max_chars as usize);
                prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
            }
        }
    }
}
