//! One request, in the format of OpenAI's batch input files.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::charge;

/// A request as its line says it, with its body untouched.
pub(super) struct Job<'a> {
    pub(super) custom_id: Cow<'a, str>,
    /// The path, from `/v1/` on.
    pub(super) url: Cow<'a, str>,
    pub(super) body: &'a str,
    /// What it is charged.
    pub(super) tokens: u32,
}

/// Why a line is no request.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum BadLine {
    #[error("{0}")]
    Json(String),
    #[error("method is {0:?}, but only POST can be sent")]
    Method(String),
    #[error("url is {0:?}, but has to start with /v1/")]
    Url(String),
    #[error("body is no JSON object")]
    Body,
    #[error("custom_id {0:?} was there before; give each request its own")]
    Duplicate(String),
}

impl<'a> Job<'a> {
    /// Reads one line.
    pub(super) fn parse(line: &'a [u8]) -> Result<Self, BadLine> {
        let Fields { custom_id, method, url, body } = serde_json::from_slice(line)?;
        if method != "POST" {
            return Err(BadLine::Method(method.into_owned()));
        }
        if !url.starts_with("/v1/") {
            return Err(BadLine::Url(url.into_owned()));
        }
        let parsed: Value = serde_json::from_str(body.get())?;
        if !parsed.is_object() {
            return Err(BadLine::Body);
        }
        let tokens = u32::try_from(charge::tokens(&url, &parsed)).unwrap_or(u32::MAX);
        Ok(Self { custom_id, url, body: body.get(), tokens })
    }
}

#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    custom_id: Cow<'a, str>,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// The parser counts lines within the one that it was given, which would mislead.
impl From<serde_json::Error> for BadLine {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error.to_string().replace(" at line 1 column ", " at column "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(line: &str) -> String {
        Job::parse(line.as_bytes()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_body_is_kept_as_it_was_written() {
        let line = br#"{"custom_id":"a\"b","method":"POST","url":"/v1/chat/completions","body":{ "max_tokens": 7, "x": 1.10 }}"#;
        let Ok(job) = Job::parse(line) else { panic!("a request") };
        assert_eq!((&*job.custom_id, &*job.url, job.tokens), ("a\"b", "/v1/chat/completions", 7));
        assert_eq!(job.body, r#"{ "max_tokens": 7, "x": 1.10 }"#);
    }

    #[test]
    fn a_bad_line_is_told_what_is_wrong_with_it() {
        assert_eq!(error("{"), "EOF while parsing an object at column 1");
        assert_eq!(error(r#"{"custom_id":"a","method":"POST","url":"/v1/x"}"#), "missing field `body` at column 47");
        assert_eq!(error(r#"{"custom_id":7,"method":"POST","url":"/v1/x","body":{}}"#).get(..12), Some("invalid type"));
        assert!(error(r#"{"custom_id":"a","method":"GET","url":"/v1/x","body":{}}"#).contains("\"GET\""));
        assert!(error(r#"{"custom_id":"a","method":"POST","url":"http://x/v1/","body":{}}"#).contains("http://x/v1/"));
        assert_eq!(error(r#"{"custom_id":"a","method":"POST","url":"/v1/x","body":[]}"#), "body is no JSON object");
    }
}
