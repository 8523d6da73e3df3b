//! Sets against exact arithmetic: all or nothing, and the binding limit named.

use core::time::Duration;

use paceline_core::{Atomic, Decision, Gcra, Horizon, Limit, NamedLimit, Nanos, Quota, Reservation, Reserve, Set, SetDecision, Snapshot};
use paceline_tests::gcra::{ExactGcra, quotas};
use paceline_tests::sets::{check_against_ledger, fuzz, plays};
use proptest::prelude::*;

fn limit(quota: Quota) -> Atomic<Gcra> {
    Atomic::new(Gcra::new(quota).expect("a rate"))
}

proptest! {
    /// Seen to fail when a set gives back nothing, and when it charges without looking first.
    #[test]
    fn all_or_nothing(first in quotas(), second in quotas(), calls in prop::collection::vec((any::<u32>(), 0u32..1_200, 0u32..1_200), 1..100)) {
        let set = Set::new([limit(first), limit(second)]);
        let alone = [limit(first), limit(second)];
        let mut exact = [ExactGcra::new(first), ExactGcra::new(second)];
        let mut now = Nanos::from_secs(1);
        for (pass, a, b) in calls {
            now = now.saturating_add(Nanos(pass.into()));
            let answers = [alone[0].peek(now, a), alone[1].peek(now, b)];
            let decision = set.decide_named(now, [a, b]);
            prop_assert_eq!(decision.is_allowed(), answers.iter().all(|answer| answer.is_allowed()));
            match decision {
                SetDecision::Allowed => {
                    prop_assert!(exact[0].admit(now, a) && exact[1].admit(now, b));
                    prop_assert!(alone[0].decide(now, a).is_allowed() && alone[1].decide(now, b).is_allowed());
                }
                SetDecision::Denied { retry_after, limit } => {
                    prop_assert_eq!(answers[limit], Decision::Denied { retry_after });
                    // Later than that the other limit's time may have wrapped.
                    if set.limits().iter().all(|limit| retry_after <= limit.algorithm().memory()) {
                        prop_assert!(set.peek(now.saturating_add(retry_after), [a, b]).is_allowed());
                    }
                }
                SetDecision::Impossible { most, limit } => prop_assert_eq!(answers[limit], Decision::Impossible { most }),
            }
        }
    }
}

proptest! {
    /// Promises 1, 3 and 6 for all verbs of a set, in any order, whatever its limits are. Seen to fail when what is ahead is so without a horizon, and when
    /// a fixed window takes a late reading for one of a new clock.
    #[test]
    fn never_above_the_quota_in_any_window((plan, ops) in plays()) {
        check_against_ledger(plan, &ops);
    }

    /// What the fuzz target does, on stable Rust.
    #[test]
    fn never_above_the_quota_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 30..1_000)) {
        fuzz(&bytes);
    }
}

#[test]
fn a_set_is_a_limit_and_may_hold_limits_of_any_type() {
    let (requests, tokens) = (limit(Quota::per_minute(60)), limit(Quota::per_second(1_000)));
    let set: Set<&dyn Limit<Cost = u32>, 2> = Set::new([&requests, &tokens]);
    assert_eq!(Limit::decide(&set, Nanos::ZERO, [60, 1_000]), Decision::Allowed);
    assert_eq!(set.wait_behind(Nanos::ZERO, [4, 10_000], [1, 500]), Nanos::from_millis(10_500), "the longest of 5 s and 10.5 s");
    set.undo(Nanos::ZERO, [60, 1_000]);
    assert_eq!(Limit::decide(&set, Nanos::ZERO, [60, 1_000]), Decision::Allowed);
}

/// A second limit that has nothing left by the time it is asked, before which another caller takes one from the first.
struct LosesTheRace<'a> {
    first: &'a Atomic<Gcra>,
    meanwhile: Nanos,
}

impl Limit for LosesTheRace<'_> {
    type Cost = u32;

    fn peek(&self, _: Nanos, _: u32) -> Decision {
        Decision::Allowed
    }

    fn decide(&self, _: Nanos, _: u32) -> Decision {
        assert!(self.first.decide(self.meanwhile, 1).is_allowed());
        Decision::Denied { retry_after: Nanos(1) }
    }

    fn undo(&self, _: Nanos, _: u32) {}

    fn wait_behind(&self, _: Nanos, _: u64, _: u32) -> Nanos {
        Nanos::ZERO
    }

    fn snapshot(&self, now: Nanos) -> Snapshot {
        self.first.snapshot(now)
    }
}

