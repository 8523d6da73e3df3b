use core::time::Duration;

use crate::{
    Nanos,
    atomic::update,
    sync::{AtomicWord, SharedWord as _, const_unless_loom, new_shared},
};
use rule::{Reason, Rule, View};

mod rule;

/// A time before which nobody passes, shared between threads in one atomic word: closed for a while, as after an answer that says how long
/// to wait, or latched, as when waiting does not help, until an end or for good.
///
/// A closing only ever moves the time forward, and whoever closes last with an earlier time changes nothing. [`Gated`](crate::Gated) puts a
/// gate in front of a limit.
///
/// # Time that wraps
/// The word counts nanoseconds modulo `2^62`, or on a `u32` ticks of a power of two of them, modulo `2^32`, where a closing lasts up to
/// four ticks longer than was asked. A time counts as ahead within the longest closing and the skew; all else is past. So a clock that
/// jumps back further finds the gate open, and nobody is kept out for longer than those two; a longer closing counts as the longest. A gate
/// whose time has passed and that nobody looked at for the rest of the range (146 years; on a `u32` at least as long as the longest
/// closing) may be taken for closed once more, for at most the longest closing, and opens like any other.
///
/// It is not [saved](crate::Saved) over a restart: [`status`](Self::status) tells the wait to close it for again.
///
/// # Cost
/// One read; 24 bytes on a `u64`, 12 on a `u32`.
///
/// ```
/// use paceline_core::{Gate, GateStatus, Nanos};
/// static GATE: Gate<u64> = Gate::new();
/// GATE.close_for(Nanos::from_secs(10), Nanos::from_secs(20));
/// GATE.close_for(Nanos::from_secs(10), Nanos::from_secs(5)); // it is closed for longer already
/// assert_eq!(GATE.status(Nanos::from_secs(12)), GateStatus::Closed { wait: Nanos::from_secs(18) });
/// assert_eq!(GATE.status(Nanos::from_secs(30)), GateStatus::Open);
/// GATE.latch(Nanos::from_secs(31), None);
/// assert_eq!(GATE.status(Nanos::from_secs(99)), GateStatus::Latched { wait: None });
/// assert!(GATE.unlatch(Nanos::from_secs(99)));
/// ```
#[derive(Debug)]
pub struct Gate<W: AtomicWord> {
    word: W::Shared,
    rule: Rule<W>,
}

/// What a [`Gate`] says to a caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GateStatus {
    /// Go ahead.
    Open,
    /// Waiting helps.
    Closed {
        /// Until the gate opens.
        wait: Nanos,
    },
    /// Better give up: somebody has to do something about it, or it takes very long.
    Latched {
        /// Until its end, if it has one.
        wait: Option<Nanos>,
    },
}

macro_rules! constructors {
    ($word:ty: $new:ident $within:ident) => {
        impl Gate<$word> {
            const_unless_loom! {
                /// An open gate that closes for 32 days at most, for clocks up to a second behind each other. On a `u32` a closing lasts up
                /// to 17 ms longer than was asked.
                pub fn $new() -> Self {
                    Self::$within(Duration::from_secs(32 * 86_400), Duration::from_secs(1))
                }
            }

            const_unless_loom! {
                /// An open gate that closes for `longest` at most, for clocks up to `skew` behind each other. Both together count as 36
                /// years at most.
                pub fn $within(longest: Duration, skew: Duration) -> Self {
                    let (longest, skew) = (Nanos::from_duration(longest), Nanos::from_duration(skew));
                    Self { word: new_shared!($word), rule: Rule::<$word>::$within(longest, skew) }
                }
            }
        }

        impl Default for Gate<$word> {
            fn default() -> Self {
                Self::$new()
            }
        }
    };
}

constructors!(u32: new_u32 within_u32);

portable_atomic::cfg_has_atomic_64! {
    constructors!(u64: new within);
}

impl<W: AtomicWord> Gate<W> {
    /// Whether it takes no lock on this target.
    pub const IS_LOCK_FREE: bool = W::IS_LOCK_FREE;

    /// Closes the gate for `span` from `now`; where it is closed or latched for longer, it stays so.
    pub fn close_for(&self, now: Nanos, span: Nanos) {
        self.change(|rule, word| rule.shut(word, now, span, Reason::Closed));
    }

    /// Closes the gate until the reading `until`; where it is closed or latched for longer, it stays so.
    pub fn close_until(&self, now: Nanos, until: Nanos) {
        self.close_for(now, until.saturating_sub(now));
    }

    /// Latches the gate until the reading `end`, or a later one that it is closed or latched until; for good without an end.
    pub fn latch(&self, now: Nanos, end: Option<Nanos>) {
        self.change(|rule, word| match end {
            Some(end) => rule.shut(word, now, end.saturating_sub(now), Reason::Latched),
            None => rule.latch_for_good(word, now),
        });
    }

    /// Opens a latched gate, whatever else may have closed it, and tells whether it was latched. On a `u32` that takes up to four ticks.
    pub fn unlatch(&self, now: Nanos) -> bool {
        update(&self.word, |word| self.rule.unlatch(word, now), |&was_latched| was_latched)
    }

    /// What the gate says at `now`. One read.
    pub fn status(&self, now: Nanos) -> GateStatus {
        match self.rule.view(self.word.acquire(), now) {
            View::Open | View::Opening { .. } => GateStatus::Open,
            View::Closed { wait } => GateStatus::Closed { wait },
            View::Latched { wait } => GateStatus::Latched { wait },
        }
    }

    /// Lets callers in, or says until when not. Whoever sees the gate past its time calls `prepare` with that time, before anybody is let
    /// in, until somebody has cleared the word: not before every reading that is late within the skew lies behind that time, too.
    #[inline]
    pub(crate) fn pass(&self, now: Nanos, prepare: impl Fn(Nanos)) -> Result<(), Option<Nanos>> {
        loop {
            let seen = self.word.acquire();
            match self.rule.view(seen, now) {
                View::Open => return Ok(()),
                View::Closed { wait } => return Err(Some(wait)),
                View::Latched { wait } => return Err(wait),
                View::Opening { since, settled } => {
                    prepare(since);
                    if !settled {
                        return Ok(());
                    }
                    // Where it fails, somebody has cleared it, or has shut it again.
                    let _ = self.word.release(seen, W::ZERO);
                }
            }
        }
    }

    fn change(&self, change: impl Fn(&Rule<W>, &mut W)) {
        update(&self.word, |word| change(&self.rule, word), |()| true);
    }
}
