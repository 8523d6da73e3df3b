use core::{
    fmt::{self, Write as _},
    time::Duration,
};

/// A number of nanoseconds: a clock reading since any start that the clock chose, or the length of a wait.
///
/// Reaches 584 years. There are no bare operators: every addition says what it does at the end of the range.
///
/// ```
/// use paceline_core::Nanos;
/// assert_eq!(Nanos::from_millis(1_500).to_string(), "1.5s");
/// assert_eq!(Nanos::ZERO.saturating_sub(Nanos(1)), Nanos::ZERO);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Nanos(pub u64);

impl Nanos {
    /// The start of the clock, or no wait at all.
    pub const ZERO: Self = Self(0);
    /// The last instant, or longer than anybody waits.
    pub const MAX: Self = Self(u64::MAX);

    /// Whole seconds; more than fit give [`Nanos::MAX`].
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// Whole milliseconds; more than fit give [`Nanos::MAX`].
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// The same length as `duration`; more than fits gives [`Nanos::MAX`].
    pub const fn from_duration(duration: Duration) -> Self {
        Self::from_secs(duration.as_secs()).saturating_add(Self(duration.subsec_nanos() as u64))
    }

    /// The same length as the standard library writes it.
    pub const fn to_duration(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// Later by `span`, at most [`Nanos::MAX`].
    pub const fn saturating_add(self, span: Self) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// Earlier by `span`, at least [`Nanos::ZERO`]; from one instant to a later one this is the time between.
    pub const fn saturating_sub(self, span: Self) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

/// From `earlier` to `later`, zero if that has passed: `Duration`'s own difference, but without the panic that its
/// normalizing leaves in a binary. Reaches 584 years.
pub(crate) const fn until(later: Duration, earlier: Duration) -> Duration {
    Nanos::from_duration(later).saturating_sub(Nanos::from_duration(earlier)).to_duration()
}

impl From<Duration> for Nanos {
    fn from(duration: Duration) -> Self {
        Self::from_duration(duration)
    }
}

impl From<Nanos> for Duration {
    fn from(nanos: Nanos) -> Self {
        nanos.to_duration()
    }
}

/// As [`Duration`] prints itself, `3s`, `1.5ms`, but without the panics that its own code leaves in a binary.
impl fmt::Display for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, mut billionths, unit) = match self.0 {
            nanos @ 0..1_000 => (nanos, 0, "ns"),
            nanos @ 1_000..1_000_000 => (nanos / 1_000, nanos % 1_000 * 1_000_000, "µs"),
            nanos @ 1_000_000..1_000_000_000 => (nanos / 1_000_000, nanos % 1_000_000 * 1_000, "ms"),
            nanos => (nanos / 1_000_000_000, nanos % 1_000_000_000, "s"),
        };
        write!(f, "{whole}")?;
        if billionths > 0 {
            f.write_char('.')?;
        }
        while billionths > 0 {
            write!(f, "{}", billionths * 10 / 1_000_000_000)?;
            billionths = billionths * 10 % 1_000_000_000;
        }
        f.write_str(unit)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::{format, string::ToString as _};

    use super::*;

    /// Seen to fail when what is behind the point is not scaled to its unit, and when the zeros there are left out.
    #[test]
    fn is_printed_as_a_duration_is() {
        let around = |nanos: u64| [nanos - 1, nanos, nanos + 1, nanos + nanos / 20, nanos + nanos / 2];
        let edges = (0..20).map(|power| 10u64.pow(power)).filter(|&nanos| nanos < u64::MAX / 2).flat_map(around);
        for nanos in edges.chain([u64::MAX, 999_999_999_999, 1_234_567_890]) {
            assert_eq!(Nanos(nanos).to_string(), format!("{:?}", Duration::from_nanos(nanos)));
        }
    }
}
