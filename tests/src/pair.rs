//! Pairs beside what they are made of: the same limits in a set, and each by itself in exact arithmetic.

use core::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use paceline_core::{
    Algorithm as _, Atomic, CarryOver, Cell, Charge, Decision, Drain, Gcra, Limit as _, NamedLimit as _, Nanos, Pair, Quota, Reservation,
    Reserve as _, Saved, Set, SetDecision, SlidingWindow, algorithm::Persist,
};
use proptest::prelude::*;

use crate::{gcra::ExactGcra, sliding_window::ExactSlidingWindow};

/// One step of a sequence of calls.
#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    /// Time passes, in milliseconds.
    Pass(u16),
    /// The clock jumps back by an hour.
    JumpBack,
    /// A call whose clock is that many milliseconds behind, up to the skew.
    Acquire([u8; 2], u16),
    /// A call that is undone at once, if it is admitted.
    AcquireAndUndo([u8; 2]),
    /// As much as there is of each, up to this.
    TakeUpTo([u8; 2]),
    /// All that there is.
    Drain,
    /// Costs that nobody knew before.
    Charge([u8; 2]),
    /// A call at a later time, within so many milliseconds.
    Reserve([u8; 2], u16),
    /// The last reservation is not made use of.
    Cancel,
    /// So much of the last reservation is not made use of.
    Refund(u8),
    /// Other limits in the same periods.
    SetQuota([u8; 2], u8),
    /// Saves it and restores it.
    SaveAndRestore,
    /// All is forgotten that may be.
    ForgetIdle,
}

impl Op {
    fn rule(rule: u8) -> CarryOver {
        [CarryOver::Reset, CarryOver::Proportional, CarryOver::AsIs][usize::from(rule % 3)]
    }
}

/// Sequences of calls, most of them near the limits.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let costs = || prop_oneof![4 => [0u8..12, 0u8..12], 1 => any::<[u8; 2]>()];
    let op = prop_oneof![
        4 => (0u16..3_000).prop_map(Op::Pass),
        4 => (costs(), prop_oneof![Just(0), 0u16..1_000]).prop_map(|(costs, behind)| Op::Acquire(costs, behind)),
        2 => costs().prop_map(Op::AcquireAndUndo),
        1 => costs().prop_map(Op::TakeUpTo),
        1 => Just(Op::Drain),
        1 => costs().prop_map(Op::Charge),
        3 => (costs(), any::<u16>()).prop_map(|(costs, patience)| Op::Reserve(costs, patience)),
        1 => Just(Op::Cancel),
        1 => any::<u8>().prop_map(Op::Refund),
        1 => Just(Op::JumpBack),
        1 => ([0u8..60, 0u8..60], any::<u8>()).prop_map(|(limits, rule)| Op::SetQuota(limits, rule)),
        1 => Just(Op::SaveAndRestore),
        1 => Just(Op::ForgetIdle),
    ];
    proptest::collection::vec(op, 1..100)
}

/// Limits up to 60 in a second to a minute: intervals of 16 ms and more.
pub fn quotas() -> impl Strategy<Value = Quota> {
    (1u32..60, 1_000u64..60_000).prop_map(|(limit, period)| Quota::new(limit, Duration::from_millis(period)))
}

/// The body of the fuzz target: two quotas and calls, as `bytes` tell them.
pub fn fuzz(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let Ok(numbers) = bytes.arbitrary::<[(u8, u16); 2]>() else { return };
    let quotas = numbers.map(|(limit, period)| Quota::new(u32::from(limit % 60) + 1, Duration::from_millis(u64::from(period) + 1_000)));
    let Ok(ops) = bytes.arbitrary::<Vec<Op>>() else { return };
    let ops = ops[..ops.len().min(100)].to_vec();
    check_against_set_and_oracles(quotas, &ops);
    check_reservations(quotas, &ops);
    check_twins(quotas[0], &ops);
}

const START: Nanos = Nanos::from_secs(1_000_000);
const HOUR: Nanos = Nanos::from_secs(3_600);

fn gcra(quota: Quota) -> Gcra<u32> {
    Gcra::new_u32(quota).expect("a rate that can be kept")
}

fn window(quota: Quota) -> SlidingWindow<u32> {
    SlidingWindow::new_u32(quota).expect("a limit that fits")
}

