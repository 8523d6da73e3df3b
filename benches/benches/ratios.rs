//! The speed that the project claims, as ratios within one run: medians of alternating runs, so that a drift of the machine meets both
//! sides alike. Prints the figures, checks that each loop did what it was timed for, and fails where a claim does not hold.

use std::{hint::black_box, process::ExitCode, time::Instant};

use paceline::{Kind, Quota, classify_429};
use paceline_benches::acquire::{
    Bare, Clocked, HandWritten, OPEN, PassedIn, SHUT, WithWait, governor_tsc, paceline, paceline_tsc, ratelimit,
};
use paceline_benches::classify::{OPENAI, Peer, html_page};

const RUNS: usize = 21;
const CALLS: u64 = 2_000_000;
const BODIES: u64 = 20_000;

fn main() -> ExitCode {
    println!("ns a call, medians of {RUNS} alternating runs of {CALLS} calls, or {BODIES} bodies");
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
        openai_body("a body of OpenAI, against serde_json and regexes", Some(0.25)),
        html_page_at_speed("a page of HTML, against 1 GB/s", Some(1.0)),
    ];
    if claims.into_iter().all(|holds| holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn passed_in(name: &str, quota: Quota, peer: &impl PassedIn, most: Option<f64>) -> bool {
    let ours = paceline(quota);
    let mut now = (1_000, 1_000);
    ours.call(now.0); // uses the burst of one up
    peer.call(now.1);
    compare(name, most, || time_passed_in(&ours, quota, &mut now.0), || time_passed_in(peer, quota, &mut now.1))
}

fn clocked(name: &str, quota: Quota, ours: &impl Clocked, peer: &impl Clocked, most: Option<f64>) -> bool {
    ours.call();
    peer.call();
    compare(name, most, || time_clocked(ours, quota), || time_clocked(peer, quota))
}

fn openai_body(name: &str, most: Option<f64>) -> bool {
    let peer = Peer::new();
    let ours = || classify_429(black_box(OPENAI.as_bytes())).requested() == Some(15_258);
    compare(name, most, || timed(BODIES, BODIES, ours), || timed(BODIES, BODIES, || peer.read(black_box(OPENAI)).requested == Some(15_258)))
}

/// At 1 GB/s a byte takes a nanosecond.
fn html_page_at_speed(name: &str, most: Option<f64>) -> bool {
    let page = html_page();
    let ours = || classify_429(black_box(page.as_bytes())).kind() == Kind::RateLimited;
    compare(name, most, || timed(BODIES, BODIES, ours), || page.len() as f64)
}

#[inline(never)]
fn time_passed_in(limiter: &impl PassedIn, quota: Quota, now: &mut u64) -> f64 {
    timed(CALLS, admitted_of(quota), || {
        *now += 100;
        black_box(limiter).call(*now)
    })
}

#[inline(never)]
fn time_clocked(limiter: &impl Clocked, quota: Quota) -> f64 {
    timed(CALLS, admitted_of(quota), || black_box(limiter).call())
}

fn admitted_of(quota: Quota) -> u64 {
    if quota == OPEN { CALLS } else { 0 }
}

/// Nanoseconds a call, of which so many have to answer yes.
#[inline(always)]
fn timed(calls: u64, expected: u64, mut call: impl FnMut() -> bool) -> f64 {
    let start = Instant::now();
    let mut yes = 0;
    for _ in 0..calls {
        yes += u64::from(call());
    }
    let nanos = start.elapsed().as_nanos() as f64;
    assert_eq!(yes, expected, "the loop did not do what is timed");
    nanos / calls as f64
}

fn compare(name: &str, most: Option<f64>, mut ours: impl FnMut() -> f64, mut peer: impl FnMut() -> f64) -> bool {
    let (mut our_times, mut peer_times) = (Vec::new(), Vec::new());
    ours(); // warms up
    peer();
    for _ in 0..RUNS {
        our_times.push(ours());
        peer_times.push(peer());
    }
    let (ours, peer) = (median(our_times), median(peer_times));
    let ratio = ours / peer;
    let holds = most.is_none_or(|most| ratio <= most);
    let claim = most.map_or("no claim".into(), |most| format!("at most {most:.2}: {}", if holds { "holds" } else { "DOES NOT HOLD" }));
    println!("{name:<48} {ours:7.2} / {peer:7.2} = {ratio:.3}, {claim}");
    holds
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
