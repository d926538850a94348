//! A limit on concurrency: calls of the workflow at once for each key.

use std::hash::Hash;

use dashmap::DashMap;

use super::policy::{QuotaPolicy, QuotaUnit};

/// Counts calls in flight for each key (replies, history, forget, feedback); a key without any is evicted at once.
#[derive(Debug)]
pub(super) struct Concurrency<K: Hash + Eq> {
    in_flight: DashMap<K, u32>,
    name: &'static str,
    /// 0 for no limit.
    limit: u32,
}

impl<K: Hash + Eq + Clone> Concurrency<K> {
    pub(super) fn new(name: &'static str, limit: u32) -> Self {
        Self { in_flight: DashMap::new(), name, limit }
    }

    /// Acquires one permit, which the caller must release; the limit is the error.
    pub(super) fn acquire(&self, key: &K) -> Result<(), QuotaPolicy> {
        let mut count = self.in_flight.entry(key.clone()).or_insert(0);
        if self.limit != 0 && *count >= self.limit {
            return Err(QuotaPolicy { name: self.name, quota: self.limit, unit: QuotaUnit::Concurrency });
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
    use super::Concurrency;

    #[test]
    fn a_released_permit_is_free_again() {
        let limit = Concurrency::new("", 2);
        limit.acquire(&"a").unwrap();
        limit.acquire(&"a").unwrap();
        assert!(limit.acquire(&"a").is_err());
        assert!(limit.acquire(&"b").is_ok());
        limit.release(&"a");
        assert!(limit.acquire(&"a").is_ok());
    }

    #[test]
    fn keys_without_a_call_in_flight_are_evicted() {
        let limit = Concurrency::new("", 1);
        limit.acquire(&1).unwrap();
        limit.release(&1);
        assert!(limit.in_flight.is_empty());
    }
}
