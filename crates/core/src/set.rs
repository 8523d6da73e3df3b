use crate::{Charge, Cost, Decision, Drain, Limit, NamedLimit, Nanos, SetDecision, Snapshot};

mod reserve;

/// Several limits taken together or not at all: requests and tokens, minute and day.
///
/// Each limit has a cost of its own, in the same order. Put the most specific limit first and the most shared one last: where two
/// threads meet, a refused request gives back what it took for a moment, and of a limit that many share that moment would refuse innocents.
/// Limits of different types are put behind `&dyn Limit<Cost = u32>`, or `&dyn` of the trait with the verb that is wanted, which is
/// [`Drain`] also where a [gate](crate::Gated) stands in front. A limit that can't reserve, such as [`Concurrency`](crate::Concurrency), is
/// no part of a set that does: take it when the time that the others have given has come.
///
/// ```
/// use paceline_core::{Atomic, Gcra, Limit, NamedLimit, Nanos, Quota, Set, SetDecision};
///
/// let requests = Atomic::new(Gcra::new(Quota::per_minute(500))?);
/// let tokens = Atomic::new(Gcra::new(Quota::per_minute(30_000))?);
/// let both = Set::new([&requests, &tokens]);
/// assert_eq!(both.decide_named(Nanos::ZERO, [1, 30_000]), SetDecision::Allowed);
/// let wait = Nanos::from_secs(1);
/// assert_eq!(both.decide_named(Nanos::ZERO, [1, 500]), SetDecision::Denied { retry_after: wait, limit: 1 });
/// assert!(requests.peek(Nanos::ZERO, 499).is_allowed()); // the refused request took nothing from the requests
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
///
/// # Reserving
/// A reservation is for one time, the earliest at which all limits admit their costs, and is charged to each limit *for that time*, since
/// that is when the call is made; [`NamedReserve`](crate::NamedReserve) says which limit refused it. So the horizon of each has to hold it
/// ([`Horizon::patience`](crate::Horizon::patience)); the shortest counts. A limit that would have been ready earlier is held until then,
/// and refuses others in between what it could have given them: where limits differ much, callers who wait in line fare better.
///
/// A limit can't see that a charge within its burst is for later. What others give back of it meanwhile, by an undo or the refund of an
/// earlier call, may have drained by then and is given once more: at most as much as they gave back.
///
/// What the other verbs do, they do to each limit by itself.
///
/// # When threads meet
/// A set that looked, charged and then lost a race gives back at the reading that it was called with. If its thread was held up in between
/// for longer than the cost takes to drain, and others were admitted meanwhile, they gain what had drained: at most that one cost, once for
/// each such refusal. In true time that is rate times the delay, as with any reading that is late.
///
/// A reservation that meets others begins anew with the time that was then told, a few times, and then is refused although a longer try
/// might have found room. What it gives back for a time to come is lost where somebody has reserved behind it:
/// [`Reserve::cancel`](crate::Reserve::cancel).
///
/// # Cost
/// Two reads and one write a limit when admitted, one read a limit when refused. No lock.
#[derive(Clone, Copy, Debug)]
pub struct Set<L, const N: usize> {
    limits: [L; N],
}

impl<L, const N: usize> Set<L, N> {
    /// Not lock-free, whatever the limits: between its first charge and its last a set is half taken.
    pub const IS_LOCK_FREE: bool = false;

    /// These limits, the most specific first.
    pub const fn new(limits: [L; N]) -> Self {
        Self { limits }
    }

    /// The limits, in the order of their costs.
    pub const fn limits(&self) -> &[L; N] {
        &self.limits
    }

    /// The limits, to change their numbers.
    pub const fn limits_mut(&mut self) -> &mut [L; N] {
        &mut self.limits
    }
}

impl<L: Limit<Cost = u32>, const N: usize> NamedLimit for Set<L, N> {
    #[inline]
    fn peek_named(&self, now: Nanos, costs: [u32; N]) -> SetDecision {
        self.each(costs)
            .map(|(place, limit, cost)| SetDecision::of(place, limit.peek(now, cost)))
            .fold(SetDecision::Allowed, SetDecision::or_worse)
    }

