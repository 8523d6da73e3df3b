#![deny(clippy::arithmetic_side_effects)]

use crate::{
    Algorithm, CarryOver, Cell as _, Decision, Lock, Locked, NamedLimit, NamedReservation, NamedReserve, Nanos, Reservation, RestoreError,
    Saved, SetDecision, Snapshot,
    algorithm::{Debit, Empty, Persist, Reconfigure, Schedule},
    cell::reserve_after,
};

/// Two algorithms in one word of 64 bits, taken together or not at all in one compare-exchange: requests and tokens, minute and day.
///
/// What a [`Set`](crate::Set) does by charging one limit after the other and giving back, this does at once: it is lock-free as a whole, no
/// other thread ever sees it half taken, and nothing is given back. The two can't be used apart; where one of them is shared by many, take
/// a `Set`.
///
/// ```
/// use paceline_core::{Atomic, Gcra, NamedLimit, Nanos, Pair, Quota, SetDecision, SlidingWindow};
///
/// let requests = SlidingWindow::new_u32(Quota::per_minute(500))?;
/// let tokens = Gcra::new_u32(Quota::per_minute(30_000))?;
/// let both = Atomic::new(Pair::new(requests, tokens));
/// assert_eq!(both.decide_named(Nanos::ZERO, [1, 30_000]), SetDecision::Allowed);
/// let wait = Nanos::from_secs(1);
/// assert_eq!(both.decide_named(Nanos::ZERO, [1, 500]), SetDecision::Denied { retry_after: wait, limit: 1 });
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
///
/// # Verbs
/// Those that both algorithms have. `undo`, `refund`, `take_up_to`, `drain` and `charge` do to each what they do to one. So with a window
/// of two counters nothing can be reserved, and this does not compile:
/// ```compile_fail,E0599
/// # use paceline_core::{Atomic, Gcra, Nanos, Pair, Quota, Reserve as _, SlidingWindow};
/// let pair = Pair::new(Gcra::new_u32(Quota::per_minute(60))?, SlidingWindow::new_u32(Quota::per_minute(60))?);
/// Atomic::new(pair).reserve(Nanos::ZERO, [1, 1], Nanos::MAX);
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
///
/// A reservation is for one time, the earliest at which both admit their costs, and is charged to each *for that time*, since that is when
/// the call is made. So both horizons have to hold it, and the shorter patience counts. The algorithm that would have been ready earlier is
/// held until then, and refuses others in between what it could have given them. A cost of 0 is charged to nobody.
///
/// # Idle
/// The pair is idle when both are. One that is idle for longer than its word remembers, beside one that never is, may be taken for a busy
/// one.
///
/// # Cost
/// Both steps. The atomic word is one of 64 bits; where the target has none, take [`Locked`](crate::Locked). With it, 40 bytes for two
/// [`Gcra`](crate::Gcra).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pair<A, B> {
    first: A,
    second: B,
}

impl<A, B> Pair<A, B> {
    /// Both, in the order of their costs.
    pub const fn new(first: A, second: B) -> Self {
        Self { first, second }
    }

    /// The algorithm of the first cost.
    pub const fn first(&self) -> &A {
        &self.first
    }

    /// The algorithm of the second cost.
    pub const fn second(&self) -> &B {
        &self.second
    }
}

impl<A: Algorithm<State = u32, Cost = u32>, B: Algorithm<State = u32, Cost = u32>> Pair<A, B> {
    /// The step, naming the algorithm that refused: of two that do, what can never be, else the longer wait.
    #[inline]
    pub fn step_named(&self, state: &mut u64, now: Nanos, [one, two]: [u32; 2]) -> SetDecision {
        let (mut first, mut second) = halves(*state);
        let decision = SetDecision::of(0, self.first.step(&mut first, now, one));
        let decision = decision.or_worse(SetDecision::of(1, self.second.step(&mut second, now, two)));
        if decision.is_allowed() {
            *state = joined(first, second);
        }
        decision
    }

    fn each<R>(&self, state: u64, first: impl FnOnce(&A, &u32) -> R, second: impl FnOnce(&B, &u32) -> R) -> [R; 2] {
        let (one, two) = halves(state);
        [first(&self.first, &one), second(&self.second, &two)]
    }

