//! Rate-limit algorithms that anybody can embed.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod cause;
mod dates;
mod durations;
pub mod headers;

pub use cause::{Action, Cause, Kind, Reason, Reset, Resource, classify_429};
