//! Two limits on calls in flight, alone and in a set, beside a plain list of the calls that have not ended.

use arbitrary::{Arbitrary, Unstructured};
use paceline_core::{Atomic, CarryOver, Cell as _, Concurrency, Limit as _, NamedLimit as _, Nanos, Permit, Set, SetDecision, Snapshot};
use proptest::prelude::*;

/// One step of a sequence of calls.
#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    /// A call of the first limit or the second.
    Acquire(bool, u8),
    /// A call of both or none.
    AcquireBoth([u8; 2]),
    /// One of the calls ends.
    End(u8),
    /// A call that is undone at once, if it is admitted.
    AcquireAndUndo([u8; 2]),
    /// Given back once too often.
    Undo(bool, u8),
    /// Another limit.
    SetQuota(bool, u8, bool),
    /// All is forgotten that may be.
    ForgetIdle,
    /// The clock reads something else, earlier or later.
    Read(u64),
}

/// Sequences of calls, most of them near the limits.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let cost = || 0u8..8;
    let op = prop_oneof![
        3 => (any::<bool>(), cost()).prop_map(|(second, cost)| Op::Acquire(second, cost)),
        3 => [cost(), cost()].prop_map(Op::AcquireBoth),
        4 => any::<u8>().prop_map(Op::End),
        1 => [cost(), cost()].prop_map(Op::AcquireAndUndo),
        1 => (any::<bool>(), cost()).prop_map(|(second, cost)| Op::Undo(second, cost)),
        1 => (any::<bool>(), 0u8..12, any::<bool>()).prop_map(|(second, limit, reset)| Op::SetQuota(second, limit, reset)),
        1 => Just(Op::ForgetIdle),
        1 => any::<u64>().prop_map(Op::Read),
    ];
    proptest::collection::vec(op, 1..100)
}

/// The body of the fuzz target.
pub fn fuzz(bytes: &[u8]) {
    if let Ok((limits, ops)) = Unstructured::new(bytes).arbitrary::<([u8; 2], Vec<Op>)>() {
        check_against_list(limits, ops.get(..200).unwrap_or(&ops));
    }
}

/// Plays `ops`: as many are in flight as there are calls that have not ended, whatever the clock reads.
pub fn check_against_list(limits: [u8; 2], ops: &[Op]) {
    let limits = limits.map(u32::from);
    let real = limits.map(|limit| Atomic::new(Concurrency::new(limit)));
    let mut play = Play { real, limits, calls: [Vec::new(), Vec::new()], now: Nanos::ZERO };
    for op in ops {
        play.step(op);
        play.look();
    }
}

struct Play {
    real: [Atomic<Concurrency>; 2],
    limits: [u32; 2],
    /// The costs of the calls in flight.
    calls: [Vec<u32>; 2],
    now: Nanos,
}

impl Play {
    fn step(&mut self, op: &Op) {
        match *op {
            Op::Acquire(second, cost) => {
                let (place, cost) = (usize::from(second), cost.into());
                let permit = Permit::try_acquire(&self.real[place], cost);
                assert_eq!(permit.is_ok(), cost <= self.room(place));
                if let Ok(permit) = permit {
                    core::mem::forget(permit); // in flight until `End`
                    self.calls[place].push(cost);
                }
            }
            Op::AcquireBoth(costs) => {
                if self.decides(costs.map(u32::from)) {
                    self.calls.iter_mut().zip(costs).for_each(|(calls, cost)| calls.push(cost.into()));
                }
            }
            Op::End(pick) => {
                let place = usize::from(pick % 2);
                let Some(call) = usize::from(pick / 2).checked_rem(self.calls[place].len()) else { return };
                drop(Permit::of_taken(&self.real[place], self.calls[place].swap_remove(call)));
            }
            Op::AcquireAndUndo(costs) => {
                let costs = costs.map(u32::from);
                if self.decides(costs) {
                    self.set().undo(self.now, costs);
                }
            }
            // Less than none is none.
            Op::Undo(second, cost) => {
                let place = usize::from(second);
                let in_flight = self.in_flight(place).saturating_sub(cost.into());
                self.real[place].undo(self.now, cost.into());
                self.calls[place] = vec![in_flight];
            }
            Op::SetQuota(second, limit, reset) => {
                let rule = if reset { CarryOver::Reset } else { CarryOver::Proportional };
                self.limits[usize::from(second)] = limit.into();
                self.real[usize::from(second)].set_quota(self.now, Concurrency::new(limit.into()), rule);
            }
            Op::ForgetIdle => {
                let idle = self.real.each_ref().map(|limit| limit.forget_idle(self.now));
                assert_eq!(idle, [0, 1].map(|place| self.in_flight(place) == 0));
            }
            Op::Read(now) => self.now = Nanos(now),
        }
    }

    fn set(&self) -> Set<&Atomic<Concurrency>, 2> {
        Set::new(self.real.each_ref())
    }

    fn in_flight(&self, place: usize) -> u32 {
        self.calls[place].iter().sum()
    }

    fn room(&self, place: usize) -> u32 {
        self.limits[place].saturating_sub(self.in_flight(place))
    }

    /// Whether both are admitted; a refusal names the first that can never be, or else that has to wait.
    fn decides(&self, costs: [u32; 2]) -> bool {
        let impossible = (0..2).find(|&place| costs[place] > self.limits[place]);
        let refused = (0..2).find(|&place| costs[place] > self.room(place));
        let expected = match (impossible, refused) {
            (Some(limit), _) => SetDecision::Impossible { most: self.limits[limit], limit },
            (None, Some(limit)) => SetDecision::Denied { retry_after: Nanos::MAX, limit },
            (None, None) => SetDecision::Allowed,
        };
        assert_eq!(self.set().decide_named(self.now, costs), expected, "{costs:?} of {:?}, {:?} in flight", self.limits, self.calls);
        expected.is_allowed()
    }

    /// What can be read of each.
    fn look(&self) {
        let wait = |fits| if fits { Nanos::ZERO } else { Nanos::MAX };
        for place in 0..2 {
            let (limit, remaining) = (self.limits[place], self.room(place));
            let (retry_after, reset_after) = (wait(remaining > 0), wait(remaining == limit));
            assert_eq!(self.real[place].snapshot(self.now), Snapshot { limit, remaining, retry_after, reset_after });
            assert_eq!(self.real[place].wait_behind(self.now, 3, 2), wait(remaining >= 5));
        }
    }
}
