//! What was read, and the cause that it makes.

use core::time::Duration;

use super::around::{LIMIT_REACHED, LIMITS};
use super::kind::{Kind, Reason, Resource};
use super::lex::text;
use super::read::{Label, Sentence};
use super::rules::{Finding, Rank, Source, find, find_listed};
use super::words::{Concepts, Stem};
use super::{Cause, Reset};
use crate::period::{DAY, HOUR};
use crate::time::until;

/// What a body has said so far.
pub(super) struct Facts<'a> {
    /// The fields; its reason is not set before [`Facts::cause`].
    pub(super) said: Cause<'a>,
    best: Finding,
    /// The resource is told by more than the word "request", of which many sentences speak.
    firm: bool,
    /// What the sentence says to be above a limit.
    pub(super) above: Option<u64>,
    /// The number that the body ends with.
    pub(super) tail: Option<Tail>,
    /// A code says that it is a rate.
    rate_code: bool,
    /// A code says that calls were too many, as the status does.
    crowded: bool,
    /// A sentence says that it is a rate, and none that it is a quota.
    rate_said: bool,
    quota_said: bool,
    /// A sentence says that calls are throttled.
    throttled: bool,
    /// An allotment is used up: of use, of weeks or of months.
    allotted: bool,
    /// The caller is told to send less,
    advised: bool,
    /// or is asked to come again,
    invited: bool,
    /// and not to pay before.
    awaited: bool,
    /// The server's clock.
    pub(super) now: Option<Reset<'a>>,
    /// Several limits of zero were named, of different windows,
    windows_differ: bool,
    /// or of different things.
    resources_differ: bool,
    /// Only the name of a class has said so far what it is.
    classed: bool,
    /// What keys count in windows of their names.
    keyed: [Keyed; 2],
    /// A use and its limit were announced as such.
    pub(super) measured: bool,
    /// A status says that the service is unavailable.
    pub(super) unavailable: bool,
    /// A key "error" was read.
    pub(super) errors: bool,
    /// A code that says something was read,
    pub(super) coded: bool,
    /// and a sentence that does.
    pub(super) spoken: bool,
    /// The body ends in a sentence that nothing shows to be complete, and none before it said why,
    pub(super) unsaid: bool,
    /// or named a window.
    pub(super) window_open: bool,
}

/// What keys count in a window: `allowed_rps`, `current_rps`.
#[derive(Clone, Copy)]
struct Keyed {
    window: Duration,
    limit: Option<u64>,
    used: Option<u64>,
}

/// A number that the body ends with.
#[derive(Clone, Copy)]
pub(super) struct Tail {
    pub(super) label: Label,
    pub(super) value: u64,
    /// A full stop follows: no digit of the whole part is missing.
    pub(super) whole: bool,
}

impl Default for Facts<'_> {
    fn default() -> Self {
        Self {
            said: Cause::new(Reason::Unknown),
            best: Finding { rank: Rank::Nothing, reason: Reason::Unknown, rate: false },
            firm: false,
            above: None,
            tail: None,
            now: None,
            windows_differ: false,
            resources_differ: false,
            classed: false,
            keyed: [Keyed { window: Duration::ZERO, limit: None, used: None }; 2],
            measured: false,
            unavailable: false,
            errors: false,
            rate_code: false,
            crowded: false,
            rate_said: false,
            quota_said: false,
            throttled: false,
            allotted: false,
            advised: false,
            invited: false,
            awaited: false,
            coded: false,
            spoken: false,
            unsaid: false,
            window_open: false,
        }
    }
}

