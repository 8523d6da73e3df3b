//! How often a refusal may be retried, and what a shared limiter does meanwhile.

use core::time::Duration;

use paceline_core::headers::Headers;
use paceline_core::{Action, Cause, Reason, Response, classify, classify_429};

/// Seen to fail with a gate for every rate: each caller would try, and be counted, all day long.
#[test]
fn a_limit_of_a_day_with_a_short_delay_gets_one_probe() {
    let body = r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"You exceeded your current quota.","details":[
        {"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaValue":"50"}]},{"retryDelay":"36s"}]}}"#;
    let cause = classify_429(body.as_bytes());
    assert_eq!((cause.reason(), cause.retry_after()), (Reason::RequestsPerDay, Some(Duration::from_secs(36))));
    assert_eq!((cause.most_retries(), cause.action()), (Some(1), Action::Probe));
    let silent = read(&[("x-ratelimit-limit-requests-day", "50"), ("x-ratelimit-remaining-requests-day", "0")]);
    assert_eq!((silent.reason(), silent.most_retries()), (Reason::RequestsPerDay, Some(1)));
}

/// OpenAI's and Groq's days refill evenly, and their numbers prove the wait. Tried: one probe for all limits of a day.
#[test]
fn a_day_that_refills_evenly_is_waited_for_as_often_as_it_takes() {
    for body in [
        "Rate limit reached for m-1 on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s. ",
        "Rate limit reached for m-1 on tokens per day (TPD): Limit 100000, Used 99900, Requested 1100. ",
    ] {
        let cause = classify_429(body.as_bytes());
        assert_eq!((cause.most_retries(), cause.action()), (None, Action::Gate), "{body}");
    }
}

#[test]
fn what_cannot_be_read_is_retried_a_few_times_and_what_is_terminal_never() {
    assert_eq!(classify_429(b"").most_retries(), Some(2));
    assert_eq!(read(&[("retry-after", "7")]).most_retries(), Some(3));
    assert_eq!(classify_429(b"Too many requests per minute.").most_retries(), None);
    assert_eq!(classify_429(b"The engine is currently overloaded.").most_retries(), None);
    assert_eq!(classify_429(br#"{"code":"insufficient_quota"}"#).most_retries(), Some(0));
}

fn read<'a>(headers: &[(&'a str, &'a str)]) -> Cause<'a> {
    classify(&Response { status: Some(429), headers: Headers::read(headers.iter().copied()), body: b"" })
}
