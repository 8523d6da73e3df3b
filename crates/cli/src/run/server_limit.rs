//! One limit of the server, and how a client keeps to it.

use std::time::Duration;

use paceline::{Quota, QuotaError};

use super::{client_limit::ClientLimit, work::Demand};
use crate::serve::WindowKind;

/// One limit of the server: `limit` in each `period`, and `capacity` of it at once.
#[derive(Debug)]
pub(super) struct ServerLimit {
    /// As in "tokens/min".
    pub(super) name: String,
    resource: Resource,
    pub(super) limit: u32,
    pub(super) period: Duration,
    pub(super) capacity: u32,
    shape: Shape,
    /// In how many parts the client counts one. A margin of less than one request would otherwise cost a whole one.
    pub(super) grain: u32,
}

impl ServerLimit {
    /// A bucket of `limit` a `period`, which `unit` names.
    pub(super) fn bucket(resource: Resource, limit: u32, unit: &str, period: Duration) -> Self {
        let name = format!("{}/{unit}", resource.word());
        Self { name, resource, limit, period, capacity: limit, shape: Shape::Bucket, grain: grain(resource, limit) }
    }

    /// A minute's `limit` held in short windows too.
    pub(super) fn window(resource: Resource, limit: u32, window: Duration, kind: WindowKind) -> Self {
        let share = u128::from(limit) * window.as_nanos() / MINUTE.as_nanos();
        let share = u32::try_from(share).unwrap_or(limit).max(1);
        let bucket = Self::bucket(resource, limit, &humantime::format_duration(window).to_string(), MINUTE);
        match kind {
            WindowKind::Bucket => Self { capacity: share, shape: Shape::ShortBucket, ..bucket },
            WindowKind::Counter => Self { limit: share, period: window, capacity: share, shape: Shape::Counter, grain: 1, ..bucket },
        }
    }

    /// What a request of `tokens` takes.
    pub(super) fn cost(&self, tokens: u32) -> u32 {
        match self.resource {
            Resource::Requests => 1,
            Resource::Tokens => tokens,
        }
    }

    /// How much of `demand` this limit counts.
    pub(super) fn demand(&self, demand: &Demand) -> u64 {
        match self.resource {
            Resource::Requests => demand.requests,
            Resource::Tokens => demand.tokens,
        }
    }

    /// The time in which `amount` comes free.
    pub(super) fn refill_time(&self, amount: u64) -> Duration {
        let nanos = u128::from(amount) * self.period.as_nanos() / u128::from(self.limit);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// The client's limit: what it lets pass arrives within this one, though one request be later on its way by `margin` than another.
    ///
    /// In any time `t` at the server arrives what left in `t + margin`. From a bucket of burst `b` and the same rate `r` that is at most
    /// `b + r * (t + margin)`, so that `b` has to be smaller than the server's by `r * margin`. Where nothing is left of a burst, single
    /// requests leave with the margin between them on top.
    pub(super) fn client(&self, margin: Duration) -> Result<ClientLimit, QuotaError> {
        let capacity = match self.shape {
            Shape::Counter => return Ok(ClientLimit::log(self.capacity, self.period.saturating_add(margin))),
            Shape::ShortBucket => self.capacity.saturating_sub(1),
            Shape::Bucket => self.capacity,
        };
        let limit = self.limit.saturating_mul(self.grain);
        let unused = (margin.as_nanos() * u128::from(limit)).div_ceil(self.period.as_nanos());
        let burst = u128::from(capacity.saturating_mul(self.grain)).saturating_sub(unused);
        let quota = match u32::try_from(burst) {
            Ok(burst) if burst >= self.grain => Quota::new(limit, self.period).burst(burst),
            _ => Quota::new(limit, self.period.saturating_add(margin.saturating_mul(self.limit))).burst(self.grain),
        };
        ClientLimit::bucket(quota)
    }
}

/// What a limit counts.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Resource {
    Requests,
    Tokens,
}

impl Resource {
    fn word(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Tokens => "tokens",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Shape {
    Bucket,
    /// A bucket that holds only the share of a short window.
    ShortBucket,
    /// A counter that resets with each period.
    Counter,
}

fn grain(resource: Resource, limit: u32) -> u32 {
    match resource {
        Resource::Requests => (u32::MAX / limit).clamp(1, GRAINS),
        Resource::Tokens => 1,
    }
}

pub(super) const MINUTE: Duration = Duration::from_secs(60);
pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const GRAINS: u32 = 1_000;

#[cfg(test)]
mod tests {
    use paceline::{Decision, Limit as _, Nanos};
    use proptest::prelude::*;

    use super::*;

    fn any_limit() -> impl Strategy<Value = ServerLimit> {
        let window = (1_u64..20).prop_map(Duration::from_secs);
        let kind = prop_oneof![Just(None), Just(Some(WindowKind::Bucket)), Just(Some(WindowKind::Counter))];
        let resource = prop_oneof![Just(Resource::Requests), Just(Resource::Tokens)];
        (1_u32..600, window, kind, resource).prop_map(|(limit, window, kind, resource)| match kind {
            None => ServerLimit::bucket(resource, limit, "min", MINUTE),
            Some(kind) => ServerLimit::window(resource, limit, window, kind),
        })
    }

    /// Whether the server refuses none of `arrivals`, sorted by time: its bucket or its counter, in whole numbers.
    fn all_fit(server: &ServerLimit, arrivals: &[(u128, u32)], phase: u128) -> bool {
        let (limit, period, capacity) = (u128::from(server.limit), server.period.as_nanos(), u128::from(server.capacity));
        let (mut spent, mut before) = (0_u128, 0);
        arrivals.iter().all(|&(time, cost)| {
            match server.shape {
                Shape::Counter if (time + phase) / period != (before + phase) / period => spent = 0,
                Shape::Counter => {}
                Shape::Bucket | Shape::ShortBucket => spent = spent.saturating_sub(limit * (time - before)),
            }
            before = time;
            spent += u128::from(cost) * period;
            spent <= capacity * period
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        // The promise of `--margin`. Seen to fail with `unused` of 0, with the log's window without the margin, with a single request's
        // interval without it, and with half the margin.
        #[test]
        fn no_delay_within_the_margin_makes_the_server_refuse(
            server in any_limit(),
            margin in 0_u64..2_000,
            calls in prop::collection::vec((1_u32..20, 0.0..=1.0_f64, 0_u64..300), 1..200),
            phase in 0_u64..20_000,
        ) {
            let margin = Duration::from_millis(margin);
            let client = server.client(margin).expect("a limit");
            let mut now = Nanos::ZERO;
            let mut arrivals = Vec::new();
            for (tokens, delay, pause) in calls {
                now = now.saturating_add(Nanos::from_millis(pause * u64::from(pause > 200)));
                let cost = server.cost(tokens);
                loop {
                    match client.decide(now, cost * server.grain) {
                        Decision::Denied { retry_after } => now = now.saturating_add(retry_after),
                        Decision::Impossible { .. } => break,
                        Decision::Allowed => {
                            arrivals.push((u128::from(now.0) + margin.mul_f64(delay).as_nanos(), cost));
                            break;
                        }
                    }
                }
            }
            arrivals.sort_unstable();
            let phase = Duration::from_millis(phase).as_nanos();
            prop_assert!(all_fit(&server, &arrivals, phase), "{} {} {arrivals:?}", server.name, server.capacity);
        }
    }
}
