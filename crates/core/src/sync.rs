//! The only file that knows loom and portable-atomic.

#[cfg(paceline_loom)]
pub(crate) use loom::sync::atomic::{AtomicU64, Ordering};

#[cfg(not(paceline_loom))]
pub(crate) use portable_atomic::{AtomicU64, Ordering};

/// A function that is `const`, but under loom, whose atomics register with the running model.
macro_rules! const_unless_loom {
    ($(#[$attribute:meta])* $visibility:vis fn $($rest:tt)*) => {
        #[cfg(not(paceline_loom))]
        $(#[$attribute])* $visibility const fn $($rest)*
        #[cfg(paceline_loom)]
        $(#[$attribute])* $visibility fn $($rest)*
    };
}
pub(crate) use const_unless_loom;