impl<'a> Facts<'a> {
    /// Keeps what a sentence or a code says; whether it says anything.
    #[inline]
    pub(super) fn judge(&mut self, sentence: &Sentence, source: Source) -> bool {
        let finding = find(sentence.concepts, source);
        let invited = sentence.concepts & Stem::Retry.bit() != 0 && !sentence.client;
        self.invited |= invited;
        self.awaited |= invited && sentence.concepts & HELD == 0;
        self.advised |= sentence.advises && source == Source::Text { closed: true };
        if let Some(finding) = finding {
            let code = matches!(source, Source::Code | Source::Name);
            // `VpcLimitExceeded`: perhaps how many there may be, and not a rate.
            self.crowded |= code && finding.rank == Rank::Rate && sentence.concepts != LIMIT_REACHED;
            self.allotted |= sentence.concepts & ALLOTTED != 0;
            self.throttled |= sentence.concepts & Stem::Throttle.bit() != 0;
            self.consider(finding, source);
        }
        if let Some(window) = sentence.window
            && (finding.is_some()
                || sentence.counts
                || matches!(source, Source::Code | Source::Name | Source::Class)
                || sentence.concepts & Stem::Reset.bit() != 0)
        {
            self.said.window.get_or_insert(window);
        }
        if self.said.limit == Some(0) && (finding.is_some() || sentence.counts) {
            self.note_other_limits(sentence);
        }
        let named = source == Source::Class && sentence.window.is_some();
        if (finding.is_some() || sentence.counts || source == Source::Code || named)
            && !self.firm
            && let Some(resource) = resource(sentence)
        {
            self.firm = resource != Resource::Requests || sentence.window.is_some() || sentence.request_rate;
            self.said.resource = Some(resource);
        }
        finding.is_some()
    }

    /// Of several limits of zero none is the one: where they differ in what they count, or in which window, that is not said.
    #[cold]
    fn note_other_limits(&mut self, sentence: &Sentence) {
        let differs = |window| self.said.window.is_some_and(|said| said != window);
        self.windows_differ |= sentence.window.is_some_and(differs);
        self.resources_differ |= self.said.resource.zip(resource(sentence)).is_some_and(|(said, other)| said != other);
    }

    /// `a > b` of sizes is a request that can't fit; of a refusal it is a use, and of anything else nothing.
    #[cold]
    pub(super) fn note_above(&mut self, sentence: &Sentence, found: bool) {
        let Some(amount) = self.above.take() else { return };
        let has = |set: Concepts| sentence.concepts & set != 0;
        let rated = sentence.window.is_some() || has(RATED);
        let of_size =
            has(Stem::Prompt.bit() | Stem::Input.bit() | Stem::Context.bit()) || has(Stem::Token.bit() | Stem::Image.bit()) && has(LIMITS);
        if has(Stem::Large.bit() | Stem::Size.bit()) || of_size && !rated {
            self.said.requested.get_or_insert(amount);
        } else if found {
            self.said.used.get_or_insert(amount);
        }
    }

    /// Keeps what a key counts in the window of its name, of the first two windows.
    pub(super) fn note_keyed(&mut self, label: Label, window: Duration, value: u64) {
        if let Some(keyed) = self.keyed.iter_mut().find(|keyed| keyed.window == window || keyed.window.is_zero()) {
            keyed.window = window;
            let count = if label == Label::Limit { &mut keyed.limit } else { &mut keyed.used };
            count.get_or_insert(value);
        }
    }

    /// Keys count for the window that a sentence names; where none does, the first ones.
    fn take_keyed(&mut self) {
        let said = self.said.window;
        if let Some(keyed) = self.keyed.iter().find(|keyed| said.is_none_or(|said| said == keyed.window) && !keyed.window.is_zero()) {
            self.said.limit = self.said.limit.or(keyed.limit);
            self.said.used = self.said.used.or(keyed.used);
            self.said.window = Some(keyed.window);
        }
    }

    /// What was read as the resource is of a limit that did not refuse.
    pub(super) const fn forget_resource(&mut self) {
        self.said.resource = None;
        self.firm = false;
    }

    pub(super) const fn is_spent(&self) -> bool {
        matches!(self.best.reason, Reason::SpendLimit)
    }

    pub(super) const fn is_too_large(&self) -> bool {
        matches!(self.best.rank, Rank::TooLarge)
    }

