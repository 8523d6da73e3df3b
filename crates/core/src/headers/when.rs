//! When a limit resets or a retry may go, in any form, and what one bare number means.

use core::time::Duration;

use crate::cause::whole;
use crate::period::SECOND;
use crate::time::until;

/// What a bare number in a reset header means: one name has several meanings among services.
///
/// Values with a unit, dates, and headers that name their unit are read the same in every dialect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// By size: below 10^8 a time left, below 10^11 seconds since the Unix epoch, above milliseconds since then.
    /// A time left is in seconds. It is in milliseconds under names like `x-ratelimit-reset-requests` where Azure's
    /// headers stand beside it, or where limit and remaining prove it.
    #[default]
    Auto,
    /// Seconds left: Together, Reddit, Envoy, the IETF drafts.
    Seconds,
    /// Milliseconds left: Azure OpenAI.
    Milliseconds,
    /// Seconds since the Unix epoch: GitHub, X, Okta, GitLab.
    UnixSeconds,
    /// Milliseconds since the Unix epoch: OpenRouter.
    UnixMilliseconds,
}

/// A time as a header gives it.
#[derive(Clone, Copy)]
pub(super) enum When {
    /// Left, said with a unit: nothing to guess, and finer than a second where it needs to be.
    Left(Duration),
    /// Left, a bare number taken for seconds.
    LeftBare(Duration),
    /// Since the Unix epoch, from a date.
    Date(Duration),
    /// Since the Unix epoch, from a number.
    Unix(Duration),
}

impl When {
    /// Reads a time; `unit` is of a bare number, where the header's name tells.
    pub(super) fn read(value: &str, unit: Option<Duration>, dialect: Dialect) -> Option<Self> {
        if let Some(date) = date(value) {
            return Some(Self::Date(date));
        }
        if let Some(left) = whole::duration(value) {
            return Some(Self::Left(left));
        }
        match unit {
            Some(unit) => whole::units(value, unit).map(Self::Left),
            None => bare(whole::units(value, SECOND)?, dialect),
        }
    }

    pub(super) const fn is_absolute(self) -> bool {
        matches!(self, Self::Date(_) | Self::Unix(_))
    }

    /// How finely it is told, where it is told by a server that refills evenly: numbers without a unit are mostly of
    /// windows that end all at once.
    pub(super) const fn resolution(self) -> Option<Duration> {
        match self {
            Self::Left(_) => Some(Duration::from_millis(1)),
            Self::Date(_) => Some(SECOND),
            Self::LeftBare(_) | Self::Unix(_) => None,
        }
    }

    /// The time left at `date`, which is what the response's own `Date` says; none if it has passed.
    pub(super) fn left(self, date: Option<Duration>) -> Option<Duration> {
        match self {
            Self::Left(left) | Self::LeftBare(left) => Some(left),
            Self::Date(at) | Self::Unix(at) => Some(until(at, date?)),
        }
    }
}

/// A date, to the fraction of a second; the letters of RFC 3339 may be small.
fn date(value: &str) -> Option<Duration> {
    if value.as_bytes().get(4) != Some(&b'-') {
        return whole::date(value);
    }
    let mut capital = [0; LONGEST_DATE];
    let capital = capital.get_mut(..value.len())?;
    for (to, from) in capital.iter_mut().zip(value.bytes()) {
        *to = if matches!(from, b't' | b'z') { from.to_ascii_uppercase() } else { from };
    }
    let time = whole::date(core::str::from_utf8(capital).ok()?)?;
    let seconds = value.get(17..)?;
    let end = seconds.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(seconds.len());
    let fraction = whole::units(seconds.get(..end)?, SECOND).map_or(0, |seconds| seconds.subsec_nanos());
    time.checked_add(Duration::from_nanos(fraction.into()))
}

fn bare(number: Duration, dialect: Dialect) -> Option<When> {
    Some(match dialect {
        Dialect::Auto if number < LONGEST_LEFT => When::LeftBare(number),
        Dialect::Auto if number < LATEST_SECONDS => When::Unix(number),
        Dialect::Auto if number < LATEST_MILLISECONDS => When::Unix(number / 1000),
        Dialect::Auto => return None,
        Dialect::Seconds => When::LeftBare(number),
        Dialect::Milliseconds => When::Left(number / 1000),
        Dialect::UnixSeconds => When::Unix(number),
        Dialect::UnixMilliseconds => When::Unix(number / 1000),
    })
}

const LONGEST_DATE: usize = 40;
const LONGEST_LEFT: Duration = Duration::from_secs(100_000_000);
const LATEST_SECONDS: Duration = Duration::from_secs(100_000_000_000);
const LATEST_MILLISECONDS: Duration = Duration::from_secs(100_000_000_000_000);
