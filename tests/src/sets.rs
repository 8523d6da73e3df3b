//! Sets of two limits with all their verbs, and what their promises say of the calls that were made.

use core::{cell::RefCell, time::Duration};

use arbitrary::{Arbitrary, Unstructured};
use paceline_core::{
    CarryOver, Charge as _, Decision, Drain as _, Gcra, Horizon, Limit, Lock, Locked, Nanos, Quota, Reservation, Reserve, Set, Snapshot,
};
use proptest::prelude::*;

/// A lock for one thread.
pub struct Alone<T>(RefCell<T>);

impl<T> Lock<T> for Alone<T> {
    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        act(&mut self.0.borrow_mut())
    }
}

type Part = Locked<Gcra, Alone<(Gcra, u64)>>;
type Pair = Set<Part, 2>;

/// The numbers of a limit of a set.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Numbers {
    /// What a period allows.
    pub limit: u16,
    /// At once, from idle.
    pub burst: u8,
}

/// A set to be made: periods in microseconds, the patience in thousandths of the longer one.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Plan {
    /// How long the period of each limit is.
    pub periods: [u32; 2],
    /// Their numbers at first.
    pub numbers: [Numbers; 2],
    /// How far ahead a reservation may lie, in thousandths of the longer period.
    pub patience: u16,
}

