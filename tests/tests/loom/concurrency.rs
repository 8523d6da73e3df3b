//! Calls in flight.

use loom::sync::Arc;
use paceline_core::{Atomic, Concurrency, Limit, Permit};

use crate::{NOW, at_once};

/// Seen to fail when a permit gives back nothing.
#[test]
fn two_are_in_flight_and_none_stays() {
    loom::model(|| {
        let limit = Arc::new(Atomic::new(Concurrency::new(2)));
        let call = || {
            let limit = limit.clone();
            move || match Permit::try_acquire(&*limit, 1) {
                Ok(permit) => {
                    assert!(limit.snapshot(NOW).remaining < 2, "this one is in flight");
                    drop(permit);
                    true
                }
                Err(_) => false,
            }
        };
        let admitted = at_once([call(), call(), call()]).into_iter().filter(|&admitted| admitted).count();
        assert!(admitted >= 2, "{admitted} of two places");
        assert_eq!(limit.snapshot(NOW).remaining, 2);
    });
}
