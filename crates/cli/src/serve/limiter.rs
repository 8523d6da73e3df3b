//! The limiter of the server: the judge of the project's own limiters, so it shares no code with them.
//!
//! It is written to be seen right: integers only, one thread at a time, and time passed in, in microseconds of the limiter's
//! clock (see [`Clock`](super::clock::Clock)), which never goes back.
//!
//! Admission is exact. What clients are told follows from whole requests and tokens, as with the real service: what is left is
//! rounded down, and a wait is `(used + requested - limit) * period / limit`, so up to one token's time longer than needed.

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a bucket admits, recomputed from the list of what it admitted: no stretch of it, with the call, may hold more than
    /// the capacity and what was refilled since the stretch began.
    fn bucket_may_admit(admitted: &[(u64, u64)], call: (u64, u64), limit: u64, period: u64, capacity: u64) -> bool {
        let calls: Vec<_> = admitted.iter().chain([&call]).collect();
        (0..calls.len()).all(|first| {
            let spent: u128 = calls[first..].iter().map(|&&(_, cost)| u128::from(cost)).sum();
            let refilled = u128::from(limit) * u128::from(call.0 - calls[first].0);
            spent * u128::from(period) <= u128::from(capacity) * u128::from(period) + refilled
        })
    }

    fn counter_may_admit(admitted: &[(u64, u64)], call: (u64, u64), span: u64, share: u64) -> bool {
        let same_window = admitted.iter().filter(|(at, _)| at / span == call.0 / span);
        same_window.map(|&(_, cost)| cost).sum::<u64>() + call.1 <= share
    }

    /// Plays calls of (gap, cost) into `meter` and checks each decision by the list of what was admitted before, and each
    /// wait by waiting.
    fn check(mut meter: impl Meter, calls: &[(u64, u64)], may_admit: impl Fn(&[(u64, u64)], (u64, u64)) -> bool) {
        let (mut now, mut admitted) = (0, Vec::new());
        for &(gap, cost) in calls {
            now += gap;
            meter.advance(now);
            let expected = may_admit(&admitted, (now, cost));
            assert_eq!(cost <= meter.left(), expected, "cost {cost} at {now} after {admitted:?}");
            if cost > meter.left() && cost <= meter.capacity() {
                now += meter.wait(cost);
                meter.advance(now);
                assert!(cost <= meter.left(), "cost {cost} at {now}, after the wait, after {admitted:?}");
            }
            if cost <= meter.left() {
                meter.take(cost);
                admitted.push((now, cost));
            }
        }
    }

    /// Mostly short gaps, so that meters run dry, and now and then one that refills them.
    fn calls() -> impl Strategy<Value = Vec<(u64, u64)>> {
        prop::collection::vec((prop_oneof![4 => 0..30u64, 1 => 0..2_000u64], 0..12u64), 0..60)
    }

    proptest! {
        // Tried, and caught: one unit too many refilled, what is left rounded up, a clock that stays, waits rounded down.
        #[test]
        fn a_bucket_admits_what_the_list_allows(calls in calls(), limit in 1..40u64, period in 1..300u64, capacity in 1..40u64) {
            check(Bucket::new(limit, period, capacity), &calls, |list, call| bucket_may_admit(list, call, limit, period, capacity));
        }

        // Tried, and caught: windows counted from the last call instead of aligned.
        #[test]
        fn a_counter_admits_what_the_list_allows(calls in calls(), span in 1..100u64, share in 1..20u64) {
            check(Counter::new(span, share), &calls, |list, call| counter_may_admit(list, call, span, share));
        }

        #[test]
        fn nothing_overflows(limit in 1..=u64::MAX, cost: u64, now: u64) {
            let mut bucket = Bucket::new(limit, DAY, limit);
            bucket.take(cost);
            bucket.take(u64::MAX);
            bucket.advance(now);
            prop_assert!(bucket.left() <= limit);
            bucket.wait(cost);
        }
    }

    /// Waits that the service is known to tell, of 20s and 7m12s, and one that has to be rounded.
    #[test]
    fn an_empty_bucket_waits_one_interval() {
        for (limit, period, wait) in [(3, MINUTE, 20_000_000), (200, DAY, 432_000_000), (7, MINUTE, 8_571_429)] {
            let mut bucket = Bucket::new(limit, period, limit);
            bucket.take(limit);
            assert_eq!(bucket.wait(1), wait);
        }
    }
}
