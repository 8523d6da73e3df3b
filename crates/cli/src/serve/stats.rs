//! What the server counts of its calls.

use std::{collections::BTreeMap, fmt};

/// Counts since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stats {
    pub(crate) admitted: u64,
    /// Tokens charged for what was admitted.
    pub(crate) tokens: u64,
    /// The most calls of one key that were in flight at once.
    pub(crate) max_in_flight: u64,
    /// Requests refused, by what refused them: `rpm`, `tpm`, `rpd`, `rpm_window`, `tpm_window`, `too_large`, `in_flight`,
    /// `balance`, which answer 429, and `no_key`, `invalid`.
    pub(crate) refused: BTreeMap<&'static str, u64>,
}

impl Stats {
    pub(super) fn admit(&mut self, tokens: u64, in_flight: u64) {
        self.admitted += 1;
        self.tokens = self.tokens.saturating_add(tokens);
        self.max_in_flight = self.max_in_flight.max(in_flight);
    }

    pub(super) fn refuse(&mut self, name: &'static str) {
        *self.refused.entry(name).or_default() += 1;
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { admitted, tokens, max_in_flight, refused } = self;
        write!(f, "admitted {admitted} requests of {tokens} tokens, at most {max_in_flight} in flight; ")?;
        write!(f, "refused {}", refused.values().sum::<u64>())?;
        let mut before = ": ";
        for (name, count) in refused {
            write!(f, "{before}{name} {count}")?;
            before = ", ";
        }
        Ok(())
    }
}
