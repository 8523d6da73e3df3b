#![deny(clippy::arithmetic_side_effects)]

use crate::{Nanos, Word};

/// The low bits of the horizon hold the scale: one field and one load for both.
pub(crate) const SCALE_BITS: u32 = 6;
/// The finest tick is `2^-20` ns. A scale up to this one says how often a nanosecond is halved, a larger one how often it is doubled, from
/// here on.
pub(crate) const FINEST: u32 = 20;

/// A modular clock: time in ticks of a power of two of nanoseconds, modulo the range of a word, and how far ahead of now counts as ahead.
///
/// A point in time is *ahead* of a reading when it is so by no more than the horizon. All else is past, and on a word narrower than 64 bits
/// zero always is: it is what a limiter holds that was never used, or was seen to be idle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ticks<W> {
    horizon: W,
}

impl<W: Word> Ticks<W> {
    /// The clock that [`with_scale`] describes.
    pub(crate) const fn new(horizon: W) -> Self {
        Self { horizon }
    }

    #[inline]
    fn scale(self) -> u32 {
        self.horizon.widen() as u32 & ((1 << SCALE_BITS) - 1)
    }

    /// By how many bits a nanosecond is shorter than a tick, on words that have such ticks.
    #[inline]
    fn coarse(self) -> Option<u32> {
        if W::BITS < 64 { self.scale().checked_sub(FINEST).filter(|&by| by > 0) } else { None }
    }

    pub(crate) fn horizon(self) -> W {
        self.horizon
    }

    /// How long an end is sure to be taken for the past that was seen to be past, by less than `skew`.
    pub(crate) fn memory(self, skew: u64) -> Nanos {
        let range = W::ZERO.wrapping_sub(W::truncate(1)).wrapping_sub(self.horizon).widen();
        self.span(range.saturating_sub(skew))
    }

    /// How long `ticks` last, rounded down.
    pub(crate) fn span(self, ticks: u64) -> Nanos {
        match self.coarse() {
            Some(by) => Nanos(shifted(ticks, by)),
            None => Nanos(ticks.wrapping_shr(self.scale())),
        }
    }

    /// How many ticks after the one that `now` lies in begins the first that is `span` or more later, none for none: the inverse of
    /// [`wait`](Self::wait).
    pub(crate) fn after(self, now: Nanos, span: Nanos) -> u64 {
        let Some(before) = span.0.checked_sub(1) else { return 0 };
        match self.coarse() {
            Some(by) => (now.0 & !u64::MAX.wrapping_shl(by)).saturating_add(before).wrapping_shr(by).saturating_add(1),
            None => shifted(span.0, self.scale()),
        }
    }

    /// The reading `now`, rounded down.
    #[inline]
    pub(crate) fn at(self, now: Nanos) -> W {
        W::truncate(match self.coarse() {
            Some(by) => now.0.wrapping_shr(by),
            None => now.0.wrapping_shl(self.scale()),
        })
    }

    /// How far `end` is ahead of `now`; zero where it is past.
    #[inline]
    pub(crate) fn ahead(self, end: W, now: W) -> W {
        let ahead = end.wrapping_sub(now);
        if ahead <= self.horizon && (W::BITS == 64 || end != W::ZERO) { ahead } else { W::ZERO }
    }

    /// The point that is `ahead` of `now`, never zero: where that would come out it is a tick later.
    #[inline]
    pub(crate) fn end(self, now: W, ahead: W) -> W {
        let end = now.wrapping_add(ahead);
        if W::BITS < 64 && end == W::ZERO { W::truncate(1) } else { end }
    }

    /// From the reading `now` to `ticks` after the tick that it lies in, rounded up.
    #[inline]
    pub(crate) fn wait(self, now: Nanos, ticks: u64) -> Nanos {
        let Some(before) = ticks.checked_sub(1) else { return Nanos::ZERO };
        match self.coarse() {
            Some(by) => Nanos(shifted(ticks, by).saturating_sub(now.0 & !u64::MAX.wrapping_shl(by))),
            None => Nanos(before.wrapping_shr(self.scale()).saturating_add(1)),
        }
    }
}

portable_atomic::cfg_has_atomic_cas! {
    impl<W: Word> Ticks<W> {
        /// The ticks from that of `now` to that of `then`, a later reading; all that there are where they are more.
        pub(crate) fn between(self, now: Nanos, then: Nanos) -> u64 {
            match self.coarse() {
                Some(by) => then.0.wrapping_shr(by).saturating_sub(now.0.wrapping_shr(by)),
                None => shifted(then.0.saturating_sub(now.0), self.scale()),
            }
        }

        /// The reading at which the tick began that is `ticks` before the one that `now` lies in.
        pub(crate) fn before(self, now: Nanos, ticks: u64) -> Nanos {
            match self.coarse() {
                Some(by) => Nanos(now.0 & u64::MAX.wrapping_shl(by)).saturating_sub(Nanos(shifted(ticks, by))),
                None => now.saturating_sub(self.span(ticks)),
            }
        }
    }
}

/// `horizon` in ticks of `2^exponent` ns, rounded up to make room for the scale in its low bits.
pub(crate) const fn with_scale(horizon: u128, exponent: i32) -> u128 {
    let scale = if exponent > 0 { exponent.unsigned_abs().saturating_add(FINEST) } else { exponent.unsigned_abs() };
    ((horizon >> SCALE_BITS).saturating_add(1) << SCALE_BITS) | scale as u128
}

/// `ticks * 2^by`, at most all that fit.
fn shifted(ticks: u64, by: u32) -> u64 {
    if ticks.leading_zeros() < by { u64::MAX } else { ticks.wrapping_shl(by) }
}
