//! The headers that tell a client where it stands.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use paceline_core::headers::retry_after;

use super::{
    clock::Clock,
    durations::Printed,
    limiter::refill_time,
    limits::{Limits, Resource},
};

/// What `x-ratelimit-*` tells of requests and of tokens. The headers have one place for both limits on requests: the
/// minute's has it, or else the day's. Short windows are not told.
#[derive(Default)]
pub(crate) struct Standing {
    requests: Option<Told>,
    tokens: Option<Told>,
}

struct Told {
    limit: u64,
    remaining: u64,
    /// Real time until the bucket is full again.
    reset: Duration,
}

impl Standing {
    pub(crate) fn of(limits: &Limits, clock: &Clock) -> Self {
        let told = |resource| {
            let limit = limits.iter().find(|limit| limit.resource == resource)?;
            let remaining = limit.meter.left();
            let reset = clock.real(refill_time(limit.limit - remaining, limit.limit, limit.period));
            Some(Told { limit: limit.limit, remaining, reset })
        };
        Self { requests: told(Resource::Requests), tokens: told(Resource::Tokens) }
    }

    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        for (resource, told) in [(Resource::Requests, &self.requests), (Resource::Tokens, &self.tokens)] {
            let Some(Told { limit, remaining, reset }) = told else {
                continue;
            };
            let word = resource.word();
            insert(headers, &format!("x-ratelimit-limit-{word}"), &limit.to_string());
            insert(headers, &format!("x-ratelimit-remaining-{word}"), &remaining.to_string());
            insert(headers, &format!("x-ratelimit-reset-{word}"), &Printed(*reset).to_string());
        }
    }
}

/// `retry-after` and `retry-after-ms`.
pub(crate) fn write_retry_after(headers: &mut HeaderMap, wait: Duration) {
    insert(headers, "retry-after", &retry_after(wait).to_string());
    insert(headers, "retry-after-ms", &Printed(wait).milliseconds().to_string());
}

/// What every answer has: the number of the request, its organization and how long it took.
pub(crate) fn write_identity(headers: &mut HeaderMap, request: u64, key: Option<&str>, took: Duration) {
    insert(headers, "x-request-id", &format!("req_{request:032x}"));
    insert(headers, "openai-processing-ms", &took.as_millis().to_string());
    if let Some(key) = key {
        insert(headers, "openai-organization", &format!("org-{key}"));
    }
}

fn insert(headers: &mut HeaderMap, name: &str, value: &str) {
    let name = HeaderName::from_bytes(name.as_bytes()).expect("names are lower-case ASCII");
    headers.insert(name, HeaderValue::from_str(value).expect("values are ASCII"));
}