impl Plan {
    fn gcra(&self, place: usize, numbers: Numbers) -> Option<(Quota, Gcra)> {
        let quota = Quota::new(numbers.limit.into(), Duration::from_micros(self.periods[place].into())).burst(numbers.burst.into());
        Some((quota, Gcra::within(quota, Horizon::of(quota).patience(self.span(self.patience).to_duration())).ok()?))
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

/// A limit's numbers from a time on.
struct Epoch {
    since: Nanos,
    quota: Quota,
    /// How much more was left after the change than before it, at most.
    gift: u32,
}

/// The calls that were made, of one limit: when, under which of its numbers, at which cost.
struct Ledger {
    epochs: Vec<Epoch>,
    calls: Vec<(Nanos, usize, u32)>,
}

impl Ledger {
    fn enter(&mut self, at: Nanos, cost: u32) {
        self.calls.push((at, self.epochs.len() - 1, cost));
    }

    /// The rate up to `at`, added up, in costs times the period in nanoseconds.
    fn earned_until(&self, at: Nanos) -> u128 {
        let ends = self.epochs.iter().skip(1).map(|next| next.since.min(at)).chain([at]);
        let spans = self.epochs.iter().zip(ends).map(|(epoch, end)| (epoch.quota.limit(), end.saturating_sub(epoch.since)));
        spans.map(|(limit, span)| u128::from(limit) * u128::from(span.0)).sum()
    }

    /// Promise 1 in every window that begins and ends with a call, in whole numbers.
    fn check(mut self) {
        self.calls.retain(|&(_, _, cost)| cost > 0);
        self.calls.sort();
        for (i, &(start, first, _)) in self.calls.iter().enumerate() {
            let mut sum = 0;
            for &(end, last, cost) in &self.calls[i..] {
                sum += u128::from(cost);
                let quota = self.epochs[first].quota;
                let gifts: u32 = self.epochs[first + 1..=last].iter().map(|epoch| epoch.gift).sum();
                let period = u128::from(quota.period().0);
                let most = u128::from(quota.max_burst() + gifts) * period + self.earned_until(end) - self.earned_until(start);
                assert!(sum * period <= most, "{sum} from {start} to {end} under {quota:?}");
            }
        }
    }
}

struct Held {
    ticket: <Pair as Reserve>::Ticket,
    at: Nanos,
    /// Where its calls stand in the ledgers.
    calls: [usize; 2],
}

struct Play {
    plan: Plan,
    set: Pair,
    ledgers: [Ledger; 2],
    held: Vec<Held>,
    now: Nanos,
}

/// The body of the fuzz target.
pub fn fuzz(bytes: &[u8]) {
    if let Ok((plan, ops)) = Unstructured::new(bytes).arbitrary::<(Plan, Vec<Op>)>() {
        check_against_ledger(plan, &ops);
    }
}

/// Plays `ops` to a set: waits are exact and the earliest, a refusal changes nothing, and what was made of calls keeps to each limit's quota in every window.
pub fn check_against_ledger(plan: Plan, ops: &[Op]) {
    let now = Nanos::from_secs(1_000);
    let [Some(first), Some(second)] = [0, 1].map(|place| plan.gcra(place, plan.numbers[place])) else { return };
    let mut play = Play {
        plan,
        set: Set::new([first, second].map(|(_, gcra)| Locked::new(Alone(RefCell::new((gcra, 0)))))),
        ledgers: [first, second].map(|(quota, _)| Ledger { epochs: vec![Epoch { since: now, quota, gift: 0 }], calls: Vec::new() }),
        held: Vec::new(),
        now,
    };
    ops.iter().for_each(|op| play.step(op));
    play.ledgers.into_iter().for_each(Ledger::check);
}

impl Play {
    fn step(&mut self, op: &Op) {
        match *op {
            Op::Pass(thousandths) => self.now = self.now.saturating_add(self.plan.span(thousandths)),
            Op::Acquire(costs) => {
                if self.decides(costs.map(u32::from)) {
                    self.enter(self.now, costs.map(u32::from));
                }
            }
            Op::AcquireAndUndo(costs) => {
                let before = self.snapshot();
                if self.decides(costs.map(u32::from)) {
                    self.set.undo(self.now, costs.map(u32::from));
                    assert_eq!(self.snapshot(), before, "undone is as if never done");
                }
            }
            Op::Reserve(costs, patience) => self.reserve(costs.map(u32::from), self.plan.span(patience)),
            Op::Cancel(pick) => {
                if let Some(held) = self.pick(pick) {
                    self.set.cancel(self.now, held.ticket);
                    self.take_back(held.calls, [u32::MAX; 2]);
                }
            }
            Op::Refund(pick, unused) => {
                if let Some(held) = self.pick(pick) {
                    self.set.refund(self.now, held.ticket, unused.map(u32::from));
                    if held.at <= self.now {
                        self.take_back(held.calls, unused.map(u32::from));
                    }
                }
            }
            Op::TakeUpTo(most) => {
                let taken = self.set.take_up_to(self.now, most.map(u32::from));
                self.enter(self.now, taken);
            }
            Op::Charge(costs) => {
                self.set.charge(self.now, costs.map(u32::from));
            }
            Op::Drain => {
                self.set.drain(self.now);
                assert!(self.snapshot().iter().all(|snapshot| snapshot.remaining == 0));
            }
            Op::SetQuota(second, numbers, rule) => self.set_quota(usize::from(second), numbers, rule),
        }
    }

    fn snapshot(&self) -> [Snapshot; 2] {
        self.set.snapshot(self.now)
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

    /// One of the reservations. Of those whose time has come only one, and none while a limit is charged for later: see `Reserve::refund` and "Reserving" of
    /// `Set`.
    fn pick(&mut self, pick: u8) -> Option<Held> {
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
        let before = self.snapshot();
        let decision = self.set.decide(self.now, costs);
        let impossible = costs.iter().zip(before).any(|(&cost, snapshot)| cost > snapshot.limit);
        assert_eq!(matches!(decision, Decision::Impossible { .. }), impossible);
        if let Decision::Denied { retry_after } = decision {
            self.is_earliest(retry_after, costs);
        }
        assert!(decision.is_allowed() || self.snapshot() == before, "a refusal took something");
        decision.is_allowed()
    }

    /// Alone, `costs` are admitted `wait` from now, and not a nanosecond earlier.
    fn is_earliest(&self, wait: Nanos, costs: [u32; 2]) {
        let then = self.now.saturating_add(wait);
        assert!(self.set.peek(then, costs).is_allowed(), "refused after a wait of {wait}");
        let early = self.set.peek(then.saturating_sub(Nanos(1)), costs);
        assert!(wait == Nanos::ZERO || !early.is_allowed(), "a wait of {wait} is longer than needed");
    }

    fn reserve(&mut self, costs: [u32; 2], patience: Nanos) {
        let before = self.snapshot();
        let expected = self.set.peek(self.now, costs);
        if let Decision::Denied { retry_after } = expected {
            self.is_earliest(retry_after, costs);
        }
        match self.set.reserve(self.now, costs, patience) {
            Reservation::Reserved { wait, ticket } => {
                assert!(wait <= patience);
                match expected {
                    Decision::Denied { retry_after } => assert_eq!(wait, retry_after),
                    decision => assert!(decision.is_allowed() && wait == Nanos::ZERO),
                }
                let at = self.now.saturating_add(wait);
                self.held.push(Held { ticket, at, calls: self.ledgers.each_ref().map(|ledger| ledger.calls.len()) });
                self.enter(at, costs);
            }
            Reservation::Denied { retry_after, patience: counted } => {
                assert_eq!(expected, Decision::Denied { retry_after });
                assert!(retry_after > counted && counted == patience.min(self.set.max_patience()));
                assert_eq!(self.snapshot(), before, "a refusal took something");
            }
            Reservation::Impossible { most } => assert_eq!(expected, Decision::Impossible { most }),
        }
    }

    fn set_quota(&mut self, place: usize, numbers: Numbers, rule: Rule) {
        let Some((quota, gcra)) = self.plan.gcra(place, numbers) else { return };
        self.held.clear();
        self.now = self.ahead();
        let burst = self.snapshot()[place].limit;
        let (rule, gift) = match rule {
            Rule::Reset => (CarryOver::Reset, quota.max_burst()),
            Rule::Proportional => (CarryOver::Proportional, quota.max_burst().saturating_sub(burst)),
            Rule::AsIs => (CarryOver::AsIs, 0),
        };
        self.set.limits()[place].set_quota(self.now, gcra, rule);
        self.ledgers[place].epochs.push(Epoch { since: self.now, quota, gift });
    }
}

/// Sets whose limits differ, and calls that bring them to their ends.
pub fn plays() -> impl Strategy<Value = (Plan, Vec<Op>)> {
    let numbers = || (1u16..100, 1u8..20).prop_map(|(limit, burst)| Numbers { limit, burst });
    let plan = (([1_000u32..10_000_000, 1_000u32..10_000_000]), [numbers(), numbers()], 0u16..10_000);
    let plan = plan.prop_map(|(periods, numbers, patience)| Plan { periods, numbers, patience });
    let costs = || [0u8..22, 0u8..22];
    let op = prop_oneof![
        2 => (0u16..1_000).prop_map(Op::Pass),
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
