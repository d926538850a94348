//! A message of a visitor: its text and its id.

use std::fmt;

use porthole_protocol::text::{self, TextError};
use thiserror::Error;
use uuid::Uuid;

use crate::encoding;

/// The text of a message as the visitor wrote it: refused or taken as it is, never altered (contract §4).
///
/// A lone surrogate cannot get here: JSON readers refuse it, since no Rust string can hold it.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageText(String);

impl MessageText {
    /// Parses a message of 1 to `max_chars` Unicode scalar values.
    pub fn parse(text: impl Into<String>, max_chars: u32) -> Result<Self, TextError> {
        let text = text.into();
        text::check(&text, max_chars)?;
        Ok(Self(text))
    }

    /// Returns the text, byte for byte as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MessageText {
    /// Message text never reaches a log, not even by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageText({} bytes)", self.0.len())
    }
}

/// The client's name for a message: a UUID, in lower case with hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(Uuid);

/// The error of a text that is no message id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a message id is a UUID in lower case with hyphens")]
pub struct InvalidMessageId;

impl MessageId {
    /// Parses the one wire form.
    pub fn parse(text: &str) -> Result<Self, InvalidMessageId> {
        encoding::uuid(text).map(Self).ok_or(InvalidMessageId)
    }

    /// Returns the 16 bytes that go into hashes.
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
    use super::{MessageId, MessageText};

    #[test]
    fn a_message_id_has_one_form_and_keeps_it() {
        let text = "0199aaaa-0000-7000-8000-000000000001";
        assert_eq!(MessageId::parse(text).unwrap().to_string(), text);
        assert!(MessageId::parse(&text.to_uppercase()).is_err());
        assert!(MessageId::parse(&text.replace('-', "")).is_err());
    }

    #[test]
    fn a_message_is_taken_as_it_is_or_not_at_all() {
        assert_eq!(MessageText::parse(" a\n\tb ", 9).unwrap().as_str(), " a\n\tb ");
        assert!(MessageText::parse("a\rb", 9).is_err());
    }

    #[test]
    fn the_text_is_not_in_its_debug_form() {
        assert_eq!(format!("{:?}", MessageText::parse("hush", 9).unwrap()), "MessageText(4 bytes)");
    }
}
