use core::ops::Deref;

use crate::{Cost, Decision, Nanos, Reservation, Snapshot};

/// Something that admits or refuses: what adapters, sets and [`Limiter`](crate::Limiter)s are built over.
///
/// All of it takes the time from the caller, any number of threads may call at once, and nothing panics or blocks.
pub trait Limit {
    /// `u32` for one limit, `[u32; N]` for a set of them.
    type Cost: Cost;

    /// What [`decide`](Self::decide) would answer, with nothing taken.
    fn peek(&self, now: Nanos, cost: Self::Cost) -> Decision;

    /// Takes `cost` at once, or nothing.
    fn decide(&self, now: Nanos, cost: Self::Cost) -> Decision;

    /// Gives back what `decide` took with the same `now` and `cost`, for a caller who made no use of it.
    ///
    /// Once for each admission, and soon: what drains in between is given back all the same, but for what will have drained by the later
    /// times and readings at which others have been admitted since.
    fn undo(&self, now: Nanos, cost: Self::Cost);

    /// The wait of a caller with `cost` who stands behind callers that ask for `queued` together, the first of them at `now`.
    ///
    /// A forecast: exact, but for a nanosecond a caller, while nobody leaves the queue or passes it. For a set it is the least: while one
    /// limit holds the queue up, another that is full does not gain.
    fn wait_behind(&self, now: Nanos, queued: <Self::Cost as Cost>::Total, cost: Self::Cost) -> Nanos;

    /// What is left at `now`, of each limit. One read a limit.
    fn snapshot(&self, now: Nanos) -> <Self::Cost as Cost>::Each<Snapshot>;
}

/// A limit whose rest can be taken without naming a cost.
pub trait Drain: Limit {
    /// Takes as much as there is at `now`, up to `most`, and tells how much.
    fn take_up_to(&self, now: Nanos, most: Self::Cost) -> Self::Cost;

    /// Leaves nothing at `now`, as after an answer that says so. What is committed beyond the burst stays, and so does what no time brings
    /// back: the places that are free for [calls in flight](crate::Concurrency).
    fn drain(&self, now: Nanos) {
        self.drain_since(now, now);
    }

    /// Leaves no more at `now` than what has come back since `since`, if nothing was left then. Of a limit that can
    /// [reserve](Reserve), `since` may lie ahead, as far as its horizon holds it.
    fn drain_since(&self, now: Nanos, since: Nanos);

    /// What [`wait_behind`](Limit::wait_behind) will answer at `then`, at `now` or later, if nothing is left then.
    fn wait_drained(&self, now: Nanos, then: Nanos, queued: <Self::Cost as Cost>::Total, cost: Self::Cost) -> Nanos;

    /// What [`snapshot`](Limit::snapshot) will answer at `then`, at `now` or later, if nothing is left then.
    fn snapshot_drained(&self, now: Nanos, then: Nanos) -> <Self::Cost as Cost>::Each<Snapshot>;
}

/// A limit that can commit to a later time: a queue without a queue, first come, first served.
///
/// Right for an interrupt handler or a scheduler. Who has reserved can't hear of what happens meanwhile; callers who can wait in
/// line had better do that.
pub trait Reserve: Limit {
    /// What a reservation is cancelled or refunded with, once.
    type Ticket;

    /// How far ahead a reservation may lie at most; a larger patience counts as this one.
    fn max_patience(&self) -> Nanos;

    /// Takes `cost` for the earliest time at which it fits, within `patience`, or nothing. Waiting costs nobody else anything.
    fn reserve(&self, now: Nanos, cost: Self::Cost, patience: Nanos) -> Reservation<Self::Ticket> {
        self.reserve_after(now, Nanos::ZERO, cost, patience)
    }

    /// The same for a time no earlier than `delay` from now, which counts as part of the wait: for a caller who can't go before.
    fn reserve_after(&self, now: Nanos, delay: Nanos, cost: Self::Cost, patience: Nanos) -> Reservation<Self::Ticket>;

