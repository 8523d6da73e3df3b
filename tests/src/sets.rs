//! Sets of two limits of any kind with all their verbs, and what their promises say of the calls that were made.

use core::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use paceline_core::{
    CarryOver, Charge as _, Decision, Drain as _, Horizon, Limit as _, Nanos, Quota, Reservation, Reserve as _, Set, Snapshot, Ticket,
};
use proptest::prelude::*;

mod ledger;
mod part;

use ledger::{Epoch, Ledger};
pub use part::Kind;
use part::{Clock, Part, Width};

/// The numbers of a limit of a set.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Numbers {
    /// What a period allows.
    pub limit: u16,
    /// At once, from idle, where the kind takes a burst.
    pub burst: u8,
}

/// A set to be made: periods in microseconds, the patience in thousandths of the longer one.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Plan {
    /// What each limit is.
    pub kinds: [Kind; 2],
    /// How long the period of each limit is.
    pub periods: [u32; 2],
    /// Their numbers at first.
    pub numbers: [Numbers; 2],
    /// How far ahead a reservation may lie, in thousandths of the longer period.
    pub patience: u16,
}

impl Plan {
    fn quota(&self, place: usize, numbers: Numbers) -> (Quota, Horizon) {
        let quota = Quota::new(numbers.limit.into(), Duration::from_micros(self.periods[place].into()));
        let quota = if self.kinds[place].takes_a_burst() { quota.burst(numbers.burst.into()) } else { quota };
        (quota, Horizon::of(quota).patience(self.span(self.patience).to_duration()))
    }

    fn part<W: Width>(&self, place: usize, numbers: Numbers) -> Option<(Box<dyn Part<W>>, Epoch)> {
        let (quota, horizon) = self.quota(place, numbers);
        let part = W::part(self.kinds[place], quota, horizon)?;
        let (Clock { tick, skew, .. }, full) = (part.clock(), part.snapshot_drained(START, START));
        let rounding = if self.kinds[place].is_gcra() { Nanos(2 * tick.0) } else { Nanos(2 * quota.period().0) };
        let skew = skew.saturating_add(rounding);
        let horizon = full.reset_after.saturating_add(part.max_patience()).saturating_add(skew);
        Some((part, Epoch { since: Nanos::ZERO, quota, most: full.limit, gift: 0, tick, skew, horizon }))
    }

    /// Thousandths of the longer period.
    fn span(&self, thousandths: u16) -> Nanos {
        Nanos(u64::from(self.periods[0].max(self.periods[1])) * u64::from(thousandths))
    }
}

/// One step of a sequence of calls.
#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    /// Time passes, in thousandths of the longer period.
    Pass(u16),
    /// The readings of the next calls are that late, in 65,536ths of the shorter skew.
    Late(u16),
    /// The clock jumps back by an hour.
    HourBack,
    /// Both or none.
    Acquire([u8; 2]),
    /// Both or none, and given back at once.
    AcquireAndUndo([u8; 2]),
    /// For later, within thousandths of the longer period.
    Reserve([u8; 2], u16),
    /// Gives back one of the reservations.
    Cancel(u8),
    /// Gives back a part of one of them.
    Refund(u8, [u8; 2]),
    /// Takes what is left, up to so much.
    TakeUpTo([u8; 2]),
    /// Takes after the fact.
    Charge([u8; 2]),
    /// Leaves nothing.
    Drain,
    /// Other numbers for one of the limits, once all reservations have come.
    SetQuota(bool, Numbers, Rule),
}

const START: Nanos = Nanos::from_secs(1_000_000);
const HOUR: Nanos = Nanos::from_secs(3_600);

/// [`CarryOver`], drawn.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Rule {
    /// [`CarryOver::Reset`].
    Reset,
    /// [`CarryOver::Proportional`].
    Proportional,
    /// [`CarryOver::AsIs`].
    AsIs,
}

struct Held<W> {
    ticket: [Option<Ticket<W>>; 2],
    at: Nanos,
    /// Where its calls stand in the ledgers.
    calls: [usize; 2],
}

struct Play<W> {
    plan: Plan,
    limits: [Box<dyn Part<W>>; 2],
    ledgers: [Ledger; 2],
    held: Vec<Held<W>>,
    now: Nanos,
    late: Nanos,
    changed: Nanos,
}

