use core::{error::Error, fmt, time::Duration};

use crate::{
    Horizon, Nanos, Word,
    div_ceil::div_ceil_wide,
    period::{DAY, HOUR, MINUTE, SECOND},
    ticks::{self, FINEST},
};

/// The accuracy that the tick is chosen for: one part in a million, in parts in a thousand million.
const WANTED_LOSS: u32 = 1_000;
/// The loss from which on a rate is refused: one in a thousand.
const LARGEST_LOSS: u32 = 1_000_000;
/// The coarsest tick of a word that is narrower than 64 bits is `2^43` ns, two and a half hours.
const COARSEST: i32 = 43;

/// How much is allowed: `limit` in each `period`, exactly as a fraction, and `burst` of it at once from idle.
///
/// The burst is the whole limit unless [`burst`](Self::burst) says otherwise. Nothing is checked here; the algorithm that takes the
/// quota does that, once.
///
/// ```
/// use paceline_core::{Nanos, Quota};
/// const TWENTY: Quota = Quota::per_minute(20).burst(1);
/// assert_eq!(TWENTY.interval(), Nanos::from_secs(3));
/// assert_eq!(Quota::per_second(3).loss()?, 2); // 2 in a thousand million: 333,333,334 ns instead of a third of a second
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quota {
    limit: u32,
    period: Nanos,
    burst: u32,
}

impl Quota {
    /// `limit` in each `period`; a period of more than 584 years counts as that.
    pub const fn new(limit: u32, period: Duration) -> Self {
        Self { limit, period: Nanos::from_duration(period), burst: limit }
    }

    /// `limit` a second.
    pub const fn per_second(limit: u32) -> Self {
        Self::new(limit, SECOND)
    }

    /// `limit` a minute.
    pub const fn per_minute(limit: u32) -> Self {
        Self::new(limit, MINUTE)
    }

    /// `limit` an hour.
    pub const fn per_hour(limit: u32) -> Self {
        Self::new(limit, HOUR)
    }

    /// `limit` in each 24 hours.
    pub const fn per_day(limit: u32) -> Self {
        Self::new(limit, DAY)
    }

    /// The same rate with another number admitted at once from idle.
    pub const fn burst(self, burst: u32) -> Self {
        Self { burst, ..self }
    }

    /// How much each period allows.
    pub const fn limit(self) -> u32 {
        self.limit
    }

    /// How long a period is.
    pub const fn period(self) -> Nanos {
        self.period
    }

    /// The largest cost that is admitted at once, from idle.
    pub const fn max_burst(self) -> u32 {
        self.burst
    }

    /// The emission interval: the time between two calls of cost 1 at the full rate, rounded up to a nanosecond.
    pub const fn interval(self) -> Nanos {
        match self.limit {
            0 => Nanos::MAX,
            limit => Nanos(self.period.0.div_ceil(limit as u64)),
        }
    }

    /// How far the real rate of a limiter on a `u64` word stays below this one: [`loss_in`](Self::loss_in)`::<u64>()`.
    ///
    /// # Errors
    /// As the algorithms that take the quota.
    pub const fn loss(self) -> Result<u32, QuotaError> {
        self.loss_in::<u64>()
    }

    /// How far the real rate of a limiter on the word `W` stays below this one, in parts in a thousand million.
    ///
    /// On a `u64` at most 1,000 (one in a million) for emission intervals down to a nanosecond; on a `u32` at most that or `burst / 2^30`,
    /// whatever is more; and never more than 1,000,000. Who comes late with a burst of 1 loses that besides, and a
    /// clock of whole nanoseconds makes everybody late by a part of one.
    ///
    /// # Errors
    /// As the algorithms that take the quota.
    ///
    /// # Promised and measured
    /// For a burst of two costs, over a backlog of 200,000 calls or 10 ms, against exact arithmetic (`cargo xtask accuracy` measures it
    /// again):
    ///
    #[doc = include_str!("../docs/accuracy.md")]
    ///
    /// Readings are rounded down to the tick in the fourth column; the last one is [`Gcra::memory`](crate::Gcra::memory).
    pub const fn loss_in<W: Word>(self) -> Result<u32, QuotaError> {
        match self.emission(W::BITS) {
            Ok(emission) => Ok(emission.loss),
            Err(error) => Err(error),
        }
    }

