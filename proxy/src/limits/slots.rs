//! How many at once, for each key.

use std::hash::Hash;
use std::sync::Arc;

use dashmap::DashMap;

use super::policy::{Policy, Unit};

/// Counts what is in flight for each key; a key at rest is forgotten.
#[derive(Debug)]
pub(super) struct Slots<K: Hash + Eq> {
    taken: Arc<DashMap<K, u32>>,
    name: &'static str,
    /// 0 for no limit.
    at_once: u32,
}

/// One place, given back when dropped.
#[derive(Debug)]
pub(crate) struct Slot<K: Hash + Eq> {
    taken: Arc<DashMap<K, u32>>,
    key: K,
}

impl<K: Hash + Eq + Clone> Slots<K> {
    pub(super) fn new(name: &'static str, at_once: u32) -> Self {
        Self {
            taken: Arc::new(DashMap::new()),
            name,
            at_once,
        }
    }

    /// Takes a place, or says which limit is reached.
    pub(super) fn take(&self, key: &K) -> Result<Slot<K>, Policy> {
        let mut count = self.taken.entry(key.clone()).or_insert(0);
        if self.at_once != 0 && *count >= self.at_once {
            return Err(Policy {
                name: self.name,
                quota: self.at_once,
                unit: Unit::AtOnce,
            });
        }
        *count += 1;
        drop(count);
        Ok(Slot {
            taken: Arc::clone(&self.taken),
            key: key.clone(),
        })
    }
}

impl<K: Hash + Eq> Drop for Slot<K> {
    fn drop(&mut self) {
        self.taken.remove_if_mut(&self.key, |_, count| {
            *count = count.saturating_sub(1);
            *count == 0
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Slots;

    #[test]
    fn a_place_is_free_again_when_it_is_given_back() {
        let slots = Slots::new("", 2);
        let first = slots.take(&"a").unwrap();
        let _second = slots.take(&"a").unwrap();
        assert!(slots.take(&"a").is_err());
        assert!(slots.take(&"b").is_ok());
        drop(first);
        assert!(slots.take(&"a").is_ok());
    }

    #[test]
    fn keys_at_rest_are_forgotten() {
        let slots = Slots::new("", 1);
        drop(slots.take(&1).unwrap());
        assert!(slots.taken.is_empty());
    }
}
