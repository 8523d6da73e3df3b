use crate::{
    Clock, Nanos,
    sync::{AtomicU64, Ordering::Relaxed, const_unless_loom},
};

/// A clock that stands still until it is told otherwise: for tests, simulations, and callers who keep time themselves.
///
/// A value, not a global: two tests have two clocks. It may be set backwards, as real clocks are.
///
/// ```
/// use paceline_core::{Clock, ManualClock, Nanos};
/// let clock = ManualClock::new(Nanos::ZERO);
/// clock.advance(Nanos::from_secs(2));
/// assert_eq!(clock.now(), Nanos::from_secs(2));
/// ```
#[derive(Debug)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    const_unless_loom! {
        /// A clock that reads `now`.
        pub fn new(now: Nanos) -> Self {
            Self(AtomicU64::new(now.0))
        }
    }

    /// Reads `now` from here on.
    pub fn set(&self, now: Nanos) {
        self.0.store(now.0, Relaxed);
    }

    /// Reads `span` later from here on, at most [`Nanos::MAX`]. Threads that advance together add up.
    pub fn advance(&self, span: Nanos) {
        let later = |now| Some(Nanos(now).saturating_add(span).0);
        let _ = self.0.fetch_update(Relaxed, Relaxed, later);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Nanos {
        Nanos(self.0.load(Relaxed))
    }
}
