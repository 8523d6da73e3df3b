#![deny(clippy::arithmetic_side_effects)]

use crate::{
    Nanos, Word,
    ticks::{Ticks, with_scale},
};

/// The low bits of a gate's word say why it is shut, the others until when, in ticks: a multiple of four.
const REASON: u64 = 0b11;
const FOR_GOOD: u64 = 0b11;

/// Why a gate is shut until a time. A word without a reason is an open gate.
#[derive(Clone, Copy)]
pub(super) enum Reason {
    Closed = 0b01,
    Latched = 0b10,
}

/// What a word means at a reading.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum View {
    Open,
    /// Its time has come.
    Opening {
        since: Nanos,
        /// So long ago that no reading lies before it that is late within the skew.
        settled: bool,
    },
    Closed {
        wait: Nanos,
    },
    Latched {
        wait: Option<Nanos>,
    },
}

/// What closing and opening does to a gate's word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule<W> {
    ticks: Ticks<W>,
    /// The longest closing in ticks.
    longest: W,
}

portable_atomic::cfg_has_atomic_64! {
    impl Rule<u64> {
        /// In quarters of a nanosecond, which leave the low bits free.
        pub(super) const fn within(longest: Nanos, skew: Nanos) -> Self {
            let (longest, skew) = fitting(longest, skew);
            let horizon = longest.saturating_add(skew).saturating_add(1) << 2;
            Self { ticks: Ticks::new(with_scale(horizon as u128, -2) as u64), longest: longest << 2 }
        }
    }
}

impl Rule<u32> {
    /// In the finest ticks of which half the range holds both.
    pub(super) const fn within_u32(longest: Nanos, skew: Nanos) -> Self {
        let (longest, skew) = fitting(longest, skew);
        let mut exponent = 0u32;
        while longest.saturating_add(skew).wrapping_shr(exponent) >> 30 > 0 {
            exponent = exponent.saturating_add(1);
        }
        let (longest, skew) = (longest.wrapping_shr(exponent).saturating_add(1), skew.wrapping_shr(exponent).saturating_add(1));
        // Up to three ticks more make it a multiple of four.
        let horizon = longest.saturating_add(skew).saturating_add(REASON);
        Self { ticks: Ticks::new(with_scale(horizon as u128, exponent as i32) as u32), longest: longest as u32 }
    }
}

/// Both in nanoseconds, together at most `2^60`.
const fn fitting(longest: Nanos, skew: Nanos) -> (u64, u64) {
    const HALF: u64 = 1 << 59;
    (if longest.0 > HALF { HALF } else { longest.0 }, if skew.0 > HALF { HALF } else { skew.0 })
}

impl<W: Word> Rule<W> {
    #[inline]
    pub(super) fn view(&self, word: W, now: Nanos) -> View {
        let reason = word.widen() & REASON;
        match self.ahead(word, now) {
            _ if reason == 0 => View::Open,
            _ if reason == FOR_GOOD => View::Latched { wait: None },
            Some(ahead) => {
                let wait = self.ticks.wait(now, ahead.widen());
                if reason == Reason::Latched as u64 { View::Latched { wait: Some(wait) } } else { View::Closed { wait } }
            }
            None => {
                let past = self.ticks.at(now).wrapping_sub(until(word)).widen();
                View::Opening { since: self.ticks.before(now, past), settled: past >= self.skew() }
            }
        }
    }

    /// Shuts for `span` from `now`, or for as long as it is shut already.
    pub(super) fn shut(&self, word: &mut W, now: Nanos, span: Nanos, reason: Reason) {
        let held = word.widen() & REASON;
        if held == FOR_GOOD || span == Nanos::ZERO {
            return;
        }
        let wanted = W::truncate(self.ticks.after(now, span).min(self.longest.widen()));
        let (ahead, held) = self.ahead(*word, now).map_or((W::ZERO, 0), |ahead| (ahead, held));
        *word = self.word(now, wanted.max(ahead), held.max(reason as u64));
    }

    pub(super) fn latch_for_good(&self, word: &mut W, now: Nanos) {
        *word = self.word(now, W::ZERO, FOR_GOOD);
    }

    /// Lets the time of a latched gate come at `now`, and tells whether it was latched.
    pub(super) fn unlatch(&self, word: &mut W, now: Nanos) -> bool {
        let latched = matches!(self.view(*word, now), View::Latched { .. });
        if latched {
            *word = self.word(now, W::ZERO, Reason::Closed as u64);
        }
        latched
    }

    /// In ticks, or a little more.
    fn skew(&self) -> u64 {
        self.ticks.horizon().widen().saturating_sub(self.longest.widen())
    }

    /// How far the time of a word that is shut is ahead, where it is.
    #[inline]
    fn ahead(&self, word: W, now: Nanos) -> Option<W> {
        let ahead = until(word).wrapping_sub(self.ticks.at(now));
        (ahead > W::ZERO && ahead <= self.ticks.horizon() && word.widen() & REASON > 0).then_some(ahead)
    }

    /// Shut until `ahead` of now, or up to three ticks later.
    fn word(&self, now: Nanos, ahead: W, reason: u64) -> W {
        let until = until(self.ticks.at(now).wrapping_add(ahead).wrapping_add(W::truncate(REASON)));
        W::truncate(until.widen() | reason)
    }
}

fn until<W: Word>(word: W) -> W {
    W::truncate(word.widen() & !REASON)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "overflow checks are on in tests")]
mod exhaustive;
