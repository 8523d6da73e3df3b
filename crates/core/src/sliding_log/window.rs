use crate::{
    Horizon, Nanos, Quota, QuotaError, Word,
    ticks::{self, Ticks},
};

/// On a `u32` the tick is the coarsest that lengthens the window by no more than one part in this.
const WANTED: u64 = 1_000_000;

/// The window of a log in ticks: the pure part, on the end of one place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window<W> {
    /// How long a call takes its place.
    length: W,
    /// How far ahead a place may be taken.
    beyond: W,
    ticks: Ticks<W>,
}

/// How many calls a log of `N` places admits.
pub(super) const fn limit<const N: usize>() -> u32 {
    if N as u64 > u32::MAX as u64 { u32::MAX } else { N as u32 }
}

macro_rules! fit {
    ($word:ty) => {
        impl Window<$word> {
            /// The quota's period as a window.
            pub(super) const fn fit(quota: Quota, horizon: Horizon) -> Result<Self, QuotaError> {
                match fit(quota, horizon, <$word>::BITS) {
                    Ok((length, beyond, ahead)) => {
                        Ok(Self { length: length as $word, beyond: beyond as $word, ticks: Ticks::new(ahead as $word) })
                    }
                    Err(error) => Err(error),
                }
            }
        }
    };
}

portable_atomic::cfg_has_atomic_32! {
    fit!(u32);
}
portable_atomic::cfg_has_atomic_64! {
    fit!(u64);
}

/// The window, what may be taken beyond now, and the ticks that count as ahead, with their scale.
const fn fit(quota: Quota, horizon: Horizon, bits: u32) -> Result<(u64, u64, u64), QuotaError> {
    if quota.limit() == 0 {
        return Err(QuotaError::ZeroLimit);
    }
    if quota.period().0 == 0 {
        return Err(QuotaError::ZeroPeriod);
    }
    let exponent = exponent(quota.period(), bits);
    // A reading is up to a tick later than its tick begins, so calls in ticks that are this far apart are a window apart.
    let length = in_ticks(quota.period().0.saturating_sub(1), exponent).saturating_add(1);
    let debt = (horizon.debt as u128).div_ceil(quota.limit() as u128).saturating_mul(length);
    let beyond = debt.saturating_add(in_ticks(horizon.patience.0, exponent));
    let skew = in_ticks(horizon.skew.0, exponent);
    let ahead = ticks::with_scale(length.saturating_add(beyond).saturating_add(skew), exponent as i32);
    // The skew a second time, so that an idle place is seen to be idle before its time wraps.
    if ahead.saturating_add(skew) >> bits.saturating_sub(3) >= 7 {
        return Err(QuotaError::HorizonTooLong { burst: quota.limit(), interval: quota.interval(), horizon });
    }
    Ok((length as u64, beyond as u64, ahead as u64))
}

/// A tick of `2^exponent` ns, of which a window is longer by two at most.
const fn exponent(window: Nanos, bits: u32) -> u32 {
    match (window.0 / (2 * WANTED)).checked_ilog2() {
        Some(exponent) if bits < 64 => exponent,
        _ => 0,
    }
}

/// Rounded up.
const fn in_ticks(nanos: u64, exponent: u32) -> u128 {
    (nanos as u128).div_ceil(1u128.wrapping_shl(exponent))
}

impl<W: Word> Window<W> {
    pub(super) fn skew(&self) -> Nanos {
        self.ticks.span(self.skew_ticks())
    }

    pub(super) fn memory(&self) -> Nanos {
        self.ticks.memory(self.skew_ticks())
    }

    /// How far ahead a place may be taken, from `now` on.
    pub(super) fn patience(&self, now: Nanos) -> Nanos {
        self.ticks.wait(now, self.beyond.widen())
    }

    /// The tick that `now` lies in.
    #[inline]
    pub(super) fn at(&self, now: Nanos) -> W {
        self.ticks.at(now)
    }

    /// The ticks from `now` to `then`, a later reading.
    pub(super) fn between(&self, now: Nanos, then: Nanos) -> u64 {
        self.ticks.between(now, then)
    }

    /// How far `end` is ahead of `tick`; zero where the place is free.
    #[inline]
    pub(super) fn ahead(&self, end: W, tick: W) -> W {
        self.ticks.ahead(end, tick)
    }

    /// From `now` to `ahead` after its tick.
    #[inline]
    pub(super) fn wait(&self, now: Nanos, ahead: u64) -> Nanos {
        self.ticks.wait(now, ahead)
    }

    /// When a place is free again that is taken `ahead` of `tick`.
    #[inline]
    pub(super) fn end_of(&self, tick: W, ahead: W) -> W {
        self.ticks.end(tick, ahead.wrapping_add(self.length))
    }

    /// The tick for which a place was taken that is free again at `end`.
    pub(super) fn begin_of(&self, end: W) -> W {
        self.ticks.end(end.wrapping_sub(self.length), W::ZERO)
    }

    /// From when on a place was free that was taken until `end` as seen at `tick`: from then or from its end.
    pub(super) fn free_from(&self, end: W, tick: W) -> W {
        self.ticks.end(tick, self.ticks.ahead(end, tick))
    }

    /// How often a place can be taken before `time`, once a window, that is free `ahead` of now.
    pub(super) fn turns(&self, ahead: u64, time: u64) -> u64 {
        let last = time.saturating_sub(ahead).checked_sub(1);
        last.and_then(|last| last.checked_div(self.length.widen())).map_or(0, |whole| whole.saturating_add(1))
    }

    /// In this many windows from now on, and the horizon, every place can be taken once more than that.
    pub(super) fn longest(&self, windows: u64) -> u64 {
        windows.saturating_mul(self.length.widen()).saturating_add(self.ticks.horizon().widen())
    }

    /// Whether no reading from `tick` on, nor one that is late within the skew, tells `end` from that of a place that was never taken.
    pub(super) fn is_idle(&self, end: W, tick: W) -> bool {
        end == W::ZERO || self.ahead(end, tick) == W::ZERO && tick.wrapping_sub(end).widen() >= self.skew_ticks()
    }

    fn skew_ticks(&self) -> u64 {
        self.ticks.horizon().widen().saturating_sub(self.length.widen()).saturating_sub(self.beyond.widen())
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "overflow checks are on in tests")]
mod exhaustive;
