#![deny(clippy::arithmetic_side_effects)]

use core::marker::PhantomData;

use crate::{
    Algorithm, CarryOver, Decision, Horizon, Nanos, Quota, QuotaError, Reservation, RestoreError, Saved, Snapshot, Word,
    algorithm::{Debit, Empty, Persist, Reconfigure, Schedule},
    div_ceil::div_ceil,
    saved::Name,
    ticks::Ticks,
};

/// The low bits of the period hold the skew: a limiter stays within 32 bytes.
const SKEW_BITS: u32 = 6;

/// The token bucket that is refilled in lumps: `n` tokens at once every period, at fixed times, up to its burst.
///
/// So Envoy's `token_bucket` refills (`tokens_per_fill` every `fill_interval`, up to `max_tokens`) and .NET's `TokenBucketRateLimiter`
/// (`TokensPerPeriod` every `ReplenishmentPeriod`, up to `TokenLimit`); the bucket itself is from J. S. Turner's "New Directions in
/// Communications" (IEEE Communications Magazine, 1986). One that refills continuously is [`Gcra`](crate::Gcra): of the same quota it gives
/// one token at a time, where this one gives nothing for a period and then all of it. Over any time `t` at most
/// `burst + n * (floor(t / period) + 1)` is admitted.
///
/// The [`Quota`]'s limit is `n`. A lump larger than the burst is cut to it, since the rest would overflow. Nothing is rounded: there is no
/// [loss](Quota::loss), and any rate is kept.
///
/// # When lumps come
/// At the multiples of the period on the limiter's clock, and [`phase`](Self::phase) later if that is given. A call waits for the lump that
/// fills its want, exactly to the nanosecond; calls that want more than `burst - n + 1` may find that what a lump brought overflowed before
/// they went, so a queue of them may wait for longer than [`wait_behind`](crate::Limit::wait_behind) forecasts.
///
/// # Where it starts
/// Full, as every limiter that was never used. One that starts with less has had the rest taken at once, by
/// [`take_up_to`](crate::Drain::take_up_to):
/// ```
/// use paceline_core::{Atomic, Decision, Drain, Limit, Nanos, Quota, TokenBucket};
/// let bucket = Atomic::new(TokenBucket::new(Quota::per_second(10).burst(100))?);
/// bucket.take_up_to(Nanos::ZERO, 80); // starts with 20
/// assert!(bucket.decide(Nanos::from_millis(999), 20).is_allowed());
/// assert_eq!(bucket.decide(Nanos::from_millis(999), 1), Decision::Denied { retry_after: Nanos::from_millis(1) });
/// assert!(bucket.decide(Nanos::from_secs(1), 10).is_allowed());
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
///
/// # Time that wraps
/// It is the state of GCRA with time in lumps and ticks that are tokens: the number of the token from which on the bucket would be full,
/// modulo the range of the word. It counts as ahead within the [`Horizon`]: the burst, what may be committed beyond it, and the skew, in
/// lumps and rounded up to a power of two of them. A clock that jumps back further finds a full bucket, one that jumps back less is waited
/// for. An idle bucket may be taken for a busy one once its tokens have wrapped, after [`memory`](Self::memory): on a `u64` for
/// `n = 1,000,000` after 18 million million periods, on a `u32` after some 4,000. [`forget_idle`](crate::Cell::forget_idle) prevents it,
/// and a bucket that was never used is full whatever the time.
///
/// # Cost
/// A division of 64 bits; with its atomic word 32 bytes, on a `u64` as on a `u32`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TokenBucket<W = u64> {
    /// In nanoseconds, above the bits of the skew: nothing, or one more than the logarithm of its lumps.
    period_and_skew: u64,
    /// How long before the clock's zero a lump came, in parts of the period that a `u32` can count.
    shift: u32,
    /// How many tokens come at once; at most the burst.
    lump: u32,
    /// The number admitted at once from idle.
    burst: u32,
    /// How much may be committed besides.
    beyond: u32,
    word: PhantomData<W>,
}

