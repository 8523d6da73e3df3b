//! Two limits that are asked for the same: one algorithm of one cost, so that it can be held to the laws.

use paceline_core::{Algorithm, Decision, Nanos, Snapshot, algorithm::Empty};

/// An algorithm of two costs, which are always the same.
#[derive(Clone, Copy, Debug)]
pub struct Alike<A>(pub A);

impl<A: Algorithm<Cost = [u32; 2]>> Algorithm for Alike<A> {
    type State = A::State;
    type Cost = u32;

    fn step(&self, state: &mut A::State, now: Nanos, cost: u32) -> Decision {
        self.0.step(state, now, [cost; 2])
    }

    fn undo(&self, state: &mut A::State, now: Nanos, cost: u32) {
        self.0.undo(state, now, [cost; 2]);
    }

    fn wait_behind(&self, state: &A::State, now: Nanos, queued: u64, cost: u32) -> Nanos {
        self.0.wait_behind(state, now, [queued; 2], [cost; 2])
    }

    /// What both have left.
    fn snapshot(&self, state: &A::State, now: Nanos) -> Snapshot {
        let [first, second] = self.0.snapshot(state, now);
        Snapshot {
            limit: first.limit.min(second.limit),
            remaining: first.remaining.min(second.remaining),
            retry_after: first.retry_after.max(second.retry_after),
            reset_after: first.reset_after.max(second.reset_after),
        }
    }

    fn is_idle(&self, state: &A::State, now: Nanos) -> bool {
        self.0.is_idle(state, now)
    }

    fn state_at(&self, state: &A::State, now: Nanos, then: Nanos) -> A::State {
        self.0.state_at(state, now, then)
    }
}

impl<A: Empty<Cost = [u32; 2]>> Empty for Alike<A> {
    fn take_up_to(&self, state: &mut A::State, now: Nanos, most: u32) -> u32 {
        let [first, second] = self.0.take_up_to(state, now, [most; 2]);
        first.min(second)
    }

    fn drain(&self, state: &mut A::State, now: Nanos) {
        self.0.drain(state, now);
    }

    fn drain_since(&self, state: &mut A::State, now: Nanos, since: Nanos) -> bool {
        self.0.drain_since(state, now, since)
    }
}
