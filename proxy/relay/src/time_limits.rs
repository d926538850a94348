//! The timeouts of a reply.

use std::mem;
use std::time::Duration;

use porthole_upstream::{Failure, TimeoutKind};
use tokio::time::Instant;

use crate::deadline::Deadline;

/// The time that an upstream may take (contract §9, "Failures"); the time to connect is the client's own.
#[derive(Clone, Copy, Debug)]
pub struct TimeLimits {
    /// From the request to the first byte of the answer's body: the head proves nothing, n8n sends it at once.
    pub first_byte: Duration,
    /// From byte to byte; n8n sends a keep-alive every 30 s.
    pub next_byte: Duration,
    /// From the workflow's own error to the end, which n8n sometimes never sends.
    pub after_error: Duration,
    /// From the request to the end.
    pub whole: Duration,
    /// From the visitor's stop to the release of the permit: the workflow runs on.
    pub after_stop: Duration,
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_mins(2),
            next_byte: Duration::from_mins(1),
            after_error: Duration::from_secs(2),
            whole: Duration::from_mins(5),
            after_stop: Duration::from_secs(30),
        }
    }
}

/// The end of a call that did not end by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallEnd {
    /// The reply fails.
    Failed(Failure),
    /// The reply was stopped before, and the upstream is waited for no longer.
    Released,
}

/// The timeouts of one reply in flight.
#[derive(Debug)]
pub(crate) struct Timeouts {
    limits: TimeLimits,
    began: Instant,
    last_byte: Option<Instant>,
    failed: Option<Instant>,
    stopped: Option<Instant>,
    deadline: Deadline,
}

impl Timeouts {
    pub(crate) fn new(limits: TimeLimits) -> Self {
        let began = Instant::now();
        Self {
            limits,
            began,
            last_byte: None,
            failed: None,
            stopped: None,
            deadline: Deadline::new(began + limits.first_byte.min(limits.whole)),
        }
    }

    /// Postpones the deadline: a byte came, perhaps one of the workflow's own error, or one of what goes on after it.
    pub(crate) fn postpone(&mut self, has_failed: bool) {
        let now = Instant::now();
        let failed = has_failed.then(|| self.failed.unwrap_or(now));
        let had_byte = self.last_byte.replace(now).is_some();
        // A byte like the one before makes nothing due sooner: the deadline is set again once it has expired.
        if !had_byte || failed != mem::replace(&mut self.failed, failed) {
            self.deadline.reset(self.next().0);
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    pub(crate) fn stop(&mut self) {
        self.stopped = Some(Instant::now());
        self.deadline.reset(self.next().0);
    }

    /// Waits for the next timeout; may be dropped and called again.
    pub(crate) async fn expired(&mut self) -> CallEnd {
        loop {
            self.deadline.expired().await;
            if let Err(end) = self.check() {
                return end;
            }
            self.deadline.reset(self.next().0);
        }
    }

    /// Fails once a timeout is over, without waiting.
    pub(crate) fn check(&self) -> Result<(), CallEnd> {
        let (at, end) = self.next();
        if at <= Instant::now() { Err(end) } else { Ok(()) }
    }

    /// Returns the next timeout and its consequence.
    fn next(&self) -> (Instant, CallEnd) {
        let limits = &self.limits;
        let timed_out = |kind| CallEnd::Failed(Failure::TimedOut(kind));
        let byte = match self.last_byte {
            None => (self.began + limits.first_byte, timed_out(TimeoutKind::FirstByte)),
            Some(at) => (at + limits.next_byte, timed_out(TimeoutKind::NextByte)),
        };
        let whole = (self.began + limits.whole, timed_out(TimeoutKind::Whole));
        let reported = CallEnd::Failed(Failure::Reported);
        let failed = self.failed.map(|at| (at + limits.after_error, reported));
        let stopped = self.stopped.map(|at| (at + limits.after_stop, CallEnd::Released));
        let others = [Some(whole), failed, stopped].into_iter().flatten();
        others.fold(byte, |first, other| if other.0 < first.0 { other } else { first })
    }
}
