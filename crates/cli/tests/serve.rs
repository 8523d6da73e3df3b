//! `paceline serve` as its clients see it: each limit and each switch, over HTTP.

mod served;

use core::time::Duration;
use std::collections::HashSet;
use std::time::Instant;

use reqwest::Response;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use self::served::{Answer, Served, chat};

#[tokio::test]
async fn a_full_minute_is_refused_in_the_words_of_the_service() {
    let served = Served::start("--rpm 3 --tpm 60000");
    for remaining in ["2", "1", "0"] {
        let answer = served.chat(1).await;
        assert_eq!(
            (
                answer.status,
                answer.header("x-ratelimit-remaining-requests")
            ),
            (200, Some(remaining))
        );
    }
    let answer = served.chat(1).await;
    assert_eq!(answer.status, 429);
    let organization = answer.header("openai-organization").unwrap();
    let message = format!(
        "Rate limit reached for m in organization {organization} on requests per min (RPM): Limit 3, Used 3, Requested 1. \
         Please try again in 20s. Visit https://platform.openai.com/account/rate-limits to learn more."
    );
    let error = json!({"message": message, "type": "requests", "param": null, "code": "rate_limit_exceeded"});
    assert_eq!(answer.body, json!({"error": error}));
    let expected = [
        ("retry-after", "20"),
        ("retry-after-ms", "20000"),
        ("x-ratelimit-limit-requests", "3"),
        ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-requests", "1m0s"),
        ("x-ratelimit-limit-tokens", "60000"),
        ("x-request-id", "req_00000000000000000000000000000004"),
    ];
    for (name, value) in expected {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    let other_model = served.post("/chat/completions", chat("m2", 1)).await;
    let other_key = served
        .request("/chat/completions", "Bearer sk-other", chat("m", 1))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (other_model.status, other_key.status().as_u16()),
        (200, 200)
    );
}

#[tokio::test]
async fn headers_and_hints_can_be_switched_off() {
    let limits = "--rpm 1 --max-in-flight 9";
    let (hint, retry, standing) = (
        " Please try again in 1m0s.",
        "retry-after-ms",
        "x-ratelimit-limit-requests",
    );
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
        let has = [
            answer.message().contains(hint),
            answer.header(retry).is_some(),
            answer.header(standing).is_some(),
        ];
        assert_eq!(
            has, expected,
            "with {switch:?}: {:?} {}",
            answer.headers, answer.body
        );
        assert_eq!(answer.header("retry-after").is_some(), has[1]);
    }
}

#[tokio::test]
async fn tokens_are_charged_before_the_call() {
    let served = Served::start("--tpm 100");
    let embedding = json!({"model": "m", "input": ["x".repeat(200), "y".repeat(201)]}).to_string();
    assert_too_large(&served.post("/embeddings", embedding).await, 100, 101);
    assert_eq!(
        served.chat(99).await.header("x-ratelimit-remaining-tokens"),
        Some("1")
    );
    let refused = served.chat(100).await;
    assert_eq!(
        (refused.status, &refused.body["error"]["type"]),
        (429, &json!("tokens"))
    );
    let told = numbers(refused.message());
    let [limit, used, requested] = told[..3] else {
        panic!("{told:?}")
    };
    assert_eq!((limit, requested), (100, 100));
    let wait: u64 = refused.header("retry-after-ms").unwrap().parse().unwrap();
    assert_eq!(wait, (used + requested - limit) * 60_000 / limit);
    assert_eq!(refused.header("x-ratelimit-limit-requests"), None);
}

#[tokio::test]
async fn a_day_in_four_seconds() {
    let served = Served::start("--rpd 2 --time-scale 21600");
    served.chat(1).await;
    served.chat(1).await;
    let refused = served.chat(1).await;
    assert!(refused.message().contains(
        "on requests per day (RPD): Limit 2, Used 2, Requested 1. Please try again in 2s."
    ));
    wait_as_told(&refused).await;
    assert_eq!(served.chat(1).await.status, 200);
}

#[tokio::test]
async fn short_windows_of_either_kind() {
    for kind in ["bucket", "counter"] {
        let served = Served::start(&format!(
            "--rpm 120 --tpm 6000 --window 500ms --window-kind {kind}"
        ));
        assert_too_large(&served.chat(51).await, 50, 51);
        let mut refused = served.chat(1).await;
        for _ in 0..3 {
            if refused.status == 429 {
                break;
            }
            refused = served.chat(1).await;
        }
        assert!(
            refused
                .message()
                .contains("(RPM): Limit 120, Used 120, Requested 1. "),
            "{}",
            refused.body
        );
        wait_as_told(&refused).await;
        assert_eq!(served.chat(1).await.status, 200, "{kind}");
    }
}

