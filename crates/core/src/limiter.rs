use crate::{Charge, Clock, Cost, Decision, Drain, Limit, NamedLimit, Nanos, Reservation, Reserve, SetDecision, Snapshot};

/// A [`Limit`] and the [`Clock`] that it is read with: the type that most users name.
///
/// ```
/// use paceline_core::{Atomic, Decision, Gcra, Limiter, ManualClock, Nanos, Quota};
///
/// let clock = ManualClock::new(Nanos::ZERO);
/// let limiter = Limiter::new(Atomic::new(Gcra::new(Quota::per_second(10).burst(2))?), &clock);
/// assert_eq!(limiter.try_acquire(2), Decision::Allowed);
/// assert_eq!(limiter.try_acquire(1), Decision::Denied { retry_after: Nanos::from_millis(100) });
/// clock.advance(Nanos::from_millis(100));
/// assert_eq!(limiter.try_acquire(1), Decision::Allowed);
/// assert_eq!(limiter.try_acquire(3), Decision::Impossible { most: 2 });
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Limiter<L, C> {
    limit: L,
    clock: C,
}

impl<L, C> Limiter<L, C> {
    /// A limiter over `limit` that reads `clock`. With a `static` limit and a zero-sized clock it can be a `static` itself.
    pub const fn new(limit: L, clock: C) -> Self {
        Self { limit, clock }
    }

    /// The limit, for calls that bring their own time.
    pub const fn limit(&self) -> &L {
        &self.limit
    }

    /// The clock.
    pub const fn clock(&self) -> &C {
        &self.clock
    }
}

impl<L: Limit, C: Clock> Limiter<L, C> {
    /// Takes `cost` now or nothing. One clock reading; a refusal writes nothing.
    #[inline]
    pub fn try_acquire(&self, cost: L::Cost) -> Decision {
        self.limit.decide(self.clock.now(), cost)
    }

    /// What [`try_acquire`](Self::try_acquire) would answer, with nothing taken.
    #[inline]
    pub fn peek(&self, cost: L::Cost) -> Decision {
        self.limit.peek(self.clock.now(), cost)
    }

    /// What is left now, of each limit.
    pub fn snapshot(&self) -> <L::Cost as Cost>::Each<Snapshot> {
        self.limit.snapshot(self.clock.now())
    }
}

impl<L: Drain, C: Clock> Limiter<L, C> {
    /// Takes as much as there is, up to `most`, and tells how much.
    pub fn take_up_to(&self, most: L::Cost) -> L::Cost {
        self.limit.take_up_to(self.clock.now(), most)
    }

    /// Leaves nothing; what is committed beyond the burst stays.
    pub fn drain(&self) {
        self.limit.drain(self.clock.now());
    }
}

impl<L: Reserve, C: Clock> Limiter<L, C> {
    /// Takes `cost` for the earliest time at which it fits, within `patience`, or nothing.
    ///
    /// ```
    /// use paceline_core::{Atomic, Gcra, Limiter, ManualClock, Nanos, Quota, Reservation};
    /// let limiter = Limiter::new(Atomic::new(Gcra::new(Quota::per_second(10).burst(1))?), ManualClock::new(Nanos::ZERO));
    /// assert!(limiter.try_acquire(1).is_allowed());
    /// let Reservation::Reserved { wait, ticket } = limiter.reserve(1, Nanos::from_secs(1)) else { panic!("it fits") };
    /// assert_eq!(wait, Nanos::from_millis(100));
    /// assert!(limiter.cancel(ticket), "nobody has reserved behind it");
    /// # Ok::<(), paceline_core::QuotaError>(())
    /// ```
    pub fn reserve(&self, cost: L::Cost, patience: Nanos) -> Reservation<L::Ticket> {
        self.limit.reserve(self.clock.now(), cost, patience)
    }

    /// Gives back a reservation whose call is not made, and tells whether it could: [`Reserve::cancel`].
    pub fn cancel(&self, ticket: L::Ticket) -> bool {
        self.limit.cancel(self.clock.now(), ticket)
    }

    /// Gives back `unused` of a call that used less than it took: [`Reserve::refund`].
    pub fn refund(&self, ticket: L::Ticket, unused: L::Cost) {
        self.limit.refund(self.clock.now(), ticket, unused);
    }
}

impl<L: Charge, C: Clock> Limiter<L, C> {
    /// Takes `cost` after the fact, into debt if need be, and tells how much of it.
    pub fn charge(&self, cost: L::Cost) -> L::Cost {
        self.limit.charge(self.clock.now(), cost)
    }
}

impl<L: NamedLimit, C: Clock> Limiter<L, C> {
    /// Takes every cost now or nothing, and names the limit that refused.
    #[inline]
    pub fn try_acquire_named(&self, costs: L::Cost) -> SetDecision {
        self.limit.decide_named(self.clock.now(), costs)
    }

    /// What [`try_acquire_named`](Self::try_acquire_named) would answer, with nothing taken.
    #[inline]
    pub fn peek_named(&self, costs: L::Cost) -> SetDecision {
        self.limit.peek_named(self.clock.now(), costs)
    }
}
