//! A rate limit: a number of requests in a window for each key (GCRA, by `governor`).

use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::{Quota, RateLimiter};

use super::bounded_store::BoundedStore;
use super::policy::{Exceeded, Limit, QuotaPolicy, QuotaUnit};

/// The keys that one rate limit remembers: 2 to 3 MiB, and more than one machine serves within the longest window.
pub(super) const KEYS: usize = 100_000;

type Governor<K> = RateLimiter<K, BoundedStore<K>, MonotonicClock, NoOpMiddleware<Instant>>;

/// A rate limit for each key, or none where its setting is 0.
#[derive(Debug)]
pub(super) struct RateLimit<K: Hash + Eq + Clone>(Option<Limited<K>>);

#[derive(Debug)]
struct Limited<K: Hash + Eq + Clone> {
    limit: Limit,
    policy: QuotaPolicy,
    governor: Governor<K>,
    store: BoundedStore<K>,
    start: Instant,
}

impl<K: Hash + Eq + Clone> RateLimit<K> {
    /// Permits `count` a minute, all of them in one burst if need be.
    pub(super) fn per_minute(limit: Limit, name: &'static str, count: u32) -> Self {
        Self::new(limit, name, count, 60, Quota::per_minute)
    }

    /// Permits `count` a minute, `burst` of them without a pause.
    pub(super) fn per_minute_with_burst(
        limit: Limit,
        name: &'static str,
        count: u32,
        burst: NonZeroU32,
    ) -> Self {
        Self::new(limit, name, count, 60, |count| Quota::per_minute(count).allow_burst(burst.min(count)))
    }

    /// Permits `count` an hour.
    pub(super) fn per_hour(limit: Limit, name: &'static str, count: u32) -> Self {
        Self::new(limit, name, count, 3_600, Quota::per_hour)
    }

    fn new(
        limit: Limit,
        name: &'static str,
        count: u32,
        window: u64,
        quota: impl FnOnce(NonZeroU32) -> Quota,
    ) -> Self {
        let policy = QuotaPolicy { name, quota: count, unit: QuotaUnit::Requests { window } };
        Self::with_keys(limit, policy, NonZeroU32::new(count).map(quota), KEYS)
    }

    fn with_keys(limit: Limit, policy: QuotaPolicy, quota: Option<Quota>, keys: usize) -> Self {
        Self(quota.map(|quota| {
            let store = BoundedStore::new(quota, keys);
            let clock = MonotonicClock;
            // Read before the limiter reads its own start, so that no key is evicted too early.
            let start = clock.now();
            Limited { limit, policy, governor: RateLimiter::new(quota, store.clone(), clock), store, start }
        }))
    }

    /// Takes one request from the key's quota; the error says how long to back off.
    pub(super) fn take(&self, key: &K) -> Result<(), Exceeded> {
        let Some(limited) = &self.0 else { return Ok(()) };
        limited.governor.check_key(key).map_err(|not_until| Exceeded {
            limit: limited.limit,
            policy: limited.policy,
            retry_after: not_until.wait_time_from(MonotonicClock.now()),
        })
    }

    /// Gives one request back to the key's quota.
    pub(super) fn refund(&self, key: &K) {
        if let Some(limited) = &self.0 {
            limited.store.refund(key);
        }
    }

    /// Evicts keys whose quota is whole again.
    pub(super) fn sweep(&self) {
        if let Some(limited) = &self.0 {
            // One second less, for the difference of the two starts.
            let age = limited.start.elapsed().saturating_sub(Duration::from_secs(1));
            limited.store.evict_idle(Nanos::from(age));
        }
    }

    #[cfg(test)]
    pub(super) fn keys(&self) -> usize {
        self.0.as_ref().map_or(0, |limited| limited.store.len())
    }
}

#[cfg(test)]
mod tests;
