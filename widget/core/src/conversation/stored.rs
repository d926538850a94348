//! Records as they stand in the browser's store. Their shapes stay: conversations of earlier versions are read again.

use porthole_protocol::feedback::Rating;
use porthole_protocol::{Done, End};

use super::{Turn, TurnStatus};

/// A sealed turn in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTurn {
    /// The message's id.
    pub id: String,
    /// The visitor's text.
    pub user: String,
    /// The reply.
    pub reply: String,
    /// The words that a model thought; absent in records of earlier versions, as are the next two.
    pub thoughts: String,
    /// The milliseconds that it thought.
    pub thought_ms: u64,
    /// The events beside the reply, see [`Turn::beside`].
    pub beside: String,
    /// The time of submission, in milliseconds since 1970; also the record's key.
    pub at: u64,
    /// The time of the seal; absent in records of earlier versions.
    pub sealed_at: u64,
    /// The end of the reply.
    pub end: End,
    /// The follow-up questions, a line each.
    pub suggestions: String,
    /// The proof that the reply was sealed.
    pub receipt: String,
    /// The visitor's rating; absent before it is given.
    pub rating: Option<Rating>,
    /// The turn's number in the chain.
    pub turn: u32,
    /// The head of the chain after it; empty in records of earlier versions, as is `parent`.
    pub head: String,
    /// The head of the turn before it on its branch; empty for the first.
    pub parent: String,
}

impl StoredTurn {
    /// Makes the record of a turn that was just sealed.
    #[must_use]
    pub fn new(turn: &Turn, done: &Done) -> Self {
        Self {
            id: turn.id.clone(),
            user: turn.user.clone(),
            reply: turn.reply.clone(),
            thoughts: turn.thoughts.clone(),
            thought_ms: turn.thought_ms,
            beside: turn.beside.clone(),
            at: turn.at,
            sealed_at: turn.sealed_at,
            end: done.end,
            suggestions: turn.suggestions.join("\n"),
            receipt: done.receipt.clone(),
            rating: turn.rating,
            turn: done.turn,
            head: turn.head.clone(),
            parent: turn.parent.clone(),
        }
    }
}

impl From<StoredTurn> for Turn {
    fn from(stored: StoredTurn) -> Self {
        Self {
            reply: stored.reply,
            thoughts: stored.thoughts,
            thought_ms: stored.thought_ms,
            beside: stored.beside,
            suggestions: lines(&stored.suggestions),
            status: TurnStatus::Ended(stored.end),
            sealed_at: stored.sealed_at,
            sealed: Some(stored.receipt),
            rating: stored.rating,
            number: stored.turn,
            head: stored.head,
            parent: stored.parent,
            ..Self::new(stored.id, stored.user, stored.at)
        }
    }
}

/// A message in the outbox, as it stands in the store: sent perhaps, and with no known end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The message's id.
    pub id: String,
    /// The visitor's text.
    pub text: String,
    /// The attempt that was made last, from 1; 0 before the first. One that a limit held back was not made.
    pub attempt: u8,
    /// The time of submission, in milliseconds since 1970.
    pub at: u64,
    /// The time until which a rate limit delays this message, in milliseconds since 1970; 0 without one.
    pub until: u64,
    /// The turns that it keeps, where it replaces later ones.
    pub keep: Option<u32>,
}

impl From<Outgoing> for Turn {
    fn from(Outgoing { id, text, attempt, at, until, keep }: Outgoing) -> Self {
        Self { attempt, until, keep, ..Self::new(id, text, at) }
    }
}

impl Turn {
    /// Makes the record of a message that was not sent yet, or that a limit delays.
    pub(super) fn outgoing(&self) -> Outgoing {
        let (id, text) = (self.id.clone(), self.user.clone());
        Outgoing { id, text, attempt: self.attempt, at: self.at, until: self.until, keep: self.keep }
    }
}

/// Returns the lines of a text; `str::lines` would bring a search of its own into the module.
fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.bytes().position(|b| b == b'\n').unwrap_or(rest.len());
        lines.push(rest.get(..end).unwrap_or_default().into());
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_comes_back_from_its_record_as_it_was() {
        let done = Done {
            token: "token".into(),
            expires_at: "2026-01-01T00:00:00Z".into(),
            turn: 7,
            head: "head".into(),
            end: End::Stopped,
            receipt: "receipt".into(),
        };
        let turn = Turn {
            reply: "Some words".into(),
            thoughts: "Hm".into(),
            thought_ms: 4_000,
            beside: "{}\n".into(),
            suggestions: vec!["One?".into(), "Two?".into()],
            status: TurnStatus::Ended(End::Stopped),
            sealed: Some("receipt".into()),
            sealed_at: 9,
            rating: Some(Rating::Up),
            number: 7,
            parent: "parent".into(),
            head: "head".into(),
            ..Turn::new("m1".into(), "Hello".into(), 5)
        };
        let stored = StoredTurn::new(&turn, &done);
        assert_eq!(stored.suggestions, "One?\nTwo?");
        assert_eq!(Turn::from(stored), turn);
    }
}
