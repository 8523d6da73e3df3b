//! The languages that people read, and how they write numbers and durations.

use core::fmt::{self, Display, Write};
use core::time::Duration;

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
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
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
struct Grouped(u64);

impl Display for Grouped {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
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
