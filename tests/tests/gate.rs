//! Gates in front of limits: against their definition, and when clocks disagree.

use core::time::Duration;

use paceline_core::{
    Atomic, Charge, Concurrency, Decision, Drain, Gate, GateStatus, Gated, Gcra, KeyLimit, Limit, Locked, NamedLimit, NamedReserve, Nanos,
    Permit, Quota, Reservation, Set, SetDecision, SlidingLog,
};
use paceline_tests::gates::{check_against_oracle, fuzz, ops};
use proptest::prelude::*;

const MINUTE: Nanos = Nanos::from_secs(60);
const HOUR: Nanos = Nanos::from_secs(3_600);

proptest! {
    /// Seen to fail when an opened gate leaves the limit as it is, when it drains it at the first call instead of the opening, and when a
    /// reservation passes a closed gate; when what is left is taken behind a closed one, and when a charge, a refund, a cancel or an undo
    /// does not reach the limit.
    #[test]
    fn a_gated_limit_admits_what_its_definition_does(interval: u32, burst in 1u8..10, ops in ops()) {
        check_against_oracle(interval, burst, &ops);
    }

    /// What the fuzz target does, on stable Rust.
    #[test]
    fn for_any_bytes_too(bytes in prop::collection::vec(any::<u8>(), 16..512)) {
        fuzz(&bytes);
    }

    /// On 32 bits it is shut for at least as long as was asked, and for at most a few ticks more.
    #[test]
    fn a_narrow_gate_is_shut_as_long_as_it_says(now in HOUR.0.., longest in 1u64..1_000_000, thousandths in 1u64..1_000) {
        let longest = Duration::from_micros(longest);
        let gate = Gate::within_u32(longest, Duration::from_millis(1));
        let (now, span) = (Nanos(now / 2), Nanos(longest.as_nanos() as u64 * thousandths / 1_000));
        gate.close_for(now, span);
        let GateStatus::Closed { wait } = gate.status(now) else { panic!("closed") };
        prop_assert!(wait >= span && wait.0 <= span.0 + 16 + longest.as_nanos() as u64 / (1 << 26), "{wait} for {span}");
        prop_assert_eq!(gate.status(now.saturating_add(wait)), GateStatus::Open);
        let early = gate.status(now.saturating_add(wait).saturating_sub(Nanos(1)));
        prop_assert_eq!(early, GateStatus::Closed { wait: Nanos(1) });
    }

    /// On 32 bits the waits are as exact as on 64, through the gate and the limit behind it.
    #[test]
    fn a_narrow_gated_limit_tells_its_wait_exactly(per_minute in 1u32..100_000, burst in 1u32..50, millis in 1u64..100_000, cost in 1u32..50) {
        let limit = Gcra::new_u32(Quota::per_minute(per_minute).burst(burst)).expect("a rate");
        let limit = Gated::new(Gate::within_u32(Duration::from_secs(100), Duration::from_secs(1)), Atomic::new(limit));
        limit.gate().close_for(HOUR, Nanos::from_millis(millis));
        match limit.decide(HOUR, cost) {
            Decision::Denied { retry_after } => {
                let then = HOUR.saturating_add(retry_after);
                prop_assert!(retry_after >= Nanos::from_millis(millis));
                prop_assert_eq!(limit.peek(then.saturating_sub(Nanos(1)), cost), Decision::Denied { retry_after: Nanos(1) });
                prop_assert_eq!(limit.decide(then, cost), Decision::Allowed);
            }
            decision => prop_assert_eq!(decision, Decision::Impossible { most: burst }),
        }
    }
}

/// A pause must not become a burst, whenever the first caller comes: 429.md, "Syncing", rule 4.
#[test]
fn an_opened_gate_releases_no_burst() {
    let limit = Gated::new(Gate::new(), Atomic::new(Gcra::new(Quota::per_second(1).burst(10)).expect("a rate")));
    limit.gate().close_for(Nanos::ZERO, HOUR);
    assert!(limit.peek(HOUR, 0).is_allowed() && !limit.peek(HOUR, 1).is_allowed());
    limit.gate().close_for(HOUR, HOUR);
    let later = Nanos::from_secs(7_204);
    assert_eq!(limit.decide(later, 5), Decision::Denied { retry_after: Nanos::from_secs(1) }, "four have come back, not ten");
    assert!(limit.decide(later, 4).is_allowed());
}

