//! Which remedies, in which order.

use super::{Evidence, Need, Rate, Remedies, Remedy};
use crate::cause::{Cause, Kind, Reason, Resource};
use crate::period::{DAY, MINUTE};

/// What helps, the best first.
pub(super) fn rank<'a>(cause: &Cause<'a>, evidence: &Evidence<'_>) -> Remedies<'a> {
    let mut ranking = Ranking { cause: *cause, evidence: *evidence, list: Remedies::default() };
    ranking.suspects();
    ranking.waits();
    ranking.by_reason();
    ranking.support();
    ranking.list
}

struct Ranking<'a, 'e> {
    cause: Cause<'a>,
    evidence: Evidence<'e>,
    list: Remedies<'a>,
}

impl<'a> Ranking<'a, '_> {
    /// What the caller's own evidence points at comes before what the cause alone suggests.
    fn suspects(&mut self) {
        if let Some((attempts, configured)) = self.evidence.attempts
            && attempts > configured
        {
            self.add([Remedy::DisableNestedRetries { attempts, configured }]);
        }
        if self.names_another_organization() {
            self.add([Remedy::SetOrganization(self.cause.organization())]);
        }
        if !self.cause.kind().waiting_helps() {
            return;
        }
        if self.caller_is_idle() || self.others_use_it() {
            self.add([Remedy::CheckSharedUsers, Remedy::CheckProxy, Remedy::CheckPlan]);
        }
        if self.others_use_it() {
            self.add([Remedy::RotateKey]);
        }
    }

    fn waits(&mut self) {
        if let Some(wait) = self.cause.retry_after() {
            self.add([Remedy::WaitExactly(wait)]);
        } else if self.cause.is_retryable() {
            self.wait_for_reset();
        }
    }

    fn wait_for_reset(&mut self) {
        if let Some(reset) = self.cause.reset() {
            self.add([Remedy::WaitForReset(reset)]);
        }
    }

    fn by_reason(&mut self) {
        match self.cause.reason() {
            Reason::RequestsPerMinute | Reason::RequestsPerDay => self.requests(),
            Reason::TokensPerMinute | Reason::TokensPerDay => self.tokens(),
            Reason::ImagesPerMinute | Reason::AudioSeconds | Reason::OtherRate | Reason::UnknownRate => self.rate(),
            Reason::ConcurrencyLimit => {
                self.add([Remedy::ReduceConcurrency(self.cause.limit())]);
                self.upgrade();
            }
            Reason::TooLarge => self.too_large(),
            Reason::SpendLimit => {
                self.add([Remedy::RaiseSpendLimit]);
                self.wait_for_reset();
                self.add([Remedy::WatchUsage]);
            }
            Reason::UsageLimit => {
                self.add([Remedy::RequestHigherLimit]);
                self.upgrade();
                self.add([Remedy::WatchUsage]);
            }
            Reason::QuotaExhausted if self.is_allotment() => {
                self.add([Remedy::RequestHigherLimit]);
                self.upgrade();
                self.add([Remedy::WatchUsage, Remedy::CheckPlan]);
            }
            Reason::WrongOrganization => {
                let named = self.cause.organization();
                self.add([Remedy::SetOrganization(named), Remedy::CheckKey]);
            }
            Reason::AccessTerminated if self.cause.is_retryable() => self.add(TEMPORARY_BAN),
            reason => self.add(alone(reason).iter().copied()),
        }
    }

    fn requests(&mut self) {
        self.deduplicate();
        self.add([Remedy::PaceTo(self.pace())]);
        if self.cause.window().is_some_and(|window| window <= MINUTE) {
            self.add([Remedy::ReduceBurst]);
        }
        let items = self.need().map(|need| need.needed.div_ceil(need.limit));
        self.add([Remedy::BatchItems(items), Remedy::UseBatchApi]);
        self.raise();
    }

    /// The charge is prompt and `max_tokens` together, so many requests in one would not help.
    fn tokens(&mut self) {
        self.deduplicate();
        let resource = self.cause.resource();
        if resource != Some(Resource::InputTokens) {
            self.add([Remedy::LowerMaxTokens(None)]);
        }
        if resource != Some(Resource::OutputTokens) {
            self.add([Remedy::ShrinkPrompt(None)]);
        }
        if resource == Some(Resource::InputTokens) {
            self.add([Remedy::UsePromptCache]);
        }
        self.add([Remedy::PaceTo(self.pace()), Remedy::UseBatchApi]);
        self.raise();
    }

    fn rate(&mut self) {
        self.deduplicate();
        self.add([Remedy::PaceTo(self.pace())]);
        if self.cause.window().is_none_or(|window| window <= MINUTE) {
            self.add([Remedy::ReduceBurst]);
        }
        self.raise();
    }

    fn too_large(&mut self) {
        let (limit, requested) = (self.cause.limit(), self.cause.requested());
        // What does not exceed the limit was refused by another: no number of this one helps.
        let beyond = limit.zip(requested).filter(|(limit, requested)| requested > limit);
        let by = beyond.map(|(limit, requested)| requested.saturating_sub(limit));
        let parts = beyond.and_then(|(limit, requested)| Some(requested.checked_div(limit)?.saturating_add(1)));
        match self.cause.resource() {
            None | Some(Resource::Tokens) => {
                self.add([Remedy::ShrinkPrompt(by), Remedy::LowerMaxTokens(by)]);
            }
            Some(Resource::InputTokens) => self.add([Remedy::ShrinkPrompt(by)]),
            Some(Resource::OutputTokens) => self.add([Remedy::LowerMaxTokens(by)]),
            _ => {}
        }
        self.add([Remedy::SplitRequest(parts), Remedy::SwitchModel]);
    }

    fn raise(&mut self) {
        if self.cause.window().is_some_and(|window| window >= DAY) {
            self.add([Remedy::SwitchModel]);
        }
        self.upgrade();
        if self.cause.limit().is_none() {
            self.add([Remedy::CheckPlan]);
        }
        self.add([Remedy::WatchUsage]);
    }

    /// A higher tier helps only a caller who needs more than the limit.
    fn upgrade(&mut self) {
        let enough = matches!((self.evidence.needed, self.cause.limit()), (Some(needed), Some(limit)) if needed <= limit);
        if !enough {
            self.add([Remedy::UpgradeTier(self.need())]);
        }
    }

    fn deduplicate(&mut self) {
        if self.evidence.duplicates >= WORTH_DEDUPLICATING {
            self.add([Remedy::Deduplicate(self.evidence.duplicates)]);
        }
    }

    /// Support can help where nobody else can: a closed account, a limit below the plan's, a riddle that stays one.
    fn support(&mut self) {
        let below_plan = matches!((self.cause.limit(), self.evidence.limit), (Some(limit), Some(plan)) if limit < plan);
        if below_plan {
            self.add([Remedy::CheckPlan]);
        }
        let repeats = self.evidence.repeats;
        let riddle = self.cause.kind() == Kind::Unknown && repeats >= RIDDLE;
        let unpaid = self.cause.kind() == Kind::AccountInactive && repeats > 0;
        if below_plan || riddle || unpaid {
            self.add([Remedy::ContactSupport]);
        }
    }

    /// A quota of something counted, not of money.
    fn is_allotment(&self) -> bool {
        self.cause.resource().is_some_and(|resource| resource != Resource::Cost)
    }

    fn names_another_organization(&self) -> bool {
        matches!((self.cause.organization(), self.evidence.organization), (Some(named), Some(meant)) if named != meant)
    }

    /// The caller used less than half of what was refused.
    fn caller_is_idle(&self) -> bool {
        match (self.evidence.usage, self.cause.limit()) {
            (Some(usage), Some(limit)) => usage < limit / 2,
            (usage, None) => usage == Some(0),
            (None, _) => false,
        }
    }

    /// The service counted more than twice what the caller used.
    fn others_use_it(&self) -> bool {
        matches!((self.evidence.usage, self.cause.used()), (Some(usage), Some(used)) if used / 2 > usage)
    }

    fn need(&self) -> Option<Need> {
        let (needed, limit) = self.evidence.needed.zip(self.cause.limit())?;
        (limit > 0 && needed > limit).then_some(Need { needed, limit })
    }

    fn pace(&self) -> Option<Rate> {
        let (limit, window) = self.cause.limit().zip(self.cause.window())?;
        (limit > 0).then_some(Rate { resource: self.cause.resource(), limit, window })
    }

    /// Each remedy once, where it came first.
    fn add(&mut self, remedies: impl IntoIterator<Item = Remedy<'a>>) {
        for remedy in remedies {
            if self.list.iter().all(|listed| listed.id() != remedy.id()) {
                let _ = self.list.0.push(remedy);
            }
        }
    }
}

