//! Absolute times: RFC 3339 and its relatives, HTTP dates, epochs.

use core::time::Duration;

use super::Reset;
use super::lex::{blanks, byte, class, class_at, run, starts_with, text};
use super::number::Number;

/// The time that begins at `at`, and where it ends.
///
/// `2026-09-15T17:56:48Z`, `2026-09-15 17:56:48 UTC`, and HTTP's dates; without a zone it is only worded.
pub(super) fn at(body: &[u8], at: usize) -> Option<(Reset<'_>, usize)> {
    match byte(body, at + 4) {
        b'-' => iso(body, at).or_else(|| http(body, at)),
        _ if is_plain_number(body, at) => None,
        _ => http(body, at),
    }
}

/// A number that no month can follow: most are.
fn is_plain_number(body: &[u8], at: usize) -> bool {
    let end = at + 1 + usize::from(class_at(body, at + 1) == class::DIGIT);
    class_at(body, at) == class::DIGIT && !matches!(byte(body, end), b' ' | b'-')
}

/// An epoch in seconds, milliseconds, microseconds or nanoseconds, told apart by size; less is a span, not a time.
pub(super) fn epoch(number: Number) -> Option<Reset<'static>> {
    let time = match number.whole {
        0..1_000_000_000 => return None,
        1_000_000_000..100_000_000_000 => Duration::new(number.whole, number.nanos),
        millis @ ..100_000_000_000_000 => Duration::from_millis(millis),
        micros @ ..100_000_000_000_000_000 => Duration::from_micros(micros),
        nanos => Duration::from_nanos(nanos),
    };
    Some(Reset::Unix(time))
}

