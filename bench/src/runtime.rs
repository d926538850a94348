//! The runtime of a role: one thread, as it has one core.

use crate::error::{Attempt, BenchResult};

/// Runs a role to its end, with as many descriptors as the system permits.
pub(crate) fn run<T>(role: impl Future<Output = BenchResult<T>>) -> BenchResult<T> {
    // Where the limit stays low, the cases that need more are left out before they start.
    rlimit::increase_nofile_limit(u64::MAX).ok();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let local = tokio::task::LocalSet::new();
    runtime.attempt("start a runtime")?.block_on(local.run_until(role))
}
