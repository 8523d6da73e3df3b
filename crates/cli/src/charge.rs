//! What a request costs in tokens, reckoned before it is sent: the guide's rule for OpenAI.

use serde_json::Value;

/// The tokens that `body`, sent to `url`, is charged: the larger of `max_tokens * n` and a quarter of the characters, rounded up.
///
/// `max_completion_tokens` stands in for `max_tokens`, and `n` is 1 when not given. The characters are those of the message
/// contents or, at an `/embeddings` URL, of the input; a string counts as itself, an array as the sum of its parts, a part by its `text`.
pub(crate) fn tokens(url: &str, body: &Value) -> u64 {
    let number = |name| body.get(name).and_then(Value::as_u64);
    let most = number("max_tokens").or_else(|| number("max_completion_tokens")).unwrap_or(0);
    most.saturating_mul(number("n").unwrap_or(1)).max(prompt_tokens(url, body))
}

/// A quarter of the characters that the request sends, rounded up: the estimate of its prompt.
pub(crate) fn prompt_tokens(url: &str, body: &Value) -> u64 {
    let characters = if url.ends_with("/embeddings") { characters(body.get("input")) } else { message_characters(body) };
    characters.div_ceil(4)
}

fn message_characters(body: &Value) -> u64 {
    let messages = body.get("messages").and_then(Value::as_array);
    messages.into_iter().flatten().map(|message| characters(message.get("content"))).sum()
}

fn characters(content: Option<&Value>) -> u64 {
    match content {
        Some(Value::String(text)) => text.chars().count() as u64,
        Some(Value::Array(parts)) => parts.iter().map(|part| characters(Some(part))).sum(),
        Some(Value::Object(part)) => characters(part.get("text")),
        // An embedding's input may be tokens already.
        Some(Value::Number(_)) => 4,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CHAT: &str = "/v1/chat/completions";

    #[track_caller]
    fn charges(url: &str, body: Value, expected: u64) {
        assert_eq!(tokens(url, &body), expected, "{body}");
    }

    #[test]
    fn max_tokens_times_n_or_the_characters_whichever_is_more() {
        let messages = json!([{"role": "system", "content": "12345678"}, {"role": "user", "content": "9"}]);
        charges(CHAT, json!({"messages": messages}), 3);
        charges(CHAT, json!({"messages": messages, "max_tokens": 2}), 3);
        charges(CHAT, json!({"messages": messages, "max_tokens": 2, "n": 2}), 4);
        charges(CHAT, json!({"messages": messages, "max_completion_tokens": 5}), 5);
        charges(CHAT, json!({"messages": messages, "max_tokens": null, "max_completion_tokens": 6, "n": null}), 6);
        charges(CHAT, json!({"max_tokens": u64::MAX, "n": 2}), u64::MAX);
    }

    #[test]
    fn characters_are_counted_not_bytes_and_only_the_text_of_parts() {
        charges(CHAT, json!({"messages": [{"content": "한국어 글"}]}), 2);
        let parts = json!([{"type": "text", "text": "12345"}, {"type": "image_url", "image_url": {"url": "data:0123456789"}}]);
        charges(CHAT, json!({"messages": [{"content": parts}, {"content": null}, {}]}), 2);
    }

    #[test]
    fn an_embedding_is_charged_by_its_input() {
        let url = "/v1/embeddings";
        charges(url, json!({"input": "12345", "messages": [{"content": "not read"}]}), 2);
        charges(url, json!({"input": ["123", "456"]}), 2);
        charges(url, json!({"input": [[1, 2, 3], [4]]}), 4);
        charges(url, json!({}), 0);
    }
}
