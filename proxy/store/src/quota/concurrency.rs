//! A limit on concurrency: calls of the workflow at once for each key.

use std::hash::Hash;
use std::time::Duration;

use dashmap::DashMap;

use super::policy::{Exceeded, Limit, QuotaPolicy, QuotaUnit};

/// The wait for concurrency: the end of a reply is unknown, and most end soon.
const CONCURRENCY_RETRY: Duration = Duration::from_secs(2);

/// Counts calls in flight for each key (replies, history, forget, feedback); a key without any is evicted at once.
#[derive(Debug)]
pub(super) struct Concurrency<K: Hash + Eq> {
    in_flight: DashMap<K, u32>,
    limit: Limit,
    name: &'static str,
    /// 0 for no limit.
    quota: u32,
}

impl<K: Hash + Eq + Clone> Concurrency<K> {
    pub(super) fn new(limit: Limit, name: &'static str, quota: u32) -> Self {
        Self { in_flight: DashMap::new(), limit, name, quota }
    }

    /// Acquires one permit, which the caller must release.
    pub(super) fn acquire(&self, key: &K) -> Result<(), Exceeded> {
        let mut count = self.in_flight.entry(key.clone()).or_insert(0);
        if self.quota != 0 && *count >= self.quota {
            let policy = QuotaPolicy { name: self.name, quota: self.quota, unit: QuotaUnit::Concurrency };
            return Err(Exceeded { limit: self.limit, policy, retry_after: CONCURRENCY_RETRY });
        }
        *count += 1;
        Ok(())
    }

    pub(super) fn release(&self, key: &K) {
        self.in_flight.remove_if_mut(key, |_, count| {
            *count = count.saturating_sub(1);
            *count == 0
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_released_permit_is_free_again() {
        let limit = Concurrency::new(Limit::AddressStreams, "", 2);
        limit.acquire(&"a").unwrap();
        limit.acquire(&"a").unwrap();
        assert!(limit.acquire(&"a").is_err());
        assert!(limit.acquire(&"b").is_ok());
        limit.release(&"a");
        assert!(limit.acquire(&"a").is_ok());
    }

    #[test]
    fn keys_without_a_call_in_flight_are_evicted() {
        let limit = Concurrency::new(Limit::AddressStreams, "", 1);
        limit.acquire(&1).unwrap();
        limit.release(&1);
        assert!(limit.in_flight.is_empty());
    }
}
