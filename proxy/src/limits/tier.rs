//! One rate limit: so many in a period for each key.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::{Quota, RateLimiter};

use super::bounded::BoundedStore;

/// Keys of one tier that are remembered at once: some 5 MiB, and more than a machine of this
/// kind serves within the longest period.
const KEYS: usize = 100_000;

type Governor<K> = RateLimiter<K, BoundedStore<K>, MonotonicClock, NoOpMiddleware<Instant>>;

/// A limit for each key of a kind, or none.
#[derive(Debug)]
pub(super) struct Tier<K: Hash + Eq + Clone>(Option<Limit<K>>);

#[derive(Debug)]
struct Limit<K: Hash + Eq + Clone> {
    governor: Governor<K>,
    store: BoundedStore<K>,
    start: Instant,
}

impl<K: Hash + Eq + Clone> Tier<K> {
    /// `count` in a minute, all of them at once if need be; 0 for no limit.
    pub(super) fn per_minute(count: u32) -> Self {
        Self::new(NonZeroU32::new(count).map(Quota::per_minute))
    }

    /// `count` in a minute, `burst` at once.
    pub(super) fn per_minute_with_burst(count: u32, burst: NonZeroU32) -> Self {
        let quota =
            NonZeroU32::new(count).map(|count| Quota::per_minute(count).allow_burst(burst.min(count)));
        Self::new(quota)
    }

    /// `count` in an hour.
    pub(super) fn per_hour(count: u32) -> Self {
        Self::new(NonZeroU32::new(count).map(Quota::per_hour))
    }

    fn new(quota: Option<Quota>) -> Self {
        Self(quota.map(|quota| {
            let store = BoundedStore::new(KEYS);
            let clock = MonotonicClock;
            // Read before the limiter reads its own start, so that nothing is forgotten too early.
            let start = clock.now();
            Limit {
                governor: RateLimiter::new(quota, store.clone(), clock),
                store,
                start,
            }
        }))
    }

    /// Takes one from the key's budget, or says how long to wait.
    pub(super) fn take(&self, key: &K) -> Result<(), Duration> {
        let Some(limit) = &self.0 else { return Ok(()) };
        limit
            .governor
            .check_key(key)
            .map_err(|not_until| not_until.wait_time_from(MonotonicClock.now()))
    }

    /// Forgets keys whose budget is whole again.
    pub(super) fn sweep(&self) {
        if let Some(limit) = &self.0 {
            // One second less, for the difference of the two starts.
            let age = limit.start.elapsed().saturating_sub(Duration::from_secs(1));
            limit.store.forget_idle(Nanos::from(age));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_holds_to_the_number_from_many_threads() {
        let tier = Tier::per_hour(100);
        let taken: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| (0..50).filter(|_| tier.take(&1_u8).is_ok()).count()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(taken, 100);
    }

    #[test]
    fn zero_is_no_limit() {
        let tier = Tier::per_minute(0);
        assert!((0..10_000).all(|_| tier.take(&()).is_ok()));
    }

    #[test]
    fn a_refusal_says_how_long_to_wait() {
        let tier = Tier::per_minute_with_burst(60, NonZeroU32::MIN);
        assert_eq!(tier.take(&1), Ok(()));
        let wait = tier.take(&1).unwrap_err();
        assert!(
            wait <= Duration::from_secs(1) && wait > Duration::from_millis(500),
            "{wait:?}"
        );
        assert_eq!(tier.take(&2), Ok(()));
    }

    #[test]
    fn a_flood_of_new_keys_stays_bounded_and_frees_no_blocked_one() {
        let tier = Tier::per_hour(1);
        assert!(tier.take(&0).is_ok());
        for key in 1..200_000_u32 {
            let _ = tier.take(&key);
        }
        tier.sweep();
        assert!(tier.take(&0).is_err());
        assert!(tier.0.as_ref().unwrap().store.len() <= KEYS + 64);
    }
}
