//! Calls in flight: never more than the limit, never less than none.

use std::sync::Arc;

use paceline_core::{Atomic, CarryOver, Concurrency, Decision, Drain, Gcra, Limit, Nanos, Permit, Quota, Set};
use paceline_tests::concurrency::{check_against_list, fuzz, ops};
use paceline_tests::{laws, laws::Case};
use proptest::prelude::*;

/// What is in flight comes back by no time.
fn case(limit: u32) -> Case<Concurrency> {
    let algorithm = Concurrency::new(limit);
    Case { algorithm, burst: limit, largest_in_line: 1, full: Nanos::MAX, memory: Nanos::MAX, skew: Nanos::MAX, tick: Nanos(1) }
}

// Seen to fail when nothing is given back.
laws!(in_flight_by_law, (1u32..1_000).prop_map(case), no waits);

fn in_flight(limit: &Atomic<Concurrency>) -> u32 {
    let snapshot = limit.snapshot(Nanos::ZERO);
    snapshot.limit - snapshot.remaining
}

proptest! {
    /// Against the permits that are held. Seen to fail when the room is one too large.
    #[test]
    fn as_many_as_there_are_permits(limit in 0u32..9, calls in prop::collection::vec((0u32..11, prop::option::of(0usize..9)), 0..60)) {
        let shared = Arc::new(Atomic::new(Concurrency::new(limit)));
        let mut held: Vec<(u32, Permit<Arc<Atomic<Concurrency>>>)> = Vec::new();
        for (cost, ends) in calls {
            let taken: u32 = held.iter().map(|(cost, _)| cost).sum();
            prop_assert_eq!(in_flight(&shared), taken);
            let fits = taken + cost <= limit;
            match shared.peek(Nanos::MAX, cost) {
                Decision::Allowed => prop_assert!(fits),
                Decision::Impossible { most } => prop_assert!(cost > limit && most == limit),
                Decision::Denied { retry_after } => prop_assert!(!fits && cost <= limit && retry_after == Nanos::MAX),
            }
            let wait = if fits { Nanos::ZERO } else { Nanos::MAX };
            prop_assert_eq!(shared.wait_behind(Nanos::ZERO, cost.into(), 0), wait);
            let (told, permit) = (shared.peek(Nanos::ZERO, cost), Permit::try_acquire(shared.clone(), cost));
            prop_assert_eq!(permit.as_ref().err(), Some(&told).filter(|_| !fits));
            held.extend(permit.map(|permit| (cost, permit)));
            if let Some(place) = ends.filter(|&place| place < held.len()) {
                drop(held.swap_remove(place));
            }
        }
        held.clear();
        prop_assert_eq!(in_flight(&shared), 0);
    }
}

proptest! {
    /// Seen to fail when less than none is very many, and when a new limit halves what is in flight.
    #[test]
    fn as_many_as_there_are_calls_alone_and_in_a_set(limits in [0u8..12, 0u8..12], ops in ops()) {
        check_against_list(limits, &ops);
    }

    /// What the fuzz target does, on stable Rust.
    #[test]
    fn for_any_bytes_too(bytes in prop::collection::vec(any::<u8>(), 16..512)) {
        fuzz(&bytes);
    }
}

#[test]
fn given_back_too_often_it_stays_at_none() {
    let limit = Atomic::new(Concurrency::new(2));
    limit.undo(Nanos::ZERO, u32::MAX);
    assert_eq!(in_flight(&limit), 0);
    assert!(limit.decide(Nanos::ZERO, 2).is_allowed() && !limit.decide(Nanos::ZERO, 1).is_allowed());
}

/// Seen to fail when `carry_over` begins anew.
#[test]
fn what_is_in_flight_stays_so_under_a_new_limit() {
    let mut limit = Atomic::new(Concurrency::new(5));
    assert!(limit.decide(Nanos::ZERO, 5).is_allowed());
    limit.set_quota(Nanos::ZERO, Concurrency::new(3), CarryOver::Reset);
    limit.undo(Nanos::ZERO, 2);
    assert!(!limit.decide(Nanos::ZERO, 1).is_allowed(), "three are in flight");
    limit.undo(Nanos::ZERO, 1);
    assert!(limit.decide(Nanos::ZERO, 1).is_allowed());
}

#[test]
fn in_a_set_a_refusal_leaves_nothing_in_flight() {
    let calls = Atomic::new(Concurrency::new(2));
    let rate = Atomic::new(Gcra::new(Quota::per_second(1).burst(1)).expect("a rate"));
    let set: Set<&dyn Limit<Cost = u32>, 2> = Set::new([&calls, &rate]);
    assert!(set.decide(Nanos::ZERO, [1, 1]).is_allowed());
    let permit = Permit::of_taken(&calls, 1);
    assert_eq!(set.decide(Nanos::ZERO, [1, 1]), Decision::Denied { retry_after: Nanos::from_secs(1) });
    assert_eq!(in_flight(&calls), 1);
    drop(permit);
    assert_eq!(in_flight(&calls), 0);
}

/// Seen to fail when `take_up_to` does not look at what is in flight.
#[test]
fn what_is_free_can_be_taken_and_given_back_by_a_permit() {
    let calls = Atomic::new(Concurrency::new(5));
    let first = Permit::try_acquire(&calls, 3);
    let taken = calls.take_up_to(Nanos::ZERO, 4);
    let rest = Permit::of_taken(&calls, taken);
    assert_eq!((taken, in_flight(&calls)), (2, 5));
    drop((first, rest));
    assert_eq!(in_flight(&calls), 0);
}
