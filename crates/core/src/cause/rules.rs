//! What a sentence, or a code, is about: stems that meet in it, in order of decision.

use super::kind::Reason;
use super::words::{Concepts, Stem, Stem::*};

/// What speaks: codes and types decide before wordings, wordings before class names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The value of a code or a type.
    Code,
    /// An identifier in other places, which may be a code.
    Name,
    /// A sentence; whether its end was seen.
    Text { closed: bool },
    /// A sentence that is cut off: what is missing may turn it, and only a rate is believed, and what is said of a balance.
    Cut,
    /// The name of an exception class.
    Class,
}

/// How much a finding weighs: the lower decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A specific terminal code.
    Code,
    /// Money, keys and bans in words.
    Wording,
    TooLarge,
    Concurrency,
    Ramp,
    /// A quota that is used up, unless a rate's marks stand beside it.
    Quota,
    Overload,
    /// Any rate limit; numbers and windows make it specific.
    Rate,
    /// A word about limits and no more.
    Weak,
    Nothing,
}

/// A reason and how much it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) rank: Rank,
    pub(super) reason: Reason,
    /// The word "rate" or its like was said.
    pub(super) rate: bool,
}

/// What the stems that met say.
pub(super) fn find(concepts: Concepts, source: Source) -> Option<Finding> {
    if concepts & TRIGGERS == 0 {
        return None;
    }
    let closed = !matches!(source, Source::Text { closed: false } | Source::Cut);
    let code = matches!(source, Source::Code | Source::Name);
    let believed = source != Source::Cut || concepts & Stem::Balance.bit() != 0;
    let specific: &[Rule] = if concepts & SPECIFIC == 0 || !believed { &[] } else { RULES };
    let rule = specific.iter().chain(RATES).find(|rule| rule.holds(concepts) && (closed || !rule.whole) && (!code || !rule.prose))?;
    let rank = match (rule.rank, source) {
        (_, Source::Class) => Rank::Weak,
        (Rank::Quota | Rank::Rate | Rank::Weak, _) => rule.rank,
        (_, Source::Code | Source::Name) => Rank::Code,
        (rank, _) => rank,
    };
    Some(Finding { rank, reason: rule.reason, rate: concepts & RATE_WORDS != 0 })
}

/// A code of the list.
pub(super) fn find_listed(code: &[u8]) -> Option<Finding> {
    let at = LISTED.binary_search_by(|(known, ..)| (*known).cmp(code)).ok()?;
    let &(_, rank, reason) = LISTED.get(at)?;
    Some(Finding { rank, reason, rate: false })
}

/// No rule of [`RULES`] holds without one of these.
const SPECIFIC: Concepts = {
    let mut set = 0;
    let mut at = 0;
    while at < RULES.len() {
        set |= RULES[at].all[0];
        at += 1;
    }
    set
};

struct Rule {
    /// Each set has to meet the sentence.
    all: [Concepts; 3],
    /// None of these may be in it.
    none: Concepts,
    rank: Rank,
    reason: Reason,
    /// A sentence has to be complete: its rest could turn it.
    whole: bool,
    /// For sentences only: as a code it means less.
    prose: bool,
}

impl Rule {
    #[inline]
    fn holds(&self, concepts: Concepts) -> bool {
        concepts & self.none == 0 && self.all.iter().all(|any| concepts & any != 0)
    }

    const fn unless(mut self, stems: &[Stem]) -> Self {
        self.none |= any(stems);
        self
    }

    const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    const fn prose(mut self) -> Self {
        self.prose = true;
        self
    }
}

const fn any(stems: &[Stem]) -> Concepts {
    let mut set = 0;
    let mut at = 0;
    while at < stems.len() {
        assert!(stems[at].bit() != 0, "a rule asks for a stem without a bit");
        set |= stems[at].bit();
        at += 1;
    }
    set
}

