//! The keyed table.

use super::{Bug, bug, race};

const KEYED: &str = "crates/core/src/keyed.rs";
const BUCKET: &str = "crates/core/src/keyed/bucket.rs";
const KEY_LIMIT: &str = "crates/core/src/keyed/key_limit.rs";
const CONCURRENCY: &str = "crates/core/src/concurrency.rs";

pub(super) const BUGS: &[Bug] = &[
    bug(KEY_LIMIT, "if cost == 0 {", "if cost > u32::MAX {", "-p paceline-tests --test keyed"),
    bug(KEY_LIMIT, "if cost > 0 => Decision::Denied", "=> Decision::Denied", "-p paceline-tests --test keyed"),
    race(
        BUCKET,
        "word.compare_exchange(seen.0, next.0, Ordering::AcqRel, Ordering::Acquire).is_ok()",
        "{ let _ = seen; word.store(next.0, Ordering::Release); true }",
        "two_threads_bring",
    ),
    race(BUCKET, "u64::from(self.lap().wrapping_add(1))", "u64::from(self.lap())", "passed_over"),
    race(BUCKET, "if before.map(Slot::holder) == after.map(Slot::holder) {", "if before.len() == after.len() {", "two_threads_bring"),
    race(BUCKET, "*slot = Slot(word.load(Ordering::Acquire));", "*slot = Slot(word.load(Ordering::Relaxed));", "two_threads_bring"),
    race(BUCKET, "slot.passed_over() }", "slot }", "clocks_that_disagree"),
    race(BUCKET, "slot.passed_over() };", "{ continue } };", "clocks_that_disagree"),
    race(KEY_LIMIT, "if seen.state_of(tag).is_some() {", "if false {", "two_threads_bring"),
    bug(
        KEYED,
        "state == 0 || self.algorithm().is_idle(&state, now)",
        "state == 0 || self.whole_after(state, now) == Nanos::ZERO",
        "-p paceline-tests --test keyed each_key",
    ),
    bug(KEYED, "if idle(middle) { wait = middle }", "if idle(middle) { break }", "-p paceline-tests --test keyed each_key"),
    bug(KEYED, ".min_by_key(|(_, slot)| self.whole_after(slot.state(), now))", ".next()", "-p paceline-tests --test keyed soonest"),
    bug(CONCURRENCY, "*in_flight == 0", "*in_flight <= self.limit", "-p paceline-tests --test keyed a_permit"),
];
