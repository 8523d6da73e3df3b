use std::sync::{self, PoisonError};

use crate::Lock;

/// The operating system's lock, for a [`Locked`](crate::Locked) limit.
///
/// Nothing can panic while a limit holds it, so it takes no notice of being poisoned.
///
/// ```
/// use paceline::{CarryOver, Gcra, Limit, Locked, Mutex, Nanos, Quota};
///
/// let gcra: Gcra = Gcra::new(Quota::per_minute(60).burst(1))?;
/// let limit = Locked::new(Mutex::new((gcra, 0)));
/// assert!(limit.decide(Nanos::ZERO, 1).is_allowed());
/// limit.set_quota(Nanos::ZERO, Gcra::new(Quota::per_minute(120).burst(1))?, CarryOver::AsIs); // while others use it
/// # Ok::<(), paceline::QuotaError>(())
/// ```
#[derive(Default, Debug)]
pub struct Mutex<T>(sync::Mutex<T>);

impl<T> Mutex<T> {
    /// A lock around `value`.
    pub const fn new(value: T) -> Self {
        Self(sync::Mutex::new(value))
    }
}

impl<T> Lock<T> for Mutex<T> {
    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use std::panic;

    use super::*;

    /// Seen to fail when a poisoned lock panics.
    #[test]
    fn a_panic_under_the_lock_leaves_it_usable() {
        let lock = Mutex::new(1);
        assert!(panic::catch_unwind(|| lock.with(|_| panic!("under the lock"))).is_err());
        assert_eq!(lock.with(|value| *value), 1);
    }
}
