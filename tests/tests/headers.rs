//! Headers read back as they were meant, and as they were written.

use core::time::Duration;

use paceline_core::headers::{Bucket, Headers, RateLimitFields, Window, retry_after};
use paceline_tests::headers::{Truth, any_set};
use proptest::prelude::*;

proptest! {
    /// Tried: joining lists by position instead of by window (Riot fails); taking Azure's bare numbers for seconds.
    #[test]
    fn reads_every_form(set in any_set()) {
        let headers = Headers::read(set.headers.iter().map(|(name, value)| (name, value)));
        let mut found: Vec<_> = headers.buckets().iter().map(truth).collect();
        found.sort();
        prop_assert_eq!(found, set.buckets);
        prop_assert_eq!(headers.retry_after(), set.retry_after);
    }

    /// Tried: rounding the reset down.
    #[test]
    fn reads_what_it_writes(
        policy in "[ -~]{1,20}",
        limit in 0..1_000_000_000_000_000u64,
        remaining in 0..1_000_000_000_000_000u64,
        millis in 0..10_000_000u64,
        window in proptest::option::of(1..100_000u64),
    ) {
        let fields = RateLimitFields {
            policy: &policy,
            limit,
            remaining,
            reset_after: Duration::from_millis(millis),
            window: window.map(Duration::from_secs),
        };
        let (state, policies) = (fields.rate_limit().to_string(), fields.rate_limit_policy().to_string());
        let wait = retry_after(Duration::from_millis(millis)).to_string();
        let headers = Headers::read([("RateLimit", &*state), ("RateLimit-Policy", &*policies), ("Retry-After", &*wait)]);
        let [bucket] = headers.buckets() else {
            return Err(TestCaseError::fail(format!("{headers:?}")));
        };
        prop_assert_eq!((bucket.limit, bucket.remaining), (Some(limit), Some(remaining)));
        prop_assert_eq!(bucket.reset_after, Some(Duration::from_secs(millis.div_ceil(1000))));
        prop_assert_eq!(bucket.window, fields.window.map(Window::Stated));
        prop_assert_eq!(headers.retry_after(), Some(Duration::from_secs(millis.div_ceil(1000).max(1))));
    }
}

fn truth(bucket: &Bucket<'_>) -> Truth {
    Truth {
        resource: bucket.resource.map(|resource| resource.name()),
        limit: bucket.limit,
        remaining: bucket.remaining,
        reset_after: bucket.reset_after,
        window: match bucket.window {
            Some(Window::Stated(window)) => Some(window),
            _ => None,
        },
    }
}
