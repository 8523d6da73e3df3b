//! Clocks of the machine. Each is of size zero and counts from a start that the whole process shares, so that it fits a `static`.

use std::{sync::OnceLock, time::Instant};

use paceline_core::{Clock, Nanos};

/// The processor's time-stamp counter through `quanta`: the cheapest exact reading, about 10 ns on x86-64.
///
/// The first reading calibrates it, which takes some milliseconds up to 0.2 s. Where the counter is not constant or not
/// synchronised between cores, `quanta` falls back to the system's monotonic clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tsc;

impl Clock for Tsc {
    #[inline]
    fn now(&self) -> Nanos {
        static CLOCK: OnceLock<quanta::Clock> = OnceLock::new();
        let clock = CLOCK.get_or_init(quanta::Clock::new);
        Nanos(clock.delta_as_nanos(0, clock.raw()))
    }
}

/// The system's monotonic clock, [`Instant`]: about 25 ns a reading.
#[derive(Clone, Copy, Debug, Default)]
pub struct Monotonic;

impl Clock for Monotonic {
    #[inline]
    fn now(&self) -> Nanos {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed().into()
    }
}

/// The system's monotonic clock as of its last tick: about 5 ns a reading, and late by one to ten milliseconds.
///
/// A limiter over it is exact for its readings. In true time it admits at most `burst + rate * (t + tick)` in any `t`, since two readings
/// on either side of a tick are told apart by the whole of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Coarse;

impl Clock for Coarse {
    #[inline]
    fn now(&self) -> Nanos {
        let since_boot = coarsetime::Duration::from_ticks(coarsetime::Instant::now_without_cache_update().as_ticks());
        Nanos(since_boot.as_nanos())
    }
}
