use crate::{
    Algorithm, Atomic, Cell as _, Nanos,
    sync::{AtomicU64, AtomicWord, const_unless_loom},
};

mod bucket;
mod key_limit;

use bucket::{Bucket, Seen, WAYS};
pub use key_limit::KeyLimit;

/// What a [`Keyed`] table does with a new key whose bucket holds only keys that are in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhenFull {
    /// Refuses it, and tells the wait until one of the bucket's keys is idle. Nobody is ever above the quota.
    Refuse,
    /// Lets all such keys share one more limiter of the same numbers until they find a place. A key begins anew there: each that finds one
    /// may be admitted one burst above the quota.
    Overflow,
    /// Forgets the key that is whole again soonest. That key begins anew when it comes back: each displacement may admit one burst
    /// above the quota.
    DisplaceMostIdle,
}

/// A limiter for each of many keys, `N` at most at a time, in a table of fixed size: no allocation, no lock, no unsafe code.
///
/// A key is a 64-bit *fingerprint*, and [`limit`](Self::limit) gives the [`Limit`](crate::Limit) of one. A key that was never seen is new;
/// one that is idle, and so decides as a new one (the skew that its algorithm tolerates included), gives its place away when another needs
/// it. Nothing else is ever forgotten, but by [`WhenFull::DisplaceMostIdle`].
///
/// ```
/// use std::hash::{BuildHasher, RandomState};
/// use paceline_core::{Decision, Gcra, Keyed, Limit, Nanos, Quota, WhenFull};
///
/// static USERS: Keyed<Gcra<u32>, 1024> = match Gcra::new_u32(Quota::per_second(10).burst(2)) {
///     Ok(gcra) => Keyed::new(gcra, WhenFull::Refuse),
///     Err(_) => panic!("10 a second is a rate"),
/// };
/// let hasher = RandomState::new(); // one for the life of the table
/// let alice = USERS.limit(hasher.hash_one("alice"));
/// assert_eq!(alice.decide(Nanos::ZERO, 2), Decision::Allowed);
/// assert_eq!(alice.decide(Nanos::ZERO, 1), Decision::Denied { retry_after: Nanos::from_millis(100) });
/// assert!(USERS.limit(hasher.hash_one("bob")).decide(Nanos::ZERO, 2).is_allowed());
/// ```
///
/// # Fingerprints
/// They come from a hash function with a random key that clients can't know, such as SipHash (`std`'s `RandomState`), and with all its 64
/// bits good: the upper half chooses the bucket of 8 keys, 24 other bits tell its keys apart. Who can choose fingerprints can fill a
/// bucket, and starve or displace its other keys; the work of a call stays that of one bucket, and other buckets notice nothing. Two keys
/// that agree in bucket and tag share a limiter, which is stricter: one key in two million meets another so in a full table.
///
/// A bucket can be full while others have room. With random fingerprints and `N` twice the number of keys in use at a time, about
/// two buckets in a hundred are asked for more than their 8 places; at four times, two in ten thousand.
///
/// # How it works
/// A slot is one 64-bit word: tag, lap, state. So a change of a key's state fails when the key has gone, or gone and come back. New keys
/// enter a bucket at one slot, as in a ring, and each entry changes that slot's lap; a slot whose key is in use changes its lap to be
/// passed over. So two threads that bring one key meet at one word, and one of them sees the other's: a key never has two limiters. (A
/// thread would have to be held up while its bucket goes around exactly 256 times and ends with the same keys, of one of them the same
/// state.)
///
/// # Cost
/// 8 bytes a key, and a line or two of the cache for the whole: `N` must be a multiple of 8. A call on a known key reads one cache line and
/// changes one word of it; a refusal writes nothing. A new key reads its bucket thrice and writes up to 8 words. A refusal for want of a
/// place reckons when there is one: some hundred steps of the algorithm.
///
/// Lock-free where the target has 64-bit atomics, as [`IS_LOCK_FREE`](Self::IS_LOCK_FREE) says. Without them it is not there, nor is it
/// with the feature `critical-section`; only where another crate of the build turns on the `fallback` of `portable-atomic` it is, over the
/// locks of that. On a 32-bit word time wraps: call [`forget_idle`](Self::forget_idle) at least once in the algorithm's memory
/// ([`Gcra::memory`](crate::Gcra::memory)).
#[derive(Debug)]
#[repr(C, align(64))] // so that a bucket is a cache line
pub struct Keyed<A: Algorithm<State = u32, Cost = u32>, const N: usize> {
    slots: [AtomicU64; N],
    /// What keys share for which there is no place, and the algorithm of all.
    overflow: Atomic<A>,
    when_full: WhenFull,
}

