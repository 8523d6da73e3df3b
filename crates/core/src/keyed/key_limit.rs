use super::{
    Keyed, WhenFull,
    bucket::{Bucket, Tag},
};
use crate::{
    Algorithm, Cell as _, Charge, Concurrency, Decision, Drain, InFlight, Limit, Nanos, Snapshot,
    algorithm::{Debit, Empty},
    cell,
};

/// The limit of one key of a [`Keyed`] table: a view, as cheap as a reference, which can stand wherever a limit can.
///
/// A cost of 0 takes no place. Where the table has none for the key and [refuses](WhenFull::Refuse) it, nothing can be taken, drained or
/// charged: such a key is refused anyway, until there is a place, and then it begins anew.
///
/// With [`WhenFull::Overflow`], what is undone is given back to the key once it has a place of its own, even where it was taken before from
/// what all share: that key may then be one such cost above its quota, which the shared limiter has paid.
///
/// There is no `Reserve`: who holds a ticket for later can't see his key displaced, or move from the shared limiter to one of its own. Nor
/// are states saved: the random key of the fingerprints does not outlive a restart.
#[derive(Debug)]
pub struct KeyLimit<'a, A: Algorithm<State = u32, Cost = u32>, const N: usize> {
    table: &'a Keyed<A, N>,
    fingerprint: u64,
}

impl<A: Algorithm<State = u32, Cost = u32>, const N: usize> Clone for KeyLimit<'_, A, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: Algorithm<State = u32, Cost = u32>, const N: usize> Copy for KeyLimit<'_, A, N> {}

/// No place: how long until there is one.
struct Full {
    retry_after: Nanos,
}

impl<'a, A: Algorithm<State = u32, Cost = u32>, const N: usize> KeyLimit<'a, A, N> {
    /// Whether a decision takes no lock on this target.
    pub const IS_LOCK_FREE: bool = Keyed::<A, N>::IS_LOCK_FREE;

    pub(super) fn new(table: &'a Keyed<A, N>, fingerprint: u64) -> Self {
        Self { table, fingerprint }
    }

    fn algorithm(&self) -> &'a A {
        self.table.algorithm()
    }

    fn bucket(&self) -> Bucket<'a> {
        self.table.bucket(self.fingerprint)
    }

    fn tag(&self) -> Tag {
        Tag::of(self.fingerprint)
    }

    /// The state that decides about the key.
    fn state(&self, now: Nanos) -> Result<u32, Full> {
        let seen = self.bucket().see();
        match (seen.state_of(self.tag()), self.table.place(&seen, now), self.table.when_full) {
            (Some(state), ..) => Ok(state),
            (None, Some(_), _) => Ok(0),
            (None, None, WhenFull::Overflow) => Ok(self.table.overflow.read(|_, &state| state)),
            (None, None, _) => Err(Full { retry_after: self.table.idle_after(&seen, now) }),
        }
    }

    /// What `change` answers once its change of the state stands, for which the key takes a place; where its answer is not to be `kept`, it
    /// has changed nothing.
    fn update<R>(&self, now: Nanos, change: impl Fn(&mut u32) -> R, kept: impl Fn(&R) -> bool) -> Result<R, Full> {
        let (bucket, tag) = (self.bucket(), self.tag());
        loop {
            if let Some(result) = bucket.update(tag, &change, &kept) {
                return Ok(result);
            }
            let mut state = 0;
            let result = change(&mut state);
            if !kept(&result) {
                return Ok(result);
            }
            let seen = bucket.see();
            if seen.state_of(tag).is_some() {
                continue;
            }
            match (self.table.place(&seen, now), self.table.when_full) {
                (Some(place), _) if bucket.enter(&seen, place, tag, state) => return Ok(result),
                (Some(_), _) => {}
                (None, WhenFull::Overflow) => return Ok(self.table.overflow.update(|_, state| change(state), kept)),
                (None, _) => return Err(Full { retry_after: self.table.idle_after(&seen, now) }),
            }
        }
    }
}

