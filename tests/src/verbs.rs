//! Sequences of calls of every verb, played to a limiter and to its twin in exact arithmetic: both answer alike, to the nanosecond.

use std::fmt::Debug;

use arbitrary::Arbitrary;
use paceline_core::algorithm::{Debit, Empty, Persist, Reconfigure, Schedule};
use paceline_core::{
    Algorithm, Atomic, AtomicWord, CarryOver, Cell, Charge, Decision, Drain, Limit, Nanos, Quota, Reservation, Reserve, Saved, Snapshot,
    Ticket,
};
use proptest::prelude::*;

/// An algorithm in whole numbers that do not wrap.
pub trait Exact: Debug {
    /// The state at one moment, to go back to; two are equal where they are never told apart.
    type Mark: PartialEq + Clone;

    /// As the verb.
    fn decide(&mut self, now: Nanos, cost: u32) -> Decision;
    /// As the verb.
    fn undo(&mut self, now: Nanos, cost: u32);
    /// As the verb.
    fn take_up_to(&mut self, now: Nanos, most: u32) -> u32;
    /// As the verb.
    fn charge(&mut self, now: Nanos, cost: u32) -> u32;
    /// The wait, or the wait that it needs and the longest that can be.
    fn reserve(&mut self, now: Nanos, cost: u32, patience: Nanos) -> Result<Nanos, (Nanos, Nanos)>;
    /// As the verb, of a charge that left the state at `after`.
    fn refund(&mut self, now: Nanos, after: &Self::Mark, unused: u32);
    /// Where it is.
    fn mark(&self) -> Self::Mark;
    /// Back to `mark`, in which `at` was not reserved.
    fn restore(&mut self, mark: Self::Mark, at: Nanos, cost: u32);
    /// `new` as it goes on from this one at `now`.
    fn carried_over(&self, now: Nanos, new: Self, rule: CarryOver) -> Self;
    /// What was saved at `now` goes on at `then`, as if no time had passed.
    fn saved_and_restored(&mut self, now: Nanos, then: Nanos);
    /// As the verb.
    fn snapshot(&self, now: Nanos) -> Snapshot;
    /// As the verb.
    fn wait_behind(&self, now: Nanos, queued: u64, cost: u32) -> Nanos;
    /// Whether all that was admitted is within the promise.
    fn assert_never_above(&self);
    /// Makes it new.
    fn forget_all(&mut self);
    /// Makes it new, since `forget_idle` found the real one idle.
    fn forget(&mut self, now: Nanos);
    /// How much time may pass from one `forget_idle` to the next.
    fn memory(&self) -> Nanos;
    /// How late a reading may be.
    fn skew(&self) -> Nanos;
}

/// One step of a sequence of calls.
#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    /// Time passes, in thousandths of a period.
    Pass(u16),
    /// The readings of the next calls are that late, in thousandths of a period; the largest is an hour.
    Late(u16),
    /// Takes it at once or not.
    Acquire(u16),
    /// Gives back what the last call took, if it was admitted and nothing has happened since.
    AcquireAndUndo(u16),
    /// Takes what there is.
    TakeUpTo(u16),
    /// Takes all.
    Drain,
    /// Charges after the fact.
    Charge(u16),
    /// Reserves, with a patience in thousandths of a period.
    Reserve(u16, u16),
    /// Cancels the oldest reservation.
    Cancel,
    /// Gives back some of the oldest reservation.
    Refund(u16),
    /// Other numbers, and what becomes of the rest.
    SetQuota(u16, u16, u8),
    /// Saves it, and restores it so many thousandths of a period later.
    SaveAndRestore(u16),
}

impl Op {
    /// Whether it has a true clock and gives nothing back, so that all that was admitted counts.
    pub fn only_takes(&self) -> bool {
        !matches!(self, Self::Late(_) | Self::Cancel | Self::Refund(_))
    }
}

/// Sequences of calls, most of them near the limit.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let costs = || prop_oneof![0u16..12, 0u16..1_200];
    let times = || prop_oneof![0u16..5_000, Just(1_000)];
    let op = prop_oneof![
        3 => times().prop_map(Op::Pass),
        1 => prop_oneof![3 => Just(0), 2 => 0u16..3_000, 1 => Just(u16::MAX)].prop_map(Op::Late),
        4 => costs().prop_map(Op::Acquire),
        1 => costs().prop_map(Op::AcquireAndUndo),
        1 => costs().prop_map(Op::TakeUpTo),
        1 => Just(Op::Drain),
        1 => costs().prop_map(Op::Charge),
        2 => (costs(), times()).prop_map(|(cost, patience)| Op::Reserve(cost, patience)),
        1 => Just(Op::Cancel),
        1 => costs().prop_map(Op::Refund),
        1 => (1u16..50, 1u16..50, any::<u8>()).prop_map(|(lump, burst, rule)| Op::SetQuota(lump, burst, rule)),
        1 => prop_oneof![Just(0), times()].prop_map(Op::SaveAndRestore),
    ];
    proptest::collection::vec(op, 1..200)
}

