//! The keyed table, in buckets of two slots.

use loom::sync::Arc;
use paceline_core::{Charge as _, Decision, Gcra, Horizon, Keyed, Limit, Nanos, Quota, WhenFull};

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

/// An idle key gives its place away or is used again, and never both. Seen to fail when who enters stores its word, whatever is there by
/// then.
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

/// Two keys that displace each other from one place: a key begins anew only when the other has displaced it. Seen to fail when who brings
/// a key does not look whether another has brought it meanwhile.
#[test]
fn a_displacement_is_worth_one_burst() {
    loom::model(|| {
        let table = table(1, WhenFull::DisplaceMostIdle, &[(NOW, C, 1), (NOW, X, 1)]);
        assert_eq!(table.limit(C).charge(NOW, 5), 5, "it is whole again last");
        let decisions = at_once([call(&table, NOW, A, 1), call(&table, NOW, A, 1), call(&table, NOW, B, 1)]);
        assert!(decisions[2].is_allowed(), "a new key displaces another");
        let there = |key| !table.limit(key).peek(NOW, 1).is_allowed();
        match count(&decisions[..2]) {
            1 => assert!(there(A) != there(B), "who came last is there"),
            twice => assert!(twice == 2 && there(A) && !there(B), "twice only if A has displaced B, which had displaced A"),
        }
        assert!(there(C), "who is in use for longest is not displaced");
    });
}

/// Three threads bring one key and choose different places, since not all of their clocks have seen the old key become idle. Seen to fail
/// when a key in use is passed over without a trace, and when only the slot that is taken changes.
#[test]
fn clocks_that_disagree_make_no_second_limiter() {
    loom::model(|| {
        let (first, late) = (Nanos::from_millis(97_500), Nanos::from_millis(99_100));
        let table = table(2, WhenFull::Refuse, &[(first, C, 1), (LONG_AGO, X, 1)]);
        let decisions = at_once([call(&table, late, A, 2), call(&table, NOW, A, 2), call(&table, late, A, 2)]);
        assert_eq!(count(&decisions), 1, "the burst of one key");
    });
}

/// Takes a cost of 1, and gives it back where it is undone; whether it is kept.
fn kept(table: &Table, key: u64, undone: bool) -> impl FnOnce() -> bool + 'static {
    let table = table.clone();
    move || {
        let admitted = table.limit(key).decide(NOW, 1).is_allowed();
        if admitted && undone {
            table.limit(key).undo(NOW, 1);
        }
        admitted && !undone
    }
}

/// Seen to fail when a key whose change was lost to another's does not try again.
#[test]
fn what_a_key_undoes_is_given_back_to_it_once() {
    loom::model(|| {
        let table = table(3, WhenFull::Refuse, &[(NOW, C, 1)]);
        let kept = at_once([kept(&table, A, true), kept(&table, A, false), kept(&table, A, true)]);
        assert_eq!(kept, [false, true, false], "there is room for all three");
        assert_eq!([A, C].map(|key| table.limit(key).snapshot(NOW).remaining), [2, 2]);
    });
}

/// Keys without a place have one limiter together, and give back to that. Seen to fail when it is read first and stored then.
#[test]
fn keys_without_a_place_share_one_burst() {
    loom::model(|| {
        let table = table(2, WhenFull::Overflow, &[(NOW, C, 1), (NOW, X, 1)]);
        let kept = at_once([kept(&table, A, true), kept(&table, A, false), kept(&table, B, false)]);
        let left = 2 - kept.into_iter().filter(|&kept| kept).count() as u32;
        assert_eq!([A, B].map(|key| table.limit(key).snapshot(NOW).remaining), [left; 2]);
    });
}

/// Who comes while idle keys are made new is not forgotten with them. Seen to fail when a sweep stores its word, whatever is there by then.
#[test]
fn a_sweep_forgets_no_call() {
    loom::model(|| {
        let table = table(1, WhenFull::Refuse, &[(LONG_AGO, A, 1), (NOW, C, 1)]);
        let sweep = {
            let table = table.clone();
            move || {
                table.forget_idle(NOW);
                false
            }
        };
        let calls: [Box<dyn FnOnce() -> bool>; 3] = [Box::new(kept(&table, A, false)), Box::new(kept(&table, B, false)), Box::new(sweep)];
        let admitted = at_once(calls).into_iter().filter(|&admitted| admitted).count();
        assert_eq!(admitted, 1, "one place was idle");
        assert!([A, B, C].iter().all(|&key| !table.limit(key).peek(NOW, 1).is_allowed()));
    });
}
