#![deny(clippy::arithmetic_side_effects)]

use core::{error::Error, fmt, time::Duration};

use crate::{Clock, Limit, Limiter, Nanos};

/// How long to wait before a failed request is sent again, and when to give up.
///
/// The delay is the same as the first one after the first attempt, doubles with each further attempt, and stops at a cap. A time that the
/// server stated is a floor: the wait is the later of both. On top comes the jitter, a random part that keeps those apart who failed
/// together. It is added and never subtracted, so nobody comes before the stated time. It is spread evenly over a share of the delay, and
/// over the first delay at least: choose that no shorter than one slot of the limit, the [`interval`](crate::Quota::interval) of its quota.
///
/// Randomness is handed in: 64 bits a call, from any source; the upper ones count most. The same bits give the same wait.
///
/// # The budget
/// Retries multiply the load just when there is too much of it, so let them share a budget: a limiter that admits retries. Over a clock it
/// allows so many in a time. Over a count of first attempts in the place of a clock it allows a share of them, and its burst is the reserve
/// of those who make few:
///
/// ```
/// use core::time::Duration;
/// use paceline_core::{Atomic, Backoff, Failure, Gcra, GiveUp, Limiter, ManualClock, Nanos, Quota, Retry};
///
/// const BACKOFF: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60)).attempts(3);
/// // A retry for every ten first attempts, and two in reserve.
/// let first_attempts = ManualClock::new(Nanos::ZERO);
/// let budget = Limiter::new(Atomic::new(Gcra::new(Quota::new(1, Duration::from_nanos(10)).burst(2))?), &first_attempts);
///
/// first_attempts.advance(Nanos(1)); // with each request that is new
/// let failure = Failure {
///     attempts: 1,
///     retry_after: Some(Duration::from_secs(20)), // Cause::retry_after, where Cause::is_retryable
///     now: Nanos::ZERO,
///     deadline: Nanos::from_secs(30),
/// };
/// let random = u64::MAX / 2;
/// assert_eq!(BACKOFF.retry_within(&budget, &failure, random), Retry::After(Nanos::from_millis(20_500)));
/// assert_eq!(BACKOFF.retry_within(&budget, &Failure { attempts: 3, ..failure }, random), Retry::GiveUp(GiveUp::Attempts));
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
///
/// # Source
/// Binary exponential backoff is Ethernet's (IEEE 802.3). "Exponential Backoff and Jitter" (AWS Architecture Blog, 2015) measured that most
/// of the gain is in the jitter; there it shortens the delay, which would break a floor. Three attempts a request, and retries for a tenth
/// of the requests of a client, are the limits in "Handling Overload" (Site Reliability Engineering, Google, 2016).
///
/// # Cost
/// Two multiplications and two shifts, and with a budget its decision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Backoff {
    first: Nanos,
    cap: Nanos,
    doublings: u32,
    jitter_percent: u32,
    attempts: u32,
}

impl Backoff {
    /// Delays from `first`, doubled with each attempt, up to `cap`, with a jitter of up to the delay and any number of attempts. So where a
    /// server states nothing, a wait is at most twice the cap.
    ///
    /// To the nanosecond, up to 584 years. A `first` of 0 is no delay and no jitter; one that is longer than `cap` counts as the cap.
    ///
    /// ```
    /// use core::time::Duration;
    /// use paceline_core::{Backoff, Failure, Nanos, Retry};
    ///
    /// let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(10));
    /// let failure = |attempts| Failure { attempts, retry_after: None, now: Nanos::ZERO, deadline: Nanos::MAX };
    /// assert_eq!([1, 2, 3, 4, 5].map(|attempts| backoff.delay(attempts).0 / 1_000_000_000), [1, 2, 4, 8, 10]);
    /// assert_eq!(backoff.retry(&failure(3), 0), Retry::After(Nanos::from_secs(4))); // the least, and this is the most:
    /// assert_eq!(backoff.retry(&failure(3), u64::MAX), Retry::After(Nanos::from_secs(8)));
    /// ```
    pub const fn new(first: Duration, cap: Duration) -> Self {
        let (first, cap) = (Nanos::from_duration(first), Nanos::from_duration(cap));
        Self { first, cap, doublings: 1, jitter_percent: 100, attempts: u32::MAX }
    }