    #[inline]
    fn decide_named(&self, now: Nanos, costs: [u32; N]) -> SetDecision {
        let seen = self.peek_named(now, costs);
        if !seen.is_allowed() {
            return seen;
        }
        for (place, limit, cost) in self.each(costs) {
            let decision = SetDecision::of(place, limit.decide(now, cost));
            if !decision.is_allowed() {
                self.undo_first(place, now, costs);
                return decision.or_worse(self.peek_named(now, costs));
            }
        }
        SetDecision::Allowed
    }
}

impl<L: Limit<Cost = u32>, const N: usize> Limit for Set<L, N> {
    type Cost = [u32; N];

    fn peek(&self, now: Nanos, costs: [u32; N]) -> Decision {
        self.peek_named(now, costs).into()
    }

    fn decide(&self, now: Nanos, costs: [u32; N]) -> Decision {
        self.decide_named(now, costs).into()
    }

    fn undo(&self, now: Nanos, costs: [u32; N]) {
        self.undo_first(N, now, costs);
    }

    fn wait_behind(&self, now: Nanos, queued: <[u32; N] as Cost>::Total, costs: [u32; N]) -> Nanos {
        self.longest(queued, costs, |limit, queued, cost| limit.wait_behind(now, queued, cost))
    }

    fn snapshot(&self, now: Nanos) -> [Snapshot; N] {
        self.limits.each_ref().map(|limit| limit.snapshot(now))
    }
}

impl<L: Drain<Cost = u32>, const N: usize> Drain for Set<L, N> {
    fn take_up_to(&self, now: Nanos, most: [u32; N]) -> [u32; N] {
        self.taken(most, |limit, most| limit.take_up_to(now, most))
    }

    fn drain_since(&self, now: Nanos, since: Nanos) {
        self.limits.iter().for_each(|limit| limit.drain_since(now, since));
    }

    fn wait_drained(&self, now: Nanos, then: Nanos, queued: <[u32; N] as Cost>::Total, costs: [u32; N]) -> Nanos {
        self.longest(queued, costs, |limit, queued, cost| limit.wait_drained(now, then, queued, cost))
    }

    fn snapshot_drained(&self, now: Nanos, then: Nanos) -> [Snapshot; N] {
        self.limits.each_ref().map(|limit| limit.snapshot_drained(now, then))
    }
}

impl<L: Charge<Cost = u32>, const N: usize> Charge for Set<L, N> {
    fn charge(&self, now: Nanos, costs: [u32; N]) -> [u32; N] {
        self.taken(costs, |limit, cost| limit.charge(now, cost))
    }
}

impl<L: Limit<Cost = u32>, const N: usize> Set<L, N> {
    fn each(&self, costs: [u32; N]) -> impl Iterator<Item = (usize, &L, u32)> {
        self.limits.iter().zip(costs).enumerate().map(|(place, (limit, cost))| (place, limit, cost))
    }

    /// Gives back to the first `count` limits, the most shared first.
    fn undo_first(&self, count: usize, now: Nanos, costs: [u32; N]) {
        let taken = self.limits.iter().rev().zip(costs.into_iter().rev()).skip(N.saturating_sub(count));
        for (limit, cost) in taken {
            limit.undo(now, cost);
        }
    }

    fn longest(&self, queued: [u64; N], costs: [u32; N], wait: impl Fn(&L, u64, u32) -> Nanos) -> Nanos {
        let waits = self.limits.iter().zip(queued).zip(costs);
        waits.map(|((limit, queued), cost)| wait(limit, queued, cost)).max().unwrap_or(Nanos::ZERO)
    }

    /// What `take` takes of each limit, for the cost that is asked of it.
    fn taken(&self, mut costs: [u32; N], take: impl Fn(&L, u32) -> u32) -> [u32; N] {
        for (limit, cost) in self.limits.iter().zip(&mut costs) {
            *cost = take(limit, *cost);
        }
        costs
    }
}
