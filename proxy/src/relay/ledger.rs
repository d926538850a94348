//! What all replies together take: memory, and how many still run.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::reply::Reply;

/// Bytes that all buffers together may hold: 64 replies of the largest size, or some 10,000 usual ones of 6 KiB.
pub(super) const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Replies that are held at once; each costs about 1 KiB beside its buffer.
pub(super) const MAX_REPLIES: usize = 50_000;

/// A reply that has ended and is kept for those who join late.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) reply: Arc<Reply>,
    pub(super) at: Instant,
    pub(super) bytes: usize,
}

/// Counts what the replies take.
#[derive(Debug)]
pub(super) struct Ledger {
    limits: Limits,
    bytes: AtomicUsize,
    replies: AtomicUsize,
    running: watch::Sender<usize>,
    reading: watch::Sender<usize>,
    /// In the order of their ends.
    kept: Mutex<VecDeque<Kept>>,
}

/// What all replies together may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) bytes: usize,
    pub(super) replies: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: MAX_BYTES,
            replies: MAX_REPLIES,
        }
    }
}

impl Ledger {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            bytes: AtomicUsize::new(0),
            replies: AtomicUsize::new(0),
            running: watch::Sender::new(0),
            reading: watch::Sender::new(0),
            kept: Mutex::default(),
        }
    }

    pub(super) fn begin(&self, bytes: usize) {
        self.replies.fetch_add(1, Ordering::Relaxed);
        self.grow(bytes);
        self.one_more_runs();
    }

    pub(super) fn one_more_runs(&self) {
        self.running.send_modify(|running| *running += 1);
    }

    pub(super) fn one_less_runs(&self) {
        self.running.send_modify(|running| *running -= 1);
    }

    pub(super) fn grow(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn end(&self, kept: Kept) {
        self.kept().push_back(kept);
        self.one_less_runs();
    }

    /// Takes back what a reply that is no longer kept took.
    fn release(&self, bytes: usize) {
        self.replies.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Whether the replies take more than they may.
    pub(super) fn is_over(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > self.limits.bytes
            || self.replies.load(Ordering::Relaxed) > self.limits.replies
    }

    /// Gives up the reply that ended first, one that nobody reads before all that are read.
    pub(super) fn pop_first(&self) -> Option<Arc<Reply>> {
        let mut queue = self.kept();
        let first = queue.iter().position(|kept| !kept.reply.is_read());
        let kept = queue.remove(first.unwrap_or(0));
        drop(queue);
        self.released(kept)
    }

    /// Gives up the first reply that ended `age` ago or earlier and that nobody reads.
    pub(super) fn pop_older(&self, age: Duration, now: Instant) -> Option<Arc<Reply>> {
        let mut queue = self.kept();
        let first = queue
            .iter()
            .take_while(|kept| now.saturating_duration_since(kept.at) >= age)
            .position(|kept| !kept.reply.is_read())?;
        let kept = queue.remove(first);
        drop(queue);
        self.released(kept)
    }

    fn released(&self, kept: Option<Kept>) -> Option<Arc<Reply>> {
        let kept = kept?;
        self.release(kept.bytes);
        Some(kept.reply)
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of replies that have not ended.
    pub(super) fn running(&self) -> usize {
        *self.running.borrow()
    }

    pub(super) fn one_more_reads(&self) {
        self.reading.send_modify(|reading| *reading += 1);
    }

    pub(super) fn one_less_reads(&self) {
        self.reading.send_modify(|reading| *reading -= 1);
    }

    /// Bytes and replies that are held.
    #[cfg(test)]
    pub(super) fn taken(&self) -> (usize, usize) {
        (
            self.bytes.load(Ordering::Relaxed),
            self.replies.load(Ordering::Relaxed),
        )
    }

    /// Waits until no reply runs.
    pub(super) async fn idle(&self) {
        // The sender lives as long as `self`, so this ends only with the condition.
        let _ = self.running.subscribe().wait_for(|running| *running == 0).await;
    }

    /// Waits until nobody reads a reply.
    pub(super) async fn read_out(&self) {
        let _ = self.reading.subscribe().wait_for(|reading| *reading == 0).await;
    }
}
