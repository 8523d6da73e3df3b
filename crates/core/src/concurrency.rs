#![deny(clippy::arithmetic_side_effects)]

use core::ops::Deref;

use crate::{
    Algorithm, CarryOver, Decision, Limit, Nanos, Snapshot,
    algorithm::{Empty, Reconfigure},
};

/// At most so many calls in flight: a count without a rate.
///
/// A call is counted from its admission until it is given back, by a [`Permit`] that is dropped or by [`Limit::undo`]; what the clock reads
/// does not matter. So nobody knows how long a refused call has to wait, and it is told [`Nanos::MAX`]: it is not to be waited for by time,
/// but to be tried again when a call has ended. Of the laws of an [`Algorithm`] the one on exact waits does not hold.
///
/// In a [`Set`](crate::Set) it comes first, since what is taken first is given back last, and what it refuses costs the others nothing.
///
/// # Verbs
/// All that ask for no time. [`take_up_to`](crate::Drain::take_up_to) takes places that are free. [`drain`](crate::Drain::drain) takes
/// none: nobody would give them back. So behind a [gate](crate::Gated) that has opened there are as many as before, which bounds what
/// begins at once, and a set with limits of rates is emptied of those.
///
/// Nothing can be [reserved](crate::Reserve), since nobody knows when a call will end. So this does not compile:
/// ```compile_fail,E0599
/// use paceline_core::{Atomic, Concurrency, Nanos, Reserve};
/// Atomic::new(Concurrency::new(2)).reserve(Nanos::ZERO, 1, Nanos::MAX);
/// ```
/// Nothing can be [charged](crate::Charge) either, since no time pays a debt back, and no state is [saved](crate::Saved), since the calls
/// that were counted do not outlive a restart:
/// ```compile_fail,E0599
/// use paceline_core::{Atomic, Charge, Concurrency, Nanos};
/// Atomic::new(Concurrency::new(2)).charge(Nanos::ZERO, 1);
/// ```
/// ```compile_fail,E0277
/// use paceline_core::{Atomic, Cell, Concurrency, Nanos};
/// Atomic::new(Concurrency::new(2)).save(Nanos::ZERO);
/// ```
///
/// # Cost
/// A comparison; with its atomic word 8 bytes. Lock-free in [`Atomic`](crate::Atomic), where the target has a compare-exchange of 32 bits.
///
/// ```
/// use paceline_core::{Atomic, Concurrency, Decision, Nanos, Permit};
///
/// static CALLS: Atomic<Concurrency> = Atomic::new(Concurrency::new(2));
///
/// let first = Permit::try_acquire(&CALLS, 1);
/// let second = Permit::try_acquire(&CALLS, 1);
/// assert!(first.is_ok() && second.is_ok());
/// assert_eq!(Permit::try_acquire(&CALLS, 1).err(), Some(Decision::Denied { retry_after: Nanos::MAX }));
/// assert_eq!(Permit::try_acquire(&CALLS, 3).err(), Some(Decision::Impossible { most: 2 }));
/// drop(first);
/// assert!(Permit::try_acquire(&CALLS, 1).is_ok());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Concurrency {
    limit: u32,
}

impl Concurrency {
    /// At most `limit` in flight; with a limit of 0 nothing but a cost of 0 is ever admitted.
    pub const fn new(limit: u32) -> Self {
        Self { limit }
    }

    /// The wait for `room` to hold `cost`: none, or nobody knows how long.
    fn wait(room: u32, cost: u64) -> Nanos {
        if cost <= room.into() { Nanos::ZERO } else { Nanos::MAX }
    }

    fn room(&self, in_flight: u32) -> u32 {
        self.limit.saturating_sub(in_flight)
    }
}

impl Algorithm for Concurrency {
    /// How many are in flight.
    type State = u32;
    type Cost = u32;

    #[inline]
    fn step(&self, in_flight: &mut u32, _: Nanos, cost: u32) -> Decision {
        if cost > self.limit {
            return Decision::Impossible { most: self.limit };
        }
        if cost > self.room(*in_flight) {
            return Decision::Denied { retry_after: Nanos::MAX };
        }
        *in_flight = in_flight.saturating_add(cost);
        Decision::Allowed
    }

