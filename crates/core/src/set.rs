use crate::{Cost, Decision, Limit, Nanos, SetDecision, Snapshot};

/// Several limits taken together or not at all: requests and tokens, minute and day.
///
/// Each limit has a cost of its own, in the same order. Put the most specific limit first and the most shared one last: where two
/// threads meet, a refused request gives back what it took for a moment, and of a limit that many share that moment would refuse innocents.
/// Limits of different types are put behind `&dyn Limit<Cost = u32>`.
///
/// ```
/// use paceline_core::{Atomic, Gcra, Limit, Nanos, Quota, Set, SetDecision};
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
/// # When threads meet
/// A set that looked, charged and then lost a race gives back at the reading that it was called with. If its thread was held up in between for longer than
/// the cost takes to drain, and others were admitted meanwhile, they gain what had drained: at most that one cost, once for each such
/// refusal. In true time that is rate times the delay, as with any reading that is late.
///
/// # Cost
/// Two reads and one write a limit when admitted, one read a limit when refused. No lock, but not lock-free as a whole: between the
/// first charge and the last the set is half taken.
#[derive(Clone, Copy, Debug)]
pub struct Set<L, const N: usize> {
    limits: [L; N],
}

impl<L, const N: usize> Set<L, N> {
    /// These limits, the most specific first.
    pub const fn new(limits: [L; N]) -> Self {
        Self { limits }
    }

    /// The limits, in the order of their costs.
    pub const fn limits(&self) -> &[L; N] {
        &self.limits
    }
}

impl<L: Limit<Cost = u32>, const N: usize> Set<L, N> {
    /// What [`decide_named`](Self::decide_named) would answer, with nothing taken: the longest wait of all limits.
    #[inline]
    pub fn peek_named(&self, now: Nanos, costs: [u32; N]) -> SetDecision {
        self.each(costs)
            .map(|(place, limit, cost)| SetDecision::of(place, limit.peek(now, cost)))
            .fold(SetDecision::Allowed, SetDecision::or_worse)
    }

    /// Takes every cost from its limit, or nothing from any; names the limit that refused.
    #[inline]
    pub fn decide_named(&self, now: Nanos, costs: [u32; N]) -> SetDecision {
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

    fn each(&self, costs: [u32; N]) -> impl Iterator<Item = (usize, &L, u32)> {
        self.limits.iter().zip(costs).enumerate().map(|(place, (limit, cost))| (place, limit, cost))
    }

    /// Gives back to the first `count` limits, the most shared first.
    fn undo_first(&self, count: usize, now: Nanos, costs: [u32; N]) {
        for (limit, cost) in self.limits.iter().zip(costs).take(count).rev() {
            limit.undo(now, cost);
        }
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
        let waits = self.limits.iter().zip(queued).zip(costs);
        waits.map(|((limit, queued), cost)| limit.wait_behind(now, queued, cost)).max().unwrap_or(Nanos::ZERO)
    }

    fn snapshot(&self, now: Nanos) -> [Snapshot; N] {
        self.limits.each_ref().map(|limit| limit.snapshot(now))
    }
}
