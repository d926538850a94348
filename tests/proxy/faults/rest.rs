//! What a proxy holds at rest, and that it comes back to it.

use std::time::{Duration, Instant};

use porthole_tests::Proxy;
use tokio::time::sleep;

/// How long it may take until everything that a fault took is given back.
const BACK_WITHIN: Duration = Duration::from_secs(60);

/// How often it is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What the allocator may keep for the next ones: glibc gives back the end of an arena, not what lies between.
const SLACK: usize = 16 * 1024 * 1024;

/// What a proxy holds, taken after it has worked a little.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rest {
    pub(crate) memory: usize,
    pub(crate) descriptors: usize,
}

impl Rest {
    pub(crate) fn of(proxy: &Proxy) -> Self {
        Self {
            memory: proxy.memory(),
            descriptors: proxy.descriptors(),
        }
    }

    /// Waits until the proxy holds no more than it did then.
    pub(crate) async fn comes_back(self, proxy: &Proxy) {
        let deadline = Instant::now() + BACK_WITHIN;
        loop {
            let now = Self::of(proxy);
            if now.memory <= self.memory + SLACK && now.descriptors <= self.descriptors {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "at rest {self:?}, {BACK_WITHIN:?} later {now:?}"
            );
            sleep(LOOK_AGAIN).await;
        }
    }
}
