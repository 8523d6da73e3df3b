//! Rate-limit algorithms that anybody can embed.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod cause;
pub mod headers;
mod language;
mod remedy;
mod report;
mod response;

pub use cause::{Action, Cause, Kind, Reason, Reset, Resource, classify_429};
pub use language::Language;
pub use remedy::{Evidence, MOST_REMEDIES, Need, Rate, Remedies, Remedy};
pub use report::SupportReport;
pub use response::{Response, classify};
