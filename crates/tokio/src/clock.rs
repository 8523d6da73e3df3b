use paceline::{Clock, Nanos};
use tokio::time::Instant;

/// tokio's clock, counted from the making of this value: where a test pauses or advances time, so does the limiter.
#[derive(Clone, Copy, Debug)]
pub struct TokioClock {
    start: Instant,
}

impl TokioClock {
    /// A clock that starts now.
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for TokioClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TokioClock {
    #[inline]
    fn now(&self) -> Nanos {
        self.start.elapsed().into()
    }
}
