//! The turns of the models: each message begins with the next one, and a model that failed rests behind the others.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// The first rest of a model; each failure in a row doubles it.
const FIRST: Duration = Duration::from_secs(1);

/// The longest rest that was not asked for.
const LONGEST: Duration = Duration::from_mins(1);

/// The turns of all models; no lock, since every message passes here.
#[derive(Debug)]
pub(super) struct Rotation {
    start: Instant,
    next: AtomicUsize,
    rests: Vec<Rest>,
}

/// The rest of one model, in milliseconds from the start; what is past is no rest.
#[derive(Debug, Default)]
struct Rest {
    /// Other models go before this one until then.
    until: AtomicU64,
    /// Nobody calls it until then: it said so, or is at its limit.
    closed_until: AtomicU64,
    /// Failures since the last answer.
    failures: AtomicU32,
}

/// The cause of a rest.
#[derive(Clone, Copy, Debug)]
pub(super) enum RestCause {
    /// It failed, and may answer the next call.
    Failure,
    /// It is at its limit.
    Limit,
    /// It asked to be left alone for this long.
    Asked(Duration),
}

impl Rotation {
    pub(super) fn new(models: usize, start: Instant) -> Self {
        let rests = std::iter::repeat_with(Rest::default).take(models).collect();
        Self { start, next: AtomicUsize::new(0), rests }
    }

    /// Takes a turn: all models, from the next one on.
    pub(super) fn turn(&self) -> impl Iterator<Item = usize> {
        let (models, first) = (self.rests.len(), self.next.fetch_add(1, Relaxed));
        (0..models).map(move |model| first.wrapping_add(model) % models)
    }

    /// Orders the models that may be called, those that rest behind the others; the error is the wait for the first.
    pub(super) fn open(&self, models: &[usize], now: Instant) -> Result<Vec<usize>, Duration> {
        let now = self.millis(now);
        let left = |until: &AtomicU64| until.load(Relaxed).saturating_sub(now);
        let closed = |model: &usize| left(&self.rests[*model].closed_until);
        let mut open: Vec<usize> = models.iter().copied().filter(|model| closed(model) == 0).collect();
        open.sort_by_key(|model| left(&self.rests[*model].until));
        let shortest = models.iter().map(closed).min().unwrap_or_default();
        if open.is_empty() { Err(Duration::from_millis(shortest)) } else { Ok(open) }
    }

    /// Lets a model rest, longer with each failure in a row, and returns the time. Messages that fail together are one
    /// failure.
    pub(super) fn rest(&self, model: usize, cause: RestCause, now: Instant) -> Duration {
        let (rest, now) = (&self.rests[model], self.millis(now));
        let left = rest.until.load(Relaxed).saturating_sub(now);
        let wait = match cause {
            RestCause::Asked(wait) => wait,
            RestCause::Failure | RestCause::Limit if left > 0 => Duration::ZERO,
            RestCause::Failure | RestCause::Limit => {
                LONGEST.min(FIRST * 2_u32.saturating_pow(rest.failures.fetch_add(1, Relaxed).min(6)))
            }
        };
        let wait = left.max(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        let until = now.saturating_add(wait);
        rest.until.fetch_max(until, Relaxed);
        if matches!(cause, RestCause::Limit | RestCause::Asked(_)) {
            rest.closed_until.fetch_max(until, Relaxed);
        }
        Duration::from_millis(wait)
    }

    /// Ends the row of failures of a model that answers.
    pub(super) fn recover(&self, model: usize) {
        self.rests[model].failures.store(0, Relaxed);
    }

    fn millis(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.start).as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn open(rotation: &Rotation, now: Instant) -> Result<Vec<usize>, Duration> {
        rotation.open(&rotation.turn().collect::<Vec<_>>(), now)
    }

    #[test]
    fn each_message_begins_with_the_next_model() {
        let now = Instant::now();
        let rotation = Rotation::new(3, now);
        let turns: Vec<_> = (0..4).map(|_| open(&rotation, now).unwrap()).collect();
        assert_eq!(turns, [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2]]);
    }

    #[test]
    fn a_model_that_failed_goes_behind_the_others_and_one_at_its_limit_is_left_alone() {
        let now = Instant::now();
        let rotation = Rotation::new(2, now);
        assert_eq!(rotation.rest(1, RestCause::Failure, now), SECOND);
        for (seconds, want) in [(0, [0, 1]), (0, [0, 1]), (1, [0, 1]), (1, [1, 0])] {
            assert_eq!(open(&rotation, now + seconds * SECOND), Ok(want.to_vec()), "{seconds}");
        }
        rotation.rest(0, RestCause::Asked(40 * SECOND), now);
        assert_eq!(open(&rotation, now), Ok(vec![1]));
        rotation.rest(1, RestCause::Limit, now);
        assert_eq!(open(&rotation, now), Err(SECOND));
    }

    #[test]
    fn each_failure_in_a_row_doubles_the_rest_and_an_answer_ends_the_row() {
        let mut now = Instant::now();
        let rotation = Rotation::new(1, now);
        for want in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(rotation.rest(0, RestCause::Failure, now).as_secs(), want);
            // The others that were on their way there.
            assert_eq!(rotation.rest(0, RestCause::Limit, now).as_secs(), want);
            now += Duration::from_secs(want);
        }
        rotation.recover(0);
        assert_eq!(rotation.rest(0, RestCause::Failure, now), SECOND);
        assert_eq!(rotation.rest(0, RestCause::Asked(3_600 * SECOND), now).as_secs(), 3_600);
        assert_eq!(rotation.rest(0, RestCause::Asked(SECOND), now).as_secs(), 3_600);
    }
}
