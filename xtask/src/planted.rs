//! Does a check fail when the code is wrong? Each bug here is planted into a copy of the sources, alone, and has to be found.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail, ensure};

use crate::command::{Step, cargo, root};

struct Bug {
    file: &'static str,
    right: &'static str,
    wrong: &'static str,
    found_by: &'static str,
    under_loom: bool,
}

const fn bug(file: &'static str, right: &'static str, wrong: &'static str, found_by: &'static str) -> Bug {
    Bug { file, right, wrong, found_by, under_loom: false }
}

const fn race(file: &'static str, right: &'static str, wrong: &'static str, found_by: &'static str) -> Bug {
    Bug { file, right, wrong, found_by, under_loom: true }
}

const GCRA: &str = "crates/core/src/algorithm/gcra.rs";
const ATOMIC: &str = "crates/core/src/atomic.rs";
const SET: &str = "crates/core/src/set.rs";
const QUOTA: &str = "crates/core/src/quota.rs";
const BACKOFF: &str = "crates/core/src/backoff.rs";
const MANUAL_CLOCK: &str = "crates/core/src/manual_clock.rs";
const LOG: &str = "crates/std/src/sliding_log.rs";
const MARGIN: &str = "crates/cli/src/run/server_limit.rs";
const BACKLOG: &str = "crates/std/src/backlog.rs";
const TURNSTILE: &str = "crates/std/src/turnstile.rs";
const TOKIO: &str = "crates/tokio/src/turnstile.rs";
const NUMBER: &str = "crates/core/src/cause/number.rs";
const WRITE: &str = "crates/core/src/headers/write.rs";
const EXCHANGE: &str = "match self.state.compare_exchange_weak(state, next, Relaxed, Relaxed) {";
const STORE: &str = "self.state.store(next, Relaxed);\n            match Ok::<u64, u64>(state) {";

const BUGS: [Bug; 28] = [
    bug(GCRA, "if ahead <= self.horizon { ahead }", "if ahead.widen() < 1 << 63 { ahead }", "-p paceline-tests --test incidents an_hour"),
    bug(GCRA, ".saturating_add(1)),", "),", "-p paceline-core --lib the_wait_is_exact"),
    bug(GCRA, "tat.wrapping_sub(not_drained.min(increment))", "tat.wrapping_sub(not_drained)", "-p paceline-core --lib undone"),
    bug(GCRA, "(now.wrapping_add(ahead)", "(tat", "-p paceline-core --lib follows_the_unbounded"),
    bug(
        GCRA,
        "self.interval.checked_mul(cost);\n        let Some((",
        "Some(self.interval.wrapping_sub(W::ZERO));\n        let Some((",
        "-p paceline-tests --test gcra never_above",
    ),
    bug(QUOTA, "period.div_ceil(self.limit as u128)", "(period / self.limit as u128)", "-p paceline-tests --test gcra"),
    bug(QUOTA, "emission.shift < FINEST_TICK", "emission.shift < 0", "-p paceline-tests --test gcra not_below"),
    bug(
        BACKOFF,
        ".saturating_add(self.jitter(delay, random))",
        ".saturating_sub(self.jitter(delay, random))",
        "-p paceline-tests --test backoff never_earlier",
    ),
    bug(BACKOFF, "!budget.try_acquire(1)", "!budget.peek(1)", "-p paceline-tests --test backoff a_share"),
    bug(LOG, "saturating_add(self.window) <= now", "saturating_add(self.window) < now", "-p paceline --lib list_of_all"),
    bug(LOG, "self.newest().max(now)", "now", "-p paceline --lib list_of_all"),
    bug(LOG, "admitted.log.iter().position(", "admitted.log.iter().rposition(", "-p paceline --lib ones_own"),
    bug(MARGIN, ".saturating_sub(unused)", ".saturating_sub(unused / 2)", "-p paceline-cli --bin paceline within_the_margin"),
    bug(MARGIN, "self.period.saturating_add(margin)))", "self.period))", "-p paceline-cli --bin paceline within_the_margin"),
    bug(BACKLOG, "*queued = cost.taken_from(*queued);", "", "-p paceline-tokio --test turnstile dropped_wait"),
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
    bug(
        TOKIO,
        "timeout(patience.to_duration(), self",
        "timeout(Duration::MAX, self",
        "-p paceline-tokio --test turnstile patience_is_kept",
    ),
    bug(NUMBER, "open: more >= body.len()", "open: false", "-p paceline-tests --test classify"),
    bug(WRITE, ".saturating_add(u64::from(duration.subsec_nanos() > 0))", "", "-p paceline-tests --test headers"),
    race(ATOMIC, EXCHANGE, STORE, "three_threads"),
    race(ATOMIC, "Err(seen) => state = seen,", "Err(_) => return result,", "three_threads"),
    race(
        MANUAL_CLOCK,
        "let _ = self.0.fetch_update(Relaxed, Relaxed, later);",
        "self.set(Nanos(later(self.now().0).unwrap_or(0)));",
        "first_attempts",
    ),
    race(SET, "self.undo_first(place, now, costs);", "", "all_or_nothing"),
    race(SET, "self.undo_first(place, now, costs);", "self.undo_first(place.saturating_sub(1), now, costs);", "all_or_nothing"),
    race(
        SET,
        "for (place, limit, cost) in self.each(costs) {",
        "for (place, limit, cost) in { let mut all: [_; N] = core::array::from_fn(|i| (i, &self.limits[i], costs[i])); all.reverse(); all } {",
        "innocent",
    ),
];

pub(crate) fn run() -> Result<()> {
    let copy = tempfile::tempdir()?;
    for part in ["Cargo.toml", "Cargo.lock", "crates", "benches", "tests", "xtask"] {
        copy_all(&root().join(part), &copy.path().join(part))?;
    }
    for bug in &BUGS {
        check(bug, copy.path())?;
    }
    Ok(())
}

fn check(bug: &Bug, copy: &Path) -> Result<()> {
    let file = copy.join(bug.file);
    let sound = fs::read_to_string(&file)?;
    ensure!(sound.matches(bug.right).count() == 1, "{} does not hold this once any more: {}", bug.file, bug.right);
    fs::write(&file, sound.replace(bug.right, bug.wrong))?;
    ensure!(test(bug, "--no-run").dir(copy).succeeds()?, "the bug does not build: {} in {}", bug.wrong, bug.file);
    let missed = test(bug, "").dir(copy).succeeds()?;
    fs::write(&file, sound)?;
    if missed {
        bail!("nobody noticed {} in {}: {}", bug.wrong, bug.file, bug.found_by);
    }
    eprintln!("xtask: found by {}: {}", bug.found_by, bug.wrong.lines().next().unwrap_or("nothing given back"));
    Ok(())
}

fn test(bug: &Bug, more: &str) -> Step {
    let target = root().join("target/planted");
    let target = target.display();
    if bug.under_loom {
        cargo(&format!("test --release -p paceline-tests --test loom --target-dir {target}/loom {more} {}", bug.found_by))
            .env("RUSTFLAGS", "--cfg paceline_loom")
            .env("LOOM_MAX_PREEMPTIONS", "2")
    } else {
        cargo(&format!("test --target-dir {target} {more} {}", bug.found_by))
    }
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    if from.is_file() {
        fs::copy(from, to).with_context(|| from.display().to_string())?;
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in from.read_dir()? {
        let entry = entry?;
        copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
