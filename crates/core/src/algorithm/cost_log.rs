#![deny(clippy::arithmetic_side_effects)]

use core::{fmt::Debug, marker::PhantomData, time::Duration};

use crate::{
    Algorithm, CarryOver, Decision, Nanos, Snapshot,
    algorithm::{Empty, Reconfigure},
};

mod admissions;
pub use admissions::{Admission, Admissions, Ring};

/// How far a clock may be behind another.
const SKEW: Nanos = Nanos::from_secs(1);

/// The exact log for calls of any cost: at most `limit` in any window, wherever it begins.
///
/// It remembers what it admitted for as long as the window lasts. An admission at `t` counts for readings before `t + window`, and
/// from then on no longer. So it is the client's limit against a counter that resets at a time that nobody knows: what fits any window
/// fits theirs, whatever its phase.
///
/// Its state is a queue of [`Admissions`]: a [`Ring`] of a fixed size, where nothing is allocated, or one on the heap (`HeapCostLog` of the
/// `paceline` crate). It is too wide for an atomic word, so a [`Locked`](crate::Locked) cell holds it. A queue that is full refuses until
/// the oldest admission leaves the window: stricter, never above.
///
/// # Verbs that are not there
/// It can't be [reserved](crate::Reserve) from, since a ticket would be two copies of the queue:
/// ```compile_fail,E0599
/// # use core::time::Duration;
/// # use paceline_core::{CostLog, Nanos, Ring, algorithm::Schedule as _};
/// CostLog::<Ring<16>>::new(100, Duration::from_secs(10)).schedule(&mut Default::default(), Nanos::ZERO, 1, Nanos::MAX);
/// ```
/// It can't be [charged](crate::Charge) after the fact, since a window would then hold more than the limit:
/// ```compile_fail,E0599
/// # use core::time::Duration;
/// # use paceline_core::{CostLog, Nanos, Ring, algorithm::Debit as _};
/// CostLog::<Ring<16>>::new(100, Duration::from_secs(10)).debit(&mut Default::default(), Nanos::ZERO, 1);
/// ```
/// And a queue does not fit a [`Saved`](crate::Saved) state; after a restart [`drain`](crate::Drain::drain) it:
/// ```compile_fail,E0599
/// # use core::time::Duration;
/// # use paceline_core::{CostLog, Nanos, Ring, algorithm::Persist as _};
/// CostLog::<Ring<16>>::new(100, Duration::from_secs(10)).save(&Default::default(), Nanos::ZERO);
/// ```
///
/// # Source
/// "Better Rate Limiting With Redis Sorted Sets" (ClassDojo Engineering, 2015) describes the log of times from which what has left the
/// window is cut off.
///
/// # Clocks that go back
/// A reading behind the newest admission counts as that one's time, so late readings are only stricter. One that is behind by more than the
/// window and a second is taken for a clock that began anew: what was admitted before it no longer counts, which costs at most one extra
/// limit a jump.
///
/// # Cost
/// 16 bytes for each admission of the last window; a `Ring` of `N` is `16 + 16 * N` and three `usize`. An admission costs constant time
/// (averaged); a refusal walks over what has to leave the window before the cost fits, an `undo` over all of it, and a change of its
/// numbers copies it.
///
/// ```
/// use core::time::Duration;
/// use paceline_core::{Algorithm, CostLog, Decision, Nanos, Ring};
///
/// let log = CostLog::<Ring<16>>::new(100, Duration::from_secs(10));
/// let mut state = Default::default();
/// assert!(log.step(&mut state, Nanos::ZERO, 70).is_allowed());
/// assert!(log.step(&mut state, Nanos::from_secs(4), 30).is_allowed());
/// assert_eq!(log.step(&mut state, Nanos::from_secs(5), 71), Decision::Denied { retry_after: Nanos::from_secs(9) });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CostLog<Q> {
    limit: u32,
    window: Nanos,
    queue: PhantomData<fn() -> Q>,
}

/// What a [`CostLog`] admitted.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Logged<Q> {
    admissions: Q,
    sum: u64,
    /// What was admitted last, also when it was undone: what is behind the window by then may be forgotten.
    newest: Nanos,
}

impl<Q: Admissions> CostLog<Q> {
    /// With a limit of 0 nothing but a cost of 0 is ever admitted, with a window of 0 anything up to the limit.
    pub const fn new(limit: u32, window: Duration) -> Self {
        Self { limit, window: Nanos::from_duration(window), queue: PhantomData }
    }

    /// How long `cost` has to wait, with the front of the log that is behind the window at `now`.
    fn look(&self, logged: &Logged<Q>, now: Nanos, cost: u32) -> (Nanos, Expired) {
        let expired = self.expired(logged, now);
        let room = u64::from(self.limit.saturating_sub(cost));
        let mut held = logged.held(&expired);
        let mut has_place = cost == 0 || expired.count > 0 || !logged.admissions.is_full();
        let mut wait = Nanos::ZERO;
        for leaving in logged.admissions.iter().skip(expired.count) {
            if held <= room && has_place {
                break;
            }
            held = held.saturating_sub(leaving.cost.into());
            has_place = true;
            wait = self.counts_for(leaving, now);
        }
        (wait, expired)
    }