    /// Keeps the first wait, until another tells the same second with its fraction.
    pub(super) fn note_wait(&mut self, time: Duration) {
        let exact = |wait: Duration| wait.subsec_nanos() == 0 && wait.as_secs() == time.as_secs();
        if self.said.wait.is_none_or(exact) {
            self.said.wait = Some(time);
        }
    }

    /// Keeps that a firewall asks who calls.
    pub(super) fn note_challenge(&mut self) {
        self.note_firewall(Rank::Wording);
    }

    /// Keeps that a firewall refuses, for whatever reason.
    pub(super) fn note_restricted(&mut self) {
        self.note_firewall(Rank::Weak);
    }

    fn note_firewall(&mut self, rank: Rank) {
        let finding = Finding { rank, reason: Reason::AccessTerminated, rate: false };
        self.consider(finding, Source::Text { closed: true });
    }

    /// Keeps what the list says of a code.
    pub(super) fn judge_listed(&mut self, code: &[u8]) {
        if let Some(finding) = find_listed(code) {
            self.crowded |= finding.rank == Rank::Rate;
            self.consider(finding, Source::Code);
        }
    }

    /// Keeps a code or a type as sent, the first of each.
    pub(super) fn note_code(&mut self, code: bool, type_: bool, value: &'a str) {
        if code {
            self.said.code.get_or_insert(value);
        }
        // The wrapper of Anthropic's errors and of streams says nothing: its type is "error".
        if type_ && value != "error" {
            self.said.type_.get_or_insert(value);
        }
    }

