#![deny(clippy::arithmetic_side_effects)]

use core::time::Duration;

use crate::{
    Decision, Drain, Horizon, Limit, Nanos, Quota, QuotaError, Reservation, Reserve, Snapshot, Ticket,
    sync::{AtomicWord, SharedWord as _, const_unless_loom, new_all_shared, new_shared},
};

mod window;
use window::Window;

/// The exact log for calls of one cost: never more than `N` in any window, wherever it begins.
///
/// It has `N` places. A call takes a place that is free, and the place is free again one window later. So of each place the calls are at
/// least a window apart, no window holds two of them, and no window holds more than `N` in all (the pigeonhole principle), whichever place
/// each call takes. A place is one word with the time from which on it is free, counted as [`Gcra`](crate::Gcra) counts: modulo the range
/// of the word, and what lies further ahead than the [`Horizon`] is past. There is no queue to keep, so nobody has to help another: a call
/// is one compare-exchange on one place.
///
/// It counts calls, each of cost 1; a cost of 0 is always admitted, a larger one is [`Decision::Impossible`]. For any cost there is
/// [`CostLog`](crate::CostLog).
///
/// # Verbs that are not there
/// It can't be [charged](crate::Charge) after the fact, since what exceeds `N` has no place:
/// ```compile_fail,E0599
/// # use core::time::Duration;
/// # use paceline_core::{Charge as _, Nanos, SlidingLog};
/// let log: SlidingLog<3, u64> = SlidingLog::new(Duration::from_secs(10))?;
/// log.charge(Nanos::ZERO, 1);
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
/// Its numbers don't change: `N` is its type, and of a longer window it would have to know what it has forgotten. Make a new one and
/// [`drain`](crate::Drain::drain) it:
/// ```compile_fail,E0599
/// # use core::time::Duration;
/// # use paceline_core::{CarryOver, Nanos, SlidingLog};
/// let mut log: SlidingLog<3, u64> = SlidingLog::new(Duration::from_secs(10))?;
/// log.set_quota(Nanos::ZERO, SlidingLog::new(Duration::from_secs(20))?, CarryOver::AsIs);
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
/// And `N` places don't fit a [`Saved`](crate::Saved) state, so after a restart drain it, too:
/// ```compile_fail,E0599
/// # use core::time::Duration;
/// # use paceline_core::{Cell as _, Nanos, SlidingLog};
/// let log: SlidingLog<3, u64> = SlidingLog::new(Duration::from_secs(10))?;
/// log.save(Nanos::ZERO);
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
///
/// # Time
/// On a `u64` a window is exact to the nanosecond. On a `u32` it is longer by at most one part in a million, and lasts about a thousand
/// windows before the time of an idle place wraps (windows of less than four milliseconds: about three seconds), when it may be taken for a
/// busy one for at most the horizon. Who calls [`forget_idle`](Self::forget_idle) at least once in [`memory`](Self::memory) never sees
/// that. A reading that is late within the skew is only stricter; a clock that jumps back further costs at most `N` extra, once a jump.
///
/// # When threads meet
/// No thread waits for another, and the number admitted is exact. A refusal looks at one place after the other, so one that meets an
/// [`undo`](Limit::undo) or a [`cancel`](Reserve::cancel) may miss the place that it gave back.
///
/// # Cost
/// On a `u64` 32 bytes and 8 a place, on a `u32` 16 and 4. An admission reads one place as a rule, as long as places fall free in the order
/// in which they were taken; a refusal reads all `N`, and so do `undo` and `snapshot`. `wait_behind` reads them once for each bit of the
/// wait.
///
/// ```
/// use core::time::Duration;
/// use paceline_core::{Decision, Limit, Nanos, SlidingLog};
///
/// let log: SlidingLog<3, u64> = SlidingLog::new(Duration::from_secs(10))?;
/// for second in [0, 1, 9] {
///     assert!(log.decide(Nanos::from_secs(second), 1).is_allowed());
/// }
/// assert_eq!(log.decide(Nanos::from_secs(9), 1), Decision::Denied { retry_after: Nanos::from_secs(1) });
/// assert!(log.decide(Nanos::from_secs(10), 1).is_allowed());
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
#[derive(Debug)]
pub struct SlidingLog<const N: usize, W: AtomicWord> {
    /// The time from which on each place is free.
    ends: [W::Shared; N],
    /// The place after the last one that was taken: only where to look first.
    hint: W::Shared,
    window: Window<W>,
}

