//! Backoff against its definition in plain arithmetic, and its budget.

use std::time::Duration;

use paceline_core::{Atomic, Backoff, Clock as _, Failure, Gcra, GiveUp, Limiter, ManualClock, Nanos, Quota, Retry};
use proptest::prelude::*;

/// A policy as its parameters, with the definition that it is held against.
#[derive(Clone, Copy, Debug)]
struct Policy {
    first: u64,
    cap: u64,
    doublings: u32,
    percent: u32,
}

impl Policy {
    fn backoff(self) -> Backoff {
        let backoff = Backoff::new(Duration::from_nanos(self.first), Duration::from_nanos(self.cap));
        backoff.doublings(self.doublings).jitter_percent(self.percent)
    }

    fn delay(self, attempts: u32) -> u128 {
        let mut delay = u128::from(self.first).min(self.cap.into());
        for _ in 1..attempts {
            delay = (0..self.doublings.min(64)).fold(delay, |delay, _| (delay * 2).min(self.cap.into()));
        }
        delay
    }

    fn floor(self, failure: &Failure) -> u128 {
        self.delay(failure.attempts).max(failure.retry_after.map_or(0, |stated| stated.as_nanos()))
    }

    fn spread(self, attempts: u32) -> u128 {
        (self.delay(attempts) * u128::from(self.percent) / 100).max(self.delay(1))
    }
}

fn nanos() -> impl Strategy<Value = u64> {
    prop_oneof![0u64..1_000, 0u64..100_000_000_000, any::<u64>()]
}

fn policies() -> impl Strategy<Value = Policy> {
    let percent = prop_oneof![0u32..400, any::<u32>()];
    let doublings = prop_oneof![0u32..4, any::<u32>()];
    (nanos(), nanos(), doublings, percent).prop_map(|(a, b, doublings, percent)| Policy {
        first: a.min(b),
        cap: a.max(b),
        doublings,
        percent,
    })
}

fn failures() -> impl Strategy<Value = Failure> {
    let stated = prop::option::of(nanos().prop_map(Duration::from_nanos));
    (1u32..100, stated, nanos(), nanos()).prop_map(|(attempts, retry_after, now, wait)| Failure {
        attempts,
        retry_after,
        now: Nanos(now),
        deadline: Nanos(now).saturating_add(Nanos(wait)),
    })
}

proptest! {
    /// Seen to fail when jitter is subtracted, when what the server stated is not a floor, and when the spread is less than the first
    /// delay.
    #[test]
    fn never_earlier_than_stated_nor_later_than_the_jitter(policy in policies(), failure in failures(), random: u64) {
        let failure = Failure { deadline: Nanos::MAX, ..failure };
        let (floor, spread) = (policy.floor(&failure), policy.spread(failure.attempts));
        let Retry::After(wait) = policy.backoff().retry(&failure, random) else { panic!("nothing limits it") };
        prop_assert!(u128::from(wait.0) >= floor, "{wait} is earlier than {floor} ns");
        prop_assert!(u128::from(wait.0) <= floor + spread, "{wait} is later than {floor} and {spread} ns");
        let even = floor + (((spread.min(u64::MAX.into()) + 1) * u128::from(random)) >> 64);
        prop_assert_eq!(u128::from(wait.0), even.min(u64::MAX.into()), "not spread evenly");
    }

    /// Seen to fail when the shift is not checked: after 64 doublings the delay is short again.
    #[test]
    fn delays_grow_up_to_the_cap_and_stay_there(policy in policies(), attempts in prop_oneof![0u32..8, 0u32..1_000]) {
        let backoff = policy.backoff();
        prop_assert_eq!(u128::from(backoff.delay(attempts).0), policy.delay(attempts));
        prop_assert!(backoff.delay(attempts) <= backoff.delay(attempts + 1));
        prop_assert!(backoff.delay(u32::MAX) <= Nanos(policy.cap));
    }

    /// Seen to fail when the deadline is held against what the server stated alone.
    #[test]
    fn no_wait_ends_after_the_deadline(policy in policies(), failure in failures(), random: u64) {
        let end = |wait: Nanos| u128::from(failure.now.0) + u128::from(wait.0);
        match policy.backoff().retry(&failure, random) {
            Retry::GiveUp(GiveUp::Deadline { wait }) => prop_assert!(end(wait) > failure.deadline.0.into()),
            Retry::After(wait) => prop_assert!(end(wait) <= failure.deadline.0.into() || failure.deadline == Nanos::MAX),
            other @ Retry::GiveUp(_) => panic!("{other:?}"),
        }
    }

    #[test]
    fn total_for_any_input(policy in policies(), most: u32, attempts: u32, stated: Option<Duration>, now: u64, deadline: u64, random: u64) {
        let failure = Failure { attempts, retry_after: stated, now: Nanos(now), deadline: Nanos(deadline) };
        let retry = policy.backoff().attempts(most).retry(&failure, random);
        prop_assert_eq!(retry == Retry::GiveUp(GiveUp::Attempts), attempts >= most);
    }

    /// The share holds at every moment, and a reserve that was used up comes back with the first attempts.
    /// Seen to fail when the budget is not asked.
    #[test]
    fn retries_are_a_share_of_first_attempts(per in 1u32..50, reserve in 1u32..50, requests in prop::collection::vec(0u32..5, 1..500)) {
        let clock = ManualClock::new(Nanos::ZERO);
        let budget = budget(&clock, per, reserve);
        let mut retries = 0;
        for failures in requests {
            clock.advance(Nanos(1));
            let room = reserve + clock.now().0 as u32 / per - retries;
            let granted = (0..failures).filter(|_| matches!(BACKOFF.retry_within(&budget, &FAILURE, 0), Retry::After(_))).count() as u32;
            retries += granted;
            prop_assert!(granted <= room, "{granted} where {room} were left");
            prop_assert!(granted == failures || !budget.peek(1).is_allowed(), "refused with room left");
        }
        clock.advance(Nanos((per * reserve).into()));
        prop_assert!(budget.try_acquire(reserve).is_allowed(), "the reserve is back");
    }
}

const BACKOFF: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(8)).attempts(3);
const FAILURE: Failure = Failure { attempts: 1, retry_after: None, now: Nanos::ZERO, deadline: Nanos::from_secs(60) };

/// A retry for `per` first attempts, which `clock` counts.
fn budget(clock: &ManualClock, per: u32, reserve: u32) -> Limiter<Atomic<Gcra>, &ManualClock> {
    let quota = Quota::new(1, Duration::from_nanos(per.into())).burst(reserve);
    Limiter::new(Atomic::new(Gcra::new(quota).expect("a rate")), clock)
}

/// Seen to fail when the budget is asked first.
#[test]
fn who_gives_up_for_another_reason_leaves_the_budget_alone() {
    let clock = ManualClock::new(Nanos::ZERO);
    let budget = budget(&clock, 10, 1);
    let retry = |failure| BACKOFF.retry_within(&budget, &failure, 0);
    assert_eq!(retry(Failure { attempts: 3, ..FAILURE }), Retry::GiveUp(GiveUp::Attempts));
    let late = Failure { now: Nanos::from_millis(59_600), ..FAILURE };
    assert_eq!(retry(late), Retry::GiveUp(GiveUp::Deadline { wait: Nanos::from_millis(500) }));
    assert_eq!(retry(FAILURE), Retry::After(Nanos::from_millis(500)));
    assert_eq!(retry(FAILURE), Retry::GiveUp(GiveUp::Budget));
}
