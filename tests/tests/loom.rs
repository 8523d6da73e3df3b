//! What threads share, in every order in which they can meet: `cargo xtask loom`.
#![cfg(paceline_loom)]

use std::time::Duration;

use loom::{sync::Arc, thread};
use paceline_core::{Atomic, Clock as _, Decision, Gcra, Limit, Limiter, ManualClock, Nanos, Quota, Set};

const NOW: Nanos = Nanos::from_secs(100);

fn limit(burst: u32) -> Atomic<Gcra> {
    Atomic::new(Gcra::new(Quota::per_second(1).burst(burst)).expect("a rate"))
}

/// Runs each of `calls` on a thread of its own, the last on this one, and tells what they return.
fn at_once<T: 'static, const N: usize>(calls: [impl FnOnce() -> T + 'static; N]) -> Vec<T> {
    let mut threads: Vec<_> = calls.into_iter().map(thread::spawn).collect();
    threads.drain(..).map(|thread| thread.join().expect("no panic")).collect()
}

fn count(decisions: &[Decision]) -> usize {
    decisions.iter().filter(|decision| decision.is_allowed()).count()
}

/// Seen to fail when the compare-exchange is a plain store, and when a lost race is taken for a won one.
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

/// Readings that disagree: whoever comes first, and with whatever reading, what is admitted fits the quota.
#[test]
fn readings_that_disagree_admit_no_more() {
    loom::model(|| {
        let limit = Arc::new(limit(2));
        let call = |behind| {
            let limit = limit.clone();
            move || limit.decide(NOW.saturating_sub(Nanos::from_millis(behind)), 1)
        };
        let admitted = count(&at_once([call(0), call(400), call(900)]));
        assert!((1..=2).contains(&admitted), "{admitted} of a burst of 2");
    });
}

/// A budget for retries: a limiter over a clock that counts first attempts.
/// Seen to fail when a clock that is advanced stores what it read instead of exchanging it.
#[test]
fn first_attempts_of_two_threads_add_up_to_a_retry() {
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
        assert_eq!((count(&at_once([call(), call()])), clock.now()), (1, Nanos(2)));
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

/// Promise 6: a set that refuses has taken nothing once it returns. Seen to fail when a set gives back nothing, or one limit too few.
#[test]
fn a_set_takes_all_or_nothing() {
    loom::model(|| {
        let set = Arc::new(Set::new([limit(2), limit(1)]));
        let call = || {
            let set = set.clone();
            move || Limit::decide(&*set, NOW, [1, 1])
        };
        assert_eq!(count(&at_once([call(), call(), call()])), 1, "the second limit has room for one");
        let [first, second] = set.limits();
        assert!(first.peek(NOW, 1).is_allowed() && !first.peek(NOW, 2).is_allowed(), "the losers kept nothing of the first");
        assert!(!second.peek(NOW, 1).is_allowed());
    });
}

/// Of a limit that stands last, a refused request never takes anything, not even for a moment: who asks for that limit alone is not
/// refused. Seen to fail when a set charges in the reverse order.
#[test]
fn a_refused_set_refuses_no_innocent() {
    loom::model(|| {
        let set = Arc::new(Set::new([limit(1), limit(2)]));
        let calls: [Box<dyn FnOnce() -> Decision>; 3] = [
            Box::new({
                let set = set.clone();
                move || Limit::decide(&*set, NOW, [1, 1])
            }),
            Box::new({
                let set = set.clone();
                move || Limit::decide(&*set, NOW, [1, 1])
            }),
            Box::new({
                let set = set.clone();
                move || set.limits()[1].decide(NOW, 1)
            }),
        ];
        let [a, b, innocent]: [Decision; 3] = at_once(calls).try_into().expect("three");
        assert_eq!(count(&[a, b]), 1, "the specific limit has room for one");
        assert!(innocent.is_allowed(), "the shared limit has room for two");
    });
}
