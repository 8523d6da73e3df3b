//! What threads share, in every order in which they can meet: `cargo xtask loom`.
#![cfg(paceline_loom)]

mod atomic;
mod concurrency;
mod gate;
mod keyed;
mod pair;
mod set;
mod sliding_log;

use loom::thread;
use paceline_core::{Atomic, Decision, Gcra, Horizon, Nanos, Quota};

const NOW: Nanos = Nanos::from_secs(100);

fn limit(burst: u32) -> Atomic<Gcra> {
    let quota = Quota::per_second(1).burst(burst);
    Atomic::new(Gcra::within(quota, Horizon::of(quota).debt(3)).expect("a rate"))
}

/// Runs each of `calls` on a thread of its own, and tells what they return.
fn at_once<T: 'static, const N: usize>(calls: [impl FnOnce() -> T + 'static; N]) -> Vec<T> {
    let mut threads: Vec<_> = calls.into_iter().map(thread::spawn).collect();
    threads.drain(..).map(|thread| thread.join().expect("no panic")).collect()
}

fn count(decisions: &[Decision]) -> usize {
    decisions.iter().filter(|decision| decision.is_allowed()).count()
}