/// What readings are rounded down to, and so what decisions are exact for: found by when a burst is over.
fn tick(gcra: Gcra<u32>) -> u64 {
    let over = |now| {
        let mut state = 0;
        assert!(gcra.step(&mut state, Nanos(now), gcra.burst()).is_allowed());
        gcra.snapshot(&state, Nanos(now)).reset_after.0 + now
    };
    (0..44).map(|exponent| 1 << exponent).find(|&now| over(now) != over(0)).expect("the coarsest tick")
}

fn wide(costs: [u8; 2]) -> [u32; 2] {
    costs.map(u32::from)
}

fn passed(now: Nanos, millis: u16) -> Nanos {
    now.saturating_add(Nanos::from_millis((millis % 5_000).into()))
}

/// What both limits of the set can do.
trait Part: Drain<Cost = u32> + Charge {}

impl<L: Drain<Cost = u32> + Charge> Part for L {}

/// A pair, the same limits alone, and what they are by definition.
struct Beside {
    quotas: [Quota; 2],
    pair: Atomic<Pair<Gcra<u32>, SlidingWindow<u32>>>,
    alone: (Atomic<Gcra<u32>>, Atomic<SlidingWindow<u32>>),
    exact: (ExactGcra, ExactSlidingWindow),
    now: Nanos,
    /// No reading is from before this: what was saved goes on from then "as if no time had passed", and has no past.
    restored: Nanos,
}

fn exact_window(quota: Quota) -> ExactSlidingWindow {
    ExactSlidingWindow::new(quota, window(quota).debt(), window(quota).skew())
}

/// Plays `ops` to a pair and to the same limits in a set: they answer alike, and what they admit the exact limiters admit.
pub fn check_against_set_and_oracles(quotas: [Quota; 2], ops: &[Op]) {
    let [first, second] = quotas;
    let (gcra, window) = (gcra(first), window(second));
    let mut play = Beside {
        quotas,
        pair: Atomic::new(Pair::new(gcra, window)),
        alone: (Atomic::new(gcra), Atomic::new(window)),
        exact: (ExactGcra::new(first), exact_window(second)),
        now: START,
        restored: Nanos::ZERO,
    };
    for op in ops {
        play.step(op);
        play.look();
    }
}

impl Beside {
    fn step(&mut self, op: &Op) {
        let now = self.now;
        match *op {
            Op::Pass(millis) => self.now = passed(now, millis),
            Op::JumpBack => self.jump_back(),
            Op::Acquire(costs, behind) => {
                let (now, costs) = (late(now, behind).max(self.restored), wide(costs));
                if decided(&self.pair, &self.set(), now, costs).is_allowed() {
                    self.admit(now, costs);
                    self.exact.1.begin_window(now); // a call does, also one that costs nothing
                }
            }
            Op::AcquireAndUndo(costs) => {
                if decided(&self.pair, &self.set(), now, wide(costs)).is_allowed() {
                    self.pair.undo(now, wide(costs));
                    self.set().undo(now, wide(costs));
                    self.exact.1.begin_window(now); // a late reading is told by the newest window that was counted in
                }
            }
            Op::TakeUpTo(most) => {
                let taken = self.pair.take_up_to(now, wide(most));
                assert_eq!(taken, self.set().take_up_to(now, wide(most)));
                self.admit(now, taken);
            }
            Op::Drain => {
                let left = self.pair.snapshot(now).map(|snapshot| snapshot.remaining);
                self.pair.drain(now);
                self.set().drain(now);
                self.admit(now, left);
                assert_eq!(self.pair.snapshot(now).map(|snapshot| snapshot.remaining), [0, 0]);
            }
            // The exact GCRA knows no debt: a charge is seen by its twin in the set.
            Op::Charge(costs) => {
                let charged = self.pair.charge(now, wide(costs));
                assert_eq!(charged, self.set().charge(now, wide(costs)));
                let most = u128::from(self.quotas[1].limit() + self.pair.algorithm().second().debt());
                assert!(u128::from(charged[1]) <= self.exact.1.room(now, most), "charged below the floor");
                if charged[1] > 0 {
                    self.exact.1.take(now, charged[1].into()); // a charge of nothing begins no window
                }
            }
            Op::SetQuota(limits, rule) => self.set_quota(limits, Op::rule(rule)),
            Op::SaveAndRestore => {
                saved_and_restored(&self.pair, now);
                saved_and_restored(&self.alone.0, now);
                saved_and_restored(&self.alone.1, now);
                self.exact.1.save_and_restore(now, now);
                self.restored = now;
            }
            Op::ForgetIdle => self.forget_idle(),
            Op::Reserve(..) | Op::Cancel | Op::Refund(_) => {} // a sliding window has no later time
        }
    }

