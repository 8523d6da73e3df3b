//! The lock-free log against its definition: never more than N in any window, and no less.

use core::time::Duration;

use paceline_core::{AtomicWord, Decision, Drain, Gate, Gated, Horizon, Limit, Nanos, Quota, QuotaError, Set, SlidingLog};
use paceline_tests::laws;
use paceline_tests::laws::Case;
use paceline_tests::replayed::Replayed;
use paceline_tests::sliding_log::{check_on_32_bits, check_on_64_bits, fuzz, ops, windows};
use proptest::prelude::*;

/// What the laws have to know of a log of `window`.
fn case<const N: usize, W: AtomicWord>(window: u64, new: fn(Duration) -> SlidingLog<N, W>) -> Case<Replayed<SlidingLog<N, W>>> {
    let (window, full) = (Duration::from_nanos(window), Nanos(window));
    let log = new(window);
    let algorithm = Replayed { window, new, is_idle: SlidingLog::forget_idle };
    Case { algorithm, burst: N as u32, largest_in_line: 1, full, memory: log.memory(), skew: log.skew(), tick: Nanos(1) }
}

laws!(of_one_call_on_64_bits, windows().prop_map(|window| case(window, log::<1>)), no word);
laws!(of_one_call_on_32_bits, windows().prop_map(|window| case(window, short_log::<1>)), no word);
// Seen to fail when all is there again once the last place is free.
laws!(of_four_calls_on_64_bits, windows().prop_map(|window| case(window, log::<4>)), no word);
laws!(of_four_calls_on_32_bits, windows().prop_map(|window| case(window, short_log::<4>)), no word);

proptest! {
    /// Seen to fail when a drain leaves what is free, when a late one counts from now, and when what is ahead is so without a horizon.
    #[test]
    fn never_more_than_n_in_any_window_and_no_less(window in windows(), ops in ops()) {
        check_on_64_bits::<1>(window, &ops);
        check_on_64_bits::<4>(window, &ops);
    }

    #[test]
    fn nor_on_32_bits(window in windows(), ops in ops()) {
        check_on_32_bits::<1>(window, &ops);
        check_on_32_bits::<4>(window, &ops);
    }

    /// What the fuzz target does, on stable Rust.
    #[test]
    fn nor_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 8..512)) {
        fuzz(&bytes);
    }
}

const SECOND: Duration = Duration::from_secs(1);

fn log<const N: usize>(window: Duration) -> SlidingLog<N, u64> {
    SlidingLog::new(window).expect("a window that fits")
}

fn short_log<const N: usize>(window: Duration) -> SlidingLog<N, u32> {
    SlidingLog::new_u32(window).expect("a window that fits")
}

#[test]
fn a_clock_that_stands_still_admits_n() {
    let log = log::<5>(SECOND);
    assert_eq!((0..100).filter(|_| log.decide(Nanos(7), 1).is_allowed()).count(), 5);
}

/// Promise 1.
#[test]
fn a_clock_that_steps_back_an_hour_costs_n_and_no_hour() {
    let (now, hour_before) = (Nanos::from_secs(7_200), Nanos::from_secs(3_600));
    let log = log::<3>(SECOND);
    assert_eq!(log.take_up_to(now, 9), 3);
    assert_eq!(
        log.decide(Nanos::from_millis(7_199_500), 1),
        Decision::Denied { retry_after: Nanos::from_millis(1_500) },
        "within the skew"
    );
    assert_eq!(log.take_up_to(hour_before, 9), 3, "the jump is taken for a new clock");
    assert_eq!(log.decide(hour_before, 1), Decision::Denied { retry_after: Nanos::from_secs(1) });
}

/// Where two limits see the same calls, what one refuses costs the other nothing.
#[test]
fn it_stands_in_a_set() {
    let (calls, tokens) = (log::<2>(SECOND), log::<1>(SECOND));
    let set: Set<&dyn Limit<Cost = u32>, 2> = Set::new([&calls, &tokens]);
    assert!(set.decide(Nanos::ZERO, [1, 1]).is_allowed());
    assert!(!set.decide(Nanos(5), [1, 1]).is_allowed());
    assert!(calls.decide(Nanos(5), 1).is_allowed());
    set.undo(Nanos::ZERO, [1, 1]);
    assert!(set.decide(Nanos(5), [1, 1]).is_allowed());
}

