use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
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
    line: Mutex<Line>,
    moved: Condvar,
}

/// Who stands in line, first to last, by number.
#[derive(Debug, Default)]
struct Line {
    next: u64,
    order: VecDeque<u64>,
}

impl<L: Limit, C: Clock> Turnstile<L, C> {
    /// A turnstile with nobody before it.
    pub fn new(limiter: Limiter<L, C>) -> Self {
        Self { limiter, backlog: Backlog::default(), line: Mutex::default(), moved: Condvar::new() }
    }

    /// The limiter behind it. Who calls that passes the line by.
    pub fn limiter(&self) -> &Limiter<L, C> {
        &self.limiter
    }

    /// How many stand in line, the first among them.
    pub fn waiting(&self) -> usize {
        self.backlog.waiting()
    }

    /// Takes `cost` now or nothing; behind a line there is always a wait.
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
    /// [`Refused`] at once where the cost is larger than the burst or the wait would be longer; and when the patience ends, where
    /// somebody who passed the line by has made the wait longer than it was at the door.
    pub fn acquire_within(&self, cost: L::Cost, patience: Duration) -> Result<(), Refused> {
        if self.try_acquire(cost).is_allowed() {
            return Ok(());
        }
        let patience = Nanos::from_duration(patience);
        let deadline = self.limiter.clock().now().saturating_add(patience);
        let place = self.backlog.join(&self.limiter, cost, patience)?;
        let number = self.stand_in_line();
        let passed = self.wait_and_pass(number, &place, deadline);
        self.leave_line(number);
        passed
    }

    fn stand_in_line(&self) -> u64 {
        let mut line = self.lock_line();
        line.next = line.next.wrapping_add(1);
        let number = line.next;
        line.order.push_back(number);
        number
    }

    fn wait_and_pass(&self, number: u64, place: &Place<'_, L::Cost>, deadline: Nanos) -> Result<(), Refused> {
        self.wait_to_be_first(number, deadline);
        while let Some(wait) = place.try_pass(&self.limiter, deadline)? {
            thread::sleep(wait.to_duration());
        }
        Ok(())
    }

    /// Returns as the first in line; or at the deadline, which is past the forecast, so that what follows is a refusal or luck.
    fn wait_to_be_first(&self, number: u64, deadline: Nanos) {
        let patience = deadline.saturating_sub(self.limiter.clock().now()).to_duration();
        let end = Instant::now().checked_add(patience);
        let mut line = self.lock_line();
        while line.order.front() != Some(&number) {
            let left = end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return;
            }
            line = self.moved.wait_timeout(line, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn leave_line(&self, number: u64) {
        self.lock_line().order.retain(|&other| other != number);
        self.moved.notify_all();
    }

    /// Nothing can panic while it holds this, so a poisoned line is still in order.
    fn lock_line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
