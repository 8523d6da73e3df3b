//! Algorithms and quotas.

use super::{Bug, bug};

const GCRA: &str = "crates/core/src/algorithm/gcra.rs";
const CELL: &str = "crates/core/src/cell.rs";
const VERBS: &str = "-p paceline-tests --test gcra every_verb";
const TICKS: &str = "crates/core/src/ticks.rs";
const QUOTA: &str = "crates/core/src/quota.rs";
const TIME: &str = "crates/core/src/time.rs";

pub(super) const BUGS: &[Bug] = &[
    bug(TICKS, "if ahead <= self.horizon &&", "if ahead.widen() < 1 << 63 &&", "-p paceline-tests --test incidents an_hour"),
    bug(TICKS, "self.span(range.saturating_sub(skew))", "self.span(range)", "-p paceline-core --lib in_time"),
    bug(QUOTA, "share if share > LARGEST_LOSS as u64 => LARGEST_LOSS,", "", "-p paceline-core --lib a_large_burst"),
    bug(TICKS, ".saturating_add(1)),\n        }", "),\n        }", "-p paceline-core --lib the_wait_is_exact"),
    bug(TIME, "nanos % 1_000 * 1_000_000", "nanos % 1_000", "-p paceline-core --lib printed_as"),
    bug(GCRA, "ahead.wrapping_sub(W::truncate(given_back))", "W::ZERO", "-p paceline-core --lib undone"),
    bug(
        GCRA,
        "self.ticks.end(ticks, ahead.wrapping_add(self.increment(cost)));\n        Decision",
        "tat.wrapping_add(self.increment(cost));\n        Decision",
        "-p paceline-core --lib follows_the_unbounded",
    ),
    bug(
        GCRA,
        "let Some(spare) = self.burst.checked_sub(cost) else {\n            return Decision",
        "let Some(spare) = Some(self.burst.wrapping_sub(cost)) else {\n            return Decision",
        "-p paceline-tests --test gcra",
    ),
    bug(QUOTA, "let interval = div_ceil_wide(period, limit);", "let interval = period / limit;", "-p paceline-tests --test gcra"),
    bug(QUOTA, "emission.exponent > -(FINEST as i32)", "emission.exponent > 0", "-p paceline-tests --test gcra not_below"),
    bug(CELL, "if *state == after {", "if *state == after || now < ticket.at {", VERBS),
    bug(CELL, "unused.at_most(ticket.cost)", "unused", VERBS),
    bug(GCRA, "not_drained.min(self.increment(unused.min(self.burst)))", "self.increment(unused.min(self.burst))", VERBS),
    bug(GCRA, "self.take(tat, now, cost, self.floor())", "self.take(tat, now, cost, self.burst.into())", VERBS),
];