const fn rule(rank: Rank, reason: Reason, sets: &[Concepts]) -> Rule {
    let mut all = [Concepts::MAX; 3];
    let mut at = 0;
    while at < sets.len() {
        all[at] = sets[at];
        at += 1;
    }
    Rule { all, none: 0, rank, reason, whole: false, prose: false }
}

/// Spells a rule's sets: `all![A B, C]` is (A or B) and C.
macro_rules! all {
    ($($($stem:ident)+),+) => { &[$(any(&[$($stem),+])),+] };
}

/// Words of rates, not of limits in general. (A resource that was asked for is no allotment of an account's.)
const RATE_WORDS: Concepts = any(&[Rate, Throttle, Second, Minute, Hour, Day, Resource]);

/// No rule holds without one of these.
#[rustfmt::skip]
const TRIGGERS: Concepts = any(&[
    Exceed, Abuse, TooMany, Throttle, SlowDown, Insufficient, Inactive, Terminated, Policy,
    Unusual, Auth, Invalid, Permission, Member, Concurrent, Overload, Capacity, Demand, Queue,
    Enqueued, Flex, Deployment, Receiving, Large, Context, Size, Ramp, Rate, Limit, Spend, Recharge, Max, Resource, Country, Usage,
]);

/// What a limit counts that refills by itself, or is no allotment.
const OF_A_RATE: &[Stem] =
    &[Rate, Throttle, TooMany, Request, Token, Image, Audio, Concurrent, Capacity, Second, Minute, Hour, Day, Size, Context];

/// A key that is limited by something else than its budget.
const KEY_OF_A_RATE: &[Stem] =
    &[Rate, Throttle, TooMany, Request, Token, Invalid, Quota, Usage, Concurrent, Second, Minute, Hour, Day, Size];

