//! Status and headers refine what a body leaves open, and nothing else.

use core::time::Duration;

use paceline_core::headers::Headers;
use paceline_core::{Action, Cause, Kind, Reason, Reset, Resource, Response, classify, classify_429};

#[test]
fn the_status_decides_where_the_body_is_silent() {
    for (status, reason) in [
        (401, Reason::InvalidKey),
        (402, Reason::CreditExhausted),
        (403, Reason::PermissionDenied),
        (413, Reason::TooLarge),
        (498, Reason::FlexUnavailable),
        (503, Reason::Overloaded),
        (529, Reason::Overloaded),
        (200, Reason::Unknown),
        (500, Reason::Unknown),
    ] {
        assert_eq!(read(status, &[], b"").reason(), reason, "{status}");
    }
}

/// Tried: letting the status overrule the body.
#[test]
fn a_body_that_speaks_is_not_overruled() {
    for status in [200, 401, 402, 403, 429, 498, 503, 529] {
        assert_eq!(read(status, &[], TPM), classify_429(TPM), "{status}");
        assert_eq!(read(status, &[], TERMINATED).kind(), Kind::Blocked, "{status}");
    }
    assert_eq!(read(402, &[], QUOTA).kind(), Kind::QuotaExhausted);
}

#[test]
fn a_silent_429_is_a_rate_only_where_the_headers_say_so() {
    assert_eq!(read(429, &[], b"").reason(), Reason::Unknown);
    assert_eq!(read(429, &[("x-ratelimit-remaining", "3")], b"").reason(), Reason::Unknown);
    assert_eq!(read(429, &[("retry-after", "7")], b"").reason(), Reason::UnknownRate);
    assert_eq!(read(403, &[("x-ratelimit-remaining", "0")], b"").reason(), Reason::UnknownRate);
    assert_eq!(read(429, &[("x-should-retry", "false")], b"").kind(), Kind::QuotaExhausted);
    let full = [("x-rate-limit-limit", "0"), ("x-rate-limit-remaining", "0")];
    assert_eq!(read(429, &full, b"").reason(), Reason::ConcurrencyLimit);
}

/// Seen to fail: reading the headers of a full house only where the body is silent.
#[test]
fn a_limit_of_zero_is_of_calls_at_once_whatever_the_body_calls_it() {
    let full = [("x-rate-limit-limit", "0"), ("x-rate-limit-remaining", "0")];
    let body = br#"{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit due to too many requests."}"#;
    let cause = read(429, &full, body);
    assert_eq!((cause.reason(), cause.resource(), cause.limit()), (Reason::ConcurrencyLimit, Some(Resource::Concurrency), None));
}

/// Seen to fail: not knowing the header.
#[test]
fn a_code_in_the_headers_counts_where_the_body_has_none() {
    for value in ["ThrottlingException", "ThrottlingException:http://internal/", "com.amazonaws#ThrottlingException"] {
        for (status, body) in [(400, &b"{\"message\":null}"[..]), (429, b"")] {
            let cause = read(status, &[("x-amzn-errortype", value)], body);
            assert_eq!((cause.kind(), cause.code()), (Kind::RateLimited, Some("ThrottlingException")), "{value}");
        }
    }
    assert_eq!(read(400, &[("x-amzn-errortype", "ServiceQuotaExceededException")], b"").kind(), Kind::QuotaExhausted);
    assert_eq!(read(400, &[("x-amzn-errortype", "ThrottlingException")], QUOTA).kind(), Kind::QuotaExhausted);
    assert_eq!(read(401, &[("x-amzn-errortype", "")], b"").kind(), Kind::InvalidCredentials);
}

