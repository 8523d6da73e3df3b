//! Two limits in one word: decisions as of a set, every verb as of its parts, and promise 1 for reserved times.

use core::time::Duration;

use paceline_core::{
    Algorithm, Atomic, CarryOver, Cell, Gcra, Horizon, Limit, Locked, NamedReserve, Nanos, Pair, Quota, Reservation, Reserve, SetDecision,
    SlidingWindow,
};
use paceline_tests::gcra::case as pace;
use paceline_tests::pair::{check_against_set_and_oracles, check_reservations, check_twins, fuzz, ops, quotas};
use paceline_tests::{alike::Alike, laws, laws::Case};
use proptest::prelude::*;

/// Two paces of one burst, asked for the same: the slower one always binds, and takes less time than the faster one remembers.
fn case(limit: u32, periods: [u64; 2], burst: u32) -> Case<Alike<Pair<Gcra<u32>, Gcra<u32>>>> {
    let [first, second] = periods.map(|millis| {
        let quota = Quota::new(limit, Duration::from_millis(millis)).burst(burst);
        pace(quota, Gcra::new_u32(quota).expect("a rate"))
    });
    Case {
        algorithm: Alike(Pair::new(first.algorithm, second.algorithm)),
        burst,
        largest_in_line: burst,
        full: first.full.max(second.full),
        memory: first.memory.min(second.memory),
        skew: first.skew.min(second.skew),
        tick: Nanos(1),
    }
}

// Of any bits only what is below, since one half may wrap while the other waits. Seen to fail when a pair waits for its first algorithm alone.
laws!(
    of_two_paces,
    (1u32..60, [30_000u64..60_000, 30_000..60_000], 1u32..100).prop_map(|(limit, periods, burst)| case(limit, periods, burst)),
    no word
);

proptest! {
    /// Seen to fail when the earlier answer is taken for the worse, and when one idle half makes the pair idle.
    #[test]
    fn a_pair_decides_as_a_set_of_the_same_limits(first in quotas(), second in quotas(), ops in ops()) {
        check_against_set_and_oracles([first, second], &ops);
    }

    /// Seen to fail when both are charged from now.
    #[test]
    fn never_above_at_the_times_at_which_calls_are_made(first in quotas(), second in quotas(), ops in ops()) {
        check_reservations([first, second], &ops);
    }

    /// Seen to fail when an undo, a charge, a restored state or the rule of a change reaches one half only.
    #[test]
    fn a_pair_of_twins_answers_as_one(quota in quotas(), ops in ops()) {
        check_twins(quota, &ops);
    }

    /// What the fuzz target does, on stable Rust.
    #[test]
    fn all_of_it_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 16..512)) {
        fuzz(&bytes);
    }

    /// Laws 1 to 3, for any bits. Seen to fail when a refused pair keeps what its first algorithm admitted.
    #[test]
    fn total_for_any_bits(first in quotas(), second in quotas(), bits: u64, now: u64, costs in [0u32..80, 0u32..80], queued: [u64; 2]) {
        let (first, second) = (Gcra::new_u32(first).expect("a rate"), SlidingWindow::new_u32(second).expect("a limit"));
        let (pair, now) = (Pair::new(first, second), Nanos(now));
        let mut state = bits;
        let decision = pair.step_named(&mut state, now, costs);
        let impossible = costs[0] > first.burst() || costs[1] > second.limit();
        prop_assert_eq!(matches!(decision, SetDecision::Impossible { .. }), impossible);
        prop_assert!(decision.is_allowed() || state == bits, "a refusal wrote");
        let _ = (pair.wait_behind(&state, now, queued, costs), pair.snapshot(&state, now), pair.is_idle(&state, now));
        pair.undo(&mut state, now, costs);
    }
}

fn gcra(limit: u32, burst: u32) -> Gcra<u32> {
    let quota = Quota::per_second(limit).burst(burst);
    Gcra::within_u32(quota, Horizon::of(quota).patience(Duration::from_secs(10))).expect("a rate")
}

/// Whole seconds: the second of a tick is a little longer.
fn seconds(span: Nanos) -> u64 {
    span.0 / 1_000_000_000
}

/// The first would be ready at once, the second in two seconds: the call is made then, and the first's share of it has not drained by then.
#[test]
fn a_reservation_is_charged_to_both_for_its_time() {
    let pair = Atomic::new(Pair::new(gcra(1, 2), gcra(1, 2)));
    assert!(pair.decide(Nanos::ZERO, [0, 2]).is_allowed());
    let Reservation::Reserved { wait, ticket } = pair.reserve(Nanos::ZERO, [2, 2], Nanos::MAX) else { panic!("it fits") };
    assert_eq!(seconds(wait), 2);
    let [first, _] = pair.snapshot(wait);
    assert_eq!((first.remaining, seconds(first.reset_after)), (0, 2), "all of it goes at that time");
    assert!(pair.cancel(Nanos::from_millis(1_001), ticket), "nobody has reserved behind it");
    assert!(pair.decide(Nanos::from_millis(1_001), [2, 1]).is_allowed());
}

