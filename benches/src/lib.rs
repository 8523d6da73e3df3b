//! What the benchmarks compare.

pub mod classify;