    fn change<R>(&self, state: &mut u64, first: impl FnOnce(&A, &mut u32) -> R, second: impl FnOnce(&B, &mut u32) -> R) -> [R; 2] {
        let (mut one, mut two) = halves(*state);
        let answers = [first(&self.first, &mut one), second(&self.second, &mut two)];
        *state = joined(one, two);
        answers
    }
}

/// What a cell says of a pair in it.
macro_rules! named {
    ([$($lock:tt)*] $cell:ty) => {
        impl<A: Algorithm<State = u32, Cost = u32>, B: Algorithm<State = u32, Cost = u32>, $($lock)*> NamedLimit for $cell {
            #[inline]
            fn peek_named(&self, now: Nanos, costs: [u32; 2]) -> SetDecision {
                self.read(|pair, state| pair.step_named(&mut state.clone(), now, costs))
            }

            #[inline]
            fn decide_named(&self, now: Nanos, costs: [u32; 2]) -> SetDecision {
                self.update(|pair, state| pair.step_named(state, now, costs), |decision| decision.is_allowed())
            }
        }

        impl<A: Schedule<State = u32, Cost = u32>, B: Schedule<State = u32, Cost = u32>, $($lock)*> NamedReserve for $cell {
            fn reserve_after_named(&self, now: Nanos, delay: Nanos, costs: [u32; 2], patience: Nanos) -> NamedReservation<Self::Ticket> {
                let then = now.saturating_add(delay);
                self.update(
                    |pair, state| {
                        let binding = pair.step_named(&mut pair.state_at(state, now, then), then, costs).limit();
                        match reserve_after(pair, state, now, delay, costs, patience) {
                            reserved @ Reservation::Reserved { .. } => (reserved, None),
                            refused => (refused, binding),
                        }
                    },
                    |(reservation, _)| matches!(reservation, Reservation::Reserved { .. }),
                )
            }
        }
    };
}

named!([M: Lock<(Pair<A, B>, u64)>] Locked<Pair<A, B>, M>);

portable_atomic::cfg_has_atomic_64! {
    named!([] crate::Atomic<Pair<A, B>>);
}

impl<A: Algorithm<State = u32, Cost = u32>, B: Algorithm<State = u32, Cost = u32>> Algorithm for Pair<A, B> {
    type State = u64;
    type Cost = [u32; 2];

    #[inline]
    fn step(&self, state: &mut u64, now: Nanos, costs: [u32; 2]) -> Decision {
        self.step_named(state, now, costs).into()
    }

    fn undo(&self, state: &mut u64, now: Nanos, [one, two]: [u32; 2]) {
        self.change(state, |first, state| first.undo(state, now, one), |second, state| second.undo(state, now, two));
    }

    fn wait_behind(&self, state: &u64, now: Nanos, [ahead, before]: [u64; 2], [one, two]: [u32; 2]) -> Nanos {
        let [first, second] = self.each(
            *state,
            |first, state| first.wait_behind(state, now, ahead, one),
            |second, state| second.wait_behind(state, now, before, two),
        );
        first.max(second)
    }

    fn snapshot(&self, state: &u64, now: Nanos) -> [Snapshot; 2] {
        self.each(*state, |first, state| first.snapshot(state, now), |second, state| second.snapshot(state, now))
    }

    fn is_idle(&self, state: &u64, now: Nanos) -> bool {
        self.each(*state, |first, state| first.is_idle(state, now), |second, state| second.is_idle(state, now)) == [true; 2]
    }

    fn state_at(&self, state: &u64, now: Nanos, then: Nanos) -> u64 {
        let [first, second] =
            self.each(*state, |first, state| first.state_at(state, now, then), |second, state| second.state_at(state, now, then));
        joined(first, second)
    }
}

impl<A: Empty<State = u32, Cost = u32>, B: Empty<State = u32, Cost = u32>> Empty for Pair<A, B> {
    fn take_up_to(&self, state: &mut u64, now: Nanos, [one, two]: [u32; 2]) -> [u32; 2] {
        self.change(state, |first, state| first.take_up_to(state, now, one), |second, state| second.take_up_to(state, now, two))
    }