    fn set(&self) -> Set<&dyn Part, 2> {
        Set::new([&self.alone.0, &self.alone.1])
    }

    fn admit(&mut self, now: Nanos, costs: [u32; 2]) {
        let tick = self.pair.algorithm().first().tick().0;
        assert!(costs[0] == 0 || self.exact.0.admit(Nanos(now.0 - now.0 % tick), costs[0]), "above the first quota");
        assert!(costs[1] == 0 || self.exact.1.admit(now, costs[1]), "above the second quota");
    }

    fn look(&self) {
        let (now, quotas) = (self.now, self.quotas);
        let snapshot = self.pair.snapshot(now);
        assert_eq!(snapshot, self.set().snapshot(now), "{quotas:?}");
        assert_eq!(self.pair.wait_behind(now, [7, 9], [1, 1]), self.set().wait_behind(now, [7, 9], [1, 1]), "{quotas:?}");
        assert!(u128::from(snapshot[1].remaining) <= self.exact.1.room(now, quotas[1].limit().into()), "{quotas:?}");
    }

    /// A jump back beyond the horizon costs at most one extra burst: each limit is as new, or waits no longer than its horizon. But where
    /// it is further than the index of the window reaches.
    fn jump_back(&mut self) {
        let (to, memory) = (self.now.saturating_sub(HOUR), self.pair.algorithm().second().memory());
        if !self.exact.1.tells_a_jump_to(to, memory) {
            return;
        }
        let was_busy = self.pair.snapshot(self.now)[0].reset_after > Nanos::ZERO;
        (self.now, self.restored) = (to, Nanos::ZERO);
        self.exact.0 = ExactGcra::new(self.quotas[0]);
        let horizons = self.horizons();
        let after = self.pair.snapshot(to);
        assert!(after[0].reset_after <= horizons[0] && after[1].reset_after <= horizons[1], "{after:?}, beyond {horizons:?}");
        if was_busy && horizons[0] <= HOUR && HOUR <= self.pair.algorithm().first().memory() {
            assert_eq!(after[0].remaining, after[0].limit, "an hour back is as new");
        }
    }

    fn horizons(&self) -> [Nanos; 2] {
        let (gcra, window) = (*self.pair.algorithm().first(), *self.pair.algorithm().second());
        let new = Atomic::new(gcra);
        let first = new.snapshot_drained(START, START).reset_after.saturating_add(new.max_patience()).saturating_add(gcra.skew());
        let windows = Nanos(2 * self.quotas[1].period().0).saturating_add(window.skew());
        [first.saturating_add(Nanos(2 * gcra.tick().0)), windows]
    }

    /// Of the exact GCRA only the rate from now on is looked at: its twin in the set has the same rest.
    fn set_quota(&mut self, limits: [u8; 2], rule: CarryOver) {
        let [first, second] =
            [0, 1].map(|place: usize| Quota::new(u32::from(limits[place] % 60) + 1, self.quotas[place].period().to_duration()));
        let (gcra, window) = (gcra(first), window(second));
        self.pair.set_quota(self.now, Pair::new(gcra, window), rule);
        self.alone.0.set_quota(self.now, gcra, rule);
        self.alone.1.set_quota(self.now, window, rule);
        self.exact = (ExactGcra::new(first), self.exact.1.carry_over(self.now, exact_window(second), rule));
        self.quotas = [first, second];
    }

    /// Both or none.
    fn forget_idle(&mut self) {
        let now = self.now;
        let first = self.alone.0.read(|gcra, state| gcra.is_idle(state, now));
        let second = self.alone.1.read(|window, state| window.is_idle(state, now));
        assert_eq!(self.pair.forget_idle(now), first && second);
        if first && second {
            assert!(self.alone.0.forget_idle(now) && self.alone.1.forget_idle(now));
        }
    }
}

fn saved_and_restored<C: Cell<Algorithm: Persist>>(cell: &C, now: Nanos) {
    let saved = Saved::from_bytes(&cell.save(now).to_bytes()).expect("what was just written");
    cell.restore(now, &saved).expect("the same algorithm");
}

