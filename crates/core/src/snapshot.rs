use crate::Nanos;

/// What a limiter has left at one moment.
///
/// ```
/// use paceline_core::{Atomic, Gcra, Limit, Nanos, Quota};
///
/// let limit = Atomic::new(Gcra::new(Quota::per_minute(60).burst(10))?);
/// assert!(limit.decide(Nanos::ZERO, 4).is_allowed());
/// let snapshot = limit.snapshot(Nanos::ZERO);
/// assert_eq!((snapshot.limit, snapshot.remaining), (10, 6));
/// assert_eq!((snapshot.retry_after, snapshot.reset_after), (Nanos::ZERO, Nanos::from_secs(4)));
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
///
/// [`RateLimitFields::of`](crate::headers::RateLimitFields::of) writes it for clients.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// The most that is admitted at once, from idle: the burst, or the limit of a window.
    pub limit: u32,
    /// How much is left, from 0 to `limit`: the largest cost that would be admitted now, or the number of calls where each counts as one. A
    /// debt does not show here, but in both waits.
    pub remaining: u32,
    /// The wait of a cost of 1, to the nanosecond; zero while something remains, and [`Nanos::MAX`] where nobody knows, as of calls in
    /// flight.
    pub retry_after: Nanos,
    /// The wait until all of the limit is there again if nobody takes anything meanwhile, at least `retry_after`: what a `reset` in
    /// rate-limit headers says. Zero when all of it is there.
    pub reset_after: Nanos,
}
