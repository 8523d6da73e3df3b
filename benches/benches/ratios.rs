//! The speed that the project claims, as ratios within one run: medians of alternating runs, so that a drift of the machine meets both
//! sides alike. Prints the figures, checks that each loop did what it was timed for, and fails where a claim does not hold.

use std::{hint::black_box, process::ExitCode, time::Instant};

use paceline::Quota;
use paceline_benches::acquire::{
    Bare, Clocked, HandWritten, OPEN, PassedIn, SHUT, WithWait, governor_tsc, paceline, paceline_tsc, ratelimit,
};

const RUNS: usize = 21;
const CALLS: u64 = 2_000_000;

fn main() -> ExitCode {
    println!("ns a call, medians of {RUNS} alternating runs of {CALLS} calls");
    let claims = [
        passed_in("admitted, against the same by hand", OPEN, &HandWritten::new(OPEN), Some(1.10)),
        passed_in("refused, against the same by hand", SHUT, &HandWritten::new(SHUT), Some(1.20)),
        passed_in("admitted, against a bare yes or no", OPEN, &Bare::new(OPEN), Some(1.10)),
        passed_in("refused, against a bare yes or no", SHUT, &Bare::new(SHUT), None),
        clocked("admitted, with the clock, against governor", OPEN, &paceline_tsc(OPEN), &governor_tsc(OPEN), Some(1.06)),
        clocked("refused, with the clock, against governor", SHUT, &paceline_tsc(SHUT), &governor_tsc(SHUT), Some(1.06)),
        clocked("refused, and the wait, against governor", SHUT, &WithWait(paceline_tsc(SHUT)), &WithWait(governor_tsc(SHUT)), Some(0.60)),
        clocked("admitted, with the clock, against ratelimit", OPEN, &paceline_tsc(OPEN), &ratelimit(OPEN), None),
        clocked("refused, with the clock, against ratelimit", SHUT, &paceline_tsc(SHUT), &ratelimit(SHUT), None),
    ];
    if claims.into_iter().all(|holds| holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn passed_in(name: &str, quota: Quota, peer: &impl PassedIn, most: Option<f64>) -> bool {
    let ours = paceline(quota);
    let mut now = (1_000, 1_000);
    compare(name, quota, most, || time_passed_in(&ours, &mut now.0), || time_passed_in(peer, &mut now.1))
}

fn clocked(name: &str, quota: Quota, ours: &impl Clocked, peer: &impl Clocked, most: Option<f64>) -> bool {
    compare(name, quota, most, || time_clocked(ours), || time_clocked(peer))
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

fn compare(name: &str, quota: Quota, most: Option<f64>, mut ours: impl FnMut() -> Timing, mut peer: impl FnMut() -> Timing) -> bool {
    let (mut our_times, mut peer_times) = (Vec::new(), Vec::new());
    ours(); // uses the burst of one up
    peer();
    for _ in 0..RUNS {
        for (times, (time, admitted)) in [(&mut our_times, ours()), (&mut peer_times, peer())] {
            assert_eq!(admitted, if quota == OPEN { CALLS } else { 0 }, "{name}: the loop did not do what is timed");
            times.push(time);
        }
    }
    let (ours, peer) = (median(our_times), median(peer_times));
    let ratio = ours / peer;
    let holds = most.is_none_or(|most| ratio <= most);
    let claim = most.map_or("no claim".into(), |most| format!("at most {most:.2}: {}", if holds { "holds" } else { "DOES NOT HOLD" }));
    println!("{name:<44} {ours:6.2} / {peer:6.2} = {ratio:.3}, {claim}");
    holds
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
