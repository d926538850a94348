//! Rated replies: the feedback that the workflow has of each, so that the same feedback again costs no run.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::mem;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::OwnedMutexGuard;

/// The receipts of one generation, of which two are remembered: 4 MiB.
const GENERATION: usize = 10_000;

/// A store of rated replies.
pub trait Ratings: Send + Sync {
    /// Begins to tell the workflow of feedback on the reply of a receipt, once all earlier feedback on it is told; `None`
    /// where the last of it was the same.
    fn begin(
        &self,
        receipt: &str,
        feedback: impl Hash + Send,
    ) -> impl Future<Output = Option<RatingGuard>> + Send;
}

/// The ratings that this replica has told; the oldest receipts are forgotten first.
#[derive(Debug, Default)]
pub struct MemoryRatings {
    told: Mutex<Generations>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Generations {
    recent: HashMap<Box<str>, LastFeedback>,
    older: HashMap<Box<str>, LastFeedback>,
}

/// The hash of the last feedback on a reply; locked while it is told.
type LastFeedback = Arc<tokio::sync::Mutex<Option<u64>>>;

/// Feedback that is being told. Dropped it counts as told: the call runs on where its visitor has left.
#[derive(Debug)]
#[must_use]
pub struct RatingGuard {
    last: OwnedMutexGuard<Option<u64>>,
    before: Option<u64>,
}

impl Generations {
    fn of(&mut self, receipt: &str) -> LastFeedback {
        if let Some(last) = self.recent.get(receipt) {
            return Arc::clone(last);
        }
        if self.recent.len() >= GENERATION {
            self.older = mem::take(&mut self.recent);
        }
        let last = self.older.remove(receipt).unwrap_or_default();
        self.recent.insert(receipt.into(), Arc::clone(&last));
        last
    }
}

impl Ratings for MemoryRatings {
    async fn begin(&self, receipt: &str, feedback: impl Hash + Send) -> Option<RatingGuard> {
        let feedback = self.hasher.hash_one(feedback);
        let last = self.told.lock().of(receipt);
        let mut last = last.lock_owned().await;
        if *last == Some(feedback) {
            return None;
        }
        let before = last.replace(feedback);
        Some(RatingGuard { last, before })
    }
}

impl RatingGuard {
    /// Takes the feedback back: the workflow does not have it, and it may be sent again.
    pub fn undo(mut self) {
        *self.last = self.before;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn feedback_is_told_again_only_where_it_has_changed_or_failed() {
        let ratings = MemoryRatings::default();
        let told = async |receipt, feedback| ratings.begin(receipt, feedback).await.is_some();
        assert!(told("a", "up").await && told("b", "up").await);
        assert!(!told("a", "up").await);
        assert!(told("a", "down").await && told("a", "up").await, "it is the last that counts");
        ratings.begin("a", "down").await.unwrap().undo();
        assert!(!told("a", "up").await && told("a", "down").await);
    }

    #[tokio::test]
    async fn the_same_feedback_at_once_waits_for_the_first_and_is_told_once() {
        let ratings = MemoryRatings::default();
        let first = ratings.begin("a", "up").await.unwrap();
        let is_told = async || ratings.begin("a", "up").await.is_some();
        let fail = async || first.undo();
        let (second, third, ()) = tokio::join!(is_told(), is_told(), fail());
        assert!(second && !third, "the first has failed, the second is told");
    }

    #[tokio::test]
    async fn a_flood_of_receipts_stays_bounded_and_the_last_are_remembered() {
        let ratings = MemoryRatings::default();
        for number in 0..3 * GENERATION {
            drop(ratings.begin(&number.to_string(), "up").await);
            let told = ratings.told.lock();
            assert!(told.recent.len() <= GENERATION && told.older.len() <= GENERATION);
        }
        let last = (3 * GENERATION - 1).to_string();
        assert!(ratings.begin(&last, "up").await.is_none());
    }
}