/// Seen to fail: taking the "requests" of "too many requests" for what is counted.
#[test]
fn a_generic_body_leaves_it_to_the_headers_what_is_counted() {
    let headers = [
        ("x-ratelimit-limit-tokens", "30000"),
        ("x-ratelimit-remaining-tokens", "0"),
        ("x-ratelimit-reset-tokens", "1m0s"),
        ("x-ratelimit-limit-requests", "50"),
        ("x-ratelimit-remaining-requests", "49"),
    ];
    for body in
        ["Too Many Requests", "Rate limit exceeded", r#"{"error":{"message":"This request would exceed your account's rate limit."}}"#]
    {
        let cause = read(429, &headers, body.as_bytes());
        assert_eq!((cause.reason(), cause.limit()), (Reason::TokensPerMinute, Some(30_000)), "{body}");
    }
    let named = read(429, &headers, b"Rate limit reached on requests per min.");
    assert_eq!((named.resource(), named.limit()), (Some(Resource::Requests), None));
}

#[test]
fn the_empty_bucket_says_which_limit_it_was() {
    let headers = [
        ("x-ratelimit-limit-tokens-minute", "30000"),
        ("x-ratelimit-remaining-tokens-minute", "0"),
        ("x-ratelimit-limit-requests-minute", "500"),
        ("x-ratelimit-remaining-requests-minute", "499"),
    ];
    let cause = read(429, &headers, b"");
    assert_eq!(cause.reason(), Reason::TokensPerMinute);
    assert_eq!((cause.resource(), cause.limit()), (Some(Resource::Tokens), Some(30_000)));
    assert_eq!(cause.window(), Some(Duration::from_secs(60)));
    let both = [("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-remaining-requests", "0")];
    assert_eq!(read(429, &both, b"").resource(), None);
}

/// Tried: letting a header make a code of money a rate.
#[test]
fn a_quota_in_words_is_a_rate_beside_a_short_wait_and_a_code_never_is() {
    let worded = br#"{"error":{"message":"You exceeded your current quota, please check your plan."}}"#;
    assert_eq!(read(429, &[], worded).kind(), Kind::QuotaExhausted);
    assert_eq!(read(429, &[("retry-after", "36")], worded).kind(), Kind::RateLimited);
    assert_eq!(read(429, &[("retry-after", "7200")], worded).kind(), Kind::QuotaExhausted);
    let coded = read(429, &[("retry-after", "36")], QUOTA);
    assert_eq!((coded.kind(), coded.is_retryable(), coded.retry_after()), (Kind::QuotaExhausted, false, None));
}

/// Tried: asking only the first fields "code" and "type" whether a code speaks of money.
#[test]
fn a_code_of_money_stays_one_wherever_it_stands() {
    for body in [
        r#"{"error":"insufficient_quota","message":"You exceeded your current quota, please check your plan."}"#,
        r#"{"code":429,"error":{"code":"insufficient_quota"}}"#,
        r#"{"error":{"reason":"insufficient_quota"}}"#,
        r#"{"error":{"status":"INSUFFICIENT_QUOTA","code":429}}"#,
        r#"{"error":{"message":"Quota exceeded.","code":"quota_exceeded"}}"#,
        "Error code: 429 - insufficient_quota",
    ] {
        let cause = read(429, &[("retry-after", "30")], body.as_bytes());
        assert_eq!((cause.reason(), cause.is_retryable()), (Reason::QuotaExhausted, false), "{body}");
    }
}

/// Tried: keeping what the words of a quota had counted.
#[test]
fn a_rate_in_words_of_a_quota_counts_no_money() {
    let cause = read(429, &[("retry-after", "30")], br#"{"error":{"message":"You have insufficient quota."}}"#);
    assert_eq!((cause.reason(), cause.resource()), (Reason::UnknownRate, None));
}

/// Tried: wanting a code for the limit of a plan.
#[test]
fn a_usage_limit_in_words_is_a_rate_beside_a_short_wait() {
    let wait = [("retry-after", "30")];
    let kind = |body: &'static str| read(429, &wait, body.as_bytes()).kind();
    assert_eq!(kind("You have reached your usage limit."), Kind::RateLimited);
    assert_eq!(kind("You have reached your monthly usage limit."), Kind::QuotaExhausted);
    assert_eq!(kind(r#"{"error":{"type":"usage_limit_reached","message":"Usage limit reached."}}"#), Kind::QuotaExhausted);
}

/// Tried: filling in from the one empty bucket only, for the verdict too; headers of a stream that began well.
#[test]
fn two_empty_buckets_make_a_rate_and_those_of_a_stream_fill_in_nothing() {
    let both = [("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-remaining-requests", "0")];
    assert_eq!(read(429, &both, b"").reason(), Reason::UnknownRate);
    let one = [("x-ratelimit-limit-requests-minute", "3"), ("x-ratelimit-remaining-requests-minute", "0")];
    assert_eq!(read(200, &one, b"Rate limit exceeded.").limit(), None);
    assert_eq!(read(429, &one, b"Rate limit exceeded.").limit(), Some(3));
}

/// Tried: one slot of the limit, as a server that refills evenly would have it.
#[test]
fn an_empty_bucket_that_refills_at_once_says_how_long_to_wait() {
    let github = [
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1700001800"),
        ("date", "Tue, 14 Nov 2023 22:13:20 GMT"),
    ];
    let ietf = [("ratelimit-policy", "\"default\";q=100;w=60"), ("ratelimit", "\"default\";r=0;t=50")];
    let even = [("x-ratelimit-limit-requests", "3"), ("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "1m0s")];
    let wait = |headers: &[_], body: &'static [u8]| read(429, headers, body).retry_after();
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    assert_eq!(wait(&github, b""), seconds(1_800));
    assert_eq!(wait(&ietf, b""), seconds(50));
    assert_eq!(wait(&even, b""), seconds(20));
    assert_eq!(wait(&ietf, b"Rate limit reached on tokens per min."), None, "another limit");
    let asked = [ietf.as_slice(), &[("retry-after", "7")]].concat();
    assert_eq!(wait(&asked, b""), seconds(7));
}

/// Tried: taking a zero for a wait.
#[test]
fn a_wait_of_zero_is_none() {
    assert_eq!(read(429, &[("retry-after", "0")], b"").retry_after(), None);
    let past = [("retry-after", "Tue, 14 Nov 2023 22:13:10 GMT"), ("date", "Tue, 14 Nov 2023 22:13:20 GMT")];
    assert_eq!(read(429, &past, b"").stated_retry_after(), None);
    let body = b"Rate limit reached on requests per min (RPM): Limit 100, Used 50, Requested 50. ";
    assert_eq!(classify_429(body).retry_after(), None);
    let stated = classify_429(b"Rate limit reached on requests per min (RPM): Limit 100, Used 100, Requested 1. Please try again in 0s.");
    assert_eq!(stated.stated_retry_after(), Some(Duration::ZERO));
    assert_eq!(stated.retry_after(), Some(Duration::from_millis(600)));
}

#[test]
fn what_nobody_can_read_asks_for_less() {
    assert_eq!(classify_429(b"").action(), Action::Shrink);
}

#[test]
fn the_wait_is_the_later_one_and_not_one_that_was_sent_before_the_error() {
    let wait = |status, headers: &[_]| read(status, headers, TPM).retry_after();
    let millis = |millis| Some(Duration::from_millis(millis));
    assert_eq!(wait(429, &[]), millis(9_816));
    assert_eq!(wait(429, &[("retry-after", "10")]), millis(9_816));
    assert_eq!(wait(429, &[("retry-after", "60")]), millis(60_000));
    assert_eq!(wait(429, &[("retry-after", "3")]), millis(9_816));
    assert_eq!(wait(200, &[("retry-after", "60")]), millis(9_816));
}

#[test]
fn the_type_is_the_error_s_and_not_its_wrapper_s() {
    let body = br#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    assert_eq!(read(529, &[], body).error_type(), Some("overloaded_error"));
}

fn read<'a>(status: u16, headers: &[(&'a str, &'a str)], body: &'a [u8]) -> Cause<'a> {
    let headers = Headers::read(headers.iter().copied());
    classify(&Response { status: Some(status), headers, body })
}

const TPM: &[u8] = br#"{"error":{"message":"Rate limit reached for gpt-x in organization org-a on tokens per min (TPM): Limit 30000, Used 25662, Requested 9246. Please try again in 9.816s.","type":"tokens","code":"rate_limit_exceeded"}}"#;
const QUOTA: &[u8] = br#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}"#;
const TERMINATED: &[u8] = br#"{"error":{"message":"Your access was terminated due to violation of our policies, please check your email for more information.","type":"access_terminated","code":null}}"#;

/// A date under a key of a wait is a reset, and so is `retry_at`; without the `Date` it stays one.
#[test]
fn a_date_under_a_wait_is_a_reset() {
    for body in [
        r#"{"error":"rate limited","retry_after":"Tue, 15 Sep 2026 17:56:48 GMT"}"#,
        r#"{"error":"rate limited","retry_after":"2026-09-15T17:56:48Z"}"#,
        r#"{"error":"rate limited","retry_at":1789495008}"#,
        r#"{"error":"rate limited","retry_at":"2026-09-15 17:56:48 UTC"}"#,
    ] {
        let cause = classify_429(body.as_bytes());
        assert_eq!(cause.reset(), Some(Reset::Unix(Duration::from_secs(1_789_495_008))), "{body}");
        assert_eq!(cause.stated_retry_after(), None, "{body}");
    }
}

/// Tried: the wait after the reason, which loses the reset of a monthly bucket.
#[test]
fn the_window_of_the_empty_bucket_tells_a_rate_from_an_allotment() {
    for (window, reason) in [
        (3_600, Reason::RequestsPerMinute),
        (43_200, Reason::RequestsPerMinute),
        (86_400, Reason::RequestsPerDay),
        (2_592_000, Reason::UsageLimit),
    ] {
        let policy = format!("100;w={window}");
        let fields =
            [("ratelimit-limit", "100"), ("ratelimit-policy", policy.as_str()), ("ratelimit-remaining", "0"), ("ratelimit-reset", "500")];
        let cause = read(429, &fields, b"");
        assert_eq!(cause.reason(), reason, "{window}");
        assert_eq!(cause.retry_after(), Some(Duration::from_secs(500)), "{window}");
    }
}
