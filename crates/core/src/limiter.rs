use crate::{Clock, Decision, Limit, Set, SetDecision};

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
}

impl<L: Limit<Cost = u32>, C: Clock, const N: usize> Limiter<Set<L, N>, C> {
    /// Takes every cost now or nothing, and names the limit that refused.
    #[inline]
    pub fn try_acquire_named(&self, costs: [u32; N]) -> SetDecision {
        self.limit.decide_named(self.clock.now(), costs)
    }

    /// What [`try_acquire_named`](Self::try_acquire_named) would answer, with nothing taken.
    #[inline]
    pub fn peek_named(&self, costs: [u32; N]) -> SetDecision {
        self.limit.peek_named(self.clock.now(), costs)
    }
}
