#![deny(clippy::arithmetic_side_effects)]

use core::time::Duration;

use crate::{Algorithm, Decision, Nanos, Quota, QuotaError, Snapshot, Word, quota::Emission};

/// How far a clock may be behind another unless the constructor says otherwise.
const DEFAULT_SKEW: Duration = Duration::from_secs(1);

/// The generic cell rate algorithm of ITU-T I.371, in the form that needs one number: smooth pacing, and the twin of a bucket
/// that refills continuously.
///
/// The state is the theoretical arrival time (TAT), the end of what has been admitted so far. A cost moves it on by one emission
/// interval each, from now or from where it is, and is admitted while it stays within `burst` intervals of now. So the burst is
/// the number admitted at once from idle, the delay variation tolerance of the standard is `burst - 1` intervals, and over any
/// time `t` at most `burst + rate * t` is admitted.
///
/// # Time that wraps
/// The TAT counts ticks of `2^-s` ns, `s` from 0 to 20 as the [`Quota`] needs for its accuracy, modulo `2^64`. A TAT counts as
/// ahead of now when it is so by less than the *horizon*: burst and tolerated skew. All else is past and the limiter
/// idle. So a clock that jumps back further than the horizon finds an idle limiter (one extra burst), one that jumps back less is
/// waited for. A limiter idle for half the range and more may, once per range (584 years for `s = 0`, 4.9 hours for `s = 20`) and
/// for at most the horizon, be taken for a busy one: it never admits early.
///
/// A caller who waits as he is told comes up to a nanosecond late, and with a burst of 1 that is lost: at intervals of microseconds and
/// less give a burst of 2 or more.
///
/// # Cost
/// One multiplication and two comparisons; 32 bytes with its atomic word.
///
/// ```
/// use paceline_core::{Algorithm, Decision, Gcra, Nanos, Quota};
/// let gcra = Gcra::new(Quota::per_minute(20).burst(1))?;
/// let (state, decision) = gcra.step(0, Nanos::ZERO, 1);
/// assert_eq!(decision, Decision::Allowed);
/// assert_eq!(gcra.step(state, Nanos::from_secs(1), 1).1, Decision::Denied { retry_after: Nanos::from_secs(2) });
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Gcra<W = u64> {
    /// Emission interval in ticks.
    interval: W,
    /// `burst` intervals, in ticks.
    capacity: W,
    /// How far ahead of now a TAT can be, in ticks; in its low bits ([`SHIFT_BITS`]) the shift.
    horizon: W,
}

/// The low bits of the horizon, which hold `s`, a tick being `2^-s` nanoseconds: one field and one load for both.
const SHIFT_BITS: u32 = 6;

impl Gcra {
    /// The quota's rate and burst, with clocks up to a second behind each other.
    ///
    /// # Errors
    /// [`QuotaError`] where limit, period or burst is 0, where the rate is too fast to be kept within 0.1 %, and where the
    /// burst and the skew last longer than half the range of the word: 292 years at `s = 0`, half as long with each step of `s`.
    pub const fn new(quota: Quota) -> Result<Self, QuotaError> {
        Self::tolerating(quota, DEFAULT_SKEW)
    }

    /// The same with clocks up to `skew` behind each other. What jumps back further is taken for a clock that began anew.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub const fn tolerating(quota: Quota, skew: Duration) -> Result<Self, QuotaError> {
        let Emission { interval, shift, .. } = match quota.emission() {
            Ok(emission) => emission,
            Err(error) => return Err(error),
        };
        let skew = Nanos::from_duration(skew);
        let capacity = interval.saturating_mul(quota.max_burst() as u128);
        let horizon = capacity.saturating_add((skew.0 as u128) << shift);
        let above_shift = (horizon >> SHIFT_BITS).saturating_add(1) << SHIFT_BITS;
        if above_shift >> 63 != 0 {
            return Err(QuotaError::HorizonTooLong { burst: quota.max_burst(), interval: quota.interval(), skew });
        }
        Ok(Self { interval: interval as u64, capacity: capacity as u64, horizon: above_shift as u64 | shift as u64 })
    }
}

impl<W: Word> Gcra<W> {
    /// The largest cost that is ever admitted.
    pub fn burst(&self) -> u32 {
        u32::try_from(self.capacity.widen().checked_div(self.interval.widen()).unwrap_or(0)).unwrap_or(u32::MAX)
    }

    #[inline]
    fn shift(&self) -> u32 {
        self.horizon.widen() as u32 & ((1 << SHIFT_BITS) - 1)
    }

    /// `now` on the limiter's own clock: rounded down into ticks, modulo the range.
    #[inline]
    fn ticks(&self, now: Nanos) -> W {
        W::truncate(now.0.wrapping_shl(self.shift()))
    }

    /// How far the TAT is ahead of `now`; zero where it is past, or so far ahead that it can only be past.
    #[inline]
    fn ahead(&self, tat: W, now: W) -> W {
        let ahead = tat.wrapping_sub(now);
        if ahead <= self.horizon { ahead } else { W::ZERO }
    }

    /// A wait of `ticks` in nanoseconds, rounded up.
    #[inline]
    fn wait(&self, ticks: u64) -> Nanos {
        match ticks.checked_sub(1) {
            Some(before) => Nanos(before.wrapping_shr(self.shift()).saturating_add(1)),
            None => Nanos::ZERO,
        }
    }
}

impl<W: Word> Algorithm for Gcra<W> {
    type State = W;

    #[inline]
    fn step(&self, tat: W, now: Nanos, cost: u32) -> (W, Decision) {
        let increment = self.interval.checked_mul(cost);
        let Some((increment, room)) = increment.and_then(|ticks| Some((ticks, self.capacity.checked_sub(ticks)?))) else {
            return (tat, Decision::Impossible { most: self.burst() });
        };
        let now = self.ticks(now);
        let ahead = self.ahead(tat, now);
        if ahead > room {
            let retry_after = self.wait(ahead.wrapping_sub(room).widen());
            return (tat, Decision::Denied { retry_after });
        }
        (now.wrapping_add(ahead).wrapping_add(increment), Decision::Allowed)
    }

    fn undo(&self, tat: W, now: Nanos, cost: u32) -> W {
        let not_drained = self.ahead(tat, self.ticks(now));
        let increment = self.interval.checked_mul(cost).unwrap_or(W::ZERO);
        tat.wrapping_sub(not_drained.min(increment))
    }

    fn wait_behind(&self, tat: W, now: Nanos, queued: u64, cost: u32) -> Nanos {
        let ahead = self.ahead(tat, self.ticks(now)).widen();
        let costs = queued.saturating_add(cost.into());
        let end = costs.saturating_mul(self.interval.widen()).saturating_add(ahead);
        self.wait(end.saturating_sub(self.capacity.widen()))
    }

    fn snapshot(&self, tat: W, now: Nanos) -> Snapshot {
        let ahead = self.ahead(tat, self.ticks(now));
        let (interval, room) = (self.interval.widen(), self.capacity.widen().saturating_sub(ahead.widen()));
        Snapshot {
            limit: self.burst(),
            remaining: room.checked_div(interval).and_then(|whole| u32::try_from(whole).ok()).unwrap_or(0),
            retry_after: self.wait_behind(tat, now, 0, 1),
            reset_after: self.wait(ahead.widen()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "overflow checks are on in tests")]
mod exhaustive;
