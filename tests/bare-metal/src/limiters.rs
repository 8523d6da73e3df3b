//! Every limiter with every verb that it has.

use core::time::Duration;

#[cfg(any(target_has_atomic = "32", feature = "critical-section"))]
use paceline_core::Atomic;
use paceline_core::{
    Algorithm, Backoff, CarryOver, Cell, Charge, Concurrency, Cost, CostLog, Decision, Drain, Failure, FixedWindow, Gcra, Horizon, Limit,
    Locked, NamedLimit, Nanos, Quota, Reservation, Reserve, RestoreError, Retry, Ring, Saved, Set, SetDecision, SlidingWindow, Snapshot,
    TokenBucket,
};

use crate::{
    lock::Bare,
    verbs::{export, verb, verbs},
};

/// A limit behind a lock.
type Behind<A> = Locked<A, Bare<(A, <A as Algorithm>::State)>>;

/// A limit as the target can share it.
#[cfg(any(target_has_atomic = "32", feature = "critical-section"))]
type Shared<A> = Atomic<A>;
#[cfg(not(any(target_has_atomic = "32", feature = "critical-section")))]
type Shared<A> = Behind<A>;

fn quota(limit: u32, period: u64, burst: u32) -> Quota {
    Quota::new(limit, Duration::from_nanos(period)).burst(burst)
}

fn horizon(quota: Quota, debt: u32, patience: u64, skew: u64) -> Horizon {
    Horizon::of(quota).debt(debt).patience(Duration::from_nanos(patience)).skew(Duration::from_nanos(skew))
}

/// Both constructors of an algorithm on each word.
macro_rules! constructors {
    ($($algorithm:ident, $word:ty, $name:literal: $new:ident $within:ident;)*) => {$(
        export!($name, "new", (limit: u32, period: u64, burst: u32) -> Option<$algorithm<$word>>, {
            $algorithm::$new(quota(limit, period, burst)).ok()
        });
        export!($name, "within", (limit: u32, period: u64, burst: u32, debt: u32, patience: u64, skew: u64) -> Option<$algorithm<$word>>, {
            let quota = quota(limit, period, burst);
            $algorithm::$within(quota, horizon(quota, debt, patience, skew)).ok()
        });
    )*};
}

constructors! {
    Gcra, u32, "gcra_u32": new_u32 within_u32;
    Gcra, u64, "gcra": new within;
    TokenBucket, u32, "token_bucket_u32": new_u32 within_u32;
    TokenBucket, u64, "token_bucket": new within;
    FixedWindow, u32, "fixed_window_u32": new_u32 within_u32;
    FixedWindow, u64, "fixed_window": new within;
    SlidingWindow, u32, "sliding_window_u32": new_u32 within_u32;
    SlidingWindow, u64, "sliding_window": new within;
}

/// The verbs of each algorithm, in the cell `$cell`.
macro_rules! algorithms {
    ($cell:ident, $word:ty, $gcra:literal $bucket:literal $fixed:literal $sliding:literal) => {
        verbs!($cell<Gcra<$word>>, Gcra<$word>, $gcra: decide peek undo wait_behind snapshot forget_idle take_up_to drain reserve cancel refund charge set_quota save restore);
        verbs!($cell<TokenBucket<$word>>, TokenBucket<$word>, $bucket: decide peek undo wait_behind snapshot forget_idle take_up_to drain reserve cancel refund charge set_quota save restore);
        verbs!($cell<FixedWindow<$word>>, FixedWindow<$word>, $fixed: decide peek undo wait_behind snapshot forget_idle take_up_to drain reserve cancel refund charge set_quota save restore);
        verbs!($cell<SlidingWindow<$word>>, SlidingWindow<$word>, $sliding: decide peek undo wait_behind snapshot forget_idle take_up_to drain charge set_quota save restore);
    };
}

algorithms!(Shared, u32, "gcra_u32" "token_bucket_u32" "fixed_window_u32" "sliding_window_u32");
algorithms!(Behind, u64, "locked_gcra" "locked_token_bucket" "locked_fixed_window" "locked_sliding_window");
#[cfg(target_has_atomic = "64")]
algorithms!(Atomic, u64, "gcra" "token_bucket" "fixed_window" "sliding_window");

verbs!(Behind<CostLog<Ring<16>>>, CostLog<Ring<16>>, "cost_log": decide peek undo wait_behind snapshot forget_idle take_up_to drain);
verbs!(Shared<Concurrency>, Concurrency, "concurrency": decide peek undo wait_behind snapshot set_quota);
verbs!(Set<Shared<Gcra<u32>>, 3>, (), "set": decide peek undo wait_behind snapshot take_up_to drain reserve cancel refund charge decide_named);

export!("backoff", "retry", (backoff: &Backoff, failure: &Failure, random: u64) -> Retry, backoff.retry(failure, random));

#[cfg(any(target_has_atomic = "32", feature = "critical-section"))]
mod lock_free {
    use paceline_core::{Gate, GateStatus, Gated, SlidingLog};

    use super::*;

    export!("sliding_log", "new", (window: u64) -> Option<SlidingLog<8, u32>>, SlidingLog::new_u32(Duration::from_nanos(window)).ok());
    verbs!(SlidingLog<8, u32>, (), "sliding_log": decide peek undo wait_behind snapshot forget_idle take_up_to drain reserve cancel refund);

    export!("gate", "close_until", (gate: &Gate<u32>, now: u64, until: u64) -> (), gate.close_until(Nanos(now), Nanos(until)));
    export!("gate", "latch", (gate: &Gate<u32>, now: u64, end: Option<Nanos>) -> (), gate.latch(Nanos(now), end));
    export!("gate", "unlatch", (gate: &Gate<u32>, now: u64) -> bool, gate.unlatch(Nanos(now)));
    export!("gate", "status", (gate: &Gate<u32>, now: u64) -> GateStatus, gate.status(Nanos(now)));
    verbs!(Gated<Atomic<Gcra<u32>>, u32>, (), "gated": decide peek undo wait_behind snapshot take_up_to drain reserve cancel refund charge);
}

#[cfg(target_has_atomic = "64")]
mod wide {
    use paceline_core::{KeyLimit, Keyed, Pair};

    use super::*;

    type Both = Pair<Gcra<u32>, Gcra<u32>>;
    type Table = Keyed<Gcra<u32>, 64>;

    verbs!(Atomic<Both>, Both, "pair": decide peek undo wait_behind snapshot forget_idle take_up_to drain reserve cancel refund charge decide_named set_quota save restore);
    verbs!(KeyLimit<'static, Gcra<u32>, 64>, (), "keyed": decide peek undo wait_behind snapshot take_up_to drain charge);
    export!("keyed", "limit", (table: &'static Table, fingerprint: u64) -> KeyLimit<'static, Gcra<u32>, 64>, table.limit(fingerprint));
    export!("keyed", "len", (table: &Table, now: u64) -> usize, table.len(Nanos(now)));
    export!("keyed", "sweep", (table: &Table, now: u64) -> (), table.sweep(Nanos(now)));
}
