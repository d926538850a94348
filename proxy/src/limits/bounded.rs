//! A place for rate-limit states that never grows beyond its cap (DESIGN §7, "Bounded").

use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use dashmap::DashMap;
use governor::nanos::Nanos;
use governor::state::StateStore;

/// Keeps one number per key, at most about `cap` of them; clones share it.
///
/// `governor`'s own keyed stores grow without end. Here keys are forgotten when they are idle,
/// that is, when their budget is whole again; a key that is over its limit never is, so a flood
/// of new keys frees nobody. While the store is full, new keys share one overflow budget.
#[derive(Debug)]
pub(super) struct BoundedStore<K: Hash + Eq>(Arc<Shared<K>>);

#[derive(Debug)]
struct Shared<K: Hash + Eq> {
    arrivals: DashMap<K, Nanos>,
    overflow: Mutex<Option<Nanos>>,
    cap: usize,
}

impl<K: Hash + Eq> Clone for BoundedStore<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Hash + Eq + Clone> BoundedStore<K> {
    pub(super) fn new(cap: usize) -> Self {
        Self(Arc::new(Shared {
            arrivals: DashMap::new(),
            overflow: Mutex::new(None),
            cap,
        }))
    }

    /// Forgets the keys whose budget is whole again at `now`, counted from the limiter's start.
    pub(super) fn forget_idle(&self, now: Nanos) {
        self.0.arrivals.retain(|_, arrival| *arrival > now);
        self.0.arrivals.shrink_to_fit();
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.arrivals.len()
    }
}

impl<K: Hash + Eq + Clone> StateStore for BoundedStore<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let Shared {
            arrivals,
            overflow,
            cap,
        } = &*self.0;
        if let Some(mut arrival) = arrivals.get_mut(key) {
            let (answer, next) = decide(Some(*arrival))?;
            *arrival = next;
            return Ok(answer);
        }
        if arrivals.len() >= *cap {
            let mut shared = overflow.lock().unwrap_or_else(PoisonError::into_inner);
            let (answer, next) = decide(*shared)?;
            *shared = Some(next);
            return Ok(answer);
        }
        // Two requests of one new key may come here together: the second finds the first's number.
        let mut arrival = arrivals.entry(key.clone()).or_insert(Nanos::new(0));
        let known = Some(*arrival).filter(|known| *known != Nanos::new(0));
        let (answer, next) = decide(known)?;
        *arrival = next;
        Ok(answer)
    }
}