/// The body of the fuzz target.
pub fn fuzz(bytes: &[u8]) {
    if let Ok((plan, ops)) = Unstructured::new(bytes).arbitrary::<(Plan, Vec<Op>)>() {
        check_against_ledger(plan, ops.get(..100).unwrap_or(&ops));
    }
}

/// Plays `ops` to a set on each word: waits are exact and the earliest, a refusal changes nothing, and what was made of calls keeps to each
/// limit's quota in every window.
pub fn check_against_ledger(plan: Plan, ops: &[Op]) {
    check_on::<u64>(plan, ops);
    check_on::<u32>(plan, ops);
}

fn check_on<W: Width>(plan: Plan, ops: &[Op]) {
    let [Some(first), Some(second)] = [0, 1].map(|place| plan.part::<W>(place, plan.numbers[place])) else { return };
    let ledgers = [Ledger::new(plan.kinds[0], first.1), Ledger::new(plan.kinds[1], second.1)];
    let mut play =
        Play { plan, limits: [first.0, second.0], ledgers, held: Vec::new(), now: START, late: Nanos::ZERO, changed: Nanos::ZERO };
    ops.iter().for_each(|op| play.step(op));
    play.ledgers.into_iter().for_each(Ledger::check);
}

impl<W: Width> Play<W> {
    fn step(&mut self, op: &Op) {
        let now = self.reading();
        match *op {
            Op::Pass(thousandths) => {
                self.now = self.now.saturating_add(self.plan.span(thousandths).min(Nanos(self.memory().0 / 3)));
                self.forget_idle();
            }
            Op::Late(share) => {
                let skew = self.limits.iter().map(|limit| limit.clock().skew).min().expect("two limits");
                self.late = Nanos(((u128::from(skew.0) * u128::from(share)) >> 16) as u64);
            }
            Op::HourBack => self.hour_back(),
            Op::Acquire(costs) => {
                if self.decides(costs.map(u32::from)) {
                    self.enter(now, costs.map(u32::from));
                }
            }
            Op::AcquireAndUndo(costs) => {
                let before = self.snapshot();
                if self.decides(costs.map(u32::from)) {
                    self.set().undo(now, costs.map(u32::from));
                    self.is_undone(before);
                }
            }
            Op::Reserve(costs, patience) => self.reserve(costs.map(u32::from), self.plan.span(patience)),
            Op::Cancel(pick) => {
                if let Some(held) = self.pick(pick) {
                    self.set().cancel(self.now, held.ticket);
                    self.take_back(held.calls, [u32::MAX; 2]);
                }
            }
            Op::Refund(pick, unused) => {
                if let Some(held) = self.pick(pick) {
                    self.set().refund(self.now, held.ticket, unused.map(u32::from));
                    if held.at <= self.now {
                        self.take_back(held.calls, unused.map(u32::from));
                    }
                }
            }
            Op::TakeUpTo(most) => {
                let taken = self.set().take_up_to(now, most.map(u32::from));
                self.enter(now, taken);
            }
            Op::Charge(costs) => {
                self.set().charge(now, costs.map(u32::from));
            }
            Op::Drain => {
                self.set().drain(now);
                assert!(self.snapshot().iter().all(|snapshot| snapshot.remaining == 0));
            }
            Op::SetQuota(second, numbers, rule) => self.set_quota(usize::from(second), numbers, rule),
        }
    }

    fn set(&self) -> Set<&dyn Part<W>, 2> {
        Set::new(self.limits.each_ref().map(|limit| &**limit))
    }

    /// Not from before a change of the numbers, whose ledger begins then.
    fn reading(&self) -> Nanos {
        self.now.saturating_sub(self.late).max(self.changed)
    }

    fn snapshot(&self) -> [Snapshot; 2] {
        self.set().snapshot(self.reading())
    }

    /// For how long no limit is sure to take its past for its future.
    fn memory(&self) -> Nanos {
        self.limits.iter().map(|limit| limit.clock().memory).min().expect("two limits")
    }

    fn forget_idle(&self) {
        self.limits.iter().for_each(|limit| _ = limit.forget_idle(self.now));
    }

