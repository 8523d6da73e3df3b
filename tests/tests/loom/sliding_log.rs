//! Places of a log.

use core::time::Duration;

use loom::sync::Arc;
use paceline_core::{Drain as _, Horizon, Limit, Nanos, Quota, Reservation, Reserve, SlidingLog};

use crate::{NOW, at_once, count};

type Log = SlidingLog<2, u64>;

/// Two calls in any second, and reservations for up to three seconds ahead.
fn log() -> Arc<Log> {
    let window = Duration::from_secs(1);
    let horizon = Horizon::of(Quota::new(2, window)).patience(3 * window);
    Arc::new(SlidingLog::within(window, horizon).expect("a window that fits"))
}

/// Seen to fail when a place that was lost to another counts as taken.
#[test]
fn three_threads_share_two_places() {
    loom::model(|| {
        let log = log();
        let call = || {
            let log = log.clone();
            move || log.decide(NOW, 1)
        };
        assert_eq!(count(&at_once([call(), call(), call()])), 2, "each place once");
        assert!(!log.peek(NOW, 1).is_allowed());
    });
}

/// Seen to fail when `undo` stores what it read instead of exchanging it, and when its accesses are `Relaxed`.
#[test]
fn a_place_is_given_back_once() {
    loom::model(|| {
        let log = log();
        let call = |undone: bool| {
            let log = log.clone();
            move || {
                let decision = log.decide(NOW, 1);
                if undone && decision.is_allowed() {
                    log.undo(NOW, 1);
                }
                decision.is_allowed() && !undone
            }
        };
        let kept = at_once([call(true), call(true), call(false)]).into_iter().filter(|&kept| kept).count() as u32;
        assert_eq!(log.take_up_to(NOW, 9), 2 - kept);
    });
}

/// Two places are free in a second, and again in two: whoever reserves, cancels or calls, no window holds three calls.
/// Seen to fail when `cancel` gives nothing back.
#[test]
fn no_place_is_reserved_twice() {
    const LATER: Nanos = Nanos(NOW.0 + 1_000_000_000);
    loom::model(|| {
        let log = log();
        assert_eq!(log.take_up_to(NOW, 2), 2);
        let reserve = |cancelled: bool| {
            let log = log.clone();
            move || match log.reserve(NOW, 1, Nanos::from_secs(3)) {
                Reservation::Reserved { ticket, .. } => {
                    let at = ticket.at();
                    (!cancelled || !log.cancel(NOW, ticket)).then_some(at)
                }
                Reservation::Denied { .. } | Reservation::Impossible { .. } => panic!("a second is within the patience"),
            }
        };
        let kept: Vec<Nanos> = at_once([reserve(true), reserve(false), reserve(false)]).into_iter().flatten().collect();
        let then = kept.iter().filter(|&&at| at == LATER).count() as u32;
        assert!(then <= 2 && kept.iter().all(|&at| at >= LATER));
        let admitted = log.take_up_to(LATER, 9);
        assert!(then + admitted <= 2, "{admitted} beside {then} reserved for then");
        assert!(kept.len() > 2 || then + admitted == 2, "no place is lost unless another was reserved behind it");
    });
}

/// Who comes while idle places are made new keeps the place that he takes. Seen to fail when `forget_idle` stores what it makes of a
/// place instead of exchanging it.
#[test]
fn no_call_is_forgotten_with_idle_places() {
    loom::model(|| {
        let log = log();
        assert_eq!(log.take_up_to(NOW.saturating_sub(Nanos::from_secs(9)), 2), 2);
        let call = |forgets: bool| {
            let log = log.clone();
            move || {
                if forgets {
                    log.forget_idle(NOW);
                }
                log.decide(NOW, 1)
            }
        };
        assert_eq!(count(&at_once([call(true), call(false), call(false)])), 2, "each place once");
        assert!(!log.peek(NOW, 1).is_allowed());
    });
}

/// Nothing is left once a log is drained, and a place that was reserved meanwhile stays so. Seen to fail when `drain_since` stores its end
/// instead of exchanging it.
#[test]
fn a_drain_forgets_no_reservation() {
    const LATER: Nanos = Nanos(NOW.0 + 1_000_000_000);
    loom::model(|| {
        let log = log();
        assert!(log.decide(NOW, 1).is_allowed());
        let call = |drains: bool| {
            let log = log.clone();
            move || {
                if drains {
                    log.drain(NOW);
                    assert!(!log.peek(NOW, 1).is_allowed(), "drained");
                    return None;
                }
                match log.reserve(NOW, 1, Nanos::from_secs(3)) {
                    Reservation::Reserved { ticket, .. } => Some(ticket.at()),
                    Reservation::Denied { .. } | Reservation::Impossible { .. } => panic!("two seconds are within the patience"),
                }
            }
        };
        let reserved = at_once([call(true), call(false), call(false)]);
        let then = reserved.iter().filter(|&&at| at == Some(LATER)).count() as u32;
        assert_eq!(log.take_up_to(LATER, 9), 2 - then);
    });
}
