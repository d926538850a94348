//! A visitor's rating of a reply (contract §7).

use serde::{Deserialize, Serialize};

/// A visitor's rating of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// The reply was of use.
    Up,
    /// The reply was of no use.
    Down,
}

impl Rating {
    /// Returns the rating's name on the wire.
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
