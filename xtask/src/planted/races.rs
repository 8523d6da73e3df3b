//! What threads share: found by the loom models.

use super::{Bug, race};

const SYNC: &str = "crates/core/src/sync.rs";
const ATOMIC: &str = "crates/core/src/atomic.rs";
const CELL: &str = "crates/core/src/cell.rs";
const MANUAL_CLOCK: &str = "crates/core/src/manual_clock.rs";
const SET: &str = "crates/core/src/set.rs";
const EXCHANGE: &str = "self.compare_exchange_weak(seen, next, Ordering::Relaxed, Ordering::Relaxed)";
const STORE: &str = "{ self.store(next, Ordering::Relaxed); Ok(seen) }";
const PAIR: &str = "crates/core/src/algorithm/pair.rs";
const QUOTA: &str = "crates/core/src/quota.rs";
const LOG: &str = "crates/core/src/sliding_log.rs";
const BUCKET: &str = "crates/core/src/keyed/bucket.rs";
const KEY_LIMIT: &str = "crates/core/src/keyed/key_limit.rs";
const TOGETHER: &str = "self.update(|pair, state| pair.step_named(state, now, costs), |decision| decision.is_allowed())";
const ONE_AFTER_THE_OTHER: &str = "{
            let first = self.update(|pair, state| pair.step_named(state, now, [costs[0], 0]), |decision| decision.is_allowed());
            if !first.is_allowed() {
                return first;
            }
            self.update(|pair, state| pair.step_named(state, now, [0, costs[1]]), |decision| decision.is_allowed())
        }";

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
    race(QUOTA, ".saturating_mul(self.interval).saturating_add(skew);", ".saturating_mul(self.interval);", "readings_that_disagree"),
    race(
        CELL,
        "self.update(|algorithm, state| algorithm.undo(state, now, cost), |()| true);",
        "let read = self.read(|algorithm, state| { let mut state = state.clone(); algorithm.undo(&mut state, now, cost); state });
                self.update(|_, state| *state = read.clone(), |()| true);",
        "what_is_undone",
    ),
    race(PAIR, TOGETHER, ONE_AFTER_THE_OTHER, "pair_takes_all_or_nothing"),
    race(PAIR, TOGETHER, ONE_AFTER_THE_OTHER, "half_taken"),
    race(ATOMIC, "Err(there) => seen = there,", "Err(_) => return result,", "stand_in_line"),
    race(BUCKET, "|word| exchange(word, slot, next)) {", "|word| { word.store(next.0, Ordering::Release); true }) {", "place_goes_to_one"),
    race(KEY_LIMIT, "if seen.state_of(tag).is_some() {", "if false {", "worth_one_burst"),
    race(
        BUCKET,
        "exchange(word, slot, slot.with_state(state)) {",
        "exchange(word, slot, slot.with_state(state)) || true {",
        "a_key_undoes",
    ),
    race(
        KEY_LIMIT,
        "(None, WhenFull::Overflow) => return Ok(self.table.overflow.update(|_, state| change(state), kept)),",
        "(None, WhenFull::Overflow) => {
                    let mut there = self.table.overflow.read(|_, &state| state);
                    let result = change(&mut there);
                    if kept(&result) {
                        self.table.overflow.update(|_, state| *state = there, |()| true);
                    }
                    return Ok(result);
                }",
        "share_one_burst",
    ),
    race(
        BUCKET,
        "let _in_use = exchange(word, slot, slot.with_state(0));",
        "word.store(slot.with_state(0).0, Ordering::Release);",
        "sweep_forgets",
    ),
    race(LOG, "word.replace(end, W::ZERO)", "{ while word.exchange(word.load(), W::ZERO).is_err() {} true }", "with_idle_places"),
    race(LOG, "match word.exchange(end, drained) {", "match word.exchange(word.load(), drained) {", "drain_forgets"),
];
