//! What limiters are made of, and what they answer.

use core::time::Duration;

use paceline_core::{Backoff, Decision, Failure, Gcra, Horizon, Nanos, Quota, QuotaError, RestoreError, Retry, Saved, SetDecision, Ticket};

use crate::{
    limiters::{Shared, Timed},
    verbs::{export, exports},
};

exports! { "quota", Quota:
    new(limit: u32, period: Duration) -> Quota;
    per_second(limit: u32) -> Quota;
    per_minute(limit: u32) -> Quota;
    per_hour(limit: u32) -> Quota;
    per_day(limit: u32) -> Quota;
    burst(quota: Quota, burst: u32) -> Quota;
    limit(quota: Quota) -> u32;
    period(quota: Quota) -> Nanos;
    max_burst(quota: Quota) -> u32;
    interval(quota: Quota) -> Nanos;
    loss(quota: Quota) -> Result<u32, QuotaError>;
    loss_in::<u32>(quota: Quota) -> Result<u32, QuotaError>;
}

exports! { "horizon", Horizon:
    of(quota: Quota) -> Horizon;
    debt(horizon: Horizon, debt: u32) -> Horizon;
    patience(horizon: Horizon, patience: Duration) -> Horizon;
    skew(horizon: Horizon, skew: Duration) -> Horizon;
}

exports! { "nanos", Nanos:
    from_secs(secs: u64) -> Nanos;
    from_millis(millis: u64) -> Nanos;
    from_duration(duration: Duration) -> Nanos;
    to_duration(nanos: Nanos) -> Duration;
    saturating_add(nanos: Nanos, span: Nanos) -> Nanos;
    saturating_sub(nanos: Nanos, span: Nanos) -> Nanos;
}

exports! { "saved", Saved:
    to_bytes(saved: &Saved) -> [u8; Saved::SIZE];
    from_bytes(bytes: &[u8]) -> Result<Saved, RestoreError>;
}

exports! { "decision", Decision: is_allowed(decision: Decision) -> bool; }
exports! { "set_decision", SetDecision: is_allowed(decision: SetDecision) -> bool; }
exports! { "ticket", Ticket<u32>: at(ticket: &Ticket<u32>) -> Nanos; }

exports! { "backoff", Backoff:
    new(first: Duration, cap: Duration) -> Backoff;
    doublings(backoff: Backoff, doublings: u32) -> Backoff;
    jitter_percent(backoff: Backoff, percent: u32) -> Backoff;
    attempts(backoff: Backoff, attempts: u32) -> Backoff;
    delay(backoff: &Backoff, attempts: u32) -> Nanos;
    retry(backoff: &Backoff, failure: &Failure, random: u64) -> Retry;
    retry_within(backoff: &Backoff, budget: &Timed<Shared<Gcra<u32>>>, failure: &Failure, random: u64) -> Retry;
}
