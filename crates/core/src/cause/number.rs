//! Numbers with separators and fractions, and durations in all their spellings.

use core::time::Duration;

use super::lex::{blanks, byte, class, class_at, run, starts_with};
use super::wide;
use super::words::Stem;
use crate::period::{DAY, HOUR, MINUTE, MONTH, SECOND, WEEK};

/// A decimal number: `40,000`, `20.000000`, `0.25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// The whole part, saturating.
    pub(super) whole: u64,
    /// Billionths.
    pub(super) nanos: u32,
    /// Where it ends.
    pub(super) end: usize,
    /// It touches the end of the body, where its rest may be cut off.
    pub(super) open: bool,
    /// A point was read: the whole part is complete.
    pub(super) point: bool,
}

impl Number {
    /// The number that begins with the digit at `at`.
    pub(super) fn at(body: &[u8], at: usize) -> Self {
        let (mut whole, mut count) = digits(body, at, 0);
        let mut end = at + count;
        while byte(body, end) == b',' && is_group(body, end + 1) {
            (whole, _) = digits(body, end + 1, whole);
            count += 3;
            end += 4;
        }
        if count > MOST_DIGITS {
            whole = u64::MAX;
        }
        let mut nanos = 0;
        let point = byte(body, end) == b'.' && class_at(body, end + 1) == class::DIGIT;
        if point {
            (nanos, end) = fraction(body, end + 1);
        }
        // `6,` may become `6,248`, and `2026-` a date.
        let more = match byte(body, end) {
            b',' | b'-' | b':' | b'/' => end + 1 + digits(body, end + 1, 0).1,
            _ => end,
        };
        Self { whole, nanos, end, open: more >= body.len() || is_elided(body, end), point }
    }

    /// `100k`, `1.5k`, `3만`, `10 万`
    pub(super) fn scaled(self, body: &[u8]) -> Option<Self> {
        let (factor, end) = match byte(body, self.end) {
            b'k' | b'K' => (1_000, self.end + 1),
            b' ' | b'\\' | 0x80.. => wide_factor(body, self.end)?,
            _ => return None,
        };
        if !self.nanos.is_multiple_of(1_000_000) {
            return None;
        }
        let part = u64::from(self.nanos / 1_000_000).checked_mul(factor)? / 1_000;
        let whole = self.whole.checked_mul(factor)?.checked_add(part)?;
        Some(Self { whole, nanos: 0, end, open: end >= body.len(), point: false })
    }

    /// `30 000`, where a word follows that says what is counted.
    #[cold]
    pub(super) fn spaced(self, body: &[u8]) -> Option<Self> {
        let mut number = self;
        while byte(body, number.end) == b' ' && is_group(body, number.end + 1) {
            let (whole, count) = digits(body, number.end + 1, number.whole);
            number = Self { whole, end: number.end + 1 + count, ..number };
        }
        (number.end > self.end && self.whole < 1_000 && number.end - self.end < MOST_DIGITS).then_some(number)
    }

    /// The number as an amount, unless it has a fraction.
    pub(super) const fn amount(self) -> Option<u64> {
        if self.nanos == 0 { Some(self.whole) } else { None }
    }

    /// The nearest whole number.
    pub(super) const fn rounded(self) -> u64 {
        self.whole.saturating_add((self.nanos > 500_000_000) as u64)
    }

    /// The number as a duration of so many units.
    pub(super) fn times(self, unit: Duration) -> Option<Duration> {
        let part = unit.as_nanos().checked_mul(u128::from(self.nanos))? / 1_000_000_000;
        let nanos = unit.as_nanos().checked_mul(u128::from(self.whole))?.checked_add(part)?;
        Some(Duration::new(u64::try_from(nanos / 1_000_000_000).ok()?, (nanos % 1_000_000_000) as u32))
    }
}

