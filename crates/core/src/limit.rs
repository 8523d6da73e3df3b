use core::{fmt::Debug, ops::Deref};

use crate::{Decision, Nanos};

/// What a caller asks for: the cost of one limit, or one cost for each limit of a set.
pub trait Cost: Copy + Debug {
    /// Many costs added up.
    type Total: Copy + Debug;
    /// No cost at all.
    const NOTHING: Self::Total;
    /// `total` with this cost more; the largest total where it would not fit.
    fn added_to(self, total: Self::Total) -> Self::Total;
    /// `total` with this cost less; nothing where it held less.
    fn taken_from(self, total: Self::Total) -> Self::Total;
}

impl Cost for u32 {
    type Total = u64;
    const NOTHING: u64 = 0;

    fn added_to(self, total: u64) -> u64 {
        total.saturating_add(u64::from(self))
    }

    fn taken_from(self, total: u64) -> u64 {
        total.saturating_sub(u64::from(self))
    }
}

impl<const N: usize> Cost for [u32; N] {
    type Total = [u64; N];
    const NOTHING: [u64; N] = [0; N];

    fn added_to(self, total: [u64; N]) -> [u64; N] {
        pairwise(self, total, Cost::added_to)
    }

    fn taken_from(self, total: [u64; N]) -> [u64; N] {
        pairwise(self, total, Cost::taken_from)
    }
}

fn pairwise<const N: usize>(costs: [u32; N], mut totals: [u64; N], op: fn(u32, u64) -> u64) -> [u64; N] {
    for (total, cost) in totals.iter_mut().zip(costs) {
        *total = op(cost, *total);
    }
    totals
}

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
    /// Once for each admission, and soon: what drains in between is given back all the same.
    fn undo(&self, now: Nanos, cost: Self::Cost);

    /// The wait of a caller with `cost` who stands behind callers that ask for `queued` together, the first of them at `now`.
    ///
    /// A forecast: exact, but for a nanosecond a caller, while nobody leaves the queue or passes it. For a set it is the least: while one
    /// limit holds the queue up, another that is full does not gain.
    fn wait_behind(&self, now: Nanos, queued: <Self::Cost as Cost>::Total, cost: Self::Cost) -> Nanos;
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
}