    /// Keeps the wording of a time, where it begins with one soon and nothing of it can be cut off.
    #[cold]
    pub(super) fn say_reset(&mut self, body: &'a [u8], from: usize, to: usize, closed: bool) {
        let to = to.min(from.saturating_add(LONGEST_SAID));
        let Some(said) = text(body, from, to) else {
            return;
        };
        let said = said.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '"' | '\'' | '.' | '\\'));
        let said = said.strip_prefix("after ").unwrap_or(said);
        let early = said.bytes().take(24).any(|byte| byte.is_ascii_digit())
            || said.split([' ']).take(3).any(|word| matches!(word, "midnight" | "next" | "tomorrow"));
        let ends = closed || ["UTC", "GMT", "Z", "AM", "PM", "am", "pm", ")"].iter().any(|end| said.ends_with(end));
        if early && ends && !said.as_bytes().windows(3).any(|part| part == b"://") && self.said.wait.is_none() {
            self.said.reset.get_or_insert(Reset::Said(said));
        }
    }

    /// The cause. Of a body that was cut, or ends in an open sentence, nothing is terminal that its rest might have softened.
    #[inline]
    pub(super) fn cause(mut self, cut: bool) -> Cause<'a> {
        self.take_tail(cut);
        self.take_keyed();
        self.count_down();
        let mut cause = self.said;
        cause.reason = self.reason(cut);
        cause.patience |= self.awaited;
        cause.resource = match cause.reason {
            Reason::ConcurrencyLimit => Some(Resource::Concurrency),
            Reason::CreditExhausted | Reason::SpendLimit => Some(Resource::Cost),
            Reason::QuotaExhausted if self.best.rank <= Rank::Wording => {
                cause.resource.filter(|&counted| counted == Resource::Images).or(Some(Resource::Cost))
            }
            Reason::InvalidKey | Reason::WrongOrganization | Reason::PermissionDenied => None,
            Reason::Overloaded | Reason::FlexUnavailable | Reason::AccessTerminated | Reason::BillingInactive => None,
            _ => cause.resource,
        };
        if matches!(cause.reason, Reason::CreditExhausted | Reason::BillingInactive) {
            cause.window = None;
        }
        if cause.reason == Reason::ModelNotInTier {
            cause.window = cause.window.filter(|_| !self.windows_differ);
            cause.resource = cause.resource.filter(|_| !self.resources_differ);
        }
        if cause.reason == Reason::Unknown {
            // Of what is no refusal.
            (cause.limit, cause.used, cause.requested) = (None, None, None);
        }
        cause
    }

    /// A number at the very end may have lost its last digits, unless nothing is open that the end would have to close.
    /// A request is read there where it explains the refusal: more digits do not change what it means.
    fn take_tail(&mut self, cut: bool) {
        if let Some(Tail { label: Label::Requested, value, whole }) = self.tail
            && let Some(limit) = self.said.limit
            && self.said.used.unwrap_or(0).saturating_add(value) > limit
            && (whole || !cut || value.saturating_mul(10) >= limit)
        {
            self.said.requested.get_or_insert(value);
        }
    }

    /// A reset beside the server's own clock is a wait.
    fn count_down(&mut self) {
        if let (Some(Reset::Unix(now)), Some(Reset::Unix(reset))) = (self.now, self.said.reset)
            && reset >= now
        {
            self.said.wait.get_or_insert(until(reset, now));
        }
    }

    fn consider(&mut self, finding: Finding, source: Source) {
        if source == Source::Class && !finding.reason.kind().waiting_helps() && finding.reason != Reason::BillingInactive {
            return;
        }
        match source {
            Source::Code | Source::Name => {
                self.coded = true;
                self.rate_code |= finding.rate && finding.rank == Rank::Rate;
            }
            Source::Text { .. } | Source::Cut => {
                self.spoken |= finding.rank < Rank::Weak;
                self.rate_said |= finding.rank == Rank::Rate && finding.rate;
                self.quota_said |= finding.rank == Rank::Quota;
            }
            Source::Class => {}
        }
        // A class says least, and that access is denied says not why.
        let tells_more = self.classed || self.best.reason == Reason::PermissionDenied;
        if finding.rank < self.best.rank || finding.rank == self.best.rank && tells_more {
            self.best = finding;
            self.said.by_code = false;
            self.classed = source == Source::Class;
        }
        self.said.by_code |= matches!(source, Source::Code | Source::Name) && finding.rank == self.best.rank;
    }

    fn reason(&self, cut: bool) -> Reason {
        match self.told() {
            Reason::TooLarge if cut && self.best.rank > Rank::TooLarge && self.is_advice() => Reason::UnknownRate,
            _ if self.unsaid && self.best.rank == Rank::Quota => Reason::UnknownRate,
            Reason::UsageLimit if cut && self.best.rank == Rank::Quota => Reason::UnknownRate,
            _ if cut && self.best.rank == Rank::Weak && !self.best.reason.kind().waiting_helps() => Reason::Unknown,
            reason => reason,
        }
    }

    fn told(&self) -> Reason {
        let said = &self.said;
        if self.best.rank > Rank::Code {
            // `0/0 used` says nothing of the limit, `(actual/limit): 0/0` does.
            let used = said.used != Some(0) || said.requested.is_some() || self.measured;
            if said.limit == Some(0) && used && self.best.rank < Rank::Nothing {
                return Reason::ModelNotInTier;
            }
            if let (Some(limit), Some(requested)) = (said.limit, said.requested)
                && requested > limit
            {
                return Reason::TooLarge;
            }
        }
        match self.best.rank {
            Rank::Quota if self.refills() => self.rate(),
            Rank::Overload if said.limit.is_some() && said.window.is_some() => self.rate(),
            Rank::Rate | Rank::Weak | Rank::Nothing if self.is_advice() && said.resource != Some(Resource::Requests) => Reason::TooLarge,
            Rank::Rate | Rank::Weak if self.best.reason.kind() == Kind::RateLimited => self.rate(),
            Rank::Nothing if self.unavailable => Reason::Overloaded,
            Rank::Nothing if self.tells_a_rate() => self.rate(),
            _ => self.best.reason,
        }
    }

    /// A shorter request would pass, and nothing tells that a later one would.
    const fn is_advice(&self) -> bool {
        self.advised && !self.rate_said && !self.invited && !self.is_timed()
    }

    /// Marks of a rate beside the words of a quota: a code, a short wait, a window of up to a day.
    fn refills(&self) -> bool {
        let vague = self.best.reason == Reason::UsageLimit;
        let soon = if vague { DAY } else { HOUR };
        let within = |time: Option<Duration>, most| time.is_some_and(|time| time <= most);
        let lasts = self.said.wait.is_some_and(|wait| wait > DAY);
        (self.rate_code || self.rate_said && !self.quota_said || self.throttled) && !vague && !lasts
            || vague && (self.crowded || self.invited && !self.is_timed()) && !self.allotted
            || self.said.patience && !vague && !lasts
            || within(self.said.wait, soon)
            || within(self.said.window, DAY)
    }

    /// What is said besides words: a window, a wait, a use of a limit, a request to wait.
    const fn tells_a_rate(&self) -> bool {
        let said = &self.said;
        said.window.is_some() || said.wait.is_some() || said.limit.is_some() && said.used.is_some() || self.said.patience
    }

    /// The body says when to come again.
    const fn is_timed(&self) -> bool {
        self.said.wait.is_some() || self.said.reset.is_some()
    }

    /// The word "request" alone names no resource.
    fn rate(&self) -> Reason {
        let Cause { resource, window, .. } = self.said;
        if self.window_open && window > Some(DAY) {
            return Reason::UnknownRate;
        }
        let named = |resource: &Resource| *resource != Resource::Requests || self.firm || window.is_some();
        if self.said.wait.is_some_and(|wait| wait > DAY) {
            return Reason::UsageLimit;
        }
        // A weekly limit that lets calls pass in two minutes is a rate.
        let soon = self.said.wait.is_some_and(|wait| wait <= HOUR);
        Reason::of_rate(resource.filter(named), window.filter(|&window| window <= DAY || !soon))
    }
}

