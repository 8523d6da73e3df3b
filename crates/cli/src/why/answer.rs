//! Responses that are no refusals: what a model says of rate limits is no limit of the call.

use paceline_core::Response;
use serde_json::Value;

/// Whether the response is a good one: a body, or a frame of a stream, holds what was asked for, and none an error.
pub(super) fn is_answer(response: &Response<'_>) -> bool {
    if !has_succeeded(response) {
        return false;
    }
    let whole = serde_json::from_slice(response.body).map(|body: Value| vec![body]);
    let frames = whole.unwrap_or_else(|_| frames(response.body));
    frames.iter().any(has_content) && !frames.iter().any(|frame| frame.is_null() || has_error(frame))
}

fn has_content(frame: &Value) -> bool {
    CONTENTS.iter().any(|name| frame.get(name).is_some_and(|content| content.is_object() || content.is_array()))
}

/// Whether the status is of a success; an error may come behind it all the same.
pub(super) fn has_succeeded(response: &Response<'_>) -> bool {
    response.status.is_some_and(|status| (200..300).contains(&status))
}

/// The frames of a stream, `null` for one that is no JSON.
fn frames(body: &[u8]) -> Vec<Value> {
    let body = String::from_utf8_lossy(body);
    let data = body.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim).filter(|data| *data != "[DONE]");
    data.map(|data| serde_json::from_str(data).unwrap_or_default()).collect()
}

/// Whether a field anywhere is of an error and says something.
fn has_error(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(name, value)| is_error(name, value) || has_error(value)),
        Value::Array(items) => items.iter().any(has_error),
        _ => false,
    }
}

fn is_error(name: &str, value: &Value) -> bool {
    let silent = value.is_null() || *value == Value::Bool(false) || value.as_array().is_some_and(Vec::is_empty);
    name.to_ascii_lowercase().contains("error") && !silent || (name == "type" || name == "finish_reason") && value == "error"
}

/// The fields that models answer in.
const CONTENTS: [&str; 10] =
    ["choices", "output", "content", "candidates", "data", "delta", "message", "response", "embedding", "embeddings"];
