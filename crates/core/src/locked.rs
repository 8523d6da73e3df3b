use core::marker::PhantomData;

use crate::{
    Algorithm, CarryOver, Cell, Nanos,
    algorithm::Reconfigure,
    cell::{StateOf, limit_of_cell},
};

/// A lock around a `T`, handed in as a type: a mutex of the operating system, a critical section of the firmware.
pub trait Lock<T> {
    /// What `act` makes of the value, alone with it. `act` neither panics nor calls out.
    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R;
}

/// An [`Algorithm`] behind a lock: for states of any width, for targets without a compare-exchange, and for numbers that change while
/// others use the limit.
///
/// ```
/// use std::sync::Mutex;
/// use paceline_core::{Algorithm, CarryOver, Decision, Gcra, Limit, Lock, Locked, Nanos, Quota};
///
/// struct Guarded<T>(Mutex<T>);
/// impl<T> Lock<T> for Guarded<T> {
///     fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
///         act(&mut self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
///     }
/// }
///
/// let gcra: Gcra = Gcra::new(Quota::per_minute(60).burst(10))?;
/// let limit = Locked::new(Guarded(Mutex::new((gcra, Default::default()))));
/// assert!(limit.decide(Nanos::ZERO, 10).is_allowed());
/// limit.set_quota(Nanos::ZERO, Gcra::new(Quota::per_minute(120).burst(10))?, CarryOver::AsIs);
/// assert_eq!(limit.decide(Nanos::ZERO, 1), Decision::Denied { retry_after: Nanos::from_millis(500) });
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
#[derive(Debug)]
pub struct Locked<A, M> {
    lock: M,
    algorithm: PhantomData<fn() -> A>,
}

impl<A: Algorithm, M: Lock<(A, A::State)>> Locked<A, M> {
    /// Never lock-free.
    pub const IS_LOCK_FREE: bool = false;

    /// A limit whose algorithm and state are in `lock`; the default state is one that was never used.
    pub const fn new(lock: M) -> Self {
        Self { lock, algorithm: PhantomData }
    }

    /// Decides by `algorithm` from now on. What was earned until then was earned at the old rate; `rule` says what becomes of the rest.
    pub fn set_quota(&self, now: Nanos, algorithm: A, rule: CarryOver)
    where
        A: Reconfigure,
    {
        self.lock.with(|(old, state)| {
            *state = old.carry_over(state, now, &algorithm, rule);
            *old = algorithm;
        });
    }
}

impl<A: Algorithm, M: Lock<(A, A::State)>> Cell for Locked<A, M> {
    type Algorithm = A;

    fn read<R>(&self, look: impl FnOnce(&A, &StateOf<Self>) -> R) -> R {
        self.lock.with(|(algorithm, state)| look(algorithm, state))
    }

    fn update<R>(&self, change: impl Fn(&A, &mut StateOf<Self>) -> R, _: impl Fn(&R) -> bool) -> R {
        self.lock.with(|(algorithm, state)| change(algorithm, state))
    }
}

limit_of_cell!([A: Algorithm, M: Lock<(A, A::State)>] Locked<A, M>);
