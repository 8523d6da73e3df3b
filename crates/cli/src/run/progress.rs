//! The progress on stderr: a bar on a terminal, else a plain line now and then.

use std::{
    convert::Infallible,
    io::{IsTerminal as _, stderr},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use paceline::{Clock as _, Limit as _};

use super::{dispatch::Gate, limits::LIMITS, plan::seconds, status::Status};

/// Shows `status` until dropped.
pub(super) async fn show(status: &Status, gate: &Gate<'_>, concurrency: u32) -> Infallible {
    let is_terminal = stderr().is_terminal();
    let every = if is_terminal { BAR_EVERY } else { LINE_EVERY };
    let bar = ProgressBar::with_draw_target(Some(status.total), ProgressDrawTarget::stderr()).with_style(style());
    let _cleared = Cleared(&bar);
    let mut ticks = tokio::time::interval(every);
    ticks.tick().await;
    loop {
        bar.set_position(status.tally.borrow().answered());
        let message = message(status, &bar, time_left(status, gate, concurrency));
        if is_terminal {
            bar.set_message(message);
        } else {
            eprintln!("{} of {}: {message}", bar.position(), status.total);
        }
        ticks.tick().await;
    }
}

fn message(status: &Status, bar: &ProgressBar, time_left: Duration) -> String {
    let in_flight = status.in_flight();
    if status.stopping.get() {
        return format!("stopping: {in_flight} in flight; Ctrl-C again gives them up");
    }
    let waiting = status.waits_for.get().map_or(String::new(), |limit| format!(", waiting for {limit}"));
    let left = seconds(Duration::from_secs(time_left.as_secs()));
    format!("{:.1}/s, {in_flight} in flight{waiting}, {left} left", bar.per_sec())
}

/// When the limits have admitted the rest, or the calls are through, whichever is later, and the last answer is there.
fn time_left(status: &Status, gate: &Gate<'_>, concurrency: u32) -> Duration {
    let limiter = gate.limiter();
    let pacing = limiter.limit().wait_behind(limiter.clock().now(), status.to_admit.get(), [0; LIMITS]);
    let tally = status.tally.borrow();
    let rounds = u32::try_from((status.total - tally.sent).div_ceil(concurrency.into())).unwrap_or(u32::MAX);
    let latency = tally.latency();
    Duration::from(pacing).max(latency.saturating_mul(rounds)).saturating_add(latency)
}

/// Takes the bar off the screen.
struct Cleared<'a>(&'a ProgressBar);

impl Drop for Cleared<'_> {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:24} {pos}/{len} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

const BAR_EVERY: Duration = Duration::from_millis(100);
const LINE_EVERY: Duration = Duration::from_secs(5);
