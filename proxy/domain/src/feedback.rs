//! What a visitor thinks of a reply.

use porthole_protocol::feedback::Rating;

use crate::message::{MessageError, MessageId, MessageText};

/// Unicode scalar values in a comment.
pub const MAX_COMMENT_CHARS: u32 = 2_000;

/// A rating of a reply that was sealed here.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// The message that was answered.
    pub message_id: MessageId,
    /// The number of its turn.
    pub turn: u32,
    /// Whether the reply was of use.
    pub rating: Rating,
    /// What the visitor says about it.
    pub comment: Option<MessageText>,
}

/// Takes a comment by the rules of a message; nothing but white space is none.
pub fn parse_comment(text: String) -> Result<Option<MessageText>, MessageError> {
    match MessageText::parse(text, MAX_COMMENT_CHARS) {
        Ok(text) => Ok(Some(text)),
        Err(MessageError::Empty) => Ok(None),
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
        let too_long = MessageError::TooLong { max_chars: 2_000 };
        for (refused, error) in [
            (longest.clone() + "!", too_long),
            ("a\rb".into(), MessageError::CarriageReturn),
            ("a\0b".into(), MessageError::Control),
        ] {
            assert_eq!(parse_comment(refused), Err(error));
        }
    }
}
