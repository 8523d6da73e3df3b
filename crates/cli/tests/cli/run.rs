//! What a run sends, writes and tells.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    runs::{Jobs, chat, chats},
    served::Served,
};

#[test]
fn each_request_gets_one_result_in_the_batch_format() {
    let embedding = json!({"custom_id": "e", "method": "POST", "url": "/v1/embeddings", "body": {"model": "m", "input": "text"}});
    let jobs = Jobs::new(chats(40, 9).chain([embedding.to_string()]));
    let ended = jobs.run("--rpm 60000 --tpm 600000 --latency 10ms --jitter 5ms --concurrency 8");
    ended.tells(&["sent 41: 41 succeeded, 0 failed, 0 of them by a 429", "lost 0", "times"]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.starts_with("embedded server on 127.0.0.1:"), "{}", ended.stderr);
    // 40 chats of 9 tokens and one text of four characters.
    let judged = ended.stdout.lines().nth(1).unwrap();
    assert!(judged.starts_with("server: admitted 41 requests of 361 tokens, at most ") && judged.ends_with("; refused 0"), "{judged}");
    let results = jobs.results();
    assert_eq!(results.len(), 41);
    let result = &results["c7"];
    assert_eq!((&result["id"], &result["error"]), (&json!("batch_req_8"), &json!(null)));
    assert_eq!((&result["response"]["status_code"], &result["response"]["body"]["object"]), (&json!(200), &json!("chat.completion")));
    assert!(result["response"]["request_id"].as_str().is_some_and(|id| id.starts_with("req_")), "{result}");
    assert_eq!(results["e"]["response"]["body"]["object"], "list");
}

/// Twenty at once and twenty a second, by a bucket and by a counter. Tried, and caught: limits that are not asked, and a log that forgets
/// after half its window.
#[test]
fn short_windows_of_both_kinds_are_kept_to() {
    for kind in ["bucket", "counter"] {
        let jobs = Jobs::new(chats(60, 10));
        let start = Instant::now();
        let ended = jobs.run(&format!("--rpm 1200 --window 1s --window-kind {kind} --latency 20ms --jitter 10ms --margin 200ms"));
        let took = start.elapsed();
        ended.tells(&["sent 60: 60 succeeded, 0 failed, 0 of them by a 429", "requests/1s binds"]);
        assert!((Duration::from_secs(2)..Duration::from_secs(4)).contains(&took), "{kind}: {took:?}");
    }
}

#[test]
fn a_bad_line_is_told_by_its_number_and_the_rest_goes_on() {
    let get = chat("g", 1).replace("POST", "GET");
    let lines = [chat("a", 1), "not json".to_owned(), String::new(), chat("a", 2), get, chat("b", 1)];
    let jobs = Jobs::new(lines);
    let ended = jobs.run("--rpm 60000 --latency 0s --jitter 0s");
    ended.tells(&["sent 2: 2 succeeded", "3 bad lines"]);
    assert_eq!(ended.code, Some(1));
    for told in ["jobs.jsonl:2: expected", "jobs.jsonl:4: custom_id \"a\" was there before", "jobs.jsonl:5: method is \"GET\""] {
        assert!(ended.stderr.contains(told), "no {told:?} in {}", ended.stderr);
    }
    assert_eq!(jobs.results().len(), 2);
}

#[test]
fn what_never_fits_is_refused_unsent_with_the_size_that_does() {
    let jobs = Jobs::new([chat("a", 10), chat("large", 1_000), chat("b", 10)]);
    let ended = jobs.run("--tpm 600 --margin 1s --latency 0s --jitter 0s");
    ended.tells(&["sent 2: 2 succeeded", "1 too large"]);
    assert_eq!(ended.code, Some(1));
    let large = &jobs.results()["large"];
    assert_eq!((&large["response"], &large["error"]["code"]), (&json!(null), &json!("request_too_large")));
    let message = large["error"]["message"].as_str().unwrap();
    assert!(message.contains("costs 1000 of tokens/min, and at most 590 ever fit"), "{message}");
}

#[test]
fn a_dry_run_tells_what_binds_and_leaves_nothing_behind() {
    let jobs = Jobs::new(chats(90, 100).chain([chat("large", 9_000)]));
    let ended = jobs.run("--rpm 60 --tpm 3000 --latency 1s --concurrency 2 --dry-run");
    ended.tells(&["90 requests of 9000 tokens to send, 1 too large", "tokens/min binds: 2m 1s at least"]);
    assert_eq!(ended.code, Some(0));
    assert!(!jobs.output().exists());
    let calls = jobs.run("--rpm 60 --latency 10s --concurrency 2 --dry-run");
    calls.tells(&["concurrency binds: 7m 40s at least"]);
}

#[test]
fn a_429_is_a_failure_that_is_sent_again_only_when_asked_for() {
    let served = Served::start("--rpm 5 --time-scale 60");
    let jobs = Jobs::new(chats(10, 1));
    let to = format!("--base-url {} --rpm 6000", served.base());
    let ended = jobs.run(&to);
    ended.tells(&["sent 10: 5 succeeded, 5 failed, 5 of them by a 429"]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(jobs.run(&to).stdout.lines().next(), Some("sent 0: 0 succeeded, 0 failed, 0 of them by a 429"));
    std::thread::sleep(Duration::from_millis(1_200));
    let again = jobs.run(&format!("{to} --retry-failed"));
    again.tells(&["sent 5: 5 succeeded", "5 finished before (0 of them failed)"]);
    assert_eq!(again.code, Some(0));
    assert!(jobs.results().values().all(|result| result["response"]["status_code"] == 200));
}

#[test]
fn where_nobody_answers_each_result_says_so() {
    let jobs = Jobs::new(chats(3, 1));
    let ended = jobs.run("--base-url http://127.0.0.1:1 --rpm 6000");
    ended.tells(&["sent 3: 0 succeeded, 3 failed, 0 of them by a 429"]);
    assert!(!ended.stdout.contains("server:"), "{}", ended.stdout);
    assert!(jobs.results().values().all(|result| result["error"]["code"] == "connection_failed" && result["response"].is_null()));
}

#[test]
fn a_real_server_needs_a_limit_and_an_output_its_own_file() {
    let jobs = Jobs::new(chats(1, 1));
    let unlimited = jobs.run("--base-url http://127.0.0.1:1");
    assert_eq!(unlimited.code, Some(2));
    assert!(unlimited.stderr.contains("--rpm"), "{}", unlimited.stderr);
    fs::write(jobs.output(), "my notes\n").unwrap();
    let notes = jobs.run("");
    assert!(notes.code == Some(1) && notes.stderr.contains("line 1 is no result"), "{}", notes.stderr);
    assert_eq!(fs::read_to_string(jobs.output()).unwrap(), "my notes\n");
}

/// By any name, and even where there is nothing to lose. Tried, and caught: paths that are compared as they were written.
#[test]
fn the_requests_are_no_output() {
    let jobs = Jobs::new([]);
    fs::create_dir(jobs.path("folder")).unwrap();
    let other_name = jobs.path("folder/../jobs.jsonl");
    for options in ["", "--retry-failed", "--dry-run"] {
        let refused = jobs.run(&format!("{options} --output {}", other_name.display()));
        assert!(refused.code == Some(1) && refused.stderr.contains("it holds the requests"), "{options:?}: {}", refused.stderr);
    }
}
