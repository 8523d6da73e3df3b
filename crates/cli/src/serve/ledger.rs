//! The books: all decisions are taken here, one at a time, and logged in the order in which they were taken.

use std::{collections::HashMap, io};

use super::{
    account::Account,
    args::Config,
    call::{Call, Caller},
    clock::Clock,
    headers::Standing,
    log::{Entry, Log},
    refusal::Refusal,
    stats::Stats,
};

/// The books of the server. They grow with each new key and model, which a server on loopback can afford.
pub(crate) struct Ledger {
    config: Config,
    clock: Clock,
    accounts: HashMap<String, Account>,
    log: Option<Log>,
    requests: u64,
    stats: Stats,
}

/// What was decided on a request.
pub(crate) struct Decision {
    /// The number of the request.
    pub(crate) request: u64,
    pub(crate) verdict: Result<(), Refusal>,
    pub(crate) standing: Standing,
}

impl Ledger {
    /// Starts the clock. Fails if the log can't be opened.
    pub(crate) fn open(config: &Config) -> io::Result<Self> {
        Ok(Self {
            config: config.clone(),
            clock: Clock::start(config.time_scale.unwrap_or(1)),
            accounts: HashMap::new(),
            log: config.log.as_deref().map(Log::open).transpose()?,
            requests: 0,
            stats: Stats::default(),
        })
    }

    pub(crate) fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Decides on a call of `key`. If it is admitted, it is in flight from now until [`Ledger::finish`].
    pub(crate) fn decide(&mut self, caller: &Caller, key: &str, call: &Call) -> Decision {
        let Self { config, clock, accounts, stats, .. } = self;
        let now = clock.now();
        let account = accounts.entry(key.to_owned()).or_insert_with(|| Account::new(config));
        let verdict = account.admit(call, config, clock, now);
        let in_flight = account.in_flight;
        let limits = account.limits(&call.model, config, clock, now);
        let standing = Standing::of(limits, clock);
        let left = limits.iter().map(|limit| (limit.name, limit.meter.left())).collect();
        if verdict.is_ok() {
            stats.admit(call.charge, in_flight);
        }
        let entry =
            Entry { at_us: now, model: Some(&call.model), charge: Some(call.charge), in_flight: Some(in_flight), left, ..Entry::default() };
        let request = self.record(entry, caller, verdict.as_ref().err());
        Decision { request, verdict, standing }
    }

    /// Takes note of a request that could not be judged, and numbers it.
    pub(crate) fn reject(&mut self, caller: &Caller, refusal: &Refusal) -> u64 {
        let entry = Entry { at_us: self.clock.now(), ..Entry::default() };
        self.record(entry, caller, Some(refusal))
    }

    /// An admitted call of `key` has been answered, or its client has gone.
    pub(crate) fn finish(&mut self, key: &str) {
        let account = self.accounts.get_mut(key).expect("a call in flight has an account");
        account.in_flight -= 1;
    }

    fn record<'a>(&mut self, mut entry: Entry<'a>, caller: &'a Caller, refusal: Option<&Refusal>) -> u64 {
        self.requests += 1;
        if let Some(refusal) = refusal {
            self.stats.refuse(refusal.name());
        }
        entry.request = self.requests;
        entry.key = caller.key.as_deref();
        entry.client_request_id = caller.request_id.as_deref();
        entry.status = refusal.map_or(200, |refusal| refusal.status().as_u16());
        entry.refused = refusal.map(Refusal::name);
        if let Some(Err(error)) = self.log.as_mut().map(|log| log.write(&entry)) {
            eprintln!("the log ends before request {}: {error}", self.requests);
            self.log = None;
        }
        self.requests
    }
}
