//! Absolute times: RFC 3339 and its relatives, HTTP dates, epochs.

use core::time::Duration;

use super::Reset;
use super::lex::{byte, run, text};
use super::number::Number;

/// The time that begins with the digit at `at`, and where it ends.
///
/// `2026-09-15T17:56:48Z`, `2026-09-15 17:56:48 UTC`, `01 Aug 2026 19:40:15 GMT`; without a zone it is only worded.
pub(super) fn at(body: &[u8], at: usize) -> Option<(Reset<'_>, usize)> {
    match (byte(body, at + 2), byte(body, at + 4)) {
        (_, b'-') => iso(body, at),
        (b' ', _) => http(body, at),
        _ => None,
    }
}

/// An epoch in seconds or milliseconds, told apart by size; less is a span, not a time.
pub(super) fn epoch(number: Number) -> Option<Reset<'static>> {
    match number.whole {
        0..1_000_000_000 => None,
        1_000_000_000..100_000_000_000 => Some(Reset::Unix(Duration::new(number.whole, number.nanos))),
        millis => Some(Reset::Unix(Duration::from_millis(millis))),
    }
}

fn iso(body: &[u8], at: usize) -> Option<(Reset<'_>, usize)> {
    let (year, next) = digits(body, at, 4)?;
    let (month, next) = digits(body, after(body, next, b'-')?, 2)?;
    let (day, date_end) = digits(body, after(body, next, b'-')?, 2)?;
    let midnight = seconds(year, month, day, 0)?;
    let gap = match byte(body, date_end) {
        b'T' | b' ' => date_end + 1,
        _ => date_end,
    };
    let Some((clock, end)) = clock(body, gap) else {
        return (date_end < body.len()).then_some((Reset::Said(text(body, at, date_end)?), date_end));
    };
    if end >= body.len() {
        return None;
    }
    if clock > LONGEST_DAY {
        return None;
    }
    let said = (Reset::Said(text(body, at, end)?), end);
    let Some((ahead, zone_end)) = zone(body, end) else {
        return Some(said);
    };
    let seconds = midnight.checked_add(clock)?.checked_add_signed(-ahead)?;
    Some((Reset::Unix(Duration::from_secs(seconds)), zone_end))
}

fn http(body: &[u8], at: usize) -> Option<(Reset<'_>, usize)> {
    let (day, next) = digits(body, at, 2)?;
    let name = body.get(next + 1..next + 4)?;
    let month = MONTHS.iter().position(|month| *month == name)?;
    let (year, next) = digits(body, next + 5, 4)?;
    let (clock, end) = clock(body, next + 1)?;
    let (_, end) = zone(body, end)?;
    let seconds = seconds(year, month as u64 + 1, day, clock)?;
    Some((Reset::Unix(Duration::from_secs(seconds)), end))
}

/// `17:56:48`, fractions dropped, in seconds.
pub(super) fn clock(body: &[u8], at: usize) -> Option<(u64, usize)> {
    let (hour, next) = digits(body, at, 2)?;
    let (minute, next) = digits(body, after(body, next, b':')?, 2)?;
    let (second, next) = digits(body, after(body, next, b':')?, 2)?;
    if minute > 59 || second > 60 {
        return None;
    }
    let end = match byte(body, next) {
        b'.' => run(body, next + 1, |byte| byte.is_ascii_digit()),
        _ => next,
    };
    Some((hour * 3_600 + minute * 60 + second, end))
}

/// The seconds that a zone is ahead of UTC.
fn zone(body: &[u8], at: usize) -> Option<(i64, usize)> {
    for name in [&b"Z"[..], b" UTC", b" GMT", b"UTC"] {
        if body.get(at..).is_some_and(|rest| rest.starts_with(name)) {
            return Some((0, at + name.len()));
        }
    }
    let sign = match byte(body, at) {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, next) = digits(body, at + 1, 2)?;
    let next = after(body, next, b':').unwrap_or(next);
    let (minutes, end) = digits(body, next, 2)?;
    Some((sign * (hours * 3_600 + minutes * 60) as i64, end))
}

/// Seconds since the epoch of a date of the proleptic Gregorian calendar, after H. Hinnant's `days_from_civil`.
pub(super) fn seconds(year: u64, month: u64, day: u64, clock: u64) -> Option<u64> {
    let days = match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1970..=9999).contains(&year) || !(1..=days).contains(&day) || clock > LONGEST_DAY {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year;
    days.checked_sub(719_468)?.checked_mul(86_400)?.checked_add(clock)
}

/// Exactly `count` digits at `at`.
fn digits(body: &[u8], at: usize, count: usize) -> Option<(u64, usize)> {
    let digits = body.get(at..at + count)?;
    let value = digits.iter().try_fold(0, |value, digit| Some(value * 10 + u64::from(char::from(*digit).to_digit(10)?)))?;
    Some((value, at + count))
}

fn after(body: &[u8], at: usize, wanted: u8) -> Option<usize> {
    (byte(body, at) == wanted).then_some(at + 1)
}

pub(super) const MONTHS: [&[u8]; 12] = [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// Seconds, with a leap second.
const LONGEST_DAY: u64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_of_services() {
        let unix = |seconds| Some(Reset::Unix(Duration::from_secs(seconds)));
        for (text, time) in [
            ("2026-09-15T17:56:48Z.", unix(1_789_495_008)),
            ("2026-09-15 17:56:48 UTC,", unix(1_789_495_008)),
            ("2026-09-15T19:56:48.123+02:00\"", unix(1_789_495_008)),
            ("15 Sep 2026 17:56:48 GMT ", unix(1_789_495_008)),
            ("2000-02-29T00:00:00Z ", unix(951_782_400)),
            ("2026-09-15 17:56:48 ", Some(Reset::Said("2026-09-15 17:56:48"))),
            ("2026-13-15T17:56:48Z ", None),
            ("2026-02-29T00:00:00Z ", None),
            ("2026-04-31 17:56:48 ", None),
            ("2026-09-15T25:00:00Z ", None),
            ("2026-09-15T17:60:00Z ", Some(Reset::Said("2026-09-15"))),
            ("2026-09-15 17:56:48", None),
        ] {
            assert_eq!(at(text.as_bytes(), 0).map(|(time, _)| time), time, "{text}");
        }
    }

    #[test]
    fn tells_epochs_from_spans_by_size() {
        let epoch = |digits: &str| epoch(Number::at(digits.as_bytes(), 0));
        assert_eq!(epoch("86400 "), None);
        assert_eq!(epoch("1741305600 "), epoch("1741305600000 "));
    }
}
