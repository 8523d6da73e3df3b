//! Where the run is, as the progress display needs it. Its parts run in one task, so plain cells do.

use std::cell::{Cell, RefCell};

use paceline::Cost as _;

use super::{limits::LIMITS, tally::Tally};

/// The state of a run.
pub(super) struct Status<'a> {
    pub(super) tally: RefCell<Tally>,
    /// Requests that were there to send at the beginning.
    pub(super) total: u64,
    /// What each limit still has to admit.
    pub(super) to_admit: Cell<[u64; LIMITS]>,
    /// What the next request waits for.
    pub(super) waits_for: Cell<Option<&'a str>>,
    /// No more requests are sent.
    pub(super) stopping: Cell<bool>,
}

impl Status<'_> {
    pub(super) fn new(total: u64, to_admit: [u64; LIMITS]) -> Self {
        Self { tally: RefCell::default(), total, to_admit: Cell::new(to_admit), waits_for: Cell::new(None), stopping: Cell::new(false) }
    }

    /// Counts a request of `costs` as sent.
    pub(super) fn send(&self, costs: [u32; LIMITS]) {
        self.tally.borrow_mut().sent += 1;
        self.to_admit.set(costs.taken_from(self.to_admit.get()));
    }

    pub(super) fn in_flight(&self) -> u64 {
        let tally = self.tally.borrow();
        tally.sent - tally.answered()
    }
}
