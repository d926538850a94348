//! A timer that is cheap to put off.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer that is put off with every token: putting it off is a store, and the runtime's timer is touched only
/// when it would have rung.
#[derive(Debug)]
pub(crate) struct Alarm {
    sleep: Pin<Box<Sleep>>,
    due: Instant,
}

impl Alarm {
    /// Rings at `due`.
    pub(crate) fn at(due: Instant) -> Self {
        Self {
            sleep: Box::pin(sleep_until(due)),
            due,
        }
    }

    /// Rings at `due` instead, sooner or later than before.
    pub(crate) fn set(&mut self, due: Instant) {
        self.due = due;
        if due < self.sleep.deadline() {
            self.sleep.as_mut().reset(due);
        }
    }

    /// Waits until it is due; may be dropped and called again.
    pub(crate) async fn ring(&mut self) {
        poll_fn(|cx| self.poll_ring(cx)).await;
    }

    /// Whether it is due; if not, the task is woken when it is.
    pub(crate) fn poll_ring(&mut self, cx: &mut Context<'_>) -> Poll<()> {
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
    async fn it_rings_at_the_last_time_that_was_set() {
        for (first, second) in [(10, 20), (20, 10)] {
            let start = Instant::now();
            let mut alarm = Alarm::at(start + first * SECOND);
            alarm.set(start + second * SECOND);
            alarm.ring().await;
            assert_eq!(
                start.elapsed().as_secs(),
                u64::from(second),
                "{first} then {second}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_can_be_set_again_after_it_rang() {
        let start = Instant::now();
        let mut alarm = Alarm::at(start + SECOND);
        alarm.ring().await;
        alarm.set(start + 5 * SECOND);
        alarm.ring().await;
        assert_eq!(start.elapsed().as_secs(), 5);
    }
}
