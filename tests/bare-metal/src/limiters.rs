//! Every limiter with every verb that it has.

use core::time::Duration;

use paceline_core::{
    Algorithm, CarryOver, Cell, Charge, Clock, Concurrency, CostLog, Decision, Drain, FixedWindow, Gcra, Horizon, Limit, Limiter, Locked,
    Logged, NamedLimit, NamedReservation, NamedReserve, Nanos, Pair, Permit, Quota, QuotaError, Reservation, Reserve, RestoreError, Ring,
    Saved, Set, SetDecision, SlidingWindow, Snapshot, Ticket, TokenBucket,
};

use crate::{
    lock::Bare,
    verbs::{AlgorithmOf, CostOf, EachOf, TicketOf, TotalOf, export, exports, verbs, verbs_of},
};

/// A limit behind a lock.
type Behind<A> = Locked<A, Bare<(A, <A as Algorithm>::State)>>;

// A limit as the target can share it.
portable_atomic::cfg_has_atomic_cas! {
    pub(crate) type Shared<A> = paceline_core::Atomic<A>;
}
portable_atomic::cfg_no_atomic_cas! {
    pub(crate) type Shared<A> = Behind<A>;
}

/// The numbers of each algorithm on a word.
macro_rules! algorithms {
    ($word:ty, $new:ident $within:ident: $($name:literal $algorithm:ident [$($number:ident: $of:ty)*])*) => {$(
        exports! { $name, $algorithm<$word>:
            $new(quota: Quota) -> Result<$algorithm<$word>, QuotaError>;
            $within(quota: Quota, horizon: Horizon) -> Result<$algorithm<$word>, QuotaError>;
            skew(algorithm: &$algorithm<$word>) -> Nanos;
            memory(algorithm: &$algorithm<$word>) -> Nanos;
            $($number(algorithm: &$algorithm<$word>) -> $of;)*
        }
    )*};
}

/// The verbs of each in a cell.
macro_rules! cells {
    ($cell:ident, $word:ty: $gcra:literal $bucket:literal $fixed:literal $sliding:literal) => {
        verbs!($gcra, $cell<Gcra<$word>>: Limit Drain Reserve Charge ForgetIdle Persist Reconfigure);
        verbs!($bucket, $cell<TokenBucket<$word>>: Limit Drain Reserve Charge ForgetIdle Persist Reconfigure);
        verbs!($fixed, $cell<FixedWindow<$word>>: Limit Drain Reserve Charge ForgetIdle Persist Reconfigure);
        verbs!($sliding, $cell<SlidingWindow<$word>>: Limit Drain Charge ForgetIdle Persist Reconfigure);
    };
}

algorithms! { u32, new_u32 within_u32:
    "gcra_u32" Gcra [burst: u32 debt: u32 tick: Nanos]
    "token_bucket_u32" TokenBucket [burst: u32 debt: u32]
    "fixed_window_u32" FixedWindow [limit: u32 windows_ahead: u16]
    "sliding_window_u32" SlidingWindow [limit: u32 debt: u32]
}
algorithms! { u64, new within: "gcra" Gcra [] "token_bucket" TokenBucket [] "fixed_window" FixedWindow [] "sliding_window" SlidingWindow [] }
exports! { "token_bucket_u32", TokenBucket<u32>: phase(bucket: TokenBucket<u32>, phase: Nanos) -> TokenBucket<u32>; }
exports! { "token_bucket", TokenBucket: phase(bucket: TokenBucket, phase: Nanos) -> TokenBucket; }
exports! { "fixed_window_u32", FixedWindow<u32>: phase(window: FixedWindow<u32>, phase: Nanos) -> FixedWindow<u32>; }
exports! { "fixed_window", FixedWindow: phase(window: FixedWindow, phase: Nanos) -> FixedWindow; }

cells!(Shared, u32: "gcra_u32" "token_bucket_u32" "fixed_window_u32" "sliding_window_u32");
cells!(Behind, u64: "locked_gcra" "locked_token_bucket" "locked_fixed_window" "locked_sliding_window");

type Log = CostLog<Ring<16>>;
verbs!("cost_log", Behind<Log>: Limit Drain ForgetIdle Reconfigure);
exports! { "cost_log", Log: new(limit: u32, window: Duration) -> Log; }
exports! { "cost_log", Logged<Ring<16>>: count(logged: &Logged<Ring<16>>) -> usize; }

