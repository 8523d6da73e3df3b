#![deny(clippy::arithmetic_side_effects)]

use core::marker::PhantomData;

use crate::{
    Algorithm, CarryOver, Decision, Horizon, Nanos, Quota, QuotaError, Reservation, RestoreError, Saved, Snapshot, Word,
    algorithm::{Debit, Empty, Persist, Reconfigure, Schedule},
    div_ceil::div_ceil,
    saved::Name,
};

/// The counter that is set to zero at fixed times: a limit for each aligned window, and nothing that outlives one.
///
/// So count the servers that say when their quota resets, by the hour or the day. Never more than the limit is admitted in each window, for
/// the readings that were passed in; across an edge twice the limit may go in no time at all. Who wants less than that takes
/// [`Gcra`](crate::Gcra). The largest cost is the [`Quota`]'s limit. Nothing is rounded.
///
/// It is the counter that expires: "Pattern: Rate limiter 1" in Redis's documentation of `INCR`.
///
/// # When windows begin
/// At the multiples of the period on the limiter's clock, and [`phase`](Self::phase) later if that is given. With a clock that tells the
/// time since 1970, that makes calendar windows. The free tier of Gemini counts requests a day and resets at midnight Pacific time, which
/// is 8 hours after midnight UTC in winter:
/// ```
/// use paceline_core::{Atomic, CarryOver, Decision, FixedWindow, Limit, Nanos, Quota};
/// let daily = FixedWindow::new(Quota::per_day(200))?;
/// let (winter, summer) = (daily.phase(Nanos::from_secs(8 * 3_600)), daily.phase(Nanos::from_secs(7 * 3_600)));
/// let mut limit = Atomic::new(winter);
/// let evening = Nanos::from_secs(20_000 * 86_400 + 6 * 3_600); // 22:00 Pacific, two hours before the reset
/// assert!(limit.decide(evening, 200).is_allowed());
/// assert_eq!(limit.decide(evening, 1), Decision::Denied { retry_after: Nanos::from_secs(2 * 3_600) });
/// limit.set_quota(evening, summer, CarryOver::AsIs);
/// assert_eq!(limit.decide(evening, 1), Decision::Denied { retry_after: Nanos::from_secs(3_600) });
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
/// A day is 24 hours here. Where clocks change twice a year, give the new phase by `set_quota` at the change: what was counted stays
/// counted, and the window that is running ends an hour earlier or later.
///
/// # Readings that are late
/// The state is the newest window in which something is committed, and its count. A reading that lies before it is refused until that
/// window begins, since the one that it lies in is over, and nobody knows any more what was left of it.
///
/// # What is committed beyond the limit
/// A reservation may be for a later window, first come, first served; what is left of the windows before is then lost. So is what
/// is too little for the next in a queue, which may wait for longer than [`wait_behind`](crate::Limit::wait_behind) forecasts. A charge
/// counts in the newest window, up to the limit, and what exceeds it is forgotten: servers that count so set the counter to zero, whatever
/// it says, and nothing is owed to the next window. What is given back in a window that is no longer the newest is lost.
///
/// # Time that wraps
/// The count takes as many bits as the limit has, the number of the window the rest of the word, modulo its range. A window counts as ahead
/// within the [`Horizon`] in whole windows: the debt and the patience, of at most 65,535 together, and the skew, of as many. A clock that
/// jumps back further finds a new limiter, one that jumps back less is waited for. Once the numbers have wrapped, an old window may be
/// taken for a new one, for its length; that is after [`memory`](Self::memory), for 1,000,000 a minute on a `u32` 2.8 days, and
/// [`forget_idle`](crate::Cell::forget_idle) prevents it.
///
/// # Cost
/// A division of 64 bits, of the reading by the period; with its atomic word 32 bytes, on a `u64` as on a `u32`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FixedWindow<W = u64> {
    /// In nanoseconds.
    period: u64,
    /// How long before the clock's zero a window began, in nanoseconds.
    shift: u64,
    limit: u32,
    /// How many windows ahead something may be committed.
    beyond: u16,
    /// How many windows late a reading may be.
    skew: u16,
    word: PhantomData<W>,
}

