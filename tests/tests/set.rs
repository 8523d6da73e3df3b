//! Sets against exact arithmetic: all or nothing, and the binding limit named.

use core::time::Duration;

use paceline_core::{
    Atomic, CarryOver, Decision, Gate, Gated, Gcra, Horizon, Limit, Limiter, Locked, ManualClock, NamedLimit, NamedReserve, Nanos, Quota,
    Reservation, Reserve, Set, SetDecision, SlidingLog, Snapshot,
};
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
                SetDecision::Shut { .. } => prop_assert!(false, "there is no gate"),
            }
        }
    }
}

proptest! {
    /// Promises 1, 3 and 6 for all verbs of a set, in any order, whatever its limits are. Seen to fail when what is ahead is so without a
    /// horizon, and when a fixed window takes a late reading for one of a new clock.
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

/// Promise 1 where a call that has come gives back while others have been given times behind it: what will have drained by then is given
/// once. Seen to fail when a refund or an undo does not look whether more than the burst is committed.
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

    let shared: [Arc<dyn Limit<Cost = u32> + Send + Sync>; 2] =
        [Arc::new(limit(Quota::per_minute(60))), Arc::new(limit(Quota::per_minute(10)))];
    let limiter = Limiter::new(Set::new(shared.clone()), Arc::new(ManualClock::new(Nanos::ZERO)));
    assert!(limiter.try_acquire_named([1, 10]).is_allowed());
    assert_eq!(limiter.peek_named([1, 1]), SetDecision::Denied { retry_after: Nanos::from_secs(6), limit: 1 });
    assert_eq!(limiter.try_acquire_named([61, 1]), SetDecision::Impossible { most: 60, limit: 0 });
    assert!(shared[0].decide(Nanos::ZERO, 59).is_allowed());
}

/// Promise 6 for reservations. Seen to fail when the first limit is named, whichever it was, for a limit that is full and for one that
/// loses a race.
#[test]
fn a_reservation_that_is_refused_names_the_limit() {
    let (second, minute) = (Nanos::from_secs(1), Nanos::from_secs(60));
    let (first, last) = (limit(Quota::per_second(1).burst(2)), limit(Quota::per_minute(1)));
    let limiter = Limiter::new(Set::new([&first, &last]), ManualClock::new(Nanos::ZERO));
    let (Reservation::Reserved { .. }, None) = limiter.reserve_named([1, 1], Nanos::ZERO) else { panic!("new") };
    let (Reservation::Denied { retry_after, patience }, limit) = limiter.reserve_named([2, 1], second) else { panic!("too long") };
    assert_eq!((retry_after, patience, limit), (minute, second, Some(1)));
    assert!(matches!(limiter.reserve_named([3, 2], second), (Reservation::Impossible { most: 2 }, Some(0))));
    let delayed = limiter.limit().reserve_after_named(Nanos::ZERO, second, [1, 0], Nanos::ZERO);
    assert!(matches!(delayed, (Reservation::Denied { .. }, None)), "no limit asks for that delay");
    let raced = Set::new([&first, &first]);
    assert!(raced.peek(Nanos::ZERO, [1, 1]).is_allowed(), "each has one, and there is only one");
    assert!(matches!(raced.reserve_named(Nanos::ZERO, [1, 1], Nanos::ZERO), (Reservation::Denied { .. }, Some(1))));
    assert!(first.decide(Nanos::ZERO, 1).is_allowed(), "the first has its own back");
}

/// Numbers change wherever the limit stands. Seen to fail when `set_quota` keeps the old ones.
#[test]
fn whoever_owns_a_limiter_can_change_the_numbers_in_it() {
    let gcra = |quota| Gcra::new(quota).expect("a rate");
    let set = Set::new([limit(Quota::per_minute(60)), limit(Quota::per_minute(600))]);
    let mut limiter = Limiter::new(Gated::new(Gate::new(), set), ManualClock::new(Nanos::ZERO));
    limiter.limit_mut().limit_mut().limits_mut()[1].set_quota(Nanos::ZERO, gcra(Quota::per_minute(9)), CarryOver::AsIs);
    assert_eq!(limiter.snapshot().map(|snapshot| snapshot.limit), [60, 9]);
}

/// What a limit does at a time its limiter does at the clock's. Seen to fail when `save` reads another time.
#[test]
fn a_limiter_has_the_verbs_of_its_limit() {
    use std::sync::Arc;

    let gcra = |quota| Gcra::new(quota).expect("a rate");
    let (minute, clock) = (Nanos::from_secs(60), ManualClock::new(Nanos::from_secs(100)));
    let mut limiter = Limiter::new(limit(Quota::per_minute(60)), &clock);
    let locked = Limiter::new(Locked::new(paceline::Mutex::new((gcra(Quota::per_minute(60)), 0))), &clock);
    let shared = Limiter::new(Arc::new(limit(Quota::per_minute(60))), &clock);
    let log: SlidingLog<1, u64> = SlidingLog::new(Duration::from_secs(60)).expect("a window");
    let log = Limiter::new(log, &clock);
    assert!(limiter.try_acquire(50).is_allowed() && locked.try_acquire(50).is_allowed() && log.try_acquire(1).is_allowed());
    clock.advance(Nanos::from_secs(10));
    assert_eq!(shared.restore(&limiter.save()), Ok(()));
    assert_eq!(shared.snapshot(), limiter.snapshot());
    limiter.set_quota(gcra(Quota::per_minute(120)), CarryOver::AsIs);
    locked.set_quota(gcra(Quota::per_minute(120)), CarryOver::AsIs);
    assert_eq!((limiter.snapshot().remaining, locked.snapshot().remaining), (20, 20), "ten came back at the old rate");
    assert!(!shared.forget_idle() && !log.forget_idle());
    clock.advance(minute.saturating_add(minute));
    assert!(shared.forget_idle() && log.forget_idle());
}