fn late(now: Nanos, behind: u16) -> Nanos {
    now.saturating_sub(Nanos::from_millis((behind % 1_000).into()))
}

fn decided(pair: &Atomic<Pair<Gcra<u32>, SlidingWindow<u32>>>, set: &Set<&dyn Part, 2>, now: Nanos, costs: [u32; 2]) -> SetDecision {
    let decision = pair.decide_named(now, costs);
    assert_eq!(decision, set.decide_named(now, costs), "{costs:?} at {now}");
    if let SetDecision::Denied { retry_after, limit } = decision {
        let then = now.saturating_add(retry_after);
        match pair.peek_named(then, costs) {
            SetDecision::Allowed => {}
            // The time of a half that has been idle for longer than its word remembers has wrapped.
            SetDecision::Denied { limit: other, .. } if other != limit && pair.snapshot(now)[other].reset_after < retry_after => {
                return decision;
            }
            refused => panic!("{refused:?} after the wait that it told"),
        }
        let early = pair.peek_named(then.saturating_sub(Nanos(1)), costs);
        assert_eq!(early, SetDecision::Denied { retry_after: Nanos(1), limit }, "a wait longer than needed");
    }
    decision
}

/// Calls made at a time, of one limit, all of which were admitted.
struct Calls {
    quota: Quota,
    tick: u64,
    made: Vec<(Nanos, u32)>,
}

impl Calls {
    /// After a jump back what was called is another clock's: that is the one extra burst, and what was reserved.
    fn begin_anew(&mut self) {
        self.check();
        self.made.clear();
    }

    /// Promise 1, between any two of them: at most the burst, and what the rate gives in between.
    fn check(&self) {
        let mut made = self.made.clone();
        made.sort_unstable();
        let (limit, period) = (u128::from(self.quota.limit()), u128::from(self.quota.period().0));
        for (from, (start, _)) in made.iter().enumerate() {
            let mut costs = 0;
            for (end, cost) in &made[from..] {
                costs += u128::from(*cost);
                let most = u128::from(self.quota.max_burst()) * period + u128::from(end.0 - start.0) * limit;
                assert!(costs * period <= most, "{costs} from {start} to {end}, above {:?}", self.quota);
            }
        }
    }
}

/// Plays calls and reservations to a pair, and checks promise 1 for the times at which the calls are made.
pub fn check_reservations(quotas: [Quota; 2], ops: &[Op]) {
    let pair = Atomic::new(Pair::new(gcra(quotas[0]), gcra(quotas[1])));
    let mut calls = quotas.map(|quota| Calls { quota, tick: tick(gcra(quota)), made: Vec::new() });
    let (mut now, mut last) = (START, None);
    for op in ops {
        match *op {
            Op::Pass(millis) => now = passed(now, millis),
            Op::JumpBack => {
                calls.iter_mut().for_each(Calls::begin_anew);
                (now, last) = (now.saturating_sub(HOUR), None);
            }
            Op::Acquire(costs, behind) => {
                let now = late(now, behind);
                if pair.decide(now, wide(costs)).is_allowed() {
                    made(&mut calls, now, wide(costs));
                }
            }
            Op::TakeUpTo(most) => {
                let taken = pair.take_up_to(now, wide(most));
                made(&mut calls, now, taken);
            }
            Op::Drain => pair.drain(now),
            Op::Charge(costs) => _ = pair.charge(now, wide(costs)),
            Op::Reserve(costs, patience) => {
                let (costs, patience) = (wide(costs), Nanos::from_millis(patience.into()));
                let told = pair.peek(now, costs);
                match pair.reserve(now, costs, patience) {
                    Reservation::Reserved { wait, ticket } => {
                        let exact = if wait == Nanos::ZERO { Decision::Allowed } else { Decision::Denied { retry_after: wait } };
                        assert!(told == exact && wait <= patience, "{told:?} told, {wait} reserved");
                        made(&mut calls, now.saturating_add(wait), costs);
                        last = Some((ticket, costs));
                    }
                    Reservation::Denied { retry_after, patience } => {
                        assert_eq!(told, Decision::Denied { retry_after });
                        assert!(retry_after > patience);
                    }
                    Reservation::Impossible { most } => assert_eq!(told, Decision::Impossible { most }),
                }
            }
            Op::Cancel => {
                if let Some((ticket, costs)) = last.take_if(|(ticket, _)| ticket.at() > now) {
                    let at = ticket.at();
                    if pair.cancel(now, ticket) {
                        forget(&mut calls, at, costs);
                    }
                }
            }
            _ => {}
        }
    }
    calls.iter().for_each(Calls::check);
}

