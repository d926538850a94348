//! A deadline that can be postponed without touching tokio's timer.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

/// A deadline that is cheap to postpone: `reset` only stores the time, and the timer is armed again when it fires.
#[derive(Debug)]
pub struct Deadline {
    sleep: Pin<Box<Sleep>>,
    due: Instant,
}

impl Deadline {
    /// Expires at `due`.
    #[must_use]
    pub fn new(due: Instant) -> Self {
        Self { sleep: Box::pin(sleep_until(due)), due }
    }

    /// Expires at `due` instead, sooner or later than before.
    pub fn reset(&mut self, due: Instant) {
        self.due = due;
        if due < self.sleep.deadline() {
            self.sleep.as_mut().reset(due);
        }
    }

    /// Waits until the deadline has expired; may be dropped and called again.
    pub async fn expired(&mut self) {
        poll_fn(|cx| self.poll_expired(cx)).await;
    }

    /// Polls the deadline; the task is woken when it expires.
    pub fn poll_expired(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.sleep.as_mut().poll(cx));
            if Instant::now() >= self.due {
                return Poll::Ready(());
            }
            self.sleep.as_mut().reset(self.due);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn it_expires_at_the_last_time_that_was_set() {
        for (first, second) in [(10, 20), (20, 10)] {
            let start = Instant::now();
            let mut deadline = Deadline::new(start + first * SECOND);
            deadline.reset(start + second * SECOND);
            deadline.expired().await;
            assert_eq!(start.elapsed().as_secs(), u64::from(second), "{first} then {second}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_can_be_set_again_after_it_expired() {
        let start = Instant::now();
        let mut deadline = Deadline::new(start + SECOND);
        deadline.expired().await;
        deadline.reset(start + 5 * SECOND);
        deadline.expired().await;
        assert_eq!(start.elapsed().as_secs(), 5);
    }
}
