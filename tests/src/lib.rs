//! What the tests share: oracles and generators.

pub mod refusals;