#[tokio::test]
async fn failures_count_if_told_so() {
    for (switch, remaining) in [("", "1"), ("--count-failed", "0")] {
        let served = Served::start(&format!("--rpm 2 --tpm 10 {switch}"));
        assert_eq!(served.chat(10).await.status, 200);
        let refused = served.chat(10).await;
        assert_eq!(
            (
                refused.status,
                refused.header("x-ratelimit-remaining-requests")
            ),
            (429, Some(remaining))
        );
    }
}

#[tokio::test]
async fn calls_in_flight_are_limited_and_one_given_up_is_over() {
    let served = Served::start("--max-in-flight 2 --latency 400ms");
    let (a, b, c) = tokio::join!(served.chat(1), served.chat(1), served.chat(1));
    let refused: Vec<_> = [a, b, c]
        .into_iter()
        .filter(|answer| answer.status == 429)
        .collect();
    assert_eq!(refused.len(), 1);
    assert!(
        refused[0]
            .message()
            .contains("request reached max organization concurrency: 2")
    );
    assert_eq!(refused[0].header("retry-after"), Some("1"));
    let given_up = || {
        served
            .request("/chat/completions", "Bearer sk-test", chat("m", 1))
            .timeout(Duration::from_millis(150))
            .send()
    };
    let (a, b) = tokio::join!(given_up(), given_up());
    assert!(a.is_err() && b.is_err());
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(served.chat(1).await.status, 200);
}

#[tokio::test]
async fn calls_take_the_latency() {
    let served = Served::start("--latency 200ms --jitter 50ms");
    for _ in 0..5 {
        let start = Instant::now();
        let answer = served.chat(1).await;
        let took = start.elapsed();
        assert!((150..1_000).contains(&took.as_millis()), "{took:?}");
        let told: u64 = answer
            .header("openai-processing-ms")
            .unwrap()
            .parse()
            .unwrap();
        assert!((150..1_000).contains(&told), "{told}");
    }
}

#[tokio::test]
async fn an_empty_balance_is_no_matter_of_waiting() {
    let served = Served::start("--balance 25");
    assert_eq!(served.chat(20).await.status, 200);
    assert_eq!(served.chat(20).await.status, 200);
    let refused = served.chat(1).await;
    let error = &refused.body["error"];
    assert_eq!(
        (refused.status, &error["type"], &error["code"]),
        (
            429,
            &json!("insufficient_quota"),
            &json!("insufficient_quota")
        )
    );
    assert_eq!(
        (
            refused.header("retry-after"),
            refused.header("retry-after-ms")
        ),
        (None, None)
    );
}

