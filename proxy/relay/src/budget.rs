//! The memory budget of all replies together, and the number of those in flight.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// The bytes of all replies together: some 60 of the largest size, or 10,000 usual ones of 6 KiB, half of them ended.
pub(crate) const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Counts the memory of replies, their readers, and calls in flight (replies and actions).
#[derive(Debug)]
pub(crate) struct Budget {
    max_bytes: usize,
    bytes: AtomicUsize,
    pub(crate) in_flight: Count,
    pub(crate) readers: Count,
}

/// A count that can be waited for.
#[derive(Debug, Default)]
pub(crate) struct Count {
    count: AtomicUsize,
    is_zero: Notify,
}

impl Budget {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self { max_bytes, bytes: AtomicUsize::new(0), in_flight: Count::default(), readers: Count::default() }
    }

    /// Counts a reply that took `before` bytes with the bytes that it takes now.
    pub(crate) fn recount(&self, before: usize, now: usize) {
        // Atomics wrap around, so that a negative difference is subtracted.
        self.bytes.fetch_add(now.wrapping_sub(before), Ordering::Relaxed);
    }

    /// Returns `true` where ended replies must be evicted: half is left for those that run.
    pub(crate) fn is_short(&self) -> bool {
        self.held_bytes() > self.max_bytes / 2
    }

    /// Returns `true` where a running reply of `bytes` may go on, though there is no ended one left to be evicted: up to
    /// its share of three quarters, so that a few large replies do not end the small ones.
    pub(crate) fn permits(&self, bytes: usize) -> bool {
        let share = self.max_bytes / 4 * 3 / self.in_flight.get().max(1);
        bytes <= share && self.held_bytes() <= self.max_bytes
    }

    /// Returns the bytes of all replies.
    pub(crate) fn held_bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Count {
    pub(crate) fn add(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn remove(&self) {
        if self.count.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.is_zero.notify_waiters();
        }
    }

    pub(crate) fn get(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    pub(crate) async fn wait_until_zero(&self) {
        // Registered before each look: a count that falls to zero in between is not missed.
        let mut is_zero = self.is_zero.notified();
        while self.get() > 0 {
            is_zero.await;
            is_zero = self.is_zero.notified();
        }
    }
}
