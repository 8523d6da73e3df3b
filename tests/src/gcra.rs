//! GCRA in exact arithmetic, and sequences of calls that are played to it and to the real one.

use core::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use paceline_core::{Algorithm, Atomic, Decision, Gcra, Limit, Nanos, Quota, Word};
use proptest::prelude::*;

use crate::laws::Case;

/// The limiter as its definition says, in whole numbers: times are in nanoseconds times the quota's limit, so that nothing is rounded.
#[derive(Debug)]
pub struct ExactGcra {
    limit: u128,
    period: u128,
    burst: u128,
    tat: u128,
}

impl ExactGcra {
    /// A limiter that was never used.
    pub fn new(quota: Quota) -> Self {
        Self { limit: quota.limit().into(), period: quota.period().0.into(), burst: quota.max_burst().into(), tat: 0 }
    }

    /// Takes `cost` at the reading `now` if the quota allows it.
    pub fn admit(&mut self, now: Nanos, cost: u32) -> bool {
        let now = u128::from(now.0) * self.limit;
        let next = self.tat.max(now) + u128::from(cost) * self.period;
        let conforms = next <= now + self.burst * self.period;
        if conforms {
            self.tat = next;
        }
        conforms
    }

    /// Gives back `cost` that was just taken.
    pub fn undo(&mut self, cost: u32) {
        self.tat -= u128::from(cost) * self.period;
    }
}

/// One step of a sequence of calls.
#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    /// Time passes, in thousandths of an emission interval.
    Pass(u16),
    /// A call whose clock is that much behind, in nanoseconds.
    Acquire {
        /// What it asks for.
        cost: u16,
        /// How old its reading is.
        behind: u16,
    },
    /// A call that is undone at once, if it is admitted.
    AcquireAndUndo(u16),
}

/// Rates from one a day to a thousand million a second, odd ones among them.
pub fn quotas() -> impl Strategy<Value = Quota> {
    let periods = prop_oneof![Just(1_000_000_000), Just(60_000_000_000), Just(86_400_000_000_000), 1_000u64..10_000_000_000_000];
    let limits = prop_oneof![1u32..100, 1u32..1_000_000_000];
    (limits, periods, 1u32..1_000).prop_filter_map("a rate that can be kept", |(limit, period, burst)| {
        let quota = Quota::new(limit, Duration::from_nanos(period)).burst(burst);
        Gcra::new(quota).ok().map(|_| quota)
    })
}

/// What the laws have to know of a limiter of `quota`.
pub fn case<W: Word>(quota: Quota, gcra: Gcra<W>) -> Case<Gcra<W>> {
    let full = Nanos(quota.interval().0.saturating_mul(quota.max_burst().into()));
    let (burst, memory, skew) = (quota.max_burst(), gcra.memory(), gcra.skew());
    Case { algorithm: gcra, burst, largest_in_line: burst, full, memory, skew, tick: Nanos(1) }
}

/// Sequences of calls, most of them near the limit.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        (0u16..5_000).prop_map(Op::Pass),
        (0u16..1_200, prop_oneof![Just(0), any::<u16>()]).prop_map(|(cost, behind)| Op::Acquire { cost, behind }),
        (0u16..1_200).prop_map(Op::AcquireAndUndo),
    ];
    proptest::collection::vec(op, 1..200)
}

/// The body of the fuzz target: a quota and calls, as `bytes` tell them.
pub fn fuzz(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let Ok((limit, period, burst)) = bytes.arbitrary::<(u32, u64, u16)>() else { return };
    let quota = Quota::new(limit, Duration::from_nanos(period)).burst(burst.into());
    let Ok(ops) = bytes.arbitrary::<Vec<Op>>() else { return };
    if Gcra::new(quota).is_ok() {
        check_against_oracle(quota, &ops);
    }
}

/// Plays `ops` to a limiter of `quota` and checks what it admits against exact arithmetic: nothing more, the waits that it tells are exact,
/// and too large costs alone are impossible.
pub fn check_against_oracle(quota: Quota, ops: &[Op]) {
    let gcra = Gcra::new(quota).expect("a rate that can be kept");
    let limit = Atomic::new(gcra);
    let mut exact = ExactGcra::new(quota);
    let mut now = Nanos::from_secs(10);
    for op in ops {
        match *op {
            Op::Pass(thousandths) => {
                now = now.saturating_add(Nanos((u128::from(quota.interval().0) * u128::from(thousandths) / 1_000) as u64));
            }
            Op::Acquire { cost, behind } => {
                acquire(&limit, &mut exact, now.saturating_sub(Nanos(behind.into())), cost.into());
            }
            Op::AcquireAndUndo(cost) => {
                if acquire(&limit, &mut exact, now, cost.into()) {
                    limit.undo(now, cost.into());
                    exact.undo(cost.into());
                }
            }
        }
    }
}

fn acquire(limit: &Atomic<Gcra>, exact: &mut ExactGcra, now: Nanos, cost: u32) -> bool {
    let burst = limit.algorithm().burst();
    let decision = limit.decide(now, cost);
    match decision {
        Decision::Allowed => assert!(exact.admit(now, cost), "admitted {cost} at {now} above the quota"),
        Decision::Impossible { most } => assert!(cost > burst && most == burst, "{cost} of {most}"),
        Decision::Denied { retry_after } => {
            assert!(retry_after > Nanos::ZERO && cost <= burst);
            if now.0.checked_add(retry_after.0).is_none() {
                return false; // behind the end of time
            }
            assert!(limit.peek(now.saturating_add(retry_after), cost).is_allowed(), "refused after the wait it told");
            let early = now.saturating_add(retry_after).saturating_sub(Nanos(1));
            assert_eq!(limit.peek(early, cost), Decision::Denied { retry_after: Nanos(1) }, "a wait longer than needed");
        }
    }
    decision.is_allowed()
}

/// Takes one call of `cost` after the other, each as early as it is admitted, and tells when the last of `calls` was.
pub fn end_of_backlog<W: Word>(gcra: &Gcra<W>, calls: u32, cost: u32) -> Nanos {
    let (mut state, mut now) = (W::default(), Nanos::ZERO);
    for _ in 0..calls {
        let mut decision = gcra.step(&mut state, now, cost);
        if let Decision::Denied { retry_after } = decision {
            now = now.saturating_add(retry_after);
            decision = gcra.step(&mut state, now, cost);
        }
        assert_eq!(decision, Decision::Allowed, "refused after the wait it told");
    }
    now
}
