use core::time::Duration;

#[cfg(target_has_atomic = "64")]
use paceline_core::Set;
use paceline_core::{Atomic, CarryOver, Cell, Charge, Decision, Drain, Gcra, Horizon, Limit, Nanos, Quota, Reservation, Reserve, Snapshot, Ticket};

/// The verbs of a limiter in an [`Atomic`] cell.
macro_rules! verbs {
    ($algorithm:ty, $word:ty, $name:literal: $($verb:ident)*) => {$(verb!($verb, $algorithm, $word, $name);)*};
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
    (decide, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "decide", (limit: &Atomic<$algorithm>, now: u64, cost: u32) -> Decision, limit.decide(Nanos(now), cost));
    };
    (peek, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "peek", (limit: &Atomic<$algorithm>, now: u64, cost: u32) -> Decision, limit.peek(Nanos(now), cost));
    };
    (undo, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "undo", (limit: &Atomic<$algorithm>, now: u64, cost: u32) -> (), limit.undo(Nanos(now), cost));
    };
    (wait_behind, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "wait_behind", (limit: &Atomic<$algorithm>, now: u64, queued: u64, cost: u32) -> Nanos, limit.wait_behind(Nanos(now), queued, cost));
    };
    (snapshot, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "snapshot", (limit: &Atomic<$algorithm>, now: u64) -> Snapshot, limit.snapshot(Nanos(now)));
    };
    (forget_idle, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "forget_idle", (limit: &Atomic<$algorithm>, now: u64) -> bool, limit.forget_idle(Nanos(now)));
    };
    (take_up_to, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "take_up_to", (limit: &Atomic<$algorithm>, now: u64, most: u32) -> u32, limit.take_up_to(Nanos(now), most));
    };
    (drain, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "drain", (limit: &Atomic<$algorithm>, now: u64) -> (), limit.drain(Nanos(now)));
    };
    (reserve, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "reserve", (limit: &Atomic<$algorithm>, now: u64, cost: u32, patience: u64) -> Reservation<Ticket<$word>>, {
            limit.reserve(Nanos(now), cost, Nanos(patience))
        });
    };
    (cancel, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "cancel", (limit: &Atomic<$algorithm>, now: u64, ticket: Ticket<$word>) -> bool, limit.cancel(Nanos(now), ticket));
    };
    (refund, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "refund", (limit: &Atomic<$algorithm>, now: u64, ticket: Ticket<$word>, unused: u32) -> (), {
            limit.refund(Nanos(now), ticket, unused);
        });
    };
    (charge, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "charge", (limit: &Atomic<$algorithm>, now: u64, cost: u32) -> u32, limit.charge(Nanos(now), cost));
    };
    (set_quota, $algorithm:ty, $word:ty, $name:literal) => {
        export!($name, "set_quota", (limit: &mut Atomic<$algorithm>, now: u64, new: $algorithm, rule: CarryOver) -> (), {
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
verbs!(Gcra<u32>, u32, "gcra_u32": decide peek undo wait_behind snapshot forget_idle take_up_to drain reserve cancel refund charge set_quota);

#[cfg(target_has_atomic = "64")]
mod wide {
    use super::*;

    export!("gcra", "new", (limit: u32, period: u64, burst: u32) -> Option<Gcra>, Gcra::new(quota(limit, period, burst)).ok());
    export!("gcra", "within", (limit: u32, period: u64, burst: u32, debt: u32, patience: u64, skew: u64) -> Option<Gcra>, {
        let quota = quota(limit, period, burst);
        Gcra::within(quota, horizon(quota, debt, patience, skew)).ok()
    });
    verbs!(Gcra, u64, "gcra": decide peek undo wait_behind snapshot forget_idle take_up_to drain reserve cancel refund charge set_quota);
}
