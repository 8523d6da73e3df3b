//! Sets and gates.

use super::{Bug, bug, race};

const GCRA: &str = "crates/core/src/algorithm/gcra.rs";
const SYNC: &str = "crates/core/src/sync.rs";
const GATE: &str = "crates/core/src/gate.rs";
const GATED: &str = "crates/core/src/gated.rs";
const RULE: &str = "crates/core/src/gate/rule.rs";
const TICKS: &str = "crates/core/src/ticks.rs";
const ALGORITHM: &str = "crates/core/src/algorithm.rs";
const CELL: &str = "crates/core/src/cell.rs";
const RESERVE: &str = "crates/core/src/set/reserve.rs";
const CONCURRENCY: &str = "crates/core/src/concurrency.rs";
const PAIR: &str = "crates/core/src/algorithm/pair.rs";
const LIMITER: &str = "crates/core/src/limiter.rs";
const ATOMIC: &str = "crates/core/src/atomic.rs";

pub(super) const BUGS: &[Bug] = &[
    bug(GCRA, ".widen().saturating_sub(drained)", ".widen()", "-p paceline-tests --test given_back of_a_gcra"),
    bug(CELL, "unused.at_most(ticket.cost)", "unused", "-p paceline-tests --test set more_than_it_took"),
    bug(
        RESERVE,
        "limit.reserve_after(now, wait, cost, wait)",
        "limit.reserve(now, cost, wait)",
        "-p paceline-tests --test set in_any_window",
    ),
    bug(RESERVE, ".filter(|((.., cost), _)| *cost > 0)", "", "-p paceline-tests --test set for_the_time"),
    race(RESERVE, "self.cancel(now, tickets);", "", "reserves_all_or_nothing"),
    race(RESERVE, "cost, wait)", "cost, Nanos::MAX)", "a_time_of_its_own"),
    bug(TICKS, "Nanos(now.0 & u64::MAX.wrapping_shl(by)).saturating_sub(", "now.saturating_sub(", "-p paceline-core --lib moves_the_time"),
    bug(RULE, "wanted.max(ahead)", "wanted", "-p paceline-core --lib moves_the_time"),
    bug(RULE, ".wrapping_add(W::truncate(REASON))", "", "-p paceline-core --lib moves_the_time"),
    bug(RULE, "self.word(now, W::ZERO, Reason::Closed as u64);", "W::ZERO;", "-p paceline-tests --test gate definition"),
    bug(
        RULE,
        "longest.saturating_add(skew).saturating_add(1) << 2",
        "longest.saturating_add(1) << 2",
        "-p paceline-tests --test gate steps_back",
    ),
    bug(GATE, "prepare(since);", "", "-p paceline-tests --test gate"),
    bug(GATED, "|since| self.limit.drain_since(now, since)", "|_| self.limit.drain(now)", "-p paceline-tests --test gate"),
    bug(GATED, "self.limit.drain_since(now, now.saturating_add(closed));", "", "-p paceline-tests --test gate definition"),
    bug(ALGORITHM, "drained.remaining <= there.remaining &&", "true ||", "-p paceline-tests --test gate late_opening"),
    bug(ALGORITHM, "if drained_by(self, &new, since, now) {", "if false {", "-p paceline-tests --test words"),
    bug(ALGORITHM, "self.state_at(state, now, since);", "state.clone();", "-p paceline-tests --test words"),
    bug(CELL, "let mut state = algorithm.state_at(state, now, then);", "let mut state = state.clone();", "-p paceline-tests --test words"),
    bug(CELL, "let mut later = algorithm.state_at(state, now, then);", "let mut later = state.clone();", "-p paceline-tests --test words"),
    bug(CELL, "algorithm.state_at(state, ticket.made, now)", "state.clone()", "-p paceline-tests --test words"),
    bug(CELL, "&algorithm.state_at(&ticket.after, ticket.made, now)", "&ticket.after", "-p paceline-tests --test words"),
    race(GATE, "prepare(since);", "if self.word.release(seen, W::ZERO).is_ok() { prepare(since); }", "empty"),
    race(SYNC, "self.load(Ordering::Acquire)\n", "self.load(Ordering::Relaxed)\n", "empty"),
    race(
        GATE,
        "let _ = self.word.release(seen, W::ZERO);",
        "while self.word.release(self.word.acquire(), W::ZERO).is_err() {}",
        "after_a_closing",
    ),
    race(
        GATE,
        "update(&self.word, |word| change(&self.rule, word), |()| true);",
        "let seen = self.word.load(); let mut next = seen; change(&self.rule, &mut next); let _ = self.word.exchange(seen, next);",
        "longest_counts",
    ),
    bug(
        CONCURRENCY,
        "fn drain(&self, _: &mut u32, _: Nanos) {}",
        "fn drain(&self, in_flight: &mut u32, _: Nanos) { *in_flight = self.limit; }",
        "-p paceline-tests --test gate in_flight_and_rates",
    ),
    bug(CONCURRENCY, "most.min(self.room(*in_flight))", "most.min(self.limit)", "-p paceline-tests --test concurrency what_is_free"),
    bug(GATED, "if shut > Nanos::ZERO { 0 } else { snapshot.remaining }", "snapshot.remaining", "-p paceline-tests --test gate in_flight"),
    bug(GATED, "impossible @ SetDecision::Impossible { .. } => impossible,", "", "-p paceline-tests --test gate names_none"),
    bug(GATED, "(impossible, self.limit.peek_named(now, costs).limit())", "(impossible, None)", "-p paceline-tests --test gate names_none"),
    bug(GATED, "W::IS_LOCK_FREE && <$limit>::IS_LOCK_FREE", "W::IS_LOCK_FREE", "-p paceline-tests --test gate lock_free"),
    bug(RESERVE, "SetDecision::of(place, meanwhile)", "SetDecision::of(0, meanwhile)", "-p paceline-tests --test set names_the_limit"),
    bug(RESERVE, "=> (retry_after, decision.limit()),", "=> (retry_after, Some(0)),", "-p paceline-tests --test set names_the_limit"),
    bug(PAIR, "refused => (refused, binding),", "refused => (refused, None),", "-p paceline-tests --test pair names_the_half"),
    bug(
        PAIR,
        "pair.step_named(&mut pair.state_at(state, now, then), then, costs).limit()",
        "pair.step_named(&mut state.clone(), now, costs).limit()",
        "-p paceline-tests --test pair names_the_half",
    ),
    bug(LIMITER, "self.limit.save(self.clock.now())", "self.limit.save(Nanos::ZERO)", "-p paceline-tests --test set verbs_of_its_limit"),
    bug(ATOMIC, "self.algorithm = new;", "", "-p paceline-tests --test set change_the_numbers"),
];
