//! Counters in windows, and two limits in one word.

use super::{Bug, bug};

const WINDOW: &str = "crates/core/src/algorithm/sliding_window.rs";
const SAVED: &str = "crates/core/src/saved.rs";
const PAIR: &str = "crates/core/src/algorithm/pair.rs";

pub(super) const BUGS: &[Bug] = &[
    bug(WINDOW, "self.used(&self.look(*word, now))", "u128::from(self.look(*word, now).current)", "-p paceline-tests --test saved"),
    bug(SAVED, "let [one, two] = self.numbers;", "let [two, one] = self.numbers;", "-p paceline-tests --test saved"),
    bug(WINDOW, "previous: self.limit.into(), ..seen", "..seen", "-p paceline-tests --test sliding_window late_drain"),
    bug(
        WINDOW,
        "product(seen.previous, self.left(seen)) <= product(spare, self.window.get())",
        "product(seen.previous, self.left(seen)) / u128::from(self.window.get()) <= u128::from(spare)",
        "-p paceline-core --lib sliding_window::exhaustive::the_word",
    ),
    bug(
        WINDOW,
        "Seen { index: held, previous, current, elapsed: 0, late }",
        "Seen { index: reading, previous: 0, current: previous, elapsed, late }",
        "-p paceline-core --lib sliding_window::exhaustive::the_word",
    ),
    bug(
        WINDOW,
        "(reading.wrapping_sub(held) & self.indexes(), ",
        "(reading.wrapping_sub(held), ",
        "-p paceline-core --lib sliding_window::exhaustive::the_word",
    ),
    bug(
        WINDOW,
        "self.is_empty(*word, now) && self.is_empty(*word, now.saturating_sub(self.skew()))",
        "self.is_empty(*word, now)",
        "-p paceline-core --lib sliding_window::exhaustive::idle",
    ),
    bug(WINDOW, "let mut wait = seen.late;", "let mut wait = 0_u64;", "-p paceline-core --lib sliding_window::exhaustive::the_wait"),
    bug(
        WINDOW,
        "let rest = u64::from(cost).saturating_sub(current);",
        "let rest = u64::from(cost);",
        "-p paceline-tests --test sliding_window every_verb",
    ),
    bug(
        WINDOW,
        "if previous > 0 || current > 0 {\n            let rest",
        "{\n            let rest",
        "-p paceline-tests --test sliding_window long_after",
    ),
    bug(WINDOW, "div_ceil_wide(used, window)", "(used / window)", "-p paceline-tests --test sliding_window every_verb"),
    bug(
        WINDOW,
        "times.saturating_mul(self.window.get().saturating_mul(2))",
        "times.saturating_mul(self.window.get())",
        "-p paceline-tests --test sliding_window pace",
    ),
    bug(
        PAIR,
        "        if decision.is_allowed() {\n            *state",
        "        {\n            *state",
        "-p paceline-tests --test pair total",
    ),
    bug(
        PAIR,
        "let _ = algorithm.step(state, then, cost);",
        "let _ = algorithm.schedule(state, now, cost, Nanos::MAX);",
        "-p paceline-tests --test pair never_above",
    ),
    bug(PAIR, "*state = algorithm.state_at(state, now, then);", "", "-p paceline-tests --test pair beyond_the_memory"),
    bug(
        PAIR,
        "first.refund(state, now, &first_end, one)",
        "first.refund(state, now, &second_end, two)",
        "-p paceline-tests --test pair refund",
    ),
    bug(PAIR, "|second, state| second.undo(state, now, two)", "|_, _| ()", "-p paceline-tests --test pair"),
    bug(
        PAIR,
        "decision.or_worse(SetDecision::of(1, self.second.step(&mut second, now, two)))",
        "SetDecision::of(1, self.second.step(&mut second, now, two)).or_worse(decision)",
        "-p paceline-tests --test pair",
    ),
];
