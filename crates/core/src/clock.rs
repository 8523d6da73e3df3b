use core::ops::Deref;

use crate::Nanos;

/// Where a [`Limiter`](crate::Limiter) reads the time.
///
/// Readings count from any start. A reading that is behind others makes the decision stricter, never looser, as long as it
/// is within the skew that the limit tolerates ([`Gcra::new`](crate::Gcra::new)).
pub trait Clock {
    /// The time now.
    fn now(&self) -> Nanos;
}

impl<P: Deref<Target: Clock>> Clock for P {
    fn now(&self) -> Nanos {
        (**self).now()
    }
}
