#![deny(clippy::arithmetic_side_effects)]

use crate::{
    Algorithm, CarryOver, Decision, Horizon, Nanos, Quota, QuotaError, Reservation, RestoreError, Saved, Snapshot, Word,
    algorithm::{Debit, Empty, Persist, Reconfigure, Schedule},
    div_ceil::div_ceil_wide,
    saved::Name,
    ticks::Ticks,
};

/// The generic cell rate algorithm of ITU-T I.371, in the form that needs one number: smooth pacing, and the twin of a bucket
/// that refills continuously.
///
/// The state is the theoretical arrival time (TAT), the end of what has been admitted so far. A cost moves it on by one emission
/// interval each, from now or from where it is, and is admitted while it stays within `burst` intervals of now. So the burst is
/// the number admitted at once from idle, the delay variation tolerance of the standard is `burst - 1` intervals, and over any
/// time `t` at most `burst + rate * t` is admitted.
///
/// # Time that wraps
/// The TAT counts ticks of `2^-s` ns, the coarsest that the [`Quota`]'s accuracy allows, modulo the range of the word. A TAT counts as
/// ahead of now when it is so by no more than the [`Horizon`]: the burst, what may be committed beyond it, and the tolerated skew. All else
/// is past and the limiter idle. So a clock that jumps back further than the horizon finds an idle limiter (one extra burst), one that
/// jumps back less is waited for. On a `u64`, `s` is 0 to 20, and a limiter idle for an eighth of the range and more may, once per range
/// (584 years for `s = 0`, 4.9 hours for `s = 20`) and for at most the horizon, be taken for a busy one: it never admits early.
///
/// Never early is meant of readings rounded down to a [`tick`](Self::tick): on a `u32`, whose ticks are coarse, a call may come up to a
/// tick early in true nanoseconds.
///
/// On a `u32` the range is short: a few times the burst, or about half an hour at a rate of one a second. Who calls
/// [`forget_idle`](crate::Cell::forget_idle) at least once in [`memory`](Self::memory), from a timer say, never sees an idle limiter taken
/// for a busy one.
///
/// A caller who waits as he is told comes up to a nanosecond late, and with a burst of 1 that is lost: at intervals of microseconds and
/// less give a burst of 2 or more.
///
/// # Cost
/// Two multiplications and two comparisons; with its atomic word 32 bytes on a `u64`, 20 on a `u32`.
///
/// ```
/// use paceline_core::{Algorithm, Decision, Gcra, Nanos, Quota};
/// let gcra: Gcra = Gcra::new(Quota::per_minute(20).burst(1))?;
/// let mut state = 0;
/// assert_eq!(gcra.step(&mut state, Nanos::ZERO, 1), Decision::Allowed);
/// assert_eq!(gcra.step(&mut state, Nanos::from_secs(1), 1), Decision::Denied { retry_after: Nanos::from_secs(2) });
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Gcra<W = u64> {
    /// Emission interval in ticks.
    interval: W,
    ticks: Ticks<W>,
    /// The number admitted at once from idle.
    burst: u32,
    /// How much may be committed besides, in costs.
    beyond: u32,
}

constructors! {
    Gcra, quota => Horizon::of(quota),
    new {
        /// The quota's rate and burst, within the default [`Horizon::of`] it, or as much of that as the word has room for.
        ///
        /// # Errors
        /// [`QuotaError`] where limit, period or burst is 0, where the rate is too fast to be kept within 0.1 %, and where the
        /// burst lasts longer than seven eighths of the range of the word.
    }
    within {
        /// The same within a horizon of the caller's choice.
        ///
        /// # Errors
        /// As with the default horizon, and where burst, debt, patience and skew together do not fit.
    }
}

/// A `const` function can't convert to a word that it does not know.
macro_rules! of_each {
    ($($word:ty)*) => {$(
        impl Gcra<$word> {
            const fn of(quota: Quota, horizon: Horizon) -> Result<Self, QuotaError> {
                let emission = match quota.emission(<$word>::BITS) {
                    Ok(emission) => emission,
                    Err(error) => return Err(error),
                };
                match emission.fit(quota, horizon, <$word>::BITS) {
                    Ok((beyond, ahead)) => Ok(Self {
                        interval: emission.interval as $word,
                        ticks: Ticks::new(ahead as $word),
                        burst: quota.max_burst(),
                        beyond,
                    }),
                    Err(error) => Err(error),
                }
            }
        }
    )*};
}

of_each!(u64 u32);

impl<W: Word> Gcra<W> {
    /// The largest cost that is ever admitted.
    pub const fn burst(&self) -> u32 {
        self.burst
    }

