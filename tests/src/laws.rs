//! The laws of [`Algorithm`] as properties, on words too wide to walk through.

use core::fmt::Debug;

use paceline_core::{Algorithm, Decision, Nanos, Snapshot, Word, algorithm::Empty};
use proptest::prelude::*;

/// An algorithm with what the laws have to know of it.
#[derive(Clone, Copy, Debug)]
pub struct Case<A> {
    /// What is tested.
    pub algorithm: A,
    /// The largest cost that it ever admits.
    pub burst: u32,
    /// The largest cost that, waiting in line, keeps nothing from being used.
    pub largest_in_line: u32,
    /// How long a burst takes to come back, about: times are drawn in thousandths of it.
    pub full: Nanos,
    /// For how long it is sure not to take its past for its future.
    pub memory: Nanos,
    /// How late a reading may be.
    pub skew: Nanos,
    /// What a wait is exact to.
    pub tick: Nanos,
}

/// What one run of a law draws. Costs are taken modulo the burst, times are thousandths of the time that a burst takes to come back.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    /// What was taken before.
    pub first: u32,
    /// What is asked for.
    pub cost: u32,
    /// What is asked for afterwards.
    pub probe: u32,
    /// When it is asked for.
    pub before: u16,
    /// When it is asked for again.
    pub later: u16,
    /// How late a reading is, in thousandths of the skew.
    pub late: u16,
}

/// Where each run starts: far from zero, and not on a tick of any width.
const START: Nanos = Nanos(100_000_000_007);

impl<A: Algorithm<Cost = u32> + Debug> Case<A> {
    fn cost(&self, drawn: u32) -> u32 {
        drawn % self.burst + 1
    }

    fn span(&self, thousandths: u16) -> Nanos {
        Nanos((u128::from(self.full.0) * u128::from(thousandths) / 1_000) as u64)
    }

    fn after(&self, first: u32) -> A::State {
        let mut state = A::State::default();
        let decision = self.algorithm.step(&mut state, START, first % (self.burst + 1));
        assert_eq!(decision, Decision::Allowed, "{self:?}");
        state
    }

    fn decision(&self, state: &A::State, now: Nanos, cost: u32) -> Decision {
        self.algorithm.step(&mut state.clone(), now, cost)
    }

    fn admits(&self, state: &A::State, now: Nanos, cost: u32) -> bool {
        self.decision(state, now, cost).is_allowed()
    }

    /// Whether the word still tells the past from the future `span` after the start.
    fn remembers(&self, span: Nanos) -> bool {
        span <= self.memory
    }

    /// Laws 1 to 3 in one state.
    fn total_in(&self, mut state: A::State, now: Nanos, cost: u32, queued: u64) {
        let before = state.clone();
        let decision = self.algorithm.step(&mut state, now, cost);
        assert_eq!(matches!(decision, Decision::Impossible { most } if most == self.burst), cost > self.burst, "{self:?}");
        assert!(decision.is_allowed() || state == before, "{self:?}: a refusal wrote");
        let _ = self.algorithm.wait_behind(&state, now, queued, cost);
        let _ = (self.algorithm.snapshot(&state, now), self.algorithm.is_idle(&state, now));
        self.algorithm.undo(&mut state, now, cost);
    }

    /// Laws 1 to 3, in states that calls lead to.
    pub fn total(&self, first: u32, now: u64, cost: u32, queued: u64) {
        self.total_in(self.after(first), Nanos(now), cost, queued);
    }

    /// Law 4 in one state.
    fn waits_are_exact_in(&self, state: &A::State, draw: Draw) {
        let (now, cost) = (START.saturating_add(self.span(draw.before)), self.cost(draw.cost));
        if let Decision::Denied { retry_after } = self.decision(state, now, cost) {
            let then = now.saturating_add(retry_after);
            assert!(self.admits(state, then, cost), "{self:?}: refused after the wait of {retry_after} that it told");
            let early = then.saturating_sub(self.tick.min(retry_after));
            assert!(!self.admits(state, early, cost), "{self:?}: a wait of {retry_after} is longer than needed");
        }
    }

