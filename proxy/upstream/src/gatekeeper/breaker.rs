//! The circuit breaker: it leaves an upstream alone that fails again and again.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use crate::Failure;

/// Failures in a row that open the circuit.
const FAILURES: u32 = 5;

/// The time for which an open circuit refuses every call.
const OPEN: Duration = Duration::from_secs(10);

/// The wait proposed to others while one call probes: its first byte or its failure comes soon.
const TRIAL: Duration = Duration::from_secs(1);

/// The state of the circuit, a function of the times that come in as arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Circuit {
    /// Calls pass.
    Closed { failures: u32 },
    /// No call passes before `until`; the first one after it is the trial.
    Open { until: Instant },
    /// Half-open: one call is the trial, and the others are refused until its outcome.
    HalfOpen { since: Instant },
}

impl Circuit {
    /// Admits a call; `true` where it is the trial. The error is the wait.
    fn admit(&mut self, now: Instant) -> Result<bool, Duration> {
        match *self {
            Self::Closed { .. } => Ok(false),
            Self::HalfOpen { .. } => Err(TRIAL),
            Self::Open { until } if until > now => Err(until - now),
            Self::Open { .. } => {
                *self = Self::HalfOpen { since: now };
                Ok(true)
            }
        }
    }

    fn succeed(&mut self) {
        if let Self::Closed { failures } = self {
            *failures = 0;
        }
    }

    /// Counts a failure; calls from before the circuit opened do not prolong it.
    fn fail(&mut self, now: Instant) {
        match *self {
            Self::Closed { failures } if failures + 1 < FAILURES => {
                *self = Self::Closed { failures: failures + 1 };
            }
            Self::Closed { .. } => *self = Self::Open { until: now + OPEN },
            Self::Open { .. } | Self::HalfOpen { .. } => {}
        }
    }

    /// Closes the circuit after the trial's first byte; one more failure opens it again.
    fn pass_trial(&mut self) {
        *self = Self::Closed { failures: FAILURES - 1 };
    }

    fn fail_trial(&mut self, now: Instant) {
        *self = Self::Open { until: now + OPEN };
    }

    /// Lets the next call be the trial.
    fn abandon_trial(&mut self) {
        if let Self::HalfOpen { since } = *self {
            *self = Self::Open { until: since };
        }
    }
}

/// A circuit breaker that calls share.
#[derive(Clone, Debug)]
pub(super) struct Breaker(Arc<Mutex<Circuit>>);

impl Breaker {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Circuit::Closed { failures: 0 })))
    }

    /// Refuses while the circuit is open.
    pub(super) fn check(&self, now: Instant) -> Result<(), Failure> {
        match *self.0.lock() {
            Circuit::Open { until } if until > now => Err(Failure::CircuitOpen(until - now)),
            Circuit::Closed { .. } | Circuit::Open { .. } | Circuit::HalfOpen { .. } => Ok(()),
        }
    }

    /// Admits a call; the error is the time for which the circuit is open.
    pub(super) fn acquire(&self, now: Instant) -> Result<BreakerPass, Failure> {
        let trial = self.0.lock().admit(now).map_err(Failure::CircuitOpen)?;
        Ok(BreakerPass { breaker: self.clone(), trial })
    }

    #[cfg(any(test, feature = "testing"))]
    pub(super) fn open_until(&self, until: Instant) {
        *self.0.lock() = Circuit::Open { until };
    }
}

/// A call that the circuit breaker admitted; dropped before [`BreakerPass::finish`] it counts for nothing.
#[derive(Debug)]
pub(super) struct BreakerPass {
    breaker: Breaker,
    trial: bool,
}

impl BreakerPass {
    pub(super) fn record_first_byte(&mut self) {
        if std::mem::take(&mut self.trial) {
            self.breaker.0.lock().pass_trial();
        }
    }

    pub(super) fn abandon_trial(&mut self) {
        if std::mem::take(&mut self.trial) {
            self.breaker.0.lock().abandon_trial();
        }
    }

