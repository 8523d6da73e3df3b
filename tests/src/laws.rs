//! The laws of [`Algorithm`](paceline_core::Algorithm) as properties, on words too wide to walk through.

/// Stamps the laws on an algorithm: `laws!(name, strategy of (algorithm, its burst))`. The tests live in a module `name`.
#[macro_export]
macro_rules! laws {
    ($name:ident, $algorithms:expr) => {
        mod $name {
            use paceline_core::{Algorithm, Decision, Nanos};
            use proptest::prelude::*;

            use super::*;

            proptest! {
                #[test]
                fn total_for_any_bits((algorithm, burst) in $algorithms, state: u64, now: u64, cost: u32, queued: u64) {
                    let (next, decision) = algorithm.step(state, Nanos(now), cost);
                    prop_assert_eq!(matches!(decision, Decision::Impossible { most } if most == burst), cost > burst);
                    prop_assert!(decision.is_allowed() || next == state, "a refusal wrote");
                    let _ = (algorithm.undo(state, Nanos(now), cost), algorithm.wait_behind(state, Nanos(now), queued, cost));
                }

                #[test]
                fn waits_are_exact((algorithm, burst) in $algorithms, state: u64, now in 0..u64::MAX / 2, near: u16, cost: u32) {
                    let (now, cost) = (Nanos(now), cost % burst + 1);
                    for state in [state, now.0.wrapping_add(near.into()), algorithm.step(now.0, now, burst).0] {
                        if let Decision::Denied { retry_after } = algorithm.step(state, now, cost).1 {
                            let then = now.saturating_add(retry_after);
                            prop_assert_eq!(algorithm.step(state, then, cost).1, Decision::Allowed);
                            let early = Decision::Denied { retry_after: Nanos(1) };
                            prop_assert_eq!(algorithm.step(state, then.saturating_sub(Nanos(1)), cost).1, early);
                        }
                    }
                }

                #[test]
                fn patience_never_hurts((algorithm, burst) in $algorithms, first: u32, cost: u32, before: u32, later: u32) {
                    let (start, cost) = (Nanos::from_secs(100), cost % burst + 1);
                    let state = algorithm.step(0, start, first % burst + 1).0;
                    let now = start.saturating_add(Nanos(before.into()));
                    if algorithm.step(state, now, cost).1.is_allowed() {
                        prop_assert_eq!(algorithm.step(state, now.saturating_add(Nanos(later.into())), cost).1, Decision::Allowed);
                    }
                }

                #[test]
                fn a_snapshot_tells_what_would_be_decided((algorithm, burst) in $algorithms, first: u32, later: u32) {
                    let start = Nanos::from_secs(100);
                    let state = algorithm.step(0, start, first % burst + 1).0;
                    let now = start.saturating_add(Nanos(later.into()));
                    let snapshot = algorithm.snapshot(state, now);
                    let admits = |at: Nanos, cost| algorithm.step(state, at, cost).1.is_allowed();
                    prop_assert_eq!(snapshot.limit, burst);
                    prop_assert!(admits(now, snapshot.remaining) && !admits(now, snapshot.remaining + 1));
                    prop_assert_eq!(snapshot.retry_after == Nanos::ZERO, snapshot.remaining > 0);
                    prop_assert!(admits(now.saturating_add(snapshot.retry_after), 1));
                    prop_assert!(admits(now.saturating_add(snapshot.reset_after), burst));
                    if snapshot.reset_after > Nanos::ZERO {
                        prop_assert!(!admits(now.saturating_add(snapshot.reset_after).saturating_sub(Nanos(1)), burst));
                    }
                }

                #[test]
                fn zero_is_new((algorithm, burst) in $algorithms, now in 0..u64::MAX >> 21) {
                    prop_assert_eq!(algorithm.step(0, Nanos(now), burst).1, Decision::Allowed);
                }

                #[test]
                fn a_late_clock_is_only_stricter((algorithm, burst) in $algorithms, before: u32, behind in 0u64..1_000_000_000, cost: u32) {
                    let (start, cost) = (Nanos::from_secs(100), cost % burst + 1);
                    let used = algorithm.step(0, start, burst).0;
                    let now = start.saturating_add(Nanos(before.into()));
                    let late = now.saturating_sub(Nanos(behind));
                    if algorithm.step(used, late, cost).1.is_allowed() {
                        prop_assert_eq!(algorithm.step(used, now, cost).1, Decision::Allowed);
                    }
                }

                #[test]
                fn undone_is_as_if_never_done((algorithm, burst) in $algorithms, first: u32, cost: u32, probe: u32, later: u32) {
                    let start = Nanos::from_secs(100);
                    let state = algorithm.step(0, start, first % burst + 1).0;
                    let cost = cost % burst + 1;
                    let (next, decision) = algorithm.step(state, start, cost);
                    let undone = if decision.is_allowed() { algorithm.undo(next, start, cost) } else { next };
                    let (at, probe) = (start.saturating_add(Nanos(later.into())), probe % burst + 1);
                    prop_assert_eq!(algorithm.step(undone, at, probe).1, algorithm.step(state, at, probe).1);
                }

                #[test]
                fn the_wait_behind_a_queue_is_when_it_has_passed((algorithm, burst) in $algorithms, costs in prop::collection::vec(any::<u32>(), 1..20)) {
                    let start = Nanos::from_secs(100);
                    let mut state = algorithm.step(0, start, burst).0;
                    let costs: Vec<u32> = costs.iter().map(|cost| cost % burst + 1).collect();
                    let (last, ahead) = costs.split_last().expect("one at least");
                    let queued = ahead.iter().map(|&cost| u64::from(cost)).sum();
                    let forecast = algorithm.wait_behind(state, start, queued, *last);
                    let mut now = start;
                    for &cost in &costs {
                        if let Decision::Denied { retry_after } = algorithm.step(state, now, cost).1 {
                            now = now.saturating_add(retry_after);
                        }
                        let (next, decision) = algorithm.step(state, now, cost);
                        prop_assert_eq!(decision, Decision::Allowed);
                        state = next;
                    }
                    let late = now.saturating_sub(start).0 - forecast.0;
                    prop_assert!(late < costs.len() as u64, "{} ns late: each may round up to a nanosecond", late);
                }
            }
        }
    };
}
