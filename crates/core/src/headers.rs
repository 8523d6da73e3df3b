//! Rate-limit headers, read and written.
//!
//! Services spell them in dozens of ways; what they say is always the same: a limit, what is left of it, when it is
//! full again, and how long to wait. [`Headers::read`] takes them all, [`RateLimitFields`] writes the current IETF draft.
//!
//! A bare number in a reset is seconds left, milliseconds left, or a time since the Unix epoch: [`Dialect`] says which, and
//! guesses by size where it is not told. Of an empty bucket without `retry-after`, [`classify`](crate::classify) waits such a reset
//! out in full, though a server that refills evenly would admit the next request earlier. Nothing tells the two apart: a burst that
//! uses up a fixed window in its first slot looks the same. A retry that is too early is refused, and counted; a wait that is too
//! long only costs time.

mod bucket;
mod name;
mod table;
mod value;
mod when;
mod window;
mod write;

use core::time::Duration;

use heapless::Vec;

pub use when::Dialect;
pub use window::Window;
pub use write::{RateLimitFields, retry_after};

use crate::Resource;
use crate::cause::whole;
use name::Field;
use table::Table;
use when::When;

/// What the headers of one response say about rate limits.
///
/// Borrows from the headers. Reading never panics, never allocates, and takes time linear in their length.
///
/// ```
/// use core::time::Duration;
/// use paceline_core::headers::{Headers, Window};
///
/// let headers = Headers::read([
///     ("x-ratelimit-limit-requests", "10000"),
///     ("x-ratelimit-remaining-requests", "9999"),
///     ("x-ratelimit-reset-requests", "8.64s"),
///     ("retry-after-ms", "320"),
/// ]);
/// let bucket = headers.buckets().first().unwrap();
/// assert_eq!((bucket.limit, bucket.remaining), (Some(10_000), Some(9_999)));
/// assert_eq!(bucket.reset_after, Some(Duration::from_millis(8_640)));
/// // Nobody says so, but this is a limit per day.
/// assert_eq!(bucket.window, Some(Window::Derived(Duration::from_secs(86_400))));
/// assert_eq!(headers.retry_after(), Some(Duration::from_millis(320)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers<'a> {
    buckets: Vec<Bucket<'a>, MOST_BUCKETS>,
    retry_after: Option<Duration>,
    should_retry: Option<bool>,
    request_id: Option<&'a str>,
    error_type: Option<&'a str>,
    date: Option<Duration>,
}

/// One limit of the service, and how far it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bucket<'a> {
    /// The name of the policy, else of the header that it was first seen in: tells buckets of one resource apart.
    pub name: &'a str,
    /// What the limit counts. Requests, where the headers name nothing else; `None` for a unit of another kind.
    pub resource: Option<Resource>,
    /// The limit in a window.
    pub limit: Option<u64>,
    /// How much of it is left; 0 for what is sent as a negative number.
    pub remaining: Option<u64>,
    /// The time until all of it is there again. That is not the time until the next call may go, which is shorter
    /// with a server that refills evenly.
    pub reset_after: Option<Duration>,
    /// The window of the limit.
    pub window: Option<Window>,
}

/// The most buckets that are kept of one response; later ones are left out.
pub const MOST_BUCKETS: usize = 16;

impl<'a> Headers<'a> {
    /// Reads headers in any order, with [`Dialect::Auto`].
    ///
    /// Names may be in any case, and may come more than once. Absolute times count from the `Date` among the headers;
    /// without one they are left out, so a caller with a clock may chain a `("date", …)`.
    #[must_use]
    pub fn read<N, V>(headers: impl IntoIterator<Item = (&'a N, &'a V)>) -> Self
    where
        N: AsRef<[u8]> + ?Sized + 'a,
        V: AsRef<[u8]> + ?Sized + 'a,
    {
        Self::read_as(Dialect::Auto, headers)
    }