/// What a set says of threads that meet: held up for longer than its cost drains, it gives back one cost too many, and not two.
#[test]
fn a_race_lost_late_gives_back_at_most_its_cost() {
    let first = limit(Quota::per_second(1_000_000).burst(3));
    let (now, later) = (Nanos(10_000), Nanos(11_500));
    let second = LosesTheRace { first: &first, meanwhile: later };
    let set: Set<&dyn Limit<Cost = u32>, 2> = Set::new([&first, &second]);
    assert!(!set.decide_named(now, [1, 1]).is_allowed());
    assert!(first.decide(later, 3).is_allowed(), "two, and the one that had drained");
    assert_eq!(first.decide(later, 1), Decision::Denied { retry_after: Nanos(1_000) });
}

/// Promise 1 where a call that has come gives back while others have been given times behind it: what will have drained by then is given once.
/// Seen to fail when a refund or an undo does not look whether more than the burst is committed.
#[test]
fn nothing_is_given_away_that_a_later_time_rests_on() {
    let limit = limit(Quota::per_second(1).burst(1));
    let Reservation::Reserved { wait: Nanos::ZERO, ticket } = limit.reserve(Nanos::ZERO, 1, Nanos::ZERO) else { panic!("new") };
    let second = Nanos::from_secs(1);
    assert!(matches!(limit.reserve(Nanos::ZERO, 1, second), Reservation::Reserved { wait, .. } if wait == second));
    limit.refund(Nanos::ZERO, ticket, 1);
    limit.undo(Nanos::ZERO, 1);
    assert_eq!(limit.peek(second, 1), Decision::Denied { retry_after: second }, "two calls at one time");
}

/// Seen to fail when a refund is not held to what the call took.
#[test]
fn no_call_gives_back_more_than_it_took() {
    let limit = limit(Quota::per_second(1).burst(10));
    assert!(limit.decide(Nanos::ZERO, 5).is_allowed());
    let Reservation::Reserved { ticket, .. } = limit.reserve(Nanos::ZERO, 1, Nanos::ZERO) else { panic!("it fits") };
    limit.refund(Nanos::ZERO, ticket, 3);
    assert_eq!(limit.snapshot(Nanos::ZERO).remaining, 5);
}

/// Each limit of a set is charged for the time of the call: the one that had room is not full again by then.
#[test]
fn a_reservation_is_charged_for_the_time_of_its_call() {
    let patient = |quota| Atomic::new(Gcra::within(quota, Horizon::of(quota).patience(Duration::from_secs(60))).expect("a rate"));
    let set = Set::new([patient(Quota::per_second(1).burst(1)), patient(Quota::per_minute(1))]);
    assert!(set.decide(Nanos::ZERO, [1, 1]).is_allowed());
    let minute = Nanos::from_secs(60);
    let Reservation::Reserved { wait, ticket } = set.reserve(Nanos::ZERO, [1, 1], minute) else { panic!("within the patience") };
    assert_eq!(wait, minute);
    assert_eq!(set.limits()[0].peek(minute, 1), Decision::Denied { retry_after: Nanos::from_secs(1) });
    assert!(set.cancel(Nanos::ZERO, ticket), "nobody is behind it");
    assert!(set.limits()[0].peek(Nanos::from_secs(1), 1).is_allowed(), "as if it had never been reserved");
    assert!(matches!(set.reserve(Nanos::ZERO, [0, 1], minute), Reservation::Reserved { .. }));
    assert!(set.limits()[0].peek(Nanos::from_secs(1), 1).is_allowed(), "a limit that is not asked is not held");
}

#[test]
fn a_limit_behind_any_pointer_is_a_limit_and_a_limiter_names_what_refused() {
    use std::sync::Arc;

    use paceline_core::{Limiter, ManualClock};
    let shared: [Arc<dyn Limit<Cost = u32> + Send + Sync>; 2] =
        [Arc::new(limit(Quota::per_minute(60))), Arc::new(limit(Quota::per_minute(10)))];
    let limiter = Limiter::new(Set::new(shared.clone()), Arc::new(ManualClock::new(Nanos::ZERO)));
    assert!(limiter.try_acquire_named([1, 10]).is_allowed());
    assert_eq!(limiter.peek_named([1, 1]), SetDecision::Denied { retry_after: Nanos::from_secs(6), limit: 1 });
    assert_eq!(limiter.try_acquire_named([61, 1]), SetDecision::Impossible { most: 60, limit: 0 });
    assert!(shared[0].decide(Nanos::ZERO, 59).is_allowed());
}
