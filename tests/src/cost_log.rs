//! The definition of the log of any cost, word for word, over all that was ever admitted, and sequences of calls that are played to it and
//! to the real one.

use core::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use paceline::Mutex;
use paceline_core::{Cell as _, CostLog, Decision, Drain, Limit, Locked, Logged, Nanos, Ring};
use proptest::prelude::*;

/// How far a reading may be behind the newest.
const SKEW: u64 = 1_000_000_000;

/// All that was admitted and may still count, and the definition of the limit.
#[derive(Clone, Debug)]
struct EveryWindow {
    limit: u64,
    window: u64,
    /// The most that are remembered at once.
    places: usize,
    calls: Vec<(u64, u32)>,
    newest: u64,
    /// When the log was told to forget.
    forgot: u64,
}

impl EveryWindow {
    /// Of the windows that hold it, each that begins with a call is looked at.
    fn admits(&self, now: u64, cost: u32) -> bool {
        let now = now.max(self.newest);
        let with_it = || self.calls.iter().copied().chain([(now, cost)]);
        let held = |begin: u64| with_it().filter(move |&(call, _)| call >= begin && call - begin < self.window);
        let mut windows = with_it().map(|(begin, _)| begin).filter(|begin| now - begin < self.window);
        let fits = windows.all(|begin| held(begin).map(|(_, cost)| u64::from(cost)).sum::<u64>() <= self.limit);
        let remembered = self.calls.iter().filter(|&&(call, _)| now - call < self.window).count();
        u64::from(cost) <= self.limit && fits && (cost == 0 || remembered < self.places)
    }

    /// What was left at `now` is taken then. In a ring that is full it is one with the next later call, or with the last.
    fn drain(&mut self, now: u64) {
        let counts = |call: u64| call <= now && now - call < self.window;
        let held = self.calls.iter().filter(|(call, _)| counts(*call)).map(|&(_, cost)| u64::from(cost)).sum();
        let taken = self.limit.saturating_sub(held) as u32;
        if taken == 0 || self.window == 0 {
            return;
        }
        self.come_to(now);
        let (mut later, mut earlier): (Vec<_>, Vec<_>) = self.calls.iter_mut().partition(|(call, _)| *call > now);
        if later.len() + earlier.len() < self.places {
            self.calls.push((now, taken));
            return;
        }
        later.sort_by_key(|(call, _)| *call);
        earlier.sort_by_key(|(call, _)| *call);
        let there = later.into_iter().next().or(earlier.pop()).expect("a full ring");
        *there = (there.0.max(now), there.1 + taken);
    }

    /// The earliest time from `now` on at which `cost` is admitted: at once, or when others have left the window.
    fn earliest(&self, now: u64, cost: u32) -> u64 {
        let leaving = self.calls.iter().map(|(call, _)| call + self.window).filter(|&end| end > now);
        leaving.chain([now]).filter(|&time| self.admits(time, cost)).min().expect("after the last one left")
    }

    /// How long the last of so many calls of cost 1 waits that all go as early as they can, with a place for each.
    fn wait_of_last(&self, now: u64, calls: usize) -> u64 {
        let mut all = Self { places: usize::MAX, ..self.clone() };
        all.begins_anew(now);
        let mut last = now;
        for _ in 0..calls {
            last = all.earliest(last, 1);
            all.push(last, 1);
        }
        last - now
    }

    /// What is forgotten by a reading that is too late.
    fn begins_anew(&mut self, now: u64) {
        if self.newest.saturating_sub(now) > self.window + SKEW {
            (self.calls, self.newest) = (Vec::new(), 0);
        }
        if self.forgot.saturating_sub(now) > SKEW {
            self.calls.retain(|(call, _)| call + self.window + SKEW > self.forgot);
            self.forgot = 0;
        }
    }

    /// What is behind the window then is forgotten, also for a drain that is late.
    fn come_to(&mut self, now: u64) {
        self.newest = now.max(self.newest);
        self.calls.retain(|(call, _)| self.newest - call < self.window);
    }

    fn push(&mut self, now: u64, cost: u32) {
        self.come_to(now);
        self.calls.push((self.newest, cost));
    }
}

/// One step of a sequence of calls; spans are in thousandths of the window.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Op {
    /// Time passes.
    Pass(u16),
    /// The clock goes back, by nanoseconds.
    Jump(u64),
    /// A call.
    Acquire {
        /// What it asks for.
        cost: u8,
        /// How old its reading is.
        behind: u16,
    },
    /// A call that is undone at once, if it is admitted.
    AcquireAndUndo(u8),
    /// What is left is taken.
    TakeUpTo(u8),
    /// Nothing is left.
    Drain,
    /// How long the last of so many would wait.
    WaitBehind(u8),
    /// All is forgotten that may be.
    ForgetIdle,
}

/// Sequences of calls, most of them near the limit.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        3 => (0u16..900).prop_map(Op::Pass),
        1 => (0u16..3_000).prop_map(Op::Pass),
        1 => prop_oneof![0u64..100, 0u64..2_000_000_000, any::<u64>()].prop_map(Op::Jump),
        4 => (0u8..14, prop_oneof![3 => Just(0), 1 => 0u16..1_500]).prop_map(|(cost, behind)| Op::Acquire { cost, behind }),
        1 => (0u8..14).prop_map(Op::AcquireAndUndo),
        1 => (0u8..14).prop_map(Op::TakeUpTo),
        1 => Just(Op::Drain),
        1 => any::<u8>().prop_map(Op::WaitBehind),
        1 => Just(Op::ForgetIdle),
    ];
    proptest::collection::vec(op, 1..100)
}

