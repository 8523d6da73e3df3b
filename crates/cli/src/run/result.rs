//! One line of the output, in the format of OpenAI's batch output files.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::limits::TooSmall;

/// What came of one request.
#[derive(Serialize)]
pub(super) struct ResultLine {
    id: String,
    custom_id: String,
    response: Option<Response>,
    error: Option<Failure>,
}

/// What the server answered.
#[derive(Serialize)]
pub(super) struct Response {
    pub(super) status_code: u16,
    pub(super) request_id: Option<String>,
    pub(super) body: Box<RawValue>,
}

/// Why there is no answer.
#[derive(Serialize)]
pub(super) struct Failure {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl ResultLine {
    /// The result of the request in `line` of the input.
    pub(super) fn new(line: u64, custom_id: String, answer: Result<Response, Failure>) -> Self {
        let (response, error) = match answer {
            Ok(response) => (Some(response), None),
            Err(failure) => (None, Some(failure)),
        };
        Self { id: format!("batch_req_{line}"), custom_id, response, error }
    }

    /// The HTTP status, where there was an answer.
    pub(super) fn status(&self) -> Option<u16> {
        self.response.as_ref().map(|response| response.status_code)
    }

    /// The line with its end.
    pub(super) fn to_line(&self) -> serde_json::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}

impl From<TooSmall<'_>> for Failure {
    fn from(TooSmall { limit, cost, most }: TooSmall<'_>) -> Self {
        let message = format!(
            "not sent: it costs {cost} of {limit}, and at most {most} ever fit with this margin; make it smaller or raise the limit"
        );
        Self { code: "request_too_large", message }
    }
}

/// A body as one line of JSON: text that is no JSON becomes a string.
pub(super) fn body(text: String) -> Box<RawValue> {
    // Within JSON a line end can only stand where a blank can.
    let line = text.replace(['\n', '\r'], " ");
    RawValue::from_string(line).unwrap_or_else(|_| to_raw_value(&text).unwrap_or_default())
}

/// What the next run needs to know of a line.
#[derive(Deserialize)]
pub(super) struct Finished<'a> {
    #[serde(borrow)]
    pub(super) custom_id: Cow<'a, str>,
    /// It may be null but has to be there, or else a request would pass for a result that failed.
    #[serde(deserialize_with = "Option::deserialize")]
    response: Option<Status>,
}

#[derive(Deserialize)]
struct Status {
    status_code: u16,
}

impl Finished<'_> {
    pub(super) fn succeeded(&self) -> bool {
        self.response.as_ref().is_some_and(|response| is_success(response.status_code))
    }
}

/// Whether a status says that the request was done.
pub(super) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(answer: Result<Response, Failure>) -> String {
        let line = ResultLine::new(7, "a\"b".to_owned(), answer).to_line().unwrap_or_default();
        String::from_utf8(line).unwrap_or_default()
    }

    #[test]
    fn an_answer_over_many_lines_takes_one() {
        let body = body("{\n  \"text\": \"a\\nb\"\r\n}\n".to_owned());
        let written = line(Ok(Response { status_code: 200, request_id: Some("r".to_owned()), body }));
        let start = r#"{"id":"batch_req_7","custom_id":"a\"b","response":{"status_code":200,"request_id":"r","body":{"#;
        assert!(written.starts_with(start), "{written}");
        assert!(written.ends_with("\"error\":null}\n") && written.lines().count() == 1, "{written}");
        let finished: Finished<'_> = serde_json::from_str(&written).expect("a result line");
        assert!(finished.succeeded() && finished.custom_id == "a\"b");
    }

    #[test]
    fn a_page_of_a_proxy_becomes_a_string() {
        let body = body("<h1>\n502</h1>".to_owned());
        assert_eq!(body.get(), r#""<h1>\n502</h1>""#);
    }

    #[test]
    fn without_an_answer_there_is_an_error() {
        let written = line(Err(TooSmall { limit: "tokens/min", cost: 900, most: 800 }.into()));
        assert!(
            written.contains(r#""response":null,"error":{"code":"request_too_large","message":"not sent: it costs 900 of tokens/min, and"#)
        );
        assert!(written.contains("at most 800"), "{written}");
        let finished: Finished<'_> = serde_json::from_str(&written).expect("a result line");
        assert!(!finished.succeeded());
    }
}
