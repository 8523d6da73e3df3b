//! The server's limits as they were given, and the client's that keep to them.

use std::{fmt, time::Duration};

use paceline::{Nanos, Quota, QuotaError, Set, SetDecision};

use super::{args::Args, paced::Paced, work::Demand};
use crate::serve::WindowKind;

/// How many limits there can be.
pub(super) const LIMITS: usize = 5;

/// What the server allows: all limits of the account, the most specific first.
pub(super) struct Limits {
    given: [Option<Given>; LIMITS],
    /// The client's side of each.
    paced: Set<Paced, LIMITS>,
}

impl Limits {
    /// The limits of the command line.
    pub(super) fn new(args: &Args) -> Result<Self, QuotaError> {
        let [rpm, tpm, rpd] = args.limits();
        let whole = |resource, limit: Option<u32>, unit, period| Some(Given::bucket(resource, limit?, unit, period));
        let short = |resource, limit: Option<u32>| Some(Given::window(resource, limit?, args.window?, args.window_kind));
        let given = [
            short(Resource::Requests, rpm),
            short(Resource::Tokens, tpm),
            whole(Resource::Requests, rpm, "min", MINUTE),
            whole(Resource::Tokens, tpm, "min", MINUTE),
            whole(Resource::Requests, rpd, "day", DAY),
        ];
        let mut paced = [const { Paced::Unlimited }; LIMITS];
        for (paced, given) in paced.iter_mut().zip(&given) {
            if let Some(given) = given {
                *paced = given.paced(args.margin())?;
            }
        }
        Ok(Self { given, paced: Set::new(paced) })
    }

    /// What paces the client.
    pub(super) fn paced(&self) -> &Set<Paced, LIMITS> {
        &self.paced
    }

    /// The limit at a place of the set, which there is.
    pub(super) fn name(&self, place: usize) -> &str {
        self.given.get(place).and_then(Option::as_ref).map_or("", |given| &given.name)
    }

    /// All limits that were given, with their places.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Given)> {
        self.given.iter().enumerate().filter_map(|(place, given)| Some((place, given.as_ref()?)))
    }

    /// What a request of `tokens` takes from each limit, in the limit's own grains.
    pub(super) fn costs(&self, tokens: u32) -> [u32; LIMITS] {
        self.given.each_ref().map(|given| given.as_ref().map_or(0, |given| given.cost(tokens).saturating_mul(given.grain)))
    }

    /// What `demand` takes from each limit, in the limit's own grains.
    pub(super) fn totals(&self, demand: &Demand) -> [u64; LIMITS] {
        self.given.each_ref().map(|given| given.as_ref().map_or(0, |given| given.demand(demand).saturating_mul(given.grain.into())))
    }

    /// The limit into which a request of `tokens` never fits.
    pub(super) fn too_small_for(&self, tokens: u32) -> Option<TooSmall<'_>> {
        match self.paced.peek_named(Nanos::ZERO, self.costs(tokens)) {
            SetDecision::Impossible { most, limit } => {
                let given = self.given.get(limit)?.as_ref()?;
                Some(TooSmall { limit: &given.name, cost: given.cost(tokens), most: most / given.grain })
            }
            _ => None,
        }
    }
}

/// As in "330 requests/min, 40000 tokens/min".
impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (_, given)) in self.iter().enumerate() {
            let separator = if number > 0 { ", " } else { "" };
            write!(f, "{separator}{} {}", given.capacity, given.name)?;
        }
        Ok(())
    }
}

/// Why a request never fits.
#[derive(Debug, PartialEq)]
pub(super) struct TooSmall<'a> {
    pub(super) limit: &'a str,
    pub(super) cost: u32,
    /// The largest cost that fits.
    pub(super) most: u32,
}

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

/// One limit of the server: `limit` in each `period`, and `capacity` of it at once.
#[derive(Debug)]
pub(super) struct Given {
    /// As in "tokens/min".
    pub(super) name: String,
    resource: Resource,
    pub(super) limit: u32,
    pub(super) period: Duration,
    pub(super) capacity: u32,
    shape: Shape,
    /// In how many parts the client counts one. A margin of less than one request would otherwise cost a whole one.
    grain: u32,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Shape {
    Bucket,
    /// A bucket that holds only the share of a short window.
    ShortBucket,
    /// A counter that resets with each period.
    Counter,
}

impl Given {
    fn bucket(resource: Resource, limit: u32, unit: &str, period: Duration) -> Self {
        let name = format!("{}/{unit}", resource.word());
        Self { name, resource, limit, period, capacity: limit, shape: Shape::Bucket, grain: grain(resource, limit) }
    }

