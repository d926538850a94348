//! Answers that were made for one visitor alone and are in memory until taken: together they are bounded.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Bytes of all of them: two of the largest, or a hundred of usual ones.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Answers that wait for their visitors, in the order of their making; clones share it.
///
/// Where they are too large together, the oldest is given up: who takes it has had the most time, and can ask again.
/// So no crowd of slow visitors keeps another from an answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Untaken(Arc<Mutex<VecDeque<Arc<Answer>>>>);

#[derive(Debug)]
struct Answer {
    length: usize,
    /// What is still to be taken; `None` once it was given up.
    rest: Mutex<Option<Bytes>>,
}

/// Takes one answer; what is left is forgotten when it is dropped.
#[derive(Debug)]
pub(crate) struct Taker {
    answer: Arc<Answer>,
    untaken: Untaken,
}

/// The answer had to make room for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an answer that was not taken made room for others")]
pub(crate) struct GivenUp;

impl Untaken {
    /// Holds an answer until it is taken.
    pub(crate) fn hold(&self, bytes: Bytes) -> Taker {
        let answer = Arc::new(Answer {
            length: bytes.len(),
            rest: Mutex::new(Some(bytes)),
        });
        let mut answers = lock(&self.0);
        answers.push_back(Arc::clone(&answer));
        let mut all: usize = answers.iter().map(|answer| answer.length).sum();
        while all > MAX_BYTES && answers.len() > 1 {
            let Some(oldest) = answers.pop_front() else { break };
            all -= oldest.length;
            *lock(&oldest.rest) = None;
        }
        drop(answers);
        Taker {
            answer,
            untaken: self.clone(),
        }
    }
}

impl Taker {
    /// The bytes of the whole answer.
    pub(crate) fn length(&self) -> usize {
        self.answer.length
    }

    /// Takes the next bytes, so many at most; none at the end.
    pub(crate) fn take(&self, most: usize) -> Result<Bytes, GivenUp> {
        let mut rest = lock(&self.answer.rest);
        let rest = rest.as_mut().ok_or(GivenUp)?;
        Ok(rest.split_to(rest.len().min(most)))
    }
}

impl Drop for Taker {
    fn drop(&mut self) {
        lock(&self.untaken.0).retain(|answer| !Arc::ptr_eq(answer, &self.answer));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: usize) -> Bytes {
        Bytes::from(vec![b'x'; bytes])
    }

    fn held(untaken: &Untaken) -> usize {
        let answers = lock(&untaken.0);
        answers
            .iter()
            .filter_map(|answer| lock(&answer.rest).as_ref().map(Bytes::len))
            .sum()
    }

    #[test]
    fn an_answer_is_taken_as_it_was_made() {
        let untaken = Untaken::default();
        let taker = untaken.hold("abcde".into());
        assert_eq!(taker.length(), 5);
        assert_eq!(
            [taker.take(3), taker.take(3), taker.take(3)].map(Result::unwrap),
            ["abc", "de", ""]
        );
        drop(taker);
        assert!(lock(&untaken.0).is_empty());
    }

    #[test]
    fn the_oldest_makes_room_and_the_newest_never() {
        let untaken = Untaken::default();
        let takers: Vec<_> = (0..10).map(|_| untaken.hold(answer(MAX_BYTES / 4))).collect();
        assert_eq!(held(&untaken), MAX_BYTES);
        for (number, taker) in takers.iter().enumerate() {
            assert_eq!(taker.take(1).is_ok(), number >= 6, "{number}");
        }
        let larger = untaken.hold(answer(2 * MAX_BYTES));
        assert!(takers.iter().all(|taker| taker.take(1) == Err(GivenUp)));
        assert!(larger.take(1).is_ok());
    }

    #[test]
    fn what_was_taken_is_no_longer_counted() {
        let untaken = Untaken::default();
        let slow = untaken.hold(answer(MAX_BYTES / 2));
        for _ in 0..10 {
            drop(untaken.hold(answer(MAX_BYTES / 2)));
        }
        assert!(slow.take(1).is_ok());
    }
}
