//! How long a client may take to send a request or to take an answer.

use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use super::handling::Handling;
use crate::alarm::Alarm;

/// How long a request may take from its first byte until it is handled; longer than the silence between two pings
/// (15 s), since a client may send its next request while an answer still runs.
const REQUEST: Duration = Duration::from_secs(20);

/// How long a client may take nothing at all of an answer.
const TAKE: Duration = Duration::from_mins(1);

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// Nothing is owed; actix closes idle connections.
    Nothing,
    /// The rest of a request, or the end of its handling.
    Request,
    /// Room for more of an answer.
    Taker,
}

/// Watches over one connection.
#[derive(Debug)]
pub(super) struct Patience {
    waiting: Waiting,
    alarm: Alarm,
    handling: Rc<Handling>,
}

impl Patience {
    pub(super) fn new() -> Self {
        Self {
            waiting: Waiting::Nothing,
            alarm: Alarm::at(Instant::now() + TAKE),
            handling: Rc::default(),
        }
    }

    pub(super) fn handling(&self) -> &Rc<Handling> {
        &self.handling
    }

    /// Bytes came from the client.
    pub(super) fn has_read(&mut self) {
        if self.waiting == Waiting::Nothing {
            self.wait(Waiting::Request, REQUEST);
        }
    }

    /// The client took something.
    pub(super) fn has_written(&mut self) {
        self.waiting = Waiting::Nothing;
        self.handling.has_written();
    }

    /// The client takes nothing now.
    pub(super) fn is_blocked(&mut self) {
        self.handling.is_blocked();
        if self.waiting != Waiting::Taker {
            self.wait(Waiting::Taker, TAKE);
        }
    }

    fn wait(&mut self, waiting: Waiting, time: Duration) {
        self.waiting = waiting;
        self.alarm.set(Instant::now() + time);
    }

    /// Ready when the client has had its time.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            if self.waiting == Waiting::Nothing {
                return Poll::Pending;
            }
            std::task::ready!(self.alarm.poll_ring(cx));
            if self.waiting != Waiting::Request || !self.handling.is_on() {
                return Poll::Ready(());
            }
            self.wait(Waiting::Request, REQUEST);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::time::timeout;

    use super::*;

    async fn end(patience: &mut Patience) -> u64 {
        let start = Instant::now();
        poll_fn(|cx| patience.poll_end(cx)).await;
        start.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_has_its_time_from_its_first_byte() {
        let mut patience = Patience::new();
        patience.has_read();
        tokio::time::advance(Duration::from_secs(15)).await;
        patience.has_read();
        assert_eq!(end(&mut patience).await, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn what_we_take_to_handle_it_is_not_held_against_the_client() {
        let mut patience = Patience::new();
        patience.has_read();
        let handled = patience.handling().begin().await;
        let given_up = timeout(Duration::from_mins(5), end(&mut patience)).await;
        assert!(given_up.is_err());
        drop(handled);
        assert!(end(&mut patience).await <= 20);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_a_little_is_waited_for() {
        let mut patience = Patience::new();
        for _ in 0..10 {
            patience.is_blocked();
            tokio::time::advance(Duration::from_secs(50)).await;
            patience.has_written();
        }
        patience.is_blocked();
        assert_eq!(end(&mut patience).await, 60);
    }

    #[tokio::test(start_paused = true)]
    async fn who_owes_nothing_is_left_alone() {
        let mut patience = Patience::new();
        patience.has_read();
        patience.has_written();
        let given_up = timeout(Duration::from_hours(1), end(&mut patience)).await;
        assert!(given_up.is_err());
    }
}
