//! The log of any cost against its definition, in a ring that may fill.

use core::time::Duration;

use paceline_core::{
    Algorithm, CarryOver, CostLog, Decision, Logged, Nanos, Ring,
    algorithm::{Empty as _, Reconfigure as _},
};
use paceline_tests::cost_log::{check_against_oracle, fuzz, ops};
use paceline_tests::{laws, laws::Case};
use proptest::prelude::*;

/// A log of a limit in a window, with room for all that the laws ask for.
fn case(limit: u32, window: u64) -> Case<CostLog<Ring<64>>> {
    let (algorithm, full) = (CostLog::new(limit, Duration::from_nanos(window)), Nanos(window));
    Case { algorithm, burst: limit, largest_in_line: 1, full, memory: Nanos::MAX, skew: Nanos::from_secs(1), tick: Nanos(1) }
}

laws!(of_any_cost, (1u32..1_000, prop_oneof![1u64..50, 1u64..1 << 50]).prop_map(|(limit, window)| case(limit, window)), no word);

proptest! {
    /// Seen to fail when a full ring refuses nothing, when `undo` forgets what was admitted last, when `undo` leaves the sum alone, when a
    /// drain leaves one, and when who waits behind a late drain is told when the first leaves.
    #[test]
    fn never_above_the_limit_in_any_window_and_no_less(limit in 0u32..12, window in prop_oneof![0u64..40, 0u64..1 << 50], ops in ops()) {
        check_against_oracle::<1>(limit, window, &ops);
        check_against_oracle::<3>(limit, window, &ops);
        check_against_oracle::<20>(limit, window, &ops);
    }

    /// What the fuzz target does, on stable Rust.
    #[test]
    fn nor_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 10..512)) {
        fuzz(&bytes);
    }

    /// Seen to fail when the drained cost comes after what was admitted since, when it is counted although all of it has come back, and
    /// when a full ring drops it.
    #[test]
    fn a_late_drain_counts_from_its_time(calls in prop::collection::vec((0u64..60, 1u32..8), 0..12), back in 0u64..250, limit in 1u32..12) {
        let (roomy, now) = drained::<20>(&calls, back, limit);
        let (full, _) = drained::<3>(&calls, back, limit);
        for later in 0..2 * WINDOW {
            let (roomy, full) = (roomy(now + later), full(now + later));
            prop_assert_eq!(roomy.0, roomy.1, "{} later", later);
            prop_assert!(full.0 <= full.1, "{} later: {:?}", later, full);
        }
    }

    /// Calls stay where they are, and count against the new numbers: beside all calls that were ever made, exactly, once a longer window
    /// knows all of its calls. Seen to fail when a longer window knows no more than it remembers, when that is put at the time of the
    /// change, and when the change begins anew.
    #[test]
    fn changed_numbers_count_what_was_admitted(calls in prop::collection::vec((0u64..60, 1u32..8), 0..30), old in numbers(), new in numbers()) {
        let (before, after) = (log(old), log(new));
        let (mut state, mut now, mut all) = (Logged::default(), 1_000, Vec::new());
        let (first, rest) = calls.split_at(calls.len() / 2);
        for &(gap, cost) in first {
            now += gap;
            if before.step(&mut state, Nanos(now), cost).is_allowed() {
                all.push((now, cost));
            }
        }
        let known = now + new.1.saturating_sub(old.1);
        state = before.carry_over(&state, Nanos(now), &after, CarryOver::AsIs);
        for &(gap, cost) in rest {
            now += gap;
            let held: u32 = all.iter().filter(|&&(call, _)| call + new.1 > now).map(|&(_, cost)| cost).sum();
            let admitted = after.step(&mut state, Nanos(now), cost).is_allowed();
            prop_assert_eq!(admitted, now >= known && held + cost <= new.0, "{} at {}", cost, now);
            if admitted {
                all.push((now, cost));
            }
        }
    }

    #[test]
    fn no_value_makes_it_panic(limit: u32, window: u64, calls in prop::collection::vec((any::<u64>(), any::<u32>(), any::<u64>()), 0..20)) {
        let log = CostLog::<Ring<4>>::new(limit, Duration::from_nanos(window));
        let mut state = Logged::default();
        for (now, cost, queued) in calls {
            let (now, before) = (Nanos(now), state.clone());
            let decided = log.step(&mut state, now, cost);
            prop_assert_eq!(matches!(decided, Decision::Impossible { most } if most == limit), cost > limit);
            prop_assert!(decided.is_allowed() || state == before, "a refusal wrote");
            let _ = (log.wait_behind(&state, now, queued, cost), log.snapshot(&state, now));
            log.undo(&mut state, now, cost);
        }
    }
}

/// A limit and a window.
fn numbers() -> impl Strategy<Value = (u32, u64)> {
    (1u32..20, 1u64..200)
}

fn log((limit, window): (u32, u64)) -> CostLog<Ring<64>> {
    CostLog::new(limit, Duration::from_nanos(window))
}

const WINDOW: u64 = 100;