    /// The most that may be committed beyond the burst, by reserving and charging together.
    pub const fn debt(&self) -> u32 {
        self.beyond
    }

    /// What readings are rounded down to, a nanosecond or more: waits are exact to the nanosecond all the same.
    pub fn tick(&self) -> Nanos {
        Nanos(self.ticks.span(1).0.max(1))
    }

    /// How late a reading may be.
    pub fn skew(&self) -> Nanos {
        self.ticks.span(self.skew_ticks())
    }

    /// For how long an idle limiter is sure to be taken for one, before its time wraps: call [`forget_idle`](crate::Cell::forget_idle) as
    /// often.
    pub fn memory(&self) -> Nanos {
        self.ticks.memory(self.skew_ticks())
    }

    fn skew_ticks(&self) -> u64 {
        let commitments = self.floor().saturating_mul(self.interval.widen());
        self.ticks.horizon().widen().saturating_sub(commitments)
    }

    /// `cost` in ticks, for a cost that the horizon holds.
    #[inline]
    fn increment(&self, cost: u32) -> W {
        self.interval.wrapping_mul(cost)
    }

    /// How far the TAT is ahead of `now`, and `now` in ticks.
    #[inline]
    fn look(&self, tat: W, now: Nanos) -> (W, W) {
        let now = self.ticks.at(now);
        (now, self.ticks.ahead(tat, now))
    }

    /// The TAT with `ticks` less, at most as much as is ahead of `now`. What is committed beyond the burst was given a later time, or by a
    /// later reading: what will have drained by then would be given away twice, and is not given back.
    fn give_back(&self, tat: &mut W, now: Nanos, ticks: W) {
        let (now, ahead) = self.look(*tat, now);
        let drained = ahead.widen().saturating_sub(self.increment(self.burst).widen());
        let given_back = ahead.min(ticks).widen().saturating_sub(drained);
        if given_back > 0 {
            *tat = self.ticks.end(now, ahead.wrapping_sub(W::truncate(given_back)));
        }
    }

    /// How many whole costs fit before the TAT is `limit` costs ahead.
    fn room(&self, ahead: W, limit: u64) -> u32 {
        let room = limit.saturating_mul(self.interval.widen()).saturating_sub(ahead.widen());
        room.checked_div(self.interval.widen()).map_or(0, |whole| u32::try_from(whole).unwrap_or(u32::MAX))
    }

    /// Takes as many costs as fit before the TAT is `limit` costs ahead, up to `most`.
    fn take(&self, tat: &mut W, now: Nanos, most: u32, limit: u64) -> u32 {
        let (now, ahead) = self.look(*tat, now);
        let taken = most.min(self.room(ahead, limit));
        if taken > 0 {
            *tat = self.ticks.end(now, ahead.wrapping_add(self.increment(taken)));
        }
        taken
    }

    /// The TAT that is `ahead` of `now`, as far as anything may be committed.
    fn state(&self, now: Nanos, ahead: u128) -> W {
        let most = self.floor().saturating_mul(self.interval.widen());
        match u64::try_from(ahead).unwrap_or(most).min(most) {
            0 => W::ZERO,
            ahead => self.ticks.end(self.ticks.at(now), W::truncate(ahead)),
        }
    }

    /// The costs that may be committed in all.
    fn floor(&self) -> u64 {
        u64::from(self.burst).saturating_add(self.beyond.into())
    }
}

impl<W: Word> Algorithm for Gcra<W> {
    type State = W;
    type Cost = u32;

    #[inline]
    fn step(&self, tat: &mut W, now: Nanos, cost: u32) -> Decision {
        let Some(spare) = self.burst.checked_sub(cost) else {
            return Decision::Impossible { most: self.burst };
        };
        let (ticks, ahead) = self.look(*tat, now);
        let room = self.increment(spare);
        if ahead > room {
            return Decision::Denied { retry_after: self.ticks.wait(now, ahead.wrapping_sub(room).widen()) };
        }
        *tat = self.ticks.end(ticks, ahead.wrapping_add(self.increment(cost)));
        Decision::Allowed
    }

    fn undo(&self, tat: &mut W, now: Nanos, cost: u32) {
        self.give_back(tat, now, self.increment(cost.min(self.burst)));
    }

    fn wait_behind(&self, tat: &W, now: Nanos, queued: u64, cost: u32) -> Nanos {
        let (_, ahead) = self.look(*tat, now);
        let costs = queued.saturating_add(cost.into());
        let end = costs.checked_mul(self.interval.widen()).and_then(|queued| queued.checked_add(ahead.widen()));
        let Some(end) = end else { return Nanos::MAX };
        self.ticks.wait(now, end.saturating_sub(self.increment(self.burst).widen()))
    }

