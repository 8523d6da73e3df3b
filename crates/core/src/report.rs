//! What support asks for, in one text, without keys.

mod bracket;
mod expects;
mod mask;
mod name;
mod secret;
mod sign;

use core::fmt::{self, Display, Formatter};
use core::time::Duration;

use crate::cause::Cause;
use crate::headers::{Bucket, Headers};
use crate::language::Language::English;
use mask::{Code, Masked, Policy, RequestId};

/// A text for the service's support: the exact error, its request id, the limits seen, what was tried and what is needed.
///
/// It holds neither key nor prompt: the body is not printed, and what is printed of it is masked wherever it may be one:
/// what looks like a key (`sk-…`, a long word with digits that is no id), what has the name of one (`password=…`, `API 키: …`,
/// a UUID among it), headers with keys or cookies to the end of their line, who logs in at an address, quotations of more than three
/// words that name no limit, and all that follows the name of a prompt (`prompt: …`, `messages=…`) and its colon.
/// The id of the request that a header gives is printed whole unless it looks like the key of a service.
/// What stands from the first brace or bracket to the last is hidden too, and so is what follows unless it is sure that
/// the last one closes the first. A message is cut after 300 characters. `message` must be the error's message alone.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SupportReport<'a> {
    /// Why the request was refused.
    pub cause: Cause<'a>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// What the headers said.
    pub headers: Headers<'a>,
    /// The error's message.
    pub message: Option<&'a str>,
    /// How often the call was tried.
    pub attempts: Option<u32>,
    /// How long was waited in between, altogether.
    pub waited: Option<Duration>,
    /// What was used in the last window of the limit.
    pub usage: Option<u64>,
    /// What is to be used in a window.
    pub needed: Option<u64>,
}

impl<'a> SupportReport<'a> {
    /// A report of what the response said; what the caller did is for the caller to add.
    #[must_use]
    pub const fn new(cause: Cause<'a>, status: Option<u16>, headers: Headers<'a>) -> Self {
        Self { cause, status, headers, message: None, attempts: None, waited: None, usage: None, needed: None }
    }
}

impl Display for SupportReport<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let cause = &self.cause;
        line(out, "Cause", Some(cause.kind().name()))?;
        line(out, "Status", self.status)?;
        line(out, "Code", cause.code().map(Code))?;
        line(out, "Type", cause.error_type().map(Code))?;
        line(out, "Message", self.message.map(Masked))?;
        line(out, "Request id", self.headers.request_id().map(RequestId))?;
        line(out, "Organization", cause.organization().map(Masked))?;
        line(out, "Model", cause.model().map(Masked))?;
        line(out, "Resource", cause.resource().map(|resource| resource.name()))?;
        line(out, "Window", cause.window().map(|window| English.duration(window)))?;
        line(out, "Limit", cause.limit())?;
        line(out, "Used", cause.used())?;
        line(out, "Requested", cause.requested())?;
        line(out, "Retry after", cause.retry_after().map(|wait| English.duration(wait)))?;
        for bucket in self.headers.buckets() {
            write_bucket(out, bucket)?;
        }
        line(out, "Attempts", self.attempts)?;
        line(out, "Waited", self.waited.map(|waited| English.duration(waited)))?;
        line(out, "Recent use in a window", self.usage)?;
        line(out, "Expected use in a window", self.needed)
    }
}

fn line(out: &mut Formatter<'_>, name: &str, value: Option<impl Display>) -> fmt::Result {
    match value {
        Some(value) => writeln!(out, "{name}: {value}"),
        None => Ok(()),
    }
}

fn write_bucket(out: &mut Formatter<'_>, bucket: &Bucket<'_>) -> fmt::Result {
    write!(out, "Header {}:", Policy(bucket.name))?;
    let mut number = |name: &str, value: Option<u64>| match value {
        Some(value) => write!(out, " {name} {value}"),
        None => Ok(()),
    };
    number("limit", bucket.limit)?;
    number("remaining", bucket.remaining)?;
    if let Some(reset) = bucket.reset_after {
        write!(out, " reset {}", English.duration(reset))?;
    }
    if let Some(window) = bucket.window {
        write!(out, " window {}", English.duration(window.length()))?;
    }
    writeln!(out)
}
