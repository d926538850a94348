//! A deadline that can be postponed without touching tokio's timer.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

/// A deadline that every token postpones: that is a store, and the timer is set again only when it fires too early.
#[derive(Debug)]
pub(crate) struct Deadline {
    timer: Pin<Box<Sleep>>,
    at: Instant,
}

impl Deadline {
    pub(crate) fn new(at: Instant) -> Self {
        Self {
            timer: Box::pin(sleep_until(at)),
            at,
        }
    }

    /// Moves the deadline, back or forth.
    pub(crate) fn set(&mut self, at: Instant) {
        self.at = at;
        if at < self.timer.deadline() {
            self.timer.as_mut().reset(at);
        }
    }

    /// Waits for the deadline; may be dropped and called again.
    pub(crate) async fn passed(&mut self) {
        poll_fn(|cx| self.poll_passed(cx)).await;
    }

    /// Is ready once the deadline has passed; until then the task is woken when it does.
    pub(crate) fn poll_passed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.timer.as_mut().poll(cx));
            if Instant::now() >= self.at {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(self.at);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn it_passes_at_the_last_time_that_was_set() {
        for (first, second) in [(10, 20), (20, 10)] {
            let start = Instant::now();
            let mut deadline = Deadline::new(start + first * SECOND);
            deadline.set(start + second * SECOND);
            deadline.passed().await;
            assert_eq!(
                start.elapsed().as_secs(),
                u64::from(second),
                "{first} then {second}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_can_be_set_again_after_it_passed() {
        let start = Instant::now();
        let mut deadline = Deadline::new(start + SECOND);
        deadline.passed().await;
        deadline.set(start + 5 * SECOND);
        deadline.passed().await;
        assert_eq!(start.elapsed().as_secs(), 5);
    }
}
