//! Replies in flight: each is owned by a tracked task, held in a bounded buffer, and read by whoever joins.

mod buffer;
mod ledger;
mod reader;
mod registry;
mod reply;
mod task;
#[cfg(test)]
mod tests;

pub(crate) use buffer::Format;
pub(crate) use reader::{Join, Reader, TextReader};
pub(crate) use registry::{Admission, Claim, ConversationId, Instead, Relay, Unfinished};
pub(crate) use reply::{Reply, Sealing};
pub(crate) use task::{Permit, TimeLimits, start};