/// The rules that need a stem of [`SPECIFIC`]: the first set of each is the telling one.
#[rustfmt::skip]
const RULES: &[Rule] = &[
    // Bans.
    rule(Rank::Wording, Reason::AccessTerminated, all![Unusual]).whole().unless(&[Retry]),
    rule(Rank::Wording, Reason::AccessTerminated, all![Unusual, Not]).whole(),
    rule(Rank::Wording, Reason::AccessTerminated, all![Policy, Not Terminated Inactive Exceed Permission]).whole().unless(&[Rate, Throttle, Limit, Second, Minute, Hour]),
    rule(Rank::Wording, Reason::AccessTerminated, all![Terminated]).whole().unless(&[Temporary, Rate, Throttle, TooMany, Quota, Spend, Limit]),
    rule(Rank::Wording, Reason::AccessTerminated, all![Abuse, Inactive Terminated]).whole().unless(&[Temporary, Rate, Throttle, TooMany]),
    rule(Rank::Wording, Reason::AccessTerminated, all![Country, Not]).whole().unless(&[Capacity, Resource, Quota, Overload, Rate, Throttle, TooMany]),
    // Money. What was paid for is gone ...
    rule(Rank::Wording, Reason::CreditExhausted, all![Credit Balance, Insufficient]).unless(&[Rate, Throttle, Second, Minute, Hour]),
    rule(Rank::Wording, Reason::CreditExhausted, all![Credit Balance, Exceed]).unless(&[Rate, Throttle, Add, Concurrent, Second, Minute, Hour]),
    rule(Rank::Wording, Reason::CreditExhausted, all![Billing, Insufficient]).whole().unless(&[Rate, Throttle, Inactive]),
    rule(Rank::Quota, Reason::CreditExhausted, all![Recharge, Add]).whole().unless(&[Rate, Throttle]),
    rule(Rank::Wording, Reason::CreditExhausted, all![Recharge]).whole().unless(&[Rate, Throttle]),
    rule(Rank::Wording, Reason::UsageLimit, all![Usage, Insufficient]).whole().unless(&[Rate, Throttle, Add, Second, Minute, Hour]),
    // ... an account's payment stands out ...
    rule(Rank::Quota, Reason::QuotaExhausted, all![Inactive, Quota]).whole(),
    rule(Rank::Wording, Reason::BillingInactive, all![Inactive, Billing]).whole(),
    rule(Rank::Wording, Reason::BillingInactive, all![Concurrent, Billing Balance]).whole().unless(&[Limit, TooMany]),
    rule(Rank::Wording, Reason::BillingInactive, all![Inactive, Account Organization]).whole().unless(&[Temporary, TooMany, Rate, Throttle, Second, Minute, Hour]),
    // ... or a cap that the owner set is reached.
    rule(Rank::Quota, Reason::QuotaExhausted, all![Spend, Quota, Exceed]).whole(),
    rule(Rank::Wording, Reason::SpendLimit, all![Spend, Exceed]).unless(&[Request, Rate, Quota]),
    rule(Rank::Wording, Reason::SpendLimit, all![Spend, Limit]).unless(&[Request, Rate, Add]),
    rule(Rank::Wording, Reason::SpendLimit, all![Key, Limit, Exceed]).whole().prose().unless(KEY_OF_A_RATE),
    rule(Rank::Wording, Reason::SpendLimit, all![Billing, Limit, Exceed]).unless(&[Rate, Throttle, TooMany, Add, Usage]),
    // Keys.
    rule(Rank::Wording, Reason::WrongOrganization, all![Member Invalid, Organization]),
    rule(Rank::Wording, Reason::InvalidKey, all![Invalid Member, Key]),
    rule(Rank::Wording, Reason::InvalidKey, all![Key, Inactive]).whole().unless(&[Temporary, Rate, Throttle, TooMany, Limit]),
    rule(Rank::Wording, Reason::InvalidKey, all![Invalid, Token]).unless(&[Limit, Rate, Max, TooMany]),
    rule(Rank::Rate, Reason::UnknownRate, all![Auth, Limit, Exceed]),
    rule(Rank::Weak, Reason::InvalidKey, all![Auth]).whole().unless(&[Rate, Throttle, TooMany]),
    rule(Rank::Quota, Reason::QuotaExhausted, all![Permission, Quota, Exceed]).whole().unless(&[Rate, Throttle, TooMany, Second, Minute, Hour, Day, Resource]),
    rule(Rank::Weak, Reason::PermissionDenied, all![Permission]).whole().unless(&[Rate, Throttle, TooMany, Max, Limit, Concurrent, Second, Minute, Hour, Day]),
    // Size.
    rule(Rank::TooLarge, Reason::TooLarge, all![Large, Too, Request Context Token Input Prompt]).unless(&[Resource]),
    rule(Rank::TooLarge, Reason::TooLarge, all![Large, Too, Size]).unless(&[Resource, Rate, Throttle, SlowDown, Queue]),
    rule(Rank::TooLarge, Reason::TooLarge, all![Large, Input Prompt Context, Max Limit Exceed]).whole().unless(&[Demand, Rate, Throttle, Queue]),
    rule(Rank::TooLarge, Reason::TooLarge, all![Context, Exceed Max]).whole().unless(&[Demand, Rate, Concurrent, Queue]),
    rule(Rank::TooLarge, Reason::TooLarge, all![Input Prompt, TooMany, Token]),
    rule(Rank::TooLarge, Reason::TooLarge, all![Input Prompt, Token, Exceed]).whole().unless(&[Rate, Second, Minute, Hour, Day, Organization, Account, Quota]),
    rule(Rank::TooLarge, Reason::TooLarge, all![Size, Max Exceed]).whole().unless(&[Demand, Queue, Rate, Throttle]),
    rule(Rank::TooLarge, Reason::TooLarge, all![TooMany, Token, Request]).whole().unless(&[Rate, Throttle, Second, Minute, Hour, Day]),
    // Calls in flight.
    rule(Rank::Concurrency, Reason::BatchQueueFull, all![Enqueued, Limit Exceed]),
    rule(Rank::Concurrency, Reason::ConcurrencyLimit, all![Concurrent, Limit TooMany Exceed Max High Request]).unless(&[Minute]),
    // Growth.
    rule(Rank::Ramp, Reason::RampTooFast, all![Ramp, Fast TooMany]),
    rule(Rank::Ramp, Reason::RampTooFast, all![Ramp, Max, Rate]),
    // Capacity, unless counted by the second or the minute.
    rule(Rank::Rate, Reason::UnknownRate, all![Capacity, Exceed, Second Minute Hour Day]),
    rule(Rank::Quota, Reason::UsageLimit, all![Capacity, Exceed, Week Month]),
    rule(Rank::Overload, Reason::FlexUnavailable, all![Flex, Resource Capacity Not]),
    rule(Rank::Overload, Reason::Overloaded, all![Overload]).unless(&[Throttle]),
    rule(Rank::Overload, Reason::Overloaded, all![Receiving, TooMany Demand High]),
    rule(Rank::Overload, Reason::Overloaded, all![Demand, High Exceed TooMany]),
    rule(Rank::Overload, Reason::Overloaded, all![Deployment, Not]),
    rule(Rank::Overload, Reason::Overloaded, all![Capacity Resource, Not Max Insufficient]).unless(&[Quota, Auth, Permission, Rate, Throttle]),
    rule(Rank::Overload, Reason::Overloaded, all![Capacity, Exceed]).unless(&[Quota, Rate, Throttle]),
    rule(Rank::Overload, Reason::Overloaded, all![Queue, Exceed Max Limit TooMany]),
    // A quota; a rate's words or a window of up to a day beside it make it a rate.
    rule(Rank::Wording, Reason::QuotaExhausted, all![Quota, Insufficient]).unless(&[Throttle]),
    rule(Rank::Quota, Reason::UsageLimit, all![Terminated, Temporary, Account]).whole().unless(&[Rate]),
    rule(Rank::Rate, Reason::UnknownRate, all![Quota, Exceed, Rate Throttle Allocated TooMany Second Minute Hour Day Resource]),
    rule(Rank::Quota, Reason::QuotaExhausted, all![Quota, Exceed]).whole().prose(),
    rule(Rank::Rate, Reason::UnknownRate, all![Quota, Exceed, Request Token]),
    rule(Rank::Quota, Reason::QuotaExhausted, all![Quota, Exceed]).whole(),
    rule(Rank::Quota, Reason::UsageLimit, all![Usage, Limit Max, Exceed]).whole().unless(&[Rate]),
    rule(Rank::Quota, Reason::UsageLimit, all![Month Week, Limit Max Usage, Exceed]).whole(),
    rule(Rank::Quota, Reason::UsageLimit, all![Account, Limit, Exceed]).whole().unless(OF_A_RATE),
    rule(Rank::Quota, Reason::QuotaExhausted, all![Account, Exceed]).whole().prose().unless(&[Rate, Limit, Throttle, TooMany, Request, Token, Concurrent, Capacity, Second, Minute, Hour, Day]),
    rule(Rank::Quota, Reason::QuotaExhausted, all![Insufficient, Account]).whole().prose().unless(&[Permission, Auth, Key, Rate, Throttle, TooMany]),
];