impl<A: Algorithm<State = u32, Cost = u32>, const N: usize> Keyed<A, N> {
    /// Whether a decision takes no lock on this target.
    pub const IS_LOCK_FREE: bool = <u64 as AtomicWord>::IS_LOCK_FREE;

    /// How many keys can be in use at a time.
    pub const CAPACITY: usize = N;

    const_unless_loom! {
        /// A table in which no key was ever seen. `N` is checked as it is compiled.
        pub fn new(algorithm: A, when_full: WhenFull) -> Self {
            const { assert!(N > 0 && N.is_multiple_of(WAYS), "the capacity of a Keyed table is a multiple of 8: round N up") }
            Self { slots: new_slots(), overflow: Atomic::new(algorithm), when_full }
        }
    }

    /// The algorithm and its numbers.
    pub const fn algorithm(&self) -> &A {
        self.overflow.algorithm()
    }

    /// The limit of the key with this fingerprint. It takes a place in the table only when something is taken from it.
    pub fn limit(&self, fingerprint: u64) -> KeyLimit<'_, A, N> {
        KeyLimit::new(self, fingerprint)
    }

    /// How many keys are in use at `now`: not idle. Reads the whole table.
    pub fn len(&self, now: Nanos) -> usize {
        self.buckets().map(|bucket| bucket.read().iter().filter(|slot| !self.is_idle(slot.state(), now)).count()).sum()
    }

    /// Makes all idle keys new, so that none is taken for one in use once the time of its word has wrapped. Reads the whole table.
    pub fn forget_idle(&self, now: Nanos) {
        for bucket in self.buckets() {
            bucket.forget(|state| self.is_idle(state, now));
        }
        self.overflow.forget_idle(now);
    }

    fn buckets(&self) -> impl Iterator<Item = Bucket<'_>> {
        self.slots.chunks_exact(WAYS).map(Bucket::new)
    }

    /// The bucket that the upper half of `fingerprint` chooses.
    fn bucket(&self, fingerprint: u64) -> Bucket<'_> {
        let buckets = (N as u64) / WAYS as u64;
        let chosen = u128::from(fingerprint).wrapping_mul(u128::from(buckets)) >> u64::BITS;
        Bucket::new(self.slots.chunks_exact(WAYS).nth(chosen as usize).unwrap_or_default())
    }

    fn is_idle(&self, state: u32, now: Nanos) -> bool {
        state == 0 || self.algorithm().is_idle(&state, now)
    }

    /// Which slot of a bucket a new key takes, if any.
    fn place(&self, seen: &Seen, now: Nanos) -> Option<usize> {
        let idle = seen.ring().find(|(_, slot)| self.is_idle(slot.state(), now));
        let chosen = match self.when_full {
            WhenFull::DisplaceMostIdle => idle.or_else(|| seen.ring().min_by_key(|(_, slot)| self.whole_after(slot.state(), now))),
            WhenFull::Refuse | WhenFull::Overflow => idle,
        };
        chosen.map(|(place, _)| place)
    }

    fn whole_after(&self, state: u32, now: Nanos) -> Nanos {
        self.algorithm().snapshot(&state, now).reset_after
    }

    /// From `now` until one of a bucket's keys is idle, none of which is: to the nanosecond, for any algorithm, by bisection.
    fn idle_after(&self, seen: &Seen, now: Nanos) -> Nanos {
        let idle = |wait: u64| seen.ring().any(|(_, slot)| self.is_idle(slot.state(), now.saturating_add(Nanos(wait))));
        let whole = seen.ring().map(|(_, slot)| self.whole_after(slot.state(), now)).min().unwrap_or(Nanos::ZERO);
        let (mut busy, mut wait, mut step) = (whole.0, whole.0, 1_u64);
        while step > 0 && !idle(wait) {
            (busy, wait, step) = (wait, whole.0.saturating_add(step), step.wrapping_shl(1));
        }
        while wait.saturating_sub(busy) > 1 {
            let middle = busy.midpoint(wait);
            if idle(middle) { wait = middle } else { busy = middle }
        }
        Nanos(wait)
    }
}

#[cfg(not(paceline_loom))]
const fn new_slots<const N: usize>() -> [AtomicU64; N] {
    [const { <u64 as AtomicWord>::NEW }; N]
}

#[cfg(paceline_loom)]
fn new_slots<const N: usize>() -> [AtomicU64; N] {
    core::array::from_fn(|_| <u64 as AtomicWord>::new())
}
