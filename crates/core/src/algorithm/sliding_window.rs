#![deny(clippy::arithmetic_side_effects)]

use core::{marker::PhantomData, num::NonZeroU64};

use crate::{
    Algorithm, CarryOver, Decision, Horizon, Nanos, Quota, QuotaError, RestoreError, Saved, Snapshot, Word,
    algorithm::{Debit, Empty, Persist, Reconfigure},
    div_ceil::div_ceil_wide,
    saved::Name,
};

/// The two-counter estimate of a sliding window: what was counted in this window, and of the window before as much as still overlaps.
///
/// Time is cut into windows of the quota's period, from zero on. With `elapsed` of the window gone, a cost is admitted while
/// `current + cost + previous * (window - elapsed) / window` is at most the limit. Gateways limit so, since "How we built rate limiting
/// capable of scaling to millions of domains" (J. Desgats, Cloudflare's blog, 2017) described it; here the sum is exact, in whole numbers.
///
/// # An estimate
/// It takes the window before for evenly filled. Where that window was filled at its end, **up to twice the limit passes within one
/// trailing window**; where it was filled at its start, less than the limit does. Callers who wait in line, one at a time, get one less
/// than the limit in each window, and with a limit of 1 one call in every other. Who needs the limit in any window, exactly, takes a log of
/// the calls; who needs an even pace takes [`Gcra`](crate::Gcra).
///
/// ```
/// use paceline_core::{Atomic, Decision, Limit, Nanos, Quota, SlidingWindow};
/// let limit = Atomic::new(SlidingWindow::new(Quota::per_minute(100))?);
/// assert!(limit.decide(Nanos::from_secs(30), 80).is_allowed());
/// // 15 s into the next window three quarters of the 80 count
/// assert!(limit.decide(Nanos::from_secs(75), 40).is_allowed());
/// assert_eq!(limit.decide(Nanos::from_secs(75), 20), Decision::Denied { retry_after: Nanos::from_secs(15) });
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
///
/// # What is in the word
/// The window's index, the count of the window before, and the count of this one. The counts get the bits that limit and debt need, the
/// index the rest and at least four: so the limit is at most 2^30 - 1 on a `u64` and 16,383 on a `u32`.
///
/// The index wraps. A state counts when its window is this one, the one before, or ahead by no more than the skew; all else is past and the
/// limiter idle. A reading from before the state's window is late, and counts as one from that window's start: only stricter. A jump back
/// by more than the [skew](Self::skew) finds an idle limiter. A limiter idle for longer than its [memory](Self::memory) may, once per range
/// and for at most the skew and two windows, be taken for a busy one, and if clocks disagree just then it may admit one limit more;
/// [`forget_idle`](crate::Cell::forget_idle) keeps it from that.
///
/// # Verbs
/// All but those for a later time: the word has no counter for a window to come, and a cost put into this one would be gone when its time
/// comes. So this does not compile:
/// ```compile_fail,E0599
/// use paceline_core::{Atomic, Nanos, Quota, Reserve, SlidingWindow};
/// let limit = Atomic::new(SlidingWindow::new(Quota::per_minute(100))?);
/// limit.reserve(Nanos::ZERO, 1, Nanos::MAX);
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
/// `undo` takes from this window what it can and the rest from the one before: right after the admission that is exactly what was taken.
/// [`wait_behind`](crate::Limit::wait_behind) is exact for callers of cost 1, and the least for larger ones.
///
/// # Cost
/// One division of 64 bits and two multiplications; a refusal divides by 128 bits besides. With its atomic word 32 bytes, on a `u64` and on
/// a `u32`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SlidingWindow<W = u64> {
    /// In nanoseconds.
    window: NonZeroU64,
    limit: u32,
    /// The limit, and what may be charged beyond it.
    floor: u32,
    /// By how many windows a state may be ahead.
    late: u32,
    /// Of each count.
    bits: u32,
    word: PhantomData<W>,
}

constructors! {
    SlidingWindow, quota => Horizon::of(quota),
    new {
        /// The quota's limit in its period, within the default [`Horizon::of`] it, or as much of that as the word has room for.
        ///
        /// # Errors
        /// [`QuotaError`] where limit or period is 0, where the limit is larger than the word holds, and where the burst is not the limit.
    }
    within {
        /// The same with the debt and the skew of `horizon`. Its patience plays no part; the skew is rounded up to whole windows, at least
        /// one.
        ///
        /// # Errors
        /// As with the default horizon, and where limit, debt and skew together do not fit.
    }
}

