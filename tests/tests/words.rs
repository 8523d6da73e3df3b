//! A limit on a short word beside the same on a long one.

use paceline_core::{Atomic, Cell as _, FixedWindow, Gcra, Horizon, Quota, Set, TokenBucket};
use paceline_tests::words::{Op, check_alike, ops, period};
use proptest::prelude::*;

/// A limit of one algorithm on both words, played.
macro_rules! alike {
    ($algorithm:ident, $quota:expr, $horizon:expr, $cost:expr, $ops:expr) => {{
        let (quota, horizon) = ($quota, $horizon);
        let long = Atomic::new($algorithm::within(quota, horizon).expect("it fits"));
        let short = Atomic::new($algorithm::within_u32(quota, horizon).expect("it fits"));
        let memory = short.algorithm().memory();
        let forget_idle = |long: &Atomic<$algorithm>, short: &Atomic<$algorithm<u32>>, now| {
            long.forget_idle(now);
            short.forget_idle(now);
        };
        check_alike((long, short), (quota.period().to_duration(), memory), forget_idle, $cost, $ops);
    }};
}

fn patient(quota: Quota, periods: u32) -> Horizon {
    Horizon::of(quota).patience(quota.period().to_duration() * periods)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Seen to fail when a time that has passed by then is looked at from the opening, from a reservation's time or by a cancel, and when
    /// an opening of which all has come back still drains.
    #[test]
    fn a_gcra(period in period(), burst in 1u32..20, patience in 5_000u32..14_000, ops in ops()) {
        let quota = Quota::new(1, period).burst(burst);
        alike!(Gcra, quota, patient(quota, patience), u32::from, &ops);
    }

    #[test]
    fn a_token_bucket(period in period(), lump in 1u32..400_000, ops in ops()) {
        let quota = Quota::new(lump, period).burst(lump * 2);
        alike!(TokenBucket, quota, patient(quota, 10), |cost: u16| u32::from(cost) * (lump / 8), &ops);
    }

    /// What leaves nothing counted in the window that a short word numbers 0 is counted as one, so nothing is given back and each call
    /// takes something.
    #[test]
    fn a_fixed_window(period in period(), limit in 16u32..2_000_000, mut ops in ops()) {
        let quota = Quota::new(limit, period);
        ops.retain(|op| !matches!(op, Op::Cancel | Op::Refund(_)));
        alike!(FixedWindow, quota, patient(quota, 10), |cost: u16| (u32::from(cost) + 1).saturating_mul(limit / 16), &ops);
    }

    /// Seen to fail when each limit of a set looks from the time of the reservation at times that have passed by then.
    #[test]
    fn a_set(period in period(), bursts in (1u32..10, 1u32..10), patience in 5_000u32..14_000, ops in ops()) {
        let quotas = [Quota::new(1, period).burst(bursts.0), Quota::new(1, period * 3).burst(bursts.1)];
        let horizons = quotas.map(|quota| Horizon::of(quota).patience(period * patience));
        let long = Set::new([0, 1].map(|i| Atomic::new(Gcra::within(quotas[i], horizons[i]).expect("it fits"))));
        let short = Set::new([0, 1].map(|i| Atomic::new(Gcra::within_u32(quotas[i], horizons[i]).expect("it fits"))));
        let memory = short.limits().iter().map(|limit| limit.algorithm().memory()).min().expect("two limits");
        let forget_idle = |long: &Set<Atomic<Gcra>, 2>, short: &Set<Atomic<Gcra<u32>>, 2>, now| {
            long.limits().iter().for_each(|limit| _ = limit.forget_idle(now));
            short.limits().iter().for_each(|limit| _ = limit.forget_idle(now));
        };
        check_alike((long, short), (period, memory), forget_idle, |cost| [u32::from(cost), u32::from(cost % 4)], &ops);
    }
}
