use std::collections::HashMap;

use super::super::bounded_store::SHARDS;
use super::*;

fn per_hour(count: u32) -> RateLimit<u8> {
    RateLimit::per_hour(Limit::Messages, "", count)
}

#[test]
fn a_quota_holds_to_the_number_from_many_threads() {
    let limit = per_hour(100);
    let taken: usize = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..16).map(|_| scope.spawn(|| (0..50).filter(|_| limit.take(&1).is_ok()).count())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(taken, 100);
}

#[test]
fn requests_refunded_from_many_threads_are_there_again_to_the_number() {
    let limit = per_hour(100);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| (0..50).for_each(|_| limit.take(&1).map_or((), |()| limit.refund(&1))));
        }
    });
    assert_eq!((0..200).filter(|_| limit.take(&1).is_ok()).count(), 100);
}

#[test]
fn zero_is_no_limit() {
    let limit = per_hour(0);
    assert!((0..10_000).all(|_| limit.take(&1).is_ok()));
}

#[test]
fn a_refusal_says_how_long_to_wait() {
    // One an hour: however slowly the two calls follow, a wait of a part of it is left.
    let limit = per_hour(1);
    let hour = Duration::from_hours(1);
    assert_eq!(limit.take(&1), Ok(()));
    let wait = limit.take(&1).unwrap_err().retry_after;
    assert!(Duration::ZERO < wait && wait <= hour, "{wait:?}");
    assert_eq!(limit.take(&2), Ok(()));
}

/// Remembers 6,400 keys, a hundred in each shard.
fn small(count: u32) -> RateLimit<u32> {
    let policy = QuotaPolicy { name: "", quota: count, unit: QuotaUnit::Concurrency };
    let quota = NonZeroU32::new(count).map(Quota::per_hour);
    RateLimit::with_keys(Limit::Messages, policy, quota, 6_400)
}

#[test]
fn a_flood_of_new_keys_stays_bounded_and_frees_no_blocked_one() {
    let limit = small(2);
    for _ in 0..2 {
        assert!(limit.take(&0).is_ok());
    }
    for key in 1..20_000 {
        assert!(limit.take(&key).is_ok(), "a new key finds room: {key}");
    }
    assert!(limit.take(&0).is_err());
    assert_eq!(limit.keys(), 6_400);
    limit.sweep();
    assert!(limit.take(&0).is_err());
}

#[test]
fn new_keys_share_one_quota_while_all_known_ones_are_blocked() {
    let limit = small(1);
    let passed = (0..20_000).filter(|key| limit.take(key).is_ok()).count();
    assert_eq!((passed, limit.keys()), (6_401, 6_400));
    assert!((0..20_000).all(|key| limit.take(&key).is_err()));
}

#[test]
fn the_key_nearest_to_a_whole_quota_is_evicted_first() {
    let limit = small(10);
    for key in 0..1_000 {
        assert_eq!((0..5).filter(|_| limit.take(&key).is_ok()).count(), 5);
    }
    for key in 1_000..20_000 {
        assert!(limit.take(&key).is_ok());
    }
    let left = |key: u32| (0..10).take_while(|_| limit.take(&key).is_ok()).count();
    assert!((0..1_000).all(|key| left(key) == 5), "keys with half of their quota used are known");
}

#[test]
fn all_limits_by_address_network_or_session_take_18_mib_when_full() {
    type Key = porthole_domain::address::AddressGroup;
    let shard: HashMap<u64, Nanos> =
        (0..KEYS.div_ceil(SHARDS) as u64).map(|key| (key, Nanos::new(key))).collect();
    // A table is at most seven eighths full, and has a byte for each place beside the pair itself.
    let places = (shard.capacity() * 8 / 7).next_power_of_two();
    let full = SHARDS * places * (size_of::<(Key, Nanos)>() + 1);
    assert!(8 * full < 18 << 20, "{full} each");
}
