//! A log whose words can't be taken out of it as an algorithm: its state is what was called, which is called again on a new one. A cost
//! is so many calls at once.

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
    /// At a reading.
    Decide(Nanos),
    /// At a reading.
    Undo(Nanos),
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
                Call::Decide(now) => _ = limit.decide(now, 1),
                Call::Undo(now) => limit.undo(now, 1),
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
        let limit = self.limit(calls);
        let left = limit.snapshot(now);
        let decision = match cost {
            0 | 1 => limit.decide(now, cost),
            _ if cost > left.limit => Decision::Impossible { most: left.limit },
            _ if cost > left.remaining => Decision::Denied { retry_after: limit.wait_behind(now, 0, cost) },
            _ => Decision::Allowed,
        };
        if decision.is_allowed() {
            calls.extend((0..cost).map(|_| Call::Decide(now)));
        }
        decision
    }

    fn undo(&self, calls: &mut Vec<Call>, now: Nanos, cost: u32) {
        let places = self.limit(calls).snapshot(now).limit;
        calls.extend((0..cost.min(places)).map(|_| Call::Undo(now)));
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
