use crate::{
    Algorithm, Decision, Limit, Nanos, Snapshot,
    sync::{AtomicU64, Ordering::Relaxed, const_unless_loom},
};

/// An [`Algorithm`] shared between threads: its whole state is one atomic word, changed by compare-exchange alone.
///
/// Lock-free, and there only where the target has a 64-bit compare-exchange. There is no ABA problem, since equal bits mean an equal state, and nothing to order, since the word guards no other memory. A refusal is one
/// shared read and no write: an overloaded limit scales with its readers.
///
/// `const`-constructible, so that it can be a `static`:
/// ```
/// use paceline_core::{Atomic, Gcra, Quota};
/// static LIMIT: Atomic<Gcra> = match Gcra::new(Quota::per_second(3)) {
///     Ok(gcra) => Atomic::new(gcra),
///     Err(_) => panic!("3 a second is a rate"),
/// };
/// ```
#[derive(Debug)]
pub struct Atomic<A> {
    state: AtomicU64,
    algorithm: A,
}

impl<A> Atomic<A> {
    /// Whether a decision takes no lock on this target.
    pub const IS_LOCK_FREE: bool = cfg!(target_has_atomic = "64");

    const_unless_loom! {
        /// A limit that was never used.
        pub fn new(algorithm: A) -> Self {
            Self { state: AtomicU64::new(0), algorithm }
        }
    }

    /// The algorithm and its numbers.
    pub const fn algorithm(&self) -> &A {
        &self.algorithm
    }
}

impl<A: Algorithm<State = u64>> Atomic<A> {
    /// What is left at `now`. One read.
    pub fn snapshot(&self, now: Nanos) -> Snapshot {
        self.algorithm.snapshot(self.state.load(Relaxed), now)
    }

    /// The only general compare-exchange loop of the project: `step` from the state that is there, until nobody came between.
    #[inline]
    fn update<R>(&self, step: impl Fn(u64) -> (u64, R)) -> R {
        let mut state = self.state.load(Relaxed);
        loop {
            let (next, result) = step(state);
            if next == state {
                return result;
            }
            match self.state.compare_exchange_weak(state, next, Relaxed, Relaxed) {
                Ok(_) => return result,
                Err(seen) => state = seen,
            }
        }
    }
}

impl<A: Algorithm<State = u64>> Limit for Atomic<A> {
    type Cost = u32;

    #[inline]
    fn peek(&self, now: Nanos, cost: u32) -> Decision {
        self.algorithm.step(self.state.load(Relaxed), now, cost).1
    }

    #[inline]
    fn decide(&self, now: Nanos, cost: u32) -> Decision {
        self.update(|state| self.algorithm.step(state, now, cost))
    }

    fn undo(&self, now: Nanos, cost: u32) {
        self.update(|state| (self.algorithm.undo(state, now, cost), ()));
    }

    fn wait_behind(&self, now: Nanos, queued: u64, cost: u32) -> Nanos {
        self.algorithm.wait_behind(self.state.load(Relaxed), now, queued, cost)
    }
}

/// The whole limiter, its clock aside, is half a cache line.
#[cfg(not(paceline_loom))]
const _: () = assert!(size_of::<Atomic<crate::Gcra>>() == 32);