    /// A minute's `limit` held in short windows too.
    fn window(resource: Resource, limit: u32, window: Duration, kind: WindowKind) -> Self {
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
    fn paced(&self, margin: Duration) -> Result<Paced, QuotaError> {
        let capacity = match self.shape {
            Shape::Counter => return Ok(Paced::log(self.capacity, self.period.saturating_add(margin))),
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
        Paced::bucket(quota)
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const GRAINS: u32 = 1_000;

fn grain(resource: Resource, limit: u32) -> u32 {
    match resource {
        Resource::Requests => (u32::MAX / limit).clamp(1, GRAINS),
        Resource::Tokens => 1,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use clap::Parser as _;
    use paceline::Limit as _;
    use proptest::prelude::*;

    use super::*;

    #[derive(clap::Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    /// The limits of a command line.
    pub(in crate::run) fn limits(options: &str) -> Limits {
        let line = ["run", "jobs.jsonl"].into_iter().chain(options.split_whitespace());
        Limits::new(&Cli::parse_from(line).args).expect("limits")
    }

    fn any_limit() -> impl Strategy<Value = Given> {
        let window = (1_u64..20).prop_map(Duration::from_secs);
        let kind = prop_oneof![Just(None), Just(Some(WindowKind::Bucket)), Just(Some(WindowKind::Counter))];
        let resource = prop_oneof![Just(Resource::Requests), Just(Resource::Tokens)];
        (1_u32..600, window, kind, resource).prop_map(|(limit, window, kind, resource)| match kind {
            None => Given::bucket(resource, limit, "min", MINUTE),
            Some(kind) => Given::window(resource, limit, window, kind),
        })
    }

    /// Whether the server refuses none of `arrivals`, sorted by time: its bucket or its counter, in whole numbers.
    fn all_fit(given: &Given, arrivals: &[(u128, u32)], phase: u128) -> bool {
        let (limit, period, capacity) = (u128::from(given.limit), given.period.as_nanos(), u128::from(given.capacity));
        let (mut spent, mut before) = (0_u128, 0);
        arrivals.iter().all(|&(time, cost)| {
            match given.shape {
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
            given in any_limit(),
            margin in 0_u64..2_000,
            calls in prop::collection::vec((1_u32..20, 0.0..=1.0_f64, 0_u64..300), 1..200),
            phase in 0_u64..20_000,
        ) {
            let margin = Duration::from_millis(margin);
            let paced = given.paced(margin).expect("a limit");
            let mut now = Nanos::ZERO;
            let mut arrivals = Vec::new();
            for (tokens, delay, pause) in calls {
                now = now.saturating_add(Nanos::from_millis(pause * u64::from(pause > 200)));
                let cost = given.cost(tokens);
                loop {
                    match paced.decide(now, cost * given.grain) {
                        paceline::Decision::Denied { retry_after } => now = now.saturating_add(retry_after),
                        paceline::Decision::Impossible { .. } => break,
                        paceline::Decision::Allowed => {
                            arrivals.push((u128::from(now.0) + margin.mul_f64(delay).as_nanos(), cost));
                            break;
                        }
                    }
                }
            }
            arrivals.sort_unstable();
            let phase = Duration::from_millis(phase).as_nanos();
            prop_assert!(all_fit(&given, &arrivals, phase), "{} {} {arrivals:?}", given.name, given.capacity);
        }
    }

    /// Seen to fail with grains of whole requests.
    #[test]
    fn the_margin_costs_its_time_and_no_more() {
        for options in ["--rpm 60", "--rpm 6000", "--rpm 7", "--tpm 60000"] {
            let limits = limits(&format!("{options} --margin 100ms"));
            let (place, given) = limits.iter().next().expect("a limit");
            let asked = 2 * u64::from(given.limit);
            let wait = limits.paced().limits()[place].wait_behind(Nanos::ZERO, asked * u64::from(given.grain), 0);
            let late = wait.to_duration() - given.refill_time(asked - u64::from(given.capacity));
            assert!(late <= Duration::from_millis(100) + given.refill_time(1) / 100, "{options}: {late:?} late");
        }
    }

    #[test]
    fn a_request_that_never_fits_is_told_the_size_that_does() {
        let limits = limits("--rpm 600 --tpm 60000 --window 1s --margin 100ms");
        assert_eq!(limits.too_small_for(899), None);
        assert_eq!(limits.too_small_for(900), Some(TooSmall { limit: "tokens/1s", cost: 900, most: 899 }));
        assert_eq!(limits.to_string(), "10 requests/1s, 1000 tokens/1s, 600 requests/min, 60000 tokens/min");
    }
}
