//! Durations as services write them: `8.64s`, `1h23m31s`, `1m 0s`, `370ms`; and plain decimal numbers.

use core::time::Duration;

/// A duration made of numbers with units, the whole text: Go's form, blanks between the parts allowed.
///
/// `m` is minutes, `ms` milliseconds. `None` where anything else is in the text.
pub(crate) fn with_units(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, after) = decimal(rest)?;
        let (unit, after) = unit(after)?;
        total = total.checked_add(times(number, unit)?)?;
        rest = after.trim_start();
    }
    Some(total)
}

/// A number without a unit, the whole text, in units of `unit`: `64.57` seconds, `500` milliseconds.
pub(crate) fn in_units_of(unit: Duration, text: &str) -> Option<Duration> {
    match decimal(text.trim())? {
        (number, "") => times(number, unit),
        _ => None,
    }
}

/// A decimal number as if it were seconds, and the text behind it. Digits beyond the ninth after the point are cut.
fn decimal(text: &str) -> Option<(Duration, &str)> {
    let (whole, rest) = digits(text);
    let seconds = whole.parse().ok()?;
    let Some((fraction, rest)) = rest.strip_prefix('.').map(digits) else {
        return Some((Duration::from_secs(seconds), rest));
    };
    Some((Duration::new(seconds, billionths(fraction)), rest))
}

/// The digits behind a decimal point in billionths, cut after the ninth.
pub(crate) fn billionths(digits: &str) -> u32 {
    let nine = digits.bytes().chain(core::iter::repeat(b'0')).take(9);
    nine.fold(0, |sum, digit| {
        sum * 10 + u32::from(digit.wrapping_sub(b'0') % 10)
    })
}

/// The ASCII digits at the start, and the rest.
pub(crate) fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn unit(text: &str) -> Option<(Duration, &str)> {
    UNITS
        .iter()
        .find_map(|&(name, unit)| Some((unit, text.strip_prefix(name)?)))
}

/// `number`, which counts units as if they were seconds, in units of `unit`.
fn times(number: Duration, unit: Duration) -> Option<Duration> {
    let nanos = number.as_nanos().checked_mul(unit.as_nanos())? / NANOS_IN_SECOND;
    let seconds = u64::try_from(nanos / NANOS_IN_SECOND).ok()?;
    let below_second = u32::try_from(nanos % NANOS_IN_SECOND).ok()?;
    Some(Duration::new(seconds, below_second))
}

const NANOS_IN_SECOND: u128 = 1_000_000_000;

/// Each before its own prefix: `ms` before `m`.
const UNITS: [(&str, Duration); 8] = [
    ("ms", Duration::from_millis(1)),
    ("µs", Duration::from_micros(1)),
    ("us", Duration::from_micros(1)),
    ("ns", Duration::from_nanos(1)),
    ("s", Duration::from_secs(1)),
    ("m", Duration::from_secs(60)),
    ("h", Duration::from_secs(3600)),
    ("d", Duration::from_secs(86_400)),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn nanos(text: &str) -> Option<u128> {
        with_units(text).map(|duration| duration.as_nanos())
    }

    #[test]
    fn reads_what_services_write() {
        assert_eq!(nanos("17.399999999s"), Some(17_399_999_999));
        assert_eq!(nanos("370ms"), Some(370_000_000));
        assert_eq!(nanos("6m0s"), Some(360_000_000_000));
        assert_eq!(nanos("1m 0s"), Some(60_000_000_000));
        assert_eq!(nanos("4h17m"), Some(15_420_000_000_000));
        assert_eq!(nanos("0s"), Some(0));
        assert_eq!(
            in_units_of(Duration::from_secs(1), "33011.382867"),
            Some(Duration::from_micros(33_011_382_867))
        );
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "s",
            "5",
            "5x",
            "1m-2s",
            "-1s",
            "99999999999999999999s",
            "9999999999999999h",
        ] {
            assert_eq!(nanos(text), None, "{text}");
        }
        assert_eq!(in_units_of(Duration::from_secs(1), "5s"), None);
    }
}