/// Seen to fail when the halves of the ticket are mixed up.
#[test]
fn a_refund_goes_to_the_half_that_was_charged() {
    let pair = Atomic::new(Pair::new(gcra(1, 5), gcra(10, 20)));
    let Reservation::Reserved { wait: Nanos::ZERO, ticket } = pair.reserve(Nanos::ZERO, [4, 10], Nanos::ZERO) else { panic!("it fits") };
    pair.refund(Nanos::ZERO, ticket, [3, 0]);
    assert_eq!(pair.snapshot(Nanos::ZERO).map(|snapshot| snapshot.remaining), [4, 10]);
}

/// The wait of one may be longer than the other's word remembers: what has drained by then is not taken for something to come. Seen to fail
/// when the charge starts from the old state.
#[test]
fn a_time_beyond_the_memory_of_an_idle_half_is_no_trouble() {
    let quota = Quota::per_second(1).burst(1);
    let long = Gcra::within_u32(quota, Horizon::of(quota).patience(Duration::from_secs(3_000))).expect("it fits");
    assert!(long.memory() < Nanos::from_secs(3_000), "{}", long.memory());
    let pair = Atomic::new(Pair::new(long, long));
    let now = Nanos::from_secs(5_000);
    assert!(pair.decide(now, [1, 1]).is_allowed());
    let busy = pair.reserve(Nanos::from_secs(5_002), [0, 1], Nanos::MAX);
    assert!(matches!(busy, Reservation::Reserved { wait: Nanos::ZERO, .. }));
    for second in 1..2_900 {
        let reserved = pair.reserve(Nanos::from_secs(5_002), [0, 1], Nanos::MAX);
        assert!(matches!(reserved, Reservation::Reserved { wait, .. } if seconds(wait) == second), "{reserved:?}");
    }
    let Reservation::Reserved { wait, .. } = pair.reserve(Nanos::from_secs(5_002), [1, 1], Nanos::MAX) else { panic!("it fits") };
    let [first, second] = pair.snapshot(Nanos::from_secs(5_002));
    assert_eq!((seconds(wait), first.reset_after), (2_900, second.reset_after));
}

#[test]
fn both_change_their_numbers_and_both_are_idle_before_the_pair_is() {
    let window = |limit| SlidingWindow::new_u32(Quota::per_minute(limit)).expect("a limit");
    let mut pair = Atomic::new(Pair::new(gcra(1, 4), window(10)));
    assert!(pair.decide(Nanos::ZERO, [1, 1]).is_allowed());
    pair.set_quota(Nanos::ZERO, Pair::new(gcra(2, 6), window(20)), CarryOver::AsIs);
    assert_eq!(pair.snapshot(Nanos::ZERO).map(|snapshot| snapshot.remaining), [3, 9]);
    assert!(!pair.forget_idle(Nanos::from_secs(100)), "the window still counts");
    assert!(pair.forget_idle(Nanos::from_secs(200)));
}

/// In each cell. Seen to fail when a refused reservation names nobody, and when it names who refuses now instead of at the time that is
/// asked for.
#[test]
fn a_pair_names_the_half_that_refuses() {
    let pair = Pair::new(gcra(1, 2), gcra(2, 4));
    fn check(cell: &(impl NamedReserve<Cost = [u32; 2]> + Cell)) {
        let seconds = Nanos::from_secs;
        assert!(matches!(cell.reserve_named(Nanos::ZERO, [2, 1], Nanos::ZERO), (Reservation::Reserved { .. }, None)));
        assert!(matches!(cell.peek_named(Nanos::ZERO, [1, 4]), SetDecision::Denied { limit: 0, .. }), "1 s, and half of it");
        assert!(matches!(cell.decide_named(Nanos::ZERO, [1, 5]), SetDecision::Impossible { most: 4, limit: 1 }));
        assert!(matches!(cell.reserve_named(Nanos::ZERO, [1, 4], Nanos::ZERO), (Reservation::Denied { .. }, Some(0))));
        assert!(matches!(cell.reserve_named(Nanos::ZERO, [3, 5], Nanos::MAX), (Reservation::Impossible { most: 2 }, Some(0))));
        assert!(cell.decide(Nanos::ZERO, [0, 3]).is_allowed());
        let delayed = cell.reserve_after_named(Nanos::ZERO, Nanos::from_millis(1_100), [1, 4], Nanos::from_millis(1_200));
        assert!(matches!(delayed, (Reservation::Denied { .. }, Some(1))), "the first is ready by then");
        let delayed = cell.reserve_after_named(Nanos::ZERO, seconds(5), [1, 4], seconds(4));
        assert!(matches!(delayed, (Reservation::Denied { .. }, None)), "both are");
    }
    check(&Atomic::new(pair));
    check(&Locked::new(paceline::Mutex::new((pair, 0))));
}
