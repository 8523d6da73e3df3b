use core::cell::UnsafeCell;

use paceline_core::Lock;

/// The lock of a program with one thread and no interrupt.
pub(crate) struct Bare<T>(UnsafeCell<T>);

impl<T> Lock<T> for Bare<T> {
    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: one thread, no interrupt, and what is done under a lock does not call out.
        act(unsafe { &mut *self.0.get() })
    }
}
