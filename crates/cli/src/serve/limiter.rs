//! The limiter of the server: the judge of the project's own limiters, so it shares no code with them.
//!
//! It is written to be seen right: integers only, one thread at a time, time (microseconds of the limiter's clock, see
//! [`Clock`](super::clock::Clock)) passed in. Everything that clients are told follows from whole requests and tokens, as with the
//! real service: what is left is rounded down, and a wait is `(used + requested - limit) * period / limit`.

/// Microseconds in a minute.
pub(crate) const MINUTE: u64 = 60_000_000;
/// Microseconds in a day.
pub(crate) const DAY: u64 = 1_440 * MINUTE;

/// What can be spent at most, and what is left of it.
pub(crate) trait Meter: Send {
    /// Lets time pass until `now`.
    fn advance(&mut self, now: u64);
    /// What it holds when nothing is spent.
    fn capacity(&self) -> u64;
    /// What can be spent now.
    fn left(&self) -> u64;
    /// Spends `cost`, or what is left where that is less.
    fn take(&mut self, cost: u64);
    /// How long until `cost` is left, in microseconds, for a `cost` within the capacity; zero if it is.
    fn wait(&self, cost: u64) -> u64;
}

/// A bucket that starts full and is refilled continuously at `limit` a `period`.
pub(crate) struct Bucket {
    limit: u64,
    period: u64,
    capacity: u64,
    /// In units of one `period`th, so that a microsecond refills exactly `limit` of them.
    spent: u128,
    at: u64,
}

impl Bucket {
    pub(crate) fn new(limit: u64, period: u64, capacity: u64) -> Self {
        Self { limit, period, capacity, spent: 0, at: 0 }
    }

    fn units(&self, amount: u64) -> u128 {
        u128::from(amount) * u128::from(self.period)
    }
}

impl Meter for Bucket {
    fn advance(&mut self, now: u64) {
        let refilled = u128::from(self.limit) * u128::from(now - self.at);
        self.spent = self.spent.saturating_sub(refilled);
        self.at = now;
    }

    fn capacity(&self) -> u64 {
        self.capacity
    }

    fn left(&self) -> u64 {
        let left = (self.units(self.capacity) - self.spent) / u128::from(self.period);
        u64::try_from(left).expect("no more than the capacity")
    }

    fn take(&mut self, cost: u64) {
        self.spent = (self.spent + self.units(cost)).min(self.units(self.capacity));
    }

    fn wait(&self, cost: u64) -> u64 {
        refill_time(cost.saturating_sub(self.left()), self.limit, self.period)
    }
}

/// A counter that starts again from nothing in each window of `span`, aligned to the start of the clock.
pub(crate) struct Counter {
    span: u64,
    capacity: u64,
    left: u64,
    at: u64,
}

impl Counter {
    pub(crate) fn new(span: u64, capacity: u64) -> Self {
        Self { span, capacity, left: capacity, at: 0 }
    }
}

impl Meter for Counter {
    fn advance(&mut self, now: u64) {
        if now / self.span != self.at / self.span {
            self.left = self.capacity;
        }
        self.at = now;
    }

    fn capacity(&self) -> u64 {
        self.capacity
    }

    fn left(&self) -> u64 {
        self.left
    }

    fn take(&mut self, cost: u64) {
        self.left = self.left.saturating_sub(cost);
    }

    fn wait(&self, cost: u64) -> u64 {
        if cost <= self.left { 0 } else { self.span - self.at % self.span }
    }
}

/// How long `limit` a `period` takes to refill `amount`, rounded up, in the unit of `period`.
pub(crate) fn refill_time(amount: u64, limit: u64, period: u64) -> u64 {
    let time = (u128::from(amount) * u128::from(period)).div_ceil(u128::from(limit));
    u64::try_from(time).unwrap_or(u64::MAX)
}