    /// The emission interval in the coarsest tick that keeps the wanted accuracy. Coarse, since a word of coarse ticks wraps later.
    pub(crate) const fn emission(self, bits: u32) -> Result<Emission, QuotaError> {
        if let Some(error) = self.zero() {
            return Err(error);
        }
        let (coarsest, wanted) = if bits < 64 { (COARSEST, self.wanted_loss_in_32_bits()) } else { (0, WANTED_LOSS) };
        let mut emission = self.emission_at(coarsest);
        while emission.loss > wanted && emission.exponent > -(FINEST as i32) {
            emission = self.emission_at(emission.exponent.saturating_sub(1));
        }
        if emission.loss > LARGEST_LOSS {
            return Err(QuotaError::TooFast { limit: self.limit, period: self.period });
        }
        Ok(emission)
    }

    /// What is zero and must not be.
    pub(crate) const fn zero(self) -> Option<QuotaError> {
        match (self.limit, self.period.0, self.burst) {
            (0, _, _) => Some(QuotaError::ZeroLimit),
            (_, 0, _) => Some(QuotaError::ZeroPeriod),
            (_, _, 0) => Some(QuotaError::ZeroBurst),
            _ => None,
        }
    }

    /// What a window that admits its whole limit at once, and counts to `most`, cannot keep.
    pub(crate) const fn unfit_for_a_window(self, most: u32) -> Option<QuotaError> {
        let Self { limit, burst, .. } = self;
        match self.zero() {
            Some(error) => Some(error),
            None if burst != limit => Some(QuotaError::BurstOfWindow { burst, limit }),
            None if limit > most => Some(QuotaError::LimitTooLarge { limit, most }),
            None => None,
        }
    }

    /// A word of 32 bits holds the whole burst in about half its range, so a large burst leaves few ticks for each interval.
    const fn wanted_loss_in_32_bits(self) -> u32 {
        match (self.burst as u64).saturating_mul(1_000_000_000) >> 30 {
            share if share > LARGEST_LOSS as u64 => LARGEST_LOSS,
            share if share > WANTED_LOSS as u64 => share as u32,
            _ => WANTED_LOSS,
        }
    }

    /// The interval in ticks of `2^exponent` ns, rounded up so that the rate is never above the quota's.
    const fn emission_at(self, exponent: i32) -> Emission {
        let by = exponent.unsigned_abs();
        let (period, limit) = (self.period.0 as u128, self.limit as u128);
        let (period, limit) = if exponent > 0 { (period, limit.wrapping_shl(by)) } else { (period.wrapping_shl(by), limit) };
        let interval = div_ceil_wide(period, limit);
        let rounded = interval.saturating_mul(limit);
        let lost = rounded.saturating_sub(period).saturating_mul(1_000_000_000);
        Emission { interval, exponent, loss: div_ceil_wide(lost, rounded) as u32 }
    }
}

/// What an algorithm makes of a quota's rate.
#[derive(Clone, Copy)]
pub(crate) struct Emission {
    /// Ticks between two calls of cost 1.
    pub(crate) interval: u128,
    /// A tick is `2^exponent` nanoseconds.
    pub(crate) exponent: i32,
    /// What rounding the interval up costs, in parts in a thousand million; at most all of it.
    loss: u32,
}

impl Emission {
    /// How many costs may be committed beyond the burst, and the ticks that count as ahead, with their scale, where a word of `bits` has
    /// room for them.
    pub(crate) const fn fit(self, quota: Quota, horizon: Horizon, bits: u32) -> Result<(u32, u64), QuotaError> {
        let beyond = (horizon.debt as u128).saturating_add(div_ceil_wide(self.ticks(horizon.patience), self.interval));
        let skew = self.ticks(horizon.skew);
        let ahead = (quota.burst as u128).saturating_add(beyond).saturating_mul(self.interval).saturating_add(skew);
        let ahead = ticks::with_scale(ahead, self.exponent);
        // The skew a second time, so that an idle limiter is seen to be idle before its time wraps.
        if beyond > u32::MAX as u128 || ahead.saturating_add(skew) >> bits.saturating_sub(3) >= 7 {
            return Err(QuotaError::HorizonTooLong { burst: quota.burst, interval: quota.interval(), horizon });
        }
        Ok((beyond as u32, ahead as u64))
    }

