//! A whole response: the body decides, status and headers refine what it leaves open.

use core::time::Duration;

use crate::cause::{Cause, Kind, Reason, Reset, Resource, classify_429, classify_code};
use crate::headers::{Bucket, Headers, Window};
use crate::period::{DAY, HOUR};
use crate::time::until;

/// A refusal as it came, or an error inside a stream that began with status 200.
#[derive(Clone, Debug, Default)]
pub struct Response<'a> {
    /// The HTTP status, if known.
    pub status: Option<u16>,
    /// What the headers say.
    pub headers: Headers<'a>,
    /// The body, or the frame of the stream that holds the error.
    pub body: &'a [u8],
}

/// Reads why a request was refused from everything that the response says.
///
/// - A cause that the body names stays; where it names none, a code in the headers does (`x-amzn-errortype`). The status
///   decides only where both are silent: 401, 402, 403, 413, 498, 503, 529. A 429 is a rate where the headers say when to come back or show
///   an empty bucket. Without either it stays [`Kind::Unknown`].
/// - Words about a quota beside a `retry-after` of at most an hour mean a rate; a code such as `insufficient_quota`
///   means money whatever the headers say.
/// - The wait is the later of the body's and the headers'. A header makes nothing retryable that is not, but for a ban
///   that only words tell: a code of one, such as `access_terminated`, stays terminal.
/// - Headers count for nothing in a stream that began well: they were sent before the error.
/// - A rate of which neither says a wait waits for the reset of the one bucket that is empty, unless that is known to
///   refill evenly.
/// - A reset that the body gives as a date is a wait where the headers have a `Date`.
/// - What the body of a rate limit leaves out of resource, window and limit comes from the bucket that is empty, if it is
///   the only one and contradicts nothing.
///
/// Costs what [`classify_429`] costs.
///
/// ```
/// use core::time::Duration;
/// use paceline_core::headers::Headers;
/// use paceline_core::{Reason, Response, classify};
///
/// let cause = classify(&Response {
///     status: Some(429),
///     headers: Headers::read([("retry-after", "20"), ("x-ratelimit-limit-requests-minute", "3")]),
///     body: b"",
/// });
/// assert_eq!(cause.reason(), Reason::UnknownRate);
/// assert_eq!(cause.retry_after(), Some(Duration::from_secs(20)));
/// ```
#[must_use]
pub fn classify<'a>(response: &Response<'a>) -> Cause<'a> {
    let mut cause = response.cause();
    cause.reason = response.reason_after(&cause);
    if cause.reason == Reason::UnknownRate {
        // What the words of a quota had counted.
        cause.resource = cause.resource.filter(|&resource| resource != Resource::Cost);
    }
    if cause.reason == Reason::ConcurrencyLimit {
        cause.resource = Some(Resource::Concurrency);
    }
    // Before the bucket may make an allotment of the rate, which has a reset all the same.
    cause.wait = response.wait_after(&cause);
    if cause.kind() == Kind::RateLimited
        && let Some(bucket) = response.empty_bucket().filter(|bucket| agrees(&cause, bucket))
    {
        fill_in(&mut cause, bucket);
    }
    cause
}

