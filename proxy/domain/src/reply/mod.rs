//! Decodes what an upstream sent: bytes in, pieces of a reply out (DESIGN §6.2).

use porthole_protocol::Step;

/// Bytes of text in one whole reply: more is no chat, and a reply is held in memory to be joined.
pub const MAX_TEXT: usize = 1024 * 1024;

/// Bytes in one [`Piece::Text`]: written as JSON with every character escaped it stays below the
/// 256 KiB that a reader takes in one line.
pub const MAX_PIECE: usize = 32 * 1024;

/// A part of a reply, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// More text, never empty and at most [`MAX_PIECE`] bytes.
    Text(String),
    /// A step that the workflow announced.
    Step(Step),
    /// Follow-up questions that the workflow offers.
    Suggestions(Vec<String>),
}

/// Why a body is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The body held no text.
    #[error("the reply is empty: {0}")]
    Empty(EmptyCause),
    /// A line, a document or the whole text is larger than the limit.
    #[error("the reply is larger than the limit")]
    TooLarge,
    /// The body is an HTML page, so something between us and the workflow answered.
    #[error("the reply is an HTML page")]
    Markup,
    /// The workflow itself reported an error.
    #[error("the workflow reported an error")]
    Reported,
}

/// What an empty reply held instead of text; for the log, where it hints at the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmptyCause {
    /// Not a byte: in n8n streaming is often off in the node that should speak.
    #[error("no body")]
    NoBody,
    /// A body without any text.
    #[error("no text in the body")]
    NoText,
    /// n8n only said that the workflow has begun: the webhook responds immediately.
    #[error("the workflow was only started")]
    StartedOnly,
    /// n8n waits for a person over a channel that a webhook call does not have.
    #[error("the workflow waits for a person")]
    HumanInTheLoop,
}

/// Decodes one body.
#[derive(Debug, Default)]
pub struct Decoder {
    unknown_lines: u32,
    failed: bool,
}

impl Decoder {
    /// Begins a body; `media_type` is the `Content-Type` header, which is only a hint.
    #[must_use]
    pub fn new(media_type: Option<&str>) -> Self {
        let _ = media_type;
        Self::default()
    }

    /// Reads more of the body and appends the pieces that it completes. After an error the decoder
    /// must be dropped.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Piece>) -> Result<(), ReplyError> {
        let _ = (bytes, out);
        Ok(())
    }

    /// Ends the reply: the body ended cleanly. Appends what was held back.
    pub fn finish(self, out: &mut Vec<Piece>) -> Result<(), ReplyError> {
        let _ = out;
        Err(ReplyError::Empty(EmptyCause::NoBody))
    }

    /// Whether the workflow reported an error: the body may never end, so the caller waits a
    /// moment at most before it finishes.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.failed
    }

    /// Lines or events that were skipped because nothing is known of their kind.
    #[must_use]
    pub const fn unknown_lines(&self) -> u32 {
        self.unknown_lines
    }
}
