//! Why a request was refused, read from the body of the answer.
//!
//! [`classify_429`] is pure: bytes in, [`Cause`] out, borrowing from the bytes.

mod amount;
mod around;
mod complete;
mod date;
mod facts;
mod field;
mod grammar;
mod html;
mod identifier;
mod kind;
mod lex;
mod names;
mod number;
mod pair;
mod phrases;
mod printed;
mod read;
mod rules;
mod together;
mod usual;
mod vocabulary;
pub(crate) mod whole;
mod wide;
mod window;
mod words;

use core::time::Duration;

use crate::period::DAY;
use read::{Reader, Stop};

pub use kind::{Action, Kind, Reason, Resource};

/// Why a request was refused, with what the body says about it.
///
/// Amounts are `None` where the body does not say them. Texts borrow from the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause<'a> {
    pub(crate) reason: Reason,
    /// A code said so, not a wording.
    pub(crate) by_code: bool,
    /// The body asks to wait, or to come again.
    pub(crate) patience: bool,
    pub(crate) resource: Option<Resource>,
    pub(crate) window: Option<Duration>,
    pub(crate) limit: Option<u64>,
    pub(crate) used: Option<u64>,
    pub(crate) requested: Option<u64>,
    pub(crate) wait: Option<Duration>,
    pub(crate) reset: Option<Reset<'a>>,
    pub(crate) model: Option<&'a str>,
    pub(crate) organization: Option<&'a str>,
    pub(crate) code: Option<&'a str>,
    pub(crate) type_: Option<&'a str>,
}

/// An absolute time at which the body says that the limit resets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reset<'a> {
    /// Time since the Unix epoch.
    Unix(Duration),
    /// As the body words it, where it names no date, no zone or a month in words: `10:00 UTC`.
    Said(&'a str),
}

/// Reads why a request was refused from the body alone, whatever its form: JSON, Python's repr, the dump of an SDK,
/// server-sent events, XML, HTML or prose, nested, escaped, or cut anywhere.
///
/// Codes and types decide before wordings, specific ones before general ones, and of several errors the first counts.
/// A number that touches the end of the body is not read, except for a request that explains the refusal as it stands:
/// more digits would not change what it means. A last sentence that no stop ends makes a refusal terminal only where it is
/// complete: `Your quota is exceeded`, not `Your plan has exceeded`. Never panics, never allocates; the time is linear in the length of the
/// body, and of a page little more than its headings is read.
///
/// ```
/// use core::time::Duration;
/// use paceline_core::{Kind, Reason, classify_429};
///
/// let body = br#"{"error":{"message":"Rate limit reached for gpt-4 in organization org-1 on tokens per min (TPM):
///     Limit 30000, Used 28044, Requested 15258.","type":"tokens","code":"rate_limit_exceeded"}}"#;
/// let cause = classify_429(body);
/// assert_eq!(cause.reason(), Reason::TokensPerMinute);
/// assert_eq!((cause.limit(), cause.used(), cause.requested()), (Some(30_000), Some(28_044), Some(15_258)));
/// // The body states no wait; the server's arithmetic gives it.
/// assert_eq!(cause.retry_after(), Some(Duration::from_millis(26_604)));
///
/// let cause = classify_429("{'code': 'insufficient_quota'}".as_bytes());
/// assert_eq!(cause.kind(), Kind::QuotaExhausted);
/// assert!(!cause.is_retryable());
/// ```
#[must_use]
pub fn classify_429(body: &[u8]) -> Cause<'_> {
    let mut reader = Reader::new(body);
    if reader.run(body.len()) == Stop::Html {
        reader.page();
    }
    reader.end();
    let cut = reader.is_cut();
    reader.facts.cause(cut)
}

/// Reads a code that came outside the body.
pub(crate) fn classify_code(code: &str) -> Cause<'_> {
    let mut reader = Reader::new(code.as_bytes());
    reader.code(0, code.len());
    reader.facts.note_code(true, false, code);
    reader.facts.cause(false)
}

impl<'a> Cause<'a> {
    /// A cause of which nothing but the reason is known.
    #[must_use]
    pub const fn new(reason: Reason) -> Self {
        Self {
            reason,
            by_code: false,
            patience: false,
            resource: None,
            window: None,
            limit: None,
            used: None,
            requested: None,
            wait: None,
            reset: None,
            model: None,
            organization: None,
            code: None,
            type_: None,
        }
    }

