use core::ops::Deref;

use crate::{Limit, Nanos, Reservation, Reserve, SetDecision};

/// Several limits in one that say which of them refused, by its place.
pub trait NamedLimit: Limit {
    /// What [`decide_named`](Self::decide_named) would answer, with nothing taken: the longest wait of all limits.
    fn peek_named(&self, now: Nanos, costs: Self::Cost) -> SetDecision;

    /// Takes every cost from its limit, or nothing from any; names the limit that refused.
    fn decide_named(&self, now: Nanos, costs: Self::Cost) -> SetDecision;
}

/// A [`Reservation`], and the place of the limit that refused it, if one did.
pub type NamedReservation<T> = (Reservation<T>, Option<usize>);

/// Several limits in one that say which of them refused a reservation, too.
pub trait NamedReserve: NamedLimit + Reserve {
    /// What [`reserve`](Reserve::reserve) answers, and which limit refused: none where a gate in front of them is shut.
    fn reserve_named(&self, now: Nanos, costs: Self::Cost, patience: Nanos) -> NamedReservation<Self::Ticket> {
        self.reserve_after_named(now, Nanos::ZERO, costs, patience)
    }

    /// The same of [`reserve_after`](Reserve::reserve_after). A `delay` that alone is longer than the patience is no limit's.
    fn reserve_after_named(&self, now: Nanos, delay: Nanos, costs: Self::Cost, patience: Nanos) -> NamedReservation<Self::Ticket>;
}

impl<P: Deref<Target: NamedLimit>> NamedLimit for P {
    fn peek_named(&self, now: Nanos, costs: Self::Cost) -> SetDecision {
        (**self).peek_named(now, costs)
    }

    fn decide_named(&self, now: Nanos, costs: Self::Cost) -> SetDecision {
        (**self).decide_named(now, costs)
    }
}

impl<P: Deref<Target: NamedReserve>> NamedReserve for P {
    fn reserve_after_named(&self, now: Nanos, delay: Nanos, costs: Self::Cost, patience: Nanos) -> NamedReservation<Self::Ticket> {
        (**self).reserve_after_named(now, delay, costs, patience)
    }
}
