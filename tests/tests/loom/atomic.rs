//! One word.

use std::time::Duration;

use loom::sync::Arc;
use paceline_core::{Atomic, Clock as _, Gcra, Horizon, Limit, Limiter, ManualClock, Nanos, Quota, Reservation, Reserve, Ticket};

use crate::{NOW, at_once, count, limit};

/// A bucket whose count and time are words of their own lets 15 of 8 pass when threads meet. Seen to fail when the compare-exchange is a
/// plain store, and when a lost race is taken for a won one.
#[test]
fn three_threads_share_two_tokens() {
    loom::model(|| {
        let limit = Arc::new(limit(2));
        let call = || {
            let limit = limit.clone();
            move || limit.decide(NOW, 1)
        };
        assert_eq!(count(&at_once([call(), call(), call()])), 2, "the burst, no more and no less");
        assert!(!limit.peek(NOW, 1).is_allowed());
    });
}

/// Readings that disagree: whoever comes first, and with whatever reading, what is admitted fits the quota. Seen to fail when the horizon
/// has no room for the skew.
#[test]
fn readings_that_disagree_admit_no_more() {
    let quota = Quota::per_second(1).burst(2);
    let gcra = Gcra::within(quota, Horizon::of(quota).debt(0)).expect("a rate");
    loom::model(move || {
        let limit = Arc::new(Atomic::new(gcra));
        let call = |behind| {
            let limit = limit.clone();
            move || limit.decide(NOW.saturating_sub(Nanos::from_millis(behind)), 1)
        };
        let admitted = count(&at_once([call(0), call(400), call(900)]));
        assert!((1..=2).contains(&admitted), "{admitted} of a burst of 2");
    });
}

/// Seen to fail when `undo` stores what it read instead of exchanging it.
#[test]
fn what_is_undone_is_given_back_once() {
    loom::model(|| {
        let limit = Arc::new(limit(3));
        let call = |undone: bool| {
            let limit = limit.clone();
            move || {
                let decision = limit.decide(NOW, 1);
                if undone && decision.is_allowed() {
                    limit.undo(NOW, 1);
                }
                decision
            }
        };
        assert_eq!(count(&at_once([call(true), call(false), call(true)])), 3);
        assert!(limit.peek(NOW, 2).is_allowed() && !limit.peek(NOW, 3).is_allowed(), "one is taken");
    });
}

fn reserve(limit: &Atomic<Gcra>) -> (Nanos, Ticket<u64>) {
    match limit.reserve(NOW, 1, Nanos::from_secs(3)) {
        Reservation::Reserved { wait, ticket } => (wait, ticket),
        other => panic!("{other:?}"),
    }
}

/// A slot that is cancelled while others reserve is given to one of them or to nobody, never to two. Seen to fail when a cancellation
/// subtracts its cost instead of exchanging its own end.
#[test]
fn a_cancelled_slot_is_given_away_once() {
    loom::model(|| {
        let limit = Arc::new(limit(1));
        assert!(limit.decide(NOW, 1).is_allowed());
        let (_, ticket) = reserve(&limit);
        let calls: [Box<dyn FnOnce() -> Option<Nanos>>; 3] = [
            Box::new({
                let limit = limit.clone();
                move || limit.cancel(NOW, ticket).then_some(Nanos::ZERO)
            }),
            Box::new({
                let limit = limit.clone();
                move || Some(reserve(&limit).0)
            }),
            Box::new({
                let limit = limit.clone();
                move || Some(reserve(&limit).0)
            }),
        ];
        let [cancelled, first, second] = at_once(calls).try_into().expect("three");
        let mut waits = [first, second].map(|wait| wait.expect("reserved"));
        waits.sort();
        let from = if cancelled.is_some() { 1 } else { 2 };
        assert_eq!(waits, [Nanos::from_secs(from), Nanos::from_secs(from + 1)]);
    });
}

/// A budget for retries: a limiter over a clock that counts first attempts.
/// Seen to fail when a clock that is advanced stores what it read instead of exchanging it.
#[test]
fn first_attempts_of_three_threads_add_up_to_one_retry() {
    loom::model(|| {
        let clock = Arc::new(ManualClock::new(Nanos::ZERO));
        let a_half = Gcra::new(Quota::new(1, Duration::from_nanos(2))).expect("a rate");
        let budget = Arc::new(Limiter::new(Atomic::new(a_half), clock.clone()));
        assert!(budget.try_acquire(1).is_allowed(), "the reserve");
        let call = || {
            let budget = budget.clone();
            move || {
                budget.clock().advance(Nanos(1));
                budget.try_acquire(1)
            }
        };
        assert_eq!((count(&at_once([call(), call(), call()])), clock.now()), (1, Nanos(3)));
    });
}
