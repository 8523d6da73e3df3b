//! What the tests share: oracles and generators.

pub mod corpus;
pub mod headers;
pub mod refusals;
