//! Turnstiles, back-off and the pace of a run.

use super::{Bug, bug};

const MARGIN: &str = "crates/cli/src/run/server_limit.rs";
const BACKLOG: &str = "crates/std/src/backlog.rs";
const BACKOFF: &str = "crates/core/src/backoff.rs";
const TURNSTILE: &str = "crates/std/src/turnstile.rs";
const TOKIO: &str = "crates/tokio/src/turnstile.rs";

pub(super) const BUGS: &[Bug] = &[
    bug(MARGIN, ".saturating_sub(unused)", ".saturating_sub(unused / 2)", "-p paceline-cli --bin paceline within_the_margin"),
    bug(MARGIN, "self.period.saturating_add(margin)))", "self.period))", "-p paceline-cli --bin paceline within_the_margin"),
    bug(
        BACKOFF,
        ".saturating_add(self.jitter(delay, random))",
        ".saturating_sub(self.jitter(delay, random))",
        "-p paceline-tests --test backoff never_earlier",
    ),
    bug(BACKOFF, "!budget.try_acquire(1)", "!budget.peek(1)", "-p paceline-tests --test backoff a_share"),
    bug(
        BACKLOG,
        "self.passed = true;\n                self.backlog.leave(&mut queued, self.cost);",
        "let _ = &mut queued;",
        "-p paceline --test turnstile passed_no_longer",
    ),
    bug(
        TURNSTILE,
        "return Err(self.place.too_late(&self.turnstile.limiter));",
        "return Ok(());",
        "-p paceline --test turnstile nobody_overtakes",
    ),
    bug(
        TURNSTILE,
        "let mut line = self.turnstile.lock_line();",
        "if thread::panicking() { return; }\n        let mut line = self.turnstile.lock_line();",
        "-p paceline --test turnstile a_panic_in_line",
    ),
    bug(TURNSTILE, "first.unpark();", "", "-p paceline --test turnstile threads_pass"),
    bug(BACKLOG, "*queued = cost.taken_from(*queued);", "", "-p paceline-tokio --test turnstile dropped_wait"),
    bug(
        TOKIO,
        "timeout(patience.to_duration(), self",
        "timeout(Duration::MAX, self",
        "-p paceline-tokio --test turnstile patience_is_kept",
    ),
];
