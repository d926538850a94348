//! The parts into which a reply is decoded.

use porthole_protocol::{Ask, Notice, Source, Step};

/// The bytes of one [`ReplyPart::Text`]: as JSON with every character escaped it stays below the 256 KiB that a reader
/// takes in one line.
pub const MAX_PART_BYTES: usize = 32 * 1024;

/// A part of a reply, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyPart {
    /// More text, never empty and at most [`MAX_PART_BYTES`] long.
    Text(String),
    /// The text from now on, in place of all before; it may be empty, and is at most [`MAX_PART_BYTES`] long.
    Replace(String),
    /// More of a model's thoughts.
    Reasoning(String),
    /// A step that the workflow announced.
    Step(Step),
    /// A source of the answer.
    Source(Source),
    /// Follow-up questions that the workflow offers.
    Suggestions(Vec<String>),
    /// A title of the conversation.
    Title(String),
    /// A line beside the answer.
    Notice(Notice),
    /// A question that the agent waits for.
    Ask(Ask),
}
