use core::time::Duration;

#[cfg(any(target_has_atomic = "32", feature = "critical-section"))]
use paceline_core::Atomic;
use paceline_core::{
    Algorithm, CarryOver, Cell, Charge, Decision, Drain, Gcra, Horizon, Limit, Locked, Nanos, Quota, Reservation, Reserve, RestoreError,
    Saved, Snapshot, Ticket,
};

use crate::lock::Bare;

/// A limit behind a lock.
type Behind<A> = Locked<A, Bare<(A, <A as Algorithm>::State)>>;

/// A limit as the target can share it.
#[cfg(any(target_has_atomic = "32", feature = "critical-section"))]
type Shared<A> = Atomic<A>;
#[cfg(not(any(target_has_atomic = "32", feature = "critical-section")))]
type Shared<A> = Behind<A>;

/// The verbs of a limiter.
macro_rules! verbs {
    ($limit:ty, $algorithm:ty, $word:ty, $name:literal: $($verb:ident)*) => {$(verb!($verb, $limit, $algorithm, $word, $name);)*};
}

macro_rules! export {
    ($name:literal, $verb:literal, ($($argument:ident: $type:ty),*) -> $answer:ty, $body:expr) => {
        const _: () = {
            #[unsafe(export_name = concat!("paceline_", $name, "_", $verb))]
            extern "C" fn exported($($argument: $type),*) -> $answer {
                $body
            }
        };
    };
}

macro_rules! verb {
    (decide, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "decide", (limit: &$limit, now: u64, cost: u32) -> Decision, limit.decide(Nanos(now), cost));
    };
    (peek, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "peek", (limit: &$limit, now: u64, cost: u32) -> Decision, limit.peek(Nanos(now), cost));
    };
    (undo, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "undo", (limit: &$limit, now: u64, cost: u32) -> (), limit.undo(Nanos(now), cost));
    };
    (wait_behind, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "wait_behind", (limit: &$limit, now: u64, queued: u64, cost: u32) -> Nanos, limit.wait_behind(Nanos(now), queued, cost));
    };
    (snapshot, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "snapshot", (limit: &$limit, now: u64) -> Snapshot, limit.snapshot(Nanos(now)));
    };
    (forget_idle, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "forget_idle", (limit: &$limit, now: u64) -> bool, limit.forget_idle(Nanos(now)));
    };
    (take_up_to, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "take_up_to", (limit: &$limit, now: u64, most: u32) -> u32, limit.take_up_to(Nanos(now), most));
    };
    (drain, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "drain", (limit: &$limit, now: u64) -> (), limit.drain(Nanos(now)));
    };
    (reserve, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "reserve", (limit: &$limit, now: u64, cost: u32, patience: u64) -> Reservation<Ticket<$word>>, {
            limit.reserve(Nanos(now), cost, Nanos(patience))
        });
    };
    (cancel, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "cancel", (limit: &$limit, now: u64, ticket: Ticket<$word>) -> bool, limit.cancel(Nanos(now), ticket));
    };
    (refund, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "refund", (limit: &$limit, now: u64, ticket: Ticket<$word>, unused: u32) -> (), {
            limit.refund(Nanos(now), ticket, unused);
        });
    };
    (charge, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "charge", (limit: &$limit, now: u64, cost: u32) -> u32, limit.charge(Nanos(now), cost));
    };
    (save, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "save", (limit: &$limit, now: u64) -> [u8; Saved::SIZE], limit.save(Nanos(now)).to_bytes());
    };
    (restore, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "restore", (limit: &$limit, now: u64, saved: &[u8]) -> Result<(), RestoreError>, {
            limit.restore(Nanos(now), &Saved::from_bytes(saved)?)
        });
    };
    (set_quota, $limit:ty, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "set_quota", (limit: &mut $limit, now: u64, new: $algorithm, rule: CarryOver) -> (), {
            limit.set_quota(Nanos(now), new, rule);
        });
    };
}

fn quota(limit: u32, period: u64, burst: u32) -> Quota {
    Quota::new(limit, Duration::from_nanos(period)).burst(burst)
}

fn horizon(quota: Quota, debt: u32, patience: u64, skew: u64) -> Horizon {
    Horizon::of(quota).debt(debt).patience(Duration::from_nanos(patience)).skew(Duration::from_nanos(skew))
}

export!("gcra_u32", "new", (limit: u32, period: u64, burst: u32) -> Option<Gcra<u32>>, Gcra::new_u32(quota(limit, period, burst)).ok());
export!("gcra_u32", "within", (limit: u32, period: u64, burst: u32, debt: u32, patience: u64, skew: u64) -> Option<Gcra<u32>>, {
    let quota = quota(limit, period, burst);
    Gcra::within_u32(quota, horizon(quota, debt, patience, skew)).ok()
});
verbs!(Shared<Gcra<u32>>, Gcra<u32>, u32, "gcra_u32": decide peek undo wait_behind snapshot forget_idle take_up_to drain reserve cancel refund charge set_quota save restore);

export!("gcra", "new", (limit: u32, period: u64, burst: u32) -> Option<Gcra>, Gcra::new(quota(limit, period, burst)).ok());
export!("gcra", "within", (limit: u32, period: u64, burst: u32, debt: u32, patience: u64, skew: u64) -> Option<Gcra>, {
    let quota = quota(limit, period, burst);
    Gcra::within(quota, horizon(quota, debt, patience, skew)).ok()
});
verbs!(Behind<Gcra>, Gcra, u64, "locked_gcra": decide peek undo wait_behind snapshot forget_idle take_up_to drain reserve cancel refund charge set_quota save restore);
#[cfg(target_has_atomic = "64")]
verbs!(Atomic<Gcra>, Gcra, u64, "gcra": decide peek undo wait_behind snapshot forget_idle take_up_to drain reserve cancel refund charge set_quota save restore);
