//! One turn of a transcript: with its texts, or with their hashes.

use std::fmt;

use super::PastTurn;
use crate::{
    chain::{End, SealedTurn, TextHash},
    message::MessageId,
};

/// A turn as the browser tells it.
#[derive(Clone, Debug)]
pub struct Turn {
    /// The visitor's message.
    pub id: MessageId,
    /// The end of its reply.
    pub end: End,
    /// The message.
    pub user: TurnText,
    /// The reply.
    pub reply: TurnText,
}

/// A text of a turn, as far as it is told.
#[derive(Clone)]
pub enum TurnText {
    /// The text, exactly as it was sealed.
    Full(String),
    /// Its hash, where the text itself is not needed.
    Hashed(TextHash),
}

impl TurnText {
    /// Returns the length of the text in bytes of UTF-8.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Full(text) => text.len() as u64,
            Self::Hashed(hash) => hash.bytes(),
        }
    }

    fn hash(&self) -> TextHash {
        match self {
            Self::Full(text) => TextHash::new(text),
            Self::Hashed(hash) => *hash,
        }
    }

    fn into_full(self) -> Option<String> {
        match self {
            Self::Full(text) => Some(text),
            Self::Hashed(_) => None,
        }
    }
}

impl fmt::Debug for TurnText {
    /// Texts never reach a log, not even by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TurnText({} bytes)", self.bytes())
    }
}

impl Turn {
    /// Returns the turn with its texts, where both were told.
    pub(crate) fn into_past(self) -> Option<PastTurn> {
        let partial = self.end != End::Complete;
        Some(PastTurn { id: self.id, user: self.user.into_full()?, reply: self.reply.into_full()?, partial })
    }
}

impl From<&Turn> for SealedTurn {
    fn from(turn: &Turn) -> Self {
        Self { message_id: turn.id, user: turn.user.hash(), reply: turn.reply.hash(), end: turn.end }
    }
}
