//! Absolute times as services write them: RFC 3339 and the three forms of an HTTP date (RFC 9110, section 5.6.7).

use core::fmt::{self, Display, Formatter};
use core::time::Duration;

use crate::durations::{billionths, digits};

/// Time since the Unix epoch of an RFC 3339 date with time, the whole text. A blank may stand for the `T`; no zone means UTC.
pub(crate) fn rfc3339(text: &str) -> Option<Duration> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, zone) = rest.strip_prefix(['T', 't', ' '])?.split_at_checked(8)?;
    let mut date = date.split('-').map(number);
    let days = days_since_epoch(date.next()??, date.next()??, date.next()??)?;
    let (fraction, zone) = match zone.strip_prefix('.') {
        Some(fraction) => digits(fraction),
        None => ("", zone),
    };
    let seconds = days.checked_mul(DAY)?.checked_add(time_of_day(time)?)?;
    since_epoch(seconds.checked_sub(offset(zone.trim_start())?)?, fraction)
}

/// Time since the Unix epoch of an HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or
/// `Sun Nov  6 08:49:37 1994`; `UTC` or `+0000` for `GMT` is taken too.
pub(crate) fn http(text: &str) -> Option<Duration> {
    let (mut day, mut month, mut year, mut time, mut zone) = (None, None, None, None, "");
    for word in text
        .split([' ', ',', '-'])
        .filter(|word| !word.is_empty())
        .take(9)
    {
        if word.contains(':') {
            time = time_of_day(word);
        } else if let Some(number) = number(word) {
            let field = if day.is_none() { &mut day } else { &mut year };
            *field = Some(number);
        } else if let Some(number) = month_number(word) {
            month = Some(number);
        } else {
            zone = word;
        }
    }
    let utc = ["GMT", "UTC", "+0000"]
        .iter()
        .any(|name| zone.eq_ignore_ascii_case(name));
    let asctime = zone.len() == 3 && text.starts_with(zone);
    let days = days_since_epoch(full_year(year?), month?, day?)?;
    let seconds = days.checked_mul(DAY)?.checked_add(time?)?;
    (utc || asctime).then(|| since_epoch(seconds, ""))?
}

/// Writes a time since the Unix epoch as `2026-09-15 17:56:48 UTC`.
pub(crate) struct Utc(pub(crate) Duration);

impl Display for Utc {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.0.as_secs() / 86_400, self.0.as_secs() % 86_400);
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(
            out,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC"
        )
    }
}

/// Year, month and day of so many days after 1970-01-01, in eras of 400 years that begin in March.
const fn civil(days: u64) -> (u64, u64, u64) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// Days from 1970-01-01 in the Gregorian calendar, counted from March so that leap days come last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    Some(year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468)
}

/// Seconds of `hh:mm:ss`; a leap second counts into the next minute.
fn time_of_day(text: &str) -> Option<i64> {
    let mut parts = text.split(':').map(number);
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = hours < 24 && minutes < 60 && seconds <= 60 && parts.next().is_none();
    fits.then_some(hours * 3600 + minutes * 60 + seconds)
}

/// Seconds east of UTC: empty, `Z`, `UTC`, `GMT` or `+09:00`.
fn offset(zone: &str) -> Option<i64> {
    if ["", "Z", "UTC", "GMT"]
        .iter()
        .any(|name| zone.eq_ignore_ascii_case(name))
    {
        return Some(0);
    }
    let (sign, clock) = zone.split_at_checked(1)?;
    let (hours, minutes) = clock
        .split_once(':')
        .or_else(|| clock.split_at_checked(2))?;
    let seconds = number(hours)? * 3600 + number(minutes)? * 60;
    match sign {
        "+" => Some(seconds),
        "-" => Some(-seconds),
        _ => None,
    }
}

fn since_epoch(seconds: i64, fraction: &str) -> Option<Duration> {
    Some(Duration::new(
        u64::try_from(seconds).ok()?,
        billionths(fraction),
    ))
}

/// Two digits are of 1970 to 2069.
const fn full_year(year: i64) -> i64 {
    match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    }
}

fn month_number(word: &str) -> Option<i64> {
    let position = MONTHS
        .iter()
        .position(|month| word.eq_ignore_ascii_case(month))?;
    i64::try_from(position).ok()?.checked_add(1)
}

/// Up to four digits, so that what is computed from it cannot overflow.
fn number(text: &str) -> Option<i64> {
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

const DAY: i64 = 86_400;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn reads_every_form_of_one_instant() {
        let instant = Some(Duration::from_secs(784_111_777));
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "sun, 6 nov 1994 08:49:37 UTC",
        ] {
            assert_eq!(http(text), instant, "{text}");
        }
        for text in [
            "1994-11-06T08:49:37Z",
            "1994-11-06 08:49:37",
            "1994-11-06T17:49:37+09:00",
            "1994-11-06T03:19:37-0530",
        ] {
            assert_eq!(rfc3339(text), instant, "{text}");
        }
        assert_eq!(
            rfc3339("1970-01-01T00:00:00.25Z"),
            Some(Duration::from_millis(250))
        );
    }

    #[test]
    fn knows_leap_years() {
        assert_eq!(
            http("Tue, 29 Feb 2000 00:00:00 GMT"),
            Some(Duration::from_secs(951_782_400))
        );
        assert_eq!(
            rfc3339("2100-03-01T00:00:00Z"),
            Some(Duration::from_secs(4_107_542_400))
        );
    }

    #[test]
    fn writes_what_it_reads() {
        for text in [
            "1994-11-06 08:49:37 UTC",
            "2000-02-29 00:00:00 UTC",
            "2100-03-01 23:59:59 UTC",
        ] {
            let time = rfc3339(text).expect("a date");
            assert_eq!(std::format!("{}", Utc(time)), text);
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "60",
            "Sun, 06 Nov 1994 08:49:37 PST",
            "06 Nov 1994",
            "Sun, 06 Nov 1994 25:00:00 GMT",
        ] {
            assert_eq!(http(text), None, "{text}");
        }
        for text in [
            "",
            "60",
            "2024-13-01T00:00:00Z",
            "2024-01-01T00:00:00+zz",
            "1969-12-31T23:59:59Z",
            "2024-01-01",
        ] {
            assert_eq!(rfc3339(text), None, "{text}");
        }
    }
}