    /// The kind, one of ten.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.reason.kind()
    }

    /// The finer reason.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// What the limit counts.
    #[must_use]
    pub const fn resource(&self) -> Option<Resource> {
        self.resource
    }

    /// The window of the limit, where the body states it.
    #[must_use]
    pub const fn window(&self) -> Option<Duration> {
        self.window
    }

    /// The limit, in units of the resource.
    #[must_use]
    pub const fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// How much of the limit was used before this request.
    #[must_use]
    pub const fn used(&self) -> Option<u64> {
        self.used
    }

    /// How much this request asked for.
    #[must_use]
    pub const fn requested(&self) -> Option<u64> {
        self.requested
    }

    /// The wait that the body states in so many words. [`retry_after`](Self::retry_after) also computes.
    #[must_use]
    pub const fn stated_retry_after(&self) -> Option<Duration> {
        self.wait
    }

    /// The absolute time of the reset, where the body states one: a caller who knows the date makes it a wait.
    #[must_use]
    pub const fn reset(&self) -> Option<Reset<'a>> {
        self.reset
    }

    /// The model that the body names.
    #[must_use]
    pub const fn model(&self) -> Option<&'a str> {
        self.model
    }

    /// The organization, team or account that the body names.
    #[must_use]
    pub const fn organization(&self) -> Option<&'a str> {
        self.organization
    }

    /// The error code as sent, a number included.
    #[must_use]
    pub const fn code(&self) -> Option<&'a str> {
        self.code
    }

    /// The error type as sent.
    #[must_use]
    pub const fn error_type(&self) -> Option<&'a str> {
        self.type_
    }

    /// Whether the same request can succeed later with nobody doing anything.
    ///
    /// True for a window, a capacity or a number of calls in flight, and for whatever states its reset or, of an allotment, asks
    /// to wait; whether a caller waits that long is the caller's deadline. [`Kind::Unknown`] is retryable, cautiously.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self.kind() {
            Kind::QuotaExhausted if matches!(self.reason, Reason::ModelNotInTier) => false,
            // `you've reached your weekly usage limit, please wait or upgrade`
            Kind::QuotaExhausted if matches!(self.reason, Reason::UsageLimit) && self.patience => true,
            Kind::QuotaExhausted | Kind::Blocked => self.wait.is_some() || self.reset.is_some(),
            kind => kind.waiting_helps(),
        }
    }

    /// How long to wait: what the body states, else what its numbers say.
    ///
    /// Servers count with GCRA: `(used + requested - limit) * window / limit`, rounded up to a nanosecond. Without
    /// `used`, one slot of a limit on requests. `None` where waiting does not help or nothing tells, and never zero: a zero
    /// says nothing of when.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        if !self.is_retryable() {
            return None;
        }
        let stated = self.wait.filter(|wait| !wait.is_zero());
        stated.or_else(|| self.computed_wait()).filter(|wait| !wait.is_zero())
    }

    /// How often a call may be retried, at most: each time after [`retry_after`](Self::retry_after), or a pause of the caller's
    /// that grows where that is `None`.
    ///
    /// `None`: as often as the caller's deadline allows. `Some(0)`: not at all, which is what
    /// [`is_retryable`](Self::is_retryable) says too. Once, for a limit of a day whose wait the body's numbers do not prove: services that
    /// count up to midnight send delays of seconds beside it. Twice, where nothing is readable; three times, for a rate of which nothing is
    /// known.
    ///
    /// ```
    /// use paceline_core::{Cause, classify_429};
    ///
    /// fn may_retry(cause: &Cause<'_>, retries_so_far: u32) -> bool {
    ///     cause.most_retries().is_none_or(|most| retries_so_far < most)
    /// }
    /// assert!(may_retry(&classify_429(b"slow down, limit per minute reached"), 20));
    /// assert!(!may_retry(&classify_429(b"daily limit of 50 requests reached, retry in 36s "), 1));
    /// assert!(!may_retry(&classify_429(br#"{"code":"insufficient_quota"}"#), 0));
    /// ```
    #[must_use]
    pub const fn most_retries(&self) -> Option<u32> {
        match self.reason {
            _ if !self.is_retryable() => Some(0),
            _ if self.is_day_on_trust() => Some(1),
            Reason::Unknown => Some(2),
            Reason::UnknownRate => Some(3),
            _ => None,
        }
    }

    /// What a shared limiter should do about it.
    #[must_use]
    pub const fn action(&self) -> Action {
        match self.kind() {
            Kind::RateLimited => match self.reason {
                Reason::RampTooFast => Action::Shrink,
                _ if self.is_day_on_trust() => Action::Probe,
                _ => Action::Gate,
            },
            Kind::Concurrency | Kind::Overloaded | Kind::Unknown => Action::Shrink,
            Kind::QuotaExhausted | Kind::BillingLimit | Kind::AccountInactive | Kind::Blocked => match self.reason {
                Reason::ModelNotInTier => Action::Nothing,
                _ => Action::Latch,
            },
            Kind::RequestTooLarge | Kind::InvalidCredentials => Action::Nothing,
        }
    }

    /// A limit of a day of which nothing proves that it refills evenly, as the three numbers do.
    const fn is_day_on_trust(&self) -> bool {
        let daily = matches!(self.window, Some(window) if window.as_secs() >= DAY.as_secs());
        daily && matches!(self.kind(), Kind::RateLimited) && !(self.limit.is_some() && self.used.is_some() && self.requested.is_some())
    }

    fn computed_wait(&self) -> Option<Duration> {
        if self.kind() != Kind::RateLimited {
            return None;
        }
        let limit = u128::from(self.limit.filter(|&limit| limit > 0)?);
        let window = self.window?.as_nanos();
        let over = match (self.used, self.requested) {
            (Some(used), Some(requested)) => (u128::from(used) + u128::from(requested)).checked_sub(limit)?,
            _ if self.resource == Some(Resource::Requests) => 1,
            _ => return None,
        };
        let nanos = over.checked_mul(window)?.div_ceil(limit);
        u64::try_from(nanos).ok().map(Duration::from_nanos)
    }
}
