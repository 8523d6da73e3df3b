//! Several limits together.

use loom::sync::Arc;
use paceline_core::{Decision, Limit, Set};

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
