use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use crate::{Clock, Cost, Decision, Limit, Limiter, Nanos, Refused};

/// The costs that stand in line before a limiter, so that a newcomer learns at the door how long the wait will be.
///
/// It is the part of a turnstile that every runtime shares. The order of the line is the runtime's own: who is first in
/// it calls [`Place::try_pass`], sleeps as long as it is told, and calls again. Nobody else decides, so a large cost does not
/// starve behind small ones, and nobody but the first needs to know the time.
#[derive(Debug)]
pub struct Backlog<C: Cost> {
    queued: Mutex<C::Total>,
    waiting: AtomicUsize,
}

impl<C: Cost> Default for Backlog<C> {
    fn default() -> Self {
        Self { queued: Mutex::new(C::NOTHING), waiting: AtomicUsize::new(0) }
    }
}

impl<C: Cost> Backlog<C> {
    /// Takes `cost` if that keeps nobody in line waiting; else tells how long a newcomer would wait. Lock-free where there is no line.
    pub fn try_acquire<L: Limit<Cost = C>>(&self, limiter: &Limiter<L, impl Clock>, cost: C) -> Decision {
        if self.waiting() == 0 {
            return limiter.try_acquire(cost);
        }
        if let impossible @ Decision::Impossible { .. } = limiter.peek(cost) {
            return impossible;
        }
        match self.forecast(limiter, *self.lock(), cost) {
            Nanos::ZERO => limiter.try_acquire(cost),
            retry_after => Decision::Denied { retry_after },
        }
    }

    /// Joins the line with `cost`, unless the wait would be longer than `patience` or no wait would help.
    pub fn join<L: Limit<Cost = C>>(&self, limiter: &Limiter<L, impl Clock>, cost: C, patience: Nanos) -> Result<Place<'_, C>, Refused> {
        if let Decision::Impossible { most } = limiter.peek(cost) {
            return Err(Refused::Impossible { most });
        }
        let mut queued = self.lock();
        let wait = self.forecast(limiter, *queued, cost);
        if wait > patience {
            return Err(Refused::TooLate { wait });
        }
        *queued = cost.added_to(*queued);
        self.waiting.fetch_add(1, Relaxed);
        Ok(Place { backlog: self, cost, passed: false })
    }

    /// How many stand in line, the first among them.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Relaxed)
    }

    fn forecast<L: Limit<Cost = C>>(&self, limiter: &Limiter<L, impl Clock>, queued: C::Total, cost: C) -> Nanos {
        limiter.limit().wait_behind(limiter.clock().now(), queued, cost)
    }

    fn leave(&self, queued: &mut C::Total, cost: C) {
        *queued = cost.taken_from(*queued);
        self.waiting.fetch_sub(1, Relaxed);
    }

    /// A limit or clock that panics does so before the total is changed, so a poisoned total is still right.
    fn lock(&self) -> MutexGuard<'_, C::Total> {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in a [`Backlog`]. Dropping it leaves the line, with nothing to give back.
#[derive(Debug)]
pub struct Place<'a, C: Cost> {
    backlog: &'a Backlog<C>,
    cost: C,
    passed: bool,
}

impl<C: Cost> Place<'_, C> {
    /// Decides for the first in line: `Ok(None)` has passed and no longer stands in it, `Ok(Some(wait))` has to sleep and ask again.
    ///
    /// # Errors
    /// [`Refused`] where the wait ends after `deadline`.
    pub fn try_pass<L: Limit<Cost = C>>(&mut self, limiter: &Limiter<L, impl Clock>, deadline: Nanos) -> Result<Option<Nanos>, Refused> {
        let mut queued = self.backlog.lock(); // who looks meanwhile must not see this cost twice, in the limit and in line
        let now = limiter.clock().now();
        match limiter.limit().decide(now, self.cost) {
            Decision::Allowed => {
                self.passed = true;
                self.backlog.leave(&mut queued, self.cost);
                Ok(None)
            }
            Decision::Impossible { most } => Err(Refused::Impossible { most }),
            Decision::Denied { retry_after } if now.saturating_add(retry_after) > deadline => Err(Refused::TooLate { wait: retry_after }),
            Decision::Denied { retry_after } => Ok(Some(retry_after)),
        }
    }

    /// The refusal of one whose patience ends before he is first: he has waited in vain, and would have to wait at least this long.
    pub fn too_late<L: Limit<Cost = C>>(&self, limiter: &Limiter<L, impl Clock>) -> Refused {
        Refused::TooLate { wait: self.backlog.forecast(limiter, C::NOTHING, self.cost) }
    }
}

impl<C: Cost> Drop for Place<'_, C> {
    fn drop(&mut self) {
        if !self.passed {
            self.backlog.leave(&mut self.backlog.lock(), self.cost);
        }
    }
}
