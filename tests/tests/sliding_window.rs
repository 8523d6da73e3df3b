//! The two-counter window on its words: the laws, every verb against exact arithmetic, and what it says of itself.

use paceline_core::{Atomic, Decision, Drain as _, Horizon, Limit, Nanos, Quota, QuotaError, SlidingWindow};
use paceline_tests::laws;
use paceline_tests::sliding_window::{case, check_against_oracle, fuzz, ops, quotas};
use proptest::prelude::*;

laws!(on_64_bits, quotas().prop_map(|quota| case(quota, SlidingWindow::new(quota).expect("a limit that fits"))));
laws!(on_32_bits, quotas().prop_map(|quota| case(quota, SlidingWindow::new_u32(quota).expect("a limit that fits"))));

proptest! {
    /// Seen to fail when the share of the window before is rounded down, when a late reading counts in its own window, and when `undo`
    /// takes from the window before alone; and when what is saved is rounded down.
    #[test]
    fn every_verb_is_exact(quota in quotas(), ops in ops()) {
        check_against_oracle(quota, &ops, SlidingWindow::new, SlidingWindow::within);
    }

    #[test]
    fn every_verb_is_exact_on_32_bits(quota in quotas(), ops in ops()) {
        check_against_oracle(quota, &ops, SlidingWindow::new_u32, SlidingWindow::within_u32);
    }

    /// What the fuzz target does, on stable Rust.
    #[test]
    fn every_verb_is_exact_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 16..512)) {
        fuzz(&bytes);
    }

    /// For a queue of larger costs the forecast is the least.
    #[test]
    fn no_queue_is_faster_than_foretold(quota in quotas(), costs in prop::collection::vec(1u32..200, 1..10)) {
        let limit = Atomic::new(SlidingWindow::new(quota).expect("a limit that fits"));
        let costs: Vec<u32> = costs.iter().map(|cost| cost % quota.limit() + 1).collect();
        let (start, mut queued) = (Nanos::from_secs(1), 0);
        let foretold: Vec<_> = costs.iter().map(|&cost| {
            let wait = limit.wait_behind(start, queued, cost);
            queued += u64::from(cost);
            start.saturating_add(wait)
        }).collect();
        let mut now = start;
        for (cost, foretold) in costs.into_iter().zip(foretold) {
            if let Decision::Denied { retry_after } = limit.decide(now, cost) {
                now = now.saturating_add(retry_after);
                prop_assert!(limit.decide(now, cost).is_allowed());
            }
            prop_assert!(foretold <= now, "{foretold} told, {now} come");
        }
    }
}

fn per_minute(limit: u32) -> Atomic<SlidingWindow> {
    Atomic::new(SlidingWindow::new(Quota::per_minute(limit)).expect("a limit that fits"))
}

/// What it says of itself: the whole limit at the end of one window, and most of it again in the next, within little more than half a
/// minute.
#[test]
fn nearly_twice_the_limit_passes_in_a_trailing_window() {
    let limit = per_minute(100);
    assert!(limit.decide(Nanos::from_secs(59), 100).is_allowed());
    let admitted = (60..119).filter(|&at| limit.decide(Nanos::from_secs(at), 1).is_allowed()).count();
    let last = limit.decide(Nanos(118_999_999_999), 39);
    assert!(last.is_allowed());
    assert_eq!(admitted + 39 + 100, 197, "in the 60 s from 59 on");
}

/// What is given back long after it was taken is nothing, and wipes out nothing that others have taken since.
#[test]
fn an_undo_long_after_changes_nothing() {
    let limit = per_minute(10);
    assert!(limit.decide(Nanos::ZERO, 1).is_allowed());
    let later = Nanos::from_secs(600);
    assert!(limit.decide(later, 10).is_allowed());
    limit.undo(Nanos::ZERO, 1);
    assert!(!limit.decide(later, 1).is_allowed());
}

/// Callers in line: one less than the limit in each window, as the docs say, and with a limit of 1 one call in every other.
#[test]
fn the_pace_of_a_queue() {
    assert_eq!(per_minute(100).wait_behind(Nanos::ZERO, 100 + 99 * 1_000_000 - 1, 1).0.div_ceil(60_000_000_000), 1_000_001);
    assert_eq!(per_minute(1).wait_behind(Nanos::ZERO, 1_000, 1), Nanos::from_secs(120 * 1_000));
}

/// Of the window before, all counts; of one before that, nothing does. Seen to fail when the drain takes from the window that has begun
/// since.
#[test]
fn a_late_drain_counts_in_its_window() {
    let now = Nanos::from_secs(150);
    for (since, left) in [(150, 0), (119, 2), (60, 2), (59, 7)] {
        let limit = per_minute(10);
        assert!(limit.decide(now, 3).is_allowed());
        limit.drain_since(now, Nanos::from_secs(since));
        assert_eq!(limit.snapshot(now).remaining, left, "nothing left at {since} s");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_value() {
    let per_minute = Quota::per_minute;
    assert!(SlidingWindow::new(per_minute((1 << 30) - 1)).is_ok());
    assert_eq!(SlidingWindow::new(per_minute(1 << 30)).err(), Some(QuotaError::LimitTooLarge { limit: 1 << 30, most: (1 << 30) - 1 }));
    assert!(SlidingWindow::new_u32(per_minute(16_383)).is_ok());
    let error = SlidingWindow::new_u32(per_minute(16_384)).err();
    assert_eq!(error, Some(QuotaError::LimitTooLarge { limit: 16_384, most: 16_383 }));
    assert_eq!(
        error.map(|error| error.to_string()).as_deref(),
        Some("the limit is 16384, and the word counts to 16383: lower it, take a wider word or another algorithm")
    );
    assert_eq!(SlidingWindow::new(per_minute(20).burst(1)).err(), Some(QuotaError::BurstOfWindow { burst: 1, limit: 20 }));
    assert_eq!(SlidingWindow::new(per_minute(0)).err(), Some(QuotaError::ZeroLimit));
    let indebted = Horizon::of(per_minute(16_383)).debt(1);
    assert!(matches!(SlidingWindow::within_u32(per_minute(16_383), indebted), Err(QuotaError::HorizonTooLong { .. })));
}