/// What helps against a reason of which no number changes the list.
const fn alone(reason: Reason) -> &'static [Remedy<'static>] {
    use Remedy::*;
    match reason {
        Reason::RampTooFast => &[RampGradually, ReduceConcurrency(None)],
        Reason::BatchQueueFull => &[ReduceConcurrency(None), SplitRequest(None), RequestHigherLimit],
        Reason::Overloaded => &[SwitchModel, ReduceConcurrency(None), RampGradually],
        Reason::FlexUnavailable => &[SwitchServiceTier, SwitchModel],
        Reason::CreditExhausted => &[AddCredit, CheckPlan],
        Reason::QuotaExhausted => &[AddCredit, RaiseSpendLimit, RequestHigherLimit, CheckPlan],
        Reason::ModelNotInTier => &[SwitchModel, UpgradeTier(None), CheckPlan],
        Reason::BillingInactive => &[FixBilling],
        Reason::InvalidKey => &[CheckKey, RotateKey, CheckNetwork],
        Reason::PermissionDenied => &[CheckKey, CheckNetwork, CheckPlan],
        Reason::AccessTerminated => &[ContactSupport, CheckNetwork],
        _ => &[CheckProxy, CheckSharedUsers, WatchUsage],
    }
}

/// A ban that ends by itself was earned by bursts.
const TEMPORARY_BAN: [Remedy<'static>; 3] = [Remedy::PaceTo(None), Remedy::ReduceBurst, Remedy::CheckNetwork];

/// Percent of calls from which repeats are worth a word.
const WORTH_DEDUPLICATING: u8 = 5;

/// Repeats from which an unreadable refusal is for support.
const RIDDLE: u32 = 3;
