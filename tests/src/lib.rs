//! What the tests share: oracles and generators.