/// What is left are rates.
#[rustfmt::skip]
static RATES: &[Rule] = &[
    rule(Rank::Rate, Reason::UnknownRate, all![Throttle TooMany SlowDown]),
    rule(Rank::Rate, Reason::UnknownRate, all![Rate, Limit Exceed High]),
    rule(Rank::Quota, Reason::UsageLimit, all![Limit, Exceed]).whole().prose().unless(&[Rate, Throttle, TooMany, Request, Token, Image, Audio, Second, Minute, Hour, Day, Size, Context]),
    rule(Rank::Rate, Reason::UnknownRate, all![Limit, Exceed]),
    rule(Rank::Rate, Reason::UnknownRate, all![Request Token, Exceed Max]),
    rule(Rank::Rate, Reason::UnknownRate, all![Credit, Insufficient Exceed, Second Minute Hour]),
    rule(Rank::Rate, Reason::UnknownRate, all![Terminated Inactive, Temporary]),
    rule(Rank::Weak, Reason::UnknownRate, all![Limit, Second Minute Hour Day, Request Token]),
    rule(Rank::Weak, Reason::UnknownRate, all![Rate, Request, Second Minute Hour Day]),
    rule(Rank::Weak, Reason::UnknownRate, all![Limit, Policy]),
    rule(Rank::Rate, Reason::UnknownRate, all![Abuse]),
    rule(Rank::Rate, Reason::UnknownRate, all![Resource, Exceed]),
    rule(Rank::Weak, Reason::Overloaded, all![Capacity]).whole(),
];