/// `Limit 3000…`: somebody shortened the text, perhaps within the number; or the unit behind it is cut off.
fn is_elided(body: &[u8], end: usize) -> bool {
    match byte(body, end) {
        b'.' => byte(body, end + 1) == b'.',
        0x80.. => starts_with(body, end, b"\xE2\x80\xA6"),
        b' ' => blanks(body, end) >= body.len(),
        _ => false,
    }
}

/// What the signs of thousands and more make, and where they end.
#[cold]
fn wide_factor(body: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut at = if byte(body, at) == b' ' { at + 1 } else { at };
    let mut factor = 1_u64;
    while let Some((sign, len)) = wide::char_at(body, at) {
        let times = match sign {
            '백' | '百' => 100,
            '천' | '千' => 1_000,
            '만' | '万' | '萬' => 10_000,
            '억' | '亿' | '億' => 100_000_000,
            _ => break,
        };
        factor = factor.checked_mul(times)?;
        at += len;
    }
    (factor > 1).then_some((factor, at))
}

/// What the digits from `at` make behind those of `whole`, and how many they are.
#[inline]
pub(super) fn digits(body: &[u8], at: usize, whole: u64) -> (u64, usize) {
    let mut whole = whole;
    let mut count = 0;
    for byte in body.get(at..).unwrap_or_default() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        whole = whole.wrapping_mul(10).wrapping_add(u64::from(digit));
        count += 1;
    }
    (whole, count)
}

/// The billionths that the digits from `at` make, and where they end.
pub(super) fn fraction(body: &[u8], at: usize) -> (u32, usize) {
    let mut nanos = 0;
    let mut place = 100_000_000;
    let mut end = at;
    while class_at(body, end) == class::DIGIT {
        nanos += u32::from(byte(body, end) - b'0') * place;
        place /= 10;
        end += 1;
    }
    (nanos, end)
}

/// A number of so many digits fits 64 bits, whatever they are; a longer one counts as the largest.
pub(super) const MOST_DIGITS: usize = 19;

/// A duration and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) time: Duration,
    pub(super) end: usize,
    /// It touches the end of the body and might go on there: `5 minutes` of `5 minutes 30 seconds`.
    pub(super) open: bool,
}

impl Span {
    /// The duration that begins with `number`: `1m26.4s`, `5 days 22 hours`, `'6' seconds`, `20초`.
    pub(super) fn after(body: &[u8], number: Number) -> Option<Self> {
        let mut number = number;
        let mut time = Duration::ZERO;
        for _ in 0..MOST_PARTS {
            let Some((unit, end)) = unit(body, number.end) else {
                break;
            };
            time = time.checked_add(number.times(unit)?)?;
            let next = and(body, blanks(body, end));
            let open = unit > SECOND && matches!(body.get(next..), Some(b"" | b"a" | b"an" | b"and" | b"," | b", ") | None);
            if class_at(body, next) != class::DIGIT {
                return Some(Self { time, end, open });
            }
            number = Number::at(body, next);
            let word = blanks(body, number.end);
            let last = run(body, word, |byte| byte.is_ascii_alphabetic());
            let open = last >= body.len() && body.get(word..) != Some(b"s");
            if open || self::unit(body, number.end).is_none() {
                let end = if open { body.len() } else { end };
                return Some(Self { time, end, open });
            }
        }
        None
    }
}

/// The length of the unit at `at`, after a blank, a hyphen or a quote, and where it ends.
pub(super) fn unit(body: &[u8], at: usize) -> Option<(Duration, usize)> {
    if matches!(byte(body, at), b',' | b'.' | b'/' | b')' | b'}' | b':') {
        return None;
    }
    let at = gap(body, at);
    if let Some(end) = micros_end(body, at) {
        return Some((Duration::from_micros(1), end));
    }
    if class_at(body, at) == class::WIDE || byte(body, at) == b'\\' {
        let (stems, end) = wide::phrase_at(body, at)?;
        return Some((of_stem(*stems.first()?)?, end));
    }
    let end = run(body, at, |byte| byte.is_ascii_alphabetic());
    let unit = match body.get(at..end)? {
        b"s" => SECOND,
        b"m" => MINUTE,
        b"h" => HOUR,
        b"d" => DAY,
        b"us" => Duration::from_micros(1),
        b"ns" => Duration::from_nanos(1),
        _ => of_stem(Stem::of(body, at, end))?,
    };
    Some((unit, end))
}

