//! Replies in flight, each owned by one task and read by any number of readers. It may not know HTTP or frame an event.
//!
//! A bounded log holds a reply's events; the edge writes them as SSE, JSON lines or one document.

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
