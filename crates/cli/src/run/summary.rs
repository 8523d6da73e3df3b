//! What is told at the end.

use std::{fmt, process::ExitCode, time::Duration};

use super::{plan::seconds, session::STOPPED, status::Status, work::Skipped};
use crate::serve::Stats;

/// The end of a run.
pub(super) struct Summary<'a> {
    pub(super) status: &'a Status<'a>,
    /// What the embedded server says, which shares no code with the limits that were kept to.
    pub(super) server: Option<Stats>,
    pub(super) skipped: Skipped,
    pub(super) took: Duration,
    /// The least time that it could have taken, and what binds.
    pub(super) minimum: (Duration, &'a str),
}

impl Summary<'_> {
    /// Success only if every request of the file has succeeded, now or before.
    pub(super) fn exit_code(&self) -> ExitCode {
        let Skipped { bad_lines, failed, .. } = self.skipped;
        let tally = self.status.tally.borrow();
        if self.status.stopping.get() {
            ExitCode::from(STOPPED)
        } else if tally.failed + tally.refused + bad_lines + failed + self.status.in_flight() > 0 {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tally = self.status.tally.borrow();
        let Skipped { bad_lines, finished, failed } = self.skipped;
        writeln!(f, "sent {}: {} succeeded, {} failed, {} of them by a 429", tally.sent, tally.succeeded, tally.failed, tally.too_many)?;
        if let Some(server) = &self.server {
            writeln!(f, "server: {server}")?;
        }
        writeln!(f, "lost {}", self.status.in_flight())?;
        writeln!(f, "not sent: {finished} finished before ({failed} of them failed), {bad_lines} bad lines, {} too large", tally.refused)?;
        writeln!(f, "waited {} for the limits", seconds(tally.waited))?;
        let took = seconds(self.took);
        if self.status.stopping.get() {
            let left = self.status.total - tally.sent;
            return write!(f, "stopped after {took} with {left} left: the same command goes on");
        }
        let (minimum, binding) = self.minimum;
        if minimum.is_zero() {
            return write!(f, "took {took}");
        }
        let ratio = self.took.as_secs_f64() / minimum.as_secs_f64();
        write!(f, "took {took}; the minimum is {} ({binding} binds): {ratio:.3} times", seconds(minimum))
    }
}