/// The body of the fuzz target: limit, window and calls, as `bytes` tell them.
pub fn fuzz(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let Ok((limit, window, ops)) = bytes.arbitrary::<(u8, u64, Vec<Op>)>() else { return };
    let ops = ops.get(..100).unwrap_or(&ops);
    check_against_oracle::<3>(limit.into(), window % (1 << 52), ops);
}

/// Plays `ops` to a log that remembers `N` admissions.
pub fn check_against_oracle<const N: usize>(limit: u32, window: u64, ops: &[Op]) {
    let log = Log::<N>::new(limit, Duration::from_nanos(window));
    let all = EveryWindow { limit: limit.into(), window, places: N, calls: Vec::new(), newest: 0, forgot: 0 };
    let mut play = Play { log: Locked::new(Mutex::new((log, Logged::default()))), all, now: 10 * SKEW };
    for &op in ops {
        play.step(op);
    }
}

type Log<const N: usize> = CostLog<Ring<N>>;

struct Play<const N: usize> {
    log: Locked<Log<N>, Mutex<(Log<N>, Logged<Ring<N>>)>>,
    all: EveryWindow,
    now: u64,
}

impl<const N: usize> Play<N> {
    fn step(&mut self, op: Op) {
        match op {
            Op::Pass(thousandths) => self.now += self.span(thousandths),
            Op::Jump(back) => self.now = self.now.saturating_sub(back),
            Op::Acquire { cost, behind } => {
                self.acquire(self.now.saturating_sub(self.span(behind)), cost.into());
            }
            Op::AcquireAndUndo(cost) => {
                let now = self.now.max(self.all.newest);
                if self.acquire(now, cost.into()) && cost > 0 {
                    self.log.undo(Nanos(now), cost.into());
                    self.all.calls.pop();
                }
            }
            Op::TakeUpTo(most) => {
                let most = most.max(1);
                self.all.begins_anew(self.now);
                let taken = self.log.take_up_to(Nanos(self.now), most.into());
                let fits = |cost: u32| cost == 0 || self.all.admits(self.now, cost);
                assert!(taken <= most.into() && fits(taken) && (taken == u32::from(most) || !fits(taken + 1)), "took {taken} of {most}");
                if taken > 0 {
                    self.all.push(self.now, taken);
                }
            }
            Op::Drain => {
                if self.all.limit > 0 && self.all.window > 0 {
                    self.all.begins_anew(self.now);
                }
                self.log.drain(Nanos(self.now));
                self.all.drain(self.now);
            }
            Op::WaitBehind(queued) if self.all.limit > 0 && self.all.window > 0 => {
                let calls = queued % 8;
                let told = self.log.wait_behind(Nanos(self.now), calls.into(), 1);
                assert_eq!(told, Nanos(self.all.wait_of_last(self.now, usize::from(calls) + 1)), "behind {calls}: {:?}", self.all);
            }
            Op::WaitBehind(_) => {} // "nothing but a cost of 0 is ever admitted", or "anything up to the limit": nobody waits in line
            Op::ForgetIdle => {
                if self.log.forget_idle(Nanos(self.now)) {
                    (self.all.forgot, self.all.newest) = (self.all.forgot.max(self.now), 0);
                }
            }
        }
        self.snapshot();
    }

    fn span(&self, thousandths: u16) -> u64 {
        (u128::from(self.all.window) * u128::from(thousandths) / 1_000) as u64
    }

    fn acquire(&mut self, reading: u64, cost: u32) -> bool {
        let now = Nanos(reading);
        let peeked = self.log.peek(now, cost);
        let decision = self.log.decide(now, cost);
        assert_eq!(decision, peeked);
        let in_range = self.all.newest.saturating_sub(reading) <= self.all.window + SKEW;
        match decision {
            Decision::Impossible { most } => assert!(cost > most && u64::from(most) == self.all.limit),
            Decision::Allowed if cost == 0 => {}
            Decision::Allowed => {
                self.all.begins_anew(reading);
                assert!(self.all.admits(reading, cost), "{cost} at {reading} is too much: {:?}", self.all);
                self.all.push(reading, cost);
            }
            Decision::Denied { retry_after } => {
                let then = reading + retry_after.0;
                assert!(in_range && u64::from(cost) <= self.all.limit);
                assert!(self.all.admits(then, cost), "{cost} at {reading} told {retry_after}: {:?}", self.all);
                assert!(!self.all.admits(then - 1, cost), "{cost} at {reading} told {retry_after}: {:?}", self.all);
            }
        }
        decision.is_allowed()
    }

    fn snapshot(&self) {
        let now = Nanos(self.now);
        let snapshot = self.log.snapshot(now);
        // A drain that is told late may leave more counted than the limit; then not even a cost of 0 is admitted.
        assert!(snapshot.remaining == 0 || self.log.peek(now, snapshot.remaining).is_allowed());
        assert!(!self.log.peek(now, snapshot.remaining + 1).is_allowed(), "{snapshot:?}");
        if snapshot.limit > 0 {
            let wait = |cost| match self.log.peek(now, cost) {
                Decision::Denied { retry_after } => retry_after,
                Decision::Allowed | Decision::Impossible { .. } => Nanos::ZERO,
            };
            assert_eq!((snapshot.retry_after, snapshot.reset_after), (wait(1), wait(snapshot.limit)));
        }
        assert!(self.log.read(|_, logged| logged.count()) <= N);
    }
}
