use crate::{Decision, NamedLimit as _, NamedReservation, NamedReserve, Nanos, Reservation, Reserve, Set, SetDecision};

/// How often a reservation is tried before other callers have come between too often.
const TRIES: usize = 8;

impl<L: Reserve<Cost = u32>, const N: usize> Reserve for Set<L, N> {
    /// Of each limit the ticket, where it was charged: a cost of 0 is not, or it would hold an idle limit until the time of the others.
    type Ticket = [Option<L::Ticket>; N];

    fn max_patience(&self) -> Nanos {
        self.limits().iter().map(L::max_patience).min().unwrap_or(Nanos::MAX)
    }

    fn reserve_after(&self, now: Nanos, delay: Nanos, costs: [u32; N], patience: Nanos) -> Reservation<Self::Ticket> {
        self.reserve_after_named(now, delay, costs, patience).0
    }

    fn cancel(&self, now: Nanos, tickets: Self::Ticket) -> bool {
        let taken = self.limits().iter().rev().zip(tickets.into_iter().rev()).filter_map(|(limit, ticket)| Some((limit, ticket?)));
        taken.fold(true, |all, (limit, ticket)| limit.cancel(now, ticket) && all)
    }

    fn refund(&self, now: Nanos, tickets: Self::Ticket, unused: [u32; N]) {
        for ((limit, ticket), unused) in self.limits().iter().rev().zip(tickets.into_iter().rev()).zip(unused.into_iter().rev()) {
            if let Some(ticket) = ticket {
                limit.refund(now, ticket, unused);
            }
        }
    }
}

impl<L: Reserve<Cost = u32>, const N: usize> NamedReserve for Set<L, N> {
    fn reserve_after_named(&self, now: Nanos, delay: Nanos, costs: [u32; N], patience: Nanos) -> NamedReservation<Self::Ticket> {
        let patience = patience.min(self.max_patience());
        let mut tries = 0..TRIES;
        let mut decision = self.peek_named(now, costs);
        loop {
            let (wait, limit) = match decision.into() {
                Decision::Denied { retry_after } if retry_after > delay => (retry_after, decision.limit()),
                Decision::Allowed | Decision::Denied { .. } => (delay, None),
                Decision::Impossible { most } => return (Reservation::Impossible { most }, decision.limit()),
            };
            if wait > patience || tries.next().is_none() {
                return (Reservation::Denied { retry_after: wait, patience }, limit);
            }
            match self.reserve_in(wait, now, costs) {
                Ok(ticket) => return (Reservation::Reserved { wait, ticket }, None),
                Err(meanwhile) => decision = meanwhile,
            }
        }
    }
}

impl<L: Reserve<Cost = u32>, const N: usize> Set<L, N> {
    /// Charges each limit for the time that is `wait` from now, or gives back and tells what the first says that has not as much left for
    /// then.
    fn reserve_in(&self, wait: Nanos, now: Nanos, costs: [u32; N]) -> Result<[Option<L::Ticket>; N], SetDecision> {
        let mut tickets = [const { None }; N];
        for ((place, limit, cost), taken) in self.each(costs).zip(&mut tickets).filter(|((.., cost), _)| *cost > 0) {
            let meanwhile = match limit.reserve_after(now, wait, cost, wait) {
                Reservation::Reserved { ticket, .. } => {
                    *taken = Some(ticket);
                    continue;
                }
                Reservation::Denied { retry_after, .. } => Decision::Denied { retry_after },
                Reservation::Impossible { most } => Decision::Impossible { most },
            };
            self.cancel(now, tickets);
            return Err(SetDecision::of(place, meanwhile));
        }
        Ok(tickets)
    }
}