impl<W: Word> SlidingWindow<W> {
    /// What each window allows, and the largest cost that is ever admitted.
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// The most that may be charged beyond the limit.
    pub const fn debt(&self) -> u32 {
        self.floor.saturating_sub(self.limit)
    }

    /// How late a reading may be: whole windows.
    pub const fn skew(&self) -> Nanos {
        Nanos(self.window.get().saturating_mul(self.late as u64))
    }

    /// For how long an idle limiter is sure to be taken for one, before its index wraps: call [`forget_idle`](crate::Cell::forget_idle) as
    /// often.
    pub fn memory(&self) -> Nanos {
        let late = u64::from(self.late);
        Nanos(self.indexes().saturating_sub(late.saturating_mul(2)).saturating_sub(1).saturating_mul(self.window.get()))
    }

    const MOST: u32 = u32::MAX.wrapping_shr(u32::BITS.saturating_sub(W::BITS.saturating_sub(INDEX_BITS) >> 1));

    const fn of(quota: Quota, horizon: Horizon) -> Result<Self, QuotaError> {
        let (limit, most) = (quota.limit(), Self::MOST);
        if let Some(error) = quota.unfit_for_a_window(most) {
            return Err(error);
        }
        let Some(window) = NonZeroU64::new(quota.period().0) else {
            return Err(QuotaError::ZeroPeriod);
        };
        let floor = limit.saturating_add(horizon.debt);
        let bits = u32::BITS.saturating_sub(floor.leading_zeros());
        let late = match horizon.skew.0.div_ceil(window.get()) {
            0 => 1,
            late => late,
        };
        // Three quarters of the range are the memory of an idle limiter.
        let indexes = 1u64.wrapping_shl(W::BITS.saturating_sub(bits << 1));
        if floor > most || late > u32::MAX as u64 || late.saturating_add(2) > indexes >> 2 {
            return Err(QuotaError::HorizonTooLong { burst: limit, interval: quota.interval(), horizon });
        }
        Ok(Self { window, limit, floor, late: late as u32, bits, word: PhantomData })
    }

    /// The largest index.
    fn indexes(&self) -> u64 {
        u64::MAX.wrapping_shr(u64::BITS.saturating_sub(W::BITS).saturating_add(self.bits << 1))
    }

    /// The largest count.
    fn counts(&self) -> u64 {
        !u64::MAX.wrapping_shl(self.bits)
    }

    #[inline]
    fn look(&self, word: W, now: Nanos) -> Seen {
        let (reading, elapsed) = (now.0 / self.window, now.0 % self.window);
        let word = word.widen();
        let (held, current) = (word.wrapping_shr(self.bits << 1), word & self.counts());
        let previous = word.wrapping_shr(self.bits) & self.counts();
        let (past, ahead) = (reading.wrapping_sub(held) & self.indexes(), held.wrapping_sub(reading) & self.indexes());
        let seen = Seen { index: reading, previous: 0, current: 0, elapsed, late: 0 };
        match past {
            0 => Seen { previous, current, ..seen },
            1 => Seen { previous: current, ..seen },
            _ if ahead <= self.late.into() && (previous, current) != (0, 0) => {
                let late = ahead.saturating_mul(self.window.get()).saturating_sub(elapsed);
                Seen { index: held, previous, current, elapsed: 0, late }
            }
            _ => seen,
        }
    }

    #[inline]
    fn pack(&self, seen: &Seen) -> W {
        let counts = seen.previous.wrapping_shl(self.bits) | seen.current;
        W::truncate(seen.index.wrapping_shl(self.bits << 1) | counts)
    }

    #[inline]
    fn fits(&self, seen: &Seen, cost: u32) -> bool {
        let Some(spare) = u64::from(self.limit).checked_sub(seen.current.saturating_add(cost.into())) else {
            return false;
        };
        product(seen.previous, self.left(seen)) <= product(spare, self.window.get())
    }

    /// How much of the window is left.
    fn left(&self, seen: &Seen) -> u64 {
        self.window.get().saturating_sub(seen.elapsed)
    }

