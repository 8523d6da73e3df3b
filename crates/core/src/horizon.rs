use core::time::Duration;

use crate::{Nanos, Quota};

/// How far from now a limiter's state may lie: what is further is taken for the past, and the limiter for idle.
///
/// The time in a limiter's word wraps, so "ahead of now" has to end somewhere: after the burst, what may be committed beyond it, and the
/// skew of the clocks. What is committed beyond the burst is one account, whether [reserved](crate::Reserve) for later or
/// [charged](crate::Charge) after the fact; `debt` and `patience` add up to it.
///
/// A wide horizon has its price: a clock that jumps back by less is waited for, and an idle limiter whose time has wrapped is
/// taken for a busy one that much more often.
///
/// ```
/// use core::time::Duration;
/// use paceline_core::{Gcra, Horizon, Quota};
/// let quota = Quota::per_minute(60).burst(5);
/// let patient: Gcra = Gcra::within(quota, Horizon::of(quota).patience(Duration::from_secs(600)))?;
/// # Ok::<(), paceline_core::QuotaError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Horizon {
    /// The most that may be committed beyond the burst, in costs.
    pub debt: u32,
    /// The longest that a reservation may lie ahead, besides.
    pub patience: Nanos,
    /// How far a clock may be behind another.
    pub skew: Nanos,
}

impl Horizon {
    /// The default: a debt as large as the burst, no patience besides, and clocks up to a second behind each other.
    pub const fn of(quota: Quota) -> Self {
        Self { debt: quota.max_burst(), patience: Nanos::ZERO, skew: Nanos::from_secs(1) }
    }

    /// With up to `debt` committed beyond the burst, in costs.
    pub const fn debt(self, debt: u32) -> Self {
        Self { debt, ..self }
    }

    /// With reservations up to `patience` ahead, besides the debt.
    pub const fn patience(self, patience: Duration) -> Self {
        Self { patience: Nanos::from_duration(patience), ..self }
    }

    /// With clocks up to `skew` behind each other, as those of two cores or two threads are, and a clock that is set back. Such a reading
    /// is only stricter: it waits for the newest. One that is behind by more than all of the horizon is taken for a clock that began anew.
    ///
    /// It takes room in the word, in most algorithms twice, and the constructors refuse what does not fit. Windows round it up to whole
    /// ones.
    ///
    /// ```
    /// use core::time::Duration;
    /// use paceline_core::{Atomic, Decision, Gcra, Horizon, Limit, Nanos, Quota};
    ///
    /// let quota = Quota::per_second(1).burst(1);
    /// let limit = Atomic::new(Gcra::within(quota, Horizon::of(quota).skew(Duration::from_secs(5)))?);
    /// assert!(limit.decide(Nanos::from_secs(100), 1).is_allowed());
    /// assert_eq!(limit.decide(Nanos::from_secs(95), 1), Decision::Denied { retry_after: Nanos::from_secs(6) });
    /// // Burst, debt and skew are 7 seconds, and this is 11 behind what was admitted.
    /// assert!(limit.decide(Nanos::from_secs(90), 1).is_allowed());
    /// # Ok::<(), paceline_core::QuotaError>(())
    /// ```
    pub const fn skew(self, skew: Duration) -> Self {
        Self { skew: Nanos::from_duration(skew), ..self }
    }

    /// Whether nothing is left to halve.
    pub(crate) const fn is_none(self) -> bool {
        self.debt == 0 && self.patience.0 == 0 && self.skew.0 == 0
    }

    /// Half of each, for a word that has no room for all.
    pub(crate) const fn halved(self) -> Self {
        Self { debt: self.debt >> 1, patience: Nanos(self.patience.0 >> 1), skew: Nanos(self.skew.0 >> 1) }
    }
}
