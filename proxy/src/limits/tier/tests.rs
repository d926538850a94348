use std::collections::HashMap;

use super::super::bounded::PARTS;
use super::*;

fn pay<K: Hash + Eq + Clone>(tier: &Tier<K>, key: K) -> Result<(), Duration> {
    tier.take(key).map(Taken::spend).map_err(|exceeded| exceeded.wait)
}

#[test]
fn a_budget_holds_to_the_number_from_many_threads() {
    let tier = Tier::per_hour("", 100);
    let taken: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| (0..50).filter(|_| pay(&tier, 1_u8).is_ok()).count()))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(taken, 100);
}

#[test]
fn what_is_given_back_from_many_threads_is_there_again_to_the_number() {
    let tier = Tier::per_hour("", 100);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| (0..50).for_each(|_| drop(tier.take(1_u8))));
        }
    });
    assert_eq!((0..200).filter(|_| pay(&tier, 1).is_ok()).count(), 100);
}

#[test]
fn zero_is_no_limit() {
    let tier = Tier::per_minute("", 0);
    assert!((0..10_000).all(|_| pay(&tier, ()).is_ok()));
}

#[test]
fn a_refusal_says_how_long_to_wait() {
    let tier = Tier::per_minute_with_burst("", 60, NonZeroU32::MIN);
    assert_eq!(pay(&tier, 1), Ok(()));
    let wait = pay(&tier, 1).unwrap_err();
    assert!(
        wait <= Duration::from_secs(1) && wait > Duration::from_millis(500),
        "{wait:?}"
    );
    assert_eq!(pay(&tier, 2), Ok(()));
}

/// Remembers 6,400 keys, a hundred in each part.
fn small(count: u32) -> Tier<u32> {
    let policy = Policy {
        name: "",
        quota: count,
        unit: Unit::AtOnce,
    };
    Tier::of(policy, NonZeroU32::new(count).map(Quota::per_hour), 6_400)
}

#[test]
fn a_flood_of_new_keys_stays_bounded_and_frees_no_blocked_one() {
    let tier = small(2);
    for _ in 0..2 {
        assert!(pay(&tier, 0).is_ok());
    }
    for key in 1..20_000 {
        assert!(pay(&tier, key).is_ok(), "a new key finds room: {key}");
    }
    assert!(pay(&tier, 0).is_err());
    assert_eq!(tier.keys(), 6_400);
    tier.sweep();
    assert!(pay(&tier, 0).is_err());
}

#[test]
fn new_keys_share_one_budget_while_all_that_are_known_are_blocked() {
    let tier = small(1);
    let passed = (0..20_000).filter(|key| pay(&tier, *key).is_ok()).count();
    assert_eq!((passed, tier.keys()), (6_401, 6_400));
    assert!((0..20_000).all(|key| pay(&tier, key).is_err()));
}

#[test]
fn the_key_nearest_to_a_whole_budget_makes_room_first() {
    let tier = small(10);
    let used = |key: u32| (0..10).take_while(|_| pay(&tier, key).is_ok()).count();
    for key in 0..1_000 {
        assert_eq!((0..5).filter(|_| pay(&tier, key).is_ok()).count(), 5);
    }
    for key in 1_000..20_000 {
        assert!(pay(&tier, key).is_ok());
    }
    assert!(
        (0..1_000).all(|key| used(key) == 5),
        "who had used half of a budget is known"
    );
}

#[test]
fn all_limits_that_count_by_address_or_session_take_12_mib_when_full() {
    type Key = porthole_domain::address::AddressGroup;
    let part: HashMap<u64, Nanos> = (0..KEYS.div_ceil(PARTS) as u64)
        .map(|key| (key, Nanos::new(key)))
        .collect();
    // A table is at most seven eighths full, and has a byte for each place beside the pair itself.
    let places = (part.capacity() * 8 / 7).next_power_of_two();
    let full = PARTS * places * (size_of::<(Key, Nanos)>() + 1);
    assert!(5 * full < 12 << 20, "{full} each");
}
