//! Turnstiles, and the pace of a run.

use super::{Bug, bug};

const MARGIN: &str = "crates/cli/src/run/server_limit.rs";
const BACKLOG: &str = "crates/std/src/backlog.rs";
const TOKIO: &str = "crates/tokio/src/turnstile.rs";

pub(super) const BUGS: &[Bug] = &[
    bug(MARGIN, ".saturating_sub(unused)", ".saturating_sub(unused / 2)", "-p paceline-cli --bin paceline within_the_margin"),
    bug(MARGIN, "self.period.saturating_add(margin)))", "self.period))", "-p paceline-cli --bin paceline within_the_margin"),
    bug(BACKLOG, "*queued = self.cost.taken_from(*queued);", "", "-p paceline-tokio --test turnstile dropped_wait"),
    bug(
        TOKIO,
        "timeout(patience.to_duration(), self",
        "timeout(Duration::MAX, self",
        "-p paceline-tokio --test turnstile patience_is_kept",
    ),
];
