//! A run that was stopped, and the one that goes on.

use std::{
    collections::HashMap,
    fs::{self, File},
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    runs::{Ended, Jobs, chats},
    served::Served,
};

/// Kills runs in each phase and checks the server's log: nothing is lost, nothing sent twice but what was in flight, and no run
/// takes what an earlier one has spent. Tried, and caught: results that are not all written,
/// finished ids that are sent again, and runs that start with full buckets.
#[test]
fn killed_at_any_moment_it_goes_on_where_it_was() {
    let jobs = Jobs::new(chats(100, 1));
    let log = jobs.path("log");
    // A bucket of 60 that gains 20 a second, so that it is soon empty.
    let limits = "--rpm 1200 --window 3s --window-kind bucket";
    let served = Served::start(&format!("{limits} --latency 100ms --log {}", log.display()));
    let run = format!("--base-url {} {limits} --concurrency 16 --margin 200ms", served.base());
    for pause in [60, 120, 180, 240, 300] {
        let mut killed = jobs.start(&run);
        sleep(Duration::from_millis(pause));
        killed.kill().unwrap();
        killed.wait().unwrap();
    }
    let ended = jobs.run(&run);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(jobs.results().len(), 100);
    let mut sent = HashMap::new();
    for line in fs::read_to_string(log).unwrap().lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        assert_eq!(entry["status"], 200, "{line}");
        *sent.entry(entry["client_request_id"].to_string()).or_insert(0) += 1;
    }
    assert_eq!(sent.len(), 100);
    let again: usize = sent.values().map(|times| times - 1).sum();
    assert!(again <= 5 * 16, "{again} were in flight?");
}

#[test]
fn a_torn_line_is_mended_and_its_request_sent_again() {
    let jobs = Jobs::new(chats(20, 1));
    let run = "--rpm 60000 --latency 0s --jitter 0s";
    jobs.run(run).tells(&["sent 20: 20 succeeded"]);
    let file = File::options().write(true).open(jobs.output()).unwrap();
    file.set_len(file.metadata().unwrap().len() - 30).unwrap();
    jobs.run(run).tells(&["sent 1: 1 succeeded", "19 finished before"]);
    file.set_len(file.metadata().unwrap().len() - 1).unwrap();
    jobs.run(run).tells(&["sent 0: 0 succeeded", "20 finished before"]);
    assert_eq!(jobs.results().len(), 20);
}

#[test]
fn ctrl_c_ends_what_is_in_flight_and_a_second_one_the_process() {
    let jobs = Jobs::new(chats(200, 1));
    let run = "--rpm 60000 --latency 300ms --jitter 0s --concurrency 10";
    let stopped = jobs.start(run);
    sleep(Duration::from_millis(450));
    interrupt(&stopped);
    let stopped = Ended::new(stopped.wait_with_output().unwrap());
    assert_eq!(stopped.code, Some(130));
    stopped.tells(&["0 failed", "lost 0", "left: the same command goes on"]);
    let done = jobs.results().len();
    assert!((10..200).contains(&done) && done.is_multiple_of(10), "{done} done");

    let aborted = jobs.start("--rpm 60000 --latency 30s --jitter 0s --concurrency 10");
    let start = Instant::now();
    for _ in 0..2 {
        sleep(Duration::from_millis(300));
        interrupt(&aborted);
    }
    assert_eq!(Ended::new(aborted.wait_with_output().unwrap()).code, Some(130));
    assert!(start.elapsed() < Duration::from_secs(10));

    jobs.run("--rpm 60000 --latency 0s --jitter 0s").tells(&[&format!("sent {}: ", 200 - done), &format!("{done} finished before")]);
    assert_eq!(jobs.results().len(), 200);
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}
