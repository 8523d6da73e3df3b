//! The only file that names the atomics of loom and portable-atomic.

#[cfg(paceline_loom)]
use loom::sync::atomic;
#[cfg(not(paceline_loom))]
use portable_atomic as atomic;

pub(crate) use atomic::Ordering;

use crate::Word;

/// A [`Word`] that the target can exchange atomically.
pub trait AtomicWord: Word {
    /// The atomic integer of its width.
    type Shared: SharedWord<Self>;
    /// Whether the target does that without a lock.
    const IS_LOCK_FREE: bool;
    /// A shared zero.
    #[cfg(not(paceline_loom))]
    #[doc(hidden)]
    const NEW: Self::Shared;
    /// A shared zero, which registers with the running model.
    #[cfg(paceline_loom)]
    #[doc(hidden)]
    fn new() -> Self::Shared;
}

/// What is done to a shared word: `Relaxed` where it guards nothing but itself.
pub trait SharedWord<W>: core::fmt::Debug {
    /// What it holds.
    #[doc(hidden)]
    fn load(&self) -> W;
    /// `next` in place of `seen`, or what else is there; now and then it fails for no reason.
    #[doc(hidden)]
    fn exchange(&self, seen: W, next: W) -> Result<W, W>;
    /// What it holds, and with it whatever was done before that was [`release`](Self::release)d.
    #[doc(hidden)]
    fn acquire(&self) -> W;
    /// As `exchange`, and lets those who acquire `next` see what was done before.
    #[doc(hidden)]
    fn release(&self, seen: W, next: W) -> Result<W, W>;
    /// Puts `next` in place of `seen`, and tells whether that was there. Who finds it gone sees all that the thread which replaced it had
    /// done.
    #[doc(hidden)]
    fn replace(&self, seen: W, next: W) -> bool;
}

macro_rules! atomic_word {
    ($word:ty, $atomic:ident, $width:literal) => {
        pub(crate) use atomic::$atomic;

        impl AtomicWord for $word {
            type Shared = $atomic;
            const IS_LOCK_FREE: bool = cfg!(target_has_atomic = $width);
            #[cfg(not(paceline_loom))]
            const NEW: $atomic = $atomic::new(0);
            #[cfg(paceline_loom)]
            fn new() -> $atomic {
                $atomic::new(0)
            }
        }

        impl SharedWord<$word> for $atomic {
            #[inline]
            fn load(&self) -> $word {
                self.load(Ordering::Relaxed)
            }

            #[inline]
            fn exchange(&self, seen: $word, next: $word) -> Result<$word, $word> {
                self.compare_exchange_weak(seen, next, Ordering::Relaxed, Ordering::Relaxed)
            }

            #[inline]
            fn acquire(&self) -> $word {
                self.load(Ordering::Acquire)
            }

            fn release(&self, seen: $word, next: $word) -> Result<$word, $word> {
                self.compare_exchange_weak(seen, next, Ordering::Release, Ordering::Relaxed)
            }

            fn replace(&self, seen: $word, next: $word) -> bool {
                while self.load(Ordering::Acquire) == seen {
                    if self.compare_exchange_weak(seen, next, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                        return true;
                    }
                }
                false
            }
        }
    };
}

portable_atomic::cfg_has_atomic_32! {
    atomic_word!(u32, AtomicU32, "32");
}
portable_atomic::cfg_has_atomic_64! {
    atomic_word!(u64, AtomicU64, "64");
}

/// A shared zero, `const` but under loom.
macro_rules! new_shared {
    ($word:ty) => {{
        #[cfg(not(paceline_loom))]
        let shared = <$word as $crate::sync::AtomicWord>::NEW;
        #[cfg(paceline_loom)]
        let shared = <$word as $crate::sync::AtomicWord>::new();
        shared
    }};
}

/// So many shared zeros, `const` but under loom.
macro_rules! new_all_shared {
    ($word:ty; $many:expr) => {{
        #[cfg(not(paceline_loom))]
        let shared = [const { <$word as $crate::sync::AtomicWord>::NEW }; $many];
        #[cfg(paceline_loom)]
        let shared = [(); $many].map(|()| <$word as $crate::sync::AtomicWord>::new());
        shared
    }};
}

/// A function that is `const`, but under loom, whose atomics register with the running model.
macro_rules! const_unless_loom {
    ($(#[$attribute:meta])* $visibility:vis fn $($rest:tt)*) => {
        #[cfg(not(paceline_loom))]
        $(#[$attribute])* $visibility const fn $($rest)*
        #[cfg(paceline_loom)]
        $(#[$attribute])* $visibility fn $($rest)*
    };
}
pub(crate) use {const_unless_loom, new_all_shared, new_shared};