    /// Law 4, in states that calls lead to.
    pub fn waits_are_exact(&self, draw: Draw) {
        self.waits_are_exact_in(&self.after(draw.first), draw);
    }

    /// Law 5.
    pub fn patience_never_hurts(&self, draw: Draw) {
        let (state, cost) = (self.after(draw.first), self.cost(draw.cost));
        let (now, then) = (self.span(draw.before), self.span(draw.before).saturating_add(self.span(draw.later)));
        if self.remembers(then) && self.admits(&state, START.saturating_add(now), cost) {
            assert!(self.admits(&state, START.saturating_add(then), cost), "{self:?} {draw:?}");
        }
    }

    /// Law 6.
    pub fn a_late_clock_is_only_stricter(&self, draw: Draw) {
        let (state, cost) = (self.after(self.burst), self.cost(draw.cost));
        let late = Nanos((u128::from(self.skew.0) * u128::from(draw.late % 1_000) / 1_000) as u64);
        let now = START.saturating_add(self.span(draw.before));
        if self.remembers(self.span(draw.before)) && self.admits(&state, now.saturating_sub(late), cost) {
            assert!(self.admits(&state, now, cost), "{self:?} {draw:?}");
        }
    }

    /// Law 7.
    pub fn undone_is_as_if_never_done(&self, draw: Draw) {
        if !self.remembers(self.span(draw.later)) {
            return;
        }
        let (state, cost) = (self.after(draw.first), self.cost(draw.cost));
        let mut undone = state.clone();
        if self.algorithm.step(&mut undone, START, cost).is_allowed() {
            self.algorithm.undo(&mut undone, START, cost);
        }
        let (at, probe) = (START.saturating_add(self.span(draw.later)), self.cost(draw.probe));
        assert_eq!(self.decision(&undone, at, probe), self.decision(&state, at, probe), "{self:?} {draw:?}");
    }

    /// Law 8.
    pub fn the_default_is_new(&self, now: u64) {
        let wraps = size_of::<A::State>() >= 8 && !self.remembers(Nanos(now));
        assert!(wraps || self.admits(&A::State::default(), Nanos(now), self.burst), "{self:?} at {now}");
    }

    /// Law 9.
    pub fn idle_is_empty(&self, draw: Draw) {
        let state = self.after(draw.first);
        let now = START.saturating_add(self.span(draw.before)).saturating_add(self.span(draw.later));
        if self.algorithm.is_idle(&state, now) {
            let late = Nanos((u128::from(self.skew.0) * u128::from(draw.late % 1_000) / 1_000) as u64);
            assert!(self.admits(&state, now.saturating_sub(late), self.burst), "{self:?} {draw:?}");
        } else {
            let long_ago = now.saturating_sub(START) > self.full.saturating_add(self.full).saturating_add(self.skew);
            assert!(!long_ago || !self.remembers(now.saturating_sub(START)), "{self:?} {draw:?}: never idle");
        }
    }

    /// A drain that is told late is one at its time, and takes nothing where all has come back since; whatever came in between, it gives
    /// nothing away.
    pub fn a_late_drain_is_one_at_its_time(&self, draw: Draw)
    where
        A: Empty,
    {
        let since = START.saturating_add(self.span(draw.before));
        let (now, later) = (since.saturating_add(self.span(draw.later)), Nanos(self.full.0 / 1_000 * u64::from(draw.late)));
        let (at, probe) = (now.saturating_add(later), self.cost(draw.probe));
        if !self.remembers(at.saturating_sub(START)) {
            return;
        }
        let state = self.after(draw.first);
        let (mut in_time, mut late) = (state.clone(), state.clone());
        self.algorithm.drain(&mut in_time, since);
        self.algorithm.drain_since(&mut late, now, since);
        assert_eq!(self.decision(&late, at, probe), self.decision(&in_time, at, probe), "{self:?} {draw:?}");

        let mut busy = state;
        let _ = self.algorithm.step(&mut busy, now, self.cost(draw.cost));
        let mut drained = busy.clone();
        self.algorithm.drain_since(&mut drained, now, since);
        assert!(self.admits(&busy, at, probe) || !self.admits(&drained, at, probe), "{self:?} {draw:?}: given away");
        let come_back = now >= since.saturating_add(self.full).saturating_add(self.full).saturating_add(self.tick);
        assert!(!come_back || drained == busy, "{self:?} {draw:?}: taken again");
    }

