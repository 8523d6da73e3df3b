//! The vocabulary of refusals: ten kinds, the finer reasons and what each asks of a limiter.

use core::time::Duration;

use crate::period::DAY;

/// What a refusal is about, in ten kinds; [`Reason`] says it more finely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A window of up to a day that refills by itself.
    RateLimited,
    /// Too many calls at once; a call that ends helps.
    Concurrency,
    /// The service has no capacity.
    Overloaded,
    /// The request is above the limit: it can never pass as it is.
    RequestTooLarge,
    /// Credits, a plan or an allotment are used up, or the limit is zero.
    QuotaExhausted,
    /// A spending cap that the owner set.
    BillingLimit,
    /// Billing is not active, or a payment is overdue.
    AccountInactive,
    /// The key or the organization is wrong.
    InvalidCredentials,
    /// A policy, an abuse detection, a firewall or a ban.
    Blocked,
    /// Nothing readable.
    Unknown,
}

impl Kind {
    /// The stable name, as in `"rate_limited"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::Concurrency => "concurrency",
            Self::Overloaded => "overloaded",
            Self::RequestTooLarge => "request_too_large",
            Self::QuotaExhausted => "quota_exhausted",
            Self::BillingLimit => "billing_limit",
            Self::AccountInactive => "account_inactive",
            Self::InvalidCredentials => "invalid_credentials",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }

    /// Whether waiting alone cures this kind where the body states no reset.
    #[must_use]
    pub const fn waiting_helps(self) -> bool {
        matches!(self, Self::RateLimited | Self::Concurrency | Self::Overloaded | Self::Unknown)
    }
}

/// The finer reason of a refusal. Each belongs to one [`Kind`], see [`Reason::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Requests in a second, a minute or an hour.
    RequestsPerMinute,
    /// Tokens in a second, a minute or an hour; [`Resource`] tells input from output.
    TokensPerMinute,
    /// Requests in a day.
    RequestsPerDay,
    /// Tokens in a day.
    TokensPerDay,
    /// Images in a window.
    ImagesPerMinute,
    /// Seconds of audio in a window.
    AudioSeconds,
    /// A rate of something else.
    OtherRate,
    /// The rate grew too fast, whatever its level.
    RampTooFast,
    /// A rate limit of which the body tells neither the resource nor the window.
    UnknownRate,
    /// Too many calls in flight.
    ConcurrencyLimit,
    /// The queue of batch work is full; it empties as batches end.
    BatchQueueFull,
    /// The service or the model has no capacity.
    Overloaded,
    /// The cheap tier has no capacity; another tier may.
    FlexUnavailable,
    /// The request is larger than the limit.
    TooLarge,
    /// The prepaid credit is used up.
    CreditExhausted,
    /// A quota is used up; the body does not say which.
    QuotaExhausted,
    /// The approved usage limit, or a plan's allotment, is used up.
    UsageLimit,
    /// The model is not part of the tier: its limit is zero.
    ModelNotInTier,
    /// A spending cap, or a proxy's budget, is reached.
    SpendLimit,
    /// Billing is not active.
    BillingInactive,
    /// The key is wrong, revoked or missing.
    InvalidKey,
    /// The key does not belong to the organization.
    WrongOrganization,
    /// The key may not do this.
    PermissionDenied,
    /// The account was closed, or the caller is banned or firewalled.
    AccessTerminated,
    /// Nothing readable.
    Unknown,
}

impl Reason {
    /// The reason of a rate of `resource` in `window`: daily from a day on, and longer ones are allotments.
    pub(crate) fn of_rate(resource: Option<Resource>, window: Option<Duration>) -> Self {
        let daily = window.is_some_and(|window| window >= DAY);
        match resource {
            _ if window.is_some_and(|window| window > DAY) => Self::UsageLimit,
            Some(Resource::Requests) if daily => Self::RequestsPerDay,
            Some(Resource::Requests) => Self::RequestsPerMinute,
            Some(Resource::Tokens | Resource::InputTokens | Resource::OutputTokens) if daily => Self::TokensPerDay,
            Some(Resource::Tokens | Resource::InputTokens | Resource::OutputTokens) => Self::TokensPerMinute,
            Some(Resource::Images) => Self::ImagesPerMinute,
            Some(Resource::AudioSeconds) => Self::AudioSeconds,
            None if window.is_none() => Self::UnknownRate,
            _ => Self::OtherRate,
        }
    }

    /// The kind that this reason belongs to.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::RequestsPerMinute
            | Self::TokensPerMinute
            | Self::RequestsPerDay
            | Self::TokensPerDay
            | Self::ImagesPerMinute
            | Self::AudioSeconds
            | Self::OtherRate
            | Self::RampTooFast
            | Self::UnknownRate => Kind::RateLimited,
            Self::ConcurrencyLimit | Self::BatchQueueFull => Kind::Concurrency,
            Self::Overloaded | Self::FlexUnavailable => Kind::Overloaded,
            Self::TooLarge => Kind::RequestTooLarge,
            Self::CreditExhausted | Self::QuotaExhausted | Self::UsageLimit | Self::ModelNotInTier => Kind::QuotaExhausted,
            Self::SpendLimit => Kind::BillingLimit,
            Self::BillingInactive => Kind::AccountInactive,
            Self::InvalidKey | Self::WrongOrganization | Self::PermissionDenied => Kind::InvalidCredentials,
            Self::AccessTerminated => Kind::Blocked,
            Self::Unknown => Kind::Unknown,
        }
    }
}

/// What the refusing limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resource {
    /// Calls.
    Requests,
    /// Tokens, input and output together.
    Tokens,
    /// Tokens of the prompt.
    InputTokens,
    /// Tokens of the answer.
    OutputTokens,
    /// Images.
    Images,
    /// Seconds of audio.
    AudioSeconds,
    /// Calls in flight.
    Concurrency,
    /// Money or credits.
    Cost,
}

impl Resource {
    /// The stable name, as in `"input_tokens"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Tokens => "tokens",
            Self::InputTokens => "input_tokens",
            Self::OutputTokens => "output_tokens",
            Self::Images => "images",
            Self::AudioSeconds => "audio_seconds",
            Self::Concurrency => "concurrency",
            Self::Cost => "cost",
        }
    }
}

/// What a limiter shared by all callers of a key should do about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Let nobody through before `retry_after`.
    Gate,
    /// Let nobody through before `retry_after`, then one call alone. If that is refused for the same cause, latch: the limit is of a
    /// day, and the delay was not to be trusted.
    Probe,
    /// Refuse every caller until a stated reset or a person's hand.
    Latch,
    /// Allow less: fewer calls in flight, or a lower rate.
    Shrink,
    /// Leave the limiter alone: the refusal concerns this request only.
    Nothing,
}
