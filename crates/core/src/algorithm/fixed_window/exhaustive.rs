//! Every state of a counter on eight bits.
//!
//! Seen to fail when a late reading is counted in the window that it lies in, when `is_idle` leaves the skew out, and when half the range
//! counts as ahead.

use core::time::Duration;

use super::*;
use crate::algorithm::exhaustive::Small;

/// Limits, windows that may be committed ahead, skews in windows and phases; a period is 3 ns.
const COUNTERS: [(u32, u64, u64, u64); 6] = [(1, 0, 0, 0), (1, 2, 1, 2), (3, 1, 4, 1), (3, 0, 2, 0), (6, 1, 1, 0), (7, 0, 3, 2)];
const PERIOD: u64 = 3;

fn counters() -> impl Iterator<Item = Small<FixedWindow<u8>>> {
    COUNTERS.into_iter().map(|(limit, beyond, skew, phase)| {
        let quota = Quota::new(limit, Duration::from_nanos(PERIOD));
        let horizon = Horizon::of(quota).debt(0).patience(Duration::from_nanos(beyond * PERIOD)).skew(Duration::from_nanos(skew * PERIOD));
        let algorithm = FixedWindow::<u8>::of(quota, horizon).expect("it fits").phase(Nanos(phase));
        let (memory, range, horizon) = (algorithm.memory().0 / PERIOD, algorithm.numbers() + 1, algorithm.horizon() + 1);
        Small { algorithm, burst: limit, period: PERIOD, range, memory, skew, horizon }
    })
}

#[test]
fn the_laws_hold_for_any_bits() {
    for counter in counters() {
        counter.keeps_the_laws_for_any_bits();
    }
}

/// Beside it a counter that knows how far its window is from the clock's.
#[test]
fn the_word_follows_the_unbounded_counter_into_every_state() {
    for counter in counters() {
        let limit = counter.burst;
        let long_past = (-1 - counter.skew as i64, 0);
        let reached = counter.follows(
            long_past,
            |(window, count)| if window - 1 <= long_past.0 { long_past } else { (window - 1, count) },
            |(window, count), late, cost| {
                let reading = -(late as i64);
                let (newest, count) = if window < reading { (reading, 0) } else { (window, count) };
                match (newest - reading, count + cost <= limit) {
                    (0, true) => Ok((reading, count + cost)),
                    (ahead, fits) => Err(ahead as u64 + u64::from(!fits)),
                }
            },
        );
        assert!(reached > 500, "the walk went nowhere: {reached}");
    }
}

/// Seen to fail with a memory that leaves the skew out.
#[test]
fn an_idle_counter_is_forgotten_in_time() {
    for counter in counters() {
        counter.is_forgotten_in_time();
    }
}
