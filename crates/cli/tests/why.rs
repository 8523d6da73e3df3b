//! `paceline why` as programs and people run it.

use std::{
    io::Write,
    process::{Child, Command, Output, Stdio},
};

use paceline_core::{Cause, Resource, classify_429};
use paceline_tests::corpus;
use serde::Deserialize;
use serde_json::{Value, json};

#[test]
fn says_what_happened_how_long_and_what_helps() {
    let (text, code) = why(&[], &http(&[("retry-after", "60")], TPM));
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "The limit on tokens per minute is reached");
    assert_eq!(lines[1], "  limit 30,000 · used 25,662 · requested 9,246");
    assert_eq!(lines[3], "Wait 1 min, then retry.");
    assert!(text.contains("  1. Lower max_tokens"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours in a pipe");
    assert_eq!(code, 0);
}

#[test]
fn speaks_korean() {
    let (text, code) = why(&["--lang", "ko"], QUOTA);
    assert!(text.starts_with("할당량을 모두 사용했습니다\n"), "{text}");
    assert!(text.contains("다시 시도하지 마세요"), "{text}");
    assert_eq!(code, 1);
}

#[test]
fn reads_an_object_and_a_response_after_an_interim_one() {
    let object = json!({"status": 429, "headers": {"retry-after": "7"}, "body": ""}).to_string();
    let interim = format!("HTTP/1.1 100 Continue\r\n\r\n{}", http(&[("retry-after", "7")], ""));
    for input in [object, interim] {
        assert!(why(&[], &input).0.contains("Wait 7 s"), "{input}");
    }
}

#[test]
fn exit_codes_tell_retryable_from_not_from_unreadable() {
    for (input, expected) in [(TPM, 0), (QUOTA, 1), ("hello", 3), ("", 3)] {
        for form in [&[][..], &["--json"], &["--report"]] {
            assert_eq!(why(form, input).1, expected, "{form:?} {input}");
        }
    }
    assert_eq!(why(&["/no/such/file"], "").1, 2);
    assert_eq!(why(&["--lang", "xx"], "").1, 2);
    assert_eq!(why(&["--json", "--jsonl"], "").1, 2);
}

/// Tried: success, which says "retryable", when the reader has gone.
#[test]
fn a_reader_that_goes_changes_no_exit_code() {
    let line = json!({"body": QUOTA}).to_string();
    for (input, args, expected) in
        [(QUOTA, &[][..], 1), (TPM, &[], 0), (QUOTA, &["--json"], 1), ("", &["--report"], 3), (&line, &["--jsonl"], 0)]
    {
        let mut child = start(args);
        drop(child.stdout.take());
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
        assert_eq!(child.wait().expect("it ends").code(), Some(expected), "{args:?} {input}");
    }
}

#[test]
fn the_help_documents_the_exit_codes() {
    let (text, _) = why(&["--help"], "");
    for line in ["0  retryable", "1  not retryable", "3  unreadable"] {
        assert!(text.contains(line), "{text}");
    }
}

/// Seen to fail with the bound on retries in the lines too.
#[test]
fn json_has_exactly_the_fields_that_programs_know_and_the_bound_on_retries() {
    let headers = json!({"x-ratelimit-limit-tokens-minute": "30000", "x-ratelimit-reset-tokens-minute": "59.9"});
    let refusal = json!({"status": 429, "headers": headers, "body": TPM}).to_string();
    let mut expected = json!({
        "cause": "rate_limited", "resource": "tokens", "window_s": 60, "limit": 30000, "used": 25662,
        "requested": 9246, "retry_after_ms": 9816, "model": "gpt-x", "organization": "org-a", "retryable": true,
        "remedies": ["WaitExactly", "LowerMaxTokens", "ShrinkPrompt", "PaceTo", "UseBatchApi", "UpgradeTier", "WatchUsage"],
        "buckets": [{"resource": "tokens", "limit": 30000, "remaining": null, "reset_ms": 59900, "window_s": 60}],
    });
    assert_eq!(record(&["--jsonl"], &refusal), expected);
    expected["most_retries"] = Value::Null;
    assert_eq!(record(&["--json"], &refusal), expected);
    let record = record(&["--json"], "hello");
    assert_eq!((&record["cause"], &record["most_retries"]), (&json!("unknown"), &json!(2)));
    assert!(["resource", "limit", "retry_after_ms", "model"].iter().all(|field| record[field].is_null()), "{record}");
}

/// Seen to fail without the bound: a loop would try all day long.
#[test]
fn says_how_often_to_retry() {
    let daily = r#"{"error":{"message":"Quota of 50 requests per day exceeded.","details":[{"retryDelay":"36s"}]}}"#;
    for (args, body, said) in [
        (&[][..], daily, "Wait 36 s, then retry. Once at most"),
        (&["--lang", "ko"], daily, "한 번만"),
        (&[], "hello", "no time is given. 2 times at most."),
        (&[], TPM, "then retry.\n"),
    ] {
        assert!(why(args, body).0.contains(said), "{}", why(args, body).0);
    }
}

/// Seen to fail: a record's wait a millisecond above what the body says; a wait shown to people, or a reset, below it; half a second as
/// a window of 0 s; and a wait of no time at all, where half a millisecond is said.
#[test]
fn a_record_says_the_nearest_millisecond_people_never_less_and_a_window_under_a_second_is_none() {
    let headers = [("x-ratelimit-reset-requests", "1.2001s")];
    let body = "Rate limit reached. Please try again in 7.8731s.";
    let waiting = record(&["--json"], &http(&headers, body));
    assert_eq!((&waiting["retry_after_ms"], &waiting["buckets"][0]["reset_ms"]), (&json!(7_873), &json!(1_201)), "{waiting}");
    assert!(why(&[], body).0.contains("Wait 7.874 s"));
    assert_eq!(record(&["--jsonl"], r#"{"body":"Rate limit reached. Please try again in 0.0004s."}"#)["retry_after_ms"], 1);
    let headers = [("x-ratelimit-max", "5"), ("x-ratelimit-interval-milliseconds", "500")];
    let short = record(&["--json"], &http(&headers, "Limit of 5 requests per 500ms exceeded."));
    assert_eq!((&short["limit"], &short["buckets"][0]["limit"]), (&json!(5), &json!(5)), "{short}");
    assert!(short["window_s"].is_null() && short["buckets"][0]["window_s"].is_null(), "{short}");
}

/// Seen to fail: a second for a ramp, calls for batches, "the reset" for a ban.
#[test]
fn the_line_on_waiting_fits_the_cause() {
    for (body, english, korean) in [
        (r#"{"error":{"code":"slow_down"}}"#, "growing pauses, from 15 s on", "15초부터"),
        (r#"{"error":{"code":"server_is_overloaded"}}"#, "growing pauses, from 1 s on", "1초부터"),
        (BATCHES, "Retry when a batch has ended.", "대기 중인 배치가 끝난 뒤에"),
        ("Your concurrency limit of 3 is reached.", "Retry when another call has ended.", "다른 요청이 끝난 뒤에"),
        (BAN, "Retry when the ban has ended.", "차단이 풀린 뒤에"),
    ] {
        assert!(why(&[], body).0.contains(english), "{}", why(&[], body).0);
        assert!(why(&["--lang", "ko"], body).0.contains(korean), "{}", why(&["--lang", "ko"], body).0);
    }
}

/// Seen to fail: a window that was dropped, and a burst of a month that was said to be enforced per second.
#[test]
fn the_window_is_told_whatever_else_is_known() {
    let monthly = "Rate limit exceeded: 1000 credits / month, so far";
    let five_hours =
        r#"{"error":{"code":"1308","message":"Usage limit reached for 5 hour. Your limit will reset at 2026-09-15 17:56:48"}}"#;
    for (body, english, korean) in [
        (monthly, "A rate limit per month is reached\n  limit 1,000\n", "한 달 한도에 도달했습니다\n  한도 1,000\n"),
        (five_hours, "A rate limit per 5 h is reached\n", "5시간당 한도에 도달했습니다\n"),
        (TPM, "  limit 30,000 · used 25,662 · requested 9,246\n", "  한도 30,000 · 사용 25,662 · 이번 요청 9,246\n"),
    ] {
        assert!(why(&[], body).0.contains(english), "{}", why(&[], body).0);
        assert!(why(&["--lang", "ko"], body).0.contains(korean), "{}", why(&["--lang", "ko"], body).0);
    }
    assert!(!why(&[], monthly).0.contains("per second"), "{}", why(&[], monthly).0);
}

/// Tried: whatever the core would wait, one slot of a limit among it.
#[test]
fn a_wait_is_stated_or_computed_from_all_three_numbers() {
    let wait = |body| record(&["--json"], body)["retry_after_ms"].clone();
    assert_eq!(wait("Rate limit reached on requests per min (RPM): Limit 100, Used 100, Requested 1. "), 600);
    assert!(wait("Rate limit of 100 requests per min reached. ").is_null());
}

#[test]
fn jsonl_answers_line_by_line() {
    let lines = [
        json!({"body": TPM}).to_string(),
        json!({"status": 429, "headers": {"Retry-After": 7, "x-a": ["b", "c"]}, "body": ""}).to_string(),
        json!({"status": null, "headers": null, "body": QUOTA}).to_string(),
    ];
    let (text, code) = why(&["--jsonl"], &lines.join("\n"));
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let causes: Vec<_> = records.iter().map(|record| &record["cause"]).collect();
    assert_eq!(causes, ["rate_limited", "rate_limited", "quota_exhausted"]);
    assert_eq!(records[1]["retry_after_ms"], 7000);
    assert_eq!(code, 0);
}

#[test]
fn a_line_that_cannot_be_read_keeps_its_place() {
    let output = run(&["--jsonl"], "{\"body\":\"slow down\"}\nnot json\n{\"body\":\"slow down\"}\n");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(text.lines().count(), 3);
    assert!(text.lines().nth(1).is_some_and(|line| line.contains("\"unknown\"")), "{text}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 2"));
    assert_eq!(output.status.code(), Some(3));
}

/// Seen to fail: each of these as a line of nulls, and buckets in the order of the alphabet.
#[test]
fn a_line_with_a_small_fault_is_read() {
    for (line, wait) in [
        (&b"{\"body\":\"Slow down. \xff Try again in 7s.\"}"[..], 7_000),
        (br#"{"body":"Slow down. \ud800 \\ \ud83d\ude00 Try again in 7s."}"#, 7_000),
        (br#"{"status":"429","headers":{"retry-after":"7"},"body":""}"#, 7_000),
        (br#"{"status":429,"headers":[["Retry-After","7"]],"body":""}"#, 7_000),
    ] {
        let (text, code) = why(&["--jsonl"], line);
        let record: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((&record["cause"], &record["retry_after_ms"], code), (&json!("rate_limited"), &json!(wait), 0), "{record}");
    }
    let line = r#"{"headers":{"x-ratelimit-limit-tokens":5,"x-ratelimit-limit-requests":6},"body":""}"#;
    assert_eq!(record(&["--jsonl"], line)["buckets"][0]["resource"], "tokens");
}

/// Seen to fail: reading an answer about limits like a refusal.
#[test]
fn an_answer_is_no_refusal_and_an_error_in_a_stream_that_began_well_is_one() {
    let ok = |body: &str| format!("HTTP/1.1 200 OK\r\n\r\n{body}");
    let spoken = r#"{"choices":[{"message":{"content":"A rate limit of 5 requests per minute was reached."}}],"error":null}"#;
    for body in [r#"{"choices":[]}"#, spoken, &format!("data: {spoken}\n\ndata: [DONE]\n"), "hello", ""] {
        let (text, code) = why(&[], ok(body).as_str());
        assert_eq!((text.as_str(), code), ("HTTP 200: the answer is no error.\n", 3), "{body}");
        assert_eq!(record(&["--json"], &ok(body))["cause"], "unknown", "{body}");
    }
    for body in [
        r#"{"choices":[{"error":{"message":"Rate limit exceeded","code":429}}]}"#,
        r#"{"status":"0","message":"NOTOK","result":"Max rate limit reached"}"#,
        "data: {\"choices\":[]}\n\ndata: {\"error\":{\"message\":\"Rate limit exceeded\"}}\n",
        "Rate limit exceeded.",
    ] {
        assert_eq!(record(&["--json"], &ok(body))["cause"], "rate_limited", "{body}");
    }
}

#[test]
fn the_report_has_the_message_and_no_key() {
    let body = r#"{"error":{"message":"Incorrect API key provided: sk-abcdefgh12345678.","type":"invalid_request_error","code":"invalid_api_key"}}"#;
    let (text, code) = why(&["--report"], &http(&[("x-request-id", "req_01")], body));
    for line in ["Status: 429", "Code: invalid_api_key", "Message: Incorrect API key provided: ***", "Request id: req_01"] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("abcdefgh"));
    assert_eq!(code, 1);
}

/// The command loses nothing of what the core reads, on the whole corpus.
#[test]
fn jsonl_says_what_the_core_says() {
    #[derive(Deserialize)]
    struct Case {
        id: String,
        body: String,
    }
    let Some(cases) = corpus::read::<Case>("bodies.jsonl") else {
        return;
    };
    let lines: Vec<_> = cases.iter().map(|case| json!({"body": case.body}).to_string()).collect();
    let (text, code) = why(&["--jsonl"], &lines.join("\n"));
    assert_eq!(code, 0);
    assert_eq!(text.lines().count(), cases.len());
    for (line, case) in text.lines().zip(&cases) {
        let record: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(without_headers_and_times(record), core(&classify_429(case.body.as_bytes())), "{}", case.id);
    }
}

/// What a record and the core name alike.
fn core(cause: &Cause<'_>) -> Value {
    json!({
        "cause": cause.kind().name(),
        "resource": cause.resource().map(Resource::name),
        "limit": cause.limit(),
        "used": cause.used(),
        "requested": cause.requested(),
        "model": cause.model(),
        "organization": cause.organization(),
        "retryable": cause.is_retryable(),
    })
}

/// Without what comes from headers, and the times, which are rounded.
fn without_headers_and_times(mut record: Value) -> Value {
    if let Some(fields) = record.as_object_mut() {
        fields.retain(|name, _| !["remedies", "buckets", "window_s", "retry_after_ms"].contains(&name.as_str()));
    }
    record
}

fn record(args: &[&str], input: &str) -> Value {
    serde_json::from_str(&why(args, input).0).expect("JSON")
}

fn why<T: AsRef<[u8]> + ?Sized>(args: &[&str], input: &T) -> (String, i32) {
    let output = run(args, input);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    (text, output.status.code().expect("an exit code"))
}

fn run<T: AsRef<[u8]> + ?Sized>(args: &[&str], input: &T) -> Output {
    let mut child = start(args);
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.as_ref().to_vec();
    // A thread, so that neither side waits for the other with a full pipe; a command that reads nothing closes it.
    let writer = std::thread::spawn(move || stdin.write_all(&input).is_ok());
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("it writes");
    output
}

fn start(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_paceline"))
        .arg("why")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs")
}

fn http(headers: &[(&str, &str)], body: &str) -> String {
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 429 Too Many Requests\r\n{lines}\r\n{body}")
}

const TPM: &str = r#"{"error":{"message":"Rate limit reached for gpt-x in organization org-a on tokens per min (TPM): Limit 30000, Used 25662, Requested 9246. Please try again in 9.816s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#;
const QUOTA: &str = r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#;
const BATCHES: &str = r#"{"error":{"message":"Enqueued token limit reached for gpt-x in organization org-a. Limit: 90,000 enqueued tokens.","code":"token_limit_exceeded"}}"#;
const BAN: &str = r#"{"code":-1003,"msg":"Way too many requests; IP banned until 2026-12-01T00:00:00Z."}"#;
