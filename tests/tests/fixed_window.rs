//! The fixed window on its words: the laws, every verb against exact arithmetic, and calendars.

use paceline_core::{Atomic, CarryOver, Charge, Decision, FixedWindow, Horizon, Limit, Nanos, Quota, QuotaError};
use paceline_tests::fixed_window::{case, check_against_oracle, fuzz, quotas};
use paceline_tests::laws;
use paceline_tests::verbs::{Op, ops};
use proptest::prelude::*;

laws!(on_64_bits, quotas().prop_map(|quota| case(quota, FixedWindow::new(quota).expect("it fits"))));
laws!(on_32_bits, quotas().prop_map(|quota| case(quota, FixedWindow::new_u32(quota).expect("it fits"))));

proptest! {
    /// Seen to fail when a reservation is counted on from the window before, when a refund is given to the next window, and when a late
    /// reading is counted in its own window; and when a saved state leaves out how far ahead it is.
    #[test]
    fn every_verb_answers_as_the_exact_counter(quota in quotas(), ops in ops()) {
        check_against_oracle(quota, &ops);
    }

    /// Promise 1 at the end too, with charges, which the calls before did not see.
    #[test]
    fn never_above_the_limit_in_a_window(quota in quotas(), mut ops in ops()) {
        ops.retain(Op::only_takes);
        check_against_oracle(quota, &ops);
    }

    /// What the fuzz target does, on stable Rust.
    #[test]
    fn every_verb_answers_as_the_exact_counter_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 16..512)) {
        fuzz(&bytes);
    }
}

fn hours(hours: u64) -> Nanos {
    Nanos::from_secs(hours * 3_600)
}

/// A daily limit that resets at midnight Pacific time, over the last Sunday of summer time: that window has 25 hours.
#[test]
fn a_day_of_a_calendar_may_have_25_hours() {
    let daily = FixedWindow::new(Quota::per_day(200)).expect("it fits");
    let mut limit = Atomic::new(daily.phase(hours(7)));
    let midnight = Nanos(20_394 * 86_400_000_000_000 + 7 * 3_600_000_000_000); // 2025-11-02, 00:00 in California
    assert!(limit.decide(midnight.saturating_sub(Nanos(1)), 200).is_allowed(), "the day before");
    assert!(limit.decide(midnight, 150).is_allowed());
    let change = midnight.saturating_add(hours(2));
    limit.set_quota(change, daily.phase(hours(8)), CarryOver::AsIs);
    assert_eq!(limit.snapshot(change).remaining, 50);
    assert_eq!(limit.decide(change, 51), Decision::Denied { retry_after: hours(23) });
    assert!(limit.decide(midnight.saturating_add(hours(25)), 200).is_allowed());
}

/// A server's counter that has passed its limit is set to zero all the same.
#[test]
fn a_charge_beyond_the_limit_is_forgotten_with_its_window() {
    let limit = Atomic::new(FixedWindow::new(Quota::per_minute(10)).expect("it fits"));
    assert!(limit.decide(Nanos::ZERO, 8).is_allowed());
    assert_eq!(limit.charge(Nanos::ZERO, 100), 2, "what fits is counted");
    assert_eq!(limit.decide(Nanos::ZERO, 1), Decision::Denied { retry_after: Nanos::from_secs(60) });
    assert!(limit.decide(Nanos::from_secs(60), 10).is_allowed());
}

/// Seen to fail: the count of a full word, told as too long a horizon; a burst that is taken and not kept.
#[test]
fn what_does_not_fit_is_refused_with_its_value() {
    const MOST: u32 = (1 << 31) - 1;
    let quota = Quota::per_second(u32::MAX);
    assert_eq!(FixedWindow::new_u32(quota), Err(QuotaError::LimitTooLarge { limit: u32::MAX, most: MOST }));
    assert_eq!(FixedWindow::new_u32(Quota::per_second(MOST)).map(|counter| counter.limit()), Ok(MOST));
    assert_eq!(FixedWindow::new(Quota::per_minute(20).burst(1)), Err(QuotaError::BurstOfWindow { burst: 1, limit: 20 }));
    let patient = Horizon::of(quota).patience(std::time::Duration::from_secs(100_000));
    assert!(matches!(FixedWindow::within(quota, patient), Err(QuotaError::HorizonTooLong { burst: u32::MAX, .. })));
    let limit = Atomic::new(FixedWindow::new(quota).expect("it fits 64 bits"));
    assert!(limit.decide(Nanos::ZERO, u32::MAX).is_allowed());
    assert_eq!(limit.decide(Nanos(999_999_999), 1), Decision::Denied { retry_after: Nanos(1) });
}