    /// What of `limit` is left beside both counts, with `left` of the window to go.
    fn room(&self, seen: &Seen, left: u64, limit: u32) -> u64 {
        let overlapping = div_ceil_wide(product(seen.previous, left), self.window.get().into()) as u64;
        u64::from(limit).saturating_sub(seen.current).saturating_sub(overlapping)
    }

    /// What counts in all, times the window.
    fn used(&self, seen: &Seen) -> u128 {
        product(seen.current, self.window.get()).saturating_add(product(seen.previous, self.left(seen)))
    }

    /// The state that counts `used` in the window of `now`, as far as may be charged.
    fn counting(&self, now: Nanos, used: u128) -> W {
        match used.min(self.floor.into()) as u64 {
            0 => W::ZERO,
            current => self.pack(&Seen { index: now.0 / self.window, previous: 0, current, elapsed: 0, late: 0 }),
        }
    }

    /// How far into the window it has room for `cost`, where it ever has.
    fn time_for(&self, seen: &Seen, cost: u64) -> Option<u64> {
        let spare = u64::from(self.limit).checked_sub(seen.current)?.checked_sub(cost)?;
        let window = self.window.get();
        let from = match product(spare, window).checked_div(seen.previous.into()) {
            Some(left) => window.saturating_sub(u64::try_from(left).unwrap_or(window)),
            None => 0,
        };
        (from < window).then_some(from.max(seen.elapsed))
    }

    /// Takes as much as fits below `limit`, up to `most`.
    fn take(&self, word: &mut W, now: Nanos, most: u32, limit: u32) -> u32 {
        let seen = self.look(*word, now);
        let room = self.room(&seen, self.left(&seen), limit);
        let taken = most.min(u32::try_from(room).unwrap_or(u32::MAX));
        if taken > 0 {
            *word = self.pack(&seen.with(taken.into()));
        }
        taken
    }

    fn is_empty(&self, word: W, now: Nanos) -> bool {
        let seen = self.look(word, now);
        seen.previous == 0 && seen.current == 0
    }
}

impl<W: Word> Algorithm for SlidingWindow<W> {
    type State = W;
    type Cost = u32;

    #[inline]
    fn step(&self, word: &mut W, now: Nanos, cost: u32) -> Decision {
        if cost > self.limit {
            return Decision::Impossible { most: self.limit };
        }
        let seen = self.look(*word, now);
        if !self.fits(&seen, cost) {
            return Decision::Denied { retry_after: self.wait_behind(word, now, 0, cost) };
        }
        *word = self.pack(&seen.with(cost.into()));
        Decision::Allowed
    }

    fn undo(&self, word: &mut W, now: Nanos, cost: u32) {
        let Seen { previous, current, .. } = self.look(*word, now);
        if previous > 0 || current > 0 {
            let rest = u64::from(cost).saturating_sub(current);
            let (previous, current) = (previous.saturating_sub(rest), current.saturating_sub(cost.into()));
            *word = self.pack(&Seen { previous, current, ..self.look(*word, now) });
        }
    }

    /// Window by window, each filled as far as it goes; windows that repeat are skipped over.
    fn wait_behind(&self, word: &W, now: Nanos, queued: u64, cost: u32) -> Nanos {
        let mut seen = self.look(*word, now);
        let (mut queued, cost) = (queued, u64::from(cost.min(self.limit)));
        if self.time_for(&seen, queued.saturating_add(cost)) == Some(seen.elapsed) {
            return Nanos::ZERO;
        }
        let mut wait = seen.late;
        let mut ended = [None; 2];
        loop {
            if let Some(from) = self.time_for(&seen, queued.saturating_add(cost)) {
                return Nanos(wait.saturating_add(from.saturating_sub(seen.elapsed)));
            }
            let taken = self.room(&seen, 1, self.limit).min(queued);
            queued = queued.saturating_sub(taken);
            wait = wait.saturating_add(self.left(&seen));
            seen = seen.with(taken).next();
            let [before, last] = ended;
            ended = [last, Some(seen.previous)];
            if before == Some(seen.previous) {
                let both = seen.previous.saturating_add(last.unwrap_or(0));
                let times = queued.checked_div(both).unwrap_or(0);
                queued = queued.saturating_sub(times.saturating_mul(both));
                wait = wait.saturating_add(times.saturating_mul(self.window.get().saturating_mul(2)));
            }
        }
    }

