//! Every entry of the reader of refusals, and the texts for people.

use core::{
    fmt::{Display, Write},
    time::Duration,
};

use paceline_core::{
    Action, Cause, Evidence, GiveUp, Kind, Language, Nanos, Quota, QuotaError, Rate, Reason, Remedies, Remedy, Reset, Resource, Response,
    RestoreError, Snapshot, SupportReport, classify, classify_429,
    headers::{Bucket, Dialect, Headers, RateLimitFields, Window, retry_after},
};

use crate::verbs::{export, exports};

/// Both sides of each header, as C hands them over.
type Fields = &'static [(&'static str, &'static str)];

/// Where a text goes, byte by byte: a line of a serial port.
struct Port(extern "C" fn(u8));

impl Write for Port {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        text.bytes().for_each(|byte| (self.0)(byte));
        Ok(())
    }
}

impl Port {
    fn print(mut self, text: impl Display) -> bool {
        write!(self, "{text}").is_ok()
    }
}

export!("classify_429", (body: &'static [u8]) -> Cause<'static>, classify_429(body));
export!("classify", (response: &Response<'static>) -> Cause<'static>, classify(response));

exports! { "cause", Cause<'static>:
    new(reason: Reason) -> Cause<'static>;
    kind(cause: &Cause<'static>) -> Kind;
    reason(cause: &Cause<'static>) -> Reason;
    resource(cause: &Cause<'static>) -> Option<Resource>;
    window(cause: &Cause<'static>) -> Option<Duration>;
    limit(cause: &Cause<'static>) -> Option<u64>;
    used(cause: &Cause<'static>) -> Option<u64>;
    requested(cause: &Cause<'static>) -> Option<u64>;
    stated_retry_after(cause: &Cause<'static>) -> Option<Duration>;
    reset(cause: &Cause<'static>) -> Option<Reset<'static>>;
    model(cause: &Cause<'static>) -> Option<&'static str>;
    organization(cause: &Cause<'static>) -> Option<&'static str>;
    code(cause: &Cause<'static>) -> Option<&'static str>;
    error_type(cause: &Cause<'static>) -> Option<&'static str>;
    is_retryable(cause: &Cause<'static>) -> bool;
    retry_after(cause: &Cause<'static>) -> Option<Duration>;
    most_retries(cause: &Cause<'static>) -> Option<u32>;
    action(cause: &Cause<'static>) -> Action;
    remedies(cause: &Cause<'static>, evidence: &Evidence<'static>) -> Remedies<'static>;
}
exports! { "kind", Kind: name(kind: Kind) -> &'static str; waiting_helps(kind: Kind) -> bool; }
exports! { "reason", Reason: kind(reason: Reason) -> Kind; }
exports! { "resource", Resource: name(resource: Resource) -> &'static str; }

exports! { "remedy", Remedy<'static>: id(remedy: &Remedy<'static>) -> &'static str; }
exports! { "rate", Rate: interval(rate: &Rate) -> Duration; }
export!("remedy_text", (remedy: &Remedy<'_>, language: Language, port: Port) -> bool, port.print(remedy.text(language)));

exports! { "headers", Headers<'static>:
    buckets(headers: &'static Headers<'static>) -> &'static [Bucket<'static>];
    retry_after(headers: &Headers<'static>) -> Option<Duration>;
    should_retry(headers: &Headers<'static>) -> Option<bool>;
    request_id(headers: &Headers<'static>) -> Option<&'static str>;
    date(headers: &Headers<'static>) -> Option<Duration>;
}
export!("headers_read", (fields: Fields) -> Headers<'static>, Headers::read(fields.iter().copied()));
export!("headers_read_as", (dialect: Dialect, fields: Fields) -> Headers<'static>, Headers::read_as(dialect, fields.iter().copied()));
exports! { "window", Window: length(window: Window) -> Duration; }

exports! { "fields", RateLimitFields<'static>: of(policy: &'static str, snapshot: Snapshot, quota: Quota) -> RateLimitFields<'static>; }
export!("fields_rate_limit", (fields: RateLimitFields<'_>, port: Port) -> bool, port.print(fields.rate_limit()));
export!("fields_rate_limit_policy", (fields: RateLimitFields<'_>, port: Port) -> bool, port.print(fields.rate_limit_policy()));
export!("retry_after", (wait: Duration, port: Port) -> bool, port.print(retry_after(wait)));

exports! { "support_report", SupportReport<'static>:
    new(cause: Cause<'static>, status: Option<u16>, headers: Headers<'static>) -> SupportReport<'static>;
}
exports! { "language", Language: resource(language: Language, resource: Resource) -> &'static str; }
export!("language_duration", (language: Language, duration: Duration, port: Port) -> bool, port.print(language.duration(duration)));
export!("language_number", (language: Language, number: u64, port: Port) -> bool, port.print(language.number(number)));
export!("language_per", (language: Language, window: Duration, port: Port) -> bool, port.print(language.per(window)));

/// What is printed as it is.
macro_rules! printed {
    ($($name:literal $type:ty,)*) => {$(export!($name, (value: &$type, port: Port) -> bool, port.print(value));)*};
}

printed! {
    "support_report_print" SupportReport<'_>,
    "nanos_print" Nanos,
    "quota_error_print" QuotaError,
    "restore_error_print" RestoreError,
    "give_up_print" GiveUp,
}
