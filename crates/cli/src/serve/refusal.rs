//! What the server refuses, in the words of the real service.
//!
//! OpenAI's since November 2023. It has no limit on calls in flight for these two calls, so that one is worded as Moonshot words it.

use std::time::Duration;

use axum::http::{Method, StatusCode, Uri};
use serde_json::{Value, json};

use super::{
    durations::Printed,
    limits::{Limit, Resource},
};

/// A request that is not admitted, and why.
pub(crate) enum Refusal {
    /// A limit holds it back for `wait`.
    Rate {
        name: &'static str,
        unit: &'static str,
        resource: Resource,
        limit: u64,
        used: u64,
        requested: u64,
        wait: Duration,
    },
    /// It is larger than a limit, so that it can never pass.
    TooLarge {
        unit: &'static str,
        resource: Resource,
        limit: u64,
        requested: u64,
    },
    InFlight {
        limit: u64,
    },
    NoBalance,
    NoKey,
    /// Not a request that the service takes.
    Invalid {
        status: StatusCode,
        message: String,
        code: Option<&'static str>,
    },
}

/// Who asked for what.
pub(crate) struct Asked<'a> {
    pub(crate) model: &'a str,
    /// The hash of the key, which stands for its organization.
    pub(crate) key: &'a str,
}

impl Refusal {
    /// `limit` refuses a call of `tokens` for `wait`. A short window is told as the minute's limit that it holds up.
    pub(crate) fn rate(limit: &Limit, tokens: u64, wait: Duration) -> Self {
        let &Limit { name, unit, resource, limit: most, .. } = limit;
        let used = most - limit.meter.left();
        Self::Rate { name, unit, resource, limit: most, used, requested: limit.cost(tokens), wait }
    }

    /// A call of `tokens` never fits into `limit`; what would fit is told, which in a short window is its share.
    pub(crate) fn too_large(limit: &Limit, tokens: u64) -> Self {
        Self::TooLarge { unit: limit.unit, resource: limit.resource, limit: limit.meter.capacity(), requested: limit.cost(tokens) }
    }

    pub(crate) fn not_found(method: &Method, uri: &Uri) -> Self {
        let message = format!("Invalid URL ({method} {})", uri.path());
        Self::Invalid { status: StatusCode::NOT_FOUND, message, code: None }
    }

    pub(crate) fn method_not_allowed(method: &Method, uri: &Uri) -> Self {
        let message = format!("Not allowed to {method} on {}. (HINT: Perhaps you meant to use a different HTTP method?)", uri.path());
        Self::Invalid { status: StatusCode::METHOD_NOT_ALLOWED, message, code: Some("method_not_supported") }
    }

    pub(crate) fn bad_request(message: &str) -> Self {
        Self::Invalid { status: StatusCode::BAD_REQUEST, message: message.to_owned(), code: None }
    }

    /// Its name in the log and the summary.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Rate { name, .. } => name,
            Self::TooLarge { .. } => "too_large",
            Self::InFlight { .. } => "in_flight",
            Self::NoBalance => "balance",
            Self::NoKey => "no_key",
            Self::Invalid { .. } => "invalid",
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NoKey => StatusCode::UNAUTHORIZED,
            Self::Invalid { status, .. } => *status,
            _ => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// What a client should wait, if waiting helps.
    pub(crate) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Rate { wait, .. } => Some(*wait),
            Self::InFlight { .. } => Some(Duration::from_secs(1)),
            _ => None,
        }
    }

    /// The body of the answer; with `hint` it tells how long to wait.
    pub(crate) fn body(&self, asked: &Asked<'_>, hint: bool) -> Value {
        let message = self.message(asked, hint);
        match self {
            Self::Rate { resource, .. } | Self::TooLarge { resource, .. } => error(&message, resource.word(), Some("rate_limit_exceeded")),
            Self::InFlight { .. } => {
                json!({"error": {"message": message, "type": "rate_limit_reached_error"}})
            }
            Self::NoBalance => error(&message, "insufficient_quota", Some("insufficient_quota")),
            Self::NoKey => error(&message, "invalid_request_error", None),
            Self::Invalid { code, .. } => error(&message, "invalid_request_error", *code),
        }
    }

    fn message(&self, Asked { model, key }: &Asked<'_>, hint: bool) -> String {
        match self {
            Self::Rate { unit, limit, used, requested, wait, .. } => {
                let again = if hint { format!(" Please try again in {}.", Printed(*wait)) } else { String::new() };
                format!(
                    "Rate limit reached for {model} in organization org-{key} on {unit}: \
                     Limit {limit}, Used {used}, Requested {requested}.{again} {LEARN_MORE}"
                )
            }
            Self::TooLarge { unit, limit, requested, .. } => format!(
                "Request too large for {model} in organization org-{key} on {unit}: Limit {limit}, Requested {requested}. \
                 The input or output tokens must be reduced in order to run successfully. {LEARN_MORE}"
            ),
            Self::InFlight { limit } => {
                let again = if hint { ", please try again after 1 seconds" } else { "" };
                format!("Your account org-{key}<ak-{key}> request reached max organization concurrency: {limit}{again}")
            }
            Self::NoBalance => NO_BALANCE.to_owned(),
            Self::NoKey => NO_KEY.to_owned(),
            Self::Invalid { message, .. } => message.clone(),
        }
    }
}

