//! How many calls an upstream gets at once.

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

use super::Failure;

/// How long a call waits for its turn: a visitor is rather told than kept waiting. After 10 s the response would have
/// begun, and its status could no longer say so.
const PATIENCE: Duration = Duration::from_secs(8);

/// Calls at once, and as many again that wait.
#[derive(Debug)]
pub(super) struct Queue {
    places: Option<Places>,
    patience: Duration,
}

#[derive(Debug)]
struct Places {
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    may_wait: usize,
}

/// A place among the calls at once.
#[derive(Debug)]
pub(super) struct Slot {
    _place: Option<OwnedSemaphorePermit>,
}

impl Queue {
    /// Lets `at_once` calls through, or all of them.
    pub(super) fn new(at_once: Option<NonZeroUsize>) -> Self {
        Self::with_patience(at_once, PATIENCE)
    }

    pub(super) fn with_patience(at_once: Option<NonZeroUsize>, patience: Duration) -> Self {
        let places = at_once.map(|at_once| {
            let at_once = at_once.get().min(Semaphore::MAX_PERMITS);
            let free = Arc::new(Semaphore::new(at_once));
            Places {
                free,
                waiting: AtomicUsize::new(0),
                may_wait: at_once,
            }
        });
        Self { places, patience }
    }

    /// Waits for a place, first come first served.
    pub(super) async fn enter(&self) -> Result<Slot, Failure> {
        let Some(places) = &self.places else {
            return Ok(Slot { _place: None });
        };
        if let Ok(place) = Arc::clone(&places.free).try_acquire_owned() {
            return Ok(Slot { _place: Some(place) });
        }
        let _waiting = places.wait()?;
        match timeout(self.patience, Arc::clone(&places.free).acquire_owned()).await {
            Ok(Ok(place)) => Ok(Slot { _place: Some(place) }),
            Ok(Err(_)) | Err(_) => Err(Failure::Busy),
        }
    }
}

impl Places {
    fn wait(&self) -> Result<Waiting<'_>, Failure> {
        let one_more = |waiting| (waiting < self.may_wait).then_some(waiting + 1);
        match self
            .waiting
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
        {
            Ok(_) => Ok(Waiting(&self.waiting)),
            Err(_) => Err(Failure::Busy),
        }
    }
}

/// Counts one who waits, until it has its place or gives up.
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

    fn queue(at_once: usize) -> Queue {
        Queue::new(NonZeroUsize::new(at_once))
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_refuses_at_once_and_a_slow_one_after_its_patience() {
        let queue = queue(1);
        let _running = queue.enter().await.unwrap();
        let begin = tokio::time::Instant::now();
        let (first, second) = tokio::join!(queue.enter(), async {
            let refused = queue.enter().await;
            assert_eq!(begin.elapsed(), Duration::ZERO);
            refused
        });
        assert_eq!(first.unwrap_err(), Failure::Busy);
        assert_eq!(second.unwrap_err(), Failure::Busy);
        assert_eq!(begin.elapsed(), PATIENCE);
    }

    #[tokio::test]
    async fn who_waits_gets_the_next_place() {
        let queue = queue(1);
        let running = queue.enter().await.unwrap();
        let (next, ()) = tokio::join!(queue.enter(), async { drop(running) });
        assert!(next.is_ok());
    }

    #[tokio::test]
    async fn who_gives_up_waits_no_longer() {
        let queue = queue(1);
        let _running = queue.enter().await.unwrap();
        for _ in 0..3 {
            assert!(
                futures_util::FutureExt::now_or_never(queue.enter()).is_none(),
                "the one waiting place is free"
            );
        }
    }

    #[tokio::test]
    async fn without_a_limit_all_go_through() {
        let queue = Queue::new(None);
        for _ in 0..1000 {
            assert!(queue.enter().await.is_ok());
        }
    }
}