    pub(super) fn finish(mut self, outcome: Result<(), Failure>, now: Instant) {
        if !outcome.is_err_and(|failure| failure.is_outage()) {
            self.record_first_byte();
            self.breaker.0.lock().succeed();
        } else if std::mem::take(&mut self.trial) {
            self.breaker.0.lock().fail_trial(now);
        } else {
            self.breaker.0.lock().fail(now);
        }
    }
}

impl Drop for BreakerPass {
    fn drop(&mut self) {
        self.abandon_trial();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn fail(breaker: &Breaker, now: Instant) {
        breaker.acquire(now).unwrap().finish(Err(Failure::Unreachable), now);
    }

    fn open(now: Instant) -> Breaker {
        let breaker = Breaker::new();
        for _ in 0..FAILURES {
            fail(&breaker, now);
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_open_the_circuit() {
        let now = Instant::now();
        let breaker = open(now);
        assert_eq!(breaker.acquire(now + 4 * SECOND).unwrap_err(), Failure::CircuitOpen(6 * SECOND));
        assert_eq!(breaker.check(now + 4 * SECOND), Err(Failure::CircuitOpen(6 * SECOND)));
    }

    #[test]
    fn an_answer_between_failures_breaks_the_row() {
        let now = Instant::now();
        for outcome in [Ok(()), Err(Failure::Status(404)), Err(Failure::Reported)] {
            let breaker = Breaker::new();
            for _ in 0..FAILURES - 1 {
                fail(&breaker, now);
            }
            breaker.acquire(now).unwrap().finish(outcome, now);
            for _ in 0..FAILURES - 1 {
                fail(&breaker, now);
            }
            assert!(breaker.acquire(now).is_ok(), "{outcome:?}");
        }
    }

    #[test]
    fn the_first_byte_of_the_trial_closes_a_half_open_circuit() {
        let now = Instant::now();
        let breaker = open(now);
        let later = now + OPEN;
        let mut trial = breaker.acquire(later).unwrap();
        assert_eq!(breaker.acquire(later).unwrap_err(), Failure::CircuitOpen(TRIAL));
        trial.record_first_byte();
        assert!(breaker.acquire(later).is_ok());
        trial.finish(Err(Failure::Interrupted), later);
        assert!(breaker.acquire(later).is_err(), "one more failure opens it again");
    }

    #[test]
    fn a_failed_trial_opens_the_circuit_again() {
        let now = Instant::now();
        let breaker = open(now);
        fail(&breaker, now + OPEN);
        assert_eq!(breaker.acquire(now + OPEN).unwrap_err(), Failure::CircuitOpen(OPEN));
    }

    #[test]
    fn a_dropped_trial_lets_the_next_call_be_one() {
        let now = Instant::now();
        let breaker = open(now);
        drop(breaker.acquire(now + OPEN).unwrap());
        assert!(breaker.acquire(now + OPEN).is_ok());
    }

    #[test]
    fn an_abandoned_trial_lets_the_next_call_be_one_and_records_nothing() {
        let now = Instant::now();
        for outcome in [Ok(()), Err(Failure::Interrupted)] {
            let breaker = open(now);
            let mut abandoned = breaker.acquire(now + OPEN).unwrap();
            abandoned.abandon_trial();
            let _other = breaker.acquire(now + OPEN).unwrap();
            abandoned.finish(outcome, now + OPEN);
            assert_eq!(breaker.acquire(now + OPEN).unwrap_err(), Failure::CircuitOpen(TRIAL), "{outcome:?}");
        }
    }

    #[test]
    fn calls_from_before_the_circuit_opened_do_not_prolong_it() {
        let now = Instant::now();
        let breaker = Breaker::new();
        let slow = breaker.acquire(now).unwrap();
        for _ in 0..FAILURES {
            fail(&breaker, now);
        }
        slow.finish(Err(Failure::Interrupted), now + 9 * SECOND);
        assert!(breaker.acquire(now + OPEN).is_ok());
    }
}
