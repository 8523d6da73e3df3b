//! The window of a limit, stated or worked out.

use core::time::Duration;

use crate::period::{DAY, HOUR, MINUTE, SECOND};

/// The window in which a limit refills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The headers state it, in a name, a parameter or a field of its own.
    Stated(Duration),
    /// Worked out as `reset * limit / (limit - remaining)`, which holds for servers that refill evenly (OpenAI, Groq,
    /// Anthropic), and taken for the second, ten seconds, minute, hour or day within 20 % of it.
    Derived(Duration),
}

impl Window {
    /// The length, however it is known.
    #[must_use]
    pub const fn length(self) -> Duration {
        match self {
            Self::Stated(length) | Self::Derived(length) => length,
        }
    }
}

/// The usual window in which the used part of `limit` refills within `reset`, which is known to one `resolution`.
pub(super) fn derive(reset: Duration, resolution: Duration, limit: u64, remaining: u64) -> Option<Duration> {
    let used = limit.checked_sub(remaining).filter(|&used| used > 0)?;
    if reset.as_nanos() < resolution.as_nanos().saturating_mul(5) {
        return None;
    }
    let period = reset.as_nanos().checked_mul(u128::from(limit))? / u128::from(used);
    let near = |window: &&Duration| {
        let window = window.as_nanos();
        (window * 8..=window * 12).contains(&period.saturating_mul(10))
    };
    USUAL.iter().find(near).copied()
}

/// Whether `reset` is, to the millisecond, the time in which the used part of a limit per minute refills.
pub(super) fn refills_in_a_minute(reset: Duration, limit: Option<u64>, remaining: Option<u64>) -> bool {
    let (Some(limit), Some(remaining)) = (limit, remaining) else {
        return false;
    };
    let (limit, used) = (u128::from(limit), u128::from(limit.saturating_sub(remaining)));
    let error = reset.as_millis().saturating_mul(limit).abs_diff(used * 60_000);
    used > 0 && error < limit
}

/// Whether a window is often this long.
pub(super) fn is_usual(length: Duration) -> bool {
    USUAL.contains(&length)
}

const USUAL: [Duration; 5] = [SECOND, Duration::from_secs(10), MINUTE, HOUR, DAY];
