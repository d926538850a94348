//! What a visitor thinks of a reply.

use serde::{Deserialize, Serialize};

/// Whether a reply was of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// It was.
    Up,
    /// It was not.
    Down,
}

impl Rating {
    /// The rating's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// The body of `POST /api/v1/chat/feedback`; all but rating and comment stands in the reply's `done`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// The message that was answered.
    pub message_id: String,
    /// What the visitor thinks of the answer.
    pub rating: Rating,
    /// What the visitor says about it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comment: Option<String>,
    /// The proof that the reply was sealed here.
    pub receipt: String,
    /// The number of the turn.
    pub turn: u32,
    /// The head of the chain after the turn, base64url.
    pub head: String,
}

#[cfg(test)]
mod tests {
    use super::Rating;

    #[test]
    fn a_rating_has_one_name() {
        for rating in [Rating::Up, Rating::Down] {
            let json = serde_json::to_string(&rating).unwrap();
            assert_eq!(json, format!("\"{}\"", rating.as_str()));
        }
    }
}
