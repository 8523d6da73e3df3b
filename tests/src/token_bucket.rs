//! The token bucket in exact arithmetic, and sequences of calls that are played to it and to the real one.

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use paceline_core::{
    Atomic, AtomicWord, CarryOver, Charge, Decision, Drain, Horizon, Limit, Nanos, Quota, QuotaError, Reservation, Reserve, Ticket,
    TokenBucket, Word,
};
use proptest::prelude::*;

use crate::laws::Case;

/// A bucket with its lumps, as their definition says, in whole numbers that do not wrap.
#[derive(Clone, Debug)]
pub struct ExactBucket {
    lump: i128,
    period: i128,
    phase: i128,
    burst: i128,
    debt: i128,
    /// How many lumps late a reading may be.
    skew: i128,
    /// The bucket as it was when something was last taken or given: the number of the last lump until then, and the tokens in it.
    last: Option<(i128, i128)>,
    /// What was admitted at once and is not undone: when, and how much.
    pub admitted: Vec<(Nanos, u32)>,
}

impl ExactBucket {
    /// The twin of a bucket of `quota`.
    pub fn new<W: Word>(quota: Quota, phase: Nanos, bucket: &TokenBucket<W>) -> Self {
        let period = i128::from(quota.period().0);
        Self {
            lump: quota.limit().min(quota.max_burst()).into(),
            period,
            phase: phase.0.into(),
            burst: quota.max_burst().into(),
            debt: bucket.debt().into(),
            skew: i128::from(bucket.skew().0) / period,
            last: None,
            admitted: Vec::new(),
        }
    }

    fn lump_at(&self, now: Nanos) -> i128 {
        (i128::from(now.0) - self.phase).div_euclid(self.period)
    }

    /// What is in the bucket at `now`, below nothing where it is owed. A reading that is late has not seen the lumps since.
    fn level_from(&self, last: Option<(i128, i128)>, now: Nanos) -> i128 {
        let Some((lump, level)) = last else { return self.burst };
        let come = (self.lump_at(now) - lump) * self.lump;
        let known = level + come >= -self.debt - self.skew * self.lump - 1;
        if known { self.burst.min(level + come) } else { self.burst }
    }

    fn level(&self, now: Nanos) -> i128 {
        self.level_from(self.last, now)
    }

    fn set(&mut self, now: Nanos, level: i128) {
        self.last = Some((self.lump_at(now), level));
    }

    /// From `now` until the lump that brings what is `lacking`.
    fn wait(&self, now: Nanos, lacking: i128) -> Nanos {
        if lacking <= 0 {
            return Nanos::ZERO;
        }
        let lump = self.lump_at(now) + (lacking + self.lump - 1) / self.lump;
        Nanos((lump * self.period + self.phase - i128::from(now.0)) as u64)
    }

    fn decide(&mut self, now: Nanos, cost: u32) -> Decision {
        let level = self.level(now);
        if i128::from(cost) > self.burst {
            Decision::Impossible { most: self.burst as u32 }
        } else if level < cost.into() {
            Decision::Denied { retry_after: self.wait(now, i128::from(cost) - level) }
        } else {
            self.set(now, level - i128::from(cost));
            self.admitted.push((now, cost));
            Decision::Allowed
        }
    }

    /// Takes what there is until `floor`, up to `most`.
    fn take(&mut self, now: Nanos, most: u32, floor: i128) -> u32 {
        let level = self.level(now);
        let taken = (level - floor).clamp(0, most.into());
        if taken > 0 {
            self.set(now, level - taken);
        }
        taken as u32
    }

    /// The wait, or the wait that is needed and the longest that can be.
    fn reserve(&mut self, now: Nanos, cost: u32, patience: Nanos) -> Result<Nanos, (Nanos, Nanos)> {
        let level = self.level(now);
        let lacking = i128::from(cost) - level;
        let (wait, patience) = (self.wait(now, lacking), patience.min(self.wait(now, self.debt)));
        if lacking > self.debt || wait > patience {
            return Err((wait, patience));
        }
        self.set(now, level - i128::from(cost));
        Ok(wait)
    }

    /// Puts `tokens` back, at most those that are lacking.
    fn give_back(&mut self, now: Nanos, tokens: i128) {
        let level = self.level(now);
        if level < self.burst {
            self.set(now, self.burst.min(level + tokens));
        }
    }

    /// Puts back what a call that left the bucket at `after` did not use, never more than no lump has replaced.
    fn refund(&mut self, now: Nanos, after: Option<(i128, i128)>, unused: u32) {
        let lacking = self.burst - self.level_from(after, now);
        self.give_back(now, lacking.min(unused.into()).min(self.burst));
    }

    /// Whether two buckets are never told apart.
    fn same(&self, one: Option<(i128, i128)>, other: Option<(i128, i128)>) -> bool {
        let full_at = |(lump, level): (i128, i128)| lump * self.lump - level;
        one.map(full_at) == other.map(full_at)
    }

