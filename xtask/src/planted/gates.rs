//! Sets and gates.

use super::{Bug, bug, race};

const GCRA: &str = "crates/core/src/algorithm/gcra.rs";
const RESERVE: &str = "crates/core/src/set/reserve.rs";

pub(super) const BUGS: &[Bug] = &[
    bug(GCRA, " && ahead <= self.increment(self.burst) {", " {", "-p paceline-tests --test set rests_on"),
    bug(
        RESERVE,
        "limit.reserve(now.saturating_add(wait), cost, Nanos::ZERO)",
        "limit.reserve(now, cost, wait)",
        "-p paceline-tests --test set in_any_window",
    ),
    bug(RESERVE, ".filter(|((_, cost), _)| *cost > 0)", "", "-p paceline-tests --test set for_the_time"),
    race(RESERVE, "self.cancel(now, tickets);", "", "reserves_all_or_nothing"),
    race(RESERVE, "cost, Nanos::ZERO)", "cost, Nanos::MAX)", "a_time_of_its_own"),
];
