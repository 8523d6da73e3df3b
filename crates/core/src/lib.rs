//! Rate-limit algorithms and a reader of refusals that anybody can embed: no operating system, no allocation, no lock, no clock of their
//! own.
//!
//! | to | use |
//! | --- | --- |
//! | say how much is allowed | [`Quota`] |
//! | choose how it is spread over time | an [`Algorithm`]: [`Gcra`] smoothly, [`TokenBucket`] in lumps, [`FixedWindow`] by the hour or the day, [`SlidingWindow`] |
//! | share it between threads, in one atomic word | [`Atomic`] |
//! | keep to a number in any window, exactly | [`SlidingLog`] for calls, [`CostLog`] for any cost |
//! | bound the calls in flight | [`Concurrency`] |
//! | take several limits at once or none | [`Set`], [`Pair`] in one word |
//! | keep everybody out until a time | [`Gate`], in front of any limit: [`Gated`] |
//! | keep one for each of many keys, in a table of fixed size | [`Keyed`] |
//! | decide | [`Limiter`], a [`Limit`] with its [`Clock`], which answers with a [`Decision`] |
//! | see what is left | [`Snapshot`] |
//! | read why a service refused | [`classify_429`] for a body, [`classify`] for status, headers and body |
//! | read and write rate-limit headers | [`headers`] |
//! | try again later, or not at all | [`Backoff`] |
//! | say what helps | [`Cause::remedies`], [`SupportReport`] |
//!
//! ```
//! use paceline_core::{Atomic, Decision, Gcra, Limit, Nanos, Quota};
//!
//! let limit = Atomic::new(Gcra::new(Quota::per_minute(20).burst(1))?);
//! assert_eq!(limit.decide(Nanos::ZERO, 1), Decision::Allowed);
//! assert_eq!(limit.decide(Nanos::ZERO, 1), Decision::Denied { retry_after: Nanos::from_secs(3) });
//! # Ok::<(), paceline_core::QuotaError>(())
//! ```
//!
//! # What is promised
//! Nothing here panics, overflows, allocates, blocks or reads a clock, whatever the state, time and cost. A decision is exact for the clock
//! readings that were passed in: never more than the quota, and to a caller who is never late less only by [`Quota::loss`]. A refused
//! request has consumed nothing, and the wait that it is told is exact.
//!
//! # Size
//! What changes is one word, but for logs and tables; on a 64-bit target, without a clock:
//!
#![doc = include_str!("../docs/sizes.md")]
//!
//! [`Concurrency`] and [`Keyed`] have a word of 32 bits on every target, on purpose: a cost is a `u32`, so no count in flight needs more;
//! and the limit of a key shares its 64 bits with a tag and a lap that tell whose it is.
//!
//! # Targets
//! A word is shared where the target can exchange it atomically: most can with 32 bits, WebAssembly and what runs an operating system
//! mostly with 64, too. Without such an instruction (thumbv6m, riscv32imc), the feature `critical-section` of this crate does it in the
//! critical section that the firmware provides, with 32 bits; with 64 as well once the firmware switches on the feature `fallback` of the
//! crate `portable-atomic`. (On targets that have the instruction for 32 bits alone that would be a lock on which an interrupt handler may
//! spin for ever, so this crate leaves it to you.)
//!
#![doc = include_str!("../docs/targets.md")]
//!
//! On a `u32` there are [`Atomic`] of algorithms on such a word, [`SlidingLog`] and [`Gate`]; on a `u64` the same, [`Atomic`] of a
//! [`Pair`], [`Keyed`] and [`ManualClock`]. [`Locked`], which runs each algorithm on each word under a lock of yours, [`Set`] and what
//! reads refusals are everywhere. The check that builds for these targets keeps this table; `IS_LOCK_FREE` of each type says the same in a
//! program.
//!
//! # Verbs that are not there
//! Each limiter has the verbs that make sense for it; others do not compile. [`SlidingWindow`], [`SlidingLog`], [`CostLog`],
//! [`Concurrency`] and [`Pair`] say which of theirs and why.
//!
//! # Memory ordering
//! Every atomic access of this crate is `Relaxed`, but that who finds a [`Gate`] opened sees the limit behind it as it was left for that,
//! where a [`SlidingLog`] gives a place back, and that [`Keyed`] orders the keys of its own buckets. A decision orders nothing but
//! decisions on the same limit; who wants to hand data over with it brings a synchronisation of its own.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_core)]

pub mod algorithm;
mod backoff;
mod carry_over;
mod cause;
mod cell;
mod clock;
mod concurrency;
mod cost;
mod decision;
mod div_ceil;
pub mod headers;
mod horizon;
mod language;
mod limit;
mod limiter;
mod locked;
mod named;
mod period;
mod quota;
mod remedy;
mod report;
mod reservation;
mod response;
mod saved;
mod set;
mod snapshot;
mod ticks;
mod time;
mod word;

portable_atomic::cfg_has_atomic_cas! {
    mod atomic;
    mod gate;
    mod gated;
    mod sliding_log;
    mod sync;
    pub use atomic::Atomic;
    pub use gate::{Gate, GateStatus};
    pub use gated::Gated;
    pub use sliding_log::SlidingLog;
    pub use sync::AtomicWord;
}

portable_atomic::cfg_has_atomic_64! {
    mod keyed;
    mod manual_clock;
    pub use keyed::{KeyLimit, Keyed, WhenFull};
    pub use manual_clock::ManualClock;
}

pub use algorithm::{
    Algorithm,
    cost_log::{Admission, Admissions, CostLog, Logged, Ring},
    fixed_window::FixedWindow,
    gcra::Gcra,
    pair::Pair,
    sliding_window::SlidingWindow,
    token_bucket::TokenBucket,
};
pub use backoff::{Backoff, Failure, GiveUp, Retry};
pub use carry_over::CarryOver;
pub use cause::{Action, Cause, Kind, Reason, Reset, Resource, classify_429};
pub use cell::Cell;
pub use clock::Clock;
pub use concurrency::{Concurrency, InFlight, Permit};
pub use cost::Cost;
pub use decision::{Decision, SetDecision};
pub use horizon::Horizon;
pub use language::Language;
pub use limit::{Charge, Drain, Limit, Reserve};
pub use limiter::Limiter;
pub use locked::{Lock, Locked};
pub use named::{NamedLimit, NamedReservation, NamedReserve};
pub use quota::{Quota, QuotaError};
pub use remedy::{Evidence, MOST_REMEDIES, Need, Rate, Remedies, Remedy};
pub use report::SupportReport;
pub use reservation::{Reservation, Ticket};
pub use response::{Response, classify};
pub use saved::{RestoreError, Saved};
pub use set::Set;
pub use snapshot::Snapshot;
pub use time::Nanos;
pub use word::Word;
