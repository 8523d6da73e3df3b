//! States that are kept over a restart, of every algorithm that can be.

use core::time::Duration;

use paceline_core::{
    Algorithm, FixedWindow, Gcra, Nanos, Pair, Quota, RestoreError, Saved, SlidingWindow, TokenBucket,
    algorithm::{Empty, Persist},
};
use proptest::prelude::*;

/// A clock that starts anew whole periods away, so that windows and lumps come at the same times of it.
fn restart(now: Nanos, periods: i64, period: Nanos) -> Nanos {
    Nanos(now.0.wrapping_add_signed(periods * period.0 as i64))
}

fn saved<A: Persist>(algorithm: &A, state: &A::State, now: Nanos) -> Saved {
    let bytes = algorithm.save(state, now).to_bytes();
    Saved::from_bytes(&bytes).expect("what was just written")
}

/// Saves what is left after some calls, and restores it on another clock: as much is left then, but for one that rounding takes, and never
/// more from then on.
fn check<A: Persist + Empty<Cost = u32>>(
    algorithm: &A,
    period: Nanos,
    calls: &[(u64, u32)],
    periods: i64,
    later: u64,
) -> Result<(), TestCaseError> {
    let (mut state, mut now) = (A::State::default(), Nanos(100 * period.0));
    for &(thousandths, most) in calls {
        now = now.saturating_add(Nanos(period.0 / 1_000 * thousandths));
        algorithm.take_up_to(&mut state, now, most);
    }
    let then = restart(now, periods, period);
    let restored = algorithm.restore(&saved(algorithm, &state, now), then).expect("the same algorithm");
    let remaining = |state: &A::State, at| algorithm.snapshot(state, at).remaining;
    let (was, is) = (remaining(&state, now), remaining(&restored, then));
    prop_assert!(is == was || is + 1 == was, "{} of {}", is, was);
    let later = Nanos(period.0 / 1_000 * later);
    prop_assert!(remaining(&restored, then.saturating_add(later)) <= remaining(&state, now.saturating_add(later)));
    Ok(())
}

fn calls() -> impl Strategy<Value = Vec<(u64, u32)>> {
    prop::collection::vec((0u64..700, 0u32..30), 1..8)
}

macro_rules! restored {
    ($($name:ident: $new:path),*) => {
        proptest! {$(
            #[test]
            fn $name(limit in 1u32..50, millis in 1u64..100_000, calls in calls(), periods in -90i64..90, later in 0u64..3_000) {
                let quota = Quota::new(limit, Duration::from_millis(millis));
                check(&$new(quota).expect("it fits"), Nanos::from_millis(millis), &calls, periods, later)?;
            }
        )*}
    };
}

restored! {
    a_gcra: Gcra::new, a_gcra_on_32_bits: Gcra::new_u32,
    a_token_bucket: TokenBucket::new, a_token_bucket_on_32_bits: TokenBucket::new_u32,
    a_fixed_window: FixedWindow::new, a_fixed_window_on_32_bits: FixedWindow::new_u32,
    a_sliding_window: SlidingWindow::new, a_sliding_window_on_32_bits: SlidingWindow::new_u32
}

#[test]
fn a_pair_is_saved_as_what_it_is_made_of() {
    let quota = Quota::per_minute(10);
    let (gcra, window) = (Gcra::new_u32(quota).expect("a rate"), SlidingWindow::new_u32(quota).expect("a limit"));
    let (pair, turned) = (Pair::new(gcra, window), Pair::new(window, gcra));
    let (mut state, now) = (0, Nanos::from_secs(600));
    assert!(pair.step(&mut state, now, [3, 7]).is_allowed());
    let saved = saved(&pair, &state, now);
    let restored = pair.restore(&saved, Nanos::ZERO).expect("the same pair");
    assert_eq!(pair.snapshot(&restored, Nanos::ZERO).map(|left| left.remaining), [7, 3]);
    assert_eq!(turned.restore(&saved, now), Err(RestoreError::OtherAlgorithm { found: 0x14, expected: 0x41 }));
    let alone = self::saved(&gcra, &0, now);
    assert_eq!(pair.restore(&alone, now), Err(RestoreError::OtherAlgorithm { found: 1, expected: 0x14 }));
    assert_eq!(gcra.restore(&saved, now), Err(RestoreError::OtherAlgorithm { found: 0x14, expected: 1 }));
}

/// A reservation for a later window is still one.
#[test]
fn what_is_committed_ahead_stays_so() {
    use paceline_core::algorithm::Schedule;
    let (window, now) = (FixedWindow::new(Quota::per_minute(10)).expect("a limit"), Nanos::from_secs(90));
    let mut state = 0;
    assert!(window.step(&mut state, now, 10).is_allowed());
    let _ = window.schedule(&mut state, now, 4, Nanos::from_secs(60));
    let restored = window.restore(&saved(&window, &state, now), Nanos::from_secs(30)).expect("the same window");
    let wait = |state, at| window.wait_behind(&state, at, 0, 7);
    assert_eq!((wait(state, now), wait(restored, Nanos::from_secs(30))), (Nanos::from_secs(90), Nanos::from_secs(90)));
}

/// Seen to fail: the numbers of the algorithms, which nobody knows.
#[test]
fn the_algorithms_are_called_by_name() {
    for (found, expected, said) in [
        (2, 1, "saved by TokenBucket, not by Gcra: "),
        (0x14, 4, "saved by Pair<Gcra, SlidingWindow>, not by SlidingWindow: "),
        (3, 0x12, "saved by FixedWindow, not by Pair<Gcra, TokenBucket>: "),
        (0x1f, 1, "saved by algorithm 31, which this version does not know, not by Gcra: "),
    ] {
        let error = RestoreError::OtherAlgorithm { found, expected }.to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_state_of_another_algorithm_is_refused() {
    let quota = Quota::per_minute(10);
    let bucket = TokenBucket::new(quota).expect("a rate");
    let saved = saved(&bucket, &0, Nanos::ZERO);
    assert_eq!(Gcra::new(quota).expect("a rate").restore(&saved, Nanos::ZERO), Err(RestoreError::OtherAlgorithm { found: 2, expected: 1 }));
    assert!(FixedWindow::new(quota).expect("a limit").restore(&saved, Nanos::ZERO).is_err());
    assert!(SlidingWindow::new(quota).expect("a limit").restore(&saved, Nanos::ZERO).is_err());
}