/// The newest window that a state knows of, as a reading sees it.
#[derive(Clone, Copy)]
struct Newest {
    /// How many windows after the reading's.
    ahead: u64,
    count: u32,
}

constructors! {
    FixedWindow, quota => Horizon::of(quota),
    new {
        /// The quota's limit in each of its periods, with a horizon of a window and of clocks up to a second behind each other, or as much
        /// of that as the word has room for.
        ///
        /// # Errors
        /// [`QuotaError`] where limit or period is 0, where the burst is not the limit, and where the limit is larger than the word counts
        /// to, beside one bit for the window: 2^31 - 1 on a `u32`.
    }
    within {
        /// The same within a horizon of the caller's choice: `debt` and `patience` are rounded up to whole windows, and the skew too.
        ///
        /// # Errors
        /// As with the default horizon, and where debt, patience and skew do not fit.
    }
}

impl<W: Word> FixedWindow<W> {
    /// The largest count that leaves the window's number a bit.
    const MOST: u32 = u32::MAX.wrapping_shr(u32::BITS.saturating_sub(W::BITS.saturating_sub(1)));

    const fn of(quota: Quota, horizon: Horizon) -> Result<Self, QuotaError> {
        if let Some(error) = quota.unfit_for_a_window(Self::MOST) {
            return Err(error);
        }
        let (limit, period) = (quota.limit(), quota.period().0);
        let beyond = div_ceil(horizon.patience.0, period).saturating_add(div_ceil(horizon.debt as u64, limit as u64));
        let skew = div_ceil(horizon.skew.0, period);
        let this = Self { period, shift: 0, limit, beyond: beyond as u16, skew: skew as u16, word: PhantomData };
        let fits = beyond <= u16::MAX as u64 && skew <= u16::MAX as u64;
        let room = 7u128.wrapping_shl(W::BITS.saturating_sub(this.count_bits()));
        // The skew once more, so that a window is seen to be idle before the numbers wrap.
        let needed = this.horizon().saturating_add(skew).saturating_add(1);
        if !fits || (needed as u128).saturating_mul(8) > room {
            return Err(QuotaError::HorizonTooLong { burst: limit, interval: quota.interval(), horizon });
        }
        Ok(this)
    }

    /// The same with windows that begin at `phase`, and whole periods before and after.
    pub const fn phase(self, phase: Nanos) -> Self {
        let shift = match phase.0.checked_rem(self.period) {
            Some(late @ 1..) => self.period.saturating_sub(late),
            _ => 0,
        };
        Self { shift, ..self }
    }

    /// The most that is admitted in each window.
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// How many windows ahead something may be committed, by reserving.
    pub const fn windows_ahead(&self) -> u16 {
        self.beyond
    }

    /// How late a reading may be.
    pub const fn skew(&self) -> Nanos {
        Nanos((self.skew as u64).saturating_mul(self.period))
    }

    /// For how long an old window is sure to be taken for one, before their numbers wrap: call [`forget_idle`](crate::Cell::forget_idle) as
    /// often.
    pub const fn memory(&self) -> Nanos {
        let windows = self.numbers().saturating_sub(self.horizon()).saturating_sub(self.skew as u64);
        Nanos(windows.saturating_mul(self.period))
    }

    const fn horizon(&self) -> u64 {
        (self.beyond as u64).saturating_add(self.skew as u64)
    }

    const fn count_bits(&self) -> u32 {
        u32::BITS.saturating_sub(self.limit.leading_zeros())
    }

    /// The largest number that a window has in the word.
    const fn numbers(&self) -> u64 {
        u64::MAX.wrapping_shr(u64::BITS.saturating_sub(W::BITS).saturating_add(self.count_bits()))
    }