fn iso(body: &[u8], at: usize) -> Option<(Reset<'_>, usize)> {
    let (year, next) = digits(body, at, 4)?;
    let (month, next) = digits(body, after(body, next, b'-')?, 2)?;
    let (day, date_end) = digits(body, after(body, next, b'-')?, 2)?;
    let midnight = seconds(year, month, day, 0)?;
    let gap = match byte(body, date_end) {
        b' ' if starts_with(body, date_end, b" at ") => date_end + 4,
        b'T' | b' ' => date_end + 1,
        _ => date_end,
    };
    let Some((clock, end)) = clock(body, gap).or_else(|| minutes(body, gap)) else {
        // `2026-09-15 17:5`
        let cut = date_end >= body.len() || gap > date_end && run(body, gap, |byte| byte.is_ascii_digit() || byte == b':') >= body.len();
        let cut = cut || matches!(body.get(gap..), Some(b"a" | b"at"));
        return (!cut).then_some((Reset::Said(text(body, at, date_end)?), date_end));
    };
    if end >= body.len() {
        return None;
    }
    if clock > LONGEST_DAY {
        return None;
    }
    let said = (Reset::Said(text(body, at, end)?), end);
    let Some((ahead, zone_end)) = zone(body, end) else {
        return (!ends_in_zone(body, end)).then_some(said);
    };
    let seconds = midnight.checked_add(clock)?.checked_add_signed(-ahead)?;
    Some((Reset::Unix(Duration::from_secs(seconds)), zone_end))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`: the three forms of RFC 9110,
/// section 5.6.7, the first two without a weekday too.
fn http(body: &[u8], at: usize) -> Option<(Reset<'_>, usize)> {
    let at = date_start(body, at);
    let ((month, next), asctime) = match month(body, at) {
        Some(found) => (found, true),
        None => (month(body, run(body, at, |byte| byte.is_ascii_digit()) + 1)?, false),
    };
    let (day, day_end) = small(body, if asctime { blanks(body, next) } else { at })?;
    let (clock, year, ahead, end) = if asctime {
        let (clock, next) = clock(body, day_end + 1)?;
        let (year, end) = digits(body, next + 1, 4)?;
        (clock, year, 0, end)
    } else {
        let (year, next) = small(body, next + 1)?;
        let (clock, next) = clock(body, next + 1)?;
        let (ahead, end) = zone(body, next)?;
        (clock, year, ahead, end)
    };
    let seconds = seconds(full_year(year), month, day, clock)?.checked_add_signed(-ahead)?;
    Some((Reset::Unix(Duration::from_secs(seconds)), end))
}

/// Behind a weekday, if there is one.
fn date_start(body: &[u8], at: usize) -> usize {
    let end = run(body, at, |byte| byte.is_ascii_alphabetic());
    match byte(body, end) {
        b',' => blanks(body, end + 1),
        b' ' if end > at => blanks(body, end),
        _ => at,
    }
}

fn month(body: &[u8], at: usize) -> Option<(u64, usize)> {
    if class_at(body, at) != class::UPPER {
        return None;
    }
    let name = body.get(at..at + 3)?;
    let position = MONTHS.iter().position(|month| *month == name)?;
    Some((position as u64 + 1, at + 3))
}

/// One to four digits.
fn small(body: &[u8], at: usize) -> Option<(u64, usize)> {
    let end = run(body, at, |byte| byte.is_ascii_digit());
    if (at + 1..=at + 4).contains(&end) { digits(body, at, end - at) } else { None }
}

/// Two digits are of 1970 to 2069.
const fn full_year(year: u64) -> u64 {
    match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    }
}

/// `17:56:48`, `0:09:48`, fractions dropped, in seconds.
pub(super) fn clock(body: &[u8], at: usize) -> Option<(u64, usize)> {
    let (hour, next) = digits(body, at, if byte(body, at + 1) == b':' { 1 } else { 2 })?;
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

/// `12:14:33`, or with days before it as .NET writes them, `1.02:03:04`: in seconds.
pub(super) fn countdown(body: &[u8], at: usize) -> Option<(u64, usize)> {
    clock(body, at).or_else(|| {
        let (days, next) = small(body, at)?;
        let (seconds, end) = clock(body, after(body, next, b'.')?)?;
        Some((days * 86_400 + seconds, end))
    })
}

/// `17:56`, in seconds.
fn minutes(body: &[u8], at: usize) -> Option<(u64, usize)> {
    let (hour, next) = digits(body, at, 2)?;
    let (minute, end) = digits(body, after(body, next, b':')?, 2)?;
    let ends = minute <= 59 && byte(body, end) != b':' && class_at(body, end) != class::DIGIT;
    ends.then_some((hour * 3_600 + minute * 60, end))
}

/// The seconds that a zone is ahead of UTC.
fn zone(body: &[u8], at: usize) -> Option<(i64, usize)> {
    for name in [&b"Z"[..], b" UTC", b" GMT", b"UTC"] {
        if body.get(at..).is_some_and(|rest| rest.starts_with(name)) {
            return Some((0, at + name.len()));
        }
    }
    let at = after(body, at, b' ').unwrap_or(at);
    let sign = match byte(body, at) {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, next) = digits(body, at + 1, 2)?;
    let next = after(body, next, b':').unwrap_or(next);
    let (minutes, end) = digits(body, next, 2)?;
    if hours > 23 || minutes > 59 {
        return None;
    }
    Some((sign * (hours * 3_600 + minutes * 60) as i64, end))
}

/// The body ends in what may become a zone: ` U`, ` +09:0`.
fn ends_in_zone(body: &[u8], at: usize) -> bool {
    const LONGEST: usize = 7;
    let rest = body.get(at..).unwrap_or_default();
    rest.len() < LONGEST && rest.iter().all(|byte| matches!(byte, b' ' | b'+' | b'-' | b':' | b'0'..=b'9' | b'U' | b'T' | b'G' | b'M'))
}

/// Seconds since the epoch of a date of the proleptic Gregorian calendar, after H. Hinnant's `days_from_civil`.
fn seconds(year: u64, month: u64, day: u64, clock: u64) -> Option<u64> {
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

const MONTHS: [&[u8]; 12] = [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

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
            ("2026-09-15 at 17:56 UTC.", unix(1_789_494_960)),
            ("2026-09-15 at 17:5", None),
            ("2026-09-15 a", None),
            ("15 Sep 2026 17:56:48 GMT ", unix(1_789_495_008)),
            ("2000-02-29T00:00:00Z ", unix(951_782_400)),
            ("2026-09-15 17:56:48 or", Some(Reset::Said("2026-09-15 17:56:48"))),
            ("2026-09-15 17:56:48 ", None),
            ("2026-09-15 10:56:48 -0700 ", unix(1_789_495_008)),
            ("2026-09-15T17:56:48+99:99 ", Some(Reset::Said("2026-09-15T17:56:48"))),
            ("Tue, 15 Sep 2026 17:56:48 GMT\"", unix(1_789_495_008)),
            ("16 Sep 2026 02:56:48 +0900\"", unix(1_789_495_008)),
            ("Tue Sep 15 17:56:48 2026 ", unix(1_789_495_008)),
            ("Tue Sep 15 17:56:48 20", None),
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
        for finer in ["1741305600000 ", "1741305600000000 ", "1741305600000000000 "] {
            assert_eq!(epoch("1741305600 "), epoch(finer));
        }
    }
}
