use core::ops::Deref;

use crate::{Limit, Nanos, SetDecision};

/// Several limits in one that say which of them refused, by its place.
pub trait NamedLimit: Limit {
    /// What [`decide_named`](Self::decide_named) would answer, with nothing taken: the longest wait of all limits.
    fn peek_named(&self, now: Nanos, costs: Self::Cost) -> SetDecision;

    /// Takes every cost from its limit, or nothing from any; names the limit that refused.
    fn decide_named(&self, now: Nanos, costs: Self::Cost) -> SetDecision;
}

impl<P: Deref<Target: NamedLimit>> NamedLimit for P {
    fn peek_named(&self, now: Nanos, costs: Self::Cost) -> SetDecision {
        (**self).peek_named(now, costs)
    }

    fn decide_named(&self, now: Nanos, costs: Self::Cost) -> SetDecision {
        (**self).decide_named(now, costs)
    }
}
