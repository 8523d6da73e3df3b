use core::ops::Deref;

use crate::{
    Algorithm, Cost, Nanos, Reservation, RestoreError, Saved, Ticket,
    algorithm::{Empty, Persist, Schedule},
};

/// A place that holds an [`Algorithm`] and its state, where many may change it: [`Atomic`](crate::Atomic) or [`Locked`](crate::Locked).
///
/// Each is a [`Limit`](crate::Limit), with the verbs of its algorithm.
pub trait Cell {
    /// What decides.
    type Algorithm: Algorithm;

    /// What `look` makes of the state.
    fn read<R>(&self, look: impl FnOnce(&Self::Algorithm, &StateOf<Self>) -> R) -> R;

    /// What `change` answers once its change of the state stands; where its answer is not to be `kept`, it has changed
    /// nothing. It may be called several times, each time with the state that is there.
    fn update<R>(&self, change: impl Fn(&Self::Algorithm, &mut StateOf<Self>) -> R, kept: impl Fn(&R) -> bool) -> R;

    /// Makes an idle limiter new, and tells whether it was idle. Called now and then, it keeps a word whose range is short from taking an
    /// idle limiter for a busy one once its time has wrapped.
    fn forget_idle(&self, now: Nanos) -> bool {
        self.update(
            |algorithm, state| {
                let idle = algorithm.is_idle(state, now);
                if idle {
                    *state = Default::default();
                }
                idle
            },
            |&idle| idle,
        )
    }

    /// The state as it is at `now`, to be kept over a restart.
    fn save(&self, now: Nanos) -> Saved
    where
        Self::Algorithm: Persist,
    {
        self.read(|algorithm, state| algorithm.save(state, now))
    }

    /// Goes on from what was `saved`, as if no time had passed until `now`: stricter than need be by what did. Windows and lumps come at
    /// the times of the clock that is read now: on one that began anew, up to a period sooner than they would have come.
    ///
    /// # Errors
    /// [`RestoreError::OtherAlgorithm`] where another algorithm saved it.
    fn restore(&self, now: Nanos, saved: &Saved) -> Result<(), RestoreError>
    where
        Self::Algorithm: Persist,
    {
        self.update(|algorithm, state| algorithm.restore(saved, now).map(|restored| *state = restored), Result::is_ok)
    }
}

/// Whatever points to a cell is one.
impl<P: Deref<Target: Cell>> Cell for P {
    type Algorithm = <P::Target as Cell>::Algorithm;

    fn read<R>(&self, look: impl FnOnce(&Self::Algorithm, &StateOf<Self>) -> R) -> R {
        (**self).read(look)
    }

    fn update<R>(&self, change: impl Fn(&Self::Algorithm, &mut StateOf<Self>) -> R, kept: impl Fn(&R) -> bool) -> R {
        (**self).update(change, kept)
    }
}

pub(crate) type StateOf<C> = <<C as Cell>::Algorithm as Algorithm>::State;
pub(crate) type CostOf<C> = <<C as Cell>::Algorithm as Algorithm>::Cost;
pub(crate) type TotalOf<C> = <CostOf<C> as Cost>::Total;

/// `state`, read at `now`, as it will be at `then` with nothing left.
pub(crate) fn drained<A: Empty>(algorithm: &A, state: &A::State, now: Nanos, then: Nanos) -> A::State {
    let mut state = algorithm.state_at(state, now, then);
    algorithm.drain(&mut state, then);
    state
}

/// Takes `cost` for the earliest time at which it fits, no earlier than `delay` from now, and gives a ticket for it.
pub(crate) fn reserve_after<A: Schedule>(
    algorithm: &A,
    state: &mut A::State,
    now: Nanos,
    delay: Nanos,
    cost: A::Cost,
    patience: Nanos,
) -> Reservation<Ticket<A::State, A::Cost>> {
    let before = state.clone();
    let scheduled = schedule_after(algorithm, state, now, delay, cost, patience);
    scheduled.map(|wait, ()| Ticket { before, after: state.clone(), cost, made: now, at: now.saturating_add(wait) })
}

fn schedule_after<A: Schedule>(
    algorithm: &A,
    state: &mut A::State,
    now: Nanos,
    delay: Nanos,
    cost: A::Cost,
    patience: Nanos,
) -> Reservation<()> {
    if delay == Nanos::ZERO {
        return algorithm.schedule(state, now, cost, patience);
    }
    let (then, patience) = (now.saturating_add(delay), patience.min(algorithm.max_patience()));
    let mut later = algorithm.state_at(state, now, then);
    let reservation = algorithm.schedule(&mut later, then, cost, patience.saturating_sub(delay)).later_by(delay, patience);
    if matches!(reservation, Reservation::Reserved { .. }) {
        *state = later;
    }
    reservation
}

