//! What threads share: found by the loom models.

use super::{Bug, race};

const SYNC: &str = "crates/core/src/sync.rs";
const ATOMIC: &str = "crates/core/src/atomic.rs";
const CELL: &str = "crates/core/src/cell.rs";
const MANUAL_CLOCK: &str = "crates/core/src/manual_clock.rs";
const SET: &str = "crates/core/src/set.rs";
const EXCHANGE: &str = "self.compare_exchange_weak(seen, next, Ordering::Relaxed, Ordering::Relaxed)";
const STORE: &str = "{ self.store(next, Ordering::Relaxed); Ok(seen) }";

pub(super) const BUGS: &[Bug] = &[
    race(SYNC, EXCHANGE, STORE, "three_threads"),
    race(ATOMIC, "Err(there) => seen = there,", "Err(_) => return result,", "three_threads"),
    race(CELL, "if *state == after {", "if now < ticket.at {", "given_away_once"),
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
