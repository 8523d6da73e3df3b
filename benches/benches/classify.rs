//! What classifying a body costs, beside `serde_json` into a struct and compiled regexes for the numbers.

use core::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use paceline::{Kind, classify_429};
use paceline_benches::classify::{OPENAI, Peer, html_page};
use paceline_tests::refusals::HOSTILE;

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
    for (name, unit) in HOSTILE {
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

criterion_group!(benches, openai, html, adversarial);
criterion_main!(benches);
