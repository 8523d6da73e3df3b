//! GCRA beside governor's, where the two mean the same: whole nanoseconds an emission, a clock that never goes back, no debt.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    RateLimiter,
    clock::{Clock as _, FakeRelativeClock, Reference as _},
};
use paceline::{Atomic, Decision, Gcra, Limit, Nanos, Quota};
use proptest::prelude::*;

proptest! {
    /// Seen to fail when a burst of one more is given to either.
    #[test]
    fn both_admit_the_same(interval in 1u64..10_000_000_000, burst in 1u32..100, calls in prop::collection::vec((0u64..3_000, 1u32..110), 1..200)) {
        let clock = FakeRelativeClock::default();
        let start = clock.now();
        let (period, most) = (Duration::from_nanos(interval), NonZeroU32::new(burst).expect("some"));
        let theirs = governor::Quota::with_period(period).expect("a period").allow_burst(most);
        let theirs = RateLimiter::direct_with_clock(theirs, clock.clone());
        let ours = Atomic::new(Gcra::new(Quota::new(1, period).burst(burst)).expect("a rate"));
        let mut now = Nanos::ZERO;
        for (thousandths, cost) in calls {
            let passed = interval * thousandths / 1_000;
            clock.advance(Duration::from_nanos(passed));
            now = now.saturating_add(Nanos(passed));
            let ours = ours.decide(now, cost);
            match theirs.check_n(NonZeroU32::new(cost).expect("some")) {
                Err(_) => prop_assert_eq!(ours, Decision::Impossible { most: burst }),
                Ok(Ok(())) => prop_assert_eq!(ours, Decision::Allowed),
                Ok(Err(refused)) => {
                    let retry_after = refused.wait_time_from(clock.now()).into();
                    prop_assert_eq!(ours, Decision::Denied { retry_after });
                }
            }
        }
        prop_assert_eq!(clock.now().duration_since(start).as_u64(), now.0);
    }
}
