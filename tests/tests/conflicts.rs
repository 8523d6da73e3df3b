//! Where a body says two things: codes beside wordings, several errors, hints that are none.

use core::time::Duration;

use paceline_core::Kind::{self, *};
use paceline_core::{Reason, Reset, classify_429};

/// What a body is, and whether the same request can succeed later.
#[rustfmt::skip]
const VERDICTS: [(&str, &str, Kind, bool); 40] = [
    (
        "a limit on tokens is a full batch queue where the message says so",
        r#"{"error":{"code":"token_limit_exceeded","message":"Enqueued token limit reached for gpt-4o. Limit: 2,000,000 enqueued tokens."}}"#,
        Concurrency,
        true,
    ),
    (
        "a batch queue need not say enqueued",
        r#"{"error":{"code":"rate_limit_exceeded","message":"The batch queue token limit is reached for gpt-4o: 2,000,000 tokens."}}"#,
        Concurrency,
        true,
    ),
    (
        "an invitation to top up takes nothing from a daily limit",
        "Free requests are limited by the day: daily limit reached. Top up credits to go on with the paid model.",
        RateLimited,
        true,
    ),
    ("a wallet that is empty", "Your wallet is empty. ", QuotaExhausted, false),
    ("an invoice that is not paid", "Your last invoice has not been paid. ", AccountInactive, false),
    ("a suspension for abuse is no rate", "Your access has been suspended for abuse. ", Blocked, false),
    ("an input beyond a maximum", "The input is longer than the maximum of the model. ", RequestTooLarge, false),
    ("a service that is full", "We are at full capacity right now. ", Overloaded, true),
    ("an upstream that is not healthy", "no healthy upstream ", Overloaded, true),
    ("a month's usage", "You have hit your monthly included usage. ", QuotaExhausted, false),
    ("a key that does not exist", "The supplied API key does not exist. ", InvalidCredentials, false),
    ("what is excessive is too much", "Excessive requests detected, back off. ", RateLimited, true),
    (
        "the same code beside a use below the limit is a rate",
        r#"{"error":{"code":"token_limit_exceeded","message":"Token limit exceeded: Limit 1000, Used 900, Requested 200."}}"#,
        RateLimited,
        true,
    ),
    (
        "the same code beside a request above the limit is too large",
        r#"{"error":{"code":"token_limit_exceeded","message":"Token limit exceeded: Limit 1000, Requested 2000."}}"#,
        RequestTooLarge,
        false,
    ),
    (
        "a terminal code is found behind other errors of before",
        r#"{"previous_errors":[{"message":"x"}],"error":{"code":"billing_not_active","message":"y"}}"#,
        AccountInactive,
        false,
    ),
    (
        "a code for an organization's usage is not softened by a window",
        r#"{"error":{"code":"organization_usage_limit_exceeded","message":"too many requests per minute"}}"#,
        QuotaExhausted,
        false,
    ),
    (
        "a terminal code beats a message that promises",
        r#"{"error":{"message":"The upstream is saturated, please retry later","type":"x_error","code":"insufficient_quota"}}"#,
        QuotaExhausted,
        false,
    ),
    (
        "a terminal type beats a general code",
        r#"{"error":{"type":"billing_not_active","code":"rate_limit_exceeded","message":"Try again later."}}"#,
        AccountInactive,
        false,
    ),
    (
        "a general code loses to a message",
        r#"{"error":{"code":"rate_limit_exceeded","message":"Your credit balance is too low."}}"#,
        QuotaExhausted,
        false,
    ),
    (
        "a general type loses to a message",
        r#"{"type":"invalid_request_error","message":"Service tier capacity exceeded for this model."}"#,
        Overloaded,
        true,
    ),
    (
        "requested above the limit is too large",
        r#"{"error":{"message":"Rate limit reached: Limit 100, Requested 101.","code":"rate_limit_exceeded"}}"#,
        RequestTooLarge,
        false,
    ),
    (
        "a limit of zero is none",
        r#"{"error":{"message":"Quota exceeded for metric: requests, limit: 0, model: gemini-9.5-pro\nPlease retry in 30s."}}"#,
        QuotaExhausted,
        false,
    ),
    (
        "a quota beside a short wait is a rate",
        r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.\nPlease retry in 30s."}}"#,
        RateLimited,
        true,
    ),
    (
        "a quota beside a window of a minute is a rate",
        r#"{"error":{"message":"You exceeded your current quota.","details":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel"}]}}"#,
        RateLimited,
        true,
    ),
    (
        "a money code stays one beside a wait",
        r#"{"error":{"code":"insufficient_quota","message":"Out of quota."},"other":1}"#,
        QuotaExhausted,
        false,
    ),
    (
        "a stated reset makes a quota retryable",
        r#"{"error":{"type":"insufficient_quota","message":"Free quota used. Resets at 10:00 UTC."}}"#,
        QuotaExhausted,
        true,
    ),
    (
        "the first of two errors counts",
        r#"a: {"error":{"code":"1302","message":"Rate limit reached."}}, b: {"error":{"message":"Your subscription payment is past due."}}"#,
        RateLimited,
        true,
    ),
    (
        "errors of other attempts do not count",
        r#"{"error":{"message":"Rate limit exceeded."},"previous_errors":[{"code":"insufficient_quota"}]}"#,
        RateLimited,
        true,
    ),
    (
        "a client's class is no evidence",
        "openai.RateLimitError: Your access was terminated due to violation of our policies, please check your email.",
        Blocked,
        false,
    ),
    (
        "a tail that sells is no billing problem",
        "Rate limit reached for gpt-4 in organization org-1 on requests per min: Limit 3, Used 3, Requested 1. Please try again in 20s. You can increase your rate limit by adding a payment method to your account.",
        RateLimited,
        true,
    ),
    (
        "credits that lift a limit are not spent",
        "Request was throttled. Your rate limit is reduced to 6 requests per minute while you have less than $5.0 in credit.",
        RateLimited,
        true,
    ),
    ("a quota that is allocated refills", "Allocated quota exceeded, please increase your quota limit.", RateLimited, true),
    (
        "overload under a rate's dress",
        r#"{"error":{"type":"engine_overloaded_error","message":"Too many requests, try later."}}"#,
        Overloaded,
        true,
    ),
    ("a ban that ends is no rate", r#"{"code":-1003,"msg":"Way too many requests; IP banned until 1788319856878. "}"#, Blocked, true),
    (
        "a block that is temporary is a rate",
        "You have exceeded a secondary rate limit and have been temporarily blocked from content creation.",
        RateLimited,
        true,
    ),
    (
        "size, although it says try again",
        "Request too large for model `m-1` on tokens per minute (TPM): Limit 6000, Requested 9000, please reduce your message size and try again.",
        RequestTooLarge,
        false,
    ),
    (
        "heap pressure is no large request",
        r#"{"error":{"type":"circuit_breaking_exception","reason":"Data too large, data for [<http_request>] would be larger than the limit"}}"#,
        Overloaded,
        true,
    ),
    ("a month's allotment is a quota", "You are using a Trial key, which is limited to 1000 API calls / month.", QuotaExhausted, false),
    ("nothing readable", r#"{"status":429,"headers":{"alt-svc":"ma=86400","server":"x"}}"#, Unknown, true),
    ("nothing at all", "", Unknown, true),
];

#[test]
fn verdicts() {
    for (why, body, kind, retryable) in VERDICTS {
        let cause = classify_429(body.as_bytes());
        assert_eq!((cause.kind(), cause.is_retryable()), (kind, retryable), "{why}: {body}\n{cause:?}");
    }
}

#[test]
fn a_clients_own_pause_is_no_hint() {
    for body in [
        "Retrying embed_with_retry.<locals>._embed_with_retry in 4.0 seconds as it raised RateLimitError: Rate limit reached for tokens.",
        r#"API Error (429 {"error":{"message":"Rate limited."}}) · Retrying in 1 seconds… (attempt 2/10)"#,
        "Failed after 3 attempts. Last error: Too many requests.",
    ] {
        assert_eq!(classify_429(body.as_bytes()).stated_retry_after(), None, "{body}");
    }
}

#[test]
fn numbers_in_names_and_prices_are_no_limits() {
    for body in [
        "Rate limit reached for 10KTPM-200RPM in organization org-12 on tokens per min. Contact us.",
        "Rate limit exceeded: free-models-per-min. Add 10 credits to unlock 1000 free model requests per day. ",
        "An error occurred (ThrottlingException) when calling Converse (reached max retries: 4): Rate exceeded",
        "500 - {'error': 'rate limited'}",
    ] {
        let cause = classify_429(body.as_bytes());
        assert_eq!((cause.limit(), cause.used(), cause.requested()), (None, None, None), "{body}");
    }
}

/// What a body says of other keys and plans comes later.
#[test]
fn the_first_limit_and_the_first_window_count() {
    let body = "Your rate limit of 40 calls per hour is exceeded. A paid key has a rate limit of 1000 calls per day.";
    let cause = classify_429(body.as_bytes());
    assert_eq!((cause.limit(), cause.window()), (Some(40), Some(Duration::from_secs(3_600))));
}

#[test]
fn absolute_resets_are_given_as_such() {
    let reset = |body: &'static str| classify_429(body.as_bytes()).reset();
    let unix = |seconds| Some(Reset::Unix(Duration::from_secs(seconds)));
    assert_eq!(reset(r#"{"error":{"type":"usage_limit_reached","resets_at":1777936568}}"#), unix(1_777_936_568));
    assert_eq!(reset(r#"{"error":"rate limited","resetAt":"2026-09-15T17:56:48Z"}"#), unix(1_789_495_008));
    assert_eq!(reset("too many tries, retry after 2026-09-15 17:56:48 UTC: see the docs"), unix(1_789_495_008));
    assert_eq!(reset("Limit reached. Your limit resets at 10:00 UTC."), Some(Reset::Said("10:00 UTC")));
}

#[test]
fn a_wait_is_computed_as_the_server_counts() {
    let body = "Rate limit reached for gpt-4 in organization org-1 on requests per day (RPD): Limit 200, Used 200, Requested 1. ";
    let cause = classify_429(body.as_bytes());
    assert_eq!(cause.reason(), Reason::RequestsPerDay);
    assert_eq!(cause.stated_retry_after(), None);
    assert_eq!(cause.retry_after(), Some(Duration::from_secs(432)), "7m12s");
}

/// Fails where an end is never trusted, and where it always is: both were tried.
#[test]
fn a_number_ends_a_complete_body_but_not_a_cut_one() {
    let request = |body: &'static str| classify_429(body.as_bytes()).requested();
    assert_eq!(request("TPM: Limit 160000, Used 159500, Requested 1500"), Some(1_500));
    assert_eq!(request(r#"{"e":"TPM: Limit 160000, Used 159500, Requested 1500"#), None);
    assert_eq!(request("TPM: Limit 160000, Used 159500, Requested 15"), None);
    let limit = |body: &'static str| classify_429(body.as_bytes()).limit();
    assert_eq!(limit("Too many requests. Your limit is 50."), Some(50));
    assert_eq!(limit("Too many requests. Your limit is 50"), None);
    assert_eq!(limit(r#"{"e":"Too many requests. Your limit is 50."#), None);
}

/// Fails where any number near a window is taken for its limit, and any duration for a window: both were tried.
#[test]
fn what_was_counted_is_not_the_limit_and_a_penalty_is_no_window() {
    let cause = classify_429(b"You sent 105 requests in the last 60 seconds. The limit is 100. ");
    assert_eq!((cause.used(), cause.limit()), (Some(105), Some(100)));
    assert_eq!(cause.window(), Some(Duration::from_secs(60)));
    let cause = classify_429(b"Your address has been rate limited for 60 seconds. ");
    assert_eq!(cause.window(), None);
    assert_eq!(cause.stated_retry_after(), Some(Duration::from_secs(60)));
}

/// Seen to fail without the list of codes: their words alone say a rate.
#[test]
fn codes_for_growing_too_fast_are_a_ramp() {
    for code in ["slow_down", "limit_burst_rate"] {
        let body = format!(r#"{{"error":{{"message":"Slow down","type":"requests","code":"{code}"}}}}"#);
        assert_eq!(classify_429(body.as_bytes()).reason(), Reason::RampTooFast, "{code}");
    }
}

/// Of a body that may go on. Seen to fail: any full stop and any quote at the end ended a sentence; a month's window was terminal
/// before its sentence was over; a link behind a colon ended none.
#[test]
fn what_its_rest_may_soften_is_not_terminal() {
    for body in [
        "GaxiosError: Quota exceeded for quota ticket 'Read requests'",
        r#"{"error":{"message":"Quota exceeded for quota ticket 'Gemini 2."#,
        "Quota exceeded for aiplatform.",
        "too many certificates (5) already issued for \"example.com\" in the last 168h0m0s",
        "Rate limit exceeded: 1000 requests per month, ",
        r#"{"error":{"message":"This method requires billing "#,
        r#"{"error":{"message":"You have run out of API credits "#,
        r#"{"error":{"code":1010,"#,
        "You have reached your weekly usage limit, upgrade here: ",
        r#"{"error":"You have reached your weekly usage limit, upgrade here: https://example.com/up"#,
    ] {
        assert!(classify_429(body.as_bytes()).is_retryable(), "{body}");
    }
    for body in [
        "Quota exceeded for aiplatform. ",
        "Quota exceeded.",
        "'Quota exceeded'",
        "Limited to 1000 API calls / month.",
        "You have reached your weekly usage limit, upgrade here: https://example.com/upgrade",
    ] {
        assert!(!classify_429(body.as_bytes()).is_retryable(), "{body}");
    }
}

/// Seen to fail: the words that may be terminal were taken out of a sentence that is cut, with what makes it a rate.
#[test]
fn a_sentence_that_is_cut_still_tells_a_rate() {
    let cause = classify_429(br#"{"code": 0, "message": "You are blocked from accessing our API temporarily due to) []"#);
    assert_eq!(cause.kind(), RateLimited);
}

/// Seen to fail: what was read of a time at the end of the body was its reset, and a number before half a sign its wait.
#[test]
fn a_time_that_touches_the_end_is_not_read() {
    for body in ["Your quota will reset after 4", "The limit resets at 10:0", "Limits reset at 2026-11-2", "Limits reset at 2026-11-20 10:"]
    {
        assert_eq!(classify_429(body.as_bytes()).reset(), None, "{body}");
    }
    // The unit of ten minutes is cut off within its sign.
    assert_eq!(classify_429(b"Too many requests, retry after 10\xEB\xB6").stated_retry_after(), None);
    let reset = |body: &'static str| classify_429(body.as_bytes()).reset();
    assert_eq!(reset("The limit resets at 10:00 UTC"), Some(Reset::Said("10:00 UTC")));
    assert_eq!(reset("Quota exceeded. It will reset after April 5, 2026. Bye."), Some(Reset::Said("April 5, 2026")));
}

/// Seen to fail: the demand in it was an overload.
#[test]
fn a_tier_on_demand_is_no_overload() {
    for body in [
        r#"{"error":{"message":"No more for service tier `on_demand` at the moment","code":"rate_limit_exceeded"}}"#,
        "You have reached the on demand rate limit. ",
        "On-demand request limit reached. ",
    ] {
        assert_eq!(classify_429(body.as_bytes()).kind(), RateLimited, "{body}");
    }
}

/// Seen to fail: whatever stood before a `>` was a request that can't fit.
#[test]
fn more_than_a_limit_is_a_size_only_among_words_of_size() {
    for (body, kind, used, requested, limit) in [
        (r#"{"error":"Rate limit exceeded: 61 > 60 requests per minute"}"#, RateLimited, Some(61), None, Some(60)),
        ("Rate limit exceeded (61 > 60). ", RateLimited, Some(61), None, Some(60)),
        ("Too many tokens in the last minute: 31000 > 30000. ", RateLimited, Some(31_000), None, Some(30_000)),
        ("Concurrent requests 6 > 5. ", Concurrency, Some(6), None, Some(5)),
        ("Server overloaded: load 12 > 10. ", Overloaded, Some(12), None, Some(10)),
        (r#"{"error":"Internal error: index 5 > 3"}"#, Unknown, None, None, None),
        ("timeout 31 > 30 ", Unknown, None, None, None),
        ("Too many tokens in prompt: 310 > 300. ", RequestTooLarge, None, Some(310), Some(300)),
        (r#"{"message":"max_tokens: 640 > 81, which is the maximum"}"#, RequestTooLarge, None, Some(640), Some(81)),
        ("input length and `max_tokens` exceed context limit: 1900 + 213 > 2000, ", RequestTooLarge, None, Some(2_113), Some(2_000)),
    ] {
        let cause = classify_429(body.as_bytes());
        assert_eq!((cause.kind(), cause.used(), cause.requested(), cause.limit()), (kind, used, requested, limit), "{body}");
    }
}

/// Seen to fail: any limit of zero was a tier without the model.
#[test]
fn numbers_of_what_is_no_refusal_are_none() {
    for body in [r#"{"message":"Internal error","retry_limit":0}"#, r#"{"error":"Internal server error","limit":0,"offset":0}"#] {
        let cause = classify_429(body.as_bytes());
        assert_eq!((cause.kind(), cause.limit()), (Unknown, None), "{body}");
    }
}

/// Seen to fail: `100만` was a hundred, and `30 000` thirty.
#[test]
fn numbers_have_signs_of_thousands_and_blanks() {
    for (body, limit) in [
        ("월 한도 100만 토큰을 초과했습니다.", 1_000_000),
        ("한도 3만 토큰을 초과했습니다.", 30_000),
        ("请求超过限制 10 万 tokens。", 100_000),
        ("请求超过限制 1亿 tokens。", 100_000_000),
        ("Rate limit exceeded: limit 1.5만 tokens per minute. ", 15_000),
        ("Rate limit exceeded: limit 30 000 tokens per minute. ", 30_000),
        ("Rate limit exceeded: limit 100k tokens per minute. ", 100_000),
        (r#"{"error":"请求超过限制 10 \\u4e07 tokens。"}"#, 100_000),
    ] {
        assert_eq!(classify_429(body.as_bytes()).limit(), Some(limit), "{body}");
    }
    let cause = classify_429("월 한도 100만 토큰을 초과했습니다.".as_bytes());
    assert_eq!((cause.kind(), cause.window()), (QuotaExhausted, Some(Duration::from_secs(30 * 86_400))));
    for body in ["한도 100만", "한도 100 만", r#"{"error":"Limit 30 000 tokens "#] {
        for cut in 0..body.len() {
            assert_eq!(classify_429(&body.as_bytes()[..cut]).limit(), None, "{body} at {cut}");
        }
    }
}

/// Seen to fail: an account that the service closed was one that had not paid.
#[test]
fn a_deactivated_account_is_closed() {
    let cause = classify_429(br#"{"error":{"code":"account_deactivated","message":"Your account has been deactivated."}}"#);
    assert_eq!((cause.reason(), cause.is_retryable()), (Reason::AccessTerminated, false));
}

/// Seen to fail: the time was not read behind "at", nor was midnight.
#[test]
fn resets_have_times_of_day() {
    let regain = classify_429(b"You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.");
    assert_eq!(regain.reset(), Some(Reset::Unix(Duration::from_secs(1_796_083_200))));
    let midnight = classify_429(b"You exceeded your current quota. Resets at midnight UTC.");
    assert_eq!((midnight.reset(), midnight.is_retryable()), (Some(Reset::Said("midnight UTC")), true));
}

#[test]
fn a_key_that_is_not_valid_is_invalid() {
    let cause = classify_429(br#"{"error":{"message":"API key not valid. Please pass a valid API key."}}"#);
    assert_eq!(cause.reason(), Reason::InvalidKey);
}
