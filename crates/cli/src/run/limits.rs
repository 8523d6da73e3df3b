//! The limits of an account: the server's, and the client's that keep to them.

use std::fmt;

use paceline::{NamedLimit as _, Nanos, QuotaError, Set, SetDecision};

use super::{
    args::Args,
    client_limit::ClientLimit,
    server_limit::{DAY, MINUTE, Resource, ServerLimit},
    work::Demand,
};

/// How many limits there can be.
pub(super) const LIMITS: usize = 5;

/// All limits that were given, the most specific first.
pub(super) struct Limits {
    server: [Option<ServerLimit>; LIMITS],
    client: Set<ClientLimit, LIMITS>,
}

impl Limits {
    /// The limits of the command line.
    pub(super) fn new(args: &Args) -> Result<Self, QuotaError> {
        let [rpm, tpm, rpd] = args.limits();
        let whole = |resource, limit: Option<u32>, unit, period| Some(ServerLimit::bucket(resource, limit?, unit, period));
        let short = |resource, limit: Option<u32>| Some(ServerLimit::window(resource, limit?, args.window?, args.window_kind));
        let server = [
            short(Resource::Requests, rpm),
            short(Resource::Tokens, tpm),
            whole(Resource::Requests, rpm, "min", MINUTE),
            whole(Resource::Tokens, tpm, "min", MINUTE),
            whole(Resource::Requests, rpd, "day", DAY),
        ];
        let mut client = [const { ClientLimit::Unlimited }; LIMITS];
        for (client, server) in client.iter_mut().zip(&server) {
            if let Some(server) = server {
                *client = server.client(args.margin())?;
            }
        }
        Ok(Self { server, client: Set::new(client) })
    }

    /// The client's limits.
    pub(super) fn client(&self) -> &Set<ClientLimit, LIMITS> {
        &self.client
    }

    /// The name of the limit at a place of the set.
    pub(super) fn name(&self, place: usize) -> &str {
        self.server[place].as_ref().map_or("", |limit| &limit.name)
    }

    /// The server's limits, with their places in the set.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &ServerLimit)> {
        self.server.iter().enumerate().filter_map(|(place, limit)| Some((place, limit.as_ref()?)))
    }

    /// What a request of `tokens` takes from each limit, in the limit's own grains.
    pub(super) fn costs(&self, tokens: u32) -> [u32; LIMITS] {
        self.server.each_ref().map(|limit| limit.as_ref().map_or(0, |limit| limit.cost(tokens).saturating_mul(limit.grain)))
    }

    /// What `demand` takes from each limit, in the limit's own grains.
    pub(super) fn totals(&self, demand: &Demand) -> [u64; LIMITS] {
        self.server.each_ref().map(|limit| limit.as_ref().map_or(0, |limit| limit.demand(demand).saturating_mul(limit.grain.into())))
    }

    /// The limit into which a request of `tokens` never fits.
    pub(super) fn too_small_for(&self, tokens: u32) -> Option<TooSmall<'_>> {
        match self.client.peek_named(Nanos::ZERO, self.costs(tokens)) {
            SetDecision::Impossible { most, limit } => {
                let server = self.server[limit].as_ref()?;
                Some(TooSmall { limit: &server.name, cost: server.cost(tokens), most: most / server.grain })
            }
            _ => None,
        }
    }
}

/// As in "330 requests/min, 40000 tokens/min".
impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (_, limit)) in self.iter().enumerate() {
            let separator = if number > 0 { ", " } else { "" };
            write!(f, "{separator}{} {}", limit.capacity, limit.name)?;
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

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use paceline::Limit as _;

    use super::*;
    use crate::run::args::tests::args;

    /// The limits of a command line.
    pub(in crate::run) fn limits(options: &str) -> Limits {
        Limits::new(&args(&format!("jobs.jsonl {options}"))).expect("limits")
    }

    /// Seen to fail with grains of whole requests.
    #[test]
    fn the_margin_costs_its_time_and_no_more() {
        for options in ["--rpm 60", "--rpm 6000", "--rpm 7", "--tpm 60000"] {
            let limits = limits(&format!("{options} --margin 100ms"));
            let (place, server) = limits.iter().next().expect("a limit");
            let asked = 2 * u64::from(server.limit);
            let wait = limits.client().limits()[place].wait_behind(Nanos::ZERO, asked * u64::from(server.grain), 0);
            let late = wait.to_duration() - server.refill_time(asked - u64::from(server.capacity));
            assert!(late <= Duration::from_millis(100) + server.refill_time(1) / 100, "{options}: {late:?} late");
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
