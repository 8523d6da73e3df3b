//! Every state of an 8-bit window, at every reading, for every cost: the laws of [`Algorithm`] without a sample.
//!
//! Seen to fail when a late reading counts as one in its own window, when the index is compared without its wrap, and when the share of the
//! window before is rounded down.

extern crate std;
use std::{collections::HashSet, vec::Vec};

use super::*;
use crate::algorithm::exhaustive::is_forgotten_in_time;

/// Every limit, debt and skew that two counts and an index of eight bits hold, in windows of one to five nanoseconds.
fn limiters() -> impl Iterator<Item = SlidingWindow<u8>> {
    let limits = [(1, 1), (1, 2), (2, 2), (1, 3), (2, 3), (3, 3)];
    let sizes = (1..=5).flat_map(move |window| limits.map(|(limit, floor)| (window, limit, floor)));
    sizes.flat_map(|(window, limit, floor)| {
        [1, 2].map(|late| SlidingWindow {
            window: NonZeroU64::new(window).expect("not zero"),
            limit,
            floor,
            late,
            bits: if floor == 1 { 1 } else { 2 },
            word: PhantomData,
        })
    })
}

fn step(limiter: &SlidingWindow<u8>, mut word: u8, now: u64, cost: u32) -> (u8, Decision) {
    let decision = limiter.step(&mut word, Nanos(now), cost);
    (word, decision)
}

/// The nanoseconds of a whole turn of the index.
fn range(limiter: &SlidingWindow<u8>) -> u64 {
    (limiter.indexes() + 1) * limiter.window.get()
}

fn for_every_call(mut check: impl FnMut(&SlidingWindow<u8>, u8, u64, u32, (u8, Decision))) {
    for limiter in limiters() {
        for word in 0..=u8::MAX {
            for now in range(&limiter)..2 * range(&limiter) {
                for cost in 0..=limiter.limit + 1 {
                    check(&limiter, word, now, cost, step(&limiter, word, now, cost));
                }
            }
        }
    }
}

/// The readings from `now` on for which the index of a state as young as `now`'s has not wrapped.
fn memory(limiter: &SlidingWindow<u8>, word: u8, now: u64) -> impl Iterator<Item = u64> {
    let past = (now / limiter.window).wrapping_sub(u64::from(word) >> (2 * limiter.bits)) & limiter.indexes();
    let remembered = limiter.indexes() - u64::from(limiter.late);
    let windows = if past <= remembered { remembered - past } else { remembered };
    now..(now / limiter.window + windows + 1) * limiter.window.get()
}

#[test]
fn a_refusal_never_writes_and_impossible_means_larger_than_the_limit() {
    for_every_call(|limiter, word, _, cost, (next, decision)| {
        assert_eq!(matches!(decision, Decision::Impossible { .. }), cost > limiter.limit);
        assert!(decision.is_allowed() || next == word, "{limiter:?} {word} {cost}");
    });
}

#[test]
fn the_wait_is_exact() {
    for_every_call(|limiter, word, now, cost, (_, decision)| {
        let Decision::Denied { retry_after: Nanos(wait) } = decision else { return };
        let at = |wait| step(limiter, word, now + wait, cost).1;
        assert_eq!(at(wait), Decision::Allowed, "{limiter:?} {word} {now} {cost}");
        assert_eq!(at(wait - 1), Decision::Denied { retry_after: Nanos(1) }, "{limiter:?} {word} {now} {cost}");
        assert!(wait <= (u64::from(limiter.late) + 2) * limiter.window.get(), "longer than skew and two windows");
    });
}

#[test]
fn patience_never_hurts() {
    for_every_call(|limiter, word, now, cost, (_, decision)| {
        if decision.is_allowed() {
            for at in memory(limiter, word, now) {
                assert!(step(limiter, word, at, cost).1.is_allowed(), "{limiter:?} {word} {now} {cost} at {at}");
            }
        }
    });
}

#[test]
fn undone_is_as_if_never_done() {
    for_every_call(|limiter, word, now, cost, (mut next, decision)| {
        if !decision.is_allowed() {
            return;
        }
        limiter.undo(&mut next, Nanos(now), cost);
        for at in memory(limiter, word, now) {
            for probe in 1..=limiter.limit {
                assert_eq!(step(limiter, next, at, probe).1, step(limiter, word, at, probe).1, "{limiter:?} {word} {now} {cost} at {at}");
            }
        }
    });
}

/// Seen to fail when `is_idle` leaves the skew out.
#[test]
fn idle_is_empty() {
    let mut idle = 0;
    for_every_call(|limiter, word, now, cost, (_, decision)| {
        if !limiter.is_idle(&word, Nanos(now)) {
            return;
        }
        idle += 1;
        assert_eq!(decision.is_allowed(), cost <= limiter.limit, "{limiter:?} {word} {now}");
        for late in now - limiter.skew().0..now {
            assert_eq!(step(limiter, word, late, limiter.limit).1, Decision::Allowed, "{limiter:?} {word} {now} {late}");
        }
    });
    assert!(idle > 100_000, "{idle}");
}

