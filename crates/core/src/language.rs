//! The languages that people read, and how they write numbers, durations and dates.

use core::fmt::{self, Display, Formatter};
use core::time::Duration;

use crate::cause::Resource;

/// A language of the texts for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// A duration in words, rounded up to a millisecond, from a minute on to a second, from an hour on to a
    /// minute: `644 ms`, `9.816 s`, `7 min 12 s`, `5 d 22 h 11 min`; `7분 12초`.
    pub fn duration(self, duration: Duration) -> impl Display + Copy {
        Spoken { language: self, duration }
    }

    /// A number with separators: `30,000`.
    pub fn number(self, number: u64) -> impl Display + Copy {
        Grouped(number)
    }

    /// A window behind what it limits: `per minute`, `per 15 min`; `분당`, `15분당`.
    pub fn per(self, window: Duration) -> impl Display + Copy {
        Per { language: self, window }
    }

    /// What a limit counts: `input tokens`; `입력 토큰`.
    #[must_use]
    pub const fn resource(self, resource: Resource) -> &'static str {
        match resource {
            Resource::Requests => self.pick("requests", "요청"),
            Resource::Tokens => self.pick("tokens", "토큰"),
            Resource::InputTokens => self.pick("input tokens", "입력 토큰"),
            Resource::OutputTokens => self.pick("output tokens", "출력 토큰"),
            Resource::Images => self.pick("images", "이미지"),
            Resource::AudioSeconds => self.pick("seconds of audio", "오디오(초)"),
            Resource::Concurrency => self.pick("calls at once", "동시 요청"),
            Resource::Cost => self.pick("spending", "비용"),
        }
    }

    pub(crate) const fn pick<T: Copy>(self, english: T, korean: T) -> T {
        match self {
            Self::English => english,
            Self::Korean => korean,
        }
    }
}

#[derive(Clone, Copy)]
struct Spoken {
    language: Language,
    duration: Duration,
}

impl Display for Spoken {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let [day, hour, minute, second, milli] =
            self.language.pick([" d", " h", " min", " s", " ms"], ["일", "시간", "분", "초", "밀리초"]);
        // Not u128, whose formatting can panic as the compiler sees it.
        let part = u64::from(self.duration.subsec_nanos().div_ceil(1_000_000));
        let millis = self.duration.as_secs().saturating_mul(1000).saturating_add(part);
        if millis < 1000 {
            return write!(out, "{millis}{milli}");
        }
        if millis < 60_000 {
            write!(out, "{}", millis / 1000)?;
            match millis % 1000 {
                0 => {}
                part if part % 100 == 0 => write!(out, ".{}", part / 100)?,
                part if part % 10 == 0 => write!(out, ".{:02}", part / 10)?,
                part => write!(out, ".{part:03}")?,
            }
            return out.write_str(second);
        }
        let seconds = match millis.div_ceil(1000) {
            seconds @ 0..3600 => seconds,
            seconds => seconds.div_ceil(60).saturating_mul(60),
        };
        let mut gap = "";
        for (part, unit) in [(seconds / 86_400, day), (seconds / 3600 % 24, hour), (seconds / 60 % 60, minute), (seconds % 60, second)] {
            if part > 0 {
                write!(out, "{gap}{part}{unit}")?;
                gap = " ";
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Per {
    language: Language,
    window: Duration,
}

impl Display for Per {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let unit = match self.window.as_secs() {
            1 => self.language.pick("per second", "초당"),
            60 => self.language.pick("per minute", "분당"),
            3600 => self.language.pick("per hour", "시간당"),
            86_400 => self.language.pick("per day", "하루"),
            604_800 => self.language.pick("per week", "일주일"),
            2_592_000 => self.language.pick("per month", "한 달"),
            _ => {
                let (before, after) = self.language.pick(("per ", ""), ("", "당"));
                return write!(out, "{before}{}{after}", self.language.duration(self.window));
            }
        };
        out.write_str(unit)
    }
}

#[derive(Clone, Copy)]
struct Grouped(u64);

impl Display for Grouped {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        let mut groups = [(); 7].map(|()| {
            let group = rest % 1000;
            rest /= 1000;
            group
        });
        groups.reverse();
        let mut groups = groups.into_iter().skip_while(|&group| group == 0);
        write!(out, "{}", groups.next().unwrap_or(0))?;
        groups.try_for_each(|group| write!(out, ",{group:03}"))
    }
}

/// Writes a time since the Unix epoch as `2026-09-15 17:56:48 UTC`.
pub(crate) struct Utc(pub(crate) Duration);

impl Display for Utc {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.0.as_secs() / 86_400, self.0.as_secs() % 86_400);
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(out, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
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

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString;

    use super::*;

    /// Seen to fail: days to the hour, which turned 22 h 11 min into 23 h.
    #[test]
    fn writes_durations_rounded_up() {
        let cases = [
            (0, "0 ms", "0밀리초"),
            (644_000_000, "644 ms", "644밀리초"),
            (9_815_000_001, "9.816 s", "9.816초"),
            (3_000_000_000, "3 s", "3초"),
            (1_500_000_000, "1.5 s", "1.5초"),
            (432_000_000_000, "7 min 12 s", "7분 12초"),
            (3_600_000_000_000, "1 h", "1시간"),
            (5_011_000_000_000, "1 h 24 min", "1시간 24분"),
            (90_000_000_000_000, "1 d 1 h", "1일 1시간"),
            (3_599_000_000_001, "1 h", "1시간"),
            (511_860_000_000_000, "5 d 22 h 11 min", "5일 22시간 11분"),
            (86_401_000_000_000, "1 d 1 min", "1일 1분"),
        ];
        for (nanos, english, korean) in cases {
            let duration = Duration::from_nanos(nanos);
            assert_eq!(Language::English.duration(duration).to_string(), english);
            assert_eq!(Language::Korean.duration(duration).to_string(), korean);
        }
    }

    /// Seen to fail: a quarter of an hour as "in 15 min".
    #[test]
    fn names_the_periods_of_limits() {
        let cases = [
            (60, "per minute", "분당"),
            (900, "per 15 min", "15분당"),
            (86_400, "per day", "하루"),
            (604_800, "per week", "일주일"),
            (2_592_000, "per month", "한 달"),
        ];
        for (seconds, english, korean) in cases {
            let window = Duration::from_secs(seconds);
            assert_eq!(Language::English.per(window).to_string(), english);
            assert_eq!(Language::Korean.per(window).to_string(), korean);
        }
    }

    #[test]
    fn groups_digits() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (40_007, "40,007"), (u64::MAX, "18,446,744,073,709,551,615")] {
            assert_eq!(Language::English.number(number).to_string(), text);
        }
    }

    #[test]
    fn writes_dates() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (784_111_777, "1994-11-06 08:49:37 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
        ] {
            assert_eq!(Utc(Duration::from_secs(seconds)).to_string(), text);
        }
    }
}
