//! What an admitted call gets: bodies of the real shape with next to nothing in them.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::call::Call;
use crate::charge;

/// The body that answers `call`, the server's `request`th.
pub(crate) fn body(call: &Call, request: u64) -> Value {
    if call.url.ends_with("/embeddings") { embeddings(call) } else { chat_completion(call, request) }
}

/// As many choices as asked for, at most 128 as the service allows, of one token each.
fn chat_completion(call: &Call, request: u64) -> Value {
    let n = number(call, "n").unwrap_or(1).min(128);
    let choices = (0..n).map(|index| {
        json!({
            "index": index,
            "message": {"role": "assistant", "content": "Yes.", "refusal": null},
            "logprobs": null,
            "finish_reason": "stop",
        })
    });
    let prompt_tokens = charge::prompt_tokens(&call.url, &call.body);
    json!({
        "id": format!("chatcmpl-{request}"),
        "object": "chat.completion",
        "created": unix_seconds(),
        "model": call.model,
        "choices": choices.collect::<Vec<_>>(),
        "usage": {"prompt_tokens": prompt_tokens, "completion_tokens": n, "total_tokens": prompt_tokens + n},
    })
}

/// One vector for each input, of the `dimensions` asked for, at most 3,072; 8 if not said.
fn embeddings(call: &Call) -> Value {
    let dimensions = number(call, "dimensions").unwrap_or(8).clamp(1, 3_072) as usize;
    let mut vector = vec![0.0; dimensions];
    vector[0] = 1.0;
    let inputs = match call.body.get("input") {
        Some(Value::Array(inputs)) if !inputs.iter().all(Value::is_number) => inputs.len(),
        _ => 1,
    };
    let data = (0..inputs).map(|index| json!({"object": "embedding", "index": index, "embedding": vector}));
    let prompt_tokens = charge::prompt_tokens(&call.url, &call.body);
    json!({
        "object": "list",
        "data": data.collect::<Vec<_>>(),
        "model": call.model,
        "usage": {"prompt_tokens": prompt_tokens, "total_tokens": prompt_tokens},
    })
}

fn number(call: &Call, name: &str) -> Option<u64> {
    call.body.get(name).and_then(Value::as_u64)
}

fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
