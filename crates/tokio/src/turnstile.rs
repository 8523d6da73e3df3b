use std::time::Duration;

use paceline::{Backlog, Clock, Decision, Limit, Limiter, Nanos, Refused};
use tokio::{
    sync::Mutex,
    time::{sleep, timeout},
};

use crate::TokioClock;

/// A limit with a line before it: tasks pass one by one, in the order in which they came.
///
/// They stand in tokio's own fair queue, and only the first looks at the clock and sleeps: a thousand that wait cost one timer. A
/// call that finds no line and a limit with room takes neither lock nor place. Who can't pass within his patience
/// is told so at once, since the wait counts what stands ahead.
///
/// tokio wakes sleepers on the millisecond. Who wakes late catches up out of the burst, so give one of two milliseconds' worth or more: at
/// 1,000 a second a burst of 1 halves the rate, one of 4 loses nothing.
///
/// # Cancel safety
/// Dropping a call leaves the line. Nothing has been taken, so there is nothing to give back.
#[derive(Debug)]
pub struct Turnstile<L: Limit> {
    limiter: Limiter<L, TokioClock>,
    backlog: Backlog<L::Cost>,
    /// Whoever holds it is first in line.
    first: Mutex<()>,
}

impl<L: Limit> Turnstile<L> {
    /// A turnstile with nobody before it. Its clock starts now.
    pub fn new(limit: L) -> Self {
        Self { limiter: Limiter::new(limit, TokioClock::new()), backlog: Backlog::default(), first: Mutex::new(()) }
    }

    /// The limiter behind it. Who calls that passes the line by.
    pub fn limiter(&self) -> &Limiter<L, TokioClock> {
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
    pub async fn acquire(&self, cost: L::Cost) -> Result<(), Refused> {
        self.acquire_within(cost, Duration::MAX).await
    }

    /// Waits in line until `cost` is admitted, if that takes no longer than `patience`.
    ///
    /// # Errors
    /// [`Refused`] at once where the cost is larger than the burst or the wait would be longer; and before the patience ends, where the
    /// wait has become longer than it was at the door: by somebody who passed the line by, or in a [`Set`](paceline::Set), whose
    /// forecast is the least.
    pub async fn acquire_within(&self, cost: L::Cost, patience: Duration) -> Result<(), Refused> {
        if self.try_acquire(cost).is_allowed() {
            return Ok(());
        }
        let patience = Nanos::from_duration(patience);
        let deadline = self.limiter.clock().now().saturating_add(patience);
        let mut place = self.backlog.join(&self.limiter, cost, patience)?;
        let Ok(_first) = timeout(patience.to_duration(), self.first.lock()).await else {
            return Err(place.too_late(&self.limiter));
        };
        while let Some(wait) = place.try_pass(&self.limiter, deadline)? {
            sleep(wait.to_duration()).await;
        }
        Ok(())
    }
}
