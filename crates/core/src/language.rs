//! The languages that people read, and how they write numbers and durations.

use core::fmt::{self, Display, Formatter, Write};
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
    /// A duration in words, rounded up to a millisecond, from a minute on to the smaller of two units: `644 ms`,
    /// `9.816 s`, `7 min 12 s`; `7분 12초`.
    pub fn duration(self, duration: Duration) -> impl Display + Copy {
        Spoken {
            language: self,
            duration,
        }
    }

    /// A number with separators: `30,000`.
    pub fn number(self, number: u64) -> impl Display + Copy {
        Grouped(number)
    }

    /// A window behind what it limits: `per minute`, `in 15 min`; `분당`, `15분당`.
    pub fn per(self, window: Duration) -> impl Display + Copy {
        Per {
            language: self,
            window,
        }
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
        let [day, hour, minute, second, milli] = self.language.pick(
            [" d", " h", " min", " s", " ms"],
            ["일", "시간", "분", "초", "밀리초"],
        );
        let millis = self.duration.as_nanos().div_ceil(1_000_000);
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
        let seconds = millis.div_ceil(1000);
        let (large, unit, small, subunit) = match seconds {
            0..3600 => (seconds / 60, minute, seconds % 60, second),
            3600..86_400 => (
                seconds.div_ceil(60) / 60,
                hour,
                seconds.div_ceil(60) % 60,
                minute,
            ),
            _ => (
                seconds.div_ceil(3600) / 24,
                day,
                seconds.div_ceil(3600) % 24,
                hour,
            ),
        };
        write!(out, "{large}{unit}")?;
        if small > 0 {
            write!(out, " {small}{subunit}")?;
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
            _ => {
                let (before, after) = self.language.pick(("in ", ""), ("", "당"));
                return write!(
                    out,
                    "{before}{}{after}",
                    self.language.duration(self.window)
                );
            }
        };
        out.write_str(unit)
    }
}

#[derive(Clone, Copy)]
struct Grouped(u64);

impl Display for Grouped {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let mut divisor = 1_000_000_000_000_000_000;
        while divisor > self.0 && divisor > 1 {
            divisor /= 1000;
        }
        write!(out, "{}", self.0 / divisor)?;
        while divisor > 1 {
            divisor /= 1000;
            out.write_char(',')?;
            write!(out, "{:03}", self.0 / divisor % 1000)?;
        }
        Ok(())
    }
}