fn error(message: &str, kind: &str, code: Option<&str>) -> Value {
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
}

const LEARN_MORE: &str = "Visit https://platform.openai.com/account/rate-limits to learn more.";

const NO_BALANCE: &str = "You exceeded your current quota, please check your plan and billing details. For more information on \
     this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.";

const NO_KEY: &str = "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth \
     (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from https://platform.openai.com/account/api-keys.";

/// The body of a request that is not JSON.
pub(crate) const NOT_JSON: &str = "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your \
     HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)";

/// The body of a request without a model.
pub(crate) const NO_MODEL: &str = "you must provide a model parameter";

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Asked<'_> = Asked { model: "gpt-4o", key: "0123456789abcdef" };

    fn rate(resource: Resource, unit: &'static str, [limit, used, requested]: [u64; 3], wait: u64) -> Refusal {
        let wait = Duration::from_millis(wait);
        Refusal::Rate { name: "", unit, resource, limit, used, requested, wait }
    }

    #[track_caller]
    fn reads(refusal: &Refusal, hint: bool, expected: &str) {
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(refusal.body(&ASKED, hint), expected);
    }

    #[test]
    fn a_rate_reads_as_the_service_words_it() {
        let requests = rate(Resource::Requests, "requests per day (RPD)", [200, 200, 1], 432_000);
        reads(
            &requests,
            true,
            r#"{"error": {"message": "Rate limit reached for gpt-4o in organization org-0123456789abcdef on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s. Visit https://platform.openai.com/account/rate-limits to learn more.", "type": "requests", "param": null, "code": "rate_limit_exceeded"}}"#,
        );
        let tokens = rate(Resource::Tokens, "tokens per min (TPM)", [10_000, 9_000, 1_649], 3_894);
        reads(
            &tokens,
            false,
            r#"{"error": {"message": "Rate limit reached for gpt-4o in organization org-0123456789abcdef on tokens per min (TPM): Limit 10000, Used 9000, Requested 1649. Visit https://platform.openai.com/account/rate-limits to learn more.", "type": "tokens", "param": null, "code": "rate_limit_exceeded"}}"#,
        );
    }

    #[test]
    fn what_waiting_does_not_cure_has_no_hint() {
        let (unit, resource) = ("tokens per min (TPM)", Resource::Tokens);
        let too_large = Refusal::TooLarge { unit, resource, limit: 60_000, requested: 61_202 };
        assert_eq!(too_large.wait(), None);
        reads(
            &too_large,
            true,
            r#"{"error": {"message": "Request too large for gpt-4o in organization org-0123456789abcdef on tokens per min (TPM): Limit 60000, Requested 61202. The input or output tokens must be reduced in order to run successfully. Visit https://platform.openai.com/account/rate-limits to learn more.", "type": "tokens", "param": null, "code": "rate_limit_exceeded"}}"#,
        );
        assert_eq!(Refusal::NoBalance.wait(), None);
        reads(
            &Refusal::NoBalance,
            true,
            r#"{"error": {"message": "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.", "type": "insufficient_quota", "param": null, "code": "insufficient_quota"}}"#,
        );
    }

    #[test]
    fn too_many_in_flight_reads_as_moonshot_words_it() {
        let message = "Your account org-0123456789abcdef<ak-0123456789abcdef> request reached max organization concurrency: 2";
        let body = |message: &str| json!({"error": {"message": message, "type": "rate_limit_reached_error"}}).to_string();
        reads(&Refusal::InFlight { limit: 2 }, false, &body(message));
        reads(&Refusal::InFlight { limit: 2 }, true, &body(&format!("{message}, please try again after 1 seconds")));
    }
}
