//! The bodies of the fuzz targets: plain functions, so that a test runs them over fixed seeds too.

use core::fmt::Write;

use paceline_core::headers::{Bucket, Dialect, Headers, MOST_BUCKETS};
use paceline_core::{Evidence, Language, Response, SupportReport, classify};

/// Any bytes as header lines: nothing panics, the case of names changes nothing, and what is read can be written.
///
/// # Panics
/// If one of that does not hold.
pub fn any_bytes(bytes: &[u8]) {
    let upper = recased(bytes, u8::to_ascii_uppercase);
    let lower = recased(bytes, u8::to_ascii_lowercase);
    for dialect in DIALECTS {
        let read = Headers::read_as(dialect, lines(&lower));
        let shouted = Headers::read_as(dialect, lines(&upper));
        assert!(read.buckets().len() <= MOST_BUCKETS);
        assert_eq!(read.retry_after(), shouted.retry_after());
        let nameless = |headers: &Headers<'_>| headers.buckets().iter().map(numbers).collect::<Vec<_>>();
        assert_eq!(nameless(&read), nameless(&shouted));
    }
    all_that_follows(&lower, bytes);
}

fn all_that_follows(lower: &[u8], body: &[u8]) {
    for status in [None, Some(200), Some(401), Some(403), Some(429), Some(503)] {
        let headers = Headers::read(lines(lower));
        let cause = classify(&Response { status, headers: headers.clone(), body });
        let mut out = String::new();
        for remedy in cause.remedies(&Evidence { usage: Some(1), needed: Some(u64::MAX), ..Evidence::default() }).iter() {
            let _ = write!(out, "{}{}", remedy.text(Language::English), remedy.text(Language::Korean));
        }
        let _ = write!(out, "{}", SupportReport::new(cause, status, headers));
    }
}

/// Names and values, split at the first colon of a line.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    bytes.split(|byte| *byte == b'\n').map(|line| {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        (name, value.get(1..).unwrap_or_default())
    })
}

/// The bytes with another case before the first colon of each line.
fn recased(bytes: &[u8], case: fn(&u8) -> u8) -> Vec<u8> {
    let mut in_name = true;
    bytes
        .iter()
        .map(|byte| {
            in_name = *byte == b'\n' || (in_name && *byte != b':');
            if in_name { case(byte) } else { *byte }
        })
        .collect()
}

fn numbers(bucket: &Bucket<'_>) -> impl PartialEq + core::fmt::Debug + use<> {
    (bucket.resource, bucket.limit, bucket.remaining, bucket.reset_after, bucket.window)
}

const DIALECTS: [Dialect; 5] = [Dialect::Auto, Dialect::Seconds, Dialect::Milliseconds, Dialect::UnixSeconds, Dialect::UnixMilliseconds];
