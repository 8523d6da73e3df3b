//! One limit of the client.

use std::time::Duration;

use paceline::{Atomic, Cost, Decision, Gcra, HeapCostLog, Limit, Nanos, Quota, QuotaError, Snapshot};

/// The twin of a server's bucket, of a counter that resets, or of nothing.
pub(super) enum ClientLimit {
    Bucket { quota: Quota, bucket: Atomic<Gcra> },
    Log { most: u32, log: HeapCostLog },
    Unlimited,
}

impl ClientLimit {
    pub(super) fn bucket(quota: Quota) -> Result<Self, QuotaError> {
        Gcra::new(quota).map(|gcra| Self::Bucket { quota, bucket: Atomic::new(gcra) })
    }

    pub(super) fn log(most: u32, window: Duration) -> Self {
        Self::Log { most, log: HeapCostLog::new(most, window) }
    }

    /// How long until all that was admitted has drained.
    pub(super) fn full_in(&self, now: Nanos) -> Nanos {
        self.wait_behind(now, self.most().into(), 0)
    }

    /// Takes, before anything else is taken, what an earlier process left to drain: as much as drains in `full_in`, at most everything.
    pub(super) fn spend(&self, full_in: Nanos) {
        let spent = match self {
            Self::Bucket { quota, .. } => (u128::from(full_in.0) * u128::from(quota.limit())).div_ceil(quota.period().0.into()),
            // What a log held, it does not tell.
            Self::Log { .. } if full_in > Nanos::ZERO => u128::MAX,
            Self::Log { .. } | Self::Unlimited => 0,
        };
        let spent = u32::try_from(spent).unwrap_or(u32::MAX).min(self.most());
        let _ = self.decide(Nanos::ZERO, spent);
    }

    /// The largest cost that is ever admitted.
    fn most(&self) -> u32 {
        match self {
            Self::Bucket { quota, .. } => quota.max_burst(),
            Self::Log { most, .. } => *most,
            Self::Unlimited => u32::MAX,
        }
    }

    fn limit(&self) -> Option<&dyn Limit<Cost = u32>> {
        match self {
            Self::Bucket { bucket, .. } => Some(bucket),
            Self::Log { log, .. } => Some(log),
            Self::Unlimited => None,
        }
    }
}

impl Limit for ClientLimit {
    type Cost = u32;

    fn peek(&self, now: Nanos, cost: u32) -> Decision {
        self.limit().map_or(Decision::Allowed, |limit| limit.peek(now, cost))
    }

    fn decide(&self, now: Nanos, cost: u32) -> Decision {
        self.limit().map_or(Decision::Allowed, |limit| limit.decide(now, cost))
    }

    fn undo(&self, now: Nanos, cost: u32) {
        if let Some(limit) = self.limit() {
            limit.undo(now, cost);
        }
    }

    fn wait_behind(&self, now: Nanos, queued: <u32 as Cost>::Total, cost: u32) -> Nanos {
        self.limit().map_or(Nanos::ZERO, |limit| limit.wait_behind(now, queued, cost))
    }

    fn snapshot(&self, now: Nanos) -> Snapshot {
        let unlimited = Snapshot { limit: u32::MAX, remaining: u32::MAX, retry_after: Nanos::ZERO, reset_after: Nanos::ZERO };
        self.limit().map_or(unlimited, |limit| limit.snapshot(now))
    }
}