fn made(calls: &mut [Calls; 2], at: Nanos, costs: [u32; 2]) {
    for (limit, cost) in calls.iter_mut().zip(costs) {
        limit.made.push((Nanos(at.0 - at.0 % limit.tick), cost));
    }
}

fn forget(calls: &mut [Calls; 2], at: Nanos, costs: [u32; 2]) {
    for (limit, cost) in calls.iter_mut().zip(costs) {
        let at = Nanos(at.0 - at.0 % limit.tick);
        let place = limit.made.iter().rposition(|call| *call == (at, cost)).expect("a call that was reserved");
        limit.made.remove(place);
    }
}

/// Plays `ops` to one limit and to a pair of two like it, with the same cost for both: every verb answers alike.
pub fn check_twins(quota: Quota, ops: &[Op]) {
    let (mut one, mut pair) = (Atomic::new(gcra(quota)), Atomic::new(Pair::new(gcra(quota), gcra(quota))));
    let (mut now, mut last) = (START, None);
    for op in ops {
        match *op {
            Op::Pass(millis) => now = passed(now, millis),
            Op::JumpBack => now = now.saturating_sub(HOUR),
            Op::Acquire([cost, _], behind) => {
                let (now, cost) = (late(now, behind), cost.into());
                assert_eq!(one.decide(now, cost), pair.decide(now, [cost; 2]));
            }
            Op::AcquireAndUndo([cost, _]) => {
                let cost = cost.into();
                if one.decide(now, cost).is_allowed() {
                    assert!(pair.decide(now, [cost; 2]).is_allowed());
                    one.undo(now, cost);
                    pair.undo(now, [cost; 2]);
                }
            }
            Op::TakeUpTo([most, _]) => assert_eq!([one.take_up_to(now, most.into()); 2], pair.take_up_to(now, [most.into(); 2])),
            Op::Drain => {
                one.drain(now);
                pair.drain(now);
            }
            Op::Charge([cost, _]) => assert_eq!([one.charge(now, cost.into()); 2], pair.charge(now, [cost.into(); 2])),
            Op::Reserve([cost, _], patience) => {
                let (cost, patience) = (u32::from(cost) + 1, Nanos::from_millis(patience.into()));
                match (one.reserve(now, cost, patience), pair.reserve(now, [cost; 2], patience)) {
                    (Reservation::Reserved { wait, ticket }, Reservation::Reserved { wait: waits, ticket: tickets }) => {
                        assert_eq!(wait, waits);
                        last = Some((ticket, tickets));
                    }
                    (Reservation::Denied { retry_after, .. }, Reservation::Denied { retry_after: waits, .. }) => {
                        assert_eq!(retry_after, waits)
                    }
                    (Reservation::Impossible { most }, Reservation::Impossible { most: mosts }) => assert_eq!(most, mosts),
                    (single, both) => panic!("{single:?} and {both:?}"),
                }
            }
            Op::Cancel => {
                if let Some((ticket, tickets)) = last.take() {
                    assert_eq!(one.cancel(now, ticket), pair.cancel(now, tickets));
                }
            }
            Op::Refund(unused) => {
                if let Some((ticket, tickets)) = last.take() {
                    one.refund(now, ticket, unused.into());
                    pair.refund(now, tickets, [unused.into(); 2]);
                }
            }
            Op::SetQuota([limit, _], rule) => {
                let gcra = gcra(Quota::new(u32::from(limit % 60) + 1, quota.period().to_duration()));
                one.set_quota(now, gcra, Op::rule(rule));
                pair.set_quota(now, Pair::new(gcra, gcra), Op::rule(rule));
                last = None;
            }
            Op::SaveAndRestore => {
                saved_and_restored(&one, now);
                saved_and_restored(&pair, now);
                last = None;
            }
            Op::ForgetIdle => assert_eq!(one.forget_idle(now), pair.forget_idle(now)),
        }
        assert_eq!([one.snapshot(now); 2], pair.snapshot(now), "{quota:?} after {op:?}");
    }
}