macro_rules! constructors {
    ($($word:ty: $new:ident $within:ident),*) => {$(
        impl<const N: usize> SlidingLog<N, $word> {
            const_unless_loom! {
                /// At most `N` in any `window`, with reservations for as long ahead as the default [`Horizon::of`] holds: one window.
                ///
                /// # Errors
                /// [`QuotaError`] where `N` or the window is 0, and where the window is so long that the horizon does not fit the word.
                pub fn $new(window: Duration) -> Result<Self, QuotaError> {
                    Self::$within(window, Horizon::of(Quota::new(window::limit::<N>(), window)))
                }
            }

            const_unless_loom! {
                /// The same within a horizon of the caller's choice. A debt counts in calls: of `N` it is one window.
                ///
                /// # Errors
                /// As with the default horizon, and where window, debt, patience and skew together do not fit.
                pub fn $within(window: Duration, horizon: Horizon) -> Result<Self, QuotaError> {
                    match Window::<$word>::fit(Quota::new(window::limit::<N>(), window), horizon) {
                        Ok(window) => Ok(Self { ends: new_all_shared!($word; N), hint: new_shared!($word), window }),
                        Err(error) => Err(error),
                    }
                }
            }
        }
    )*};
}

portable_atomic::cfg_has_atomic_32! {
    constructors!(u32: new_u32 within_u32);
}
portable_atomic::cfg_has_atomic_64! {
    constructors!(u64: new within);
}

impl<const N: usize, W: AtomicWord> SlidingLog<N, W> {
    /// Whether a decision takes no lock on this target.
    pub const IS_LOCK_FREE: bool = W::IS_LOCK_FREE;

    /// How late a reading may be.
    pub fn skew(&self) -> Nanos {
        self.window.skew()
    }

    /// For how long an idle place is sure to be taken for one, before its time wraps: call [`forget_idle`](Self::forget_idle) as often.
    pub fn memory(&self) -> Nanos {
        self.window.memory()
    }

    /// Makes idle places new, and tells whether all are.
    pub fn forget_idle(&self, now: Nanos) -> bool {
        let tick = self.window.at(now);
        let forget = |word: &W::Shared| {
            let end = word.load();
            self.window.is_idle(end, tick) && word.replace(end, W::ZERO)
        };
        self.ends.iter().filter(|word| !forget(word)).count() == 0
    }