/// Codes that their words alone would not tell apart. Sorted. Cloudflare's 10xx, which are other services' too and lose to words, Zhipu's
/// 1xxx, JSON-RPC's and Binance's negative ones, Twilio, Okta, Volcengine.
static LISTED: &[(&[u8], Rank, Reason)] = &[
    (b"-1003", Rank::Rate, Reason::UnknownRate),
    (b"-1015", Rank::Rate, Reason::UnknownRate),
    (b"-32005", Rank::Rate, Reason::UnknownRate),
    (b"-32029", Rank::Rate, Reason::UnknownRate),
    (b"1006", Rank::Weak, Reason::AccessTerminated),
    (b"1007", Rank::Weak, Reason::AccessTerminated),
    (b"1008", Rank::Weak, Reason::AccessTerminated),
    (b"1009", Rank::Weak, Reason::AccessTerminated),
    (b"1010", Rank::Weak, Reason::AccessTerminated),
    (b"1012", Rank::Weak, Reason::AccessTerminated),
    (b"1015", Rank::Rate, Reason::UnknownRate),
    (b"1020", Rank::Weak, Reason::AccessTerminated),
    (b"1113", Rank::Code, Reason::CreditExhausted),
    (b"1301", Rank::Code, Reason::AccessTerminated),
    (b"1302", Rank::Rate, Reason::UnknownRate),
    (b"1303", Rank::Rate, Reason::UnknownRate),
    (b"1304", Rank::Rate, Reason::UnknownRate),
    (b"1305", Rank::Rate, Reason::UnknownRate),
    (b"1308", Rank::Quota, Reason::UsageLimit),
    (b"1309", Rank::Code, Reason::BillingInactive),
    (b"1310", Rank::Quota, Reason::UsageLimit),
    (b"20429", Rank::Rate, Reason::UnknownRate),
    (b"E0000047", Rank::Rate, Reason::UnknownRate),
    (b"SetLimitExceeded", Rank::Code, Reason::SpendLimit),
    (b"account_deactivated", Rank::Code, Reason::AccessTerminated),
    (b"billing_error", Rank::Weak, Reason::BillingInactive),
    (b"content_filter", Rank::Code, Reason::AccessTerminated),
    (b"content_policy_violation", Rank::Code, Reason::AccessTerminated),
    (b"data_inspection_failed", Rank::Code, Reason::AccessTerminated),
    (b"invalid_auth", Rank::Code, Reason::InvalidKey),
    (b"invalid_grant", Rank::Code, Reason::InvalidKey),
    (b"limit_burst_rate", Rank::Ramp, Reason::RampTooFast),
    (b"not_authed", Rank::Code, Reason::InvalidKey),
    (b"organization_usage_limit_exceeded", Rank::Code, Reason::UsageLimit),
    (b"slow_down", Rank::Ramp, Reason::RampTooFast),
    (b"usage-capped", Rank::Quota, Reason::UsageLimit),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_the_order_that_the_search_needs() {
        assert!(LISTED.is_sorted_by_key(|(code, ..)| *code));
    }

    #[test]
    fn every_rule_can_be_reached() {
        for rule in RULES.iter().chain(RATES) {
            assert!(rule.all.iter().any(|set| set & TRIGGERS == *set), "{:?}", rule.reason);
        }
    }
}
