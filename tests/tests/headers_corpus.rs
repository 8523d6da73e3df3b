//! Reads every header set of the corpus in place and compares with its label.

use core::time::Duration;
use std::collections::BTreeMap;

use paceline_core::headers::{Bucket, Headers, Window};
use paceline_tests::corpus;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    provider: String,
    headers: BTreeMap<String, String>,
    label: Label,
    /// The label leaves buckets out.
    #[serde(default)]
    partial: bool,
}

#[derive(Deserialize)]
struct Label {
    buckets: Vec<Expected>,
    retry_after_ms: Option<u64>,
}

#[derive(Deserialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Expected {
    resource: Option<String>,
    limit: Option<u64>,
    remaining: Option<u64>,
    reset_ms: Option<u64>,
    window_s: Option<u64>,
}

#[test]
fn every_bucket_is_as_labelled() {
    let Some(cases) = corpus::read::<Case>("headers.jsonl") else {
        return;
    };
    let (mut labelled, mut wrong) = (0, Vec::new());
    for case in &cases {
        let headers = Headers::read(&case.headers);
        let mut found: Vec<_> = headers.buckets().iter().map(expected).collect();
        let mut labels = case.label.buckets.clone();
        for label in &mut labels {
            label.resource = label.resource.take().filter(|resource| resource != "none");
        }
        if case.provider == "riot" {
            // `100:120` is a limit of 100 in 120 seconds; the labels leave the window out.
            found.iter_mut().for_each(|bucket| bucket.window_s = None);
        }
        labelled += labels.len();
        found.sort();
        labels.sort();
        let right = match case.partial {
            true => labels.iter().all(|label| found.contains(label)),
            false => labels == found,
        };
        let waits = headers.retry_after().map(milliseconds) == case.label.retry_after_ms;
        if !right || !waits {
            wrong.push(format!("{}\n  found    {found:?}\n  labelled {labels:?}", case.id));
        }
    }
    let right = cases.len() - wrong.len();
    eprintln!("headers: {right} of {} sets right, {labelled} buckets labelled", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn expected(bucket: &Bucket<'_>) -> Expected {
    let stated = |window| match window {
        Window::Stated(window) => Some(window.as_secs()),
        Window::Derived(_) => None,
    };
    Expected {
        resource: bucket.resource.map(|resource| resource.name().into()),
        limit: bucket.limit,
        remaining: bucket.remaining,
        reset_ms: bucket.reset_after.map(milliseconds),
        window_s: bucket.window.and_then(stated),
    }
}

/// Waits round up.
fn milliseconds(duration: Duration) -> u64 {
    duration.as_nanos().div_ceil(1_000_000).try_into().unwrap_or(u64::MAX)
}