/// An hour back, with a gate whose longest closing is a minute: nobody is kept out any more, and a reading that is late within the skew is
/// only told more.
#[test]
fn a_clock_that_steps_back_shuts_nobody_out_for_longer_than_the_horizon() {
    let gate = Gate::within(Duration::from_secs(60), Duration::from_secs(1));
    let limit = Gated::new(gate, Atomic::new(Gcra::new(Quota::per_second(1).burst(10)).expect("a rate")));
    limit.gate().close_for(HOUR, HOUR);
    assert_eq!(limit.gate().status(HOUR), GateStatus::Closed { wait: MINUTE }, "the longest there is");
    let late = HOUR.saturating_sub(Nanos::from_millis(900));
    assert_eq!(limit.gate().status(late), GateStatus::Closed { wait: Nanos::from_millis(60_900) });
    limit.gate().close_for(late, Nanos::from_secs(1));
    assert_eq!(limit.gate().status(HOUR), GateStatus::Closed { wait: MINUTE }, "a late reading moves nothing back");
    assert_eq!(limit.gate().status(HOUR), limit.gate().status(HOUR), "a clock that stands still");
    let back = Nanos::from_secs(60);
    assert!(limit.decide(back, 10).is_allowed(), "an hour back the clock began anew");
}

/// A thread that was held up while it opened the gate must not turn the limit back, and a time that the horizon can't hold drains nothing. Seen to
/// fail when the drain does not look at what is there.
#[test]
fn a_late_opening_gives_nothing_away() {
    let limit = Atomic::new(Gcra::new(Quota::per_second(1).burst(10)).expect("a rate"));
    assert!(limit.decide(HOUR, 10).is_allowed());
    for since in [MINUTE, Nanos::from_secs(1_000_000), Nanos::from_secs(10_000_000_000), Nanos::MAX] {
        limit.drain_since(HOUR, since);
        let Decision::Denied { retry_after } = limit.decide(HOUR, 1) else { panic!("{since}: given away") };
        assert_eq!(retry_after, Nanos::from_secs(1), "{since}");
    }
}

#[test]
fn a_gate_keeps_a_whole_set_out_and_never_hides_what_is_impossible() {
    let part = |quota| Atomic::new(Gcra::new(quota).expect("a rate"));
    let set = Set::new([part(Quota::per_second(1).burst(10)), part(Quota::per_minute(60_000))]);
    let limit = Gated::new(Gate::within_u32(Duration::from_secs(100), Duration::from_secs(1)), set);
    limit.gate().close_until(MINUTE, HOUR);
    let Decision::Denied { retry_after } = limit.decide(MINUTE, [2, 1_000]) else { panic!("closed") };
    let longest = Nanos::from_secs(102);
    assert!(
        retry_after >= longest && retry_after < Nanos::from_millis(102_001),
        "{retry_after}: the longest closing, and two of one a second"
    );
    let waits = limit.snapshot(MINUTE).map(|snapshot| (snapshot.remaining, snapshot.retry_after < Nanos::from_millis(101_001)));
    assert_eq!(waits, [(0, true); 2]);
    assert_eq!(limit.decide(MINUTE, [11, 1]), Decision::Impossible { most: 10 });
    assert_eq!(limit.decide(MINUTE.saturating_add(retry_after), [2, 1_000]), Decision::Allowed);
    limit.gate().latch(HOUR, None);
    assert_eq!(limit.decide(HOUR, [1, 1]), Decision::Denied { retry_after: Nanos::MAX });
    assert!(limit.gate().unlatch(HOUR));
}

/// Calls in flight are what they are, whatever the gate does; nobody begins one while it is shut. Seen to fail when a shut gate tells what
/// is free behind it.
#[test]
fn a_gate_stands_in_front_of_calls_in_flight() {
    let calls = Gated::new(Gate::new_u32(), Atomic::new(Concurrency::new(3)));
    let permits = [1, 2].map(|cost| Permit::try_acquire(calls.limit(), cost));
    calls.gate().close_for(HOUR, MINUTE);
    let GateStatus::Closed { wait } = calls.gate().status(HOUR) else { panic!("closed") };
    assert!(wait >= MINUTE && wait < Nanos::from_millis(60_017), "{wait} on 32 bits");
    assert_eq!(calls.decide(HOUR, 1), Decision::Denied { retry_after: Nanos::MAX }, "nobody knows when one ends");
    drop(permits);
    assert_eq!(calls.decide(HOUR, 1), Decision::Denied { retry_after: wait });
    assert_eq!((calls.snapshot(HOUR).remaining, calls.snapshot(HOUR).retry_after), (0, wait));
    assert_eq!(calls.decide(HOUR.saturating_add(wait), 3), Decision::Allowed, "as many as there were");
}

/// Seen to fail when draining takes the places that are free, and when an opening leaves the rate as it was.
#[test]
fn a_gate_stands_in_front_of_calls_in_flight_and_rates() {
    let calls = Atomic::new(Concurrency::new(8));
    let rate = Atomic::new(Gcra::new(Quota::per_second(1).burst(10)).expect("a rate"));
    let set: Set<&dyn Drain<Cost = u32>, 2> = Set::new([&calls, &rate]);
    let gated = Gated::new(Gate::new(), set);
    assert!(gated.decide(MINUTE, [1, 1]).is_allowed());
    let permit = Permit::of_taken(&calls, 1);
    gated.gate().close_until(MINUTE, HOUR);
    assert_eq!(gated.decide(MINUTE, [1, 1]), Decision::Denied { retry_after: Nanos::from_secs(3_541) });
    assert_eq!(gated.snapshot(MINUTE).map(|snapshot| snapshot.remaining), [0, 0]);
    assert_eq!(gated.peek(HOUR, [7, 0]), Decision::Allowed);
    assert_eq!(gated.snapshot(HOUR).map(|snapshot| snapshot.remaining), [7, 0], "the permits as they were, the rate empty");
    let later = Nanos::from_secs(3_602);
    assert_eq!(gated.take_up_to(later, [9, 9]), [7, 2]);
    drop(Permit::of_taken(&calls, 7));
    gated.drain(later);
    assert_eq!(gated.snapshot(later).map(|snapshot| snapshot.remaining), [7, 0]);
    drop(permit);
}