type Calls = Shared<Concurrency>;
verbs!("concurrency", Calls: Limit Drain ForgetIdle Reconfigure);
exports! { "concurrency", Concurrency: new(limit: u32) -> Concurrency; }
exports! { "permit", Permit<&'static Calls>:
    try_acquire(calls: &'static Calls, cost: u32) -> Result<Permit<&'static Calls>, Decision>;
    of_taken(calls: &'static Calls, cost: u32) -> Permit<&'static Calls>;
}
export!("permit_drop", (permit: Permit<&'static Calls>) -> (), drop(permit));

/// Requests and tokens in one word.
pub(crate) type Both = Pair<Gcra<u32>, Gcra<u32>>;
verbs!("locked_pair", Behind<Both>: Limit Drain Reserve Charge ForgetIdle Persist Reconfigure NamedLimit NamedReserve);
exports! { "pair", Both:
    new(first: Gcra<u32>, second: Gcra<u32>) -> Both;
    first(pair: &Both) -> &Gcra<u32>;
    second(pair: &Both) -> &Gcra<u32>;
    step_named(pair: &Both, state: &mut u64, now: Nanos, costs: [u32; 2]) -> SetDecision;
}

type Three = Set<Shared<Gcra<u32>>, 3>;
verbs!("set", Three: Limit Drain Reserve Charge NamedLimit NamedReserve);
exports! { "set", Three: new(limits: [Shared<Gcra<u32>>; 3]) -> Three; limits(set: &Three) -> &[Shared<Gcra<u32>>; 3]; limits_mut(set: &mut Three) -> &mut [Shared<Gcra<u32>>; 3]; }

// Limits of different types, each behind what has the verb.
type Various<T> = Set<&'static T, 4>;
verbs!("set_of_dyn", Various<dyn Limit<Cost = u32>>: Limit NamedLimit);
verbs!("set_of_dyn", Various<dyn Drain<Cost = u32>>: Drain);
verbs!("set_of_dyn", Various<dyn Charge<Cost = u32>>: Charge);
verbs!("set_of_dyn", Various<dyn Reserve<Cost = u32, Ticket = Ticket<u32>>>: Reserve);

/// A clock of the firmware.
pub(crate) struct Timer(extern "C" fn() -> u64);

impl Clock for Timer {
    fn now(&self) -> Nanos {
        Nanos((self.0)())
    }
}

/// A limit that is read with it.
pub(crate) type Timed<L> = Limiter<L, Timer>;
type One = Timed<Shared<Gcra<u32>>>;
exports! { "limiter", One:
    new(limit: Shared<Gcra<u32>>, clock: Timer) -> One;
    limit(limiter: &One) -> &Shared<Gcra<u32>>;
    limit_mut(limiter: &mut One) -> &mut Shared<Gcra<u32>>;
    clock(limiter: &One) -> &Timer;
    try_acquire(limiter: &One, cost: u32) -> Decision;
    peek(limiter: &One, cost: u32) -> Decision;
    snapshot(limiter: &One) -> Snapshot;
    take_up_to(limiter: &One, most: u32) -> u32;
    drain(limiter: &One) -> ();
    reserve(limiter: &One, cost: u32, patience: Nanos) -> Reservation<Ticket<u32>>;
    cancel(limiter: &One, ticket: Ticket<u32>) -> bool;
    refund(limiter: &One, ticket: Ticket<u32>, unused: u32) -> ();
    charge(limiter: &One, cost: u32) -> u32;
    forget_idle(limiter: &One) -> bool;
    save(limiter: &One) -> Saved;
    restore(limiter: &One, saved: &Saved) -> Result<(), RestoreError>;
}
exports! { "limiter", Timed<Behind<Gcra<u32>>>: set_quota(limiter: &Timed<Behind<Gcra<u32>>>, algorithm: Gcra<u32>, rule: CarryOver) -> (); }
exports! { "limiter", Timed<Three>:
    try_acquire_named(limiter: &Timed<Three>, costs: [u32; 3]) -> SetDecision;
    peek_named(limiter: &Timed<Three>, costs: [u32; 3]) -> SetDecision;
    reserve_named(limiter: &Timed<Three>, costs: [u32; 3], patience: Nanos) -> NamedReservation<TicketOf<Three>>;
}

portable_atomic::cfg_has_atomic_cas! {
    /// What has an atomic word of its own, on each word.
    macro_rules! lock_free {
        ($word:ty: $log:literal $new:ident, $gate:literal $gated:literal $within:ident) => {
            verbs!($log, SlidingLog<8, $word>: Limit Drain Reserve ForgetIdle);
            exports! { $log, SlidingLog<8, $word>:
                $new(window: Duration) -> Result<SlidingLog<8, $word>, QuotaError>;
                $within(window: Duration, horizon: Horizon) -> Result<SlidingLog<8, $word>, QuotaError>;
                skew(log: &SlidingLog<8, $word>) -> Nanos;
                memory(log: &SlidingLog<8, $word>) -> Nanos;
            }
            exports! { $gate, Gate<$word>:
                $within(longest: Duration, skew: Duration) -> Gate<$word>;
                close_for(gate: &Gate<$word>, now: Nanos, span: Nanos) -> ();
                close_until(gate: &Gate<$word>, now: Nanos, until: Nanos) -> ();
                latch(gate: &Gate<$word>, now: Nanos, end: Option<Nanos>) -> ();
                unlatch(gate: &Gate<$word>, now: Nanos) -> bool;
                status(gate: &Gate<$word>, now: Nanos) -> GateStatus;
            }
            verbs!($gated, Gated<Atomic<Gcra<$word>>, $word>: Limit Drain Reserve Charge);
            exports! { $gated, Gated<Atomic<Gcra<$word>>, $word>:
                new(gate: Gate<$word>, limit: Atomic<Gcra<$word>>) -> Gated<Atomic<Gcra<$word>>, $word>;
                gate(gated: &Gated<Atomic<Gcra<$word>>, $word>) -> &Gate<$word>;
                limit(gated: &Gated<Atomic<Gcra<$word>>, $word>) -> &Atomic<Gcra<$word>>;
                limit_mut(gated: &mut Gated<Atomic<Gcra<$word>>, $word>) -> &mut Atomic<Gcra<$word>>;
            }
        };
    }

    mod lock_free {
        use paceline_core::{Atomic, Gate, GateStatus, Gated, SlidingLog};

        use super::*;

        lock_free!(u32: "sliding_log_u32" new_u32, "gate_u32" "gated_u32" within_u32);
        verbs!("gated_set", Gated<Three, u32>: Limit Drain Reserve Charge NamedLimit NamedReserve);
        exports! { "gate_u32", Gate<u32>: new_u32() -> Gate<u32>; }
        exports! { "gcra_u32", Atomic<Gcra<u32>>: algorithm(limit: &Atomic<Gcra<u32>>) -> &Gcra<u32>; }
    }
}

portable_atomic::cfg_has_atomic_64! {
    mod wide {
        use paceline_core::{Atomic, Gate, GateStatus, Gated, KeyLimit, Keyed, ManualClock, SlidingLog, WhenFull};

        use super::*;

        cells!(Atomic, u64: "gcra" "token_bucket" "fixed_window" "sliding_window");
        lock_free!(u64: "sliding_log" new, "gate" "gated" within);
        verbs!("pair", Atomic<Both>: Limit Drain Reserve Charge ForgetIdle Persist Reconfigure NamedLimit NamedReserve);

        type Table = Keyed<Gcra<u32>, 64>;
        type Key = KeyLimit<'static, Gcra<u32>, 64>;
        verbs!("keyed", Key: Limit Drain Charge);
        exports! { "keyed", Table:
            new(algorithm: Gcra<u32>, when_full: WhenFull) -> Table;
            algorithm(table: &Table) -> &Gcra<u32>;
            limit(table: &'static Table, fingerprint: u64) -> Key;
            len(table: &Table, now: Nanos) -> usize;
            forget_idle(table: &Table, now: Nanos) -> ();
        }

        exports! { "gate", Gate<u64>: new() -> Gate<u64>; }
        exports! { "manual_clock", ManualClock:
            new(now: Nanos) -> ManualClock;
            set(clock: &ManualClock, now: Nanos) -> ();
            advance(clock: &ManualClock, span: Nanos) -> ();
            now(clock: &ManualClock) -> Nanos;
        }
    }
}