    /// `span` in ticks, rounded up.
    const fn ticks(self, span: Nanos) -> u128 {
        let (span, by) = (span.0 as u128, self.exponent.unsigned_abs());
        if self.exponent > 0 { div_ceil_wide(span, 1u128.wrapping_shl(by)) } else { span.wrapping_shl(by) }
    }
}

/// Why no limiter can be made of a quota.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum QuotaError {
    /// The limit is 0.
    ZeroLimit,
    /// The period is 0.
    ZeroPeriod,
    /// The burst is 0.
    ZeroBurst,
    /// The emission interval is too short to be kept within 0.1 %.
    TooFast {
        /// The quota's limit.
        limit: u32,
        /// The quota's period.
        period: Nanos,
    },
    /// The burst of a window that admits its whole limit at once is another.
    BurstOfWindow {
        /// The quota's burst.
        burst: u32,
        /// The quota's limit.
        limit: u32,
    },
    /// The limit is larger than the word can count beside the window's index.
    LimitTooLarge {
        /// The quota's limit.
        limit: u32,
        /// The largest that fits.
        most: u32,
    },
    /// The burst, what may be committed beyond it and the skew last longer than seven eighths of the range of the word, the skew counted
    /// twice.
    HorizonTooLong {
        /// The quota's burst.
        burst: u32,
        /// The quota's emission interval.
        interval: Nanos,
        /// The debt, patience and skew that were asked for.
        horizon: Horizon,
    },
}

impl fmt::Display for QuotaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroLimit => f.write_str("the limit is 0: a quota allows at least 1 a period"),
            Self::ZeroPeriod => f.write_str("the period is 0: give the time in which the limit is allowed"),
            Self::ZeroBurst => f.write_str("the burst is 0: at least 1 has to be admitted at once"),
            Self::TooFast { limit, period } => {
                write!(f, "{limit} in {period} is too fast to be kept within 0.1 %: lower the limit or take a longer period")
            }
            Self::BurstOfWindow { burst, limit } => {
                write!(
                    f,
                    "the burst is {burst}, but a window admits its whole limit of {limit} at once: leave the burst out or take another algorithm"
                )
            }
            Self::LimitTooLarge { limit, most } => {
                write!(f, "the limit is {limit}, and the word counts to {most}: lower it, take a wider word or another algorithm")
            }
            Self::HorizonTooLong { burst, interval, horizon: Horizon { debt, patience, skew } } => write!(
                f,
                "a burst of {burst} at {interval} each, a debt of {debt}, a patience of {patience} and a skew of {skew} last longer than the \
                 limiter's word can tell from the past: lower one of them or take a wider word"
            ),
        }
    }
}

impl Error for QuotaError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coarsest_tick_that_is_exact_enough_is_taken() {
        assert_eq!(Quota::per_second(1_000_000).emission(64).map(|e| e.exponent), Ok(0), "exact in whole nanoseconds");
        assert_eq!(Quota::per_second(3).emission(64).map(|e| e.exponent), Ok(0));
        let fine = Quota::per_second(600_000_000);
        let Ok(taken) = fine.emission(64) else { panic!("a rate") };
        assert!(fine.emission_at(taken.exponent + 1).loss > WANTED_LOSS, "one tick coarser loses too much");
    }

    /// Seen to fail: a share of the burst that is more than what is refused.
    #[test]
    fn a_large_burst_on_a_short_word_is_kept_as_well_as_may_be() {
        let quota = Quota::new(1, Duration::from_nanos(1_055_689)).burst(1_100_000);
        assert_eq!(quota.loss_in::<u32>(), Ok(52_096), "a tick of 512 ns; of 1,024 ns it would lose more than a thousandth");
    }

    #[test]
    fn what_cannot_be_kept_is_refused_with_its_value() {
        assert_eq!(Quota::per_second(0).loss(), Err(QuotaError::ZeroLimit));
        assert_eq!(Quota::new(1, Duration::ZERO).loss(), Err(QuotaError::ZeroPeriod));
        assert_eq!(Quota::per_second(1).burst(0).loss(), Err(QuotaError::ZeroBurst));
        let error = Quota::new(u32::MAX, Duration::from_nanos(1)).loss();
        assert_eq!(error, Err(QuotaError::TooFast { limit: u32::MAX, period: Nanos(1) }));
        extern crate std;
        use std::string::ToString as _;
        let Err(error) = error else { return };
        assert!(error.to_string().starts_with("4294967295 in 1ns is too fast"), "{error}");
    }
}
