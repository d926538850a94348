//! Timeouts of a client that is slow to send a request or to read an answer.
//!
//! actix-http 3.20 limits the first head of a connection only, and waits without end for a client that reads nothing.

use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use porthole_relay::deadline::Deadline;
use tokio::time::Instant;

use super::in_flight::RequestsInFlight;

/// Timeout of a request, from its first byte until it is handled. It is longer than the silence between two pings
/// (15 s), since a client may send its next request while an answer still runs.
const REQUEST: Duration = Duration::from_secs(20);

/// Timeout of a client that reads nothing of an answer.
const WRITE: Duration = Duration::from_mins(1);

/// The step that a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaited {
    /// Nothing; actix closes idle connections.
    Nothing,
    /// The rest of a request, or the end of its handling.
    Request,
    /// Room for more of an answer.
    Write,
}

/// The timeouts of one connection.
#[derive(Debug)]
pub(super) struct Timeouts {
    awaited: Awaited,
    deadline: Deadline,
    in_flight: Rc<RequestsInFlight>,
}

impl Timeouts {
    pub(super) fn new(in_flight: Rc<RequestsInFlight>) -> Self {
        Self { awaited: Awaited::Nothing, deadline: Deadline::new(Instant::now() + WRITE), in_flight }
    }

    /// Notes that bytes came from the client.
    pub(super) fn on_read(&mut self) {
        if self.awaited == Awaited::Nothing {
            self.wait_for(Awaited::Request, REQUEST);
        }
    }

    /// Notes that the client took bytes.
    pub(super) fn on_written(&mut self) {
        self.awaited = Awaited::Nothing;
    }

    /// Notes that the client takes nothing now.
    pub(super) fn on_blocked(&mut self) {
        if self.awaited != Awaited::Write {
            self.wait_for(Awaited::Write, WRITE);
        }
    }

    fn wait_for(&mut self, awaited: Awaited, timeout: Duration) {
        self.awaited = awaited;
        self.deadline.reset(Instant::now() + timeout);
    }

    /// Is ready once the client has timed out.
    pub(super) fn poll_expired(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.awaited != Awaited::Nothing {
            ready!(self.deadline.poll_expired(cx));
            // The time that a handler takes is not the client's.
            if self.awaited == Awaited::Write || self.in_flight.is_empty() {
                return Poll::Ready(());
            }
            self.wait_for(Awaited::Request, REQUEST);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::time::timeout;

    use super::*;

    fn timeouts() -> Timeouts {
        Timeouts::new(Rc::default())
    }

    async fn expired(timeouts: &mut Timeouts) -> u64 {
        let start = Instant::now();
        poll_fn(|cx| timeouts.poll_expired(cx)).await;
        start.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_has_its_time_from_its_first_byte() {
        let mut timeouts = timeouts();
        timeouts.on_read();
        tokio::time::advance(Duration::from_secs(15)).await;
        timeouts.on_read();
        assert_eq!(expired(&mut timeouts).await, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_of_a_handler_is_not_held_against_the_client() {
        let mut timeouts = timeouts();
        let in_flight = Rc::clone(&timeouts.in_flight);
        timeouts.on_read();
        let request = in_flight.begin().await;
        let still_open = timeout(Duration::from_mins(5), expired(&mut timeouts)).await;
        assert!(still_open.is_err());
        drop(request);
        assert!(expired(&mut timeouts).await <= 20);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_a_little_is_waited_for() {
        let mut timeouts = timeouts();
        for _ in 0..10 {
            timeouts.on_blocked();
            tokio::time::advance(Duration::from_secs(50)).await;
            timeouts.on_written();
        }
        timeouts.on_blocked();
        assert_eq!(expired(&mut timeouts).await, 60);
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_client_does_not_time_out_here() {
        let mut timeouts = timeouts();
        timeouts.on_read();
        timeouts.on_written();
        let still_open = timeout(Duration::from_hours(1), expired(&mut timeouts)).await;
        assert!(still_open.is_err());
    }
}
