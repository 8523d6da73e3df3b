//! Sets against exact arithmetic: all or nothing, and the binding limit named.

use paceline_core::{Atomic, Decision, Gcra, Limit, Nanos, Quota, Set, SetDecision};
use paceline_tests::gcra::{ExactGcra, quotas};
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
                    let then = now.saturating_add(retry_after);
                    prop_assert!(set.peek(then, [a, b]).is_allowed());
                }
                SetDecision::Impossible { most, limit } => prop_assert_eq!(answers[limit], Decision::Impossible { most }),
            }
        }
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