    /// The number of the window that `now` lies in, at least 1 before it wraps, and how long ago it began.
    #[inline]
    fn window(&self, now: Nanos) -> (u64, u64) {
        let since = now.0.saturating_add(self.shift);
        let windows = since.checked_div(self.period).unwrap_or(0);
        (windows.saturating_add(1), since.wrapping_sub(windows.wrapping_mul(self.period)))
    }

    /// How many windows the one in `state` is after the one of `now`, modulo the range.
    #[inline]
    fn distance(&self, state: W, now: Nanos) -> u64 {
        state.widen().wrapping_shr(self.count_bits()).wrapping_sub(self.window(now).0) & self.numbers()
    }

    #[inline]
    fn look(&self, state: W, now: Nanos) -> Newest {
        let ahead = self.distance(state, now);
        if state == W::ZERO || ahead > self.horizon() {
            return Newest { ahead: 0, count: 0 };
        }
        let count = state.widen() & !u64::MAX.wrapping_shl(self.count_bits());
        Newest { ahead, count: (count as u32).min(self.limit) }
    }

    /// The state that `now` sees so, never zero: where that would come out, one more is counted.
    #[inline]
    fn state(&self, now: Nanos, newest: Newest) -> W {
        let window = self.window(now).0.wrapping_add(newest.ahead) & self.numbers();
        let state = window.wrapping_shl(self.count_bits()) | u64::from(newest.count);
        W::truncate(state.max(1))
    }

    /// How many windows after the reading's the last of `costs` comes to lie.
    #[inline]
    fn windows_until(&self, newest: Newest, costs: u64) -> u64 {
        let before = costs.saturating_add(newest.count.into()).saturating_sub(1);
        newest.ahead.saturating_add(before.checked_div(self.limit.into()).unwrap_or(0))
    }

    /// From `now` until the window that is `windows` later begins.
    fn wait(&self, now: Nanos, windows: u64) -> Nanos {
        Nanos(windows.saturating_mul(self.period).saturating_sub(self.window(now).1))
    }

    /// Counts up to `most` in the newest window, as far as its limit goes, and tells how much.
    fn take(&self, state: &mut W, now: Nanos, newest: Newest, most: u32) -> u32 {
        let taken = most.min(self.limit.saturating_sub(newest.count));
        if taken > 0 {
            *state = self.state(now, Newest { count: newest.count.saturating_add(taken), ..newest });
        }
        taken
    }
}

impl<W: Word> Algorithm for FixedWindow<W> {
    type State = W;
    type Cost = u32;

    #[inline]
    fn step(&self, state: &mut W, now: Nanos, cost: u32) -> Decision {
        if cost > self.limit {
            return Decision::Impossible { most: self.limit };
        }
        let newest = self.look(*state, now);
        match self.windows_until(newest, cost.into()) {
            0 => {
                *state = self.state(now, Newest { ahead: 0, count: newest.count.saturating_add(cost) });
                Decision::Allowed
            }
            windows => Decision::Denied { retry_after: self.wait(now, windows) },
        }
    }

    fn undo(&self, state: &mut W, now: Nanos, cost: u32) {
        let Newest { ahead, count } = self.look(*state, now);
        if ahead == 0 && count > 0 {
            *state = self.state(now, Newest { ahead, count: count.saturating_sub(cost) });
        }
    }

    fn wait_behind(&self, state: &W, now: Nanos, queued: u64, cost: u32) -> Nanos {
        self.wait(now, self.windows_until(self.look(*state, now), queued.saturating_add(cost.into())))
    }

    fn snapshot(&self, state: &W, now: Nanos) -> Snapshot {
        let newest = self.look(*state, now);
        Snapshot {
            limit: self.limit,
            remaining: if newest.ahead == 0 { self.limit.saturating_sub(newest.count) } else { 0 },
            retry_after: self.wait_behind(state, now, 0, 1),
            reset_after: self.wait(now, self.windows_until(newest, self.limit.into())),
        }
    }