    /// The one place that says what is older than the window.
    fn expired(&self, logged: &Logged<Q>, now: Nanos) -> Expired {
        if self.began_anew(logged, now) {
            return Expired { count: usize::MAX, sum: logged.sum };
        }
        let now = now.max(logged.newest);
        let old = logged.admissions.iter().take_while(|admission| self.counts_for(admission, now) == Nanos::ZERO);
        old.fold(Expired::default(), |Expired { count, sum }, old| Expired {
            count: count.saturating_add(1),
            sum: sum.saturating_add(old.cost.into()),
        })
    }

    /// Whether the clock has jumped back.
    fn began_anew(&self, logged: &Logged<Q>, now: Nanos) -> bool {
        logged.newest.saturating_sub(now) > self.window.saturating_add(SKEW)
    }

    fn forget_expired(&self, logged: &mut Logged<Q>, now: Nanos) {
        if self.began_anew(logged, now) {
            *logged = Logged::default();
        }
        let expired = self.expired(logged, now);
        for _ in 0..expired.count {
            let _ = logged.admissions.pop();
        }
        logged.sum = logged.held(&expired);
    }

    /// The time that a call at `now` counts from.
    fn counts_from(&self, logged: &Logged<Q>, now: Nanos) -> Nanos {
        if self.began_anew(logged, now) { now } else { now.max(logged.newest) }
    }

    /// What is left of the limit beside what counts.
    fn free(&self, logged: &Logged<Q>, expired: &Expired) -> u32 {
        u64::from(self.limit).saturating_sub(logged.held(expired)) as u32
    }

    /// How long it counts from `now` on. Its end may lie behind the end of time.
    fn counts_for(&self, admission: &Admission, now: Nanos) -> Nanos {
        self.window.saturating_add(admission.at.saturating_sub(now)).saturating_sub(now.saturating_sub(admission.at))
    }

    fn remaining(&self, logged: &Logged<Q>, now: Nanos) -> u32 {
        let expired = self.expired(logged, now);
        if expired.count == 0 && logged.admissions.is_full() {
            return 0;
        }
        self.free(logged, &expired)
    }
}

/// The front of the log that no longer counts.
#[derive(Default)]
struct Expired {
    count: usize,
    sum: u64,
}

impl<Q: Admissions> Logged<Q> {
    /// How many admissions are remembered; some may be behind the window.
    pub fn count(&self) -> usize {
        self.admissions.iter().count()
    }

    /// What counts besides what has expired.
    fn held(&self, expired: &Expired) -> u64 {
        self.sum.saturating_sub(expired.sum)
    }

    fn push(&mut self, at: Nanos, cost: u32) {
        if self.admissions.push(Admission { at, cost }) {
            self.sum = self.sum.saturating_add(cost.into());
            self.newest = self.newest.max(at);
        }
    }

    /// Turns the queue once, and puts `new` where it belongs; in a full queue it becomes one with the next later one, or the last.
    fn insert(&mut self, new: Admission) {
        let full = self.admissions.is_full();
        let mut waiting = Some(new);
        for left in (0..self.count()).rev() {
            let Some(mut there) = self.admissions.pop() else { return };
            match waiting.take_if(|new| there.at > new.at || full && left == 0) {
                Some(new) if full => {
                    let cost = there.cost.saturating_add(new.cost);
                    self.sum = self.sum.saturating_add(cost.saturating_sub(there.cost).into());
                    there = Admission { at: there.at.max(new.at), cost };
                    self.newest = self.newest.max(there.at);
                }
                Some(new) => self.push(new.at, new.cost),
                None => {}
            }
            self.admissions.push(there);
        }
        if let Some(new) = waiting {
            self.push(new.at, new.cost);
        }
    }
}

impl<Q: Admissions> Algorithm for CostLog<Q> {
    type State = Logged<Q>;
    type Cost = u32;

    /// Without a copy of the log.
    fn peek(&self, logged: &Logged<Q>, now: Nanos, cost: u32) -> Decision {
        if cost > self.limit {
            return Decision::Impossible { most: self.limit };
        }
        match self.look(logged, now, cost) {
            (Nanos::ZERO, _) => Decision::Allowed,
            (retry_after, _) => Decision::Denied { retry_after },
        }
    }

    fn step(&self, logged: &mut Logged<Q>, now: Nanos, cost: u32) -> Decision {
        let decision = self.peek(logged, now, cost);
        if decision.is_allowed() && cost > 0 {
            let at = self.counts_from(logged, now);
            self.forget_expired(logged, now);
            logged.push(at, cost);
        }
        decision
    }

