//! The limits of one key and model, taken all together or not at all.

use std::time::Duration;

use super::{
    args::{Config, WindowKind},
    limiter::{Bucket, Counter, DAY, MINUTE, Meter},
};

/// What a limit counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    Requests,
    Tokens,
}

impl Resource {
    /// The word for it in OpenAI's headers and `error.type`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Tokens => "tokens",
        }
    }
}

/// One limit, of `limit` a `period`.
pub(crate) struct Limit {
    /// Its name in the log and the summary.
    pub(crate) name: &'static str,
    /// Its name in OpenAI's messages.
    pub(crate) unit: &'static str,
    pub(crate) resource: Resource,
    pub(crate) limit: u64,
    pub(crate) period: u64,
    pub(crate) meter: Box<dyn Meter>,
}

impl Limit {
    /// What a call of `tokens` takes of it.
    pub(crate) fn cost(&self, tokens: u64) -> u64 {
        match self.resource {
            Resource::Requests => 1,
            Resource::Tokens => tokens,
        }
    }

    fn refuses(&self, tokens: u64) -> bool {
        self.cost(tokens) > self.meter.left()
    }
}

/// All limits of one key and model.
pub(crate) struct Limits(Vec<Limit>);

impl Limits {
    /// The limits that `config` sets, with nothing spent.
    pub(crate) fn new(config: &Config) -> Self {
        let rpm = ("requests per min (RPM)", Resource::Requests, config.rpm);
        let tpm = ("tokens per min (TPM)", Resource::Tokens, config.tpm);
        let rpd = ("requests per day (RPD)", Resource::Requests, config.rpd);
        let whole = [("rpm", rpm, MINUTE), ("tpm", tpm, MINUTE), ("rpd", rpd, DAY)].into_iter();
        let mut limits: Vec<Limit> = whole.filter_map(|(name, what, period)| whole_limit(name, what, period)).collect();
        if let Some(window) = config.window {
            let short = [("rpm_window", rpm), ("tpm_window", tpm)].into_iter();
            limits.extend(short.filter_map(|(name, what)| window_limit(name, what, window, config.window_kind)));
        }
        Self(limits)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Limit> {
        self.0.iter()
    }

    /// Lets time pass until `now`.
    pub(crate) fn advance(&mut self, now: u64) {
        self.0.iter_mut().for_each(|limit| limit.meter.advance(now));
    }

    /// The tightest limit that could not hold `tokens` even when nothing of it is spent.
    pub(crate) fn too_small_for(&self, tokens: u64) -> Option<&Limit> {
        let too_small = self.iter().filter(|limit| limit.cost(tokens) > limit.meter.capacity());
        too_small.min_by_key(|limit| limit.meter.capacity())
    }

    /// Of the limits that refuse a call of `tokens` now, the one that does so for longest. When it has passed, all admit it.
    pub(crate) fn refusing(&self, tokens: u64) -> Option<&Limit> {
        let refusing = self.iter().filter(|limit| limit.refuses(tokens));
        refusing.max_by_key(|limit| limit.meter.wait(limit.cost(tokens)))
    }

    /// Takes a call of `tokens` from each limit; none may be refusing it.
    pub(crate) fn take(&mut self, tokens: u64) {
        for limit in &mut self.0 {
            limit.meter.take(limit.cost(tokens));
        }
    }

    /// Takes what a failed request is counted as: one request, as far as one is left. It never makes a debt.
    pub(crate) fn take_failed(&mut self) {
        let requests = self.0.iter_mut().filter(|limit| limit.resource == Resource::Requests);
        requests.for_each(|limit| limit.meter.take(1));
    }
}

type What = (&'static str, Resource, Option<u64>);

fn whole_limit(name: &'static str, (unit, resource, limit): What, period: u64) -> Option<Limit> {
    let limit = limit?;
    let meter = Box::new(Bucket::new(limit, period, limit));
    Some(Limit { name, unit, resource, limit, period, meter })
}

fn window_limit(name: &'static str, (unit, resource, limit): What, window: Duration, kind: WindowKind) -> Option<Limit> {
    let limit = limit?;
    let span = u64::try_from(window.as_micros()).unwrap_or(MINUTE).clamp(1, MINUTE);
    let share = u128::from(limit) * u128::from(span) / u128::from(MINUTE);
    let share = u64::try_from(share).unwrap_or(limit).max(1);
    let meter: Box<dyn Meter> = match kind {
        WindowKind::Bucket => Box::new(Bucket::new(limit, MINUTE, share)),
        WindowKind::Counter => Box::new(Counter::new(span, share)),
    };
    Some(Limit { name, unit, resource, limit, period: MINUTE, meter })
}
