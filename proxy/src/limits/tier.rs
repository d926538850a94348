//! One rate limit: so many in a period for each key.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::{Quota, RateLimiter};

use super::bounded::BoundedStore;
use super::policy::{Exceeded, Policy, Unit};

/// Keys of one tier that are remembered at once: 2 to 3 MiB, and more than a machine of this
/// kind serves within the longest period.
pub(super) const KEYS: usize = 100_000;

type Governor<K> = RateLimiter<K, BoundedStore<K>, MonotonicClock, NoOpMiddleware<Instant>>;

/// A limit for each key of a kind, or none.
#[derive(Debug)]
pub(super) struct Tier<K: Hash + Eq + Clone>(Option<Limit<K>>);

#[derive(Debug)]
struct Limit<K: Hash + Eq + Clone> {
    policy: Policy,
    governor: Governor<K>,
    store: BoundedStore<K>,
    start: Instant,
}

/// One request, paid for; given back when dropped, unless it is spent.
#[derive(Debug)]
#[must_use]
pub(super) struct Taken<K: Hash + Eq + Clone> {
    store: Option<BoundedStore<K>>,
    key: K,
}

impl<K: Hash + Eq + Clone> Taken<K> {
    pub(super) fn spend(mut self) {
        self.store = None;
    }
}

impl<K: Hash + Eq + Clone> Drop for Taken<K> {
    fn drop(&mut self) {
        if let Some(store) = &self.store {
            store.give_back(&self.key);
        }
    }
}

impl<K: Hash + Eq + Clone> Tier<K> {
    /// `count` in a minute, all of them at once if need be; 0 for no limit.
    pub(super) fn per_minute(name: &'static str, count: u32) -> Self {
        Self::new(name, count, 60, Quota::per_minute)
    }

    /// `count` in a minute, `burst` at once.
    pub(super) fn per_minute_with_burst(name: &'static str, count: u32, burst: NonZeroU32) -> Self {
        Self::new(name, count, 60, |count| {
            Quota::per_minute(count).allow_burst(burst.min(count))
        })
    }

    /// `count` in an hour.
    pub(super) fn per_hour(name: &'static str, count: u32) -> Self {
        Self::new(name, count, 3_600, Quota::per_hour)
    }

    fn new(name: &'static str, count: u32, window: u64, quota: impl FnOnce(NonZeroU32) -> Quota) -> Self {
        let unit = Unit::Requests { window };
        let policy = Policy {
            name,
            quota: count,
            unit,
        };
        Self::of(policy, NonZeroU32::new(count).map(quota), KEYS)
    }

    fn of(policy: Policy, quota: Option<Quota>, keys: usize) -> Self {
        Self(quota.map(|quota| {
            let store = BoundedStore::new(quota, keys);
            let clock = MonotonicClock;
            // Read before the limiter reads its own start, so that nothing is forgotten too early.
            let start = clock.now();
            Limit {
                policy,
                governor: RateLimiter::new(quota, store.clone(), clock),
                store,
                start,
            }
        }))
    }

    /// Takes one from the key's budget, or says how long to wait.
    pub(super) fn take(&self, key: K) -> Result<Taken<K>, Exceeded> {
        let Some(limit) = &self.0 else {
            return Ok(Taken { store: None, key });
        };
        limit.governor.check_key(&key).map_err(|not_until| Exceeded {
            policy: limit.policy,
            wait: not_until.wait_time_from(MonotonicClock.now()),
        })?;
        Ok(Taken {
            store: Some(limit.store.clone()),
            key,
        })
    }

    /// Forgets keys whose budget is whole again.
    pub(super) fn sweep(&self) {
        if let Some(limit) = &self.0 {
            // One second less, for the difference of the two starts.
            let age = limit.start.elapsed().saturating_sub(Duration::from_secs(1));
            limit.store.forget_idle(Nanos::from(age));
        }
    }

    #[cfg(test)]
    pub(super) fn keys(&self) -> usize {
        self.0.as_ref().map_or(0, |limit| limit.store.len())
    }
}

#[cfg(test)]
mod tests;
