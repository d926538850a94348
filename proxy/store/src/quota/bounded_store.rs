//! The memory of a rate limit, bounded: `governor`'s own keyed stores never evict.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::Arc;

use governor::Quota;
use governor::nanos::Nanos;
use governor::state::StateStore;
use parking_lot::{Mutex, MutexGuard};

/// Shards with a lock each: one of a full store has some 1,600 keys, and a scan of it takes microseconds.
pub(super) const SHARDS: usize = 64;

/// Keeps the arrival time of GCRA for each key, for about `cap` keys at most; clones share it.
///
/// A new key evicts the key that is nearest to a whole quota. A key over its limit is never evicted, so that a flood
/// of new keys resets no exceeded limit: where only such keys are left, new keys share one overflow quota.
#[derive(Debug)]
pub(super) struct BoundedStore<K>(Arc<Shared<K>>);

#[derive(Debug)]
struct Shared<K> {
    shards: Box<[Mutex<Shard<K>>]>,
    hasher: RandomState,
    overflow: Mutex<Option<Nanos>>,
    /// The cost of one request.
    cost: Nanos,
    /// A whole quota without that one request.
    tolerance: Nanos,
}

/// The time at which the quota of each key will be whole (GCRA's theoretical arrival time).
#[derive(Debug)]
struct Shard<K> {
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
        let shard = || Mutex::new(Shard { arrivals: HashMap::new(), cap: cap.div_ceil(SHARDS) });
        Self(Arc::new(Shared {
            shards: (0..SHARDS).map(|_| shard()).collect(),
            hasher: RandomState::new(),
            overflow: Mutex::new(None),
            cost: Nanos::from(cost),
            tolerance: Nanos::from(cost * (quota.burst_size().get() - 1)),
        }))
    }

    /// Gives one request back to the key that it was taken from; the overflow quota gets no refund.
    pub(super) fn refund(&self, key: &K) {
        if let Some(arrival) = self.shard(key).arrivals.get_mut(key) {
            *arrival = arrival.saturating_sub(self.0.cost);
        }
    }

    /// Evicts the keys whose quota is whole again at `now`, counted from the limiter's start.
    pub(super) fn evict_idle(&self, now: Nanos) {
        for shard in &self.0.shards {
            let mut shard = shard.lock();
            shard.arrivals.retain(|_, arrival| *arrival > now);
            let twice = shard.arrivals.len() * 2;
            shard.arrivals.shrink_to(twice);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let shards = self.0.shards.iter();
        shards.map(|shard| shard.lock().arrivals.len()).sum()
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, Shard<K>> {
        let hash = self.0.hasher.hash_one(key);
        // The remainder is less than 64.
        let at = usize::try_from(hash % SHARDS as u64).unwrap_or_default();
        self.0.shards[at].lock()
    }
}

impl<K: Hash + Eq + Clone> Shard<K> {
    /// Makes room for a new key; `false` where every key is over its limit, beyond `blocked`.
    fn evict_for_new_key(&mut self, blocked: Nanos) -> bool {
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
        let mut shard = self.shard(key);
        if let Some(arrival) = shard.arrivals.get_mut(key) {
            let (answer, next) = decide(Some(*arrival))?;
            *arrival = next;
            return Ok(answer);
        }
        let (answer, next) = decide(None)?;
        let now = next.saturating_sub(self.0.cost);
        if shard.evict_for_new_key(now + self.0.tolerance) {
            shard.arrivals.insert(key.clone(), next);
            return Ok(answer);
        }
        drop(shard);
        let mut overflow = self.0.overflow.lock();
        let (answer, next) = decide(*overflow)?;
        *overflow = Some(next);
        Ok(answer)
    }
}
