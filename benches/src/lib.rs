//! What the benchmarks compare.

pub mod acquire;
pub mod classify;
