//! What programs read.

use std::time::Duration;

use paceline_core::{
    Cause, Evidence, Remedy,
    headers::{Bucket, Headers, Window},
};
use serde::Serialize;

/// One refusal; null where the response does not say.
#[derive(Serialize)]
pub(super) struct Record<'a> {
    cause: &'static str,
    resource: Option<&'static str>,
    window_s: Option<u64>,
    limit: Option<u64>,
    used: Option<u64>,
    requested: Option<u64>,
    retry_after_ms: Option<u64>,
    model: Option<&'a str>,
    organization: Option<&'a str>,
    retryable: bool,
    remedies: Vec<&'static str>,
    buckets: Vec<BucketRecord>,
}

/// A record with what there was no field for when programs learned to read lines of them.
#[derive(Serialize)]
pub(super) struct DetailedRecord<'a> {
    #[serde(flatten)]
    record: Record<'a>,
    /// Null: no bound but the caller's deadline.
    most_retries: Option<u32>,
}

#[derive(Serialize)]
struct BucketRecord {
    resource: Option<&'static str>,
    limit: Option<u64>,
    remaining: Option<u64>,
    reset_ms: Option<u64>,
    window_s: Option<u64>,
}

impl<'a> Record<'a> {
    pub(super) fn new(cause: &Cause<'a>, headers: &Headers<'_>) -> Self {
        // Computed from all three numbers or said: what rests on less is a guess, and no field of a record.
        let computed = cause.retry_after().filter(|_| cause.used().and(cause.requested()).is_some());
        Self {
            cause: cause.kind().name(),
            resource: cause.resource().map(|resource| resource.name()),
            window_s: cause.window().and_then(seconds),
            limit: cause.limit(),
            used: cause.used(),
            requested: cause.requested(),
            retry_after_ms: cause.stated_retry_after().map(nearest_millisecond).or(computed.map(milliseconds)),
            model: cause.model(),
            organization: cause.organization(),
            retryable: cause.is_retryable(),
            remedies: cause.remedies(&Evidence::default()).iter().map(Remedy::id).collect(),
            buckets: headers.buckets().iter().map(BucketRecord::new).collect(),
        }
    }
}

impl<'a> DetailedRecord<'a> {
    pub(super) fn new(cause: &Cause<'a>, headers: &Headers<'_>) -> Self {
        Self { record: Record::new(cause, headers), most_retries: cause.most_retries() }
    }
}

impl BucketRecord {
    fn new(bucket: &Bucket<'_>) -> Self {
        let stated = |window| match window {
            Window::Stated(window) => seconds(window),
            Window::Derived(_) => None,
        };
        Self {
            resource: bucket.resource.map(|resource| resource.name()),
            limit: bucket.limit,
            remaining: bucket.remaining,
            reset_ms: bucket.reset_after.map(milliseconds),
            window_s: bucket.window.and_then(stated),
        }
    }
}

/// The wait that the response states, to the nearest millisecond, as a label of the same body has it: a record tells what was
/// said, and rounded up it would tell something else. People are told a wait rounded up. A wait is never 0.
fn nearest_millisecond(wait: Duration) -> u64 {
    let millis = wait.as_nanos().saturating_add(500_000) / 1_000_000;
    u64::try_from(millis).unwrap_or(u64::MAX).max(u64::from(!wait.is_zero()))
}

/// Rounded up: who comes back a millisecond early is refused again.
fn milliseconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// Whole seconds, of a window that has any.
fn seconds(window: Duration) -> Option<u64> {
    Some(window.as_secs()).filter(|&seconds| seconds > 0)
}
