//! Several limits together.

use loom::sync::Arc;
use paceline_core::{Atomic, Decision, Gcra, Horizon, Limit, Nanos, Quota, Reservation, Reserve, Set};

use crate::{NOW, at_once, count, limit};

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

/// A reservation that can't have all has none, also where others came between. Seen to fail when a set that meets them gives back nothing.
#[test]
fn a_set_reserves_all_or_nothing() {
    loom::model(|| {
        let set = Arc::new(Set::new([limit(2), limit(1)]));
        let call = || {
            let set = set.clone();
            move || matches!(set.reserve(NOW, [1, 1], Nanos::ZERO), Reservation::Reserved { .. })
        };
        let reserved = at_once([call(), call(), call()]).into_iter().filter(|&reserved| reserved).count();
        assert_eq!(reserved, 1, "the second limit has room for one");
        let [first, second] = set.limits();
        assert!(first.peek(NOW, 1).is_allowed() && !first.peek(NOW, 2).is_allowed(), "the losers kept nothing of the first");
        assert!(!second.peek(NOW, 1).is_allowed());
    });
}

/// Promise 1 for calls with a time: two are never given the same, also while one that was before them is cancelled. Seen to fail when a
/// limit that has less left than it had may put its part off.
#[test]
fn a_set_gives_each_reservation_a_time_of_its_own() {
    loom::model(|| {
        let set = Arc::new(Set::new([patient(), patient()]));
        assert!(set.decide(NOW, [1, 1]).is_allowed());
        let Reservation::Reserved { ticket, .. } = set.reserve(NOW, [1, 1], Nanos::MAX) else { panic!("within the patience") };
        let reserve = |set: Arc<Set<_, 2>>| match set.reserve(NOW, [1, 1], Nanos::MAX) {
            Reservation::Reserved { wait, .. } => wait,
            refused => panic!("{refused:?} within the patience"),
        };
        let calls: [Box<dyn FnOnce() -> Nanos>; 3] = [
            Box::new({
                let set = set.clone();
                move || reserve(set)
            }),
            Box::new({
                let set = set.clone();
                move || reserve(set)
            }),
            Box::new({
                let set = set.clone();
                move || if set.cancel(NOW, ticket) { Nanos::ZERO } else { Nanos(1) }
            }),
        ];
        let [first, second, _] = at_once(calls).try_into().expect("three");
        assert_ne!(first, second, "two calls at one time");
        let last = NOW.saturating_add(first.max(second));
        assert!(set.limits().iter().all(|limit| !limit.peek(last, 1).is_allowed()), "each limit is charged for the last call");
    });
}

fn patient() -> Atomic<Gcra> {
    let quota = Quota::per_second(1).burst(1);
    Atomic::new(Gcra::within(quota, Horizon::of(quota).debt(8)).expect("a rate"))
}