    fn is_idle(&self, state: &W, now: Nanos) -> bool {
        let since = self.distance(*state, now).wrapping_neg() & self.numbers();
        let past = self.distance(*state, now) > self.horizon();
        *state == W::ZERO || past && since > self.skew.into()
    }
}

impl<W: Word> Empty for FixedWindow<W> {
    fn take_up_to(&self, state: &mut W, now: Nanos, most: u32) -> u32 {
        match self.look(*state, now) {
            newest @ Newest { ahead: 0, .. } => self.take(state, now, newest, most),
            _ => 0,
        }
    }

    fn drain(&self, state: &mut W, now: Nanos) {
        self.take_up_to(state, now, self.limit);
    }
}

impl<W: Word> Schedule for FixedWindow<W> {
    fn max_patience(&self) -> Nanos {
        Nanos(self.period.saturating_mul(self.beyond.into()))
    }

    fn schedule(&self, state: &mut W, now: Nanos, cost: u32, patience: Nanos) -> Reservation<()> {
        if cost > self.limit {
            return Reservation::Impossible { most: self.limit };
        }
        let newest = self.look(*state, now);
        let (ahead, longest) = (self.windows_until(newest, cost.into()), self.beyond.into());
        let (wait, patience) = (self.wait(now, ahead), patience.min(self.wait(now, longest)));
        if ahead > longest || wait > patience {
            return Reservation::Denied { retry_after: wait, patience };
        }
        let before = if ahead == newest.ahead { newest.count } else { 0 };
        *state = self.state(now, Newest { ahead, count: before.saturating_add(cost) });
        Reservation::Reserved { wait, ticket: () }
    }

    fn refund(&self, state: &mut W, now: Nanos, end: &W, unused: u32) {
        self.undo(state, now, unused.min(self.look(*end, now).count));
    }
}

impl<W: Word> Debit for FixedWindow<W> {
    fn debit(&self, state: &mut W, now: Nanos, cost: u32) -> u32 {
        self.take(state, now, self.look(*state, now), cost)
    }
}

/// What is counted in the window of `now` goes to the new window of `now`, and what is committed to a later one to that in which it begins.
impl<W: Word> Reconfigure for FixedWindow<W> {
    fn carry_over(&self, state: &W, now: Nanos, new: &Self, rule: CarryOver) -> W {
        let Newest { ahead, count } = self.look(*state, now);
        let count = rule.taken(count.into(), self.limit, new.limit) as u32;
        let begins = self.wait(now, ahead).0.saturating_add(new.window(now).1);
        let ahead = begins.checked_div(new.period).unwrap_or(0).min(new.beyond.into());
        match (rule, count, ahead) {
            (CarryOver::Reset, ..) | (_, 0, 0) => W::ZERO,
            _ => new.state(now, Newest { ahead, count: count.min(new.limit) }),
        }
    }
}

/// What was counted in the window of `now` counts in that of the clock that restores, and what was committed ahead as many windows ahead.
impl<W: Word> Persist for FixedWindow<W> {
    fn save(&self, state: &W, now: Nanos) -> Saved {
        let Newest { ahead, count } = self.look(*state, now);
        Saved::of(Name::FixedWindow, ahead.wrapping_shl(u32::BITS) | u64::from(count))
    }

    fn restore(&self, saved: &Saved, now: Nanos) -> Result<W, RestoreError> {
        let number = saved.told_by(Name::FixedWindow)?;
        let (ahead, count) = (number.wrapping_shr(u32::BITS).min(self.beyond.into()), self.limit.min(number as u32));
        Ok(if (ahead, count) == (0, 0) { W::ZERO } else { self.state(now, Newest { ahead, count }) })
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "overflow checks are on in tests")]
mod exhaustive;
