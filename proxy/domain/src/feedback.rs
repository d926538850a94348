//! Feedback of a visitor on a reply.

use porthole_protocol::feedback::Rating;
use porthole_protocol::limits::MAX_COMMENT_CHARS;
use porthole_protocol::text::TextError;

use crate::message::{MessageId, MessageText};

/// A rating of a reply that was sealed here.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// The message that was answered.
    pub message_id: MessageId,
    /// The number of its turn.
    pub turn: u32,
    /// The visitor's rating.
    pub rating: Rating,
    /// The visitor's words about it.
    pub comment: Option<MessageText>,
}

/// Parses a comment by the rule of a message; a comment of nothing but white space is no comment.
pub fn parse_comment(text: String) -> Result<Option<MessageText>, TextError> {
    match MessageText::parse(text, MAX_COMMENT_CHARS) {
        Ok(text) => Ok(Some(text)),
        Err(TextError::Empty) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_none_refused_or_taken_as_it_is() {
        for none in ["", " ", "\n\t", "\r\n"] {
            assert_eq!(parse_comment(none.into()), Ok(None), "{none:?}");
        }
        let longest = "é".repeat(2_000);
        for taken in [" no\n\tidea ", &longest] {
            assert_eq!(parse_comment(taken.into()).unwrap().unwrap().as_str(), taken);
        }
        let too_long = TextError::TooLong { max_chars: 2_000 };
        for (refused, error) in [
            (longest.clone() + "!", too_long),
            ("a\rb".into(), TextError::CarriageReturn),
            ("a\0b".into(), TextError::Control),
        ] {
            assert_eq!(parse_comment(refused), Err(error));
        }
    }
}
