//! The turns of the models: each message begins with the next one, and a model that failed rests.

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

/// The rest of one model.
#[derive(Debug, Default)]
struct Rest {
    /// Milliseconds from the start; what is past is no rest.
    until: AtomicU64,
    /// Failures since the last answer.
    failures: AtomicU32,
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

    /// Keeps the models that do not rest; the error is the shortest wait for one of them.
    pub(super) fn free(&self, models: &[usize], now: Instant) -> Result<Vec<usize>, Duration> {
        let mut shortest = u64::MAX;
        let mut free = Vec::new();
        for model in models {
            match self.rests[*model].until.load(Relaxed).saturating_sub(self.millis(now)) {
                0 => free.push(*model),
                wait => shortest = shortest.min(wait),
            }
        }
        if free.is_empty() { Err(Duration::from_millis(shortest)) } else { Ok(free) }
    }

    /// Lets a model rest after a failure, for as long as it asked or for longer with each one, and returns the time.
    /// Messages that fail together are one failure.
    pub(super) fn rest(&self, model: usize, asked: Option<Duration>, now: Instant) -> Duration {
        let (rest, now) = (&self.rests[model], self.millis(now));
        let left = rest.until.load(Relaxed).saturating_sub(now);
        let wait = match asked {
            Some(asked) => asked,
            None if left > 0 => Duration::ZERO,
            None => LONGEST.min(FIRST * 2_u32.saturating_pow(rest.failures.fetch_add(1, Relaxed).min(6))),
        };
        let wait = left.max(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        rest.until.fetch_max(now.saturating_add(wait), Relaxed);
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

    fn free(rotation: &Rotation, now: Instant) -> Result<Vec<usize>, Duration> {
        rotation.free(&rotation.turn().collect::<Vec<_>>(), now)
    }

    #[test]
    fn each_message_begins_with_the_next_model() {
        let now = Instant::now();
        let rotation = Rotation::new(3, now);
        let turns: Vec<_> = (0..4).map(|_| free(&rotation, now).unwrap()).collect();
        assert_eq!(turns, [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2]]);
    }

    #[test]
    fn a_model_that_failed_rests_while_another_is_free() {
        let now = Instant::now();
        let rotation = Rotation::new(2, now);
        assert_eq!(rotation.rest(1, None, now), SECOND);
        for (seconds, want) in [(0, vec![0]), (1, vec![1, 0])] {
            assert_eq!(free(&rotation, now + seconds * SECOND), Ok(want), "{seconds}");
        }
        rotation.rest(0, Some(40 * SECOND), now);
        assert_eq!(free(&rotation, now), Err(SECOND));
    }

    #[test]
    fn each_failure_in_a_row_doubles_the_rest_and_an_answer_ends_the_row() {
        let mut now = Instant::now();
        let rotation = Rotation::new(1, now);
        for want in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(rotation.rest(0, None, now).as_secs(), want);
            // The others that were on their way there.
            assert_eq!(rotation.rest(0, None, now).as_secs(), want);
            now += Duration::from_secs(want);
        }
        rotation.recover(0);
        assert_eq!(rotation.rest(0, None, now), SECOND);
        assert_eq!(rotation.rest(0, Some(3_600 * SECOND), now).as_secs(), 3_600);
        assert_eq!(rotation.rest(0, Some(SECOND), now).as_secs(), 3_600);
    }
}
