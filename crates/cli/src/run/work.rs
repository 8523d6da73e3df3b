//! What is to be done: the first pass over the input.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use super::{
    index::Index,
    job::{BadLine, Job},
    limits::Limits,
    lines::{self, Lines},
};

/// The requests of the input, by number and tokens.
pub(super) struct Work {
    /// All ids; taken are those that need not be sent.
    pub(super) index: Index,
    pub(super) demand: Demand,
    pub(super) skipped: Skipped,
}

/// What is not sent, by reason.
#[derive(Clone, Copy, Default)]
pub(super) struct Skipped {
    pub(super) bad_lines: u64,
    /// Finished by earlier runs.
    pub(super) finished: u64,
    /// How many of the finished ones failed.
    pub(super) failed: u64,
}

/// What is asked of the limits.
#[derive(Clone, Copy, Default)]
pub(super) struct Demand {
    pub(super) requests: u64,
    pub(super) tokens: u64,
    /// Requests that never fit a limit and are refused instead of sent; the others are counted without them.
    pub(super) too_large: u64,
}

impl Work {
    /// Reads `jobs` and reports bad lines.
    pub(super) fn read(jobs: &Path, limits: &Limits, report: &mut impl Write) -> io::Result<Self> {
        let count = lines::count(File::open(jobs)?)?;
        let index = Index::for_ids(count);
        let mut work = Self { index, demand: Demand::default(), skipped: Skipped::default() };
        let mut lines = Lines::new(File::open(jobs)?);
        while let Some(line) = lines.next()?.filter(|line| line.number <= count) {
            if line.is_blank() {
                continue;
            }
            if let Err(reason) = Job::parse(line.text).and_then(|job| work.add(&job, limits)) {
                work.skipped.bad_lines += 1;
                writeln!(report, "{}:{}: {reason}", jobs.display(), line.number)?;
            }
        }
        Ok(work)
    }

    fn add(&mut self, job: &Job<'_>, limits: &Limits) -> Result<(), BadLine> {
        if !self.index.insert(&job.custom_id, job.tokens) {
            return Err(BadLine::Duplicate(job.custom_id.clone().into_owned()));
        }
        self.demand.change(job.tokens, limits, u64::saturating_add);
        Ok(())
    }

    /// Leaves out the request of `custom_id`, which has its result.
    pub(super) fn leave_out(&mut self, custom_id: &str, succeeded: bool, limits: &Limits) {
        let Some(tokens) = self.index.take(custom_id) else { return };
        self.skipped.finished += 1;
        self.skipped.failed += u64::from(!succeeded);
        self.demand.change(tokens, limits, u64::saturating_sub);
    }
}

impl Demand {
    /// Adds or subtracts a request of `tokens`.
    fn change(&mut self, tokens: u32, limits: &Limits, op: fn(u64, u64) -> u64) {
        if limits.too_small_for(tokens).is_some() {
            self.too_large = op(self.too_large, 1);
        } else {
            self.requests = op(self.requests, 1);
            self.tokens = op(self.tokens, tokens.into());
        }
    }
}