constructors! {
    TokenBucket, quota => Horizon::of(quota),
    new {
        /// A lump of the quota's limit every period, up to its burst, within the default [`Horizon::of`] it, or as much of that as the word
        /// has room for.
        ///
        /// # Errors
        /// [`QuotaError`] where limit, period or burst is 0, where the period is longer than 9 years, and where the burst is more than
        /// seven eighths of the range of the word.
    }
    within {
        /// The same within a horizon of the caller's choice.
        ///
        /// # Errors
        /// As with the default horizon, and where burst, debt, patience and skew together do not fit.
    }
}

impl<W: Word> TokenBucket<W> {
    const fn of(quota: Quota, horizon: Horizon) -> Result<Self, QuotaError> {
        if let Some(error) = quota.zero() {
            return Err(error);
        }
        let (burst, period) = (quota.max_burst(), quota.period().0);
        let lump = if quota.limit() < burst { quota.limit() } else { burst };
        let skew = match (horizon.skew.0, div_ceil(horizon.skew.0, period).checked_next_power_of_two()) {
            (0, _) => 0,
            (_, Some(lumps)) => lumps.trailing_zeros().saturating_add(1),
            (_, None) => 1 << SKEW_BITS,
        };
        let beyond = (div_ceil(horizon.patience.0, period) as u128).saturating_mul(lump as u128).saturating_add(horizon.debt as u128);
        let period_and_skew = period.wrapping_shl(SKEW_BITS) | skew as u64;
        let this = Self { period_and_skew, shift: 0, lump, burst, beyond: beyond as u32, word: PhantomData };
        let fits = skew < 1 << SKEW_BITS && this.period() == period && beyond <= u32::MAX as u128;
        // The skew once more, so that a bucket is seen to be idle before its tokens wrap.
        if !fits || this.wide_horizon().saturating_add(this.skew_tokens()) >> W::BITS.saturating_sub(3) >= 7 {
            return Err(QuotaError::HorizonTooLong { burst, interval: quota.interval(), horizon });
        }
        Ok(this)
    }

    /// The same with lumps that come at `phase`, and whole periods before and after. It is kept to the nanosecond in periods up to
    /// 4 seconds, and else rounded up by less than one part in `2^31` of the period: 33 µs in a day.
    pub const fn phase(self, phase: Nanos) -> Self {
        let (before, by) = match phase.0.checked_rem(self.period()) {
            Some(late @ 1..) => (self.period().saturating_sub(late), self.coarse()),
            _ => (0, 0),
        };
        Self { shift: before.wrapping_shr(by) as u32, ..self }
    }

    /// The largest cost that is ever admitted.
    pub const fn burst(&self) -> u32 {
        self.burst
    }

    /// The most that may be committed beyond the burst, by reserving and charging together.
    pub const fn debt(&self) -> u32 {
        self.beyond
    }

    /// How late a reading may be.
    pub const fn skew(&self) -> Nanos {
        Nanos(self.skew_lumps().saturating_mul(self.period()))
    }

    /// For how long an idle bucket is sure to be taken for one, before its tokens wrap: call [`forget_idle`](crate::Cell::forget_idle) as
    /// often.
    pub fn memory(&self) -> Nanos {
        let tokens = W::ZERO.wrapping_sub(W::truncate(1)).wrapping_sub(self.axis().horizon());
        let tokens = tokens.widen().saturating_sub(self.skew_tokens() as u64);
        let lumps = tokens.checked_div(self.lump.into()).unwrap_or(0).saturating_sub(1);
        Nanos(lumps.saturating_mul(self.period()))
    }

    const fn period(&self) -> u64 {
        self.period_and_skew.wrapping_shr(SKEW_BITS)
    }

    const fn skew_lumps(&self) -> u64 {
        match (self.period_and_skew as u32 & ((1 << SKEW_BITS) - 1)).checked_sub(1) {
            Some(by) => 1u64.wrapping_shl(by),
            None => 0,
        }
    }

    /// By how many bits a unit of the shift is longer than a nanosecond.
    const fn coarse(&self) -> u32 {
        32u32.saturating_sub(self.period().leading_zeros())
    }

