//! What the tests and the fuzz targets share: oracles in exact arithmetic, generators with their truth, and the laws as a macro.

pub mod accuracy;
pub mod alike;
pub mod concurrency;
pub mod corpus;
pub mod cost_log;
pub mod fixed_window;
pub mod gates;
pub mod gcra;
pub mod gcra_verbs;
pub mod headers;
pub mod keyed;
pub mod laws;
pub mod pair;
pub mod refusals;
pub mod replayed;
pub mod sets;
pub mod sliding_log;
pub mod sliding_window;
pub mod token_bucket;
pub mod verbs;
pub mod words;

/// The examples of the README run as doc-tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
