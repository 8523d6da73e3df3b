//! The keyed table against a limiter without bounds for each key, and its bounds.

use std::hash::{BuildHasher, RandomState};

use paceline_core::{Charge, Concurrency, Decision, Drain, Gcra, Keyed, Limit, Limiter, ManualClock, Nanos, Permit, Quota, Set, WhenFull};
use paceline_tests::keyed::{check_against_oracle, fuzz, ops, tables};
use proptest::prelude::*;

const NOW: Nanos = Nanos::from_secs(1_000);

fn gcra(quota: Quota) -> Gcra<u32> {
    Gcra::new_u32(quota).expect("a rate")
}

proptest! {
    /// Promise 8, whatever the clock: late, equal, stopped, an hour back. Seen to fail when keys are evicted that are whole but within the
    /// skew, and when a refused key is told a longer wait than needed.
    #[test]
    fn each_key_has_its_own_limiter((quota, when_full) in tables(), ops in ops()) {
        check_against_oracle(quota, when_full, &ops);
    }

    /// What the fuzz target does, on stable Rust.
    #[test]
    fn each_key_has_its_own_limiter_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 16..1_024)) {
        fuzz(&bytes);
    }
}

/// A thousand fingerprints that all choose one bucket fill it and no other.
#[test]
fn a_flood_of_one_bucket_is_not_noticed_in_others() {
    let table: Keyed<_, 64> = Keyed::new(gcra(Quota::per_second(1).burst(1)), WhenFull::Refuse);
    let bucket = |number: u64| number << 61;
    let admitted = (1..=1_000).filter(|tag| table.limit(bucket(3) | tag).decide(NOW, 1).is_allowed()).count();
    assert_eq!((admitted, table.len(NOW)), (8, 8), "as many as there are places");
    for other in (0..8).filter(|&other| other != 3) {
        assert!((1..=8).all(|tag| table.limit(bucket(other) | tag).decide(NOW, 1).is_allowed()), "bucket {other}");
    }
    assert_eq!(table.len(NOW), 64);
}

/// With random fingerprints a table with four places for each key in use refuses next to none.
#[test]
fn room_for_four_times_the_keys_is_enough() {
    let table: Keyed<_, 4_096> = Keyed::new(gcra(Quota::per_second(1).burst(1)), WhenFull::Refuse);
    let hasher = RandomState::new();
    let admitted = (0..1_024).filter(|key| table.limit(hasher.hash_one(key)).decide(NOW, 1).is_allowed()).count();
    assert!(admitted >= 1_014, "{admitted} of 1,024");
}

/// Seen to fail when the first of the ring is displaced.
#[test]
fn the_key_that_is_whole_soonest_is_displaced() {
    let table: Keyed<_, 8> = Keyed::new(gcra(Quota::per_second(1).burst(20)), WhenFull::DisplaceMostIdle);
    for (key, cost) in (1..).zip([9, 7, 12, 5, 20, 4, 11, 8]) {
        assert!(table.limit(key).decide(NOW, cost).is_allowed());
    }
    let snapshot = |key| table.limit(key).snapshot(NOW).remaining;
    assert!(table.limit(9).decide(NOW, 15).is_allowed());
    assert_eq!([1, 2, 3, 4, 5, 6, 7, 8, 9].map(snapshot), [11, 13, 8, 15, 0, 20, 9, 12, 5], "the sixth begins anew, all others stand");
}

/// Who finds no place is told when one is idle, the skew included; what is too much even then is impossible.
#[test]
fn a_full_bucket_tells_when_there_is_a_place() {
    let algorithm = gcra(Quota::per_second(1).burst(2));
    let table: Keyed<_, 8> = Keyed::new(algorithm, WhenFull::Refuse);
    for key in 1..=8 {
        assert!(table.limit(key).decide(NOW, 2).is_allowed());
    }
    let ninth = table.limit(9);
    let Decision::Denied { retry_after } = ninth.decide(NOW, 1) else { panic!("there is no place") };
    assert!(retry_after >= Nanos::from_secs(3), "two seconds and the skew, not {retry_after}");
    let (told, impossible) = (ninth.snapshot(NOW), Decision::Impossible { most: 2 });
    assert_eq!((told.limit, told.remaining, told.retry_after), (2, 0, retry_after));
    assert_eq!((ninth.decide(NOW, 3), ninth.peek(NOW, 3)), (impossible, impossible));
    assert_eq!((ninth.take_up_to(NOW, 1), ninth.charge(NOW, 1)), (0, 0));
    assert!(ninth.decide(NOW.saturating_add(retry_after), 2).is_allowed());
}

