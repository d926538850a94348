//! Logs, panics and metrics of the proxy, for its operator. It may not know HTTP: the edge serves `/metrics`.

pub mod controls;
mod event;
mod line;
pub mod log;
pub mod metrics;
pub mod panics;

#[doc(hidden)]
pub use event::enclosing_function;
/// The crate behind [`event!`], so that its callers need not name it.
#[doc(hidden)]
pub use tracing;

/// The target of audit lines: admissions, refusals and disabled checks. They are written at every `LOG_LEVEL`.
pub const AUDIT: &str = "porthole::audit";