    /// What was called before is another clock's: each limit begins a new ledger, which is what "at most one extra burst" says. Who was at
    /// a limit before is so no longer where its horizon ends before the hour; else he waits, no longer than for that.
    fn hour_back(&mut self) {
        let busy = self.set().snapshot(self.now).map(|before| before.reset_after > Nanos::ZERO);
        (self.now, self.late, self.changed) = (self.now.saturating_sub(HOUR), Nanos::ZERO, Nanos::ZERO);
        self.held.clear();
        for ((limit, ledger), busy) in self.limits.iter().zip(&mut self.ledgers).zip(busy) {
            let (after, epoch) = (limit.snapshot(self.now), Epoch { since: Nanos::ZERO, gift: 0, ..*ledger.now() });
            assert!(after.reset_after <= epoch.horizon, "an hour back waits {}, beyond {}", after.reset_after, epoch.horizon);
            if busy && epoch.horizon <= HOUR && HOUR <= limit.clock().memory {
                assert_eq!(after.reset_after, Nanos::ZERO, "an hour back is as new");
            }
            let kind = ledger.kind;
            core::mem::replace(ledger, Ledger::new(kind, epoch)).check();
        }
        self.forget_idle(); // or what is too far ahead to be seen would be seen some time
        let skews = self.ledgers.each_ref().map(|ledger| ledger.now().skew);
        let mut idle = self
            .snapshot()
            .iter()
            .zip(skews)
            .map(|(left, skew)| self.now.saturating_add(left.reset_after).saturating_add(skew))
            .collect::<Vec<_>>();
        idle.sort();
        for now in idle {
            self.now = now;
            self.forget_idle();
        }
        assert!(self.snapshot().iter().all(|snapshot| snapshot.remaining == snapshot.limit), "an hour back, and the horizon");
    }

    /// On a short word up to a tick or a count more is taken, where it would be zero.
    fn is_undone(&self, before: [Snapshot; 2]) {
        for (after, before) in self.snapshot().into_iter().zip(before) {
            let by_one = W::BITS < 64 && after.remaining + 1 == before.remaining;
            assert!(after.remaining == before.remaining || by_one, "{after:?} is not as if never done: {before:?}");
            assert!(W::BITS < 64 || after == before, "{after:?} is not as if never done: {before:?}");
        }
    }

    fn enter(&mut self, at: Nanos, costs: [u32; 2]) {
        self.ledgers.iter_mut().zip(costs).for_each(|(ledger, cost)| ledger.enter(at, cost));
    }

    fn take_back(&mut self, calls: [usize; 2], unused: [u32; 2]) {
        for ((ledger, call), unused) in self.ledgers.iter_mut().zip(calls).zip(unused) {
            ledger.calls[call].2 = ledger.calls[call].2.saturating_sub(unused);
        }
    }

    /// The latest time that a call has been given, or now.
    fn ahead(&self) -> Nanos {
        self.ledgers.iter().flat_map(|ledger| &ledger.calls).map(|&(at, _, _)| at).fold(self.now, Nanos::max)
    }

    /// One of the reservations. Of those whose time has come only one, and none while a limit is charged for later: see `Reserve::refund`
    /// and "Reserving" of `Set`. And always on time: "never more than has not drained of it" is told by the reading, and a late one sees
    /// more.
    fn pick(&mut self, pick: u8) -> Option<Held<W>> {
        let place = usize::from(pick).checked_rem(self.held.len())?;
        let has_come = self.held[place].at <= self.now;
        if has_come && self.ahead() > self.now {
            return None;
        }
        let picked = self.held.swap_remove(place);
        self.held.retain(|held| !has_come || held.at > self.now);
        Some(picked)
    }

    /// Whether the set admits `costs` now; what it says of a refusal is so.
    fn decides(&self, costs: [u32; 2]) -> bool {
        let (before, now) = (self.snapshot(), self.reading());
        let on_time = self.set().peek(self.now, costs);
        let decision = self.set().decide(now, costs);
        let impossible = costs.iter().zip(before).any(|(&cost, snapshot)| cost > snapshot.limit);
        assert_eq!(matches!(decision, Decision::Impossible { .. }), impossible);
        if let Decision::Denied { retry_after } = decision {
            self.is_earliest(retry_after, costs);
        }
        assert!(decision.is_allowed() || self.snapshot() == before, "a refusal took something");
        assert!(on_time.is_allowed() || !decision.is_allowed(), "a late reading is less strict");
        decision.is_allowed()
    }

    /// Alone, `costs` are admitted `wait` from now, and not a nanosecond earlier; and nobody waits for longer than the horizon.
    fn is_earliest(&self, wait: Nanos, costs: [u32; 2]) {
        let then = self.reading().saturating_add(wait);
        let horizon = self.ledgers.each_ref().map(|ledger| ledger.now().horizon).into_iter().max().expect("two limits");
        assert!(wait <= horizon, "a wait of {wait}, beyond the horizon of {horizon}");
        // Later than that, the time of the other limit may have wrapped.
        assert!(wait > self.memory() || self.set().peek(then, costs).is_allowed(), "refused after a wait of {wait}");
        let early = self.set().peek(then.saturating_sub(Nanos(1)), costs);
        assert!(wait == Nanos::ZERO || !early.is_allowed(), "a wait of {wait} is longer than needed");
    }

