//! The queue in front of an upstream's concurrency: backpressure, with a bound on length and time.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::Failure;

/// The longest wait for a slot. After 10 s the status 200 is already sent, and a failure could only be an event.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(8);

/// Permits a number of calls at once, and lets as many again wait.
#[derive(Debug)]
pub(super) struct Queue(Option<Slots>);

#[derive(Debug)]
struct Slots {
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    max_waiting: usize,
}

/// A slot of the upstream's concurrency, released when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Queue {
    /// Permits `concurrency` calls at once, or all of them.
    pub(super) fn new(concurrency: Option<NonZeroUsize>) -> Self {
        Self(concurrency.map(|concurrency| {
            let concurrency = concurrency.get().min(Semaphore::MAX_PERMITS);
            Slots {
                free: Arc::new(Semaphore::new(concurrency)),
                waiting: AtomicUsize::new(0),
                max_waiting: concurrency,
            }
        }))
    }

    /// Waits for a slot, first come first served.
    pub(super) async fn acquire(&self) -> Result<Slot, Failure> {
        let Some(slots) = &self.0 else {
            return Ok(Slot { _permit: None });
        };
        if let Ok(permit) = Arc::clone(&slots.free).try_acquire_owned() {
            return Ok(Slot { _permit: Some(permit) });
        }
        let _waiting = slots.wait()?;
        match timeout(QUEUE_TIMEOUT, Arc::clone(&slots.free).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Slot { _permit: Some(permit) }),
            Ok(Err(_)) | Err(_) => Err(Failure::QueueFull),
        }
    }
}

impl Slots {
    fn wait(&self) -> Result<Waiting<'_>, Failure> {
        let one_more = |waiting| (waiting < self.max_waiting).then_some(waiting + 1);
        self.waiting
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .map(|_| Waiting(&self.waiting))
            .map_err(|_| Failure::QueueFull)
    }
}

/// Counts one waiting call, until it has its slot or is dropped.
#[derive(Debug)]
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(concurrency: usize) -> Queue {
        Queue::new(NonZeroUsize::new(concurrency))
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_refuses_at_once_and_a_slow_one_after_its_timeout() {
        let queue = queue(1);
        let _running = queue.acquire().await.unwrap();
        let begin = tokio::time::Instant::now();
        let (first, second) = tokio::join!(queue.acquire(), async {
            let refused = queue.acquire().await;
            assert_eq!(begin.elapsed(), Duration::ZERO);
            refused
        });
        assert_eq!(first.unwrap_err(), Failure::QueueFull);
        assert_eq!(second.unwrap_err(), Failure::QueueFull);
        assert_eq!(begin.elapsed(), QUEUE_TIMEOUT);
    }

    #[tokio::test]
    async fn a_waiting_call_gets_the_next_slot() {
        let queue = queue(1);
        let running = queue.acquire().await.unwrap();
        let (next, ()) = tokio::join!(queue.acquire(), async { drop(running) });
        assert!(next.is_ok());
    }

    #[tokio::test]
    async fn a_cancelled_call_waits_no_longer() {
        let queue = queue(1);
        let _running = queue.acquire().await.unwrap();
        for _ in 0..3 {
            assert!(
                futures_util::FutureExt::now_or_never(queue.acquire()).is_none(),
                "the one place in the queue is free"
            );
        }
    }

    #[tokio::test]
    async fn without_a_limit_all_go_through() {
        let queue = Queue::new(None);
        for _ in 0..1000 {
            assert!(queue.acquire().await.is_ok());
        }
    }
}
