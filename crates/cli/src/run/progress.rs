//! The progress on stderr: a bar on a terminal, else a plain line now and then.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io::{IsTerminal as _, stderr},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use paceline::{Clock as _, Limit as _};
use tokio::time::{Instant, interval_at};

use super::{dispatch::Gate, limits::LIMITS, status::Status};

/// Shows `status` until dropped.
pub(super) async fn show(status: &Status<'_>, gate: &Gate<'_>, concurrency: u32) -> Infallible {
    let is_terminal = stderr().is_terminal();
    let every = if is_terminal { BAR_EVERY } else { LINE_EVERY };
    let bar = Bar(ProgressBar::new(status.total).with_style(style()));
    let mut rate = Rate::from_now();
    let mut ticks = interval_at(Instant::now() + every, every);
    loop {
        ticks.tick().await;
        let answered = status.tally.borrow().answered();
        let message = message(status, rate.with(answered), time_left(status, gate, concurrency));
        if is_terminal {
            bar.0.set_position(answered);
            bar.0.set_message(message);
            // Behind the bar, at the end of the line, the echo of Ctrl-C would begin a new one and leave the bar above it.
            eprint!("\r");
        } else {
            eprintln!("{answered} of {}: {message}", status.total);
        }
    }
}

fn message(status: &Status<'_>, rate: f64, time_left: Duration) -> String {
    let in_flight = status.in_flight();
    if status.stopping.get() {
        return format!("stopping, {in_flight} in flight; Ctrl-C gives them up");
    }
    let waiting = status.waits_for.get().map_or(String::new(), |what| format!(", waits for {what}"));
    let left = humantime::format_duration(Duration::from_secs(time_left.as_secs()));
    format!("{rate:.1}/s, {in_flight} in flight, {left} left{waiting}")
}

/// When the limits have admitted the rest, or the calls are through, whichever is later, and the last answer is there.
fn time_left(status: &Status<'_>, gate: &Gate<'_>, concurrency: u32) -> Duration {
    let limiter = gate.limiter();
    let pacing = limiter.limit().wait_behind(limiter.clock().now(), status.to_admit.get(), [0; LIMITS]);
    let tally = status.tally.borrow();
    let rounds = u32::try_from((status.total - tally.sent).div_ceil(concurrency.into())).unwrap_or(u32::MAX);
    let latency = tally.latency();
    Duration::from(pacing).max(latency.saturating_mul(rounds)).saturating_add(latency)
}

/// Answers a second, over the last ones.
struct Rate(VecDeque<(Instant, u64)>);

impl Rate {
    fn from_now() -> Self {
        Self(VecDeque::from([(Instant::now(), 0)]))
    }

    fn with(&mut self, answered: u64) -> f64 {
        let now = Instant::now();
        self.0.push_back((now, answered));
        while self.0.len() > 2 && self.0.front().is_some_and(|(time, _)| now.duration_since(*time) > RATE_OVER) {
            self.0.pop_front();
        }
        let since = self.0.front().filter(|(time, _)| *time < now);
        since.map_or(0.0, |(time, before)| (answered - before) as f64 / now.duration_since(*time).as_secs_f64())
    }
}

/// A bar that leaves the screen when dropped.
struct Bar(ProgressBar);

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:16} {pos}/{len} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

const BAR_EVERY: Duration = Duration::from_millis(100);
const LINE_EVERY: Duration = Duration::from_secs(5);
const RATE_OVER: Duration = Duration::from_secs(5);
