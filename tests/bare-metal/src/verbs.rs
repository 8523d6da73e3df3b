//! The verbs as exported functions: `verbs!(limit, algorithm, name: verbs…)`.

/// The verbs of a limiter.
macro_rules! verbs {
    ($limit:ty, $algorithm:ty, $name:literal: $($verb:ident)*) => {$(verb!($verb, $limit, $algorithm, $name);)*};
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
    (decide, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "decide", (limit: &$limit, now: u64, cost: <$limit as Limit>::Cost) -> Decision, limit.decide(Nanos(now), cost));
    };
    (peek, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "peek", (limit: &$limit, now: u64, cost: <$limit as Limit>::Cost) -> Decision, limit.peek(Nanos(now), cost));
    };
    (undo, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "undo", (limit: &$limit, now: u64, cost: <$limit as Limit>::Cost) -> (), limit.undo(Nanos(now), cost));
    };
    (wait_behind, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "wait_behind", (limit: &$limit, now: u64, queued: <<$limit as Limit>::Cost as Cost>::Total, cost: <$limit as Limit>::Cost) -> Nanos, limit.wait_behind(Nanos(now), queued, cost));
    };
    (snapshot, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "snapshot", (limit: &$limit, now: u64) -> <<$limit as Limit>::Cost as Cost>::Each<Snapshot>, limit.snapshot(Nanos(now)));
    };
    (forget_idle, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "forget_idle", (limit: &$limit, now: u64) -> bool, limit.forget_idle(Nanos(now)));
    };
    (take_up_to, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "take_up_to", (limit: &$limit, now: u64, most: <$limit as Limit>::Cost) -> <$limit as Limit>::Cost, limit.take_up_to(Nanos(now), most));
    };
    (drain, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "drain", (limit: &$limit, now: u64) -> (), limit.drain(Nanos(now)));
    };
    (reserve, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "reserve", (limit: &$limit, now: u64, cost: <$limit as Limit>::Cost, patience: u64) -> Reservation<<$limit as Reserve>::Ticket>, {
            limit.reserve(Nanos(now), cost, Nanos(patience))
        });
    };
    (cancel, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "cancel", (limit: &$limit, now: u64, ticket: <$limit as Reserve>::Ticket) -> bool, limit.cancel(Nanos(now), ticket));
    };
    (refund, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "refund", (limit: &$limit, now: u64, ticket: <$limit as Reserve>::Ticket, unused: <$limit as Limit>::Cost) -> (), {
            limit.refund(Nanos(now), ticket, unused);
        });
    };
    (charge, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "charge", (limit: &$limit, now: u64, cost: <$limit as Limit>::Cost) -> <$limit as Limit>::Cost, limit.charge(Nanos(now), cost));
    };
    (save, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "save", (limit: &$limit, now: u64) -> [u8; Saved::SIZE], limit.save(Nanos(now)).to_bytes());
    };
    (restore, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "restore", (limit: &$limit, now: u64, saved: &[u8]) -> Result<(), RestoreError>, {
            limit.restore(Nanos(now), &Saved::from_bytes(saved)?)
        });
    };
    (decide_named, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "decide_named", (limit: &$limit, now: u64, costs: <$limit as Limit>::Cost) -> SetDecision, limit.decide_named(Nanos(now), costs));
    };
    (set_quota, $limit:ty, $algorithm:ty, $name:literal) => {
        export!($name, "set_quota", (limit: &mut $limit, now: u64, new: $algorithm, rule: CarryOver) -> (), {
            limit.set_quota(Nanos(now), new, rule);
        });
    };
}

pub(crate) use {export, verb, verbs};
