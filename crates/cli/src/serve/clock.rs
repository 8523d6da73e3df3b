//! The server's time: microseconds since it started, and the limiter's faster run of them.

use std::time::Duration;

use tokio::time::Instant;

/// A monotonic clock, and how many times as fast the limiter's own time passes.
pub(crate) struct Clock {
    start: Instant,
    scale: u64,
}

impl Clock {
    pub(crate) fn start(scale: u64) -> Self {
        Self { start: Instant::now(), scale }
    }

    /// Real time since the start, in whole microseconds. It is what the log tells, and all that the limiter is told.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// The limiter's time at the real time `now`.
    pub(crate) fn limiter_time(&self, now: u64) -> u64 {
        now.saturating_mul(self.scale)
    }

    /// How long a client really waits for `span` of the limiter's time: rounded up, so that it never comes early.
    pub(crate) fn real(&self, span: u64) -> Duration {
        Duration::from_micros(span.div_ceil(self.scale))
    }
}
