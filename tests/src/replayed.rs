//! A limit whose words can't be taken out of it as an algorithm: its state is what was called, which is called again on a new one.

use std::{
    fmt::{self, Debug},
    time::Duration,
};

use paceline_core::{Algorithm, Decision, Drain, Nanos, Snapshot, algorithm::Empty};

/// A way to make a limit, and how it says that it is idle.
#[derive(Clone, Copy)]
pub struct Replayed<L> {
    /// The limit's window.
    pub window: Duration,
    /// A new limit.
    pub new: fn(Duration) -> L,
    /// Whether it is idle at a reading.
    pub is_idle: fn(&L, Nanos) -> bool,
}

/// A call that changes a limit.
#[derive(Clone, PartialEq, Debug)]
pub enum Call {
    /// With a cost, at a reading.
    Decide(Nanos, u32),
    /// With a cost, at a reading.
    Undo(Nanos, u32),
    /// As much as there is, up to that.
    TakeUpTo(Nanos, u32),
    /// At a reading, for another.
    DrainSince(Nanos, Nanos),
}

impl<L: Drain<Cost = u32>> Replayed<L> {
    fn limit(&self, calls: &[Call]) -> L {
        let limit = (self.new)(self.window);
        for call in calls {
            match *call {
                Call::Decide(now, cost) => _ = limit.decide(now, cost),
                Call::Undo(now, cost) => limit.undo(now, cost),
                Call::TakeUpTo(now, most) => _ = limit.take_up_to(now, most),
                Call::DrainSince(now, since) => limit.drain_since(now, since),
            }
        }
        limit
    }
}

impl<L> Debug for Replayed<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a window of {:?}", self.window)
    }
}

impl<L: Drain<Cost = u32>> Algorithm for Replayed<L> {
    type State = Vec<Call>;
    type Cost = u32;

    fn step(&self, calls: &mut Vec<Call>, now: Nanos, cost: u32) -> Decision {
        let decision = self.limit(calls).decide(now, cost);
        if decision.is_allowed() {
            calls.push(Call::Decide(now, cost));
        }
        decision
    }

    fn undo(&self, calls: &mut Vec<Call>, now: Nanos, cost: u32) {
        calls.push(Call::Undo(now, cost));
    }

    fn wait_behind(&self, calls: &Vec<Call>, now: Nanos, queued: u64, cost: u32) -> Nanos {
        self.limit(calls).wait_behind(now, queued, cost)
    }

    fn snapshot(&self, calls: &Vec<Call>, now: Nanos) -> Snapshot {
        self.limit(calls).snapshot(now)
    }

    fn is_idle(&self, calls: &Vec<Call>, now: Nanos) -> bool {
        (self.is_idle)(&self.limit(calls), now)
    }
}

impl<L: Drain<Cost = u32>> Empty for Replayed<L> {
    fn take_up_to(&self, calls: &mut Vec<Call>, now: Nanos, most: u32) -> u32 {
        let taken = self.limit(calls).take_up_to(now, most);
        calls.push(Call::TakeUpTo(now, most));
        taken
    }

    fn drain(&self, calls: &mut Vec<Call>, now: Nanos) {
        calls.push(Call::DrainSince(now, now));
    }

    fn drain_since(&self, calls: &mut Vec<Call>, now: Nanos, since: Nanos) -> bool {
        let before = self.limit(calls).snapshot(since.max(now));
        calls.push(Call::DrainSince(now, since));
        let drained = self.limit(calls).snapshot(since.max(now)) != before;
        if !drained {
            calls.pop();
        }
        drained
    }
}
