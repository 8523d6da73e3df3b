//! What threads share, in every order in which they can meet: `cargo xtask loom`.
#![cfg(paceline_loom)]

mod atomic;
mod keyed;
mod set;

use loom::thread;
use paceline_core::{Atomic, Decision, Gcra, Nanos, Quota};

const NOW: Nanos = Nanos::from_secs(100);

fn limit(burst: u32) -> Atomic<Gcra> {
    Atomic::new(Gcra::new(Quota::per_second(1).burst(burst)).expect("a rate"))
}

/// Runs each of `calls` on a thread of its own, and tells what they return.
fn at_once<T: 'static, const N: usize>(calls: [impl FnOnce() -> T + 'static; N]) -> Vec<T> {
    let mut threads: Vec<_> = calls.into_iter().map(thread::spawn).collect();
    threads.drain(..).map(|thread| thread.join().expect("no panic")).collect()
}

fn count(decisions: &[Decision]) -> usize {
    decisions.iter().filter(|decision| decision.is_allowed()).count()
}
