//! The speed that the project claims, as ratios within one run: medians of alternating runs, so that a drift of the machine meets both
//! sides alike. Prints the figures, checks that each loop did what it was timed for, and fails where a claim does not hold.

use std::{hint::black_box, process::ExitCode, time::Instant};

use paceline::Quota;
use paceline_benches::{Clocked, HandWritten, OPEN, PassedIn, SHUT, governor_tsc, paceline, paceline_tsc};

const RUNS: usize = 21;
const CALLS: u64 = 2_000_000;

fn main() -> ExitCode {
    println!("ns a call, medians of {RUNS} alternating runs of {CALLS} calls");
    let claims = [
        passed_in("admitted, time passed in, against hand-written", OPEN, CALLS, 1.10),
        passed_in("refused, time passed in, against hand-written", SHUT, 0, 1.10),
        clocked("admitted, TSC clock, against governor", OPEN, CALLS, 1.06),
        clocked("refused, TSC clock, against governor", SHUT, 0, 1.06),
    ];
    if claims.into_iter().all(|holds| holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn passed_in(name: &str, quota: Quota, admitted: u64, most: f64) -> bool {
    let (ours, floor) = (paceline(quota), HandWritten::new(quota));
    let mut now = (1_000, 1_000);
    for limiter in [&ours as &dyn PassedIn, &floor] {
        limiter.call(1_000);
    }
    compare(name, admitted, most, || time_passed_in(&ours, &mut now.0), || time_passed_in(&floor, &mut now.1))
}

fn clocked(name: &str, quota: Quota, admitted: u64, most: f64) -> bool {
    let (ours, peer) = (paceline_tsc(quota), governor_tsc(quota));
    for limiter in [&ours as &dyn Clocked, &peer] {
        limiter.call();
    }
    compare(name, admitted, most, || time_clocked(&ours), || time_clocked(&peer))
}

/// Nanoseconds a call, and how many were admitted.
type Timing = (f64, u64);

#[inline(never)]
fn time_passed_in(limiter: &impl PassedIn, now: &mut u64) -> Timing {
    timed(|| {
        *now += 100;
        black_box(limiter).call(*now)
    })
}

#[inline(never)]
fn time_clocked(limiter: &impl Clocked) -> Timing {
    timed(|| black_box(limiter).call())
}

#[inline(always)]
fn timed(mut call: impl FnMut() -> bool) -> Timing {
    let start = Instant::now();
    let mut admitted = 0;
    for _ in 0..CALLS {
        admitted += u64::from(call());
    }
    (start.elapsed().as_nanos() as f64 / CALLS as f64, admitted)
}

fn compare(name: &str, admitted: u64, most: f64, mut ours: impl FnMut() -> Timing, mut peer: impl FnMut() -> Timing) -> bool {
    let (mut our_times, mut peer_times) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        for (times, (time, count)) in [(&mut our_times, ours()), (&mut peer_times, peer())] {
            assert_eq!(count, admitted, "{name}: the loop did not do what is timed");
            times.push(time);
        }
    }
    let (ours, peer) = (median(our_times), median(peer_times));
    let holds = ours <= most * peer;
    println!(
        "{name:<50} {ours:6.2} / {peer:6.2} = {:.3}, at most {most:.2}: {}",
        ours / peer,
        if holds { "holds" } else { "DOES NOT HOLD" }
    );
    holds
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