    fn snapshot(&self, tat: &W, now: Nanos) -> Snapshot {
        let (_, ahead) = self.look(*tat, now);
        Snapshot {
            limit: self.burst,
            remaining: self.room(ahead, self.burst.into()),
            retry_after: self.wait_behind(tat, now, 0, 1),
            reset_after: self.ticks.wait(now, ahead.widen()),
        }
    }

    fn is_idle(&self, tat: &W, now: Nanos) -> bool {
        let (now, ahead) = self.look(*tat, now);
        ahead == W::ZERO && (*tat == W::ZERO || now.wrapping_sub(*tat).widen() >= self.skew_ticks())
    }
}

impl<W: Word> Empty for Gcra<W> {
    fn take_up_to(&self, tat: &mut W, now: Nanos, most: u32) -> u32 {
        self.take(tat, now, most, self.burst.into())
    }

    fn drain(&self, tat: &mut W, now: Nanos) {
        let (now, ahead) = self.look(*tat, now);
        let full = self.increment(self.burst);
        if ahead < full {
            *tat = self.ticks.end(now, full);
        }
    }
}

impl<W: Word> Schedule for Gcra<W> {
    fn max_patience(&self) -> Nanos {
        self.ticks.span(self.increment(self.beyond).widen())
    }

    fn schedule(&self, tat: &mut W, now: Nanos, cost: u32, patience: Nanos) -> Reservation<()> {
        let Some(spare) = self.burst.checked_sub(cost) else {
            return Reservation::Impossible { most: self.burst };
        };
        let (ticks, ahead) = self.look(*tat, now);
        let ticks_to_wait = ahead.widen().saturating_sub(self.increment(spare).widen());
        let longest = self.increment(self.beyond).widen();
        let (wait, patience) = (self.ticks.wait(now, ticks_to_wait), patience.min(self.ticks.wait(now, longest)));
        if ticks_to_wait > longest || wait > patience {
            return Reservation::Denied { retry_after: wait, patience };
        }
        *tat = self.ticks.end(ticks, ahead.wrapping_add(self.increment(cost)));
        Reservation::Reserved { wait, ticket: () }
    }

    fn refund(&self, tat: &mut W, now: Nanos, end: &W, unused: u32) {
        let (_, not_drained) = self.look(*end, now);
        self.give_back(tat, now, not_drained.min(self.increment(unused.min(self.burst))));
    }
}

impl<W: Word> Debit for Gcra<W> {
    fn debit(&self, tat: &mut W, now: Nanos, cost: u32) -> u32 {
        self.take(tat, now, cost, self.floor())
    }
}

impl<W: Word> Reconfigure for Gcra<W> {
    fn carry_over(&self, tat: &W, now: Nanos, new: &Self, rule: CarryOver) -> W {
        let (_, ahead) = self.look(*tat, now);
        let taken = u128::from(ahead.widen());
        let (old, new_interval) = (u128::from(self.interval.widen()), u128::from(new.interval.widen()));
        let (burst, new_burst) = (u128::from(self.burst), u128::from(new.burst));
        // Ahead in ticks of the new clock: rounded up, so that nothing is given away.
        let ahead = match rule {
            CarryOver::Reset => 0,
            CarryOver::Proportional => ratio(taken, new_burst.saturating_mul(new_interval), burst.saturating_mul(old)),
            CarryOver::AsIs => {
                let owed = ratio(taken, new_interval, old).saturating_add(new_burst.saturating_mul(new_interval));
                owed.saturating_sub(burst.saturating_mul(new_interval))
            }
        };
        new.state(now, ahead)
    }
}

impl<W: Word> Persist for Gcra<W> {
    fn save(&self, tat: &W, now: Nanos) -> Saved {
        let (_, ahead) = self.look(*tat, now);
        Saved::of(Name::Gcra, self.ticks.wait(now, ahead.widen()).0)
    }

    fn restore(&self, saved: &Saved, now: Nanos) -> Result<W, RestoreError> {
        let ahead = saved.told_by(Name::Gcra)?;
        Ok(self.state(now, self.ticks.after(now, Nanos(ahead)).into()))
    }
}

/// `amount * to / from`, rounded up.
fn ratio(amount: u128, to: u128, from: u128) -> u128 {
    amount.checked_mul(to).map_or(u128::MAX, |scaled| div_ceil_wide(scaled, from))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "overflow checks are on in tests")]
mod exhaustive;
