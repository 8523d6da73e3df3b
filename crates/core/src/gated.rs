use crate::{
    Algorithm, Atomic, Charge, Cost, Decision, Drain, Gate, Limit, Lock, Locked, NamedLimit, NamedReservation, NamedReserve, Nanos,
    Reservation, Reserve, Set, SetDecision, SlidingLog, Snapshot,
    sync::{AtomicWord, const_unless_loom},
};

/// A limit behind a [`Gate`]: while that is shut, nobody is admitted.
///
/// Opening it releases no burst: whoever comes after its time drains the limit *for that time*, before anybody is admitted, and so do those
/// who come within the gate's skew of it, since a reading that is as late still has to find it shut. So callers leave one by one as at the
/// limit's own rate, whether the first comes at once or later, and the limit's horizon need not hold the time that the gate is closed. It
/// is the same after a latch.
///
/// A refusal tells the wait exactly: until the gate opens, and then until the drained limit has enough. Behind a latch without an end it is
/// [`Nanos::MAX`]. Whoever was admitted before the gate was shut, or has reserved a time, can't hear of it.
///
/// A gate is for one limit: put a [`Set`] behind it, or a reference to a limit that others use without it. Limits of different types are in
/// that set as `&dyn Drain<Cost = u32>`. [Calls in flight](crate::Concurrency) have no rate to leave at: an opening leaves them, and the
/// places that are free, as they are.
///
/// ```
/// use paceline_core::{Atomic, Decision, Gate, Gated, Gcra, Limit, Nanos, Quota};
///
/// let limit = Gated::new(Gate::new(), Atomic::new(Gcra::new(Quota::per_second(1).burst(10))?));
/// limit.gate().close_for(Nanos::ZERO, Nanos::from_secs(60));
/// assert_eq!(limit.decide(Nanos::ZERO, 3), Decision::Denied { retry_after: Nanos::from_secs(63) });
/// assert_eq!(limit.decide(Nanos::from_secs(63), 3), Decision::Allowed);
/// assert_eq!(limit.decide(Nanos::from_secs(63), 1), Decision::Denied { retry_after: Nanos::from_secs(1) });
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
///
/// # Cost
/// One read more than the limit, and 24 bytes on a `u64`, 12 on a `u32`.
#[derive(Debug)]
pub struct Gated<L, W: AtomicWord> {
    gate: Gate<W>,
    limit: L,
}

impl<L, W: AtomicWord> Gated<L, W> {
    const_unless_loom! {
        /// `limit` behind `gate`.
        pub fn new(gate: Gate<W>, limit: L) -> Self {
            Self { gate, limit }
        }
    }

    /// The gate, to shut it and to open it.
    pub const fn gate(&self) -> &Gate<W> {
        &self.gate
    }

    /// The limit, which can be used past the gate.
    pub const fn limit(&self) -> &L {
        &self.limit
    }

    /// The limit, to change its numbers.
    pub const fn limit_mut(&mut self) -> &mut L {
        &mut self.limit
    }
}

macro_rules! lock_free {
    ($([$($generics:tt)*] $limit:ty;)*) => {$(
        impl<$($generics)*, W: AtomicWord> Gated<$limit, W> {
            /// Whether a decision takes no lock on this target, neither at the gate nor behind it.
            pub const IS_LOCK_FREE: bool = W::IS_LOCK_FREE && <$limit>::IS_LOCK_FREE;
        }
    )*};
}

lock_free! {
    [A: Algorithm<State: AtomicWord>] Atomic<A>;
    [A: Algorithm, M: Lock<(A, A::State)>] Locked<A, M>;
    [L, const N: usize] Set<L, N>;
    [const N: usize, V: AtomicWord] SlidingLog<N, V>;
}