    /// The same with delays that grow by `2^doublings` with each attempt; 0 keeps them equal, 2 makes 1, 4, 16 of them.
    pub const fn doublings(self, doublings: u32) -> Self {
        Self { doublings, ..self }
    }

    /// The same with the jitter spread over `percent` of the delay, or the first delay where that is longer: so with 0 always over the
    /// first delay.
    pub const fn jitter_percent(self, percent: u32) -> Self {
        Self { jitter_percent: percent, ..self }
    }

    /// The same with at most so many `attempts`, the first one counted.
    pub const fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// The delay after so many attempts, without jitter and without what a server stated; never longer than the cap.
    pub const fn delay(&self, attempts: u32) -> Nanos {
        let doublings = attempts.saturating_sub(1).saturating_mul(self.doublings);
        let factor = match 1u64.checked_shl(doublings) {
            Some(factor) => factor,
            None => u64::MAX,
        };
        let delay = self.first.0.saturating_mul(factor);
        if delay < self.cap.0 { Nanos(delay) } else { self.cap }
    }

    /// Whether and when to try again after `failure`.
    pub fn retry(&self, failure: &Failure, random: u64) -> Retry {
        if failure.attempts >= self.attempts {
            return Retry::GiveUp(GiveUp::Attempts);
        }
        let wait = self.wait(failure, random);
        if failure.now.saturating_add(wait) > failure.deadline {
            return Retry::GiveUp(GiveUp::Deadline { wait });
        }
        Retry::After(wait)
    }

    /// The same if `budget` has room for a retry: takes 1 from it, and only where the answer is [`Retry::After`].
    pub fn retry_within<L: Limit<Cost = u32>>(&self, budget: &Limiter<L, impl Clock>, failure: &Failure, random: u64) -> Retry {
        match self.retry(failure, random) {
            Retry::After(_) if !budget.try_acquire(1).is_allowed() => Retry::GiveUp(GiveUp::Budget),
            retry => retry,
        }
    }

    fn wait(&self, failure: &Failure, random: u64) -> Nanos {
        let delay = self.delay(failure.attempts);
        let stated = failure.retry_after.map_or(Nanos::ZERO, Nanos::from_duration);
        stated.max(delay).saturating_add(self.jitter(delay, random))
    }

    /// From nothing to the whole spread, all alike likely.
    fn jitter(&self, delay: Nanos, random: u64) -> Nanos {
        let share = u128::from(delay.0).saturating_mul(self.jitter_percent.into()) / 100;
        let spread = u64::try_from(share).unwrap_or(u64::MAX).max(self.delay(1).0);
        Nanos((u128::from(spread).saturating_add(1).saturating_mul(random.into()) >> 64) as u64)
    }
}

/// A request that failed, and could succeed later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failure {
    /// How often it was sent so far: 1 after the first attempt.
    pub attempts: u32,
    /// The wait that the server stated, if it did.
    pub retry_after: Option<Duration>,
    /// The time now, from which the wait counts.
    pub now: Nanos,
    /// The last time at which another attempt may start; [`Nanos::MAX`] where there is none.
    pub deadline: Nanos,
}

/// What to do after a failure.
#[must_use = "a request that is not to be retried must not be sent again"]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Retry {
    /// Send it again after this wait.
    After(Nanos),
    /// Do not send it again. Told at once, not after a wait.
    GiveUp(GiveUp),
}

/// Why a request is not sent again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum GiveUp {
    /// It has been sent as often as it may be.
    Attempts,
    /// The wait would end after the deadline.
    Deadline {
        /// The wait that would have been needed.
        wait: Nanos,
    },
    /// Too much of what is sent is retries.
    Budget,
}

impl fmt::Display for GiveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attempts => f.write_str("every attempt has failed: report the last failure"),
            Self::Deadline { wait } => write!(f, "the next attempt, {wait} from now, would be after the deadline: come back later"),
            Self::Budget => f.write_str("too many requests are being retried: send less until they succeed"),
        }
    }
}

impl Error for GiveUp {}