    /// Reads headers of a service whose bare numbers in resets have one known meaning.
    #[must_use]
    pub fn read_as<N, V>(dialect: Dialect, headers: impl IntoIterator<Item = (&'a N, &'a V)>) -> Self
    where
        N: AsRef<[u8]> + ?Sized + 'a,
        V: AsRef<[u8]> + ?Sized + 'a,
    {
        let mut reader = Reader::new(dialect);
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (core::str::from_utf8(name.as_ref()), core::str::from_utf8(value.as_ref())) {
                reader.add(name, value.trim());
            }
        }
        reader.finish()
    }

    /// The buckets, in the order of the headers, at most [`MOST_BUCKETS`].
    #[must_use]
    pub fn buckets(&self) -> &[Bucket<'a>] {
        &self.buckets
    }

    /// The wait that the service asks for, from `retry-after-ms` before `retry-after`.
    ///
    /// It comes with successful answers too (Anthropic, Hugging Face) and is no refusal by itself.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether to retry at all, where `x-should-retry` says so.
    #[must_use]
    pub const fn should_retry(&self) -> Option<bool> {
        self.should_retry
    }

    /// The id of the request, which support asks for; the edge's, `cf-ray`, where the service gives none.
    #[must_use]
    pub const fn request_id(&self) -> Option<&'a str> {
        self.request_id
    }

    /// The code of the error, where `x-amzn-errortype` gives it: some services of AWS have it nowhere else.
    #[must_use]
    pub const fn error_type(&self) -> Option<&'a str> {
        self.error_type
    }

    /// When the response was sent, since the Unix epoch.
    #[must_use]
    pub const fn date(&self) -> Option<Duration> {
        self.date
    }
}

struct Reader<'a> {
    table: Table<'a>,
    /// The wait, and whether the header names its unit and so is the finer one.
    retry_after: Option<(When, bool)>,
    azure: bool,
    /// The id that Cloudflare's edge gives the request.
    ray: Option<&'a str>,
    headers: Headers<'a>,
}

impl<'a> Reader<'a> {
    fn new(dialect: Dialect) -> Self {
        Self { table: Table::new(dialect), retry_after: None, azure: false, ray: None, headers: Headers::default() }
    }

    fn add(&mut self, header: &'a str, value: &'a str) {
        let is = |name: &str| header.eq_ignore_ascii_case(name);
        let starts = |name: &str| header.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        self.azure |= AZURE.iter().any(|name| starts(name));
        if is("date") {
            self.headers.date = whole::date(value);
        } else if is("x-should-retry") {
            self.headers.should_retry = value.parse().ok();
        } else if is("x-amzn-errortype") {
            self.headers.error_type = code(value);
        } else if REQUEST_IDS.iter().any(|name| is(name)) {
            self.headers.request_id = self.headers.request_id.or(Some(value));
        } else if is("cf-ray") {
            self.ray = Some(value);
        } else if let Some(name) = name::read(header) {
            match name.field {
                Field::RetryAfter => self.add_retry_after(&name, value),
                _ => self.table.add(header, &name, value),
            }
        }
    }

    fn add_retry_after(&mut self, name: &name::Name, value: &str) {
        let finer = name.unit.is_some();
        if self.retry_after.is_none_or(|(_, before)| finer && !before) {
            let read = |value: &str| When::read(value, name.unit, Dialect::Auto);
            // A proxy may have joined two headers, or quoted the value: `10, 10`, `"5"`.
            let parts = value.split([',']).map(|part| part.trim().trim_matches(['"']));
            let when = read(value).or_else(|| parts.filter_map(read).max_by_key(|when| when.left(None)));
            self.retry_after = when.map(|when| (when, finer)).or(self.retry_after);
        }
    }

    fn finish(self) -> Headers<'a> {
        Headers {
            buckets: self.table.finish(self.headers.date, self.azure),
            retry_after: self.retry_after.and_then(|(when, _)| when.left(self.headers.date)),
            request_id: self.headers.request_id.or(self.ray),
            ..self.headers
        }
    }
}

/// The code alone, of `com.amazonaws#ThrottlingException:http://…`.
fn code(value: &str) -> Option<&str> {
    let code = value.split([':']).next()?;
    code.rsplit(['#']).next().filter(|code| !code.is_empty())
}

/// Beginnings of the names of headers that only Azure sends.
const AZURE: [&str; 4] = ["x-ms-", "azureml-", "apim-request-id", "x-ratelimit-renewalperiod-"];

/// Headers with the id of a request: OpenAI and most; Anthropic and others; Azure; AWS; Google, Cloudflare.
const REQUEST_IDS: [&str; 6] = ["x-request-id", "request-id", "apim-request-id", "x-amzn-requestid", "x-amz-request-id", "x-ms-request-id"];
