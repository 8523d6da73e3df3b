//! GCRA on its words: the laws, and promises 1 and 2 against exact arithmetic.

use core::time::Duration;

use paceline_core::{Atomic, Cell as _, Charge as _, Gcra, Horizon, Limit as _, Nanos, Quota, Reservation, Reserve as _};
use paceline_tests::gcra::{case, check_against_oracle, end_of_backlog, fuzz, ops, quotas};
use paceline_tests::{gcra_verbs, laws};
use proptest::prelude::*;

laws!(on_64_bits, quotas().prop_map(|quota| case(quota, Gcra::new(quota).expect("filtered"))));
laws!(on_32_bits, quotas().prop_filter_map("a rate that a u32 can keep", |quota| Some(case(quota, Gcra::new_u32(quota).ok()?))));

proptest! {
    /// Seen to fail when the interval is rounded down instead of up, and when `undo` gives back one more.
    #[test]
    fn never_above_the_quota(quota in quotas(), ops in ops()) {
        check_against_oracle(quota, &ops);
    }

    /// What the fuzz target does, on stable Rust.
    #[test]
    fn never_above_the_quota_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 16..512)) {
        fuzz(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Seen to fail when who waits behind a queue does not wait for his own cost, and when a drain leaves one.
    #[test]
    fn every_verb_says_what_its_definition_says((numbers, verbs) in gcra_verbs::games()) {
        gcra_verbs::check::<u64>(numbers, &verbs);
        gcra_verbs::check::<u32>(numbers, &verbs);
    }
}

/// Rates that are not a whole number of nanoseconds, and the ends of the range.
const RATES: [Quota; 10] = [
    Quota::per_second(3),
    Quota::per_minute(7),
    Quota::per_second(1_000_003),
    Quota::per_minute(180_000_000),
    Quota::per_second(600_000_000),
    Quota::per_second(999_999_937),
    Quota::per_second(1_000_000_000),
    Quota::per_day(1),
    Quota::per_day(200),
    Quota::per_minute(20),
];

/// Promise 2, and that `Quota::loss` tells it: a backlog is gone as early as the quota allows, up to the loss and a nanosecond.
/// Seen to fail when the tick is a whole nanosecond at every rate.
#[test]
fn not_below_the_quota_by_more_than_the_loss() {
    const CALLS: u32 = 100_000;
    for quota in RATES {
        let quota = quota.burst(2); // a caller who is late by the rest of a nanosecond catches up
        let end = end_of_backlog(&Gcra::new(quota).expect("a rate"), CALLS, 1);
        let exact = u128::from(quota.period().0) * u128::from(CALLS - 2) / u128::from(quota.limit());
        let loss = u128::from(quota.loss().expect("a rate"));
        assert!(loss <= 1_000, "{quota:?} loses {loss} in a thousand million");
        assert!(u128::from(end.0) >= exact, "{quota:?} was exceeded: {end} for {exact} ns");
        let latest = exact + exact * loss / 1_000_000_000 + 1;
        assert!(u128::from(end.0) <= latest, "{quota:?} took {end}, more than {latest} ns");
    }
}

/// The table in the docs is the one that is measured.
#[test]
fn the_accuracy_in_the_docs_is_the_measured_one() {
    let told = include_str!("../../crates/core/docs/accuracy.md");
    assert_eq!(told, paceline_tests::accuracy::table(), "`cargo xtask accuracy` writes it anew");
}

/// Seen to fail when more room than a cost can name counts as none.
#[test]
fn more_room_than_a_cost_can_name_is_room() {
    let quota = Quota::per_second(1_000_000).burst(10);
    let gcra = Gcra::within(quota, Horizon::of(quota).debt(u32::MAX)).expect("it fits");
    let limit = Atomic::new(gcra);
    assert_eq!(limit.charge(Nanos::from_secs(1), u32::MAX), u32::MAX);
    assert_eq!(limit.charge(Nanos::from_secs(1), 11), 10);
}

/// Seen to fail when a queue of more ticks than a word holds ends where they end.
#[test]
fn a_queue_that_outlasts_the_ticks_is_told_no_end() {
    let limit = Atomic::new(Gcra::new(Quota::per_second(600_000_000)).expect("a rate"));
    assert_eq!(limit.wait_behind(Nanos::ZERO, 60_000_000_000_000, 1), Nanos::MAX);
}

/// What a cancelled reservation leaves may be long past: on a short word it is new, and remembered for as long as if it had been looked at.
/// Seen to fail when a state that has drained is left as it was.
#[test]
fn a_cancelled_reservation_leaves_no_old_time_behind() {
    let quota = Quota::per_second(1).burst(1);
    let gcra = Gcra::within_u32(quota, Horizon::of(quota).patience(Duration::from_secs(600))).expect("it fits");
    let (limit, now, later) = (Atomic::new(gcra), Nanos::from_secs(1_000), Nanos::from_secs(1_400));
    assert!(limit.decide(now, 1).is_allowed());
    let Reservation::Reserved { ticket, .. } = limit.reserve_after(now, Nanos::from_secs(500), 1, Nanos::from_secs(550)) else {
        panic!("within the patience")
    };
    assert!(!limit.forget_idle(later) && limit.cancel(later, ticket));
    assert!(limit.peek(later.saturating_add(gcra.memory()), 1).is_allowed());
}
