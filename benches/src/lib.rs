//! What the benchmarks compare: the limiters, and the least that any lock-free limiter has to do.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use governor::{DefaultDirectRateLimiter, RateLimiter, clock::QuantaClock};
use paceline::{Atomic, Gcra, Limit, Limiter, Nanos, Quota, Tsc};

/// A quota that a loop of calls never reaches.
pub const OPEN: Quota = Quota::per_second(1_000_000_000);

/// A quota that its first call uses up for longer than a benchmark lasts.
pub const SHUT: Quota = Quota::per_day(1);

/// A limiter that takes the time from its caller.
pub trait PassedIn {
    /// Whether a call of cost 1 is admitted at `now` nanoseconds.
    fn call(&self, now: u64) -> bool;
}

/// A limiter that reads a clock.
pub trait Clocked {
    /// Whether a call of cost 1 is admitted now.
    fn call(&self) -> bool;
}

/// The floor: a load, a compare and a compare-exchange, written by hand for a cost of 1 and without an answer but yes or no.
pub struct HandWritten {
    tat: AtomicU64,
    interval: u64,
    tolerance: u64,
}

impl HandWritten {
    /// The floor at `quota`.
    pub fn new(quota: Quota) -> Self {
        let interval = quota.interval().0;
        Self { tat: AtomicU64::new(0), interval, tolerance: interval * (u64::from(quota.max_burst()) - 1) }
    }
}

impl PassedIn for HandWritten {
    #[inline]
    fn call(&self, now: u64) -> bool {
        let mut tat = self.tat.load(Relaxed);
        loop {
            if tat > now + self.tolerance {
                return false;
            }
            match self.tat.compare_exchange_weak(tat, tat.max(now) + self.interval, Relaxed, Relaxed) {
                Ok(_) => return true,
                Err(seen) => tat = seen,
            }
        }
    }
}

/// The project's GCRA in one atomic word.
pub fn paceline(quota: Quota) -> Atomic<Gcra> {
    Atomic::new(Gcra::new(quota).expect("a rate"))
}

impl PassedIn for Atomic<Gcra> {
    #[inline]
    fn call(&self, now: u64) -> bool {
        self.decide(Nanos(now), 1).is_allowed()
    }
}

/// The same with the TSC clock.
pub fn paceline_tsc(quota: Quota) -> Limiter<Atomic<Gcra>, Tsc> {
    Limiter::new(paceline(quota), Tsc)
}

impl Clocked for Limiter<Atomic<Gcra>, Tsc> {
    #[inline]
    fn call(&self) -> bool {
        self.try_acquire(1).is_allowed()
    }
}

/// governor with its default clock, the TSC.
pub fn governor_tsc(quota: Quota) -> DefaultDirectRateLimiter {
    let burst = NonZeroU32::new(quota.max_burst()).expect("a burst");
    let quota = governor::Quota::with_period(quota.interval().to_duration()).expect("a period").allow_burst(burst);
    RateLimiter::direct_with_clock(quota, QuantaClock::default())
}

impl Clocked for DefaultDirectRateLimiter {
    #[inline]
    fn call(&self) -> bool {
        self.check().is_ok()
    }
}