    /// The place that is free first, and of several that are free the first after the last one taken.
    fn soonest(&self, tick: W) -> Option<Place<'_, W>> {
        let hint = self.hint.load().widen() as usize;
        let all = || self.ends.iter().enumerate();
        let mut soonest: Option<Place<'_, W>> = None;
        for (index, word) in all().skip(hint).chain(all().take(hint)) {
            let end = word.load();
            let ahead = self.window.ahead(end, tick);
            if soonest.as_ref().is_none_or(|soonest| ahead < soonest.ahead) {
                soonest = Some(Place { index, word, end, ahead });
            }
            if ahead == W::ZERO {
                break;
            }
        }
        soonest
    }

    /// Takes the place that is free first, for the time when it is and `delay` has passed, within `patience`.
    fn take(&self, delay: Nanos, now: Nanos, patience: Nanos) -> Reservation<Ticket<W>> {
        let (tick, then) = (self.window.at(now), now.saturating_add(delay.min(patience)));
        let not_before = W::truncate(self.window.between(now, then));
        while let Some(Place { index, word, end, ahead }) = self.soonest(tick) {
            let ahead = ahead.max(not_before);
            let wait = self.window.wait(now, ahead.widen()).max(delay);
            if wait > patience {
                return Reservation::Denied { retry_after: wait, patience };
            }
            let taken = self.window.end_of(tick, ahead);
            if word.exchange(end, taken).is_ok() {
                self.look_next_after(index);
                let ticket = Ticket { before: end, after: taken, cost: 1, made: now, at: now.saturating_add(wait) };
                return Reservation::Reserved { wait, ticket };
            }
        }
        Reservation::Impossible { most: 0 } // no log has no place
    }

    /// Where another has said so meanwhile, it stays at that.
    fn look_next_after(&self, index: usize) {
        let next = W::truncate(index.saturating_add(1) as u64);
        let _ = self.hint.exchange(self.hint.load(), next);
    }

    /// Frees a place that is taken until `end`, from `begin` on. Of several any, since they are alike: who finds his own gone has
    /// been left that of the one who gave it back, and sees it.
    fn give_back(&self, end: W, begin: W) -> bool {
        self.ends.iter().any(|word| word.replace(end, begin))
    }

    /// How far each place is ahead.
    fn aheads(&self, tick: W) -> impl Iterator<Item = u64> + Clone {
        self.ends.iter().map(move |word| self.window.ahead(word.load(), tick).widen())
    }

    /// How far each will be ahead of `then` if nothing is left then.
    fn drained_aheads(&self, now: Nanos, then: Nanos) -> impl Iterator<Item = u64> + Clone {
        let (tick, passed) = (self.window.at(then), self.window.between(now, then));
        let whole = self.window.ahead(self.window.end_of(tick, W::ZERO), tick).widen();
        self.aheads(self.window.at(now)).map(move |ahead| if ahead > passed { ahead.saturating_sub(passed) } else { whole })
    }

    /// When the places that are so far `aheads` have let `queued` and `cost` pass.
    fn wait_after(&self, aheads: impl Iterator<Item = u64> + Clone, now: Nanos, queued: u64, cost: u32) -> Nanos {
        let Some(before) = queued.saturating_add(cost.into()).checked_sub(1) else { return Nanos::ZERO };
        // Without sorting, bit by bit: the largest time before which no more than these can have gone.
        let longest = self.window.longest(before.checked_div(N as u64).unwrap_or(u64::MAX));
        let wait = (0..u64::BITS.saturating_sub(longest.leading_zeros())).rev().fold(0, |found, bit| {
            let candidate = found | 1u64.wrapping_shl(bit);
            let gone = aheads.clone().fold(0u64, |gone, ahead| gone.saturating_add(self.window.turns(ahead, candidate)));
            if gone <= before { candidate } else { found }
        });
        self.window.wait(now, wait)
    }

    fn left(&self, aheads: impl Iterator<Item = u64>, now: Nanos) -> Snapshot {
        let (mut remaining, mut least, mut most) = (0u32, u64::MAX, 0);
        for ahead in aheads {
            remaining = remaining.saturating_add(u32::from(ahead == 0));
            (least, most) = (least.min(ahead), most.max(ahead));
        }
        let (retry_after, reset_after) = (self.window.wait(now, least), self.window.wait(now, most));
        Snapshot { limit: window::limit::<N>(), remaining, retry_after, reset_after }
    }
}

/// A place as it was seen.
struct Place<'a, W: AtomicWord> {
    index: usize,
    word: &'a W::Shared,
    end: W,
    ahead: W,
}

impl<const N: usize, W: AtomicWord> Limit for SlidingLog<N, W> {
    type Cost = u32;

    #[inline]
    fn peek(&self, now: Nanos, cost: u32) -> Decision {
        let tick = self.window.at(now);
        match (cost, self.soonest(tick)) {
            (0, _) => Decision::Allowed,
            (1, Some(Place { ahead, .. })) if ahead == W::ZERO => Decision::Allowed,
            (1, Some(Place { ahead, .. })) => Decision::Denied { retry_after: self.window.wait(now, ahead.widen()) },
            _ => Decision::Impossible { most: 1 },
        }
    }

    #[inline]
    fn decide(&self, now: Nanos, cost: u32) -> Decision {
        match self.reserve(now, cost, Nanos::ZERO) {
            Reservation::Reserved { .. } => Decision::Allowed,
            Reservation::Denied { retry_after, .. } => Decision::Denied { retry_after },
            Reservation::Impossible { most } => Decision::Impossible { most },
        }
    }

