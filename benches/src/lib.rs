//! What the benchmarks compare.