/// Makes an algorithm of a quota, and its twin; nothing where the word is too short.
pub type Make<A, E> = fn(Quota) -> Option<(A, E)>;

/// Plays `ops` to an algorithm of `quota` and to its twin.
pub fn play<A, E: Exact>(quota: Quota, pair: (A, E), make: Make<A, E>, ops: &[Op])
where
    A: Debit + Empty + Schedule + Reconfigure + Persist + Algorithm<State: AtomicWord, Cost = u32>,
{
    let (limit, exact) = (Atomic::new(pair.0), pair.1);
    let mut play = Play { limit, make, exact, quota, now: Nanos::from_secs(10_000), late: Nanos::ZERO, reserved: Vec::new() };
    for op in ops {
        play.step(op);
    }
    if ops.iter().all(Op::only_takes) {
        play.exact.assert_never_above();
    }
}

/// A limiter and its exact twin.
struct Play<A: Algorithm<State: AtomicWord>, E: Exact> {
    limit: Atomic<A>,
    make: Make<A, E>,
    exact: E,
    quota: Quota,
    now: Nanos,
    late: Nanos,
    /// The oldest first.
    reserved: Vec<Reserved<A::State, E::Mark>>,
}

/// A reservation with what the twin was before and after it.
struct Reserved<S, M> {
    ticket: Ticket<S>,
    before: M,
    /// When it was made, if it was idle before.
    idle_at: Option<Nanos>,
    after: M,
    cost: u32,
}

