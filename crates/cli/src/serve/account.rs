//! What one API key has spent, and whether it may make a call.

use std::collections::HashMap;

use super::args::Config;
use super::call::Call;
use super::clock::Clock;
use super::limits::Limits;
use super::refusal::Refusal;

/// The state of one key.
pub(crate) struct Account {
    pub(crate) in_flight: u64,
    balance: Option<u64>,
    models: HashMap<String, Limits>,
}

impl Account {
    pub(crate) fn new(config: &Config) -> Self {
        Self { in_flight: 0, balance: config.balance, models: HashMap::new() }
    }

    /// The limits of `model`, at the real time `now`.
    pub(crate) fn limits(&mut self, model: &str, config: &Config, clock: &Clock, now: u64) -> &mut Limits {
        let limits = self.models.entry(model.to_owned()).or_insert_with(|| Limits::new(config));
        limits.advance(clock.limiter_time(now));
        limits
    }

    /// Takes all that `call` costs, or else nothing but what a failed request is counted as.
    pub(crate) fn admit(&mut self, call: &Call, config: &Config, clock: &Clock, now: u64) -> Result<(), Refusal> {
        let (balance, in_flight) = (self.balance, self.in_flight);
        let limits = self.limits(&call.model, config, clock, now);
        if balance == Some(0) {
            return Err(Refusal::NoBalance);
        }
        if let Some(limit) = limits.too_small_for(call.charge) {
            return Err(Refusal::too_large(limit, call.charge));
        }
        let crowded = config.max_in_flight.filter(|&most| in_flight >= most);
        let refused = crowded.is_some() || limits.refusing(call.charge).is_some();
        if refused && config.count_failed {
            limits.take_failed();
        }
        if let Some(limit) = crowded {
            return Err(Refusal::InFlight { limit });
        }
        // Asked after the failure was counted, so that the wait told is long enough.
        if let Some(limit) = limits.refusing(call.charge) {
            let wait = clock.real(limit.meter.wait(limit.cost(call.charge)));
            return Err(Refusal::rate(limit, call.charge, wait));
        }
        limits.take(call.charge);
        self.balance = balance.map(|balance| balance.saturating_sub(call.charge));
        self.in_flight += 1;
        Ok(())
    }
}