    /// Turns the queue once, without the oldest one that it can be: what a late call took is not told from what others took since its
    /// reading.
    fn undo(&self, logged: &mut Logged<Q>, now: Nanos, cost: u32) {
        let mut undone = false;
        for _ in 0..logged.count() {
            let Some(admission) = logged.admissions.pop() else { return };
            if !undone && admission.at >= now && admission.cost == cost {
                undone = true;
                logged.sum = logged.sum.saturating_sub(cost.into());
            } else {
                logged.admissions.push(admission);
            }
        }
    }

    /// Exact for costs of one, where the queue does not fill. A larger cost may wait longer, since its place has to come free as a whole.
    fn wait_behind(&self, logged: &Logged<Q>, now: Nanos, queued: u64, cost: u32) -> Nanos {
        let expired = self.expired(logged, now);
        let free = self.free(logged, &expired);
        let Some(beyond) = queued.saturating_add(cost.into()).checked_sub(free.into()).and_then(|over| over.checked_sub(1)) else {
            return Nanos::ZERO;
        };
        // What comes after the room that is there takes the places of what is in the log, in its order, once a window.
        // Before that has to leave what is more than the limit holds.
        let limit = u64::from(self.limit);
        let (Some(rounds), Some(place)) = (beyond.checked_div(limit), beyond.checked_rem(limit)) else { return Nanos::MAX };
        let mut place = place.saturating_add(logged.held(&expired).saturating_sub(limit));
        let mut frees_place = logged.admissions.iter().skip(expired.count);
        let leaving = frees_place.find(|leaving| match place.checked_sub(u64::from(leaving.cost)) {
            Some(rest) => {
                place = rest;
                false
            }
            None => true,
        });
        let since = leaving.map_or(self.counts_from(logged, now), |leaving| leaving.at);
        let windows = Nanos(self.window.0.saturating_mul(rounds.saturating_add(1)));
        since.saturating_add(windows).saturating_sub(now)
    }

    fn snapshot(&self, logged: &Logged<Q>, now: Nanos) -> Snapshot {
        let wait_of = |cost: u32| self.look(logged, now, cost.min(self.limit)).0;
        Snapshot { limit: self.limit, remaining: self.remaining(logged, now), retry_after: wait_of(1), reset_after: wait_of(self.limit) }
    }

    fn is_idle(&self, logged: &Logged<Q>, now: Nanos) -> bool {
        let is_new = logged.newest == Nanos::ZERO && logged.admissions.iter().next().is_none();
        is_new || logged.newest.saturating_add(self.window).saturating_add(SKEW) <= now
    }
}

impl<Q: Admissions> Empty for CostLog<Q> {
    fn take_up_to(&self, logged: &mut Logged<Q>, now: Nanos, most: u32) -> u32 {
        let taken = most.min(self.remaining(logged, now));
        match self.step(logged, now, taken) {
            Decision::Allowed => taken,
            Decision::Denied { .. } | Decision::Impossible { .. } => 0,
        }
    }

    fn drain(&self, logged: &mut Logged<Q>, now: Nanos) {
        self.drain_since(logged, now, now);
    }

    /// What was taken then comes between what was admitted before and since; where the queue has no place for it, it counts from the next
    /// later one on, or that is the last of it, as one with it. A time to come counts as now.
    fn drain_since(&self, logged: &mut Logged<Q>, now: Nanos, since: Nanos) -> bool {
        let since = since.min(now);
        let anew = self.began_anew(logged, now);
        let counted = |admission: &&Admission| !anew && admission.at <= since && self.counts_for(admission, since) > Nanos::ZERO;
        let there = logged.admissions.iter().filter(counted);
        let taken = there.fold(self.limit, |left, admission| left.saturating_sub(admission.cost));
        if taken == 0 || since.saturating_add(self.window) <= now {
            return false;
        }
        self.forget_expired(logged, now);
        logged.insert(Admission { at: since, cost: taken });
        true
    }
}

/// Calls stay where they are in time, whatever the rule but [`CarryOver::Reset`], and count against the new limit in the new window: what
/// was admitted before the change and what is after are together never more than that, but where there was more already. Of a longer window
/// it has forgotten what came before the old one, and takes that for all of it: nothing is admitted until that has left the window.
impl<Q: Admissions> Reconfigure for CostLog<Q> {
    fn carry_over(&self, logged: &Logged<Q>, now: Nanos, new: &Self, rule: CarryOver) -> Logged<Q> {
        if rule == CarryOver::Reset {
            return Logged::default();
        }
        let mut carried = logged.clone();
        if new.window > self.window {
            let forgotten = self.counts_from(logged, now).saturating_sub(self.window);
            carried.insert(Admission { at: forgotten, cost: new.limit });
        }
        carried
    }
}