/// Idle keys are forgotten before the time of a 32-bit word comes round.
#[test]
fn who_is_swept_is_never_taken_for_busy() {
    let algorithm = gcra(Quota::per_second(100).burst(1));
    let table: Keyed<_, 8> = Keyed::new(algorithm, WhenFull::Refuse);
    let (limit, mut now) = (table.limit(7), NOW);
    assert!(limit.decide(now, 1).is_allowed());
    for _ in 0..100 {
        now = now.saturating_add(Nanos(algorithm.memory().0 / 7));
        table.forget_idle(now);
        assert!(limit.peek(now, 1).is_allowed(), "{now}");
    }
    assert_eq!(table.len(now), 0);
}

/// The limit of a key is a limit: in a set, and with a clock.
#[test]
fn the_limit_of_a_key_stands_wherever_a_limit_can() {
    let requests: Keyed<_, 8> = Keyed::new(gcra(Quota::per_minute(60).burst(2)), WhenFull::Refuse);
    let tokens: Keyed<_, 8> = Keyed::new(gcra(Quota::per_minute(6_000).burst(100)), WhenFull::Refuse);
    let clock = ManualClock::new(NOW);
    let limiter = |user| Limiter::new(Set::new([requests.limit(user), tokens.limit(user)]), &clock);
    assert!(limiter(1).try_acquire([1, 100]).is_allowed());
    assert!(!limiter(1).try_acquire([1, 1]).is_allowed());
    assert!(requests.limit(1).peek(NOW, 1).is_allowed(), "the refused request took nothing");
    assert!(limiter(2).try_acquire([2, 100]).is_allowed());
}

/// Seen to fail when a cost of 0 enters the table, and when it is refused for want of a place.
#[test]
fn a_cost_of_nothing_takes_no_place() {
    let table: Keyed<Gcra<u32>, 8> = Keyed::new(Gcra::new_u32(Quota::per_second(1)).expect("a rate"), WhenFull::Refuse);
    let now = Nanos::from_secs(5);
    assert!((1..=8).all(|key| table.limit(key).decide(now, 0).is_allowed()));
    assert_eq!(table.len(now), 0);
    assert!((9..=16).all(|key| table.limit(key).decide(now, 1).is_allowed()));
    assert!(table.limit(1).decide(now, 0).is_allowed() && !table.limit(1).decide(now, 1).is_allowed());
}

/// Calls in flight of each key. Seen to fail when a key that has some counts as idle.
#[test]
fn a_permit_is_given_back_to_its_key() {
    let table: Keyed<Concurrency, 8> = Keyed::new(Concurrency::new(2), WhenFull::Refuse);
    let take = |key, cost| Permit::try_acquire(table.limit(key), cost);
    let (full, impossible) = (Decision::Denied { retry_after: Nanos::MAX }, Decision::Impossible { most: 2 });
    let mut held: Vec<_> = (1..=8).map(|key| take(key, 2).expect("a place of its own")).collect();
    assert_eq!([(1, 1), (9, 1), (9, 3)].map(|(key, cost)| take(key, cost).err()), [Some(full), Some(full), Some(impossible)]);
    drop(held.swap_remove(0));
    assert_eq!(table.len(NOW), 7);
    held.push(take(9, 2).expect("the place of the first"));
    assert_eq!(take(1, 1).err(), Some(full), "who comes back finds no place");
    drop(held);
    assert_eq!(table.len(NOW), 0);
}
