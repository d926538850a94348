//! The parts into which a reply is decoded.

use porthole_protocol::Step;

/// The bytes of one [`ReplyPart::Text`]: as JSON with every character escaped it stays below the 256 KiB that a reader
/// takes in one line.
pub const MAX_PART_BYTES: usize = 32 * 1024;

/// A part of a reply, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyPart {
    /// More text, never empty and at most [`MAX_PART_BYTES`] long.
    Text(String),
    /// A step that the workflow announced.
    Step(Step),
    /// Follow-up questions that the workflow offers.
    Suggestions(Vec<String>),
}