/// Where the next part of a duration begins: `59 minutes and 59 seconds`, `1 hour, 5 minutes`.
fn and(body: &[u8], at: usize) -> usize {
    match byte(body, at) {
        b'a' if starts_with(body, at, b"and ") => at + 4,
        b',' if byte(body, at + 1) == b' ' && class_at(body, at + 2) == class::DIGIT => at + 2,
        _ => at,
    }
}

/// `µs` in either of Unicode's spellings.
fn micros_end(body: &[u8], at: usize) -> Option<usize> {
    let mark = starts_with(body, at, b"\xC2\xB5s") || starts_with(body, at, b"\xCE\xBCs");
    mark.then_some(at + 3)
}

/// The end of what may stand between a number and its unit: a blank, a hyphen, a quote, a line's end as an escape.
fn gap(body: &[u8], at: usize) -> usize {
    let end = run(body, at, |byte| matches!(byte, b' ' | b'\n' | b'\'' | b'"' | b'-' | b'_' | b'~'));
    match (byte(body, end), byte(body, end + 1)) {
        (b'\\', b'n') => blanks(body, end + 2),
        _ => end,
    }
}

/// The length of the unit that a stem names.
pub(super) const fn of_stem(stem: Stem) -> Option<Duration> {
    Some(match stem {
        Stem::Millis => Duration::from_millis(1),
        Stem::Second => SECOND,
        Stem::Minute => MINUTE,
        Stem::Hour => HOUR,
        Stem::Day => DAY,
        Stem::Week => WEEK,
        Stem::Month => MONTH,
        _ => return None,
    })
}

/// The window that `daily` and its like name.
pub(super) const fn of_adverb(stem: Stem) -> Option<Duration> {
    Some(match stem {
        Stem::Secondly => SECOND,
        Stem::Minutely => MINUTE,
        Stem::Hourly => HOUR,
        Stem::Daily => DAY,
        Stem::Weekly => WEEK,
        Stem::Monthly => MONTH,
        _ => return None,
    })
}

/// Weeks to nanoseconds.
const MOST_PARTS: usize = 8;

fn is_group(body: &[u8], at: usize) -> bool {
    digits(body, at, 0).1 == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations_in_all_spellings() {
        for (text, nanos) in [
            ("6ms.", 6_000_000),
            ("28.542992187s.", 28_542_992_187),
            ("1m26.4s.", 86_400_000_000),
            ("14h29m11.04s ", 52_151_040_000_000),
            ("'6' seconds ", 6_000_000_000),
            ("5 days 22 hours 11 minutes.", 511_860_000_000_000),
            ("20초 ", 20_000_000_000),
            ("5 小时的", 18_000_000_000_000),
        ] {
            let start = usize::from(text.starts_with('\''));
            let span = Span::after(text.as_bytes(), Number::at(text.as_bytes(), start));
            let time = span.map(|span| (span.time.as_nanos(), span.open));
            assert_eq!(time, Some((nanos, false)), "{text}");
        }
    }

    #[test]
    fn a_duration_that_may_go_on_is_open() {
        for text in ["1m", "5 days 22", "5 days 22 ho", "7 hours"] {
            let span = Span::after(text.as_bytes(), Number::at(text.as_bytes(), 0));
            assert!(span.is_none_or(|span| span.open), "{text}");
        }
    }

    #[test]
    fn a_number_beyond_64_bits_is_the_largest() {
        let whole = |text: &str| Number::at(text.as_bytes(), 0).whole;
        assert_eq!(whole("9999999999999999999 "), 9_999_999_999_999_999_999);
        assert_eq!(whole("99999999999999999999 "), u64::MAX);
        assert_eq!(whole("2,000,000 "), 2_000_000);
        assert_eq!(whole("600,30000 "), 600);
    }
}
