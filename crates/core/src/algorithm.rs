use crate::{Decision, Nanos, Snapshot, Word};

pub(crate) mod gcra;

/// A rate-limit algorithm: a pure step on a small copyable state, with no thread, clock or lock in sight.
///
/// # Laws
/// Every implementation keeps them, for any state bits, time and cost, and one macro of the tests checks them on each:
/// 1. *Total*: no panic, no overflow.
/// 2. *A refusal never writes*: the state that comes back is the one that went in.
/// 3. *Impossible if and only if* the cost is larger than the burst.
/// 4. *Exact waits*: alone, the same cost is admitted at `now + retry_after`, and one nanosecond earlier refused.
/// 5. *Patience never hurts*: what is admitted now is admitted later, within the range of the word.
/// 6. *A late clock is only stricter*: a reading that is behind, within the tolerated skew, admits no more.
/// 7. *Undone is as if never done*: `undo` right after an admission leaves a state that decides alike from then on.
/// 8. *Zero is new*: the state of all zero bits is a limiter that was never used.
pub trait Algorithm {
    /// The whole state.
    type State: Word;

    /// Decides on `cost` at `now`, and tells the state that follows.
    fn step(&self, state: Self::State, now: Nanos, cost: u32) -> (Self::State, Decision);

    /// The state with `cost` given back that was taken at `now`, never more than had not drained at that reading.
    fn undo(&self, state: Self::State, now: Nanos, cost: u32) -> Self::State;

    /// How long `cost` waits once `queued` has gone before it: what [`Limit::wait_behind`](crate::Limit::wait_behind) answers.
    fn wait_behind(&self, state: Self::State, now: Nanos, queued: u64, cost: u32) -> Nanos;

    /// What is left of `state` at `now`.
    fn snapshot(&self, state: Self::State, now: Nanos) -> Snapshot;
}