    /// Gives back the place that was taken at `now`, unless it has drained and others have taken it since.
    fn undo(&self, now: Nanos, cost: u32) {
        if cost == 1 {
            let end = self.window.end_of(self.window.at(now), W::ZERO);
            self.give_back(end, self.window.begin_of(end));
        }
    }

    fn wait_behind(&self, now: Nanos, queued: u64, cost: u32) -> Nanos {
        self.wait_after(self.aheads(self.window.at(now)), now, queued, cost)
    }

    fn snapshot(&self, now: Nanos) -> Snapshot {
        self.left(self.aheads(self.window.at(now)), now)
    }
}

/// Place after place: another caller may come between.
impl<const N: usize, W: AtomicWord> Drain for SlidingLog<N, W> {
    fn take_up_to(&self, now: Nanos, most: u32) -> u32 {
        let takes = (0..most.min(window::limit::<N>())).take_while(|_| self.decide(now, 1).is_allowed());
        takes.fold(0, |taken, _| taken.saturating_add(1))
    }

    /// Takes what was free at `since`, or will be, for then. A place that was given back counts as taken until the time that it was taken
    /// for.
    fn drain_since(&self, now: Nanos, since: Nanos) {
        let (tick, then) = (self.window.at(now), self.window.at(since));
        let (drained, passes) = (self.window.end_of(then, W::ZERO), self.window.between(now, since));
        if self.window.between(since, now) >= self.window.ahead(drained, then).widen() {
            return; // all of it has come back
        }
        let is_free =
            |end| if since <= now { self.window.ahead(end, then) == W::ZERO } else { self.window.ahead(end, tick).widen() <= passes };
        for word in &self.ends {
            let mut end = word.load();
            while is_free(end) && self.window.ahead(drained, tick) > self.window.ahead(end, tick) {
                match word.exchange(end, drained) {
                    Ok(_) => break,
                    Err(there) => end = there,
                }
            }
        }
    }

    fn wait_drained(&self, now: Nanos, then: Nanos, queued: u64, cost: u32) -> Nanos {
        self.wait_after(self.drained_aheads(now, then), then, queued, cost)
    }

    fn snapshot_drained(&self, now: Nanos, then: Nanos) -> Snapshot {
        self.left(self.drained_aheads(now, then), then)
    }
}

/// A reservation takes the place that is free first, for the time when it is. It rests on that place alone: it can be cancelled until
/// another is reserved behind it *there*.
impl<const N: usize, W: AtomicWord> Reserve for SlidingLog<N, W> {
    type Ticket = Ticket<W>;

    fn max_patience(&self) -> Nanos {
        self.window.patience(Nanos::ZERO)
    }

    #[inline]
    fn reserve_after(&self, now: Nanos, delay: Nanos, cost: u32, patience: Nanos) -> Reservation<Self::Ticket> {
        let patience = patience.min(self.window.patience(now));
        match cost {
            0 if delay > patience => Reservation::Denied { retry_after: delay, patience },
            0 => {
                let ticket = Ticket { before: W::ZERO, after: W::ZERO, cost, made: now, at: now.saturating_add(delay) };
                Reservation::Reserved { wait: delay, ticket }
            }
            1 => self.take(delay, now, patience),
            _ => Reservation::Impossible { most: 1 },
        }
    }

    /// Gives the place back unless another has been reserved behind it there, or it has drained.
    fn cancel(&self, now: Nanos, ticket: Self::Ticket) -> bool {
        let taken = self.window.ahead(ticket.after, self.window.at(now)) > W::ZERO;
        ticket.cost == 0 || taken && self.give_back(ticket.after, self.window.free_from(ticket.before, self.window.at(ticket.made)))
    }

    fn refund(&self, now: Nanos, ticket: Self::Ticket, unused: u32) {
        if now >= ticket.at && unused > 0 {
            self.cancel(now, ticket);
        }
    }
}