/// Makes a limit of a cell, with all the verbs that its algorithm has.
///
/// A blanket implementation would meet the one for pointers to limits.
macro_rules! limit_of_cell {
    ([$($generics:tt)*] $cell:ty) => {const _: () = {
        use $crate::{
            Cell, Charge, Concurrency, Cost, Decision, Drain, InFlight, Limit, Nanos, Reservation, Reserve, Snapshot, Ticket,
            algorithm::{Debit, Empty, Schedule},
            cell::{CostOf, StateOf, TotalOf, drained, reserve_after},
        };

        impl<$($generics)*> Limit for $cell
        where
            Self: Cell,
        {
            type Cost = CostOf<Self>;

            #[inline]
            fn peek(&self, now: Nanos, cost: Self::Cost) -> Decision {
                self.read(|algorithm, state| algorithm.peek(state, now, cost))
            }

            #[inline]
            fn decide(&self, now: Nanos, cost: Self::Cost) -> Decision {
                self.update(|algorithm, state| algorithm.step(state, now, cost), |decision| decision.is_allowed())
            }

            fn undo(&self, now: Nanos, cost: Self::Cost) {
                self.update(|algorithm, state| algorithm.undo(state, now, cost), |()| true);
            }

            fn wait_behind(&self, now: Nanos, queued: TotalOf<Self>, cost: Self::Cost) -> Nanos {
                self.read(|algorithm, state| algorithm.wait_behind(state, now, queued, cost))
            }

            fn snapshot(&self, now: Nanos) -> <Self::Cost as Cost>::Each<Snapshot> {
                self.read(|algorithm, state| algorithm.snapshot(state, now))
            }
        }

        impl<$($generics)*> Drain for $cell
        where
            Self: Cell<Algorithm: Empty>,
        {
            fn take_up_to(&self, now: Nanos, most: Self::Cost) -> Self::Cost {
                self.update(|algorithm, state| algorithm.take_up_to(state, now, most), |_| true)
            }

            fn drain_since(&self, now: Nanos, since: Nanos) {
                self.update(|algorithm, state| algorithm.drain_since(state, now, since), |&drained| drained);
            }

            fn wait_drained(&self, now: Nanos, then: Nanos, queued: TotalOf<Self>, cost: Self::Cost) -> Nanos {
                self.read(|algorithm, state| algorithm.wait_behind(&drained(algorithm, state, now, then), then, queued, cost))
            }

            fn snapshot_drained(&self, now: Nanos, then: Nanos) -> <Self::Cost as Cost>::Each<Snapshot> {
                self.read(|algorithm, state| algorithm.snapshot(&drained(algorithm, state, now, then), then))
            }
        }

        impl<$($generics)*> Reserve for $cell
        where
            Self: Cell<Algorithm: Schedule>,
        {
            type Ticket = Ticket<StateOf<Self>, CostOf<Self>>;

            fn max_patience(&self) -> Nanos {
                self.read(|algorithm, _| algorithm.max_patience())
            }

            fn reserve_after(&self, now: Nanos, delay: Nanos, cost: Self::Cost, patience: Nanos) -> Reservation<Self::Ticket> {
                self.update(
                    |algorithm, state| reserve_after(algorithm, state, now, delay, cost, patience),
                    |reservation| matches!(reservation, Reservation::Reserved { .. }),
                )
            }

            fn cancel(&self, now: Nanos, ticket: Self::Ticket) -> bool {
                self.update(
                    |algorithm, state| {
                        let [before, after] = [&ticket.before, &ticket.after].map(|state| algorithm.state_at(state, ticket.made, now));
                        if *state == after {
                            *state = before;
                            return true;
                        }
                        if now >= ticket.at {
                            algorithm.refund(state, now, &after, ticket.cost);
                        }
                        now >= ticket.at
                    },
                    |&given_back| given_back,
                )
            }

            fn refund(&self, now: Nanos, ticket: Self::Ticket, unused: Self::Cost) {
                if now >= ticket.at {
                    let unused = unused.at_most(ticket.cost);
                    self.update(
                        |algorithm, state| algorithm.refund(state, now, &algorithm.state_at(&ticket.after, ticket.made, now), unused),
                        |()| true,
                    );
                }
            }
        }

        impl<$($generics)*> Charge for $cell
        where
            Self: Cell<Algorithm: Debit>,
        {
            fn charge(&self, now: Nanos, cost: Self::Cost) -> Self::Cost {
                self.update(|algorithm, state| algorithm.debit(state, now, cost), |_| true)
            }
        }

        impl<$($generics)*> InFlight for $cell where Self: Cell<Algorithm = Concurrency> {}
    };};
}
pub(crate) use limit_of_cell;
