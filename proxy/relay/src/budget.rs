//! The memory budget of all replies together, and the number of those in flight.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

/// The bytes of all event logs together: 64 replies of the largest size, or some 10,000 usual ones of 6 KiB.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The replies that are held at once; each costs about 1 KiB beside its log.
const MAX_REPLIES: usize = 50_000;

/// Counts bytes, replies, readers, and calls in flight (replies and actions).
#[derive(Debug)]
pub(crate) struct Budget {
    cap: BudgetCap,
    bytes: AtomicUsize,
    replies: AtomicUsize,
    in_flight: watch::Sender<usize>,
    readers: watch::Sender<usize>,
}

/// The most that all replies together may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BudgetCap {
    pub(crate) bytes: usize,
    pub(crate) replies: usize,
}

impl Default for BudgetCap {
    fn default() -> Self {
        Self { bytes: MAX_BYTES, replies: MAX_REPLIES }
    }
}

impl Budget {
    pub(crate) fn new(cap: BudgetCap) -> Self {
        Self {
            cap,
            bytes: AtomicUsize::new(0),
            replies: AtomicUsize::new(0),
            in_flight: watch::Sender::new(0),
            readers: watch::Sender::new(0),
        }
    }

    pub(crate) fn add_reply(&self) {
        self.replies.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn remove_reply(&self) {
        self.replies.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn grow(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn shrink(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Returns `true` where the replies take more than they may.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > self.cap.bytes
            || self.replies.load(Ordering::Relaxed) > self.cap.replies
    }

    pub(crate) fn add_in_flight(&self) {
        self.in_flight.send_modify(|in_flight| *in_flight += 1);
    }

    pub(crate) fn remove_in_flight(&self) {
        self.in_flight.send_modify(|in_flight| *in_flight -= 1);
    }

    pub(crate) fn in_flight(&self) -> usize {
        *self.in_flight.borrow()
    }

    pub(crate) fn add_reader(&self) {
        self.readers.send_modify(|readers| *readers += 1);
    }

    pub(crate) fn remove_reader(&self) {
        self.readers.send_modify(|readers| *readers -= 1);
    }

    /// Waits until no call is in flight.
    pub(crate) async fn wait_until_idle(&self) {
        // The sender lives as long as `self`, so this ends only with the condition.
        let _ = self.in_flight.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Waits until no reply has a reader.
    pub(crate) async fn wait_until_unread(&self) {
        let _ = self.readers.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Returns the bytes and replies that are held.
    #[cfg(test)]
    pub(crate) fn held(&self) -> (usize, usize) {
        let load = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        (load(&self.bytes), load(&self.replies))
    }
}