    /// `new` as it goes on from this one at `now`.
    fn carried_over(&self, now: Nanos, mut new: Self, rule: CarryOver) -> Self {
        let level = self.level(now);
        let level = match rule {
            CarryOver::Reset => new.burst,
            CarryOver::Proportional => new.burst - ((self.burst - level) * new.burst + self.burst - 1) / self.burst,
            CarryOver::AsIs => level.min(new.burst),
        };
        if level < new.burst {
            new.set(now, level.max(-new.debt));
        }
        new
    }

    /// Promise 1: between any two admissions no more than the burst and the lumps of that time, where no reading was late.
    fn assert_never_above(&self) {
        for (first, &(start, _)) in self.admitted.iter().enumerate() {
            let mut sum = 0;
            for &(end, cost) in &self.admitted[first..] {
                sum += i128::from(cost);
                let lumps = i128::from(end.0 - start.0) / self.period + 1;
                assert!(sum <= self.burst + self.lump * lumps, "{sum} from {start} to {end}: {self:?}");
            }
        }
    }
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
}

/// Lumps, periods and bursts of all sizes, small ones often.
pub fn quotas() -> impl Strategy<Value = Quota> {
    let periods = prop_oneof![1u64..100, Just(1_000_000_000), Just(86_400_000_000_000), 1_000u64..10_000_000_000_000];
    let sizes = || prop_oneof![1u32..10, 1u32..1_000];
    (sizes(), periods, sizes()).prop_map(|(lump, period, burst)| Quota::new(lump, Duration::from_nanos(period)).burst(burst))
}

/// What the laws have to know of a bucket of `quota`.
pub fn case<W: Word>(quota: Quota, bucket: TokenBucket<W>) -> Case<TokenBucket<W>> {
    let (burst, lump) = (quota.max_burst(), quota.limit().min(quota.max_burst()));
    let full = Nanos(quota.period().0.saturating_mul(burst.div_ceil(lump).into()));
    let (memory, skew) = (bucket.memory(), bucket.skew());
    Case { algorithm: bucket, burst, largest_in_line: burst - lump + 1, full, memory, skew, tick: Nanos(1) }
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
    ];
    proptest::collection::vec(op, 1..200)
}

/// The body of the fuzz target: a quota and calls, as `bytes` tell them.
pub fn fuzz(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let Ok((lump, period, burst, debt, skew)) = bytes.arbitrary::<(u16, u32, u16, u16, u32)>() else { return };
    let quota = Quota::new(lump.into(), Duration::from_nanos(period.into())).burst(burst.into());
    let horizon = Horizon::of(quota).debt(debt.into()).skew(Duration::from_nanos(skew.into()));
    let Ok(ops) = bytes.arbitrary::<Vec<Op>>() else { return };
    if let Ok(bucket) = TokenBucket::within(quota, horizon) {
        check_against_oracle(quota, bucket, TokenBucket::new, &ops);
    }
    if let Ok(bucket) = TokenBucket::within_u32(quota, horizon) {
        check_against_oracle(quota, bucket, TokenBucket::new_u32, &ops);
    }
}

/// Plays `ops` to a bucket of `quota` and to the exact one: every verb answers alike, to the nanosecond.
pub fn check_against_oracle<W: AtomicWord>(quota: Quota, bucket: TokenBucket<W>, new: New<W>, ops: &[Op]) {
    let phase = phase_of(quota);
    let limit = Atomic::new(bucket.phase(phase));
    let exact = ExactBucket::new(quota, phase, &bucket);
    let mut play = Play { limit, new, exact, quota, now: Nanos::from_secs(10_000), late: Nanos::ZERO, reserved: Vec::new() };
    for op in ops {
        play.step(op);
    }
    if !ops.iter().any(|op| matches!(op, Op::Late(_))) {
        play.exact.assert_never_above();
    }
}

/// How a bucket of a word is made.
pub type New<W> = fn(Quota) -> Result<TokenBucket<W>, QuotaError>;

/// A phase that a bucket of `quota` keeps without rounding, about two thirds into the period.
fn phase_of(quota: Quota) -> Nanos {
    let period = quota.period().0;
    let unit = ((period >> 32) + 1).next_power_of_two();
    Nanos(period - period / 3 / unit * unit)
}

/// A bucket and its exact twin.
struct Play<W: AtomicWord> {
    limit: Atomic<TokenBucket<W>>,
    new: New<W>,
    exact: ExactBucket,
    quota: Quota,
    now: Nanos,
    late: Nanos,
    /// The oldest first.
    reserved: Vec<Reserved<W>>,
}

/// A reservation with what the exact bucket was before and after it.
struct Reserved<W> {
    ticket: Ticket<W>,
    before: Option<(i128, i128)>,
    after: Option<(i128, i128)>,
    cost: u32,
}