impl<A: Algorithm<State = u32, Cost = u32>, const N: usize> Limit for KeyLimit<'_, A, N> {
    type Cost = u32;

    fn peek(&self, now: Nanos, cost: u32) -> Decision {
        match (self.state(now), self.algorithm().step(&mut 0, now, cost)) {
            (Ok(mut state), _) => self.algorithm().step(&mut state, now, cost),
            (Err(Full { retry_after }), Decision::Allowed) if cost > 0 => Decision::Denied { retry_after },
            (Err(_), even_when_new) => even_when_new,
        }
    }

    fn decide(&self, now: Nanos, cost: u32) -> Decision {
        if cost == 0 {
            return self.peek(now, cost); // nothing to remember, and no place for it
        }
        self.update(now, |state| self.algorithm().step(state, now, cost), |decision| decision.is_allowed())
            .unwrap_or_else(|Full { retry_after }| Decision::Denied { retry_after })
    }

    fn undo(&self, now: Nanos, cost: u32) {
        let undo = |state: &mut u32| self.algorithm().undo(state, now, cost);
        let known = self.bucket().update(self.tag(), undo, |()| true);
        if known.is_none() && self.table.when_full == WhenFull::Overflow {
            self.table.overflow.undo(now, cost);
        }
    }

    fn wait_behind(&self, now: Nanos, queued: u64, cost: u32) -> Nanos {
        match self.state(now) {
            Ok(state) => self.algorithm().wait_behind(&state, now, queued, cost),
            Err(Full { retry_after }) => self.algorithm().wait_behind(&0, now, queued, cost).max(retry_after),
        }
    }

    fn snapshot(&self, now: Nanos) -> Snapshot {
        match self.state(now) {
            Ok(state) => self.algorithm().snapshot(&state, now),
            Err(Full { retry_after }) => {
                let new = self.algorithm().snapshot(&0, now);
                Snapshot { limit: new.limit, remaining: 0, retry_after, reset_after: new.reset_after.max(retry_after) }
            }
        }
    }
}

impl<A: Empty<State = u32, Cost = u32>, const N: usize> Drain for KeyLimit<'_, A, N> {
    fn take_up_to(&self, now: Nanos, most: u32) -> u32 {
        self.update(now, |state| self.algorithm().take_up_to(state, now, most), |&taken| taken > 0).unwrap_or(0)
    }

    fn drain_since(&self, now: Nanos, since: Nanos) {
        let _no_place = self.update(now, |state| self.algorithm().drain_since(state, now, since), |&drained| drained);
    }

    fn wait_drained(&self, now: Nanos, then: Nanos, queued: u64, cost: u32) -> Nanos {
        let (state, no_place) = self.drained(now, then);
        self.algorithm().wait_behind(&state, then, queued, cost).max(no_place)
    }

    fn snapshot_drained(&self, now: Nanos, then: Nanos) -> Snapshot {
        let (state, no_place) = self.drained(now, then);
        let left = self.algorithm().snapshot(&state, then);
        Snapshot { retry_after: left.retry_after.max(no_place), reset_after: left.reset_after.max(no_place), ..left }
    }
}

impl<A: Empty<State = u32, Cost = u32>, const N: usize> KeyLimit<'_, A, N> {
    /// The state with nothing left at `then`, and how long after that no place is free for it.
    fn drained(&self, now: Nanos, then: Nanos) -> (u32, Nanos) {
        let (state, place_at) = match self.state(now) {
            Ok(state) => (state, now),
            Err(Full { retry_after }) => (0, now.saturating_add(retry_after)),
        };
        (cell::drained(self.algorithm(), &state, now, then), place_at.saturating_sub(then))
    }
}

/// For a table that [refuses](WhenFull::Refuse) keys for which it has no place. One that displaces a key forgets the calls that it has in
/// flight, and what they give back is missing from those that it begins afterwards. One with a shared limiter never gets back what a key
/// has in flight of that when it finds a place of its own.
impl<const N: usize> InFlight for KeyLimit<'_, Concurrency, N> {}

impl<A: Debit<State = u32, Cost = u32>, const N: usize> Charge for KeyLimit<'_, A, N> {
    fn charge(&self, now: Nanos, cost: u32) -> u32 {
        self.update(now, |state| self.algorithm().debit(state, now, cost), |&taken| taken > 0).unwrap_or(0)
    }
}