/// Words of rates and of load: what is counted beside them was used.
const RATED: Concepts = Stem::Rate.bit()
    | Stem::Throttle.bit()
    | Stem::Concurrent.bit()
    | Stem::Overload.bit()
    | Stem::Second.bit()
    | Stem::Minute.bit()
    | Stem::Hour.bit()
    | Stem::Day.bit();

/// What makes a retry no matter of time: it is forbidden, or something is to be bought.
const HELD: Concepts = Stem::Not.bit() | Stem::Add.bit() | Stem::Credit.bit() | Stem::Billing.bit() | Stem::Recharge.bit();

/// What is given for longer than a day.
const ALLOTTED: Concepts = Stem::Usage.bit() | Stem::Week.bit() | Stem::Month.bit();

/// `April 20, 2026 at 2:00 AM (local time)`
pub(super) const LONGEST_SAID: usize = 40;

/// What a sentence counts.
#[inline]
fn resource(sentence: &Sentence) -> Option<Resource> {
    if sentence.resource.is_some() && !(sentence.input || sentence.output) {
        return sentence.resource;
    }
    let has = |stem: Stem| sentence.concepts & stem.bit() != 0;
    let tokens = |concepts: Concepts| concepts & Stem::Token.bit() != 0;
    if has(Stem::Image) {
        Some(Resource::Images)
    } else if has(Stem::Audio) {
        Some(Resource::AudioSeconds)
    } else if has(Stem::Concurrent) {
        Some(Resource::Concurrency)
    } else if tokens(sentence.concepts) {
        let large = has(Stem::Too) || has(Stem::TooMany);
        Some(match (sentence.input || large && has(Stem::Prompt), sentence.output) {
            (true, false) => Resource::InputTokens,
            (false, true) => Resource::OutputTokens,
            _ => Resource::Tokens,
        })
    } else if has(Stem::Request) && !(has(Stem::Too) && has(Stem::Large)) {
        Some(Resource::Requests)
    } else {
        None
    }
}