    /// What is left when a snapshot is taken, `None` beyond the memory: the state, the reading and what it tells.
    fn looked_at(&self, draw: Draw) -> Option<(A::State, Nanos, Snapshot)> {
        let (state, now) = (self.after(draw.first), START.saturating_add(self.span(draw.later)));
        let snapshot = self.algorithm.snapshot(&state, now);
        self.remembers(self.span(draw.later)).then_some((state, now, snapshot))
    }

    /// What a snapshot says to be left is what would be admitted.
    pub fn a_snapshot_tells_what_is_left(&self, draw: Draw) {
        let Some((state, now, snapshot)) = self.looked_at(draw) else { return };
        assert_eq!(snapshot.limit, self.burst);
        assert!(self.admits(&state, now, snapshot.remaining) && !self.admits(&state, now, snapshot.remaining + 1), "{self:?} {snapshot:?}");
        assert_eq!(snapshot.retry_after == Nanos::ZERO, snapshot.remaining > 0, "{self:?} {snapshot:?}");
        assert_eq!(snapshot.reset_after == Nanos::ZERO, snapshot.remaining == self.burst, "{self:?} {snapshot:?}");
    }

    /// The waits that a snapshot tells are exact.
    pub fn a_snapshot_tells_the_waits(&self, draw: Draw) {
        let Some((state, now, snapshot)) = self.looked_at(draw) else { return };
        assert!(self.admits(&state, now.saturating_add(snapshot.retry_after), 1), "{self:?} {snapshot:?}");
        let reset = now.saturating_add(snapshot.reset_after);
        assert!(self.admits(&state, reset, self.burst), "{self:?} {snapshot:?}");
        if snapshot.reset_after > self.tick {
            assert!(!self.admits(&state, reset.saturating_sub(self.tick), self.burst), "{self:?} {snapshot:?}");
        }
    }

    /// The wait behind a queue is when it has passed, but for a nanosecond or a tick a caller.
    pub fn the_wait_behind_a_queue_is_when_it_has_passed(&self, drawn: &[u32]) {
        let mut state = self.after(self.burst);
        let costs: Vec<u32> = drawn.iter().map(|&cost| cost % self.largest_in_line + 1).collect();
        let Some((last, ahead)) = costs.split_last() else { return };
        let queued = ahead.iter().map(|&cost| u64::from(cost)).sum();
        let forecast = self.algorithm.wait_behind(&state, START, queued, *last);
        let mut now = START;
        for &cost in &costs {
            if let Decision::Denied { retry_after } = self.decision(&state, now, cost) {
                now = now.saturating_add(retry_after);
            }
            assert_eq!(self.algorithm.step(&mut state, now, cost), Decision::Allowed, "{self:?}");
        }
        let waited = now.saturating_sub(START);
        assert!(forecast <= waited, "{self:?}: {forecast} told, {waited} waited");
        let late = waited.saturating_sub(forecast).0;
        assert!(late <= costs.len() as u64 * self.tick.0, "{self:?}: {late} ns late");
    }
}

impl<A: Algorithm<Cost = u32, State: Word> + Debug> Case<A> {
    /// Laws 1 to 3, for any bits.
    pub fn total_for_any_bits(&self, bits: u64, now: u64, cost: u32, queued: u64) {
        self.total_in(A::State::truncate(bits), Nanos(now), cost, queued);
    }

