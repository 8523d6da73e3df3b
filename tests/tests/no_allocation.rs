//! Deciding, reading and writing headers, classifying a response, ranking remedies and writing their texts allocate nothing.

use core::fmt::{self, Write};
use core::time::Duration;

use allocation_counter::measure;
use paceline_core::headers::{Headers, RateLimitFields, retry_after};
use paceline_core::{Atomic, Evidence, Gcra, Language, Limit, NamedLimit, Nanos, Quota, Response, Set, SupportReport, classify};

/// Tried: a `String` in the closure.
#[test]
fn a_whole_refusal_allocates_nothing() {
    let mut written = 0;
    let allocations = measure(|| written = answer(BODY)).count_total;
    assert!(written > 1000, "nothing was written: {written} bytes");
    assert_eq!(allocations, 0);
}

#[test]
fn a_decision_allocates_nothing() {
    let limit = |quota| Atomic::new(Gcra::new(quota).expect("a rate"));
    let set = Set::new([limit(Quota::per_minute(500)), limit(Quota::per_minute(30_000))]);
    let mut refused = 0;
    let allocations = measure(|| {
        for now in 0..1_000 {
            refused += u32::from(!set.decide_named(Nanos(now), [1, 100]).is_allowed());
        }
        set.undo(Nanos(1_000), [1, 100]);
    });
    assert_eq!((refused, allocations.count_total), (700, 0));
}

/// Everything that a client and a server do about one refusal; the bytes of the texts.
fn answer(body: &[u8]) -> usize {
    let mut out = Count(0);
    let headers = Headers::read(HEADERS.iter().copied());
    let cause = classify(&Response { status: Some(429), headers: headers.clone(), body });
    let evidence = Evidence { usage: Some(0), needed: Some(90_000), repeats: 4, ..Evidence::default() };
    for language in [Language::English, Language::Korean] {
        for remedy in cause.remedies(&evidence).iter() {
            let _ = write!(out, "{} {}", remedy.id(), remedy.text(language));
        }
    }
    let _ = write!(out, "{}", SupportReport::new(cause, Some(429), headers));
    let fields = RateLimitFields {
        policy: "default",
        limit: 100,
        remaining: 0,
        reset_after: Duration::from_millis(1500),
        window: Some(Duration::from_secs(60)),
    };
    let _ = write!(out, "{} {}", fields.rate_limit(), fields.rate_limit_policy());
    let _ = write!(out, "{}", retry_after(Duration::from_millis(600)));
    out.0
}

/// Counts what is written.
struct Count(usize);

impl Write for Count {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

const BODY: &[u8] = br#"{"error":{"message":"Rate limit reached for gpt-x in organization org-a on tokens per min (TPM): Limit 30000, Used 25662, Requested 9246. Please try again in 9.816s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#;

const HEADERS: &[(&str, &str)] = &[
    ("Date", "Wed, 04 Sep 2024 10:23:06 GMT"),
    ("x-ratelimit-limit-requests", "14400"),
    ("x-ratelimit-remaining-requests", "14397"),
    ("x-ratelimit-reset-requests", "17.399999999s"),
    ("RateLimit", r#""day";r=100;t=36000"#),
    ("RateLimit-Policy", r#""hour";q=1000;w=3600, "day";q=5000;w=86400"#),
    ("X-App-Rate-Limit", "20:1,100:120"),
    ("x-other-ratelimit-reset", "2024-09-04T10:24:00Z"),
    ("retry-after", "10"),
    ("x-request-id", "req_0001"),
];