impl<'a> Response<'a> {
    /// The cause in the body, or in the header that has the code of a body without one.
    fn cause(&self) -> Cause<'a> {
        let cause = classify_429(self.body);
        let open = cause.reason == Reason::Unknown && cause.code.is_none();
        match self.headers.error_type().filter(|_| open).map(classify_code) {
            Some(coded) => Cause { wait: cause.wait, reset: cause.reset, ..coded },
            None => cause,
        }
    }

    /// The wait of the headers.
    fn wait(&self) -> Option<Duration> {
        self.headers.retry_after().filter(|_| !self.began_well())
    }

    /// The headers were sent before anything went wrong.
    fn began_well(&self) -> bool {
        self.status.is_some_and(|status| status < 400)
    }

    /// The reason, with what `cause`, read from the body, leaves open.
    fn reason_after(&self, cause: &Cause<'a>) -> Reason {
        match (cause.reason, self.status) {
            (Reason::Unknown, _) => self.reason().unwrap_or(Reason::Unknown),
            (Reason::UnknownRate, Some(403 | 429)) if self.has_no_room_at_all() => Reason::ConcurrencyLimit,
            _ if is_rate_in_words_of_quota(cause, self.wait()) => Reason::UnknownRate,
            (Reason::QuotaExhausted, Some(402)) => Reason::CreditExhausted,
            (reason, _) => reason,
        }
    }

    /// The wait, of body and headers together.
    fn wait_after(&self, cause: &Cause<'a>) -> Option<Duration> {
        let until_reset = match (cause.reset, self.headers.date()) {
            (Some(Reset::Unix(at)), Some(date)) => Some(until(at, date)).filter(|wait| !wait.is_zero()),
            _ => None,
        };
        let said = cause.wait.or(until_reset);
        // A time that has passed, or none, is no wait.
        let wait = later(said, self.wait().filter(|wait| !wait.is_zero()));
        match cause.kind() {
            Kind::RateLimited if wait.is_none_or(|wait| wait.is_zero()) => self.until_full(cause).or(wait),
            kind if kind.waiting_helps() || (kind == Kind::Blocked && !cause.by_code) => wait,
            _ => said,
        }
    }

    /// The time to the reset of a bucket that refills at once, for a body that does not give the server's arithmetic.
    ///
    /// A window that follows from the reset refills evenly, and its next slot comes sooner.
    fn until_full(&self, cause: &Cause<'a>) -> Option<Duration> {
        let computed = cause.used.and(cause.requested).is_some();
        let bucket = self.empty_bucket().filter(|bucket| !computed && agrees(cause, bucket))?;
        bucket.reset_after.filter(|_| !matches!(bucket.window, Some(Window::Derived(_))))
    }

    /// What the status says, for a body that says nothing.
    fn reason(&self) -> Option<Reason> {
        let limited = self.wait().is_some() || self.empty_buckets().next().is_some();
        Some(match self.status? {
            403 | 429 if self.has_no_room_at_all() => Reason::ConcurrencyLimit,
            403 | 429 if limited => Reason::UnknownRate,
            429 if self.headers.should_retry() == Some(false) => Reason::QuotaExhausted,
            401 => Reason::InvalidKey,
            402 => Reason::CreditExhausted,
            403 => Reason::PermissionDenied,
            413 => Reason::TooLarge,
            498 => Reason::FlexUnavailable,
            503 | 529 => Reason::Overloaded,
            _ => return None,
        })
    }

    /// The buckets that are empty.
    fn empty_buckets(&self) -> impl Iterator<Item = &Bucket<'a>> {
        self.headers.buckets().iter().filter(|bucket| bucket.remaining == Some(0) && !self.began_well())
    }

    /// The one bucket that is empty: of several, none is known to have refused.
    fn empty_bucket(&self) -> Option<&Bucket<'a>> {
        let mut empty = self.empty_buckets();
        empty.next().filter(|_| empty.next().is_none())
    }

    /// Okta answers a limit of 0 with 0 remaining when too many calls are in flight.
    fn has_no_room_at_all(&self) -> bool {
        self.empty_bucket().is_some_and(|bucket| bucket.limit == Some(0))
    }
}

/// The later of two waits, but the finer where the header has only rounded up to a second what the body says.
fn later(body: Option<Duration>, header: Option<Duration>) -> Option<Duration> {
    match (body, header) {
        (Some(body), Some(header)) if until(header, body) < Duration::from_secs(1) => Some(body),
        _ => body.max(header),
    }
}

/// Gemini says "exceeded your current quota" of limits per minute; a code is never that loose, nor is a month. Quotas that are used up
/// come back after more than an hour, and windows of more than a day are allotments.
fn is_rate_in_words_of_quota(cause: &Cause<'_>, wait: Option<Duration>) -> bool {
    let refills = match cause.reason {
        Reason::QuotaExhausted => true,
        Reason::UsageLimit => cause.window.is_none_or(|window| window <= DAY),
        _ => false,
    };
    refills && !cause.by_code && wait.is_some_and(|wait| wait <= HOUR)
}

/// Whether the bucket can be the limit that the body speaks of.
fn agrees(cause: &Cause<'_>, bucket: &Bucket<'_>) -> bool {
    let window = bucket.window.map(Window::length);
    // "Too many requests" is said of tokens too.
    let any_resource = cause.reason == Reason::UnknownRate && cause.resource == Some(Resource::Requests);
    let other_resource = cause.resource.is_some() && cause.resource != bucket.resource && !any_resource;
    let other_window = cause.window.is_some() && window.is_some() && cause.window != window;
    !other_resource && !other_window
}

fn fill_in(cause: &mut Cause<'_>, bucket: &Bucket<'_>) {
    cause.resource = bucket.resource;
    cause.window = cause.window.or(bucket.window.map(Window::length));
    cause.limit = cause.limit.or(bucket.limit);
    if cause.reason == Reason::UnknownRate && cause.resource.is_some() && cause.window.is_some() {
        cause.reason = Reason::of_rate(cause.resource, cause.window);
    }
}