portable_atomic::cfg_has_atomic_64! {
    lock_free!([A: Algorithm<State = u32, Cost = u32>, const N: usize] crate::KeyLimit<'_, A, N>;);
}

impl<L: Drain, W: AtomicWord> Limit for Gated<L, W> {
    type Cost = L::Cost;

    fn peek(&self, now: Nanos, cost: L::Cost) -> Decision {
        match self.pass(now) {
            Ok(()) => self.limit.peek(now, cost),
            Err(shut) => self.refusal(now, shut, cost),
        }
    }

    fn decide(&self, now: Nanos, cost: L::Cost) -> Decision {
        match self.pass(now) {
            Ok(()) => self.limit.decide(now, cost),
            Err(shut) => self.refusal(now, shut, cost),
        }
    }

    fn undo(&self, now: Nanos, cost: L::Cost) {
        self.limit.undo(now, cost);
    }

    fn wait_behind(&self, now: Nanos, queued: <L::Cost as Cost>::Total, cost: L::Cost) -> Nanos {
        match self.pass(now) {
            Ok(()) => self.limit.wait_behind(now, queued, cost),
            Err(shut) => self.wait_shut(now, now, shut, queued, cost),
        }
    }

    fn snapshot(&self, now: Nanos) -> <L::Cost as Cost>::Each<Snapshot> {
        match self.pass(now) {
            Ok(()) => self.limit.snapshot(now),
            Err(shut) => self.snapshot_shut(now, now, shut),
        }
    }
}

impl<L: Drain, W: AtomicWord> Drain for Gated<L, W> {
    fn take_up_to(&self, now: Nanos, most: L::Cost) -> L::Cost {
        match self.pass(now) {
            Ok(()) => self.limit.take_up_to(now, most),
            Err(_) => L::Cost::ZERO,
        }
    }

    fn drain_since(&self, now: Nanos, since: Nanos) {
        self.limit.drain_since(now, since);
    }

    fn wait_drained(&self, now: Nanos, then: Nanos, queued: <L::Cost as Cost>::Total, cost: L::Cost) -> Nanos {
        self.wait_shut(now, then, self.shut_from(now, then), queued, cost)
    }

    fn snapshot_drained(&self, now: Nanos, then: Nanos) -> <L::Cost as Cost>::Each<Snapshot> {
        self.snapshot_shut(now, then, self.shut_from(now, then))
    }
}

/// What is charged after the fact has passed the gate already; it comes on top of what an opening drained.
impl<L: Drain + Charge, W: AtomicWord> Charge for Gated<L, W> {
    fn charge(&self, now: Nanos, cost: L::Cost) -> L::Cost {
        let _shut = self.pass(now);
        self.limit.charge(now, cost)
    }
}

/// A reservation is for a time at which the gate is open, as far as is known: while it is shut with an end, it is taken from the limit as
/// that will be when drained, and the limit's horizon has to hold it. The limit stays drained for then when it is cancelled, or when
/// somebody opens the gate earlier.
impl<L: Drain + Reserve, W: AtomicWord> Reserve for Gated<L, W> {
    type Ticket = L::Ticket;

    fn max_patience(&self) -> Nanos {
        self.limit.max_patience()
    }

    fn reserve_after(&self, now: Nanos, delay: Nanos, cost: L::Cost, patience: Nanos) -> Reservation<L::Ticket> {
        match self.delay(now, delay, cost, patience) {
            Ok(delay) => self.limit.reserve_after(now, delay, cost, patience),
            Err(refused) => refused,
        }
    }

    fn cancel(&self, now: Nanos, ticket: L::Ticket) -> bool {
        self.limit.cancel(now, ticket)
    }

    fn refund(&self, now: Nanos, ticket: L::Ticket, unused: L::Cost) {
        self.limit.refund(now, ticket, unused);
    }
}

impl<L: Drain + NamedLimit, W: AtomicWord> NamedLimit for Gated<L, W> {
    fn peek_named(&self, now: Nanos, costs: L::Cost) -> SetDecision {
        match self.pass(now) {
            Ok(()) => self.limit.peek_named(now, costs),
            Err(shut) => self.refusal_named(now, shut, costs),
        }
    }

    fn decide_named(&self, now: Nanos, costs: L::Cost) -> SetDecision {
        match self.pass(now) {
            Ok(()) => self.limit.decide_named(now, costs),
            Err(shut) => self.refusal_named(now, shut, costs),
        }
    }
}

impl<L: Drain + NamedReserve, W: AtomicWord> NamedReserve for Gated<L, W> {
    fn reserve_after_named(&self, now: Nanos, delay: Nanos, costs: L::Cost, patience: Nanos) -> NamedReservation<L::Ticket> {
        match self.delay(now, delay, costs, patience) {
            Ok(delay) => self.limit.reserve_after_named(now, delay, costs, patience),
            Err(impossible @ Reservation::Impossible { .. }) => (impossible, self.limit.peek_named(now, costs).limit()),
            Err(refused) => (refused, None),
        }
    }
}

impl<L: Drain + NamedLimit, W: AtomicWord> Gated<L, W> {
    fn refusal_named(&self, now: Nanos, shut: Option<Nanos>, costs: L::Cost) -> SetDecision {
        match self.limit.peek_named(now, costs) {
            impossible @ SetDecision::Impossible { .. } => impossible,
            _ => SetDecision::Shut { retry_after: self.wait_shut(now, now, shut, L::Cost::NOTHING, costs) },
        }
    }
}

impl<L: Drain + Reserve, W: AtomicWord> Gated<L, W> {
    /// From when on the limit may be asked for a time: `delay`, or once the gate has opened, for which the limit is then drained.
    fn delay(&self, now: Nanos, delay: Nanos, cost: L::Cost, patience: Nanos) -> Result<Nanos, Reservation<L::Ticket>> {
        let Err(shut) = self.pass(now) else { return Ok(delay) };
        if let Decision::Impossible { most } = self.limit.peek(now, cost) {
            return Err(Reservation::Impossible { most });
        }
        let patience = patience.min(self.max_patience());
        let retry_after = self.wait_shut(now, now, shut, L::Cost::NOTHING, cost).max(delay);
        let Some(closed) = shut.filter(|_| retry_after <= patience) else { return Err(Reservation::Denied { retry_after, patience }) };
        self.limit.drain_since(now, now.saturating_add(closed));
        Ok(closed.max(delay))
    }
}

impl<L: Drain, W: AtomicWord> Gated<L, W> {
    #[inline]
    fn pass(&self, now: Nanos) -> Result<(), Option<Nanos>> {
        self.gate.pass(now, |since| self.limit.drain_since(now, since))
    }

    fn refusal(&self, now: Nanos, shut: Option<Nanos>, cost: L::Cost) -> Decision {
        match self.limit.peek(now, cost) {
            impossible @ Decision::Impossible { .. } => impossible,
            _ => Decision::Denied { retry_after: self.wait_shut(now, now, shut, L::Cost::NOTHING, cost) },
        }
    }

    /// How long after `then` the gate is shut; nothing for a latch without an end.
    fn shut_from(&self, now: Nanos, then: Nanos) -> Option<Nanos> {
        match self.pass(now) {
            Ok(()) => Some(Nanos::ZERO),
            Err(shut) => Some(now.saturating_add(shut?).saturating_sub(then)),
        }
    }

    /// From `then` on, until it has been `shut` for so long and the drained limit has enough.
    fn wait_shut(&self, now: Nanos, then: Nanos, shut: Option<Nanos>, queued: <L::Cost as Cost>::Total, cost: L::Cost) -> Nanos {
        let Some(shut) = shut else { return Nanos::MAX };
        shut.saturating_add(self.limit.wait_drained(now, then.saturating_add(shut), queued, cost))
    }

    /// What is left at `then`, from when on it is `shut` for so long.
    fn snapshot_shut(&self, now: Nanos, then: Nanos, shut: Option<Nanos>) -> <L::Cost as Cost>::Each<Snapshot> {
        let shut = shut.unwrap_or(Nanos::MAX);
        L::Cost::map(self.limit.snapshot_drained(now, then.saturating_add(shut)), |snapshot| Snapshot {
            remaining: if shut > Nanos::ZERO { 0 } else { snapshot.remaining },
            retry_after: shut.saturating_add(snapshot.retry_after),
            reset_after: shut.saturating_add(snapshot.reset_after),
            ..snapshot
        })
    }
}