/// The same limiter with an index that does not wrap: counts of the newest window and the one before.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Unbounded {
    /// How many windows ago the newest was.
    past: i64,
    counts: [i64; 2],
}

impl Unbounded {
    /// At a reading that much of the window in, that many windows behind.
    fn step(self, limiter: &SlidingWindow<u8>, behind: i64, elapsed: i64, cost: u32) -> Option<Self> {
        let past = self.past - behind;
        let [previous, current] = self.counts;
        let (moved, elapsed, [previous, current]) = match past {
            ..0 if self.counts != [0, 0] => (self.past, 0, [previous, current]),
            0 => (behind, elapsed, [previous, current]),
            1 => (behind, elapsed, [current, 0]),
            _ => (behind, elapsed, [0, 0]),
        };
        let (window, current) = (limiter.window.get() as i64, current + i64::from(cost));
        let fits = current * window + previous * (window - elapsed) <= i64::from(limiter.limit) * window;
        fits.then_some(Self { past: moved, counts: [previous, current] })
    }
}

fn counts(limiter: &SlidingWindow<u8>, word: u8) -> [i64; 2] {
    [word >> limiter.bits, word].map(|count| (u64::from(count) & limiter.counts()) as i64)
}

/// Walks every state that the word and the unbounded limiter can reach together, with readings up to the skew behind, from a clock that
/// starts everywhere. They agree; only when idle for longer than its memory does the word keep counts that the other has dropped and refuse
/// what it admits, and never does it admit what the other refuses, as long as its counts are the other's or the clock is on time.
#[test]
fn the_word_follows_the_unbounded_limiter_into_every_state() {
    for limiter in limiters() {
        let window = limiter.window.get() as i64;
        let memory = limiter.indexes() as i64 - i64::from(limiter.late);
        let new = Unbounded { past: 100, counts: [0, 0] };
        let (mut seen, mut open) = (HashSet::new(), Vec::from([(0, 0u8, new)]));
        while let Some((clock, word, exact)) = open.pop() {
            if !seen.insert((clock, word, exact)) {
                continue;
            }
            let next_clock = (clock + 1) % range(&limiter);
            let past = exact.past + i64::from(next_clock.is_multiple_of(limiter.window.get()));
            open.push((next_clock, word, Unbounded { past: past.min(100), ..exact }));
            let follows = counts(&limiter, word) == exact.counts;
            let skew = if follows { limiter.skew().0 } else { 0 };
            for (behind, cost) in (0..=skew).flat_map(|behind| (1..=limiter.limit).map(move |cost| (behind, cost))) {
                let now = 2 * range(&limiter) + clock;
                let reading = now - behind;
                let windows = (now / limiter.window - reading / limiter.window) as i64;
                let (next, decision) = step(&limiter, word, reading, cost);
                match (decision, exact.step(&limiter, windows, (reading as i64) % window, cost)) {
                    (Decision::Allowed, Some(exact)) => open.push((clock, next, exact)),
                    (Decision::Denied { .. }, None) => {}
                    (Decision::Denied { .. }, Some(_)) => {
                        assert!(exact.past > memory || !follows, "{limiter:?}: refused at {word}, {exact:?}, {reading}");
                    }
                    (decision, exact) => panic!("{limiter:?}: {decision:?} against {exact:?} at {word}, {reading}, cost {cost}"),
                }
            }
        }
        assert!(seen.len() > 1_000, "the walk went nowhere: {}", seen.len());
    }
}

/// The forecast for a queue of callers of cost 1 is when they have gone, one after the other, each at the time that it was told.
#[test]
fn a_queue_of_single_costs_goes_as_foretold() {
    for limiter in limiters().filter(|limiter| limiter.late == 1) {
        for word in 0..=u8::MAX {
            for now in range(&limiter)..2 * range(&limiter) {
                let (mut state, mut at) = (word, now);
                for queued in 0..30 {
                    let decision = limiter.step(&mut state.clone(), Nanos(at), 1);
                    if let Decision::Denied { retry_after } = decision {
                        at += retry_after.0;
                    }
                    assert_eq!(limiter.wait_behind(&word, Nanos(now), queued, 1), Nanos(at - now), "{limiter:?} {word} {now} {queued}");
                    assert_eq!(limiter.step(&mut state, Nanos(at), 1), Decision::Allowed);
                }
            }
        }
    }
}

/// Seen to fail with a memory that leaves the skew out.
#[test]
fn an_idle_window_is_forgotten_in_time() {
    for limiter in limiters() {
        is_forgotten_in_time(&limiter, limiter.limit, limiter.memory(), range(&limiter));
    }
}
