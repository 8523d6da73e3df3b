//! What the tests and the fuzz targets share: oracles in exact arithmetic, generators, and the laws as a macro.

pub mod gcra;
pub mod laws;

/// The examples of the README run as doc-tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
