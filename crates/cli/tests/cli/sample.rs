//! The shipped sample, at the limit: what the README's first command promises, and the same with short windows.

use std::{fs, path::Path, process::Child};

use crate::runs::{Ended, Jobs};

/// How far over the minimum a run may end. `cargo xtask pace` measures the promise; beside other tests a busy machine may take longer.
const MOST: f64 = if cfg!(debug_assertions) { 1.25 } else { 1.05 };

/// All at the same time, since each takes some 15 seconds and next to no work.
#[test]
fn the_sample_runs_at_the_limit_without_one_429() {
    let sample = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/jobs.jsonl")).unwrap();
    let slow = "--concurrency 64 --latency 2s --jitter 50ms";
    let started = [
        start(&sample, 364, ""),
        start(&sample, 364, &format!("--window 1s --window-kind bucket --rpm 1500 --tpm 300000 {slow}")),
        start(&sample, 364, &format!("--window 1s --window-kind counter --rpm 1560 --tpm 400000 {slow}")),
        start(&sample, 364, &format!("--window 10s --window-kind bucket --rpm 1000 --tpm 210000 {slow}")),
        start(&sample, 128, &format!("--window 10s --window-kind counter --rpm 384 --tpm 100000 {slow}")),
    ];
    for (jobs, count, child) in started {
        let ended = Ended::new(child.wait_with_output().unwrap());
        ended.tells(&[
            &format!("sent {count}: {count} succeeded, 0 failed, 0 of them by a 429"),
            &format!("server: admitted {count} "),
            "refused 0",
            "lost 0",
        ]);
        assert_eq!((ended.code, jobs.results().len()), (Some(0), count));
        let ratio: f64 = ended.stdout.trim_end().rsplit(' ').nth(1).unwrap().parse().unwrap();
        assert!(ratio <= MOST, "{}", ended.stdout);
    }
}

fn start(sample: &str, count: usize, options: &str) -> (Jobs, usize, Child) {
    let jobs = Jobs::new(sample.lines().take(count).map(str::to_owned));
    let child = jobs.start(options);
    (jobs, count, child)
}
