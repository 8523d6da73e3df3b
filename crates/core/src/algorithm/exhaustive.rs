//! Walks through all that an algorithm on eight bits can hold: the laws of [`Algorithm`] without a sample, for those that step in whole
//! periods.
#![allow(clippy::arithmetic_side_effects, reason = "overflow checks are on in tests")]

extern crate std;
use core::{fmt::Debug, hash::Hash};
use std::{collections::HashSet, vec::Vec};

use crate::{Algorithm, Decision, Nanos};

/// A limiter on eight bits, with what the walks have to know of it.
#[derive(Debug)]
pub(super) struct Small<A> {
    pub(super) algorithm: A,
    pub(super) burst: u32,
    /// In nanoseconds; small, since each is a reading.
    pub(super) period: u64,
    /// After how many periods its word is where it was.
    pub(super) range: u64,
    /// For how many periods an idle state is sure to be taken for one.
    pub(super) memory: u64,
    /// How many periods late a reading may be.
    pub(super) skew: u64,
    /// How many periods ahead of a reading its state may lie.
    pub(super) horizon: u64,
}

impl<A: Algorithm<State = u8, Cost = u32> + Debug> Small<A> {
    fn step(&self, mut state: u8, now: Nanos, cost: u32) -> (u8, Decision) {
        let decision = self.algorithm.step(&mut state, now, cost);
        (state, decision)
    }

    /// For every state that a word can hold, at every reading, for every cost.
    pub(super) fn keeps_the_laws_for_any_bits(&self) {
        for state in 0..=u8::MAX {
            for now in (self.range * self.period..2 * self.range * self.period).map(Nanos) {
                self.idle_is_empty(state, now);
                for cost in 0..=self.burst + 1 {
                    self.one_call(state, now, cost);
                }
            }
        }
    }

    fn one_call(&self, state: u8, now: Nanos, cost: u32) {
        let (next, decision) = self.step(state, now, cost);
        assert_eq!(matches!(decision, Decision::Impossible { .. }), cost > self.burst);
        match decision {
            Decision::Allowed => self.undone(state, next, now, cost),
            _ => assert_eq!(next, state, "{self:?} wrote when it refused {cost} at {now}"),
        }
        if let Decision::Denied { retry_after } = decision {
            let at = |wait: u64| self.step(state, Nanos(now.0 + wait), cost).1;
            assert_eq!(at(retry_after.0), Decision::Allowed, "{self:?} {state} {now} {cost}");
            assert_eq!(at(retry_after.0 - 1), Decision::Denied { retry_after: Nanos(1) }, "{self:?} {state} {now} {cost}");
        }
    }

    /// But where a state would have been zero and was one more, and where an old one is about to be taken for the future.
    fn undone(&self, before: u8, mut next: u8, now: Nanos, cost: u32) {
        let skipped_zero = next == 1;
        self.algorithm.undo(&mut next, now, cost);
        if skipped_zero || next == 1 {
            return;
        }
        for later in 0..=self.horizon.min(2) {
            let at = Nanos(now.0 + later * self.period);
            for probe in 1..=self.burst {
                let (undone, never) = (self.step(next, at, probe).1, self.step(before, at, probe).1);
                let wrapped = !never.is_allowed() && self.step(before, now, probe).1.is_allowed();
                assert!(undone == never || wrapped, "{self:?} {before} {now} {cost}, {probe} at {at}");
            }
        }
    }

    fn idle_is_empty(&self, state: u8, now: Nanos) {
        if self.algorithm.is_idle(&state, now) {
            for late in 0..=self.skew {
                let at = Nanos(now.0 - late * self.period);
                assert!(self.step(state, at, self.burst).1.is_allowed(), "{self:?} {state} {now}, {late} periods late");
            }
        }
    }

    /// From a burst at any time: who looks for it once in as long as it remembers, however late it is then seen to be idle, finds no busy
    /// one.
    pub(super) fn is_forgotten_in_time(&self) {
        is_forgotten_in_time(&self.algorithm, self.burst, Nanos(self.memory * self.period), self.range * self.period);
    }

    /// Walks every state that the word and an unbounded limiter can reach together, with readings up to the skew behind, from a clock that
    /// starts everywhere. `exact` decides in whole numbers that do not wrap, on a state relative to the clock that `pass` moves on
    /// by a period: it answers the periods to wait, where it refuses. Never does the word admit what the other refuses; it refuses what the
    /// other admits only when idle for longer than the word remembers, or where it skipped zero, and never for longer than the horizon.
    pub(super) fn follows<E: Copy + Eq + Hash + Debug>(
        &self,
        new: E,
        pass: impl Fn(E) -> E,
        exact: impl Fn(E, u64, u32) -> Result<E, u64>,
    ) -> usize {
        let mut seen = HashSet::new();
        // The clock, the word, the exact state, for how long nothing was admitted, and whether the word may be stricter for it.
        let mut open: Vec<_> = (0..self.range).map(|clock| (clock, 0, new, 0, false)).collect();
        while let Some(at @ (clock, word, state, idle, stricter)) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            open.push(((clock + 1) % self.range, word, pass(state), if stricter { 0 } else { (idle + 1).min(self.memory + 1) }, stricter));
            let forgotten = stricter || idle > self.memory;
            for (late, cost) in (0..=self.skew).flat_map(|late| (1..=self.burst).map(move |cost| (late, cost))) {
                let now = Nanos((2 * self.range + clock - late) * self.period);
                let (next, decision) = self.step(word, now, cost);
                match (decision, exact(state, late, cost)) {
                    (Decision::Allowed, Ok(state)) => open.push((clock, next, state, 0, forgotten || next == 1)),
                    (Decision::Denied { retry_after }, exact) => {
                        let (told, wait) = (retry_after.0.div_ceil(self.period), exact.err().unwrap_or(0));
                        assert!(told == wait || (told > wait && told <= self.horizon && forgotten), "{self:?} {at:?}: {told} for {wait}");
                    }
                    (decision, exact) => panic!("{self:?} {at:?}, {cost} at {late} late: {decision:?} against {exact:?}"),
                }
            }
        }
        seen.len()
    }
}

/// See [`Small::is_forgotten_in_time`]; `range` is how long a word takes to come round, in nanoseconds.
pub(super) fn is_forgotten_in_time<A>(algorithm: &A, burst: u32, memory: Nanos, range: u64)
where
    A: Algorithm<State = u8, Cost = u32> + Debug,
{
    for start in (range..2 * range).map(Nanos) {
        let mut state = 0;
        assert!(algorithm.step(&mut state, start, burst).is_allowed());
        let drained = start.saturating_add(algorithm.wait_behind(&state, start, 0, burst));
        let looks = (start.0..start.0 + range).map(Nanos).take_while(|&look| !algorithm.is_idle(&state, look));
        let last = looks.last().unwrap_or(start);
        assert!(last.0 + 1 < start.0 + range, "{algorithm:?} is never idle after {start}");
        let again = last.saturating_add(memory);
        assert!(again < drained || algorithm.peek(&state, again, burst).is_allowed(), "{algorithm:?}: from {start}, at {last}, at {again}");
    }
}
