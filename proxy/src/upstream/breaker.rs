//! Leaves an upstream alone that fails again and again.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::Failure;

/// Failures in a row before a rest.
const FAILURES: u32 = 5;

/// How long the upstream rests.
const REST: Duration = Duration::from_secs(10);

/// What others are told to wait while one call tries: it has an answer or none soon.
const TRIAL: Duration = Duration::from_secs(1);

/// How the upstream does; a function of the times that are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Calls go.
    Working { failures: u32 },
    /// No call goes before `until`; after it one tries.
    Resting { until: Instant },
    /// One call tries, the others wait for what comes of it.
    Trying { since: Instant },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Go,
    Try,
    Rest(Duration),
}

impl State {
    fn ask(&mut self, now: Instant) -> Verdict {
        match *self {
            Self::Working { .. } => Verdict::Go,
            Self::Trying { .. } => Verdict::Rest(TRIAL),
            Self::Resting { until } if until > now => Verdict::Rest(until - now),
            Self::Resting { .. } => {
                *self = Self::Trying { since: now };
                Verdict::Try
            }
        }
    }

    /// A call came to a good end.
    fn succeed(&mut self) {
        if let Self::Working { failures } = self {
            *failures = 0;
        }
    }

    /// A call failed; those that began before a rest do not prolong it.
    fn fail(&mut self, now: Instant) {
        match *self {
            Self::Working { failures } if failures + 1 < FAILURES => {
                *self = Self::Working {
                    failures: failures + 1,
                };
            }
            Self::Working { .. } => *self = Self::Resting { until: now + REST },
            Self::Resting { .. } | Self::Trying { .. } => {}
        }
    }

    /// The call that tried got an answer: the others may go, and one more failure is a rest again.
    fn pass_trial(&mut self) {
        *self = Self::Working {
            failures: FAILURES - 1,
        };
    }

    fn fail_trial(&mut self, now: Instant) {
        *self = Self::Resting { until: now + REST };
    }

    /// The call that tried was given up: another may try.
    fn leave_trial(&mut self) {
        if let Self::Trying { since } = *self {
            *self = Self::Resting { until: since };
        }
    }
}

/// A breaker that calls share.
#[derive(Clone, Debug)]
pub(super) struct Breaker(Arc<Mutex<State>>);

impl Breaker {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State::Working { failures: 0 })))
    }

    /// Refuses while the upstream rests.
    pub(super) fn check(&self, now: Instant) -> Result<(), Failure> {
        match *self.state() {
            State::Resting { until } if until > now => Err(Failure::Resting(until - now)),
            State::Working { .. } | State::Resting { .. } | State::Trying { .. } => Ok(()),
        }
    }

    /// Lets a call go, or says how long the upstream rests.
    pub(super) fn ask(&self, now: Instant) -> Result<Pass, Failure> {
        let verdict = self.state().ask(now);
        match verdict {
            Verdict::Go => Ok(Pass {
                breaker: self.clone(),
                trial: false,
            }),
            Verdict::Try => Ok(Pass {
                breaker: self.clone(),
                trial: true,
            }),
            Verdict::Rest(left) => Err(Failure::Resting(left)),
        }
    }

    #[cfg(test)]
    pub(super) fn rest_until(&self, until: Instant) {
        *self.state() = State::Resting { until };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that the breaker let go; dropped without a record it counts for nothing.
#[derive(Debug)]
pub(super) struct Pass {
    breaker: Breaker,
    trial: bool,
}

impl Pass {
    /// The upstream sent something.
    pub(super) fn answered(&mut self) {
        if self.trial {
            self.trial = false;
            self.breaker.state().pass_trial();
        }
    }

    /// Lets another call try, where this one does.
    pub(super) fn leave_trial(&mut self) {
        if self.trial {
            self.trial = false;
            self.breaker.state().leave_trial();
        }
    }

    /// The call is over.
    pub(super) fn record(mut self, outcome: Result<(), Failure>, now: Instant) {
        let is_outage = outcome.is_err_and(|failure| failure.is_outage());
        if is_outage && self.trial {
            self.trial = false;
            self.breaker.state().fail_trial(now);
        } else if is_outage {
            self.breaker.state().fail(now);
        } else {
            self.answered();
            self.breaker.state().succeed();
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.leave_trial();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn fail(breaker: &Breaker, now: Instant) {
        breaker.ask(now).unwrap().record(Err(Failure::Unreachable), now);
    }

    fn resting(now: Instant) -> Breaker {
        let breaker = Breaker::new();
        for _ in 0..FAILURES {
            fail(&breaker, now);
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_are_a_rest() {
        let now = Instant::now();
        let breaker = resting(now);
        assert_eq!(
            breaker.ask(now + 4 * SECOND).unwrap_err(),
            Failure::Resting(6 * SECOND)
        );
        assert_eq!(breaker.check(now + 4 * SECOND), Err(Failure::Resting(6 * SECOND)));
    }

    #[test]
    fn an_answer_between_failures_breaks_the_row() {
        let now = Instant::now();
        for outcome in [Ok(()), Err(Failure::Status(404)), Err(Failure::Reported)] {
            let breaker = Breaker::new();
            for _ in 0..FAILURES - 1 {
                fail(&breaker, now);
            }
            breaker.ask(now).unwrap().record(outcome, now);
            for _ in 0..FAILURES - 1 {
                fail(&breaker, now);
            }
            assert!(breaker.ask(now).is_ok(), "{outcome:?}");
        }
    }

    #[test]
    fn after_a_rest_one_call_tries_and_its_first_byte_lets_the_others_go() {
        let now = Instant::now();
        let breaker = resting(now);
        let later = now + REST;
        let mut trial = breaker.ask(later).unwrap();
        assert_eq!(breaker.ask(later).unwrap_err(), Failure::Resting(TRIAL));
        trial.answered();
        assert!(breaker.ask(later).is_ok());
        trial.record(Err(Failure::Interrupted), later);
        assert!(breaker.ask(later).is_err(), "one more failure is a rest again");
    }

    #[test]
    fn a_failed_trial_is_another_rest() {
        let now = Instant::now();
        let breaker = resting(now);
        fail(&breaker, now + REST);
        assert_eq!(breaker.ask(now + REST).unwrap_err(), Failure::Resting(REST));
    }

    #[test]
    fn a_trial_that_is_given_up_lets_another_try() {
        let now = Instant::now();
        let breaker = resting(now);
        drop(breaker.ask(now + REST).unwrap());
        assert!(breaker.ask(now + REST).is_ok());
    }

    #[test]
    fn a_trial_that_nobody_waits_for_lets_another_try_and_has_no_more_to_say() {
        let now = Instant::now();
        for outcome in [Ok(()), Err(Failure::Interrupted)] {
            let breaker = resting(now);
            let mut unwanted = breaker.ask(now + REST).unwrap();
            unwanted.leave_trial();
            let _other = breaker.ask(now + REST).unwrap();
            unwanted.record(outcome, now + REST);
            assert_eq!(
                breaker.ask(now + REST).unwrap_err(),
                Failure::Resting(TRIAL),
                "{outcome:?}"
            );
        }
    }

    #[test]
    fn calls_from_before_the_rest_do_not_prolong_it() {
        let now = Instant::now();
        let breaker = Breaker::new();
        let slow = breaker.ask(now).unwrap();
        for _ in 0..FAILURES {
            fail(&breaker, now);
        }
        slow.record(Err(Failure::Interrupted), now + 9 * SECOND);
        assert!(breaker.ask(now + REST).is_ok());
    }
}
