//! How long it takes at least, and why.

use std::time::Duration;

use paceline::Nanos;

use super::{
    limits::{LIMITS, Limits},
    server_limit::ServerLimit,
    work::Demand,
};

/// The least time for a demand, by limit.
pub(super) struct Plan<'a> {
    limits: &'a Limits,
    demand: Demand,
    concurrency: u32,
    /// How long each limit takes to drain what earlier runs sent.
    drain: [Duration; LIMITS],
}

impl<'a> Plan<'a> {
    /// A plan for a start now, with nothing of `demand` sent yet.
    pub(super) fn new(limits: &'a Limits, demand: Demand, concurrency: u32) -> Self {
        let drain = limits.client().limits().each_ref().map(|limit| limit.full_in(Nanos::ZERO).into());
        Self { limits, demand, concurrency, drain }
    }

    /// The least time in which everything can be sent and answered by calls of `latency`, and the name of what binds.
    pub(super) fn minimum(&self, latency: Duration) -> (Duration, &'a str) {
        let limits = self.limits.iter().map(|(place, limit)| (self.least_time(place, limit) + latency, limit.name.as_str()));
        let calls = (self.calls_time(latency), "concurrency");
        if self.demand.requests == 0 {
            return (Duration::ZERO, "nothing");
        }
        limits.fold(calls, |longest, other| if other.0 > longest.0 { other } else { longest })
    }

    /// `(demand - capacity) * period / limit`, with what is there to drain added to the demand.
    fn least_time(&self, place: usize, limit: &ServerLimit) -> Duration {
        let demand = limit.refill_time(limit.demand(&self.demand)).saturating_add(self.drain[place]);
        demand.saturating_sub(limit.refill_time(limit.capacity.into()))
    }

    /// The time that the calls take, as many at once as may be.
    fn calls_time(&self, latency: Duration) -> Duration {
        let rounds = self.demand.requests.div_ceil(self.concurrency.into());
        latency.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX))
    }

    /// The table of a dry run; a `latency` of zero is one that nobody knows.
    pub(super) fn table(&self, latency: Duration) -> String {
        let Demand { requests, tokens, too_large } = self.demand;
        let mut table = format!("{requests} requests of {tokens} tokens to send, {too_large} too large for a limit\n");
        let mut row = |cells: [&str; 4]| {
            let [name, allows, asked, least] = cells;
            table.push_str(format!("{name:<16} {allows:>24} {asked:>12} {least:>16}").trim_end());
            table.push('\n');
        };
        row(["limit", "allows", "asked", "at least"]);
        for (place, limit) in self.limits.iter() {
            let allows = format!("{} in {}", limit.limit, seconds(limit.period));
            row([&limit.name, &allows, &limit.demand(&self.demand).to_string(), &seconds(self.least_time(place, limit))]);
        }
        if !latency.is_zero() {
            let allows = format!("{} calls of {}", self.concurrency, seconds(latency));
            row(["concurrency", &allows, &requests.to_string(), &seconds(self.calls_time(latency))]);
        }
        let (minimum, binding) = self.minimum(latency);
        table + &format!("{binding} binds: {} at least", seconds(minimum))
    }
}

/// A time as people read it: "14.23s", and from two minutes on without fractions.
pub(super) fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(120) {
        format!("{:.2}s", time.as_secs_f64())
    } else {
        humantime::format_duration(Duration::from_secs(time.as_secs())).to_string()
    }
}