    /// Law 4, for any bits.
    pub fn waits_are_exact_for_any_bits(&self, bits: u64, draw: Draw) {
        self.waits_are_exact_in(&A::State::truncate(bits), draw);
    }
}

/// Draws for one run of a law.
pub fn draws() -> impl Strategy<Value = Draw> {
    let costs = (any::<u32>(), any::<u32>(), any::<u32>());
    let times = (0u16..2_500, 0u16..2_500, 0u16..1_000);
    (costs, times).prop_map(|((first, cost, probe), (before, later, late))| Draw { first, cost, probe, before, later, late })
}

/// Stamps the laws on an algorithm: `laws!(name, strategy of Case)`. The tests live in a module `name`. One whose state is no word is
/// told so, `laws!(name, strategy of Case, no word)`, and one whose waits can't be told too, `laws!(name, strategy of Case, no waits)`.
#[macro_export]
macro_rules! laws {
    ($name:ident, $cases:expr) => {
        $crate::laws!(@in $name, $cases, of_all of_words of_waits of_waits_in_words);
    };
    ($name:ident, $cases:expr, no word) => {
        $crate::laws!(@in $name, $cases, of_all of_waits);
    };
    ($name:ident, $cases:expr, no waits) => {
        $crate::laws!(@in $name, $cases, of_all of_words);
    };
    (@in $name:ident, $cases:expr, $($laws:ident)*) => {
        mod $name {
            use paceline_core::Nanos;
            use proptest::prelude::*;

            use super::*;
            use $crate::laws::draws;

            $($crate::laws!(@$laws $cases);)*
        }
    };
    (@of_all $cases:expr) => {
        proptest! {
            #[test]
            fn total(case in $cases, first: u32, now: u64, cost: u32, queued: u64) {
                case.total(first, now, cost, queued);
            }

            #[test]
            fn patience_never_hurts(case in $cases, draw in draws()) {
                case.patience_never_hurts(draw);
            }

            #[test]
            fn a_late_clock_is_only_stricter(case in $cases, draw in draws()) {
                case.a_late_clock_is_only_stricter(draw);
            }

            #[test]
            fn undone_is_as_if_never_done(case in $cases, draw in draws()) {
                case.undone_is_as_if_never_done(draw);
            }

            #[test]
            fn the_default_is_new(case in $cases, now: u64) {
                case.the_default_is_new(now);
            }

            #[test]
            fn idle_is_empty(case in $cases, draw in draws()) {
                case.idle_is_empty(draw);
            }

            #[test]
            fn a_snapshot_tells_what_is_left(case in $cases, draw in draws()) {
                case.a_snapshot_tells_what_is_left(draw);
            }
        }
    };
    (@of_words $cases:expr) => {
        proptest! {
            #[test]
            fn total_for_any_bits(case in $cases, bits: u64, now: u64, cost: u32, queued: u64) {
                case.total_for_any_bits(bits, now, cost, queued);
            }
        }
    };
    (@of_waits $cases:expr) => {
        proptest! {
            #[test]
            fn waits_are_exact(case in $cases, draw in draws()) {
                case.waits_are_exact(draw);
            }

            #[test]
            fn a_late_drain_is_one_at_its_time(case in $cases, draw in draws()) {
                case.a_late_drain_is_one_at_its_time(draw);
            }

            #[test]
            fn a_snapshot_tells_the_waits(case in $cases, draw in draws()) {
                case.a_snapshot_tells_the_waits(draw);
            }

            #[test]
            fn the_wait_behind_a_queue_is_when_it_has_passed(case in $cases, costs in prop::collection::vec(any::<u32>(), 1..20)) {
                case.the_wait_behind_a_queue_is_when_it_has_passed(&costs);
            }
        }
    };
    (@of_waits_in_words $cases:expr) => {
        proptest! {
            #[test]
            fn waits_are_exact_for_any_bits(case in $cases, bits: u64, draw in draws()) {
                case.waits_are_exact_for_any_bits(bits, draw);
            }
        }
    };
}
