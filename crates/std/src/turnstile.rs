use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use crate::{Backlog, Clock, Decision, Limit, Limiter, Nanos, Place, Refused};

/// A [`Limiter`] with a line before it: threads pass one by one, in the order in which they came.
///
/// Only the first in line looks at the clock and sleeps. A call that finds no line and a limit with room takes neither lock
/// nor place. Who can't pass within his patience is told so at once, since the wait counts what stands ahead.
///
/// ```
/// use std::time::Duration;
/// use paceline::{Atomic, Gcra, Limiter, Monotonic, Quota, Refused, Turnstile};
///
/// let turnstile = Turnstile::new(Limiter::new(Atomic::new(Gcra::new(Quota::per_second(100).burst(1))?), Monotonic));
/// turnstile.acquire(1)?;
/// turnstile.acquire(1)?; // 10 ms later
/// assert!(matches!(turnstile.acquire_within(1, Duration::from_millis(1)), Err(Refused::TooLate { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Turnstile<L: Limit, C> {
    limiter: Limiter<L, C>,
    backlog: Backlog<L::Cost>,
    /// Who stands in line, first to last. A thread stands in it once.
    line: Mutex<VecDeque<Thread>>,
}

impl<L: Limit, C: Clock> Turnstile<L, C> {
    /// A turnstile with nobody before it.
    pub fn new(limiter: Limiter<L, C>) -> Self {
        Self { limiter, backlog: Backlog::default(), line: Mutex::default() }
    }

    /// The limiter behind it. Who calls that passes the line by.
    pub fn limiter(&self) -> &Limiter<L, C> {
        &self.limiter
    }

    /// How many stand in line, the first among them.
    pub fn waiting(&self) -> usize {
        self.backlog.waiting()
    }

    /// Takes `cost` now or nothing; passes a line by only where that keeps nobody in it waiting.
    pub fn try_acquire(&self, cost: L::Cost) -> Decision {
        self.backlog.try_acquire(&self.limiter, cost)
    }

    /// Waits in line until `cost` is admitted.
    ///
    /// # Errors
    /// [`Refused::Impossible`] at once where the cost is larger than the burst.
    pub fn acquire(&self, cost: L::Cost) -> Result<(), Refused> {
        self.acquire_within(cost, Duration::MAX)
    }

    /// Waits in line until `cost` is admitted, if that takes no longer than `patience`.
    ///
    /// # Errors
    /// [`Refused`] at once where the cost is larger than the burst or the wait would be longer; and at the end of the patience, where the
    /// wait has become longer than it was at the door: by somebody who passed the line by, or in a [`Set`](crate::Set), whose
    /// forecast is the least.
    pub fn acquire_within(&self, cost: L::Cost, patience: Duration) -> Result<(), Refused> {
        if self.try_acquire(cost).is_allowed() {
            return Ok(());
        }
        let patience = Nanos::from_duration(patience);
        let deadline = self.limiter.clock().now().saturating_add(patience);
        let mut standing = self.stand_in_line(cost, patience)?;
        standing.wait_to_be_first(patience.to_duration())?;
        while let Some(wait) = standing.place.try_pass(&self.limiter, deadline)? {
            thread::sleep(wait.to_duration());
        }
        Ok(())
    }

    /// Takes a place in the backlog and in the line at once, so that the forecast and the order agree.
    fn stand_in_line(&self, cost: L::Cost, patience: Nanos) -> Result<Standing<'_, L, C>, Refused> {
        let mut line = self.lock_line();
        let place = self.backlog.join(&self.limiter, cost, patience)?;
        line.push_back(thread::current());
        Ok(Standing { turnstile: self, place })
    }
}

impl<L: Limit, C> Turnstile<L, C> {
    /// What can panic while it holds this (a limit, a clock) does so before the line is changed, so a poisoned line is still in order.
    fn lock_line(&self) -> MutexGuard<'_, VecDeque<Thread>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// This thread in line. Dropping it leaves the line, also when a limit panics, and wakes whoever is first then.
struct Standing<'a, L: Limit, C> {
    turnstile: &'a Turnstile<L, C>,
    place: Place<'a, L::Cost>,
}

impl<L: Limit, C: Clock> Standing<'_, L, C> {
    fn wait_to_be_first(&self, patience: Duration) -> Result<(), Refused> {
        let end = Instant::now().checked_add(patience);
        while !self.is_first() {
            let left = end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Err(self.place.too_late(&self.turnstile.limiter));
            }
            thread::park_timeout(left);
        }
        Ok(())
    }

    fn is_first(&self) -> bool {
        self.turnstile.lock_line().front().is_some_and(|first| first.id() == thread::current().id())
    }
}

impl<L: Limit, C> Drop for Standing<'_, L, C> {
    fn drop(&mut self) {
        let mut line = self.turnstile.lock_line();
        line.retain(|other| other.id() != thread::current().id());
        if let Some(first) = line.front() {
            first.unpark();
        }
    }
}
