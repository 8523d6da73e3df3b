//! Exported functions, and those of a limiter by the traits that it has: `verbs!("name", limit: traits…)`.

use paceline_core::{Cell, Cost, Limit, Reserve};

pub(crate) type CostOf<L> = <L as Limit>::Cost;
pub(crate) type TotalOf<L> = <CostOf<L> as Cost>::Total;
pub(crate) type EachOf<L, T> = <CostOf<L> as Cost>::Each<T>;
pub(crate) type TicketOf<L> = <L as Reserve>::Ticket;
pub(crate) type AlgorithmOf<L> = <L as Cell>::Algorithm;

macro_rules! export {
    ($name:expr, ($($argument:ident: $of:ty),*) -> $answer:ty, $body:expr) => {
        const _: () = {
            #[unsafe(export_name = concat!("paceline_", $name))]
            extern "C" fn exported($($argument: $of),*) -> $answer {
                $body
            }
        };
    };
}

/// Functions of a type under their own names.
macro_rules! exports {
    ($name:literal, $type:ty: $($function:ident $(::<$word:ty>)? ($($argument:ident: $of:ty),*) -> $answer:ty;)*) => {$(
        export!(concat!($name, "_", stringify!($function)), ($($argument: $of),*) -> $answer, <$type>::$function$(::<$word>)?($($argument),*));
    )*};
}

macro_rules! verbs {
    ($name:literal, $limit:ty: $($of:ident)*) => {$(verbs_of!($of, $name, $limit);)*};
}

macro_rules! verbs_of {
    (Limit, $name:literal, $limit:ty) => {
        exports! { $name, $limit:
            peek(limit: &$limit, now: Nanos, cost: CostOf<$limit>) -> Decision;
            decide(limit: &$limit, now: Nanos, cost: CostOf<$limit>) -> Decision;
            undo(limit: &$limit, now: Nanos, cost: CostOf<$limit>) -> ();
            wait_behind(limit: &$limit, now: Nanos, queued: TotalOf<$limit>, cost: CostOf<$limit>) -> Nanos;
            snapshot(limit: &$limit, now: Nanos) -> EachOf<$limit, Snapshot>;
        }
    };
    (Drain, $name:literal, $limit:ty) => {
        exports! { $name, $limit:
            take_up_to(limit: &$limit, now: Nanos, most: CostOf<$limit>) -> CostOf<$limit>;
            drain(limit: &$limit, now: Nanos) -> ();
            drain_since(limit: &$limit, now: Nanos, since: Nanos) -> ();
            wait_drained(limit: &$limit, now: Nanos, then: Nanos, queued: TotalOf<$limit>, cost: CostOf<$limit>) -> Nanos;
            snapshot_drained(limit: &$limit, now: Nanos, then: Nanos) -> EachOf<$limit, Snapshot>;
        }
    };
    (Reserve, $name:literal, $limit:ty) => {
        exports! { $name, $limit:
            max_patience(limit: &$limit) -> Nanos;
            reserve(limit: &$limit, now: Nanos, cost: CostOf<$limit>, patience: Nanos) -> Reservation<TicketOf<$limit>>;
            reserve_after(limit: &$limit, now: Nanos, delay: Nanos, cost: CostOf<$limit>, patience: Nanos) -> Reservation<TicketOf<$limit>>;
            cancel(limit: &$limit, now: Nanos, ticket: TicketOf<$limit>) -> bool;
            refund(limit: &$limit, now: Nanos, ticket: TicketOf<$limit>, unused: CostOf<$limit>) -> ();
        }
    };
    (Charge, $name:literal, $limit:ty) => {
        exports! { $name, $limit: charge(limit: &$limit, now: Nanos, cost: CostOf<$limit>) -> CostOf<$limit>; }
    };
    (NamedLimit, $name:literal, $limit:ty) => {
        exports! { $name, $limit:
            peek_named(limit: &$limit, now: Nanos, costs: CostOf<$limit>) -> SetDecision;
            decide_named(limit: &$limit, now: Nanos, costs: CostOf<$limit>) -> SetDecision;
        }
    };
    (ForgetIdle, $name:literal, $limit:ty) => {
        exports! { $name, $limit: forget_idle(limit: &$limit, now: Nanos) -> bool; }
    };
    (Persist, $name:literal, $limit:ty) => {
        exports! { $name, $limit:
            save(limit: &$limit, now: Nanos) -> Saved;
            restore(limit: &$limit, now: Nanos, saved: &Saved) -> Result<(), RestoreError>;
        }
    };
    (Reconfigure, $name:literal, $limit:ty) => {
        exports! { $name, $limit: set_quota(limit: &mut $limit, now: Nanos, new: AlgorithmOf<$limit>, rule: CarryOver) -> (); }
    };
}

pub(crate) use {export, exports, verbs, verbs_of};
