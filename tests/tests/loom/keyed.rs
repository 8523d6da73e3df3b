//! The keyed table, in buckets of two slots.

use loom::sync::Arc;
use paceline_core::{Decision, Gcra, Horizon, Keyed, Limit, Nanos, Quota, WhenFull};

use crate::{NOW, at_once, count};

type Table = Arc<Keyed<Gcra<u32>, 2>>;

const A: u64 = 1;
const B: u64 = 2;
const C: u64 = 3;
const X: u64 = 4;
const LONG_AGO: Nanos = Nanos::from_secs(80);
/// Within the horizon, and so long ago that who came then is idle now.
const EARLIER: Nanos = Nanos::from_millis(97_500);

/// One bucket, which has seen `calls`: times, keys and costs.
fn table(burst: u32, when_full: WhenFull, calls: &[(Nanos, u64, u32)]) -> Table {
    let quota = Quota::per_second(1).burst(burst);
    let gcra = Gcra::within_u32(quota, Horizon::of(quota).debt(10)).expect("a rate");
    let table = Arc::new(Keyed::new(gcra, when_full));
    for &(now, key, cost) in calls {
        assert!(table.limit(key).decide(now, cost).is_allowed());
    }
    table
}

fn call(table: &Table, now: Nanos, key: u64, cost: u32) -> impl FnOnce() -> Decision + 'static {
    let table = table.clone();
    move || table.limit(key).decide(now, cost)
}

/// A key that two threads bring is one key, whoever else comes in between. Seen to fail when an entry is a plain store,
/// when the bucket is read once only, and when it is read `Relaxed`.
#[test]
fn a_key_that_two_threads_bring_has_one_limiter() {
    loom::model(|| {
        let table = table(1, WhenFull::Refuse, &[]);
        let decisions = at_once([call(&table, NOW, A, 1), call(&table, NOW, A, 1), call(&table, EARLIER, B, 1)]);
        assert_eq!(count(&decisions[..2]), 1, "the burst of one key");
        assert!(decisions[2].is_allowed(), "there was room for another");
    });
}

/// An idle key gives its place away or is used again, and never both.
#[test]
fn a_place_goes_to_one_of_those_who_want_it() {
    loom::model(|| {
        let table = table(1, WhenFull::Refuse, &[(LONG_AGO, A, 1), (NOW, C, 1)]);
        let decisions = at_once([call(&table, NOW, A, 1), call(&table, NOW, A, 1), call(&table, NOW, B, 1)]);
        assert_eq!(count(&decisions), 1, "the other place is in use");
        assert!(!table.limit(C).peek(NOW, 1).is_allowed(), "who is in use is not forgotten");
    });
}

/// Seen to fail when an entry does not change the lap.
#[test]
fn who_is_passed_over_keeps_his_state() {
    loom::model(|| {
        let table = table(2, WhenFull::Refuse, &[(NOW, C, 1), (LONG_AGO, X, 1)]);
        let decisions = at_once([call(&table, NOW, A, 2), call(&table, NOW, A, 2), call(&table, NOW, C, 1)]);
        assert_eq!(count(&decisions[..2]), 1, "the burst of the new key");
        assert!(decisions[2].is_allowed(), "what was left of the old key");
        assert!(!table.limit(C).peek(NOW, 1).is_allowed(), "nothing is left of it");
    });
}

/// Whoever is displaced, no call finds two limiters of its key: two bursts are what the two keys can have at most, and one more for each
/// that is displaced.
#[test]
fn a_displacement_is_worth_one_burst() {
    loom::model(|| {
        let table = table(1, WhenFull::DisplaceMostIdle, &[(NOW, C, 1), (NOW, X, 1)]);
        let decisions = at_once([call(&table, NOW, A, 1), call(&table, NOW, A, 1), call(&table, NOW, B, 1)]);
        assert!(decisions[2].is_allowed(), "a new key displaces another");
        assert!((1..=2).contains(&count(&decisions[..2])), "twice only if B displaced A");
    });
}

/// Two threads bring one key and choose different places, since only one of their clocks has seen the old key become idle. Seen to fail when a
/// key in use is passed over without a trace, and when only the slot that is taken changes.
#[test]
fn clocks_that_disagree_make_no_second_limiter() {
    loom::model(|| {
        let (first, late) = (Nanos::from_millis(97_500), Nanos::from_millis(99_100));
        let table = table(2, WhenFull::Refuse, &[(first, C, 1), (LONG_AGO, X, 1)]);
        let decisions = at_once([call(&table, late, A, 2), call(&table, NOW, A, 2)]);
        assert_eq!(count(&decisions), 1, "the burst of one key");
    });
}