    /// Gives back a reservation whose call is not made, and tells whether it could.
    ///
    /// Before its time that is possible only while it is the limit's last change: others have been given times that rest on it, and to give
    /// its own away would let two calls go at one time. Then the slot is lost, and the answer `false`. From its time on it is a
    /// [`refund`](Self::refund) of all of it.
    ///
    /// A ticket is for the clock that it was made on, and for the limiter's numbers then: drop it where the clock has jumped back further
    /// than is tolerated, and after a `set_quota` or a `restore`. Whatever the answer, the call must not be made: of several limits some
    /// may have been given back.
    fn cancel(&self, now: Nanos, ticket: Self::Ticket) -> bool;

    /// Gives back `unused` of a call whose time has come and that used less than it took: never more than was taken, nor than has not
    /// drained of it.
    ///
    /// Before its time nothing is given back, nor what will have drained by the times that others have been given beyond the burst.
    /// What calls before it have given back since its ticket was made is not known to it: by as much it may give back what has drained.
    fn refund(&self, now: Nanos, ticket: Self::Ticket, unused: Self::Cost);
}

/// A limit that can be charged after the fact, for what nobody knew before.
pub trait Charge: Limit {
    /// Takes `cost`, beyond the burst if need be, down to the floor of the limiter's debt, and tells how much of it.
    fn charge(&self, now: Nanos, cost: Self::Cost) -> Self::Cost;
}

/// Through a reference, an `Arc`, a `Box`, a lazy `static`: whatever points to a limit is one.
impl<P: Deref<Target: Limit>> Limit for P {
    type Cost = <P::Target as Limit>::Cost;

    fn peek(&self, now: Nanos, cost: Self::Cost) -> Decision {
        (**self).peek(now, cost)
    }

    fn decide(&self, now: Nanos, cost: Self::Cost) -> Decision {
        (**self).decide(now, cost)
    }

    fn undo(&self, now: Nanos, cost: Self::Cost) {
        (**self).undo(now, cost);
    }

    fn wait_behind(&self, now: Nanos, queued: <Self::Cost as Cost>::Total, cost: Self::Cost) -> Nanos {
        (**self).wait_behind(now, queued, cost)
    }

    fn snapshot(&self, now: Nanos) -> <Self::Cost as Cost>::Each<Snapshot> {
        (**self).snapshot(now)
    }
}

impl<P: Deref<Target: Drain>> Drain for P {
    fn take_up_to(&self, now: Nanos, most: Self::Cost) -> Self::Cost {
        (**self).take_up_to(now, most)
    }

    fn drain_since(&self, now: Nanos, since: Nanos) {
        (**self).drain_since(now, since);
    }

    fn wait_drained(&self, now: Nanos, then: Nanos, queued: <Self::Cost as Cost>::Total, cost: Self::Cost) -> Nanos {
        (**self).wait_drained(now, then, queued, cost)
    }

    fn snapshot_drained(&self, now: Nanos, then: Nanos) -> <Self::Cost as Cost>::Each<Snapshot> {
        (**self).snapshot_drained(now, then)
    }
}

impl<P: Deref<Target: Reserve>> Reserve for P {
    type Ticket = <P::Target as Reserve>::Ticket;

    fn max_patience(&self) -> Nanos {
        (**self).max_patience()
    }

    fn reserve_after(&self, now: Nanos, delay: Nanos, cost: Self::Cost, patience: Nanos) -> Reservation<Self::Ticket> {
        (**self).reserve_after(now, delay, cost, patience)
    }

    fn cancel(&self, now: Nanos, ticket: Self::Ticket) -> bool {
        (**self).cancel(now, ticket)
    }

    fn refund(&self, now: Nanos, ticket: Self::Ticket, unused: Self::Cost) {
        (**self).refund(now, ticket, unused);
    }
}

impl<P: Deref<Target: Charge>> Charge for P {
    fn charge(&self, now: Nanos, cost: Self::Cost) -> Self::Cost {
        (**self).charge(now, cost)
    }
}
