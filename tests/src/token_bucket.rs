//! The token bucket in exact arithmetic.

use std::time::Duration;

use arbitrary::Unstructured;
use paceline_core::{CarryOver, Decision, Horizon, Nanos, Quota, QuotaError, Snapshot, TokenBucket, Word};
use proptest::prelude::*;

use crate::laws::Case;
use crate::verbs::{Exact, Op, play};

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
    memory: Nanos,
    last: Last,
    /// What was admitted at once and is not undone: when, and how much.
    admitted: Vec<(Nanos, u32)>,
}

/// The bucket as it was when something was last taken or given: the number of the last lump until then, and the tokens in it.
type Last = Option<(i128, i128)>;

impl ExactBucket {
    fn new<W: Word>(quota: Quota, bucket: &TokenBucket<W>) -> Self {
        let period = i128::from(quota.period().0);
        Self {
            lump: quota.limit().min(quota.max_burst()).into(),
            period,
            phase: phase_of(quota).0.into(),
            burst: quota.max_burst().into(),
            debt: bucket.debt().into(),
            skew: i128::from(bucket.skew().0) / period,
            memory: bucket.memory().saturating_sub(bucket.skew()),
            last: None,
            admitted: Vec::new(),
        }
    }

    fn lump_at(&self, now: Nanos) -> i128 {
        (i128::from(now.0) - self.phase).div_euclid(self.period)
    }

    /// What is in the bucket at `now`, below nothing where it is owed. A reading that is late has not seen the lumps since.
    fn level_from(&self, last: Last, now: Nanos) -> i128 {
        let Some((lump, level)) = last else { return self.burst };
        let level = level + (self.lump_at(now) - lump) * self.lump;
        let known = level >= -self.debt - self.skew * self.lump - 1;
        if known { self.burst.min(level) } else { self.burst }
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

    /// Takes what there is until `floor`, up to `most`.
    fn take(&mut self, now: Nanos, most: u32, floor: i128) -> u32 {
        let level = self.level(now);
        let taken = (level - floor).clamp(0, most.into());
        if taken > 0 {
            self.set(now, level - taken);
        }
        taken as u32
    }

    /// Puts `tokens` back, at most those that are lacking, but for those that lumps replace until what is owed has come.
    fn give_back(&mut self, now: Nanos, tokens: i128) {
        let level = self.level(now);
        let replaced = ((-level).max(0) + self.lump - 1) / self.lump * self.lump;
        let given_back = tokens.min(self.burst - level) - replaced;
        if given_back > 0 {
            self.set(now, level + given_back);
        }
    }
}

impl Exact for ExactBucket {
    /// The token from which on it is full, and what says so.
    type Mark = FullAt;

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

    fn undo(&mut self, now: Nanos, cost: u32) {
        self.give_back(now, cost.into());
        self.admitted.pop();
    }

    fn take_up_to(&mut self, now: Nanos, most: u32) -> u32 {
        let taken = self.take(now, most, 0);
        self.admitted.push((now, taken));
        taken
    }

    fn charge(&mut self, now: Nanos, cost: u32) -> u32 {
        self.take(now, cost, -self.debt)
    }

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

    /// Never more than no lump has replaced.
    fn refund(&mut self, now: Nanos, after: &FullAt, unused: u32) {
        let lacking = self.burst - self.level_from(after.last, now);
        self.give_back(now, lacking.min(unused.into()).min(self.burst));
    }

    fn mark(&self) -> FullAt {
        FullAt { token: self.last.map(|(lump, level)| lump * self.lump - level), last: self.last }
    }

    fn restore(&mut self, mark: FullAt, _: Nanos, _: u32) {
        self.last = mark.last;
    }

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

    fn saved_and_restored(&mut self, now: Nanos, then: Nanos) {
        let level = self.level(now);
        self.last = (level < self.burst).then(|| (self.lump_at(then), level.max(-self.debt)));
    }

    fn snapshot(&self, now: Nanos) -> Snapshot {
        let level = self.level(now);
        Snapshot {
            limit: self.burst as u32,
            remaining: level.max(0) as u32,
            retry_after: self.wait(now, 1 - level),
            reset_after: self.wait(now, self.burst - level),
        }
    }

    fn wait_behind(&self, now: Nanos, queued: u64, cost: u32) -> Nanos {
        self.wait(now, i128::from(queued) + i128::from(cost) - self.level(now))
    }

    /// Promise 1: between any two admissions no more than the burst and the lumps of that time.
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

    fn forget(&mut self, now: Nanos) {
        let latest = now.saturating_sub(self.skew());
        assert_eq!(self.level(latest), self.burst, "forgotten at {now}: {self:?}");
        self.forget_all();
    }

    fn forget_all(&mut self) {
        self.last = None;
    }

    fn memory(&self) -> Nanos {
        self.memory
    }

    fn skew(&self) -> Nanos {
        Nanos((self.skew * self.period) as u64)
    }
}

/// A mark of a bucket: two are the same where the buckets are full from the same token on.
#[derive(Clone, Debug)]
pub struct FullAt {
    token: Option<i128>,
    last: Last,
}

impl PartialEq for FullAt {
    fn eq(&self, other: &Self) -> bool {
        self.token == other.token
    }
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

/// The body of the fuzz target: a quota and calls, as `bytes` tell them.
pub fn fuzz(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let Ok((lump, period, burst, debt, skew)) = bytes.arbitrary::<(u16, u32, u16, u16, u32)>() else { return };
    let quota = Quota::new(lump.into(), Duration::from_nanos(period.into())).burst(burst.into());
    let horizon = Horizon::of(quota).debt(debt.into()).skew(Duration::from_nanos(skew.into()));
    let Ok(ops) = bytes.arbitrary::<Vec<Op>>() else { return };
    if let Some(pair) = pair(quota, TokenBucket::within(quota, horizon)) {
        play(quota, pair, |quota| self::pair(quota, TokenBucket::new(quota)), &ops);
    }
    if let Some(pair) = pair(quota, TokenBucket::within_u32(quota, horizon)) {
        play(quota, pair, |quota| self::pair(quota, TokenBucket::new_u32(quota)), &ops);
    }
}

/// A bucket with its twin.
pub fn pair<W: Word>(quota: Quota, bucket: Result<TokenBucket<W>, QuotaError>) -> Option<(TokenBucket<W>, ExactBucket)> {
    let bucket = bucket.ok()?.phase(phase_of(quota));
    Some((bucket, ExactBucket::new(quota, &bucket)))
}

/// Plays `ops` on both words.
pub fn check_against_oracle(quota: Quota, ops: &[Op]) {
    let on_64 = |quota| pair(quota, TokenBucket::new(quota));
    let on_32 = |quota| pair(quota, TokenBucket::new_u32(quota));
    play(quota, on_64(quota).expect("it fits"), on_64, ops);
    play(quota, on_32(quota).expect("it fits"), on_32, ops);
}

/// A phase that a bucket of `quota` keeps without rounding, about two thirds into the period.
fn phase_of(quota: Quota) -> Nanos {
    let period = quota.period().0;
    let unit = ((period >> 32) + 1).next_power_of_two();
    Nanos(period - period / 3 / unit * unit)
}
