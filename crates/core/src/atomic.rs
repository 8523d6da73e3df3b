use crate::{
    Algorithm, CarryOver, Cell, Nanos,
    algorithm::Reconfigure,
    cell::{StateOf, limit_of_cell},
    sync::{AtomicWord, SharedWord as _, const_unless_loom, new_shared},
};

/// An [`Algorithm`] shared between threads: its whole state is one atomic word, changed by compare-exchange alone.
///
/// Lock-free where the target has a compare-exchange of that width, as [`IS_LOCK_FREE`](Self::IS_LOCK_FREE) says. Elsewhere it is not
/// there, or with the feature `critical-section` through that, for words of 32 bits. There is no ABA problem, since equal bits mean an
/// equal state, and nothing to order, since the word guards no other memory. A refusal is one shared read and no write: an overloaded limit
/// scales with its readers.
///
/// `const`-constructible, so that it can be a `static`:
/// ```
/// use paceline_core::{Atomic, Gcra, Quota};
/// static LIMIT: Atomic<Gcra> = match Gcra::new(Quota::per_second(3)) {
///     Ok(gcra) => Atomic::new(gcra),
///     Err(_) => panic!("3 a second is a rate"),
/// };
/// ```
///
/// On a target whose widest atomic is 32 bits, take `Atomic<Gcra<u32>>`.
#[derive(Debug)]
pub struct Atomic<A: Algorithm<State: AtomicWord>> {
    state: <A::State as AtomicWord>::Shared,
    algorithm: A,
}

impl<A: Algorithm<State: AtomicWord>> Atomic<A> {
    /// Whether a decision takes no lock on this target.
    pub const IS_LOCK_FREE: bool = A::State::IS_LOCK_FREE;

    const_unless_loom! {
        /// A limit that was never used.
        pub fn new(algorithm: A) -> Self {
            Self { state: new_shared!(A::State), algorithm }
        }
    }

    /// The algorithm and its numbers.
    pub const fn algorithm(&self) -> &A {
        &self.algorithm
    }

    /// Decides by `algorithm` from now on. What was earned until then was earned at the old rate; `rule` says what becomes of the rest.
    ///
    /// It takes `&mut self`, since one word can't tell by which numbers it was written. To change a limit that others are using, take a
    /// [`Locked`](crate::Locked) one.
    pub fn set_quota(&mut self, now: Nanos, algorithm: A, rule: CarryOver)
    where
        A: Reconfigure,
    {
        let new = algorithm;
        self.update(|old, state| *state = old.carry_over(state, now, &new, rule), |()| true);
        self.algorithm = new;
    }
}

impl<A: Algorithm<State: AtomicWord>> Cell for Atomic<A> {
    type Algorithm = A;

    #[inline]
    fn read<R>(&self, look: impl FnOnce(&A, &StateOf<Self>) -> R) -> R {
        look(&self.algorithm, &self.state.load())
    }

    #[inline]
    fn update<R>(&self, change: impl Fn(&A, &mut StateOf<Self>) -> R, kept: impl Fn(&R) -> bool) -> R {
        update(&self.state, |state| change(&self.algorithm, state), kept)
    }
}

/// The only general compare-exchange loop of the project: `change` from the word that is there, until nobody came between.
#[inline]
pub(crate) fn update<W: AtomicWord, R>(shared: &W::Shared, change: impl Fn(&mut W) -> R, kept: impl Fn(&R) -> bool) -> R {
    let mut seen = shared.load();
    loop {
        let mut next = seen;
        let result = change(&mut next);
        if !kept(&result) {
            return result;
        }
        match shared.exchange(seen, next) {
            Ok(_) => return result,
            Err(there) => seen = there,
        }
    }
}

limit_of_cell!([A: Algorithm<State: AtomicWord>] Atomic<A>);
