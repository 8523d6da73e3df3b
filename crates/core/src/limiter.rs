use crate::{
    CarryOver, Cell, Charge, Clock, Cost, Decision, Drain, Limit, Lock, Locked, NamedLimit, NamedReservation, NamedReserve, Nanos,
    Reservation, Reserve, RestoreError, Saved, SetDecision, Snapshot,
    algorithm::{Persist, Reconfigure},
};

/// A [`Limit`] and the [`Clock`] that it is read with: the type that most users name.
///
/// It has each verb that its limit has but [`undo`](Limit::undo), which wants the reading of the admission: bring your own time for that,
/// or [reserve](Self::reserve) with no patience and cancel.
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

    /// The limit, to change its numbers.
    pub const fn limit_mut(&mut self) -> &mut L {
        &mut self.limit
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

impl<L: NamedReserve, C: Clock> Limiter<L, C> {
    /// Takes every cost for the earliest time at which all fit, or nothing, and names the limit that refused:
    /// [`NamedReserve::reserve_named`].
    pub fn reserve_named(&self, costs: L::Cost, patience: Nanos) -> NamedReservation<L::Ticket> {
        self.limit.reserve_named(self.clock.now(), costs, patience)
    }
}

impl<L: Cell, C: Clock> Limiter<L, C> {
    /// Makes an idle limiter new, and tells whether it was idle: [`Cell::forget_idle`].
    pub fn forget_idle(&self) -> bool {
        self.limit.forget_idle(self.clock.now())
    }
}

impl<L: Cell<Algorithm: Persist>, C: Clock> Limiter<L, C> {
    /// The state as it is now, to be kept over a restart.
    ///
    /// ```
    /// use paceline_core::{Atomic, Gcra, Limiter, ManualClock, Nanos, Quota};
    /// let gcra = Gcra::new(Quota::per_second(1).burst(9))?;
    /// let [before, after] = [100, 0].map(|start| Limiter::new(Atomic::new(gcra), ManualClock::new(Nanos::from_secs(start))));
    /// assert!(before.try_acquire(4).is_allowed());
    /// after.restore(&before.save())?;
    /// assert_eq!(after.snapshot().remaining, 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self) -> Saved {
        self.limit.save(self.clock.now())
    }

    /// Goes on from what was `saved`: [`Cell::restore`].
    ///
    /// # Errors
    /// [`RestoreError::OtherAlgorithm`] where another algorithm saved it.
    pub fn restore(&self, saved: &Saved) -> Result<(), RestoreError> {
        self.limit.restore(self.clock.now(), saved)
    }
}

impl<A: Reconfigure, M: Lock<(A, A::State)>, C: Clock> Limiter<Locked<A, M>, C> {
    /// Decides by `algorithm` from now on: [`Locked::set_quota`].
    pub fn set_quota(&self, algorithm: A, rule: CarryOver) {
        self.limit.set_quota(self.clock.now(), algorithm, rule);
    }
}

portable_atomic::cfg_has_atomic_cas! {
    use crate::{Atomic, AtomicWord, SlidingLog};

    impl<A: Reconfigure<State: AtomicWord>, C: Clock> Limiter<Atomic<A>, C> {
        /// Decides by `algorithm` from now on: [`Atomic::set_quota`].
        pub fn set_quota(&mut self, algorithm: A, rule: CarryOver) {
            self.limit.set_quota(self.clock.now(), algorithm, rule);
        }
    }

    impl<const N: usize, W: AtomicWord, C: Clock> Limiter<SlidingLog<N, W>, C> {
        /// Makes idle places new, and tells whether all are: [`SlidingLog::forget_idle`].
        pub fn forget_idle(&self) -> bool {
            self.limit.forget_idle(self.clock.now())
        }
    }
}