/// Seen to fail when a shut gate hides what is impossible, and when it does not name it for a reservation.
#[test]
fn a_gated_set_names_the_limit_that_refuses_and_a_shut_gate_names_none() {
    let part = |quota| Atomic::new(Gcra::new(quota).expect("a rate"));
    let set = Set::new([part(Quota::per_second(1).burst(10)), part(Quota::per_second(1).burst(2))]);
    let limit = Gated::new(Gate::new(), set);
    let second = Nanos::from_secs(1);
    limit.gate().close_for(Nanos::ZERO, second);
    let (shut, impossible) = (SetDecision::Shut { retry_after: Nanos::from_secs(3) }, SetDecision::Impossible { most: 2, limit: 1 });
    assert_eq!((limit.peek_named(Nanos::ZERO, [1, 2]), limit.decide_named(Nanos::ZERO, [1, 2])), (shut, shut));
    assert_eq!((limit.peek_named(Nanos::ZERO, [1, 3]), limit.decide_named(Nanos::ZERO, [1, 3])), (impossible, impossible));
    assert_eq!(limit.decide(Nanos::ZERO, [1, 2]), shut.into());
    assert!(matches!(limit.reserve_named(Nanos::ZERO, [1, 2], second), (Reservation::Denied { .. }, None)));
    assert!(matches!(limit.reserve_named(Nanos::ZERO, [1, 3], second), (Reservation::Impossible { most: 2 }, Some(1))));
    let open = Nanos::from_secs(3);
    assert!(limit.decide_named(open, [1, 2]).is_allowed());
    assert_eq!(limit.decide_named(open, [1, 1]), SetDecision::Denied { retry_after: second, limit: 1 });
    assert!(matches!(limit.reserve_named(open, [1, 1], Nanos::ZERO), (Reservation::Denied { .. }, Some(1))));
}

/// Seen to fail when a gate asks only its own word.
#[test]
fn a_gated_limit_is_lock_free_where_both_are() {
    type Lock = paceline::Mutex<(Gcra, u64)>;
    const FREE: [bool; 4] = [
        Gated::<Atomic<Gcra>, u64>::IS_LOCK_FREE,
        Gated::<SlidingLog<4, u32>, u32>::IS_LOCK_FREE,
        Gated::<KeyLimit<'static, Gcra<u32>, 8>, u32>::IS_LOCK_FREE,
        KeyLimit::<'static, Gcra<u32>, 8>::IS_LOCK_FREE,
    ];
    assert_eq!(FREE, [cfg!(target_has_atomic = "64"); 4]);
    assert_eq!([Gated::<Locked<Gcra, Lock>, u64>::IS_LOCK_FREE, Gated::<Set<Atomic<Gcra>, 2>, u64>::IS_LOCK_FREE], [false; 2]);
}

/// Seen to fail when whoever comes first after the gate's time clears its word at once.
#[test]
fn a_late_reading_finds_the_gate_shut_that_others_have_passed() {
    let limit = Gated::new(Gate::new(), Atomic::new(Gcra::new(Quota::per_second(1_000).burst(10)).expect("a rate")));
    let at = Nanos::from_millis;
    limit.gate().close_until(at(1_000), at(60_000));
    assert!(limit.peek(at(60_010), 10).is_allowed(), "all has come back");
    assert_eq!(limit.decide(at(59_900), 10), Decision::Denied { retry_after: at(110) });
    assert_eq!(limit.gate().status(at(59_900)), GateStatus::Closed { wait: at(100) });
    assert!(limit.decide(at(60_010), 10).is_allowed());
}

/// Seen to fail when a charge does not look at the gate.
#[test]
fn a_charge_comes_on_top_of_what_an_opening_drained() {
    for looks in [false, true] {
        let limit = Gated::new(Gate::new(), Atomic::new(Gcra::new(Quota::per_second(1).burst(10)).expect("a rate")));
        let opened = Nanos::from_secs(61);
        limit.gate().close_for(Nanos::ZERO, Nanos::from_secs(60));
        assert!(!looks || limit.peek(opened, 1).is_allowed());
        assert_eq!(limit.charge(opened, 5), 5);
        assert_eq!(limit.snapshot(opened).reset_after, Nanos::from_secs(14));
    }
}