    fn undo(&self, in_flight: &mut u32, _: Nanos, cost: u32) {
        *in_flight = in_flight.saturating_sub(cost);
    }

    fn wait_behind(&self, in_flight: &u32, _: Nanos, queued: u64, cost: u32) -> Nanos {
        Self::wait(self.room(*in_flight), queued.saturating_add(cost.into()))
    }

    fn snapshot(&self, in_flight: &u32, _: Nanos) -> Snapshot {
        let remaining = self.room(*in_flight);
        let reset_after = Self::wait(remaining, self.limit.into());
        Snapshot { limit: self.limit, remaining, retry_after: Self::wait(remaining, 1), reset_after }
    }

    fn is_idle(&self, in_flight: &u32, _: Nanos) -> bool {
        *in_flight == 0
    }
}

impl Empty for Concurrency {
    fn take_up_to(&self, in_flight: &mut u32, _: Nanos, most: u32) -> u32 {
        let taken = most.min(self.room(*in_flight));
        *in_flight = in_flight.saturating_add(taken);
        taken
    }

    /// Nothing: a place that nobody holds would never be given back.
    fn drain(&self, _: &mut u32, _: Nanos) {}
}

/// What is in flight stays in flight, whatever the rule; where that is more than the new limit, nothing is admitted until it is less.
impl Reconfigure for Concurrency {
    fn carry_over(&self, in_flight: &u32, _: Nanos, _: &Self, _: CarryOver) -> u32 {
        *in_flight
    }
}

/// Calls in flight under a [`Concurrency`] limit, until it is dropped.
///
/// It holds what points to the limit: a reference, an `Arc` where it has to be sent away, a [`KeyLimit`](crate::KeyLimit). One that is
/// forgotten is in flight for ever.
#[must_use = "a permit that is dropped at once is given back before the call"]
#[derive(Debug)]
pub struct Permit<L: InFlight> {
    limit: L,
    cost: u32,
}

impl<L: InFlight> Permit<L> {
    /// `cost` in flight.
    ///
    /// # Errors
    /// The refusal: [`Decision::Denied`] where there is no room for it now, [`Decision::Impossible`] where there never is.
    pub fn try_acquire(limit: L, cost: u32) -> Result<Self, Decision> {
        match limit.decide(Nanos::ZERO, cost) {
            Decision::Allowed => Ok(Self::of_taken(limit, cost)),
            refused => Err(refused),
        }
    }

    /// For a `cost` that `limit` has just admitted, in a [`Set`](crate::Set), behind a gate, by [`take_up_to`](crate::Drain::take_up_to).
    /// Once for each admission.
    ///
    /// ```
    /// use paceline_core::{Atomic, Concurrency, Drain, Gate, Gated, Gcra, Limit, Nanos, Permit, Quota, Set};
    ///
    /// let calls = Atomic::new(Concurrency::new(8));
    /// let rate = Atomic::new(Gcra::new(Quota::per_minute(60))?);
    /// let set: Set<&dyn Drain<Cost = u32>, 2> = Set::new([&calls, &rate]);
    /// let gated = Gated::new(Gate::new(), set);
    /// if gated.decide(Nanos::ZERO, [1, 1]).is_allowed() {
    ///     let permit = Permit::of_taken(&calls, 1);
    ///     assert_eq!(calls.snapshot(Nanos::ZERO).remaining, 7);
    /// }
    /// assert_eq!(calls.snapshot(Nanos::ZERO).remaining, 8);
    /// # Ok::<(), paceline_core::QuotaError>(())
    /// ```
    pub const fn of_taken(limit: L, cost: u32) -> Self {
        Self { limit, cost }
    }
}

impl<L: InFlight> Drop for Permit<L> {
    fn drop(&mut self) {
        self.limit.undo(Nanos::ZERO, self.cost);
    }
}

/// A limit on what is in flight, which is given back whatever the time: [`Concurrency`] in a [`Cell`](crate::Cell) or of a key, and what
/// points to it.
pub trait InFlight: Limit<Cost = u32> {}

impl<P: Deref<Target: InFlight>> InFlight for P {}