/// A log that made `calls` and was then told that nothing was left so long ago: what remains of it at a time, and by its definition; and
/// when that was.
fn drained<const N: usize>(calls: &[(u64, u32)], back: u64, limit: u32) -> (impl Fn(u64) -> (u32, u32), u64) {
    let log = CostLog::<Ring<N>>::new(limit, Duration::from_nanos(WINDOW));
    let (mut state, mut now, mut counted) = (Logged::default(), 1_000, Vec::new());
    for &(gap, cost) in calls {
        now += gap;
        if log.step(&mut state, Nanos(now), cost).is_allowed() {
            counted.retain(|&(call, _)| call + WINDOW > now); // the others are forgotten
            counted.push((now, cost));
        }
    }
    let since = now - back;
    let held = |calls: &[(u64, u32)], at: u64| -> u32 {
        calls.iter().filter(|&&(call, _)| call <= at && call + WINDOW > at).map(|&(_, cost)| cost).sum()
    };
    let taken = limit.saturating_sub(held(&counted, since));
    let counts = since + WINDOW > now && taken > 0;
    assert_eq!(log.drain_since(&mut state, Nanos(now), Nanos(since)), counts);
    if counts {
        counted.push((since, taken));
    }
    (move |at| (log.snapshot(&state, Nanos(at)).remaining, limit.saturating_sub(held(&counted, at))), now)
}

/// What was forgotten for a call that was undone is not forgotten for a reading that is late. Seen to fail when the newest admission is
/// that at the end of the queue.
#[test]
fn an_undone_call_admits_nothing_to_a_late_one() {
    let log = CostLog::<Ring<4>>::new(1, Duration::from_nanos(10));
    let mut state = Logged::default();
    assert!(log.step(&mut state, Nanos(100), 1).is_allowed());
    assert!(log.step(&mut state, Nanos(112), 1).is_allowed());
    log.undo(&mut state, Nanos(112), 1);
    let late = log.step(&mut state, Nanos(105), 1);
    assert!(late.is_allowed(), "it counts as of 112");
    assert_eq!(log.step(&mut state, Nanos(112), 1), Decision::Denied { retry_after: Nanos(10) });
}

/// What a drain that is told late leaves above the limit makes no room when it goes. Seen to fail when the first to leave is waited for.
#[test]
fn a_wait_behind_a_late_drain_is_long_enough() {
    let log = CostLog::<Ring<4>>::new(1, Duration::from_nanos(10));
    let mut state = Logged::default();
    assert!(log.step(&mut state, Nanos(100), 1).is_allowed());
    log.drain(&mut state, Nanos(99));
    assert_eq!(log.wait_behind(&state, Nanos(99), 0, 1), Nanos(11), "until the call at 100 has left");
}

/// What a late caller is admitted counts from the newest admission's time, so who waits behind him waits for a window from then. Seen to
/// fail when it was one from the late reading.
#[test]
fn a_late_wait_behind_others_is_long_enough() {
    let log = CostLog::<Ring<16>>::new(10, Duration::from_secs(10));
    let (mut state, late) = (Logged::default(), Nanos::from_millis(1_600));
    assert!(log.step(&mut state, Nanos::from_secs(2), 4).is_allowed());
    let then = late.saturating_add(log.wait_behind(&state, late, 10, 1));
    assert!(log.step(&mut state, late, 6).is_allowed());
    assert!(log.step(&mut state, then, 4).is_allowed());
    assert!(log.step(&mut state, then, 1).is_allowed(), "{then} is too early");
}

/// Seen to fail where the end of a window is reckoned, which stops at the end of time.
#[test]
fn a_clock_that_stands_at_the_end_of_time_admits_the_limit_once() {
    let log = CostLog::<Ring<16>>::new(10, Duration::from_secs(10));
    let mut logged = Logged::default();
    assert!(log.step(&mut logged, Nanos::MAX, 10).is_allowed());
    assert!(matches!(log.step(&mut logged, Nanos::MAX, 1), Decision::Denied { .. }));
}

/// Where more counts than the limit, the forecast waits for that to leave, too: after a late drain, and under a lower limit. Seen to fail
/// when the first call that leaves made room at once.
#[test]
fn what_is_above_the_limit_is_waited_for() {
    let log = CostLog::<Ring<16>>::new(10, Duration::from_nanos(100));
    let mut state = Logged::default();
    assert!(log.step(&mut state, Nanos(1_000), 5).is_allowed());
    assert!(log.step(&mut state, Nanos(1_040), 5).is_allowed());
    let lower = CostLog::new(7, Duration::from_nanos(100));
    let lowered = log.carry_over(&state, Nanos(1_050), &lower, CarryOver::AsIs);
    assert_eq!(lower.wait_behind(&lowered, Nanos(1_050), 0, 2), Nanos(50), "3 of the 5 are above it");
    assert_eq!(lower.wait_behind(&lowered, Nanos(1_050), 2, 1), Nanos(90));
    assert!(log.drain_since(&mut state, Nanos(1_050), Nanos(1_020)));
    assert_eq!(log.snapshot(&state, Nanos(1_050)).retry_after, Nanos(70));
    assert_eq!(log.wait_behind(&state, Nanos(1_050), 0, 1), Nanos(70));
}