impl<A, E: Exact> Play<A, E>
where
    A: Debit + Empty + Schedule + Reconfigure + Persist + Algorithm<State: AtomicWord, Cost = u32>,
{
    fn step(&mut self, op: &Op) {
        let now = self.reading();
        match *op {
            Op::Pass(thousandths) => self.pass(self.periods(thousandths)),
            Op::Late(u16::MAX) => self.be_late(Nanos::from_secs(3_600)),
            Op::Late(thousandths) => self.be_late(self.periods(thousandths)),
            Op::Acquire(cost) => _ = self.acquire(now, cost.into()),
            Op::AcquireAndUndo(cost) => {
                if self.acquire(now, cost.into()) {
                    self.limit.undo(now, cost.into());
                    self.exact.undo(now, cost.into());
                }
            }
            Op::TakeUpTo(most) => assert_eq!(self.limit.take_up_to(now, most.into()), self.exact.take_up_to(now, most.into())),
            Op::Drain => {
                self.exact.take_up_to(now, u32::MAX);
                self.limit.drain(now);
            }
            Op::Charge(cost) => assert_eq!(self.limit.charge(now, cost.into()), self.exact.charge(now, cost.into())),
            Op::Reserve(cost, patience) => self.reserve(now, cost.into(), self.periods(patience)),
            Op::Cancel => self.cancel(now),
            Op::Refund(unused) => self.refund(now, unused.into()),
            Op::SaveAndRestore(thousandths) => {
                self.be_late(Nanos::ZERO);
                self.save_and_restore(self.periods(thousandths).min(self.longest()));
            }
            Op::SetQuota(limit, burst, rule) => {
                self.be_late(Nanos::ZERO); // what the new word remembers may be less
                self.set_quota(self.now, Quota::new(limit.into(), self.quota.period().to_duration()).burst(burst.into()), rule);
            }
        }
        self.compare(self.reading());
    }

    fn reading(&self) -> Nanos {
        self.now.saturating_sub(self.late)
    }

    fn periods(&self, thousandths: u16) -> Nanos {
        Nanos((u128::from(self.quota.period().0) * u128::from(thousandths) / 1_000) as u64)
    }

    /// As long as no word forgets its past.
    fn longest(&self) -> Nanos {
        Nanos(self.exact.memory().0 / 3)
    }

    /// Tickets of a clock that has jumped further than is tolerated are not used on the new one.
    fn be_late(&mut self, late: Nanos) {
        let before = self.reading();
        self.late = late.min(self.longest());
        if before.0.abs_diff(self.reading().0) > self.exact.skew().0 {
            self.reserved.clear();
        }
    }

    fn pass(&mut self, span: Nanos) {
        self.now = self.now.saturating_add(span.min(self.longest()));
        if self.limit.forget_idle(self.now) {
            self.exact.forget(self.now);
            if self.late > self.exact.skew() {
                self.reserved.clear(); // made on a clock of which nothing is known any more
            }
        }
        let (now, longest) = (self.now, self.longest());
        self.reserved.retain(|reserved| now.saturating_sub(reserved.ticket.at()) < longest);
    }

    fn acquire(&mut self, now: Nanos, cost: u32) -> bool {
        let decision = self.limit.decide(now, cost);
        assert_eq!(decision, self.exact.decide(now, cost), "{cost} at {now}: {:?}", self.exact);
        decision.is_allowed()
    }

    fn reserve(&mut self, now: Nanos, cost: u32, patience: Nanos) {
        let (before, idle_at) = (self.exact.mark(), (self.exact.snapshot(now).reset_after == Nanos::ZERO).then_some(now));
        let most = self.exact.snapshot(now).limit;
        match self.limit.reserve(now, cost, patience) {
            Reservation::Reserved { wait, ticket } => {
                assert_eq!(self.exact.reserve(now, cost, patience), Ok(wait), "{:?}", self.exact);
                self.reserved.push(Reserved { ticket, before, idle_at, after: self.exact.mark(), cost });
            }
            Reservation::Denied { retry_after, patience: longest } => {
                assert_eq!(self.exact.reserve(now, cost, patience), Err((retry_after, longest)), "{:?}", self.exact);
            }
            impossible => assert!(impossible == Reservation::Impossible { most } && cost > most),
        }
    }

    fn cancel(&mut self, now: Nanos) {
        let Some(Reserved { ticket, before, idle_at, after, cost }) = take_oldest(&mut self.reserved) else { return };
        let (last, due, at) = (self.exact.mark() == after, now >= ticket.at(), ticket.at());
        assert_eq!(self.limit.cancel(now, ticket), last || due);
        if last {
            self.exact.restore(before, at, cost);
            // What was before may be forgotten where nobody within the skew would see it, and where it would come back: another clock had left
            // it, and it was past on this one when it was reserved.
            if self.limit.read(|_, state| *state == A::State::default()) {
                let left = |at: Nanos| self.exact.snapshot(at).reset_after > Nanos::ZERO;
                let comes_back = idle_at.is_some_and(|made| made < now) && left(now);
                assert!(comes_back || !left(now.saturating_sub(self.exact.skew())), "forgotten at {now}: {:?}", self.exact);
                self.exact.forget_all();
            }
        } else if due {
            self.exact.refund(now, &after, cost);
        }
    }

    fn refund(&mut self, now: Nanos, unused: u32) {
        let Some(Reserved { ticket, after, cost, .. }) = take_oldest(&mut self.reserved) else { return };
        if now >= ticket.at() {
            self.exact.refund(now, &after, unused.min(cost));
        }
        self.limit.refund(now, ticket, unused);
    }

    fn set_quota(&mut self, now: Nanos, quota: Quota, rule: u8) {
        let rule = [CarryOver::Reset, CarryOver::Proportional, CarryOver::AsIs][usize::from(rule % 3)];
        let Some((algorithm, exact)) = (self.make)(quota) else { return };
        self.exact = self.exact.carried_over(now, exact, rule);
        self.limit.set_quota(now, algorithm, rule);
        self.quota = quota;
        self.reserved.clear();
    }

    fn save_and_restore(&mut self, passed: Nanos) {
        let (now, then) = (self.now, self.now.saturating_add(passed));
        let saved = Saved::from_bytes(&self.limit.save(now).to_bytes()).expect("what was just written");
        self.limit.restore(then, &saved).expect("the same algorithm");
        self.exact.saved_and_restored(now, then);
        self.now = then;
        self.reserved.clear();
    }

    /// What can be read of both.
    fn compare(&self, now: Nanos) {
        assert_eq!(self.limit.snapshot(now), self.exact.snapshot(now), "at {now}: {:?}", self.exact);
        assert_eq!(self.limit.wait_behind(now, 7, 1), self.exact.wait_behind(now, 7, 1), "at {now}: {:?}", self.exact);
    }
}

fn take_oldest<T>(reserved: &mut Vec<T>) -> Option<T> {
    (!reserved.is_empty()).then(|| reserved.remove(0))
}
