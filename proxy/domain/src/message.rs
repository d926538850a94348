//! What a visitor may write.

use std::fmt;

use thiserror::Error;
use uuid::Uuid;

use crate::encoding;

/// A message as the visitor wrote it: refused or taken as it is, never altered (PROTOCOL §3).
///
/// A lone surrogate cannot get here: JSON readers refuse it, for no Rust string can hold it.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageText(String);

/// Why a message is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MessageError {
    /// Nothing but white space.
    #[error("the message is empty")]
    Empty,
    /// More Unicode scalar values than permitted.
    #[error("the message is longer than {max_chars} characters")]
    TooLong {
        /// The limit that it exceeds.
        max_chars: u32,
    },
    /// A carriage return: lines end with a line feed alone.
    #[error("the message has a carriage return; end lines with a line feed alone")]
    CarriageReturn,
    /// A control character other than line feed and tab.
    #[error("the message has a control character")]
    Control,
}

impl MessageText {
    /// Takes a message of 1 to `max_chars` Unicode scalar values.
    pub fn parse(text: impl Into<String>, max_chars: u32) -> Result<Self, MessageError> {
        let text = text.into();
        if text.trim().is_empty() {
            return Err(MessageError::Empty);
        }
        if has_more_chars_than(&text, max_chars) {
            return Err(MessageError::TooLong { max_chars });
        }
        match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            Some('\r') => Err(MessageError::CarriageReturn),
            Some(_) => Err(MessageError::Control),
            None => Ok(Self(text)),
        }
    }

    /// The text, byte for byte as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn has_more_chars_than(text: &str, max_chars: u32) -> bool {
    usize::try_from(max_chars).is_ok_and(|max| text.chars().nth(max).is_some())
}

impl fmt::Debug for MessageText {
    /// Message text never reaches a log, not even by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageText({} bytes)", self.0.len())
    }
}

/// The client's name for a message: a UUID, lower case with hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(Uuid);

/// The text is no message id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a message id is a UUID in lower case with hyphens")]
pub struct InvalidMessageId;

impl MessageId {
    /// Reads the one wire form.
    pub fn parse(text: &str) -> Result<Self, InvalidMessageId> {
        encoding::uuid(text).map(Self).ok_or(InvalidMessageId)
    }

    /// The 16 bytes that go into hashes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl From<Uuid> for MessageId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MessageError, MessageId, MessageText};

    #[test]
    fn a_message_is_refused_or_taken_as_it_is() {
        let taken = [
            "a",
            " a ",
            "a\n\tb",
            "é😀",
            "SELECT # -- <script>",
            "\u{feff}a",
            "a\u{200b}",
            "e\u{301}",
        ];
        for text in taken {
            assert_eq!(MessageText::parse(text, 100).unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_message_of_white_space_is_empty() {
        for text in ["", " ", "\n\t", "\u{a0}\u{2003}\u{3000}", "\r\n", "\u{2028}"] {
            assert_eq!(
                MessageText::parse(text, 100),
                Err(MessageError::Empty),
                "{text:?}"
            );
        }
    }

    #[test]
    fn control_characters_but_newline_and_tab_are_refused() {
        for code in (0..=0x1f)
            .chain(0x7f..=0x9f)
            .filter(|code| ![9, 10].contains(code))
        {
            let control = char::from_u32(code).unwrap();
            let want = if control == '\r' {
                MessageError::CarriageReturn
            } else {
                MessageError::Control
            };
            assert_eq!(
                MessageText::parse(format!("a{control}b"), 100),
                Err(want),
                "U+{code:04X}"
            );
        }
    }

    #[test]
    fn length_is_counted_in_scalar_values() {
        for text in ["😀😀😀", "aéa", "\u{1f468}\u{200d}\u{1f469}"] {
            assert!(MessageText::parse(text, 3).is_ok(), "{text}");
            assert_eq!(
                MessageText::parse(text, 2),
                Err(MessageError::TooLong { max_chars: 2 })
            );
        }
    }

    #[test]
    fn a_message_id_has_one_form_and_keeps_it() {
        let text = "0199aaaa-0000-7000-8000-000000000001";
        assert_eq!(MessageId::parse(text).unwrap().to_string(), text);
        assert!(MessageId::parse(&text.to_uppercase()).is_err());
        assert!(MessageId::parse(&text.replace('-', "")).is_err());
    }

    #[test]
    fn the_text_is_not_in_its_debug_form() {
        assert_eq!(
            format!("{:?}", MessageText::parse("hush", 9).unwrap()),
            "MessageText(4 bytes)"
        );
    }

    proptest! {
        #[test]
        fn what_is_taken_is_unaltered_and_within_the_limit(text: String, max in 0u32..40) {
            if let Ok(message) = MessageText::parse(text.clone(), max) {
                prop_assert_eq!(message.as_str(), &text);
                prop_assert!(text.chars().count() <= max as usize);
                prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
            }
        }
    }
}
