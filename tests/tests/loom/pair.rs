//! Two limits in one word.

use loom::sync::Arc;
use paceline_core::{Atomic, Gcra, Limit, NamedLimit as _, Nanos, Pair, Quota, Reservation, Reserve};

use crate::{NOW, at_once, count};

type Both = Atomic<Pair<Gcra<u32>, Gcra<u32>>>;

fn pair(bursts: [u32; 2]) -> Arc<Both> {
    let [first, second] = bursts.map(|burst| Gcra::new_u32(Quota::per_second(1).burst(burst)).expect("a rate"));
    Arc::new(Atomic::new(Pair::new(first, second)))
}

fn remaining(pair: &Both) -> [u32; 2] {
    pair.snapshot(NOW).map(|snapshot| snapshot.remaining)
}

/// Promise 6, with nothing to give back. Seen to fail when the two are taken one after the other.
#[test]
fn a_pair_takes_all_or_nothing() {
    loom::model(|| {
        let pair = pair([3, 1]);
        let call = || {
            let pair = pair.clone();
            move || pair.decide_named(NOW, [1, 1]).into()
        };
        assert_eq!(count(&at_once([call(), call(), call()])), 1, "the second limit has room for one");
        assert_eq!(remaining(&pair), [2, 0], "the losers took nothing of the first");
    });
}

/// Who looks at any moment sees both taken or neither. Seen to fail when the two are taken one after the other.
#[test]
fn nobody_sees_a_pair_half_taken() {
    loom::model(|| {
        let pair = pair([2, 2]);
        let call = |looks: bool| {
            let pair = pair.clone();
            move || {
                if !looks {
                    assert!(pair.decide_named(NOW, [1, 1]).is_allowed());
                }
                let [first, second] = remaining(&pair);
                assert_eq!(first, second, "half taken");
            }
        };
        at_once([call(false), call(true), call(false)]);
        assert_eq!(remaining(&pair), [0, 0]);
    });
}

/// Three reservations get three times, a second apart, whoever comes first. Seen to fail when a lost race is taken for a won one.
#[test]
fn reservations_of_a_pair_stand_in_line() {
    loom::model(|| {
        let pair = pair([1, 2]);
        let call = || {
            let pair = pair.clone();
            move || match pair.reserve(NOW, [1, 1], Nanos::from_millis(1_500)) {
                Reservation::Reserved { wait, .. } => wait.0 / 1_000_000_000,
                Reservation::Denied { retry_after, .. } => retry_after.0 / 1_000_000_000,
                Reservation::Impossible { most } => panic!("{most}"),
            }
        };
        let mut waits = at_once([call(), call(), call()]);
        waits.sort_unstable();
        assert_eq!(waits, [0, 1, 2], "two have a time, and the third would wait longer than the patience");
    });
}
