//! Every state of an 8-bit limiter, at every reading, for every cost: the laws of [`Algorithm`] without a sample.
//!
//! Seen to fail when `ahead` takes half the range for the horizon, when `wait` rounds down, and when a step from idle starts at the
//! old TAT.

extern crate std;
use std::{collections::HashSet, vec::Vec};

use super::*;

const RANGE: i64 = 256;
/// The least that a horizon can be beside the bits of the shift.
const HORIZON: u8 = 1 << SHIFT_BITS;

fn gcra(interval: u8, burst: u8, shift: u8) -> Gcra<u8> {
    Gcra { interval, capacity: interval * burst, horizon: HORIZON | shift }
}

/// Small limiters: every interval and burst that leave room for skew, in ticks of a nanosecond, a half and a quarter.
fn limiters() -> impl Iterator<Item = (Gcra<u8>, u32)> {
    (1..=5).flat_map(|interval| (1..=4).flat_map(move |burst| (0..=2).map(move |shift| (gcra(interval, burst, shift), u32::from(burst)))))
}

fn for_every_call(mut check: impl FnMut(&Gcra<u8>, u8, Nanos, u32, (u8, Decision))) {
    for (gcra, burst) in limiters() {
        for tat in 0..=u8::MAX {
            for now in (0..=u64::from(u8::MAX)).map(|now| Nanos(now + 256)) {
                for cost in 0..=burst + 1 {
                    check(&gcra, tat, now, cost, gcra.step(tat, now, cost));
                }
            }
        }
    }
}

/// For how many nanoseconds from `now` on a limiter at `tat` is sure not to take its past for its future.
fn memory(gcra: &Gcra<u8>, tat: u8, now: Nanos) -> u64 {
    let memory = u8::MAX - gcra.horizon;
    let idle_for = gcra.ticks(now).wrapping_sub(tat);
    let left = if idle_for <= memory { memory - idle_for } else { memory };
    u64::from(left) >> gcra.shift()
}

#[test]
fn a_refusal_never_writes_and_impossible_means_larger_than_the_burst() {
    for_every_call(|gcra, tat, _, cost, (next, decision)| {
        assert_eq!(matches!(decision, Decision::Impossible { .. }), cost > gcra.burst());
        assert!(decision.is_allowed() || next == tat, "{gcra:?} {tat} {cost}");
    });
}

#[test]
fn the_wait_is_exact() {
    for_every_call(|gcra, tat, now, cost, (_, decision)| {
        let Decision::Denied { retry_after } = decision else { return };
        let at = |wait: u64| gcra.step(tat, Nanos(now.0 + wait), cost).1;
        assert_eq!(at(retry_after.0), Decision::Allowed, "{gcra:?} {tat} {now} {cost}");
        assert_eq!(at(retry_after.0 - 1), Decision::Denied { retry_after: Nanos(1) }, "{gcra:?} {tat} {now} {cost}");
    });
}

#[test]
fn patience_never_hurts() {
    for_every_call(|gcra, tat, now, cost, (_, decision)| {
        if decision.is_allowed() {
            for later in 0..=memory(gcra, tat, now) {
                let at = Nanos(now.0 + later);
                assert!(gcra.step(tat, at, cost).1.is_allowed(), "{gcra:?} {tat} {now} {cost} +{later}");
            }
        }
    });
}

#[test]
fn undone_is_as_if_never_done() {
    for_every_call(|gcra, tat, now, cost, (next, decision)| {
        if !decision.is_allowed() {
            return;
        }
        let undone = gcra.undo(next, now, cost);
        for later in 0..=memory(gcra, tat, now) {
            let at = Nanos(now.0 + later);
            for probe in 1..=gcra.burst() {
                assert_eq!(gcra.step(undone, at, probe).1, gcra.step(tat, at, probe).1, "{gcra:?} {tat} {now} {cost} +{later} {probe}");
            }
        }
    });
}

/// The same limiter in whole numbers that do not wrap, its TAT told relative to now.
struct Unbounded {
    interval: i64,
    capacity: i64,
}

impl Unbounded {
    fn step(&self, tat: i64, reading: i64, cost: u32) -> Result<i64, i64> {
        let next = tat.max(reading) + self.interval * i64::from(cost);
        if next - reading > self.capacity { Err(next - reading - self.capacity) } else { Ok(next) }
    }
}

/// Walks every state that the word and the unbounded limiter can reach together, with readings up to the skew behind: they agree to
/// the tick; only when idle for longer than the word remembers does the word refuse what the other admits, and never for
/// longer than the horizon; and never does it admit what the other refuses.
#[test]
fn the_word_follows_the_unbounded_limiter_into_every_state() {
    for (gcra, burst) in limiters().filter(|(gcra, _)| gcra.shift() == 0) {
        let exact = Unbounded { interval: gcra.interval.into(), capacity: gcra.capacity.into() };
        let skew = i64::from(gcra.horizon - gcra.capacity);
        let mut seen = HashSet::new();
        let mut open = Vec::from([(0i64, 0i64)]);
        while let Some((word, tat)) = open.pop() {
            if !seen.insert((word, tat)) {
                continue;
            }
            open.extend((1..=3).map(|passed| ((word - passed).rem_euclid(RANGE), (tat - passed).max(-2 * RANGE))));
            for (behind, cost) in (0..=skew).flat_map(|behind| (1..=burst).map(move |cost| (behind, cost))) {
                let now = Nanos((2 * RANGE - behind) as u64);
                let (next, decision) = gcra.step(word as u8, now, cost);
                let next = i64::from(next);
                match (decision, exact.step(tat, -behind, cost)) {
                    (Decision::Allowed, Ok(tat)) => open.push((next, tat)),
                    (Decision::Denied { retry_after }, Err(wait)) if word == tat.rem_euclid(RANGE) => {
                        assert_eq!(retry_after.0 as i64, wait)
                    }
                    (Decision::Denied { retry_after }, Err(wait)) => assert!(retry_after.0 as i64 >= wait),
                    (Decision::Denied { retry_after }, Ok(_)) => {
                        let forgotten = tat - skew < i64::from(gcra.horizon) - RANGE || word != tat.rem_euclid(RANGE);
                        assert!(forgotten, "{gcra:?}: refused at {word}, {tat}, {behind} behind, cost {cost}");
                        assert!(retry_after.0 <= gcra.horizon.into());
                    }
                    (decision, exact) => panic!("{gcra:?}: {decision:?} against {exact:?} at {word}, {tat}, {behind} behind, cost {cost}"),
                }
            }
        }
        assert!(seen.len() > 500, "the walk went nowhere: {}", seen.len());
    }
}
