//! Replies in flight. Each is owned by one task, held in a bounded log of events, and read by any number of readers.
//!
//! It knows no HTTP and frames no event: the edge writes them as SSE, JSON lines or one document.

mod budget;
pub mod deadline;
mod event_log;
mod reader;
mod relay;
mod reply;
mod seal;
mod task;
mod time_limits;
mod writer;

#[cfg(test)]
mod tests;

pub use event_log::{Batch, BatchEvent};
pub use reader::{Join, Reader, ReplyRead, TextReader};
pub use relay::{InFlightGuard, Relay};
pub use reply::{FinishedReply, Reply};
pub use seal::Seal;
pub use task::{ReplyStart, start};
pub use time_limits::TimeLimits;
