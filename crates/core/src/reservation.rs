use crate::Nanos;

/// What a limit answers to [`reserve`](crate::Reserve::reserve). Which of several refused says
/// [`reserve_named`](crate::NamedReserve::reserve_named).
#[must_use = "a reservation that is dropped is not given back: cancel it"]
#[derive(PartialEq, Eq, Debug)]
pub enum Reservation<T> {
    /// The cost has been taken.
    Reserved {
        /// How long from now the call may be made; zero for at once.
        wait: Nanos,
        /// What [`cancel`](crate::Reserve::cancel) and [`refund`](crate::Reserve::refund) take.
        ticket: T,
    },
    /// Nothing has been taken: the wait is longer than the patience.
    Denied {
        /// How long to wait until the same request is admitted, if nobody else takes anything.
        retry_after: Nanos,
        /// The patience that was reckoned with: the caller's, or the longest that the limiter's horizon holds if that is less.
        patience: Nanos,
    },
    /// Nothing has been taken, and waiting does not help: the cost is larger than the burst.
    Impossible {
        /// The largest cost that can ever be admitted.
        most: u32,
    },
}

impl<T> Reservation<T> {
    /// The same answer with the ticket that `exchange` gives for the one in it and the wait.
    pub fn map<U>(self, exchange: impl FnOnce(Nanos, T) -> U) -> Reservation<U> {
        match self {
            Self::Reserved { wait, ticket } => Reservation::Reserved { wait, ticket: exchange(wait, ticket) },
            Self::Denied { retry_after, patience } => Reservation::Denied { retry_after, patience },
            Self::Impossible { most } => Reservation::Impossible { most },
        }
    }
}

impl Reservation<()> {
    /// The same answer as one gives it who began to wait `delay` earlier and waits for `patience` in all.
    pub(crate) fn later_by(self, delay: Nanos, patience: Nanos) -> Self {
        match self {
            Self::Reserved { wait, ticket } if delay.saturating_add(wait) <= patience => {
                Self::Reserved { wait: delay.saturating_add(wait), ticket }
            }
            Self::Reserved { wait, .. } | Self::Denied { retry_after: wait, .. } => {
                Self::Denied { retry_after: delay.saturating_add(wait), patience }
            }
            impossible @ Self::Impossible { .. } => impossible,
        }
    }
}

/// What a limit in a [`Cell`](crate::Cell) gives for a reservation. It can be used once, since it can't be copied.
#[derive(PartialEq, Eq, Debug)]
pub struct Ticket<S, C = u32> {
    pub(crate) before: S,
    pub(crate) after: S,
    pub(crate) cost: C,
    pub(crate) made: Nanos,
    pub(crate) at: Nanos,
}

impl<S, C> Ticket<S, C> {
    /// The reading from which on the call may be made.
    pub const fn at(&self) -> Nanos {
        self.at
    }
}