#[tokio::test]
async fn what_is_no_request_is_refused_in_the_shape_of_the_service() {
    let served = Served::start("");
    let send = async |path, authorization, body: &str| {
        Answer::read(
            served
                .request(path, authorization, body.to_owned())
                .send()
                .await
                .unwrap(),
        )
        .await
    };
    let (chat, key) = ("/chat/completions", "Bearer k");
    let cases = [
        (
            send(chat, "Bearer ", "{}").await,
            401,
            "You didn't provide an API key.",
        ),
        (
            send(chat, "Basic k", "{}").await,
            401,
            "You didn't provide an API key.",
        ),
        (
            send(chat, key, r#"{"model": "m""#).await,
            400,
            "We could not parse the JSON body of your request.",
        ),
        (
            send(chat, key, r#"{"messages": []}"#).await,
            400,
            "you must provide a model parameter",
        ),
        (
            send(chat, key, r#"{"model": "m", "stream": true}"#).await,
            400,
            "this server does not stream",
        ),
        (
            send("/completions", key, "{}").await,
            404,
            "Invalid URL (POST /v1/completions)",
        ),
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
    let body = json!({"model": "m", "n": 2, "messages": [{"role": "user", "content": "12345"}]})
        .to_string();
    let chat = served.post("/chat/completions", body).await.body;
    assert_eq!(
        (&chat["object"], &chat["model"]),
        (&json!("chat.completion"), &json!("m"))
    );
    assert_eq!(
        (
            &chat["choices"][1]["index"],
            &chat["choices"][1]["message"]["role"]
        ),
        (&json!(1), &json!("assistant"))
    );
    assert_eq!(
        chat["usage"],
        json!({"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4})
    );
    let body = json!({"model": "e", "dimensions": 3, "input": ["a", "b"]}).to_string();
    let list = served.post("/embeddings", body).await.body;
    let data = |index| json!({"object": "embedding", "index": index, "embedding": [1.0, 0.0, 0.0]});
    let usage = json!({"prompt_tokens": 1, "total_tokens": 1});
    assert_eq!(
        list,
        json!({"object": "list", "model": "e", "data": [data(0), data(1)], "usage": usage})
    );
}

#[tokio::test]
async fn ctrl_c_lets_calls_end_and_tells_what_was_counted() {
    let served = Served::start("--rpm 1 --latency 300ms");
    let call = served.request("/chat/completions", "Bearer k", chat("m", 7));
    let call = tokio::spawn(call.send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let refused = served
        .request("/chat/completions", "Bearer k", chat("m", 7))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status().as_u16(), 429);
    let summary = tokio::task::spawn_blocking(|| served.interrupt())
        .await
        .unwrap();
    assert_eq!(
        summary,
        "admitted 1 requests of 7 tokens, at most 1 in flight; refused 1: rpm 1\n"
    );
    assert_eq!(call.await.unwrap().unwrap().status().as_u16(), 200);
}

/// Recomputes every decision from the log alone, which has to survive a kill. Tried: a log behind a `BufWriter`, and an
/// entry written after the answer.
#[tokio::test]
async fn the_log_proves_each_decision() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let served = Served::start(&format!(
        "--rpm 300 --tpm 3000 --time-scale 10 --log {}",
        path.display()
    ));
    let mut answered = 0;
    for round in 0..40 {
        let calls = (0..20).map(|call| {
            let request = served.request(
                "/chat/completions",
                "Bearer sk-secret",
                chat("m", call % 30),
            );
            request
                .header("x-client-request-id", format!("{round}-{call}"))
                .send()
        });
        for answer in all(calls).await {
            answered += u32::from(matches!(answer.status().as_u16(), 200 | 429));
        }
    }
    served.kill();
    let log = std::fs::read_to_string(path).unwrap();
    assert!(!log.contains("sk-secret"));
    let entries: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((entries.len(), answered), (800, 800));
    let ids: HashSet<_> = entries
        .iter()
        .map(|entry| entry["client_request_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 800);
    let mut admitted: Vec<[u64; 2]> = Vec::new();
    for entry in &entries {
        let call = [&entry["at_us"], &entry["charge"]].map(|field| field.as_u64().unwrap());
        let fits =
            fits(&admitted, call, |_| 1, 300) && fits(&admitted, call, |charge| charge, 3_000);
        assert_eq!(entry["status"] == 200, fits, "{entry}");
        if fits {
            admitted.push(call);
        }
    }
    assert!(
        (100..800).contains(&admitted.len()),
        "{} admitted",
        admitted.len()
    );
}

/// Whether a bucket of `limit` in six real seconds (a minute, ten times as fast) could admit `call`: no stretch of what it
/// admitted, with the call, holds more than `limit` and what the time since its begin refilled.
fn fits(admitted: &[[u64; 2]], call: [u64; 2], cost: impl Fn(u64) -> u64, limit: u64) -> bool {
    let mut spent = 0;
    [call]
        .iter()
        .chain(admitted.iter().rev())
        .all(|&[at, charge]| {
            spent += cost(charge);
            spent * 6_000_000 <= limit * (6_000_000 + call[0] - at)
        })
}

async fn all(
    calls: impl Iterator<Item: Future<Output = reqwest::Result<Response>> + Send + 'static>,
) -> Vec<Response> {
    calls
        .collect::<JoinSet<_>>()
        .join_all()
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect()
}

fn assert_too_large(answer: &Answer, limit: u64, requested: u64) {
    assert_eq!(answer.status, 429);
    let expected = format!(
        "on tokens per min (TPM): Limit {limit}, Requested {requested}. The input or output tokens must be reduced"
    );
    assert!(
        answer
            .message()
            .starts_with("Request too large for m in organization org-"),
        "{}",
        answer.body
    );
    assert!(answer.message().contains(&expected), "{}", answer.body);
    assert_eq!(answer.header("retry-after"), None);
}

async fn wait_as_told(refused: &Answer) {
    let wait = refused.header("retry-after-ms").unwrap().parse().unwrap();
    tokio::time::sleep(Duration::from_millis(wait)).await;
}

/// The numbers after "Limit", "Used" and so on.
fn numbers(message: &str) -> Vec<u64> {
    let counts = message.split_once(": ").unwrap().1;
    let words = counts.split(|c: char| !c.is_ascii_digit());
    words.filter_map(|word| word.parse().ok()).collect()
}