    fn snapshot(&self, word: &W, now: Nanos) -> Snapshot {
        let seen = self.look(*word, now);
        Snapshot {
            limit: self.limit,
            remaining: u32::try_from(self.room(&seen, self.left(&seen), self.limit)).unwrap_or(self.limit),
            retry_after: self.wait_behind(word, now, 0, 1),
            reset_after: self.wait_behind(word, now, 0, self.limit),
        }
    }

    fn is_idle(&self, word: &W, now: Nanos) -> bool {
        self.is_empty(*word, now) && self.is_empty(*word, now.saturating_sub(self.skew()))
    }
}

impl<W: Word> Empty for SlidingWindow<W> {
    fn take_up_to(&self, word: &mut W, now: Nanos, most: u32) -> u32 {
        self.take(word, now, most, self.limit)
    }

    fn drain(&self, word: &mut W, now: Nanos) {
        self.take(word, now, self.limit, self.limit);
    }

    /// Where the next window has begun to count since, all of the limit was taken in the one before: what of it was due to an older one,
    /// nobody knows any more. A time to come has no window yet, and counts as now.
    fn drain_since(&self, word: &mut W, now: Nanos, since: Nanos) -> bool {
        let since = since.min(now);
        let (window, seen) = (since.0 / self.window, self.look(*word, since));
        let windows_since = seen.index.wrapping_sub(window) & self.indexes();
        match ((now.0 / self.window).saturating_sub(window), windows_since) {
            (0, _) | (1, 0) => self.take(word, since, self.limit, self.limit) > 0,
            (1, 1) if seen.previous < self.limit.into() => {
                *word = self.pack(&Seen { previous: self.limit.into(), ..seen });
                true
            }
            _ => false,
        }
    }
}

impl<W: Word> Debit for SlidingWindow<W> {
    fn debit(&self, word: &mut W, now: Nanos, cost: u32) -> u32 {
        self.take(word, now, cost, self.floor)
    }
}

/// All that still counts at the change goes into the new window that it falls in, rounded up.
impl<W: Word> Reconfigure for SlidingWindow<W> {
    fn carry_over(&self, word: &W, now: Nanos, new: &Self, rule: CarryOver) -> W {
        let seen = self.look(*word, now);
        let used = self.used(&seen);
        let (window, limit, new_limit) = (u128::from(self.window.get()), u128::from(self.limit), u128::from(new.limit));
        let used = match rule {
            CarryOver::Reset => 0,
            CarryOver::Proportional => div_ceil_wide(used.saturating_mul(new_limit), window.saturating_mul(limit)),
            CarryOver::AsIs => div_ceil_wide(used, window).saturating_add(new_limit).saturating_sub(limit),
        };
        new.counting(now.saturating_add(Nanos(seen.late)), used)
    }
}

/// All that still counts at the moment of saving counts in the window of the clock that restores, rounded up.
impl<W: Word> Persist for SlidingWindow<W> {
    fn save(&self, word: &W, now: Nanos) -> Saved {
        let used = div_ceil_wide(self.used(&self.look(*word, now)), self.window.get().into());
        Saved::of(Name::SlidingWindow, u64::try_from(used).unwrap_or(u64::MAX))
    }

    fn restore(&self, saved: &Saved, now: Nanos) -> Result<W, RestoreError> {
        Ok(self.counting(now, saved.told_by(Name::SlidingWindow)?.into()))
    }
}

/// What of a state counts at a reading.
struct Seen {
    /// The window that the reading counts in, of which the word holds the low bits.
    index: u64,
    previous: u64,
    current: u64,
    /// How much of the window has passed.
    elapsed: u64,
    /// How long after a late reading its window begins.
    late: u64,
}

impl Seen {
    fn with(self, cost: u64) -> Self {
        Self { current: self.current.saturating_add(cost), ..self }
    }

    /// At the start of the window after this one.
    fn next(self) -> Self {
        Self { index: self.index.wrapping_add(1), previous: self.current, current: 0, elapsed: 0, late: 0 }
    }
}

/// The least that the index has.
const INDEX_BITS: u32 = 4;

fn product(a: u64, b: u64) -> u128 {
    u128::from(a).saturating_mul(b.into())
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "overflow checks are on in tests")]
mod exhaustive;
