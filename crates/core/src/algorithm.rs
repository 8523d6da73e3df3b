//! Rate-limit algorithms as pure steps, and what each can do besides deciding.

use core::fmt::Debug;

use crate::{CarryOver, Cost, Decision, Nanos, Reservation, RestoreError, Saved, Snapshot};

/// The constructors of an algorithm for each word, over a private `of` that takes a quota and a horizon.
macro_rules! constructors {
    ($type:ident, $quota:ident => $default:expr, new $new:tt within $within:tt) => {
        constructors!($type<u64>, $quota => $default, new $new, within $within);
        constructors!($type<u32>, $quota => $default, new_u32 $new, within_u32 $within);
    };
    ($type:ty, $quota:ident => $default:expr, $new:ident { $(#[$new_docs:meta])* }, $within:ident { $(#[$within_docs:meta])* }) => {
        impl $type {
            $(#[$new_docs])*
            pub const fn $new($quota: Quota) -> Result<Self, QuotaError> {
                let mut horizon = $default;
                loop {
                    match Self::of($quota, horizon) {
                        Err(QuotaError::HorizonTooLong { .. }) if !horizon.is_none() => horizon = horizon.halved(),
                        done => return done,
                    }
                }
            }

            $(#[$within_docs])*
            pub const fn $within(quota: Quota, horizon: Horizon) -> Result<Self, QuotaError> {
                Self::of(quota, horizon)
            }
        }
    };
}

pub(crate) mod cost_log;
#[cfg(test)]
mod exhaustive;
pub(crate) mod fixed_window;
pub(crate) mod gcra;
pub(crate) mod pair;
pub(crate) mod sliding_window;
pub(crate) mod token_bucket;

/// A rate-limit algorithm: a pure step on a small state, with no thread, clock or lock in sight.
///
/// A [`Cell`](crate::Cell) holds the state and makes a [`Limit`](crate::Limit) of it. What an algorithm can do besides deciding are traits
/// of their own, and one that makes no sense for it is not there: [`Empty`], [`Schedule`], [`Debit`], [`Reconfigure`], [`Persist`].
///
/// # Laws
/// Every implementation keeps them, for any state bits, time and cost, and one macro of the tests checks them on each:
/// 1. *Total*: no panic, no overflow.
/// 2. *A refusal never writes*: the state is as it was.
/// 3. *Impossible if and only if* the cost is larger than the burst.
/// 4. *Exact waits*: alone, the same cost is admitted at `now + retry_after`, and one tick earlier refused.
/// 5. *Patience never hurts*: what is admitted now is admitted later, within the range of the word.
/// 6. *A late clock is only stricter*: a reading that is behind, within the tolerated skew, admits no more.
/// 7. *Undone is as if never done*: `undo` right after an admission leaves a state that decides alike from then on.
/// 8. *The default state is new*: a limiter that was never used, whatever the time on a narrow word, and on a `u64` until the time in it wraps.
/// 9. *Idle is empty*: where [`is_idle`](Self::is_idle) says so, the default state decides alike from then on.
pub trait Algorithm {
    /// The whole state; its default is a limiter that was never used.
    type State: Clone + PartialEq + Default + Debug;
    /// `u32`, or an array of it where several limits share the state.
    type Cost: Cost;

    /// Takes `cost` from `state` at `now`, or nothing.
    fn step(&self, state: &mut Self::State, now: Nanos, cost: Self::Cost) -> Decision;

    /// What [`step`](Self::step) would answer, with nothing taken: for a state that is not to be copied.
    #[inline]
    fn peek(&self, state: &Self::State, now: Nanos, cost: Self::Cost) -> Decision {
        self.step(&mut state.clone(), now, cost)
    }

    /// Gives back `cost` that was taken at `now`, never more than had not drained at that reading: what [`Limit::undo`](crate::Limit::undo)
    /// does.
    fn undo(&self, state: &mut Self::State, now: Nanos, cost: Self::Cost);

    /// How long `cost` waits once `queued` has gone before it: what [`Limit::wait_behind`](crate::Limit::wait_behind) answers.
    fn wait_behind(&self, state: &Self::State, now: Nanos, queued: <Self::Cost as Cost>::Total, cost: Self::Cost) -> Nanos;

    /// What is left of `state` at `now`.
    fn snapshot(&self, state: &Self::State, now: Nanos) -> <Self::Cost as Cost>::Each<Snapshot>;

    /// Whether `state` may be forgotten at `now`: no reading from then on, nor one that is late within the tolerated skew, would tell it
    /// from a new one.
    fn is_idle(&self, state: &Self::State, now: Nanos) -> bool;

    /// `state`, read at `now`, as it is to be read at `then`: new where it has drained by then and may be forgotten, or does not look so
    /// any more, on a short word whose time has wrapped.
    fn state_at(&self, state: &Self::State, now: Nanos, then: Nanos) -> Self::State {
        let forgotten = || self.is_idle(state, then) || !drained_by(self, state, then, then);
        if then > now && drained_by(self, state, now, then) && forgotten() { Default::default() } else { state.clone() }
    }
}

/// Whether `state`, read at `now`, has drained by `then`.
fn drained_by<A: Algorithm + ?Sized>(algorithm: &A, state: &A::State, now: Nanos, then: Nanos) -> bool {
    <A::Cost as Cost>::each(algorithm.snapshot(state, now)).all(|left| now.saturating_add(left.reset_after) <= then)
}

/// An algorithm whose rest can be taken without naming a cost: the steps behind [`Drain`](crate::Drain).
pub trait Empty: Algorithm {
    /// Takes as much as there is, up to `most`, and tells how much.
    fn take_up_to(&self, state: &mut Self::State, now: Nanos, most: Self::Cost) -> Self::Cost;

    /// Leaves nothing at `now`; what is committed beyond the burst stays, and so does what no time brings back.
    fn drain(&self, state: &mut Self::State, now: Nanos);

    /// Leaves no more at `now` than what has come back since nothing was left at `since`, and tells whether it had to. What lies ahead is
    /// for who can schedule, as far as the horizon holds it.
    fn drain_since(&self, state: &mut Self::State, now: Nanos, since: Nanos) -> bool {
        let mut new = Self::State::default();
        self.drain(&mut new, since);
        if drained_by(self, &new, since, now) {
            return false;
        }
        let mut drained = self.state_at(state, now, since);
        self.drain(&mut drained, since);
        let each = |state| <Self::Cost as Cost>::each(self.snapshot(state, now));
        let leaves_no_more = each(&drained)
            .zip(each(state))
            .all(|(drained, there)| drained.remaining <= there.remaining && drained.reset_after >= there.reset_after);
        if leaves_no_more {
            *state = drained;
        }
        leaves_no_more
    }
}

/// An algorithm that can commit to a later time: the steps behind [`Reserve`](crate::Reserve).
pub trait Schedule: Algorithm {
    /// The longest wait that the state can hold: what [`Reserve::max_patience`](crate::Reserve::max_patience) tells.
    fn max_patience(&self) -> Nanos;

    /// Takes `cost` for the earliest time at which it fits, within `patience`, or nothing.
    fn schedule(&self, state: &mut Self::State, now: Nanos, cost: Self::Cost, patience: Nanos) -> Reservation<()>;

    /// Gives back `unused` of a charge that left the state at `end`, never more than has not drained of it at `now`.
    fn refund(&self, state: &mut Self::State, now: Nanos, end: &Self::State, unused: Self::Cost);
}

/// An algorithm that can be charged after the fact: the step behind [`Charge`](crate::Charge).
pub trait Debit: Algorithm {
    /// Takes `cost`, beyond the burst if need be, down to the floor, and tells how much of it.
    fn debit(&self, state: &mut Self::State, now: Nanos, cost: Self::Cost) -> Self::Cost;
}

/// An algorithm whose numbers can change under its state.
pub trait Reconfigure: Algorithm + Sized {
    /// The state under `new` of a limiter that was at `state` until `now`: what was earned until then was earned at the old rate.
    fn carry_over(&self, state: &Self::State, now: Nanos, new: &Self, rule: CarryOver) -> Self::State;
}

/// An algorithm whose state can be kept over a restart: the steps behind [`Cell::save`](crate::Cell::save) and
/// [`Cell::restore`](crate::Cell::restore).
pub trait Persist: Algorithm {
    /// `state` relative to `now`.
    fn save(&self, state: &Self::State, now: Nanos) -> Saved;

    /// The state that was `saved`, as if no time had passed until `now`; what these numbers can't hold is cut to what they can.
    ///
    /// # Errors
    /// [`RestoreError::OtherAlgorithm`] where another algorithm saved it.
    fn restore(&self, saved: &Saved, now: Nanos) -> Result<Self::State, RestoreError>;
}
