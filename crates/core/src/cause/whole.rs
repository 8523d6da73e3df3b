//! Durations, numbers and dates that fill a text, as in headers; the rest of the grammar finds them among words.

use core::time::Duration;

use super::Reset;
use super::date;
use super::lex::blanks;
use super::number::{Number, unit};

/// A duration with its units: `8.64s`, `1h23m31s`, `1m 0s`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let body = text.as_bytes();
    let (mut next, mut total) = (0, Duration::ZERO);
    loop {
        let number = number(text.get(next..)?)?;
        let (unit, end) = unit(body, next.saturating_add(number.end))?;
        total = total.checked_add(number.times(unit)?)?;
        next = blanks(body, end);
        if next >= body.len() {
            return Some(total);
        }
    }
}

/// A number without a unit, in units of `unit`: `64.57` seconds, `500` milliseconds.
pub(crate) fn units(text: &str, unit: Duration) -> Option<Duration> {
    let number = number(text)?;
    (number.end == text.len()).then(|| number.times(unit))?
}

/// The time since the Unix epoch of a date: RFC 3339, or one of HTTP's.
pub(crate) fn date(text: &str) -> Option<Duration> {
    match date::at(text.as_bytes(), 0)? {
        (Reset::Unix(time), end) if end == text.len() => Some(time),
        _ => None,
    }
}

fn number(text: &str) -> Option<Number> {
    text.starts_with(|first: char| first.is_ascii_digit()).then(|| Number::at(text.as_bytes(), 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        let millis = |text| duration(text).map(|duration| duration.as_millis());
        assert_eq!(duration("17.399999999s"), Some(Duration::from_nanos(17_399_999_999)));
        assert_eq!(millis("370ms"), Some(370));
        assert_eq!(millis("6m0s"), Some(360_000));
        assert_eq!(millis("1m 0s"), Some(60_000));
        assert_eq!(millis("4h17m"), Some(15_420_000));
        assert_eq!(millis("24hour"), Some(86_400_000));
        assert_eq!(units("33.382867", Duration::from_secs(1)), Some(Duration::from_micros(33_382_867)));
        assert_eq!(units("500", Duration::from_millis(1)), Some(Duration::from_millis(500)));
        for text in ["", "s", "5", "5x", "1m-2s", "-1s", "99999999999999999999h"] {
            assert_eq!(duration(text), None, "{text}");
        }
        assert_eq!(units("5s", Duration::from_secs(1)), None);
    }

    #[test]
    fn reads_every_form_of_one_instant() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 6 Nov 1994 08:49:37 UTC",
            "1994-11-06T08:49:37Z",
            "1994-11-06 08:49:37 UTC",
            "1994-11-06T17:49:37+09:00",
            "1994-11-06T03:19:37.25-0530",
        ] {
            assert_eq!(date(text), Some(Duration::from_secs(784_111_777)), "{text}");
        }
        assert_eq!(date("Tue, 29 Feb 2000 00:00:00 GMT"), Some(Duration::from_secs(951_782_400)));
        for text in [
            "",
            "60",
            "06 Nov 1994",
            "Sun, 06 Nov 1994 08:49:37 PST",
            "Sun, 06 Nov 1994 25:00:00 GMT",
            "2024-13-01T00:00:00Z",
            "2024-01-01T00:00:00+zz",
            "1969-12-31T23:59:59Z",
            "2024-01-01",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
