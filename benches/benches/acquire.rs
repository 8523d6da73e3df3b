//! The hot acquire path, in criterion's terms: what one call costs, admitted and refused, with the time passed in and with the TSC.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use paceline_benches::acquire::{Bare, Clocked, HandWritten, OPEN, PassedIn, SHUT, governor_tsc, paceline, paceline_tsc};

fn passed_in(c: &mut Criterion) {
    let mut group = c.benchmark_group("time passed in");
    for (answer, quota) in [("admitted", OPEN), ("refused", SHUT)] {
        let mut now = 1;
        let mut tick = || {
            now += 1_000;
            black_box(now)
        };
        let bare = Bare::new(quota);
        group.bench_function(format!("{answer}/bare yes or no"), |b| b.iter(|| bare.call(tick())));
        let floor = HandWritten::new(quota);
        group.bench_function(format!("{answer}/hand-written"), |b| b.iter(|| floor.call(tick())));
        let ours = paceline(quota);
        group.bench_function(format!("{answer}/paceline"), |b| b.iter(|| ours.call(tick())));
    }
}

fn clock_included(c: &mut Criterion) {
    let mut group = c.benchmark_group("clock included");
    for (answer, quota) in [("admitted", OPEN), ("refused", SHUT)] {
        let ours = paceline_tsc(quota);
        group.bench_function(format!("{answer}/paceline"), |b| b.iter(|| ours.call()));
        let peer = governor_tsc(quota);
        group.bench_function(format!("{answer}/governor"), |b| b.iter(|| peer.call()));
    }
}

criterion_group!(benches, passed_in, clock_included);
criterion_main!(benches);
