//! A gate in front of a limit.

use core::time::Duration;

use loom::sync::Arc;
use paceline_core::{Atomic, Decision, Gate, GateStatus, Gated, Gcra, Limit, Nanos};

use crate::{NOW, at_once, limit};

const LONGER: Nanos = Nanos::from_secs(5);
/// So long after `NOW` that no reading that is tolerated lies before it.
const SETTLED: Nanos = NOW.saturating_add(Nanos(1_000));

/// A full limit behind a gate whose time comes at `NOW`.
fn opening() -> Arc<Gated<Atomic<Gcra>, u64>> {
    let gated = Gated::new(Gate::within(Duration::from_secs(1_000), Duration::ZERO), limit(2));
    gated.gate().close_until(Nanos::ZERO, NOW);
    Arc::new(gated)
}

/// Whoever finds the gate open finds the bucket empty, also where another thread has opened it, and also for a look. Seen to fail when the
/// gate is opened before the limit is drained, and when what was done before the opening is not acquired with it.
#[test]
fn nobody_passes_a_gate_before_the_bucket_is_empty() {
    loom::model(|| {
        let gated = opening();
        let call = |look: bool| {
            let gated = gated.clone();
            move || if look { gated.peek(SETTLED, 1) } else { gated.decide(SETTLED, 1) }
        };
        for decision in at_once([call(false), call(true), call(true)]) {
            assert_eq!(decision, Decision::Denied { retry_after: Nanos(999_999_000) });
        }
    });
}

/// A closing that meets an opening is not lost: who comes after it is kept out. Seen to fail when the opening does not look whether the
/// gate has been shut again.
#[test]
fn nobody_is_admitted_after_a_closing() {
    loom::model(|| {
        let gated = opening();
        let call = |closes: bool| {
            let gated = gated.clone();
            move || {
                if closes {
                    gated.gate().close_for(SETTLED, LONGER);
                }
                gated.decide(SETTLED, 1)
            }
        };
        let answers = at_once([call(true), call(false), call(false)]);
        assert_eq!(answers[0], Decision::Denied { retry_after: Nanos::from_secs(6) });
        assert!(answers.iter().all(|answer| !answer.is_allowed()), "{answers:?}");
        assert_eq!(gated.gate().status(SETTLED), GateStatus::Closed { wait: LONGER });
    });
}

/// Seen to fail when a closing that meets another gives up.
#[test]
fn of_closings_that_meet_the_longest_counts() {
    loom::model(|| {
        let gate = Arc::new(Gate::new());
        let close = |seconds| {
            let gate = gate.clone();
            move || gate.close_for(NOW, Nanos::from_secs(seconds))
        };
        at_once([close(3), close(5), close(4)]);
        assert_eq!(gate.status(NOW), GateStatus::Closed { wait: LONGER });
    });
}
