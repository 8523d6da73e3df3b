//! Rate limiting for `std`: real clocks and fair blocking waits over `paceline-core`, which is re-exported whole.
//!
//! | to | use |
//! | --- | --- |
//! | read a real clock | [`Tsc`], [`Monotonic`], [`Coarse`] |
//! | decide without waiting | [`Limiter::try_acquire`] |
//! | wait in line, with a deadline or without | [`Turnstile`] |
//! | keep to a number in any window, exactly | [`HeapCostLog`] |
//! | share a limit that fits no atomic word | [`Mutex`] in a [`Locked`] |
//! | build a queue for another runtime | [`Backlog`] |
//!
//! ```
//! use paceline::{Atomic, Decision, Gcra, Limiter, Quota, Tsc};
//!
//! let limiter = Limiter::new(Atomic::new(Gcra::new(Quota::per_minute(500).burst(10))?), Tsc);
//! match limiter.try_acquire(1) {
//!     Decision::Allowed => println!("go"),
//!     Decision::Denied { retry_after } => println!("not before {retry_after} from now"),
//!     Decision::Impossible { most } => println!("never: at most {most} at once"),
//! }
//! # Ok::<(), paceline::QuotaError>(())
//! ```
#![forbid(unsafe_code)]

mod backlog;
mod clock;
mod cost_log;
mod mutex;
mod refused;
mod turnstile;

pub use backlog::{Backlog, Place};
pub use clock::{Coarse, Monotonic, Tsc};
pub use cost_log::{HeapAdmissions, HeapCostLog};
pub use mutex::Mutex;
pub use paceline_core::*;
pub use refused::Refused;
pub use turnstile::Turnstile;