impl<W: AtomicWord> Play<W> {
    fn step(&mut self, op: &Op) {
        let now = self.now.saturating_sub(self.late);
        match *op {
            Op::Pass(thousandths) => self.now = self.now.saturating_add(self.periods(thousandths)),
            Op::Late(u16::MAX) => self.late = Nanos::from_secs(3_600).min(Nanos(self.limit.algorithm().memory().0 / 2)),
            Op::Late(thousandths) => self.late = self.periods(thousandths),
            Op::Acquire(cost) => _ = self.acquire(now, cost.into()),
            Op::AcquireAndUndo(cost) => {
                if self.acquire(now, cost.into()) {
                    self.limit.undo(now, cost.into());
                    self.exact.give_back(now, cost.into());
                    self.exact.admitted.pop();
                }
            }
            Op::TakeUpTo(most) => {
                let taken = self.exact.take(now, most.into(), 0);
                self.exact.admitted.push((now, taken));
                assert_eq!(self.limit.take_up_to(now, most.into()), taken);
            }
            Op::Drain => {
                self.exact.take(now, u32::MAX, 0);
                self.limit.drain(now);
            }
            Op::Charge(cost) => assert_eq!(self.limit.charge(now, cost.into()), self.exact.take(now, cost.into(), -self.exact.debt)),
            Op::Reserve(cost, patience) => self.reserve(now, cost.into(), self.periods(patience)),
            Op::Cancel => self.cancel(now),
            Op::Refund(unused) => self.refund(now, unused.into()),
            Op::SetQuota(lump, burst, rule) => {
                self.late = Nanos::ZERO; // what the new word remembers may be less
                self.set_quota(self.now, lump.into(), burst.into(), rule);
            }
        }
        self.compare(self.now.saturating_sub(self.late));
    }

    fn periods(&self, thousandths: u16) -> Nanos {
        Nanos((u128::from(self.quota.period().0) * u128::from(thousandths) / 1_000) as u64)
    }

    fn acquire(&mut self, now: Nanos, cost: u32) -> bool {
        let decision = self.limit.decide(now, cost);
        assert_eq!(decision, self.exact.decide(now, cost), "{cost} at {now}: {:?}", self.exact);
        decision.is_allowed()
    }

    fn reserve(&mut self, now: Nanos, cost: u32, patience: Nanos) {
        let before = self.exact.last;
        match self.limit.reserve(now, cost, patience) {
            Reservation::Reserved { wait, ticket } => {
                assert_eq!(self.exact.reserve(now, cost, patience), Ok(wait));
                self.reserved.push(Reserved { ticket, before, after: self.exact.last, cost });
            }
            Reservation::Denied { retry_after, patience: longest } => {
                assert_eq!(self.exact.reserve(now, cost, patience), Err((retry_after, longest)));
            }
            Reservation::Impossible { most } => assert!(i128::from(most) == self.exact.burst && cost > most),
        }
    }

    fn cancel(&mut self, now: Nanos) {
        let Some(Reserved { ticket, before, after, cost }) = take_oldest(&mut self.reserved) else { return };
        let (last, due) = (self.exact.same(self.exact.last, after), now >= ticket.at());
        assert_eq!(self.limit.cancel(now, ticket), last || due);
        if last {
            self.exact.last = before;
        } else if due {
            self.exact.refund(now, after, cost);
        }
    }

    fn refund(&mut self, now: Nanos, unused: u32) {
        let Some(Reserved { ticket, after, .. }) = take_oldest(&mut self.reserved) else { return };
        if now >= ticket.at() {
            self.exact.refund(now, after, unused);
        }
        self.limit.refund(now, ticket, unused);
    }

    fn set_quota(&mut self, now: Nanos, lump: u32, burst: u32, rule: u8) {
        let rule = [CarryOver::Reset, CarryOver::Proportional, CarryOver::AsIs][usize::from(rule % 3)];
        let quota = Quota::new(lump, self.quota.period().to_duration()).burst(burst);
        let Ok(bucket) = (self.new)(quota) else { return };
        let phase = phase_of(quota);
        self.exact = self.exact.carried_over(now, ExactBucket::new(quota, phase, &bucket), rule);
        self.limit.set_quota(now, bucket.phase(phase), rule);
        self.quota = quota;
        self.reserved.clear();
    }

    /// What can be read of both.
    fn compare(&self, now: Nanos) {
        let (snapshot, level) = (self.limit.snapshot(now), self.exact.level(now));
        assert_eq!(i128::from(snapshot.remaining), level.max(0), "at {now}: {:?}", self.exact);
        assert_eq!(snapshot.retry_after, self.exact.wait(now, 1 - level));
        assert_eq!(snapshot.reset_after, self.exact.wait(now, self.exact.burst - level));
        assert_eq!(self.limit.wait_behind(now, 7, 1), self.exact.wait(now, 8 - level));
    }
}

fn take_oldest<T>(reserved: &mut Vec<T>) -> Option<T> {
    (!reserved.is_empty()).then(|| reserved.remove(0))
}
