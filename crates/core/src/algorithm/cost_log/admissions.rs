use core::fmt::Debug;

use crate::Nanos;

/// What was admitted when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Admission {
    /// The reading that it counts from.
    pub at: Nanos,
    /// Its cost.
    pub cost: u32,
}

/// A queue of what was admitted: what a [`CostLog`](crate::CostLog) remembers in. Its default is empty.
pub trait Admissions: Clone + PartialEq + Default + Debug {
    /// The oldest first.
    fn iter(&self) -> impl DoubleEndedIterator<Item = &Admission>;

    /// Whether another one has no place. An empty queue is never full.
    fn is_full(&self) -> bool;

    /// Adds the newest, where it has a place, and tells whether it had.
    fn push(&mut self, newest: Admission) -> bool;

    /// Takes the oldest out.
    fn pop(&mut self) -> Option<Admission>;
}

/// A queue of at most `N` admissions in place, without an allocation.
///
/// ```compile_fail
/// use core::time::Duration;
/// use paceline_core::{Algorithm, CostLog, Nanos, Ring};
/// let none = CostLog::<Ring<0>>::new(100, Duration::from_secs(10));
/// let _ = none.step(&mut Default::default(), Nanos::ZERO, 1); // nothing to remember it in
/// ```
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Ring<const N: usize>(heapless::Deque<Admission, N>);

impl<const N: usize> Admissions for Ring<N> {
    fn iter(&self) -> impl DoubleEndedIterator<Item = &Admission> {
        self.0.iter()
    }

    fn is_full(&self) -> bool {
        const { assert!(N > 0, "a ring of 0 admissions remembers nothing: give it at least 1") };
        self.0.is_full()
    }

    fn push(&mut self, newest: Admission) -> bool {
        self.0.push_back(newest).is_ok()
    }

    fn pop(&mut self) -> Option<Admission> {
        self.0.pop_front()
    }
}
