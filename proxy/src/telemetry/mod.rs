//! What an operator sees: logs and metrics.

pub(crate) mod log;
pub(crate) mod metrics;
