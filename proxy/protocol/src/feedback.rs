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
