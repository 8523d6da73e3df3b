//! Durations as the service prints them: `976ms`, `3.89s`, `7m12s`, `1h0m0s`, which is Go's form to the millisecond.

use std::{fmt, time::Duration};

/// A duration to print, rounded up to a whole millisecond so that whoever waits for it is not early.
pub(crate) struct Printed(pub(crate) Duration);

impl Printed {
    pub(crate) fn milliseconds(&self) -> u128 {
        self.0.as_nanos().div_ceil(1_000_000)
    }
}

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.milliseconds();
        let (seconds, rest) = (milliseconds / 1_000, milliseconds % 1_000);
        if seconds == 0 && rest > 0 {
            return write!(f, "{rest}ms");
        }
        let (minutes, hours) = (seconds / 60, seconds / 3_600);
        if hours > 0 {
            write!(f, "{hours}h")?;
        }
        if minutes > 0 {
            write!(f, "{}m", minutes % 60)?;
        }
        write!(f, "{}", seconds % 60)?;
        if rest > 0 {
            write!(f, ".{}", format!("{rest:03}").trim_end_matches('0'))?;
        }
        f.write_str("s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_service_prints_them() {
        let cases = [
            (0, "0s"),
            (1, "1ms"),
            (976, "976ms"),
            (1_000, "1s"),
            (2_088, "2.088s"),
            (3_890, "3.89s"),
            (20_000, "20s"),
            (60_000, "1m0s"),
            (86_400, "1m26.4s"),
            (432_000, "7m12s"),
            (3_600_000, "1h0m0s"),
            (22_320_007, "6h12m0.007s"),
            (86_400_000, "24h0m0s"),
        ];
        for (milliseconds, printed) in cases {
            assert_eq!(Printed(Duration::from_millis(milliseconds)).to_string(), printed);
        }
    }

    #[test]
    fn rounded_up_to_the_millisecond() {
        assert_eq!(Printed(Duration::from_nanos(1)).to_string(), "1ms");
        assert_eq!(Printed(Duration::from_nanos(59_999_000_001)).to_string(), "1m0s");
    }
}
