//! What the tests and the fuzz targets share: oracles in exact arithmetic, generators with their truth, and the laws as a macro.

pub mod corpus;
pub mod gcra;
pub mod headers;
pub mod keyed;
pub mod laws;
pub mod refusals;

/// The examples of the README run as doc-tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