    fn drain(&self, state: &mut u64, now: Nanos) {
        self.change(state, |first, state| first.drain(state, now), |second, state| second.drain(state, now));
    }

    fn drain_since(&self, state: &mut u64, now: Nanos, since: Nanos) -> bool {
        let drained =
            self.change(state, |first, state| first.drain_since(state, now, since), |second, state| second.drain_since(state, now, since));
        drained != [false; 2]
    }
}

impl<A: Schedule<State = u32, Cost = u32>, B: Schedule<State = u32, Cost = u32>> Schedule for Pair<A, B> {
    fn max_patience(&self) -> Nanos {
        self.first.max_patience().min(self.second.max_patience())
    }

    fn schedule(&self, state: &mut u64, now: Nanos, costs: [u32; 2], patience: Nanos) -> Reservation<()> {
        let wait = match self.step(&mut state.clone(), now, costs) {
            Decision::Allowed => Nanos::ZERO,
            Decision::Denied { retry_after } => retry_after,
            Decision::Impossible { most } => return Reservation::Impossible { most },
        };
        let patience = patience.min(self.max_patience());
        if wait > patience {
            return Reservation::Denied { retry_after: wait, patience };
        }
        let ([one, two], then) = (costs, now.saturating_add(wait));
        self.change(
            state,
            |first, state| charge_for(first, state, now, then, one),
            |second, state| charge_for(second, state, now, then, two),
        );
        Reservation::Reserved { wait, ticket: () }
    }

    fn refund(&self, state: &mut u64, now: Nanos, end: &u64, [one, two]: [u32; 2]) {
        let (first_end, second_end) = halves(*end);
        self.change(
            state,
            |first, state| first.refund(state, now, &first_end, one),
            |second, state| second.refund(state, now, &second_end, two),
        );
    }
}

impl<A: Debit<State = u32, Cost = u32>, B: Debit<State = u32, Cost = u32>> Debit for Pair<A, B> {
    fn debit(&self, state: &mut u64, now: Nanos, [one, two]: [u32; 2]) -> [u32; 2] {
        self.change(state, |first, state| first.debit(state, now, one), |second, state| second.debit(state, now, two))
    }
}

impl<A: Reconfigure<State = u32, Cost = u32>, B: Reconfigure<State = u32, Cost = u32>> Reconfigure for Pair<A, B> {
    fn carry_over(&self, state: &u64, now: Nanos, new: &Self, rule: CarryOver) -> u64 {
        let [first, second] = self.each(
            *state,
            |first, state| first.carry_over(state, now, &new.first, rule),
            |second, state| second.carry_over(state, now, &new.second, rule),
        );
        joined(first, second)
    }
}

impl<A: Persist<State = u32, Cost = u32>, B: Persist<State = u32, Cost = u32>> Persist for Pair<A, B> {
    fn save(&self, state: &u64, now: Nanos) -> Saved {
        let [first, second] = self.each(*state, |first, state| first.save(state, now), |second, state| second.save(state, now));
        Saved::both(first, second)
    }

    fn restore(&self, saved: &Saved, now: Nanos) -> Result<u64, RestoreError> {
        saved.is_by(self.save(&0, now).algorithm())?;
        let [first, second] = saved.each();
        Ok(joined(self.first.restore(&first, now)?, self.second.restore(&second, now)?))
    }
}

/// Takes `cost`, which fits `then`, for that time.
fn charge_for<A: Schedule<State = u32, Cost = u32>>(algorithm: &A, state: &mut u32, now: Nanos, then: Nanos, cost: u32) {
    if cost > 0 {
        *state = algorithm.state_at(state, now, then);
        let _ = algorithm.step(state, then, cost);
    }
}

fn halves(state: u64) -> (u32, u32) {
    (state as u32, (state >> u32::BITS) as u32)
}

fn joined(first: u32, second: u32) -> u64 {
    u64::from(first) | u64::from(second) << u32::BITS
}
