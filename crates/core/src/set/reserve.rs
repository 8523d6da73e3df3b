use crate::{Decision, Limit, Nanos, Reservation, Reserve, Set};

/// How often a reservation is tried before other callers have come between too often.
const TRIES: usize = 8;

impl<L: Reserve<Cost = u32>, const N: usize> Reserve for Set<L, N> {
    /// Of each limit the ticket, where it was charged: a cost of 0 is not, or it would hold an idle limit until the time of the others.
    type Ticket = [Option<L::Ticket>; N];

    fn max_patience(&self) -> Nanos {
        self.limits().iter().map(L::max_patience).min().unwrap_or(Nanos::MAX)
    }

    fn reserve_after(&self, now: Nanos, delay: Nanos, costs: [u32; N], patience: Nanos) -> Reservation<Self::Ticket> {
        let patience = patience.min(self.max_patience());
        let mut tries = 0..TRIES;
        let mut decision = self.peek(now, costs);
        loop {
            let wait = match decision {
                Decision::Allowed => delay,
                Decision::Denied { retry_after } => retry_after.max(delay),
                Decision::Impossible { most } => return Reservation::Impossible { most },
            };
            if wait > patience || tries.next().is_none() {
                return Reservation::Denied { retry_after: wait, patience };
            }
            match self.reserve_in(wait, now, costs) {
                Ok(ticket) => return Reservation::Reserved { wait, ticket },
                Err(meanwhile) => decision = meanwhile,
            }
        }
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

impl<L: Reserve<Cost = u32>, const N: usize> Set<L, N> {
    /// Charges each limit for the time that is `wait` from now, or gives back and tells what the first says that has not as much left for then.
    fn reserve_in(&self, wait: Nanos, now: Nanos, costs: [u32; N]) -> Result<[Option<L::Ticket>; N], Decision> {
        let mut tickets = [const { None }; N];
        let asked = self.limits().iter().zip(costs).zip(&mut tickets).filter(|((_, cost), _)| *cost > 0);
        for ((limit, cost), place) in asked {
            let meanwhile = match limit.reserve_after(now, wait, cost, wait) {
                Reservation::Reserved { ticket, .. } => {
                    *place = Some(ticket);
                    continue;
                }
                Reservation::Denied { retry_after, .. } => Decision::Denied { retry_after },
                Reservation::Impossible { most } => Decision::Impossible { most },
            };
            self.cancel(now, tickets);
            return Err(meanwhile);
        }
        Ok(tickets)
    }
}
