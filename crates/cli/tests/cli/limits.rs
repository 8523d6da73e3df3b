//! Each limit, as its clients meet it.

use std::time::Duration;

use serde_json::json;

use crate::served::{Answer, Served, chat};

#[tokio::test]
async fn a_full_minute_is_refused_in_the_words_of_the_service() {
    let served = Served::start("--rpm 3 --tpm 60000");
    for remaining in ["2", "1", "0"] {
        let answer = served.chat(1).await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining-requests")), (200, Some(remaining)));
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
    let other_key = served.request("/chat/completions", "Bearer sk-other", chat("m", 1)).send().await.unwrap();
    assert_eq!((other_model.status, other_key.status().as_u16()), (200, 200));
}

#[tokio::test]
async fn tokens_are_charged_before_the_call() {
    let served = Served::start("--tpm 100");
    let embedding = json!({"model": "m", "input": ["x".repeat(200), "y".repeat(201)]}).to_string();
    assert_too_large(&served.post("/embeddings", embedding).await, 100, 101);
    assert_eq!(served.chat(99).await.header("x-ratelimit-remaining-tokens"), Some("1"));
    let refused = served.chat(100).await;
    assert_eq!((refused.status, &refused.body["error"]["type"]), (429, &json!("tokens")));
    let told = numbers(refused.message());
    let [limit, used, requested] = told[..3] else { panic!("{told:?}") };
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
    assert!(refused.message().contains("on requests per day (RPD): Limit 2, Used 2, Requested 1. Please try again in 2s."));
    wait_as_told(&refused).await;
    assert_eq!(served.chat(1).await.status, 200);
}

#[tokio::test]
async fn short_windows_of_either_kind() {
    for kind in ["bucket", "counter"] {
        let served = Served::start(&format!("--rpm 120 --tpm 6000 --window 500ms --window-kind {kind}"));
        assert_too_large(&served.chat(51).await, 50, 51);
        let mut refused = served.chat(1).await;
        for _ in 0..3 {
            if refused.status == 429 {
                break;
            }
            refused = served.chat(1).await;
        }
        assert!(refused.message().contains("(RPM): Limit 120, Used 120, Requested 1. "), "{}", refused.body);
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
        assert_eq!((refused.status, refused.header("x-ratelimit-remaining-requests")), (429, Some(remaining)));
    }
}

/// Tried, and caught: a place that is kept when the client goes, and one that is given back at once.
#[tokio::test]
async fn calls_in_flight_are_limited_and_one_given_up_is_over() {
    let served = Served::start("--max-in-flight 2 --latency 400ms");
    let (a, b, c) = tokio::join!(served.chat(1), served.chat(1), served.chat(1));
    let refused: Vec<_> = [a, b, c].into_iter().filter(|answer| answer.status == 429).collect();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].message().contains("request reached max organization concurrency: 2"));
    assert_eq!(refused[0].header("retry-after"), Some("1"));
    let given_up = || served.request("/chat/completions", "Bearer sk-test", chat("m", 1)).timeout(Duration::from_millis(150)).send();
    let (a, b) = tokio::join!(given_up(), given_up());
    assert!(a.is_err() && b.is_err());
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(served.chat(1).await.status, 200);
}

#[tokio::test]
async fn an_empty_balance_is_no_matter_of_waiting() {
    let served = Served::start("--balance 25");
    assert_eq!(served.chat(20).await.status, 200);
    assert_eq!(served.chat(20).await.status, 200);
    let refused = served.chat(1).await;
    let error = &refused.body["error"];
    assert_eq!((refused.status, &error["type"], &error["code"]), (429, &json!("insufficient_quota"), &json!("insufficient_quota")));
    assert_eq!((refused.header("retry-after"), refused.header("retry-after-ms")), (None, None));
}

fn assert_too_large(answer: &Answer, limit: u64, requested: u64) {
    assert_eq!(answer.status, 429);
    let expected = format!("on tokens per min (TPM): Limit {limit}, Requested {requested}. The input or output tokens must be reduced");
    assert!(answer.message().starts_with("Request too large for m in organization org-"), "{}", answer.body);
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
