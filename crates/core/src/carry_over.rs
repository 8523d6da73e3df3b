use crate::div_ceil::div_ceil_wide;

/// What becomes of the rest when a limiter's numbers change. What was earned until then was earned at the old rate in any case.
///
/// ```
/// use paceline_core::{Atomic, CarryOver, Gcra, Limit, Nanos, Quota, QuotaError};
///
/// fn left(rule: CarryOver, new_burst: u32) -> Result<u32, QuotaError> {
///     let gcra = |burst| Gcra::new(Quota::per_minute(60).burst(burst));
///     let mut limit = Atomic::new(gcra(10)?);
///     assert!(limit.decide(Nanos::ZERO, 6).is_allowed()); // 4 of 10 are left
///     limit.set_quota(Nanos::ZERO, gcra(new_burst)?, rule);
///     Ok(limit.snapshot(Nanos::ZERO).remaining)
/// }
/// assert_eq!((left(CarryOver::Reset, 20)?, left(CarryOver::Reset, 5)?), (20, 5));
/// assert_eq!((left(CarryOver::Proportional, 20)?, left(CarryOver::Proportional, 5)?), (8, 2));
/// assert_eq!((left(CarryOver::AsIs, 20)?, left(CarryOver::AsIs, 5)?), (4, 4));
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
///
/// A [`Concurrency`](crate::Concurrency) keeps what is in flight whatever the rule, and a [`CostLog`](crate::CostLog) the calls themselves,
/// but for `Reset`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CarryOver {
    /// Nothing: the limiter is new, and admits a whole burst.
    Reset,
    /// The same share of the burst: half a bucket stays half a bucket. What is taken is rounded up: 4 left of 10 are 2 of 5, and 1 of 3.
    Proportional,
    /// The same number, as far as the new burst holds it: what remains remains, and a debt is still owed. 4 left of 10 are 4 of 20, and 3
    /// of 3.
    AsIs,
}

impl CarryOver {
    /// What counts as taken from `new_burst` where `taken` was from `burst`: rounded up, so that nothing is given away.
    pub(crate) fn taken(self, taken: u64, burst: u32, new_burst: u32) -> u64 {
        let (burst, new_burst) = (u64::from(burst), u64::from(new_burst));
        match self {
            Self::Reset => 0,
            Self::Proportional => {
                let scaled = u128::from(taken).saturating_mul(new_burst.into());
                u64::try_from(div_ceil_wide(scaled, burst.into())).unwrap_or(u64::MAX)
            }
            Self::AsIs => taken.saturating_add(new_burst).saturating_sub(burst),
        }
    }
}
