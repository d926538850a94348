//! The memory and descriptors of a proxy at rest, to which it returns.

use porthole_tests::Proxy;
use porthole_tests::proxy::Process;
use porthole_tests::wait::until;
use tokio::task::spawn_blocking;

/// Bytes that the allocator may keep: pages that are free in part, and its own books.
const SLACK: usize = 16 * 1024 * 1024;

/// The resources of a proxy, measured after it has worked a little.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Baseline {
    process: Process,
    memory: usize,
    descriptors: usize,
}

impl Baseline {
    pub(crate) fn measure(proxy: &Proxy) -> Self {
        Self::now(proxy.process())
    }

    fn now(process: Process) -> Self {
        Self { process, memory: process.memory(), descriptors: process.descriptors() }
    }

    /// Waits until visitors cost so many bytes at most: what the work itself took goes away, if not at once.
    pub(crate) async fn wait_for_at_most(self, bytes: usize, row: &str) {
        let what = format!("{row}: {bytes} bytes at most");
        let is_small = move || (self.process.memory() <= self.memory + bytes).then_some(());
        spawn_blocking(move || until(&what, is_small)).await.unwrap();
    }

    /// Waits until the proxy holds no more than it did then; a minute is its time for that.
    pub(crate) async fn wait_for_return(self) {
        let is_back = move || {
            let now = Self::now(self.process);
            (now.memory <= self.memory + SLACK && now.descriptors <= self.descriptors).then_some(())
        };
        spawn_blocking(move || until("the proxy to come to rest", is_back)).await.unwrap();
    }
}
