//! The errors of a body that is no reply.

use porthole_protocol::sse::TooLargeError;
use thiserror::Error;

/// The error of a body that is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReplyError {
    /// The body held no text.
    #[error("the reply is empty: {0}")]
    Empty(EmptyCause),
    /// A line, a document or the whole text is larger than the limit.
    #[error("the reply is larger than the limit")]
    TooLarge,
    /// The body is an HTML page, so an intermediary answered in place of the workflow; or it begins with a notice of PHP.
    #[error("the reply is an HTML page, or a notice of a programming language")]
    Markup,
    /// The workflow itself reported an error.
    #[error("the workflow reported an error")]
    Reported,
    /// The body ended inside a line: without a length or an end mark, that alone shows that it was cut.
    #[error("the reply ended in the middle of a line")]
    Unfinished,
}

/// The cause of an empty reply, for the log, where it hints at the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EmptyCause {
    /// The body had not a byte: in n8n, streaming is often off in the node that should answer.
    #[error("no body")]
    NoBody,
    /// The body had no text.
    #[error("no text in the body")]
    NoText,
    /// n8n only said that the workflow has begun: the webhook responds immediately.
    #[error("the workflow was only started: set the Webhook node's Respond to Streaming or to its last node")]
    StartedOnly,
    /// n8n waits for a person over a channel that a webhook call does not have.
    #[error("the workflow waits for a person")]
    HumanInTheLoop,
    /// The body only confirms that the call has arrived: nobody waits for an answer.
    #[error("only a receipt: let the workflow answer the call, as Make's module Webhook response does")]
    Receipt,
    /// The model only thought aloud.
    #[error("only thoughts, and no answer behind them")]
    ThoughtsOnly,
    /// The body is a picture, a PDF or another file.
    #[error("the body is a file")]
    File,
}

impl From<TooLargeError> for ReplyError {
    fn from(_: TooLargeError) -> Self {
        Self::TooLarge
    }
}
