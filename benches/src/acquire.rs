//! The limiter, its peers, and the same by hand.

use std::{
    hint::black_box,
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use governor::{
    DefaultDirectRateLimiter, RateLimiter,
    clock::{Clock as _, QuantaClock},
};
use paceline::{Atomic, Decision, Gcra, Limit, Limiter, Nanos, Quota, Tsc};
use ratelimit::Ratelimiter;

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

/// The same decision by hand, for a cost of 1: a load, compares and a compare-exchange, with ticks, horizon and exact wait.
pub struct HandWritten {
    tat: AtomicU64,
    interval: u64,
    tolerance: u64,
    horizon: u64,
    shift: u32,
}

impl HandWritten {
    /// The floor at `quota`, in ticks of a nanosecond.
    pub fn new(quota: Quota) -> Self {
        let interval = quota.interval().0;
        let tolerance = interval * (u64::from(quota.max_burst()) - 1);
        Self { tat: AtomicU64::new(0), interval, tolerance, horizon: tolerance + interval + 1_000_000_000, shift: 0 }
    }

    #[inline]
    fn try_acquire(&self, now: u64) -> Result<(), u64> {
        let now = now.wrapping_shl(self.shift);
        let mut tat = self.tat.load(Relaxed);
        loop {
            let ahead = tat.wrapping_sub(now);
            let ahead = if ahead <= self.horizon { ahead } else { 0 };
            if ahead > self.tolerance {
                return Err((ahead - self.tolerance - 1).wrapping_shr(self.shift) + 1);
            }
            match self.tat.compare_exchange_weak(tat, now + ahead + self.interval, Relaxed, Relaxed) {
                Ok(_) => return Ok(()),
                Err(seen) => tat = seen,
            }
        }
    }
}

impl PassedIn for HandWritten {
    #[inline]
    fn call(&self, now: u64) -> bool {
        self.try_acquire(now).is_ok()
    }
}

/// The least that any limiter in one word does: yes or no, a cost of 1, whole nanoseconds, a clock that never errs.
pub struct Bare {
    tat: AtomicU64,
    interval: u64,
    tolerance: u64,
}

impl Bare {
    /// The least at `quota`.
    pub fn new(quota: Quota) -> Self {
        let HandWritten { tat, interval, tolerance, .. } = HandWritten::new(quota);
        Self { tat, interval, tolerance }
    }
}

impl PassedIn for Bare {
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

/// ratelimit with its own clock, the system's.
pub fn ratelimit(quota: Quota) -> Ratelimiter {
    let burst = u64::from(quota.max_burst());
    let builder = Ratelimiter::builder(quota.limit().into()).period(quota.period().to_duration());
    builder.max_tokens(burst).initial_available(burst).build().expect("a rate")
}

impl Clocked for Ratelimiter {
    #[inline]
    fn call(&self) -> bool {
        self.try_wait().is_ok()
    }
}

/// A limiter whose refusals are asked for the wait.
pub struct WithWait<L>(pub L);

impl Clocked for WithWait<Limiter<Atomic<Gcra>, Tsc>> {
    #[inline]
    fn call(&self) -> bool {
        match self.0.try_acquire(1) {
            Decision::Denied { retry_after } => black_box(retry_after) == Nanos::ZERO,
            decision => decision.is_allowed(),
        }
    }
}

impl Clocked for WithWait<DefaultDirectRateLimiter> {
    #[inline]
    fn call(&self) -> bool {
        self.0.check().map_err(|until| black_box(until.wait_time_from(self.0.clock().now()))).is_ok()
    }
}
