//! What helps against a refusal: a ranked list that fits the cause and the caller's own evidence.

mod english;
mod korean;
mod rank;

use core::fmt::{self, Display};
use core::ops::Deref;
use core::time::Duration;

use heapless::Vec;

use crate::cause::{Cause, Reset, Resource};
use crate::language::Language;

/// One thing to do.
///
/// [`id`](Remedy::id) is stable, for programs and for translations; [`text`](Remedy::text) is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy<'a> {
    /// Wait this long before the next call, in every process that shares the limit.
    WaitExactly(Duration),
    /// Wait for a stated point in time.
    WaitForReset(Reset<'a>),
    /// Space calls evenly, at this rate where it is known.
    PaceTo(Option<Rate>),
    /// Send fewer calls at once, at the same rate.
    ReduceBurst,
    /// Halve the rate, then raise it step by step.
    RampGradually,
    /// Keep fewer calls in flight: at most so many, where the limit is known.
    ReduceConcurrency(Option<u64>),
    /// Put so many items into one request; only where requests are what is limited.
    BatchItems(Option<u64>),
    /// Use the batch interface, which has limits of its own, for work that can wait.
    UseBatchApi,
    /// Allow shorter answers: by so many tokens.
    LowerMaxTokens(Option<u64>),
    /// Shorten the prompt: by so many tokens.
    ShrinkPrompt(Option<u64>),
    /// Split the request into so many parts.
    SplitRequest(Option<u64>),
    /// Cache the fixed part of the prompt, at services that do not count cached input.
    UsePromptCache,
    /// Do not ask the same again: so many percent of the calls did.
    Deduplicate(u8),
    /// Watch usage, and slow down before the limit.
    WatchUsage,
    /// Check which plan the key is on.
    CheckPlan,
    /// Move to a tier whose limit fits the need.
    UpgradeTier(Option<Need>),
    /// Add credit.
    AddCredit,
    /// Raise the cap on spending.
    RaiseSpendLimit,
    /// Request a higher approved limit.
    RequestHigherLimit,
    /// Pay, or repair the means of payment.
    FixBilling,
    /// Check that the key is the right one.
    CheckKey,
    /// Replace the key, if anybody else may have it.
    RotateKey,
    /// Name the organization in the request; helps when the key belongs to several. Holds the one that the service named.
    SetOrganization(Option<&'a str>),
    /// Check the network: allow-lists and regions.
    CheckNetwork,
    /// Look for others who share the limit.
    CheckSharedUsers,
    /// Check what stands between: a proxy or gateway may have refused.
    CheckProxy,
    /// Use another model.
    SwitchModel,
    /// Use another service tier.
    SwitchServiceTier,
    /// Retry in one layer only.
    DisableNestedRetries {
        /// Attempts that were observed.
        attempts: u32,
        /// Attempts that were configured.
        configured: u32,
    },
    /// Write to the service's support, with a [`SupportReport`](crate::SupportReport).
    ContactSupport,
}

/// A limit in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// What is counted, where it is known.
    pub resource: Option<Resource>,
    /// So much of it, at least 1.
    pub limit: u64,
    /// In this time.
    pub window: Duration,
}

/// More than the limit gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// What the caller needs in a window.
    pub needed: u64,
    /// What the limit is.
    pub limit: u64,
}

/// What the caller knows and the response does not: all of it optional, all of it in the unit of the refusing limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// What this caller itself used in the last window of the limit.
    pub usage: Option<u64>,
    /// What the caller means to use in a window.
    pub needed: Option<u64>,
    /// The limit that the caller has configured, from the plan.
    pub limit: Option<u64>,
    /// How often in a row the same cause has come before.
    pub repeats: u32,
    /// Attempts that were seen on the wire for one call, and attempts that were configured.
    pub attempts: Option<(u32, u32)>,
    /// How many of the calls were identical to another, in percent.
    pub duplicates: u8,
    /// The organization that the caller means to use.
    pub organization: Option<&'a str>,
}

/// Remedies, the best first; at most [`MOST_REMEDIES`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remedies<'a>(Vec<Remedy<'a>, MOST_REMEDIES>);

/// The length of the longest list; what would come after it is left out.
pub const MOST_REMEDIES: usize = 12;

impl<'a> Cause<'a> {
    /// What helps, the best first.
    ///
    /// ```
    /// use paceline_core::{Evidence, Remedy, classify_429};
    ///
    /// let cause = classify_429(br#"{"error":{"code":"billing_not_active","message":"Your account is not active."}}"#);
    /// let remedies = cause.remedies(&Evidence::default());
    /// assert_eq!(remedies.first(), Some(&Remedy::FixBilling));
    /// ```
    #[must_use]
    pub fn remedies(&self, evidence: &Evidence<'_>) -> Remedies<'a> {
        rank::rank(self, evidence)
    }
}

impl<'a> Deref for Remedies<'a> {
    type Target = [Remedy<'a>];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Remedy<'_> {
    /// The stable name, as in `"WaitExactly"`.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::WaitExactly(_) => "WaitExactly",
            Self::WaitForReset(_) => "WaitForReset",
            Self::PaceTo(_) => "PaceTo",
            Self::ReduceBurst => "ReduceBurst",
            Self::RampGradually => "RampGradually",
            Self::ReduceConcurrency(_) => "ReduceConcurrency",
            Self::BatchItems(_) => "BatchItems",
            Self::UseBatchApi => "UseBatchApi",
            Self::LowerMaxTokens(_) => "LowerMaxTokens",
            Self::ShrinkPrompt(_) => "ShrinkPrompt",
            Self::SplitRequest(_) => "SplitRequest",
            Self::UsePromptCache => "UsePromptCache",
            Self::Deduplicate(_) => "Deduplicate",
            Self::WatchUsage => "WatchUsage",
            Self::CheckPlan => "CheckPlan",
            Self::UpgradeTier(_) => "UpgradeTier",
            Self::AddCredit => "AddCredit",
            Self::RaiseSpendLimit => "RaiseSpendLimit",
            Self::RequestHigherLimit => "RequestHigherLimit",
            Self::FixBilling => "FixBilling",
            Self::CheckKey => "CheckKey",
            Self::RotateKey => "RotateKey",
            Self::SetOrganization(_) => "SetOrganization",
            Self::CheckNetwork => "CheckNetwork",
            Self::CheckSharedUsers => "CheckSharedUsers",
            Self::CheckProxy => "CheckProxy",
            Self::SwitchModel => "SwitchModel",
            Self::SwitchServiceTier => "SwitchServiceTier",
            Self::DisableNestedRetries { .. } => "DisableNestedRetries",
            Self::ContactSupport => "ContactSupport",
        }
    }

    /// What to do, in one or two sentences.
    pub fn text(&self, language: Language) -> impl Display {
        fmt::from_fn(move |out| match language {
            Language::English => english::write(self, out),
            Language::Korean => korean::write(self, out),
        })
    }
}

impl Rate {
    /// The time between calls at this rate, rounded up to a nanosecond.
    #[must_use]
    pub fn interval(&self) -> Duration {
        let nanos = self.window.as_nanos().div_ceil(u128::from(self.limit.max(1)));
        u64::try_from(nanos).map_or(Duration::MAX, Duration::from_nanos)
    }

    /// Whether what is counted comes one by one, so that an interval says more than the rate.
    const fn is_of_calls(&self) -> bool {
        matches!(self.resource, None | Some(Resource::Requests | Resource::Images))
    }
}
