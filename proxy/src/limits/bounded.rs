//! A place for rate-limit states that never grows beyond its cap (DESIGN §7, "Bounded").

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use governor::Quota;
use governor::nanos::Nanos;
use governor::state::StateStore;

/// Parts that are locked by themselves: a walk through one is some microseconds, whatever the cap.
pub(super) const PARTS: usize = 64;

/// Keeps one number per key, at most about `cap` of them; clones share it.
///
/// `governor`'s own keyed stores grow without end. Here the key that is nearest to a whole budget
/// makes room for a new one. A key that is over its limit never does, so a flood of new keys frees
/// nobody: where only such are left, new keys share one overflow budget.
#[derive(Debug)]
pub(super) struct BoundedStore<K>(Arc<Shared<K>>);

#[derive(Debug)]
struct Shared<K> {
    parts: Box<[Mutex<Part<K>>]>,
    hasher: RandomState,
    overflow: Mutex<Option<Nanos>>,
    /// What one request costs.
    cost: Nanos,
    /// What a whole budget holds beside the one request.
    tolerance: Nanos,
}

/// When the budget of each key will be whole.
#[derive(Debug)]
struct Part<K> {
    arrivals: HashMap<K, Nanos>,
    cap: usize,
}

impl<K> Clone for BoundedStore<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Hash + Eq + Clone> BoundedStore<K> {
    pub(super) fn new(quota: Quota, cap: usize) -> Self {
        let cost = quota.replenish_interval();
        let part = || {
            Mutex::new(Part {
                arrivals: HashMap::new(),
                cap: cap.div_ceil(PARTS),
            })
        };
        Self(Arc::new(Shared {
            parts: (0..PARTS).map(|_| part()).collect(),
            hasher: RandomState::new(),
            overflow: Mutex::new(None),
            cost: Nanos::from(cost),
            tolerance: Nanos::from(cost * (quota.burst_size().get() - 1)),
        }))
    }

    /// Gives one request back to the key that paid for it; to the overflow budget nothing is given back.
    pub(super) fn give_back(&self, key: &K) {
        if let Some(arrival) = self.part(key).arrivals.get_mut(key) {
            *arrival = arrival.saturating_sub(self.0.cost);
        }
    }

    /// Forgets the keys whose budget is whole again at `now`, counted from the limiter's start.
    pub(super) fn forget_idle(&self, now: Nanos) {
        for part in &self.0.parts {
            let mut part = lock(part);
            part.arrivals.retain(|_, arrival| *arrival > now);
            let twice = part.arrivals.len() * 2;
            part.arrivals.shrink_to(twice);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.parts.iter().map(|part| lock(part).arrivals.len()).sum()
    }

    fn part(&self, key: &K) -> MutexGuard<'_, Part<K>> {
        let hash = self.0.hasher.hash_one(key);
        // The remainder is less than 64.
        let at = usize::try_from(hash % PARTS as u64).unwrap_or_default();
        lock(&self.0.parts[at])
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Hash + Eq + Clone> Part<K> {
    /// Makes room for a new key; `false` where every key is over its limit, whose number is above `blocked`.
    fn make_room(&mut self, blocked: Nanos) -> bool {
        if self.arrivals.len() < self.cap {
            return true;
        }
        let nearest = self.arrivals.iter().min_by_key(|(_, arrival)| **arrival);
        let Some((key, _)) = nearest.filter(|(_, arrival)| **arrival <= blocked) else {
            return false;
        };
        let key = key.clone();
        self.arrivals.remove(&key);
        true
    }
}

impl<K: Hash + Eq + Clone> StateStore for BoundedStore<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut part = self.part(key);
        if let Some(arrival) = part.arrivals.get_mut(key) {
            let (answer, next) = decide(Some(*arrival))?;
            *arrival = next;
            return Ok(answer);
        }
        let (answer, next) = decide(None)?;
        let now = next.saturating_sub(self.0.cost);
        if part.make_room(now + self.0.tolerance) {
            part.arrivals.insert(key.clone(), next);
            return Ok(answer);
        }
        drop(part);
        let mut overflow = lock(&self.0.overflow);
        let (answer, next) = decide(*overflow)?;
        *overflow = Some(next);
        Ok(answer)
    }
}