    fn reserve(&mut self, costs: [u32; 2], patience: Nanos) {
        let (before, now) = (self.snapshot(), self.reading());
        let expected = self.set().peek(now, costs);
        if let Decision::Denied { retry_after } = expected {
            self.is_earliest(retry_after, costs);
        }
        match self.set().reserve(now, costs, patience) {
            Reservation::Reserved { wait, ticket } => {
                assert!(wait <= patience);
                match expected {
                    Decision::Denied { retry_after } => assert_eq!(wait, retry_after),
                    decision => assert!(decision.is_allowed() && wait == Nanos::ZERO),
                }
                let at = now.saturating_add(wait);
                self.held.push(Held { ticket, at, calls: self.ledgers.each_ref().map(|ledger| ledger.calls.len()) });
                self.enter(at, costs);
            }
            Reservation::Denied { retry_after, patience: counted } => {
                assert_eq!(expected, Decision::Denied { retry_after });
                assert!(retry_after > counted && counted == patience.min(self.set().max_patience()));
                assert_eq!(self.snapshot(), before, "a refusal took something");
            }
            Reservation::Impossible { most } => assert_eq!(expected, Decision::Impossible { most }),
        }
    }

    fn set_quota(&mut self, place: usize, numbers: Numbers, rule: Rule) {
        let Some((_, epoch)) = self.plan.part::<W>(place, numbers) else { return };
        let old = *self.ledgers[place].now();
        self.held.clear();
        self.now = Nanos(self.ahead().0.next_multiple_of(old.tick.max(epoch.tick).0)); // a tick of both
        let (rule, gift) = match rule {
            Rule::Reset => (CarryOver::Reset, epoch.most),
            Rule::Proportional => (CarryOver::Proportional, epoch.most.saturating_sub(old.most)),
            Rule::AsIs => (CarryOver::AsIs, 0),
        };
        let (quota, horizon) = self.plan.quota(place, numbers);
        self.limits[place].set_quota(self.now, quota, horizon, rule);
        self.ledgers[place].epochs.push(Epoch { since: self.now, gift, ..epoch });
        self.changed = self.now;
    }
}

/// Sets whose limits differ, and calls that bring them to their ends.
pub fn plays() -> impl Strategy<Value = (Plan, Vec<Op>)> {
    let numbers = || (1u16..100, 1u8..20).prop_map(|(limit, burst)| Numbers { limit, burst });
    let kind = || prop_oneof![Just(Kind::Gcra), Just(Kind::LockedGcra), Just(Kind::TokenBucket), Just(Kind::FixedWindow)];
    let plan = ([kind(), kind()], [1_000u32..10_000_000, 1_000u32..10_000_000], [numbers(), numbers()], 0u16..10_000);
    let plan = plan.prop_map(|(kinds, periods, numbers, patience)| Plan { kinds, periods, numbers, patience });
    let costs = || [0u8..22, 0u8..22];
    let op = prop_oneof![
        2 => (0u16..1_000).prop_map(Op::Pass),
        1 => prop_oneof![Just(0), any::<u16>()].prop_map(Op::Late),
        1 => Just(Op::HourBack),
        2 => costs().prop_map(Op::Acquire),
        1 => costs().prop_map(Op::AcquireAndUndo),
        4 => (costs(), 0u16..10_000).prop_map(|(costs, patience)| Op::Reserve(costs, patience)),
        2 => any::<u8>().prop_map(Op::Cancel),
        2 => (any::<u8>(), costs()).prop_map(|(pick, unused)| Op::Refund(pick, unused)),
        1 => costs().prop_map(Op::TakeUpTo),
        1 => costs().prop_map(Op::Charge),
        1 => Just(Op::Drain),
        1 => (any::<bool>(), numbers(), prop_oneof![Just(Rule::Reset), Just(Rule::Proportional), Just(Rule::AsIs)])
            .prop_map(|(second, numbers, rule)| Op::SetQuota(second, numbers, rule)),
    ];
    (plan, proptest::collection::vec(op, 1..100))
}
