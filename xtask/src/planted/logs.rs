//! Logs and calls in flight.

use super::{Bug, bug, race};

const LOG: &str = "crates/core/src/sliding_log.rs";
const WINDOW: &str = "crates/core/src/sliding_log/window.rs";
const SYNC: &str = "crates/core/src/sync.rs";
const COST_LOG: &str = "crates/core/src/algorithm/cost_log.rs";
const CONCURRENCY: &str = "crates/core/src/concurrency.rs";
const GIVE_BACK: &str = "word.replace(end, begin)";
const CANCEL: &str = "taken && self.give_back(ticket.after, self.window.free_from(ticket.before, self.window.at(ticket.made)))";
const CARRY_OVER: &str = "-p paceline-tests --test cost_log changed_numbers";

pub(super) const BUGS: &[Bug] = &[
    bug(
        WINDOW,
        "quota.period().0.saturating_sub(1), exponent).saturating_add(1)",
        "quota.period().0, exponent)",
        "-p paceline-tests --test sliding_log 32_bits",
    ),
    bug(LOG, "> self.window.ahead(end, tick) {", "> W::ZERO {", "-p paceline-tests --test sliding_log forgets_no_call"),
    bug(
        LOG,
        "if self.window.between(since, now) >= self.window.ahead(drained, then).widen() {",
        "if false {",
        "-p paceline-tests --test sliding_log behind_a_gate",
    ),
    bug(WINDOW, "2 * WANTED", "WANTED / 4", "-p paceline-tests --test sliding_log 32_bits"),
    bug(WINDOW, "self.ticks.end(end.wrapping_sub(self.length), W::ZERO)", "W::ZERO", "-p paceline-core --lib a_place_that"),
    bug(WINDOW, ">= self.skew_ticks()", ">= 0", "-p paceline-core --lib a_place_that"),
    bug(LOG, "word.replace(end, W::ZERO)", "false", "-p paceline-tests --test sliding_log told_to_forget"),
    bug(LOG, "if gone <= before", "if gone < before", "-p paceline-tests --test sliding_log n_in_any"),
    bug(LOG, "now.saturating_add(wait) };", "now };", "-p paceline-tests --test sliding_log n_in_any"),
    bug(
        COST_LOG,
        "self.counts_for(admission, now) == Nanos::ZERO",
        "self.counts_for(admission, now) == Nanos::ZERO && now > admission.at.saturating_add(self.window)",
        "-p paceline --lib list_of_all",
    ),
    bug(COST_LOG, "{ now } else { now.max(logged.newest) }", "{ now } else { now }", "-p paceline --lib list_of_all"),
    bug(
        COST_LOG,
        "logged.sum = logged.sum.saturating_sub(cost.into());",
        "logged.sum = logged.sum.saturating_sub(cost.into()); logged.newest = Nanos::ZERO;",
        "-p paceline-tests --test cost_log late_one",
    ),
    bug(COST_LOG, "there.at > new.at || full && left == 0", "full && left == 0", "-p paceline-tests --test cost_log late_drain"),
    bug(COST_LOG, "taken == 0 || since.saturating_add(self.window) <= now", "taken == 0", "-p paceline-tests --test cost_log late_drain"),
    bug(COST_LOG, "if !undone && admission.at", "if admission.at", "-p paceline --lib ones_own"),
    bug(COST_LOG, "|| !logged.admissions.is_full();", "|| true;", "-p paceline-tests --test cost_log no_less"),
    bug(COST_LOG, ".saturating_add(SKEW) <= now", " <= now", "-p paceline-tests --test cost_log no_less"),
    bug(COST_LOG, ".saturating_sub(limit));", ".min(0));", "-p paceline-tests --test cost_log above_the_limit"),
    bug(COST_LOG, "if new.window > self.window {", "if false {", CARRY_OVER),
    bug(COST_LOG, "let forgotten = self.counts_from(logged, now).saturating_sub(self.window);", "let forgotten = now;", CARRY_OVER),
    bug(COST_LOG, "rule == CarryOver::Reset", "rule != CarryOver::Reset", CARRY_OVER),
    bug(
        CONCURRENCY,
        "if cost > self.room(*in_flight) {",
        "if cost > self.room(*in_flight).saturating_add(1) {",
        "-p paceline-tests --test concurrency",
    ),
    bug(CONCURRENCY, "        *in_flight\n    }\n}", "        0\n    }\n}", "-p paceline-tests --test concurrency new_limit"),
    race(LOG, "if word.exchange(end, taken).is_ok() {", "if word.exchange(end, taken).is_ok() || true {", "sliding_log"),
    race(LOG, GIVE_BACK, "{ let _ = word.exchange(word.load(), begin); true }", "given_back_once"),
    race(LOG, CANCEL, "taken", "reserved_twice"),
    race(SYNC, "Ordering::AcqRel, Ordering::Relaxed", "Ordering::Relaxed, Ordering::Relaxed", "given_back_once"),
    race(CONCURRENCY, "self.limit.undo(Nanos::ZERO, self.cost);", "", "in_flight"),
];
