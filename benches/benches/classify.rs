//! What classifying a body costs, beside `serde_json` into a struct and compiled regexes for the numbers.

use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use paceline::{Kind, classify_429};
use paceline_benches::classify::{OPENAI, Peer, html_page};

fn openai(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("openai body");
    group.throughput(Throughput::Bytes(OPENAI.len() as u64));
    group.bench_function("classify_429", |bench| {
        bench.iter(|| {
            let cause = classify_429(black_box(OPENAI.as_bytes()));
            assert_eq!(cause.requested(), Some(15_258));
            cause
        });
    });
    let peer = Peer::new();
    group.bench_function("serde_json + regex", |bench| {
        bench.iter(|| {
            let read = peer.read(black_box(OPENAI));
            assert_eq!(read.requested, Some(15_258));
            read
        });
    });
    group.finish();
}

/// The ratio of the two in this run, from the fastest of many short rounds: other work on the machine disturbs it least.
fn ratio(_: &mut Criterion) {
    let peer = Peer::new();
    let ours = fastest(|| {
        black_box(classify_429(black_box(OPENAI.as_bytes())));
    });
    let theirs = fastest(|| {
        black_box(peer.read(black_box(OPENAI)));
    });
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!("openai body: classify_429 takes {ratio:.3} of serde_json + regex, at most 0.25");
    assert!(ratio <= 0.25, "the claim does not hold");
}

fn fastest(mut round: impl FnMut()) -> Duration {
    let time = |round: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..50).for_each(|_| round());
        start.elapsed()
    };
    (0..5_000).map(|_| time(&mut round)).min().unwrap_or_default()
}

fn html(criterion: &mut Criterion) {
    let page = html_page();
    let mut group = criterion.benchmark_group("html page");
    group.throughput(Throughput::Bytes(page.len() as u64));
    group.bench_function("classify_429", |bench| {
        bench.iter(|| {
            let cause = classify_429(black_box(page.as_bytes()));
            assert_eq!(cause.kind(), Kind::RateLimited);
            cause
        });
    });
    group.finish();
}

/// Ten times the input costs about ten times the time, whatever the input tries.
fn adversarial(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("adversarial");
    for (name, unit) in paceline_benches::classify::ADVERSARIAL {
        for size in [10_000, 100_000] {
            let body = unit.repeat(size / unit.len());
            group.throughput(Throughput::Bytes(body.len() as u64));
            group.bench_function(format!("{name}, {size} bytes"), |bench| {
                bench.iter(|| classify_429(black_box(body.as_bytes())));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, openai, ratio, html, adversarial);
criterion_main!(benches);
