//! The timeouts of a reply.

use std::mem;
use std::time::Duration;

use porthole_upstream::{Failure, TimeoutKind};
use tokio::time::Instant;

use crate::deadline::Deadline;

/// The time that an upstream may take (contract §9, "Failures"); the time to connect is the client's own.
#[derive(Clone, Copy, Debug)]
pub struct TimeLimits {
    /// From the request, and from byte to byte until the first word: the head proves nothing, n8n sends it at once, and a
    /// model may think for three minutes behind its first event.
    pub first_word: Duration,
    /// From byte to byte after it; n8n sends a keep-alive every 30 s, and its agents may pause for 90.
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
            first_word: Duration::from_secs(190),
            next_byte: Duration::from_secs(95),
            after_error: Duration::from_secs(2),
            whole: Duration::from_mins(10),
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
    has_words: bool,
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
            has_words: false,
            failed: None,
            stopped: None,
            deadline: Deadline::new(began + limits.first_word.min(limits.whole)),
        }
    }

    /// Postpones the deadline: a byte came, perhaps one of the workflow's own error, or one of what goes on after it.
    pub(crate) fn postpone(&mut self, has_words: bool, has_failed: bool) {
        let now = Instant::now();
        let failed = has_failed.then(|| self.failed.unwrap_or(now));
        self.last_byte = Some(now);
        let is_first_word = has_words != mem::replace(&mut self.has_words, has_words);
        let is_first_error = failed != mem::replace(&mut self.failed, failed);
        // A byte like the one before makes nothing due sooner: the deadline is set again once it has expired.
        if is_first_word || is_first_error {
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
        let silence = if self.has_words { limits.next_byte } else { limits.first_word };
        let byte = match self.last_byte {
            None => (self.began + silence, timed_out(TimeoutKind::FirstByte)),
            Some(at) => (at + silence, timed_out(TimeoutKind::NextByte)),
        };
        let whole = (self.began + limits.whole, timed_out(TimeoutKind::Whole));
        let reported = CallEnd::Failed(Failure::Reported);
        let failed = self.failed.map(|at| (at + limits.after_error, reported));
        let stopped = self.stopped.map(|at| (at + limits.after_stop, CallEnd::Released));
        let others = [Some(whole), failed, stopped].into_iter().flatten();
        others.fold(byte, |first, other| if other.0 < first.0 { other } else { first })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_model_may_think_for_longer_than_it_may_pause() {
        for (read, silence) in [(None, 190), (Some(false), 190), (Some(true), 95)] {
            let mut timeouts = Timeouts::new(TimeLimits::default());
            let began = Instant::now();
            if let Some(has_words) = read {
                timeouts.postpone(has_words, false);
            }
            timeouts.expired().await;
            assert_eq!(began.elapsed().as_secs(), silence, "{read:?}");
        }
    }
}
