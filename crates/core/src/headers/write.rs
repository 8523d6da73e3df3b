//! The headers that a server sends: the `RateLimit` and `RateLimit-Policy` of the IETF draft, and `Retry-After`.

use core::fmt::{self, Display, Write};
use core::time::Duration;

use crate::{Quota, Snapshot};

/// What a server tells of one limit, in plain numbers; each value is written with `Display`, without allocation.
///
/// The format is that of draft-ietf-httpapi-ratelimit-headers-10: structured fields of RFC 9651, times in whole
/// seconds. They are rounded up, so that a client that obeys them is never early.
///
/// ```
/// use core::time::Duration;
/// use paceline_core::headers::{RateLimitFields, retry_after};
///
/// let fields = RateLimitFields {
///     policy: "default",
///     limit: 100,
///     remaining: 99,
///     reset_after: Duration::from_millis(600),
///     window: Some(Duration::from_secs(60)),
/// };
/// assert_eq!(fields.rate_limit().to_string(), r#""default";r=99;t=1"#);
/// assert_eq!(fields.rate_limit_policy().to_string(), r#""default";q=100;w=60"#);
/// assert_eq!(retry_after(Duration::ZERO).to_string(), "1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitFields<'a> {
    /// The name that joins the two headers. Characters outside printable ASCII are written as `?`.
    pub policy: &'a str,
    /// The limit in a window.
    pub limit: u64,
    /// What is left of it.
    pub remaining: u64,
    /// The time until all of it is there again.
    pub reset_after: Duration,
    /// The window; one that is not of whole seconds is rounded up, which states the rate lower than it is.
    pub window: Option<Duration>,
}

impl<'a> RateLimitFields<'a> {
    /// The fields of a limiter: what `snapshot` tells, under the name `policy`. The policy is the quota's limit
    /// and period.
    ///
    /// ```
    /// use paceline_core::{Atomic, Gcra, Limit, Nanos, Quota, headers::RateLimitFields};
    ///
    /// let quota = Quota::per_minute(60);
    /// let limit = Atomic::new(Gcra::new(quota)?);
    /// assert!(limit.decide(Nanos::ZERO, 15).is_allowed());
    /// let fields = RateLimitFields::of("api", limit.snapshot(Nanos::ZERO), quota);
    /// assert_eq!(fields.rate_limit().to_string(), r#""api";r=45;t=15"#);
    /// assert_eq!(fields.rate_limit_policy().to_string(), r#""api";q=60;w=60"#);
    /// # Ok::<(), paceline_core::QuotaError>(())
    /// ```
    #[must_use]
    pub fn of(policy: &'a str, snapshot: Snapshot, quota: Quota) -> Self {
        Self {
            policy,
            limit: quota.limit().into(),
            // What a burst allows beyond the limit is none of the window's.
            remaining: u64::from(snapshot.remaining).min(quota.limit().into()),
            reset_after: snapshot.reset_after.to_duration(),
            window: Some(quota.period().to_duration()),
        }
    }

    /// The value of `RateLimit`.
    #[must_use]
    pub fn rate_limit(self) -> impl Display + use<'a> {
        display(move |out| {
            quote(out, self.policy)?;
            write!(out, ";r={};t={}", integer(self.remaining), integer(whole_seconds(self.reset_after)))
        })
    }

    /// The value of `RateLimit-Policy`.
    #[must_use]
    pub fn rate_limit_policy(self) -> impl Display + use<'a> {
        display(move |out| {
            quote(out, self.policy)?;
            write!(out, ";q={}", integer(self.limit))?;
            match self.window {
                Some(window) => write!(out, ";w={}", integer(whole_seconds(window))),
                None => Ok(()),
            }
        })
    }
}

/// The value of `Retry-After` for a refusal: whole seconds, rounded up, at least 1.
///
/// A 0 would invite a retry that is refused again (seen at tower_governor).
pub fn retry_after(wait: Duration) -> impl Display + Copy {
    whole_seconds(wait).max(1)
}

fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}

/// A structured field's integer has at most 15 digits (RFC 9651, section 3.3.1).
fn integer(number: u64) -> u64 {
    number.min(999_999_999_999_999)
}

/// A structured field's string (RFC 9651, section 3.3.3).
fn quote(out: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(out, "\\{character}")?,
            ' '..='~' => out.write_char(character)?,
            _ => out.write_char('?')?,
        }
    }
    out.write_char('"')
}

fn display(write: impl Fn(&mut fmt::Formatter<'_>) -> fmt::Result) -> impl Display {
    fmt::from_fn(write)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString;

    use super::*;
    use crate::{Atomic, Gcra, Limit, Nanos};

    /// Seen to fail: the burst as it is, which no window has.
    #[test]
    fn what_remains_of_a_large_burst_is_at_most_the_limit() {
        let quota = Quota::per_minute(60).burst(1000);
        let limit = Atomic::new(Gcra::new(quota).expect("a quota"));
        assert!(limit.decide(Nanos::ZERO, 1).is_allowed());
        let fields = RateLimitFields::of("api", limit.snapshot(Nanos::ZERO), quota);
        assert_eq!(fields.rate_limit().to_string(), r#""api";r=60;t=1"#);
    }
}
