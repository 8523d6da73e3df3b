//! What came of the run.

use std::time::Duration;

use super::result::{ResultLine, is_success};

/// Counts of requests.
#[derive(Default)]
pub(super) struct Tally {
    /// Handed to the network.
    pub(super) sent: u64,
    pub(super) succeeded: u64,
    /// Answered with a failure, or not at all.
    pub(super) failed: u64,
    /// Failed with status 429.
    pub(super) too_many: u64,
    /// Refused before sending.
    pub(super) refused: u64,
    /// How long the limits made the requests wait.
    pub(super) waited: Duration,
    /// How long the answers took, together.
    pub(super) answering: Duration,
}

impl Tally {
    /// Counts a result, and how long the answer took if the request was sent.
    pub(super) fn count(&mut self, result: &ResultLine, took: Option<Duration>) {
        let Some(took) = took else {
            self.refused += 1;
            return;
        };
        self.answering += took;
        match result.status() {
            Some(status) if is_success(status) => self.succeeded += 1,
            status => {
                self.failed += 1;
                self.too_many += u64::from(status == Some(429));
            }
        }
    }

    pub(super) fn answered(&self) -> u64 {
        self.succeeded + self.failed
    }

    /// The mean time of an answer.
    pub(super) fn latency(&self) -> Duration {
        let answered = u32::try_from(self.answered()).unwrap_or(u32::MAX);
        self.answering.checked_div(answered).unwrap_or_default()
    }
}
