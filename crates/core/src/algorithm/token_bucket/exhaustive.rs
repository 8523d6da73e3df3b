//! Every state of a bucket on eight bits.
//!
//! Seen to fail when a wait is a lump short, when a late reading is given the lump that it has not seen, when `is_idle` leaves the skew
//! out, and when half the range counts as ahead.

use core::time::Duration;

use super::*;
use crate::algorithm::exhaustive::Small;

/// Lumps, bursts, debts, skews in periods and phases; a period is 2 ns.
const BUCKETS: [(u32, u32, u32, u64, u64); 6] =
    [(1, 1, 0, 1, 0), (1, 4, 2, 2, 1), (2, 3, 0, 4, 0), (3, 3, 3, 0, 1), (3, 5, 1, 1, 1), (9, 2, 0, 2, 0)];
const PERIOD: u64 = 2;

fn buckets() -> impl Iterator<Item = Small<TokenBucket<u8>>> {
    BUCKETS.into_iter().map(|(lump, burst, debt, skew, phase)| {
        let quota = Quota::new(lump, Duration::from_nanos(PERIOD)).burst(burst);
        let horizon = Horizon::of(quota).debt(debt).skew(Duration::from_nanos(skew * PERIOD));
        let algorithm = TokenBucket::of(quota, horizon).expect("it fits").phase(Nanos(phase));
        assert_eq!(algorithm.skew(), Nanos(skew * PERIOD));
        let horizon = algorithm.wide_horizon().div_ceil(algorithm.lump.into()) as u64;
        let memory = algorithm.memory().0 / PERIOD;
        Small { algorithm, burst, memory, period: PERIOD, range: 256, skew, horizon }
    })
}

#[test]
fn the_laws_hold_for_any_bits() {
    for bucket in buckets() {
        bucket.keeps_the_laws_for_any_bits();
    }
}

/// Beside it a bucket that counts what it lacks: a late reading sees the lumps that have come since as lacking.
#[test]
fn the_word_follows_the_unbounded_bucket_into_every_state() {
    for bucket in buckets().filter(|bucket| bucket.burst < 5) {
        let (lump, burst) = (i64::from(bucket.algorithm.lump), i64::from(bucket.burst));
        // What is lacking; below nothing for the lumps that came since it was full, as far as a late reading may not have seen them.
        let least = -lump * (bucket.skew as i64 + 1);
        let reached = bucket.follows(
            least,
            |lacking| (lacking - lump).max(least),
            |lacking, late, cost| {
                let unseen = lump * late as i64;
                let lacking = (lacking + unseen).max(0) + i64::from(cost);
                let wait = (lacking - burst + lump - 1).max(0) / lump;
                if wait == 0 { Ok(lacking - unseen) } else { Err(wait as u64) }
            },
        );
        assert!(reached > 1_000, "the walk went nowhere: {reached}");
    }
}

/// Seen to fail with a memory that leaves the skew out.
#[test]
fn an_idle_bucket_is_forgotten_in_time() {
    for bucket in buckets() {
        bucket.is_forgotten_in_time();
    }
}
