//! The runtime of a role: one thread, as it has one core.

use tokio::net::TcpListener;

use crate::error::{Attempt, BenchResult};
use crate::print;
use crate::process::LISTENING;

/// Runs a role to its end, with as many descriptors as the system permits.
pub(crate) fn run<T>(role: impl Future<Output = BenchResult<T>>) -> BenchResult<T> {
    descriptors();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let local = tokio::task::LocalSet::new();
    runtime.attempt("start a runtime")?.block_on(local.run_until(role))
}

/// Raises the limit of open files as far as the system permits, and returns it.
pub(crate) fn descriptors() -> u64 {
    // Where it cannot be raised, the cases that need more are left out before they start.
    rlimit::increase_nofile_limit(u64::MAX).unwrap_or(0)
}

/// Listens on a free port, and prints the line that the run waits for.
pub(crate) async fn listen() -> BenchResult<TcpListener> {
    let listener = TcpListener::bind("127.0.0.1:0").await.attempt("listen")?;
    let address = listener.local_addr().attempt("read the address of a listener")?;
    print::line(&format!("{LISTENING}{address}"));
    Ok(listener)
}