/// Seen to fail when `forget_idle` does nothing: then 1,000 windows later an idle place is a busy one.
#[test]
fn a_short_word_that_is_told_to_forget_takes_no_idle_place_for_a_busy_one() {
    let log = SlidingLog::<2, u32>::new_u32(SECOND).expect("a window that fits");
    assert!(log.memory() > Nanos::from_secs(500) && log.skew() >= Nanos::from_secs(1), "{}", log.memory());
    log.drain(Nanos::from_secs(10));
    let mut now = Nanos::from_secs(20);
    assert!(log.forget_idle(now));
    for _ in 0..10_000 {
        now = now.saturating_add(Nanos::from_millis(777));
        assert!(log.peek(now, 1).is_allowed(), "{now}");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_value() {
    assert_eq!(SlidingLog::<0, u64>::new(SECOND).map(|_| ()), Err(QuotaError::ZeroLimit));
    assert_eq!(SlidingLog::<1, u64>::new(Duration::ZERO).map(|_| ()), Err(QuotaError::ZeroPeriod));
    let centuries = Duration::from_secs(9_000_000_000);
    assert!(matches!(SlidingLog::<1, u64>::new(centuries), Err(QuotaError::HorizonTooLong { burst: 1, .. })));
    // On a short word a place would come round before it is seen to be idle.
    let late = Horizon::of(Quota::new(1, SECOND)).skew(Duration::from_secs(800));
    assert!(matches!(SlidingLog::<1, u32>::within_u32(SECOND, late), Err(QuotaError::HorizonTooLong { .. })));
    let horizon = Horizon::of(Quota::new(1, centuries)).debt(0);
    assert!(SlidingLog::<1, u64>::within(centuries, horizon).is_ok());
}

/// A limit in a `static`.
#[test]
fn it_is_const() {
    static LOG: SlidingLog<2, u64> = match SlidingLog::new(SECOND) {
        Ok(log) => log,
        Err(_) => panic!("a second fits"),
    };
    assert_eq!(LOG.take_up_to(Nanos::ZERO, 9), 2);
}

/// A gate opens on a log in which nothing is left, and what had been taken before still counts from when it was taken.
/// Seen to fail when `drain_since` leaves free places free, and when it moves those that are taken.
#[test]
fn a_gate_opens_on_a_log_without_a_place() {
    let gated = Gated::new(Gate::<u64>::new(), log::<3>(Duration::from_secs(10)));
    assert!(gated.decide(Nanos::from_secs(100), 1).is_allowed());
    gated.gate().close_until(Nanos::from_secs(100), Nanos::from_secs(105));
    let wait = Nanos::from_secs(10);
    assert_eq!(gated.decide(Nanos::from_secs(100), 1), Decision::Denied { retry_after: wait }, "the place of the first call");
    assert_eq!(gated.decide(Nanos::from_secs(105), 1), Decision::Denied { retry_after: Nanos::from_secs(5) });
    let snapshot = gated.snapshot(Nanos::from_secs(105));
    assert_eq!((snapshot.remaining, snapshot.reset_after), (0, wait), "the places that were free at the opening");
    assert!(gated.decide(Nanos::from_secs(110), 1).is_allowed());
    assert_eq!(gated.decide(Nanos::from_secs(110), 1), Decision::Denied { retry_after: Nanos::from_secs(5) });
    assert!(gated.decide(Nanos::from_secs(115), 1).is_allowed() && gated.decide(Nanos::from_secs(115), 1).is_allowed());
}

proptest! {
    /// However long a gate is shut, and however long nobody comes, the time of a place on a short word is not taken for one to come.
    /// Seen to fail when the opening looks at places from its own time, and when an opening of which all has come back still drains.
    #[test]
    fn a_short_log_behind_a_gate_is_as_a_long_one(steps in prop::collection::vec((0u64..3, 0u64..5_000_000, 0u64..60), 1..40)) {
        let window = Duration::from_millis(3);
        let long = Gated::new(Gate::<u64>::new(), log::<3>(window));
        let short = Gated::new(Gate::<u64>::new(), SlidingLog::<3, u32>::new_u32(window).expect("a window that fits"));
        let mut now = Nanos::from_secs(100);
        for (verb, span, times) in steps {
            let span = Nanos(span * if times > 50 { 2_000 } else { 1 });
            match verb {
                0 => prop_assert_eq!(long.decide(now, 1), short.decide(now, 1)),
                1 => [long.gate(), short.gate()].iter().for_each(|gate| gate.close_for(now, span)),
                _ => {
                    for part in 0..8 {
                        now = now.saturating_add(Nanos((span.0 + part) / 8));
                        short.limit().forget_idle(now);
                    }
                }
            }
            prop_assert_eq!(long.snapshot(now), short.snapshot(now));
        }
    }
}

/// What others took of a shared log after a gate's time stays taken when the gate opens at last, however far from that time it lies.
/// Seen to fail when `drain_since` moves an end back.
#[test]
fn a_late_opening_forgets_no_call() {
    let window = Duration::from_secs(10);
    let log: SlidingLog<1, u64> = SlidingLog::within(window, Horizon::of(Quota::new(1, window)).debt(0)).expect("a window that fits");
    let gated = Gated::new(Gate::<u64>::new(), &log);
    gated.gate().close_until(Nanos::ZERO, Nanos::from_secs(5));
    assert!(log.decide(Nanos::from_secs(14), 1).is_allowed());
    for second in [14, 15, 23] {
        assert!(!gated.decide(Nanos::from_secs(second), 1).is_allowed(), "{second} s is in the window of the call at 14 s");
    }
    assert!(gated.decide(Nanos::from_secs(24), 1).is_allowed());
}
