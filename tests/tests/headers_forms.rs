//! Forms that few services send, one by one, with the reading that each has to get.

use core::time::Duration;

use paceline_core::headers::{Bucket, Dialect, Headers, Window};

type Set<'a> = &'a [(&'a str, &'a str)];

/// Each set and its buckets, as [`shown`] writes them.
const FORMS: &[(Set<'_>, &[&str])] = &[
    // Below zero: nothing left; a limit below zero is none.
    (&[("x-ratelimit-limit-tokens", "500"), ("x-ratelimit-remaining-tokens", "-1")], &["tokens 0/500"]),
    (&[("x-ratelimit-limit", "-1"), ("x-ratelimit-remaining", "-1")], &[]),
    (&[("x-ratelimit-remaining", "588.0"), ("x-ratelimit-used", "12")], &["requests 588/-"]),
    (&[("x-amzn-ratelimit-limit", "0.0083")], &[]),
    (&[("x-ratelimit-limit", "5"), ("x-ratelimit-remaining", "0.5")], &["requests 0/5"]),
    // Commas group digits, or separate limits.
    (&[("x-ratelimit-limit-tokens", "2,000,000"), ("x-ratelimit-remaining-tokens", "1,999,998")], &["tokens 1999998/2000000"]),
    (&[("x-ratelimit-limit", "500,000")], &["requests -/500000"]),
    (&[("x-ratelimit-limit", "600,300")], &["requests -/600", "requests -/300"]),
    (&[("x-ratelimit-limit", "99,999,999,999,999,999,999")], &[]),
    // Used and limit in one value.
    (&[("Sforce-Limit-Info", "api-usage=12/15000")], &["requests 14988/15000"]),
    (&[("x-ratelimit-limit-audio-seconds", "7200"), ("x-ratelimit-reset-audio-seconds", "90.5")], &["audio_seconds -/7200 reset 90.5s"]),
    (
        &[
            ("x-rate-limit-api-token-interval-ms", "10000"),
            ("x-rate-limit-api-token-max", "100"),
            ("x-rate-limit-api-token-remaining", "99"),
        ],
        &["requests 99/100 in 10s"],
    ),
    (
        &[("anthropic-priority-input-tokens-limit", "70"), ("anthropic-fast-input-tokens-limit", "80")],
        &["input_tokens -/70", "input_tokens -/80"],
    ),
    (&[("x-tokenlimit-limit", "70"), ("x-tokenlimit-remaining", "7")], &["tokens 7/70"]),
    // Names without the word rate.
    (&[("X-Limit-Per-Day", "9000"), ("X-Remaining-Today", "8999")], &["requests 8999/9000 in 86400s"]),
    (&[("x-trial-endpoint-call-limit", "40"), ("x-trial-endpoint-call-remaining", "39")], &["requests 39/40"]),
    (&[("x-app-limit-24hour-limit", "50"), ("x-app-limit-24hour-remaining", "7")], &["requests 7/50 in 86400s"]),
    (&[("maximum-concurrent-requests", "10"), ("current-concurrent-requests", "3")], &["concurrency 7/10"]),
    // Windows in names, counted.
    (
        &[("x-ratelimit-limit-req-10-second", "5"), ("x-ratelimit-limit-tokens-month", "70000")],
        &["requests -/5 in 10s", "tokens -/70000 in 2592000s"],
    ),
    (
        &[("x-ratelimitbysize-limit-minute", "900"), ("x-ratelimitbysize-remaining-minute", "100"), ("ratelimitbysize-query-cost", "11")],
        &["tokens 100/900 in 60s"],
    ),
    (
        &[("x-vendor-ratelimit-unified-5h-reset", "90"), ("x-vendor-ratelimit-unified-5h-utilization", "0.4")],
        &["requests -/- reset 90s in 18000s"],
    ),
    (&[("x-ratelimit-limit-tokens_usage_based", "70"), ("x-ratelimit-remaining-tokens_usage_based", "69")], &["tokens 69/70"]),
    (&[("x-ratelimit-limit-project-tokens", "7"), ("x-ratelimit-limit-tokens", "9")], &["tokens -/7", "tokens -/9"]),
    (&[("X-RateLimit-Limit", "9"), ("X-RateLimit-Remaining", "8"), ("X-RateLimit-Interval-Seconds", "2")], &["requests 8/9 in 2s"]),
    // One meaning under two names.
    (
        &[("X-RateLimit-Limit", "9"), ("RateLimit-Limit", "9"), ("RateLimit-Remaining", "3"), ("RateLimit-Reset", "4")],
        &["requests 3/9 reset 4s"],
    ),
    (
        &[("X-RateLimit-Limit-Minute", "9"), ("X-RateLimit-Remaining-Minute", "3"), ("RateLimit-Limit", "9"), ("RateLimit-Reset", "4")],
        &["requests 3/9 reset 4s in 60s"],
    ),
    // Parameters and dictionaries in odd shapes.
    (&[("Vendor-RateLimit-tickets-index", "total=100; remaining=98; resets=41")], &["requests 98/100 reset 41s"]),
    (&[("RateLimit", "problemPolicy;r=0, t=10")], &["requests 0/- reset 10s"]),
    (
        &[("RateLimit-Policy", r#""fixed window";"api";q=700;w=300"#), ("RateLimit", r#""api";r=699;t=295"#)],
        &["requests 699/700 reset 295s in 300s"],
    ),
    (&[("RateLimit-Policy", r#""a \"b\", c";q=7;qu="concurrent-requests""#)], &["concurrency -/7"]),
    (&[("RateLimit-Policy", r#""input-tokens";q=7;w=60"#)], &["input_tokens -/7 in 60s"]),
    (&[("x-ratelimit-limit", r#"10, 10;w=1;name="per-ip", 100;w=60"#)], &["requests -/10 in 1s", "requests -/100 in 60s"]),
    (&[("x-vendor-ratelimit-remaining-resource", "Compute/Put3Min;237,Compute/Put30Min;1197")], &["requests 237/-", "requests 1197/-"]),
    // Absolute times need a date, and the field that promises one takes nothing else.
    (&[("RateLimit-Limit", "20"), ("RateLimit-Reset", "2030-01-01T00:01:00Z"), ("RateLimit-ResetTime", "60")], &["requests -/20"]),
    (&[("date", "Tue, 01 Jan 2030 00:00:00 GMT"), ("x-ratelimit-reset", "Tue, 01 Jan 2030 00:00:30 GMT")], &["requests -/- reset 30s"]),
    (&[("date", "Tue, 01 Jan 2030 00:00:01 GMT"), ("x-ratelimit-reset", "2030-01-01T00:00:00Z")], &["requests -/- reset 0s"]),
    (&[("date", "Tue, 01 Jan 2030 00:00:00 GMT"), ("x-ratelimit-reset", "2030-01-01t00:00:01.750z")], &["requests -/- reset 1.75s"]),
    (&[("date", "Tue, 01 Oct 2030 00:00:00 GMT"), ("x-ratelimit-reset", "Tue, 01 Oct 2030 00:00:01 GMT")], &["requests -/- reset 1s"]),
    // Azure's milliseconds: its own headers, its own window, or nothing but the arithmetic.
    (&[("x-ms-region", "East US"), ("x-ratelimit-remaining-tokens", "9"), ("x-ratelimit-reset-tokens", "60")], &["tokens 9/- reset 0.06s"]),
    (
        &[("x-ratelimit-limit-requests", "500"), ("x-ratelimit-remaining-requests", "499"), ("x-ratelimit-reset-requests", "120")],
        &["requests 499/500 reset 0.12s in 60s?"],
    ),
    (
        &[("x-ratelimit-limit-requests", "1000"), ("x-ratelimit-remaining-requests", "999"), ("x-ratelimit-reset-requests", "60")],
        &["requests 999/1000 reset 60s"],
    ),
    (
        &[
            ("x-ratelimit-limit-requests", "500"),
            ("x-ratelimit-remaining-requests", "499"),
            ("x-ratelimit-reset-requests", "120"),
            ("x-ratelimit-limit-tokens", "500000"),
            ("x-ratelimit-remaining-tokens", "499986"),
            ("x-ratelimit-reset-tokens", "1"),
        ],
        &["requests 499/500 reset 0.12s in 60s?", "tokens 499986/500000 reset 0.001s"],
    ),
    (&[("x-ms-ags-diagnostic", "{}"), ("RateLimit-Limit", "50"), ("RateLimit-Reset", "5")], &["requests -/50 reset 5s"]),
    // Windows worked out, and not where the reset is too coarse or counts down to the end of a fixed window.
    (
        &[("x-ratelimit-limit-requests", "10000"), ("x-ratelimit-remaining-requests", "9999"), ("x-ratelimit-reset-requests", "8.64s")],
        &["requests 9999/10000 reset 8.64s in 86400s?"],
    ),
    (
        &[("x-ratelimit-limit-tokens", "90000"), ("x-ratelimit-remaining-tokens", "89997"), ("x-ratelimit-reset-tokens", "2ms")],
        &["tokens 89997/90000 reset 0.002s"],
    ),
    (&[("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "59"), ("x-ratelimit-reset", "1")], &["requests 59/60 reset 1s"]),
    // Not limits.
    (&[("x-ratelimit-bucket", "1234"), ("x-ratelimit-used", "4"), ("x-request-id", "7"), ("x-total-count", "99")], &[]),
];

/// Seen to fail: a comma as a separator always; the fraction of a date dropped, its small letters unread; half a request read as none said.
#[test]
fn reads_odd_forms() {
    for (set, expected) in FORMS {
        let headers = Headers::read(set.iter().copied());
        let found: Vec<_> = headers.buckets().iter().map(shown).collect();
        assert_eq!(&found, expected, "{set:?}");
    }
}

#[test]
fn reads_every_wait() {
    let wait = |set: Set<'_>| Headers::read(set.iter().copied()).retry_after();
    let seconds = |seconds| Some(Duration::from_secs_f64(seconds));
    assert_eq!(wait(&[("retry-after", "0.25")]), seconds(0.25));
    assert_eq!(wait(&[("retry-after", "13"), ("x-ms-retry-after-ms", "12500")]), seconds(12.5));
    assert_eq!(wait(&[("retry-after-ms", "10"), ("Retry-After", "1")]), seconds(0.01));
    assert_eq!(wait(&[("X-Retry-After", "7s")]), seconds(7.0));
    assert_eq!(wait(&[("retry-after", "10, 12")]), seconds(12.0), "a proxy joined two");
    assert_eq!(wait(&[("retry-after", "\"5\"")]), seconds(5.0));
    assert_eq!(wait(&[("retry-after-short", "8")]), seconds(8.0));
    let date = ("Retry-After", "Tue, 01 Jan 2030 00:00:30 GMT");
    assert_eq!(wait(&[date]), None);
    assert_eq!(wait(&[date, ("Date", "Tue, 01 Jan 2030 00:00:00 GMT")]), seconds(30.0));
    assert_eq!(wait(&[("retry-after", "soon")]), None);
    assert_eq!(wait(&[("retry-after", "-1")]), None);
}

#[test]
fn a_dialect_settles_what_a_bare_number_means() {
    let reset = |dialect| {
        let set = [("x-ratelimit-reset", "2000000000"), ("date", "Wed, 18 May 2033 03:33:00 GMT")];
        Headers::read_as(dialect, set).buckets().first()?.reset_after
    };
    let seconds = Duration::from_secs;
    assert_eq!(reset(Dialect::Auto), Some(seconds(20)));
    assert_eq!(reset(Dialect::UnixSeconds), Some(seconds(20)));
    assert_eq!(reset(Dialect::Seconds), Some(seconds(2_000_000_000)));
    assert_eq!(reset(Dialect::Milliseconds), Some(seconds(2_000_000)));
    assert_eq!(reset(Dialect::UnixMilliseconds), Some(Duration::ZERO));
}

/// `tokens 9/10 reset 1s in 60s`; `-` for what is not said, `?` behind a window that is worked out.
fn shown(bucket: &Bucket<'_>) -> String {
    let number = |number: Option<u64>| number.map_or("-".into(), |number| number.to_string());
    let resource = bucket.resource.map_or("none", |resource| resource.name());
    let mut text = format!("{resource} {}/{}", number(bucket.remaining), number(bucket.limit));
    if let Some(reset) = bucket.reset_after {
        text += &format!(" reset {}s", reset.as_secs_f64());
    }
    match bucket.window {
        Some(Window::Stated(window)) => text += &format!(" in {}s", window.as_secs()),
        Some(Window::Derived(window)) => text += &format!(" in {}s?", window.as_secs()),
        None => {}
    }
    text
}
