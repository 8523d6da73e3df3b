//! What was seen to go wrong in other limiters, each as a test of this one.

use paceline_core::{Atomic, CarryOver, Decision, Gcra, Limit, Limiter, ManualClock, NamedLimit, Nanos, Quota, Set, SetDecision};
use paceline_tests::gcra::end_of_backlog;

fn limit(quota: Quota) -> Atomic<Gcra> {
    Atomic::new(Gcra::new(quota).expect("a rate"))
}

/// governor 0.10.4 multiplies unchecked: with this quota a cost of 213,505 passes again and again.
#[test]
fn a_cost_whose_time_overflows_is_impossible() {
    let limit = limit(Quota::per_day(1).burst(100_000));
    for cost in [100_001, 213_505, u32::MAX] {
        assert_eq!(limit.decide(Nanos::ZERO, cost), Decision::Impossible { most: 100_000 });
    }
    assert_eq!(limit.decide(Nanos::ZERO, 100_000), Decision::Allowed);
    assert_eq!(limit.decide(Nanos::ZERO, 1), Decision::Denied { retry_after: Nanos::from_secs(86_400) });
}

/// governor 0.10.4 cuts the period to whole nanoseconds and lets 1,000 million a second pass here.
#[test]
fn six_hundred_million_a_second_is_not_a_thousand() {
    let quota = Quota::per_second(600_000_000).burst(1);
    let end = end_of_backlog(&Gcra::new(quota).expect("a rate"), 600_001, 1);
    assert!(end >= Nanos::from_millis(1), "600,000 calls took {end}");
}

/// ratelimit 2.0 loses up to half of the tokens of a slow rate when it is polled often.
#[test]
fn polling_often_loses_nothing() {
    let limit = limit(Quota::per_second(3).burst(1));
    let admitted = (0..=10_000).filter(|&ms| limit.decide(Nanos::from_millis(ms), 1).is_allowed()).count();
    assert_eq!(admitted, 30, "in 10 s of polling each millisecond");
}

/// Go's `x/time/rate` lets a caller with an old reading turn the limiter's clock back, which pays the time in between twice.
#[test]
fn a_late_caller_does_not_turn_time_back() {
    let limit = limit(Quota::per_second(1_000).burst(10));
    let (early, now) = (Nanos::from_millis(10_000), Nanos::from_millis(10_500));
    assert!(limit.decide(now, 10).is_allowed());
    assert!(!limit.decide(early, 1).is_allowed());
    assert_eq!(limit.decide(now, 1), Decision::Denied { retry_after: Nanos::from_millis(1) });
}

/// governor and ratelimit refuse everything for an hour when the clock steps back by one.
#[test]
fn a_clock_that_steps_back_an_hour_costs_a_burst_and_no_hour() {
    let clock = ManualClock::new(Nanos::from_secs(7_200));
    let limiter = Limiter::new(limit(Quota::per_second(10)), &clock);
    assert!(limiter.try_acquire(10).is_allowed());
    clock.set(Nanos::from_secs(3_600));
    assert!(limiter.try_acquire(10).is_allowed(), "the jump is taken for a new clock");
    assert!(!limiter.try_acquire(1).is_allowed(), "one extra burst, not two");
}

/// A jump within the tolerated skew is waited for, and not longer than it was.
#[test]
fn a_clock_that_steps_back_a_little_is_waited_for() {
    let clock = ManualClock::new(Nanos::from_secs(7_200));
    let limiter = Limiter::new(limit(Quota::per_second(10)), &clock);
    assert!(limiter.try_acquire(10).is_allowed());
    clock.set(Nanos::from_millis(7_199_500));
    assert_eq!(limiter.try_acquire(10), Decision::Denied { retry_after: Nanos::from_millis(1_500) });
}

/// .NET, Envoy and users of governor chain limits, and spend the first when the second refuses.
#[test]
fn a_refused_set_has_spent_nothing() {
    let (requests, tokens) = (limit(Quota::per_minute(10)), limit(Quota::per_minute(1_000)));
    let set = Set::new([&requests, &tokens]);
    assert!(set.decide_named(Nanos::ZERO, [1, 1_000]).is_allowed());
    for _ in 0..100 {
        assert!(matches!(set.decide_named(Nanos::ZERO, [1, 1]), SetDecision::Denied { limit: 1, .. }));
    }
    assert!(requests.decide(Nanos::ZERO, 9).is_allowed(), "ninety-nine refusals later");
}

/// tower_governor answers `retry-after: 0` to a call that it refuses.
#[test]
fn no_refusal_asks_for_no_wait() {
    let limit = limit(Quota::per_second(1_000_000_000).burst(1));
    assert!(limit.decide(Nanos(7), 1).is_allowed());
    assert_eq!(limit.decide(Nanos(7), 1), Decision::Denied { retry_after: Nanos(1) });
}

/// A change of governor's quota can refuse everything for an hour; ratelimit's `set_rate` pays the whole past at the new rate.
#[test]
fn a_new_quota_settles_the_past_at_the_old_rate() {
    let hourly = |limit| Gcra::new(Quota::per_hour(limit)).expect("a rate");
    let mut limit = Atomic::new(hourly(1));
    assert!(limit.decide(Nanos::ZERO, 1).is_allowed());
    let half_past = Nanos::from_secs(1_800);
    limit.set_quota(half_past, hourly(3_600), CarryOver::Proportional);
    assert_eq!(limit.snapshot(half_past).remaining, 1_800, "half an hour earned half of the burst, and no more");
    limit.set_quota(half_past, hourly(1), CarryOver::AsIs);
    assert_eq!(limit.snapshot(half_past).retry_after, Nanos::ZERO, "what remained remains, as far as the new burst holds it");
}
