//! What the answers look like, and when they come.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::served::{Answer, Served, chat};

#[tokio::test]
async fn headers_and_hints_can_be_switched_off() {
    let limits = "--rpm 1 --max-in-flight 9";
    let (hint, retry, standing) = (" Please try again in 1m0s.", "retry-after-ms", "x-ratelimit-limit-requests");
    let switches = [
        ("", [true; 3]),
        ("--no-hint", [false, true, true]),
        ("--no-retry-after", [true, false, true]),
        ("--no-ratelimit-headers", [true, true, false]),
    ];
    for (switch, expected) in switches {
        let served = Served::start(&format!("{limits} {switch}"));
        served.chat(1).await;
        let answer = served.chat(1).await;
        assert_eq!(answer.status, 429);
        let has = [answer.message().contains(hint), answer.header(retry).is_some(), answer.header(standing).is_some()];
        assert_eq!(has, expected, "with {switch:?}: {:?} {}", answer.headers, answer.body);
        assert_eq!(answer.header("retry-after").is_some(), has[1]);
    }
}

#[tokio::test]
async fn calls_take_the_latency() {
    let served = Served::start("--latency 200ms --jitter 50ms");
    for _ in 0..5 {
        let start = Instant::now();
        let answer = served.chat(1).await;
        let took = start.elapsed();
        assert!((150..1_000).contains(&took.as_millis()), "{took:?}");
        let told: u64 = answer.header("openai-processing-ms").unwrap().parse().unwrap();
        assert!((150..1_000).contains(&told), "{told}");
    }
}

#[tokio::test]
async fn what_is_no_request_is_refused_in_the_shape_of_the_service() {
    let served = Served::start("");
    let send = async |path, authorization, body: &str| {
        Answer::read(served.request(path, authorization, body.to_owned()).send().await.unwrap()).await
    };
    let (chat, key) = ("/chat/completions", "Bearer k");
    let cases = [
        (send(chat, "Bearer ", "{}").await, 401, "You didn't provide an API key."),
        (send(chat, "Basic k", "{}").await, 401, "You didn't provide an API key."),
        (send(chat, key, r#"{"model": "m""#).await, 400, "We could not parse the JSON body of your request."),
        (send(chat, key, r#"{"messages": []}"#).await, 400, "you must provide a model parameter"),
        (send(chat, key, r#"{"model": "m", "stream": true}"#).await, 400, "this server does not stream"),
        (send("/completions", key, "{}").await, 404, "Invalid URL (POST /v1/completions)"),
    ];
    for (answer, status, message) in cases {
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(answer.message().starts_with(message), "{}", answer.body);
        assert_eq!(answer.body["error"]["type"], "invalid_request_error");
        assert!(answer.header("x-request-id").is_some());
    }
}

#[tokio::test]
async fn answers_have_the_shape_of_the_service() {
    let served = Served::start("");
    let body = json!({"model": "m", "n": 2, "messages": [{"role": "user", "content": "12345"}]}).to_string();
    let chat = served.post("/chat/completions", body).await.body;
    assert_eq!((&chat["object"], &chat["model"]), (&json!("chat.completion"), &json!("m")));
    assert_eq!((&chat["choices"][1]["index"], &chat["choices"][1]["message"]["role"]), (&json!(1), &json!("assistant")));
    assert_eq!(chat["usage"], json!({"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}));
    let body = json!({"model": "e", "dimensions": 3, "input": ["a", "b"]}).to_string();
    let list = served.post("/embeddings", body).await.body;
    let data = |index| json!({"object": "embedding", "index": index, "embedding": [1.0, 0.0, 0.0]});
    let usage = json!({"prompt_tokens": 1, "total_tokens": 1});
    assert_eq!(list, json!({"object": "list", "model": "e", "data": [data(0), data(1)], "usage": usage}));
}

#[tokio::test]
async fn ctrl_c_lets_calls_end_and_tells_what_was_counted() {
    let served = Served::start("--rpm 1 --latency 300ms");
    let call = served.request("/chat/completions", "Bearer k", chat("m", 7));
    let call = tokio::spawn(call.send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let refused = served.request("/chat/completions", "Bearer k", chat("m", 7)).send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 429);
    let summary = tokio::task::spawn_blocking(|| served.interrupt()).await.unwrap();
    assert_eq!(summary, "admitted 1 requests of 7 tokens, at most 1 in flight; refused 1: rpm 1\n");
    assert_eq!(call.await.unwrap().unwrap().status().as_u16(), 200);
}