    const fn skew_tokens(&self) -> u128 {
        (self.skew_lumps() as u128).saturating_mul(self.lump as u128)
    }

    /// What counts as ahead, in tokens; one more where the word has skipped zero.
    const fn wide_horizon(&self) -> u128 {
        self.skew_tokens().saturating_add(self.floor() as u128).saturating_add(1)
    }

    /// The tokens that may be committed in all.
    const fn floor(&self) -> u64 {
        (self.burst as u64).saturating_add(self.beyond as u64)
    }

    /// The modular axis on which tokens are counted.
    #[inline]
    fn axis(&self) -> Ticks<W> {
        Ticks::new(W::truncate(self.wide_horizon() as u64))
    }

    /// The lumps that have come until `now`, at least 1, and how long ago the last one came.
    #[inline]
    fn lumps(&self, now: Nanos) -> (u64, u64) {
        let since = now.0.saturating_add(u64::from(self.shift).wrapping_shl(self.coarse()));
        let lumps = since.checked_div(self.period()).unwrap_or(0);
        (lumps.saturating_add(1), since.wrapping_sub(lumps.wrapping_mul(self.period())))
    }

    /// The tokens that have come until `now`, and by how many more the bucket would be full.
    #[inline]
    fn look(&self, full: W, now: Nanos) -> (W, u64) {
        let tokens = W::truncate(self.lumps(now).0.wrapping_mul(self.lump.into()));
        let ahead = if full == W::ZERO { W::ZERO } else { self.axis().ahead(full, tokens) };
        (tokens, ahead.widen())
    }

    #[inline]
    fn full_after(&self, tokens: W, ahead: u64) -> W {
        let end = self.axis().end(tokens, W::truncate(ahead));
        if end == W::ZERO { W::truncate(1) } else { end }
    }

    /// The state of a bucket that lacks so many tokens at `now`, as far as they may be committed.
    fn lacking(&self, now: Nanos, tokens: u64) -> W {
        match tokens.min(self.floor()) {
            0 => W::ZERO,
            tokens => self.full_after(self.look(W::ZERO, now).0, tokens),
        }
    }

    /// From `now` until `tokens` more have come.
    fn wait(&self, now: Nanos, tokens: u64) -> Nanos {
        let lumps = div_ceil(tokens, self.lump.into());
        Nanos(lumps.saturating_mul(self.period()).saturating_sub(self.lumps(now).1))
    }

    /// Puts `tokens` back into the bucket, at most those that it lacks. What is committed beyond the burst was given the time of a later
    /// lump, or by a later reading: the tokens that lumps will have replaced by then would be given away twice, and are not given back.
    fn give_back(&self, full: &mut W, now: Nanos, tokens: u64) {
        let (come, ahead) = self.look(*full, now);
        let lump = u64::from(self.lump);
        let replaced = div_ceil(ahead.saturating_sub(self.burst.into()), lump).saturating_mul(lump);
        let given_back = ahead.min(tokens).saturating_sub(replaced);
        if given_back > 0 {
            *full = self.full_after(come, ahead.saturating_sub(given_back));
        }
    }

    /// Takes as many tokens as there are until `limit` are lacking, up to `most`.
    fn take(&self, full: &mut W, now: Nanos, most: u32, limit: u64) -> u32 {
        let (come, ahead) = self.look(*full, now);
        let taken = u32::try_from(limit.saturating_sub(ahead)).unwrap_or(u32::MAX).min(most);
        if taken > 0 {
            *full = self.full_after(come, ahead.saturating_add(taken.into()));
        }
        taken
    }
}

impl<W: Word> Algorithm for TokenBucket<W> {
    type State = W;
    type Cost = u32;

    #[inline]
    fn step(&self, full: &mut W, now: Nanos, cost: u32) -> Decision {
        let Some(spare) = self.burst.checked_sub(cost) else {
            return Decision::Impossible { most: self.burst };
        };
        let (come, ahead) = self.look(*full, now);
        match ahead.checked_sub(spare.into()) {
            Some(lacking @ 1..) => Decision::Denied { retry_after: self.wait(now, lacking) },
            _ => {
                *full = self.full_after(come, ahead.saturating_add(cost.into()));
                Decision::Allowed
            }
        }
    }

