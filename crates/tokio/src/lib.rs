//! Fair, cancel-safe waiting for tokio over paceline-core.
