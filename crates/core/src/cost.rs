use core::fmt::Debug;

/// What a caller asks for: the cost of one limit, or one cost for each limit of a set.
pub trait Cost: Copy + Debug {
    /// Something for each limit: `T` itself for one, `[T; N]` for a set.
    type Each<T: Copy + Debug>: Copy + Debug;
    /// Many costs added up.
    type Total: Copy + Debug;
    /// No cost.
    const ZERO: Self;
    /// No costs at all, added up.
    const NOTHING: Self::Total;
    /// The smaller of both.
    fn at_most(self, most: Self) -> Self;
    /// What is said of each limit, one after the other.
    fn each<T: Copy + Debug>(each: Self::Each<T>) -> impl Iterator<Item = T>;
    /// What `exchange` makes of what is said of each limit.
    fn map<T: Copy + Debug>(each: Self::Each<T>, exchange: impl Fn(T) -> T) -> Self::Each<T>;
    /// `total` with this cost more; the largest total where it would not fit.
    fn added_to(self, total: Self::Total) -> Self::Total;
    /// `total` with this cost less; nothing where it held less.
    fn taken_from(self, total: Self::Total) -> Self::Total;
}

impl Cost for u32 {
    type Each<T: Copy + Debug> = T;
    type Total = u64;
    const ZERO: u32 = 0;
    const NOTHING: u64 = 0;

    fn at_most(self, most: u32) -> u32 {
        self.min(most)
    }

    fn each<T: Copy + Debug>(each: T) -> impl Iterator<Item = T> {
        core::iter::once(each)
    }

    fn map<T: Copy + Debug>(each: T, exchange: impl Fn(T) -> T) -> T {
        exchange(each)
    }

    fn added_to(self, total: u64) -> u64 {
        total.saturating_add(u64::from(self))
    }

    fn taken_from(self, total: u64) -> u64 {
        total.saturating_sub(u64::from(self))
    }
}

impl<const N: usize> Cost for [u32; N] {
    type Each<T: Copy + Debug> = [T; N];
    type Total = [u64; N];
    const ZERO: [u32; N] = [0; N];
    const NOTHING: [u64; N] = [0; N];

    fn at_most(mut self, most: [u32; N]) -> [u32; N] {
        self.iter_mut().zip(most).for_each(|(cost, most)| *cost = most.min(*cost));
        self
    }

    fn each<T: Copy + Debug>(each: [T; N]) -> impl Iterator<Item = T> {
        each.into_iter()
    }

    fn map<T: Copy + Debug>(each: [T; N], exchange: impl Fn(T) -> T) -> [T; N] {
        each.map(exchange)
    }

    fn added_to(self, total: [u64; N]) -> [u64; N] {
        pairwise(self, total, Cost::added_to)
    }

    fn taken_from(self, total: [u64; N]) -> [u64; N] {
        pairwise(self, total, Cost::taken_from)
    }
}

fn pairwise<const N: usize>(costs: [u32; N], mut totals: [u64; N], op: fn(u32, u64) -> u64) -> [u64; N] {
    for (total, cost) in totals.iter_mut().zip(costs) {
        *total = op(cost, *total);
    }
    totals
}