    fn undo(&self, full: &mut W, now: Nanos, cost: u32) {
        self.give_back(full, now, cost.min(self.burst).into());
    }

    fn wait_behind(&self, full: &W, now: Nanos, queued: u64, cost: u32) -> Nanos {
        let (_, ahead) = self.look(*full, now);
        self.wait(now, queued.saturating_add(cost.into()).saturating_add(ahead).saturating_sub(self.burst.into()))
    }

    fn snapshot(&self, full: &W, now: Nanos) -> Snapshot {
        let (_, ahead) = self.look(*full, now);
        Snapshot {
            limit: self.burst,
            remaining: u64::from(self.burst).saturating_sub(ahead) as u32,
            retry_after: self.wait_behind(full, now, 0, 1),
            reset_after: self.wait(now, ahead),
        }
    }

    fn is_idle(&self, full: &W, now: Nanos) -> bool {
        let (come, ahead) = self.look(*full, now);
        ahead == 0 && (*full == W::ZERO || u128::from(come.wrapping_sub(*full).widen()) >= self.skew_tokens())
    }
}

impl<W: Word> Empty for TokenBucket<W> {
    fn take_up_to(&self, full: &mut W, now: Nanos, most: u32) -> u32 {
        self.take(full, now, most, self.burst.into())
    }

    fn drain(&self, full: &mut W, now: Nanos) {
        self.take(full, now, u32::MAX, self.burst.into());
    }
}

impl<W: Word> Schedule for TokenBucket<W> {
    fn max_patience(&self) -> Nanos {
        let lumps = self.beyond.checked_div(self.lump).unwrap_or(0);
        Nanos(self.period().saturating_mul(lumps.into()))
    }

    fn schedule(&self, full: &mut W, now: Nanos, cost: u32, patience: Nanos) -> Reservation<()> {
        let Some(spare) = self.burst.checked_sub(cost) else {
            return Reservation::Impossible { most: self.burst };
        };
        let (come, ahead) = self.look(*full, now);
        let (lacking, longest) = (ahead.saturating_sub(spare.into()), self.beyond.into());
        let (wait, patience) = (self.wait(now, lacking), patience.min(self.wait(now, longest)));
        if lacking > longest || wait > patience {
            return Reservation::Denied { retry_after: wait, patience };
        }
        *full = self.full_after(come, ahead.saturating_add(cost.into()));
        Reservation::Reserved { wait, ticket: () }
    }

    fn refund(&self, full: &mut W, now: Nanos, end: &W, unused: u32) {
        let (_, not_refilled) = self.look(*end, now);
        self.give_back(full, now, not_refilled.min(unused.min(self.burst).into()));
    }
}

impl<W: Word> Debit for TokenBucket<W> {
    fn debit(&self, full: &mut W, now: Nanos, cost: u32) -> u32 {
        self.take(full, now, cost, self.floor())
    }
}

/// The lumps that have come until now are kept; the next one comes when the new numbers say.
impl<W: Word> Reconfigure for TokenBucket<W> {
    fn carry_over(&self, full: &W, now: Nanos, new: &Self, rule: CarryOver) -> W {
        let (_, ahead) = self.look(*full, now);
        new.lacking(now, rule.taken(ahead, self.burst, new.burst))
    }
}

/// Lumps come at the times of the clock that restores.
impl<W: Word> Persist for TokenBucket<W> {
    fn save(&self, full: &W, now: Nanos) -> Saved {
        Saved::of(Name::TokenBucket, self.look(*full, now).1)
    }

    fn restore(&self, saved: &Saved, now: Nanos) -> Result<W, RestoreError> {
        Ok(self.lacking(now, saved.told_by(Name::TokenBucket)?))
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "overflow checks are on in tests")]
mod exhaustive;
