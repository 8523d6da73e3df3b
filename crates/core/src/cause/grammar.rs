//! What a word does to its sentence beyond being said: labels for numbers, waits, and what other words make of it.

use super::around::{IN_FLIGHT, LIMIT_REACHED, SIZES};
use super::facts::LONGEST_SAID;
use super::lex::byte;
use super::number::of_stem;
use super::read::{Label, Reader};
use super::window::concept;
use super::words::{Concepts, Stem};
use crate::period::SECOND;

impl Reader<'_> {
    /// Takes in the next word.
    #[inline]
    pub(super) fn push(&mut self, stem: Stem) {
        let prev = core::mem::replace(&mut self.sentence.prev, stem);
        self.sentence.begun = true;
        if stem == Stem::Other {
            self.sentence.slack = self.sentence.slack.saturating_add(1);
        } else {
            self.sentence.concepts |= stem.bit();
            self.apply(prev, stem);
        }
    }

    /// What a known word does beyond being said.
    fn apply(&mut self, prev: Stem, stem: Stem) {
        match stem {
            Stem::Many
            | Stem::Fast
            | Stem::Down
            | Stem::Due
            | Stem::Up
            | Stem::Of
            | Stem::Than
            | Stem::Low
            | Stem::Credit
            | Stem::Balance
            | Stem::Such
            | Stem::Capacity
            | Stem::Request
            | Stem::Ready
            | Stem::Enough
            | Stem::Full
            | Stem::Paid
            | Stem::Queue
            | Stem::Token
            | Stem::Length
            | Stem::All
            | Stem::Failed
            | Stem::Authorized
            | Stem::Progress
            | Stem::Rate
            | Stem::Clients => self.together(prev, stem),
            Stem::To if prev == Stem::Throttle || self.ends_with(b"supports up to") => self.label(Label::Limit),
            Stem::Per if matches!(prev, Stem::Request | Stem::Attempt) => self.sentence.concepts |= Stem::Rate.bit(),
            Stem::Limit if prev == Stem::Remaining => {}
            // `exceeded retry limit`: a client gives up.
            Stem::Limit if prev == Stem::Retry => self.sentence.concepts &= !Stem::Limit.bit(),
            // `frequency out of limit`
            Stem::Limit if self.ends_with(b"out of limit") && self.has(Stem::Rate) => self.sentence.concepts |= Stem::Exceed.bit(),
            Stem::Limit if prev == Stem::Api => {
                self.sentence.concepts |= Stem::Rate.bit();
                self.label(Label::Limit);
            }
            Stem::Limit | Stem::Quota | Stem::Daily | Stem::Rps if prev == Stem::Over => {
                self.sentence.concepts |= Stem::Exceed.bit() | if stem == Stem::Rps { Stem::Rate.bit() } else { 0 };
                self.window_word(prev, stem);
            }
            Stem::Limit | Stem::Max => {
                if stem == Stem::Limit
                    && let Some(unit) = of_stem(prev)
                    && unit >= SECOND
                {
                    self.sentence.concepts |= concept(unit);
                    self.window(unit);
                }
                if prev == Stem::Connection {
                    self.sentence.concepts |= Stem::Concurrent.bit();
                }
                self.sentence.pair |= prev == Stem::Per && self.sentence.label == Label::Used;
                self.label(Label::Limit);
            }
            Stem::Used => self.used(),
            // Of an index that is full.
            Stem::Usage if self.ends_with(b"isk usage") && self.followed_by(b" exceeded flood") => {
                self.sentence.concepts |= Stem::Overload.bit()
            }
            Stem::Current | Stem::Usage => self.label(Label::Used),
            // `40321 tokens requested, 32768 allowed`, not `curl 22 The requested URL`
            Stem::Requested if self.followed_by(b" URL") => {}
            Stem::Requested => match self.take_amount() {
                Some(amount) => {
                    self.facts.said.requested.get_or_insert(amount);
                    self.sentence.label = Label::None;
                }
                None => self.label(Label::Requested),
            },
            Stem::Allowed if self.sentence.amount_end + 1 + WORD >= self.at && self.sentence.amount.is_some() => {
                if let Some(amount) = self.take_amount() {
                    self.facts.said.limit.get_or_insert(amount);
                    self.sentence.counts = true;
                }
            }
            // `Max is 16384, got 20110`, not `got 429`.
            Stem::Got if self.facts.said.limit.is_some() => self.label(Label::Requested),
            Stem::Available if prev == Stem::Current && self.has(Stem::Not) && !self.has(Stem::Quota) => {
                self.sentence.concepts |= Stem::Overload.bit()
            }
            Stem::Remaining | Stem::Available if self.lacks(prev) => self.sentence.concepts |= Stem::Insufficient.bit(),
            Stem::Remaining if self.has(Stem::Not) && self.has(Stem::Request) => {
                self.sentence.concepts |= Stem::Quota.bit() | Stem::Exceed.bit()
            }
            Stem::Afford if prev == Stem::Current => self.label(Label::Spent),
            Stem::Afford if prev == Stem::Only => {
                self.sentence.concepts |= Stem::Credit.bit() | Stem::Insufficient.bit();
                self.label(Label::Ignored);
            }
            Stem::Afford if self.ends_with(b"uery cost") && (self.followed_by(b" is ") || self.has(Stem::Spend)) => {
                self.label(Label::Requested)
            }
            Stem::Remaining | Stem::Burst | Stem::Afford => self.label(Label::Ignored),
            Stem::Exceed => self.exceed(prev),
            Stem::Required => self.required(prev),
            Stem::Arrears => self.sentence.concepts |= Stem::Billing.bit() | Stem::Inactive.bit(),
            // `wait before trying again`, not `trying again in 300 s`
            Stem::Again if prev == Stem::Trying && !self.sentence.waits => self.sentence.client = true,
            Stem::Wait if self.ends_with(b"next backoff") => self.sentence.client = true,
            // `401 Unauthorized - message "Please wait a few minutes`: a throttle, whatever the status.
            Stem::Wait if self.followed_by(b" a few minutes") && self.has(Stem::Auth) => {
                self.sentence.concepts = self.sentence.concepts & !Stem::Auth.bit() | Stem::Throttle.bit();
            }
            Stem::Retry if [b"Will retry".as_slice(), b" will retry"].iter().any(|words| self.ends_with(words)) => {
                self.sentence.client = true
            }
            Stem::Again | Stem::Retry | Stem::Wait | Stem::Reset | Stem::Available => {
                self.sentence.waits = true;
                self.sentence.label = Label::None;
                self.facts.said.patience |= stem == Stem::Wait && !self.sentence.client && !matches!(prev, Stem::To | Stem::Not);
                if matches!(stem, Stem::Again | Stem::Wait) {
                    self.sentence.concepts |= Stem::Retry.bit();
                }
                if stem == Stem::Reset {
                    self.sentence.said = Some(self.at);
                }
            }
            // The tokens of a limiter's bucket.
            Stem::Quota if prev == Stem::For && self.has_all(Stem::Insufficient.bit() | Stem::Token.bit()) => {
                self.sentence.concepts &= !Stem::Token.bit();
                self.sentence.concepts |= Stem::Throttle.bit();
            }
            Stem::Quota if prev == Stem::Connection => self.sentence.concepts |= Stem::Concurrent.bit(),
            // `no quota headers`
            Stem::Quota if prev == Stem::Not && self.next_stem() == Stem::Headers => self.sentence.concepts &= !Stem::Quota.bit(),
            // `no quota`, `no available quota`
            Stem::Quota
                if matches!(prev, Stem::Not | Stem::Available | Stem::Remaining | Stem::Image | Stem::Free) && self.has(Stem::Not) =>
            {
                self.sentence.concepts |= Stem::Insufficient.bit();
            }
            // Minutes of work that a plan gives, not a rate.
            Stem::Quota if prev == Stem::Minute && self.ends_with(b"minutes quota") => self.sentence.concepts &= !Stem::Minute.bit(),
            // `you have used your monthly quota`
            Stem::Your if prev == Stem::Used && self.soon(&[Stem::Quota]) => self.sentence.concepts |= Stem::Exceed.bit(),
            // `specified API usage limits`
            Stem::Specified if self.soon(&[Stem::Usage, Stem::Limit]) => self.sentence.concepts |= Stem::Spend.bit(),
            // `the input may contain sensitive information`
            Stem::Risky if self.says_content() || self.ends_with(b"considered high risk") => self.sentence.concepts |= Stem::Unusual.bit(),
            // A service closes accounts; subscriptions and plans lapse.
            Stem::Inactive
                if self.has(Stem::Account) && CLOSED.iter().any(|words| self.ends_with(words)) && !self.soon(&[Stem::Billing]) =>
            {
                self.sentence.concepts |= Stem::Terminated.bit();
            }
            // The title of Cloudflare's pages, whatever they refuse for.
            Stem::Bearer if self.ends_with(b"used Cloudflare to restrict access") => self.facts.note_restricted(),
            Stem::Level if prev == Stem::Bearer => self.sentence.concepts |= Stem::Permission.bit(),
            Stem::Load if self.ends_with(b"due to load") => self.sentence.concepts |= Stem::Overload.bit(),
            // `high load`, not `failed to load x` or `load balancers`
            Stem::Load if prev == Stem::High || prev != Stem::To && !self.names_more() => self.sentence.concepts |= Stem::Demand.bit(),
            // `pending requests`, not `pending authorizations`
            Stem::Pending if !self.names_more() => self.sentence.concepts |= Stem::Queue.bit(),
            // Google's quotas are of rates.
            Stem::For if prev == Stem::Exceed && self.has(Stem::Quota) && (self.names_google() || self.followed_by(b" metric:")) => {
                self.sentence.concepts |= Stem::Resource.bit()
            }
            // `token budget exhausted`: no money.
            Stem::Spend if self.ends_with(b"oken budget") => self.sentence.concepts &= !Stem::Spend.bit(),
            // Its length, and no bill.
            Stem::Billing if self.followed_by(b" cycle") => {
                self.sentence.concepts &= !Stem::Billing.bit();
            }
            Stem::Metric if prev == Stem::Quota => self.sentence.concepts |= Stem::Resource.bit(),
            // `Waiting 11 seconds before trying again`
            Stem::Waiting if self.ends_with(b"Waiting") => self.sentence.client = true,
            Stem::Breaker if self.followed_by(b" is open") => self.sentence.concepts |= Stem::Overload.bit(),
            Stem::Volume if self.ends_with(b"API call volume") => self.sentence.concepts |= Stem::SlowDown.bit(),
            // Docker's images are not made.
            Stem::Image if [b"pulling image".as_slice(), b"building image", b"Docker image"].iter().any(|words| self.ends_with(words)) => {
                self.sentence.concepts &= !Stem::Image.bit()
            }
            // `HTTP error 429 with body: ...`
            Stem::Context if self.ends_with(b"with body") && byte(self.body, self.at) == b':' => {
                self.sentence.concepts &= !Stem::Context.bit()
            }
            // The list of quotas that a request exceeds.
            Stem::Policy if self.followed_by(b" {") || self.followed_by(b": [") => self.sentence.concepts &= !Stem::Policy.bit(),
            // `billing is not set up`
            Stem::Found if self.has(Stem::Billing) && self.ends_with(b"not set") && !self.has(Stem::Limit) => {
                self.sentence.concepts |= Stem::Inactive.bit()
            }
            // `(error 429)`
            Stem::Error if SERVER_ERRORS.iter().any(|words| self.ends_with(words)) => self.sentence.concepts |= Stem::Capacity.bit(),
            Stem::Error if self.digit_follows() => self.label(Label::Ignored),
            // `exceeded maximum number of attempts`: a client gives up.
            Stem::Attempt
                if prev == Stem::Of
                    && [b"number of attempts".as_slice(), b"number of retries"].iter().any(|words| self.ends_with(words)) =>
            {
                self.sentence.concepts &= !Stem::Limit.bit();
                self.sentence.label = Label::None;
            }
            // `the input token count is 1250000`
            Stem::Count if prev == Stem::Token && self.has(Stem::Input) => self.label(Label::Requested),
            // `but the request contains 537812 tokens`, `your batch has 537812 tokens`
            Stem::Contains if (self.is_of_size() || prev == Stem::Batch && self.facts.said.limit.is_some()) && self.counts_next() => {
                self.label(Label::Requested)
            }
            // `billing must be enabled`
            Stem::Enable if self.has(Stem::Billing) || self.soon(&[Stem::Billing]) => {
                self.sentence.concepts |= Stem::Billing.bit() | Stem::Inactive.bit();
            }
            Stem::Subscribed | Stem::Perform | Stem::Accessible | Stem::Allowed if prev == Stem::Not => {
                self.sentence.concepts |= Stem::Permission.bit()
            }
            Stem::Valid if prev == Stem::Not => self.sentence.concepts |= Stem::Invalid.bit(),
            // `does not have access to model m`
            Stem::To if prev == Stem::Bearer && self.has(Stem::Not) => self.sentence.concepts |= Stem::Permission.bit(),
            Stem::Provide if self.has(Stem::Not) && self.soon(&[Stem::Key]) => self.sentence.concepts |= Stem::Invalid.bit(),
            // `connection terminated early`
            Stem::Early if prev == Stem::Terminated => self.sentence.concepts &= !Stem::Terminated.bit(),
            // `results are filtered`: not what a model reads or writes.
            Stem::Terminated if self.ends_with(b" are filtered") && byte(self.body, self.at) == b'.' && !self.says_content() => {
                self.sentence.concepts &= !Stem::Terminated.bit()
            }
            Stem::With if prev == Stem::Terminated => self.sentence.concepts &= !Stem::Terminated.bit(),
            // The phrase of a status weighs nothing where anything else is said.
            Stem::Overload if self.ends_with(b"503 Service Unavailable") => {
                self.sentence.concepts &= !Stem::Overload.bit();
                self.facts.unavailable = true;
            }
            Stem::Overload if prev == Stem::Avoid => self.sentence.concepts &= !Stem::Overload.bit(),
            // `limit reached for key k`
            Stem::Key if self.has_all(LIMIT_REACHED) => self.sentence.concepts &= !Stem::Key.bit(),
            // The name of a tier.
            Stem::Demand if prev == Stem::On => self.sentence.concepts &= !Stem::Demand.bit(),
            Stem::Key if prev == Stem::Bad => self.sentence.concepts |= Stem::Invalid.bit(),
            Stem::Expired => {
                let of_key = Stem::Key.bit() | Stem::Token.bit();
                let plan = self.sentence.concepts & (of_key | Stem::Account.bit()) == Stem::Account.bit();
                self.sentence.concepts |= match (plan, self.has(Stem::Not)) {
                    (true, false) => Stem::Inactive.bit() | Stem::Billing.bit(),
                    (true, true) => 0,
                    (false, _) => Stem::Invalid.bit(),
                };
            }
            // `the api_key option must be set`
            Stem::Found if self.has(Stem::Key) && !self.has(Stem::Limit) && self.ends_with(b"must be set") => {
                self.sentence.concepts |= Stem::Invalid.bit()
            }
            // `API key not found`, `no API key provided`, `API key not valid`
            Stem::Found | Stem::Valid if self.has_all(Stem::Not.bit() | Stem::Key.bit()) && !self.has(Stem::Limit) => {
                self.sentence.concepts |= Stem::Invalid.bit()
            }
            // `to get 50k a month`
            Stem::Get | Stem::Have if prev == Stem::To && (self.digit_follows() || self.next_stem() == Stem::More) => {
                self.sentence.concepts |= Stem::Add.bit()
            }
            // `in project 48390172655`
            Stem::Project => {
                self.sentence.concepts |= Stem::Account.bit();
                self.label(Label::Ignored);
            }
            // `error code 45009`, `channel id 2`
            Stem::Code => self.label(Label::Ignored),
            Stem::Name if self.digit_follows() => self.label(Label::Ignored),
            Stem::Time if self.is_at_a_time() => self.sentence.concepts |= IN_FLIGHT,
            // `receiving too many requests from you`
            Stem::You | Stem::Your | Stem::This if prev == Stem::From => self.sentence.concepts &= !Stem::Receiving.bit(),
            // `another request is being processed`, `wait for it to finish`
            Stem::Another | Stem::Elsewhere => self.sentence.already = true,
            // `We're currently processing too many requests`
            Stem::Processing if prev == Stem::Current => self.sentence.concepts |= Stem::Receiving.bit(),
            // `the plan is still active`
            Stem::Active if self.ends_with(b"still active") && self.has(Stem::Account) => {}
            Stem::Processing | Stem::Running | Stem::Active if self.sentence.already => self.sentence.concepts |= IN_FLIGHT,
            Stem::Running | Stem::Active if self.has(Stem::Max) || self.has(Stem::TooMany) => self.sentence.concepts |= IN_FLIGHT,
            Stem::Finish if self.sentence.waits && !self.sentence.client => self.sentence.concepts |= IN_FLIGHT,
            Stem::Active => self.together(prev, stem),
            // `only two parallel calls`
            Stem::Only if self.soon(&[Stem::Concurrent]) => self.sentence.concepts |= Stem::Max.bit(),
            // `context window of 4096`, `context size (8192 tokens)`
            Stem::Period | Stem::Size if prev == Stem::Context => {
                self.sentence.prev = Stem::Context;
                self.label(Label::Limit);
            }
            Stem::Limited if self.is_throttled(prev) => {
                self.sentence.concepts |= Stem::Throttle.bit();
                self.sentence.prev = Stem::Throttle;
            }
            // `free searches`
            Stem::Free | Stem::Trial => self.sentence.concepts |= Stem::Account.bit(),
            // `the budget prevents further use`, not `set a budget to prevent it`
            Stem::Avoid if self.has(Stem::Spend) && prev != Stem::To => self.sentence.concepts |= Stem::Exceed.bit(),
            // `5 running jobs`
            Stem::Job if matches!(prev, Stem::Active | Stem::Running) => self.sentence.concepts |= Stem::Concurrent.bit(),
            // `the maximum number of volumes`
            Stem::Number if prev == Stem::Max => self.sentence.concepts |= Stem::Limit.bit(),
            // `over the limit`, `over budget`
            Stem::Over if prev == Stem::Run || prev == Stem::Is || self.soon(&[Stem::Limit, Stem::Quota, Stem::Spend]) => {
                self.sentence.concepts |= Stem::Exceed.bit();
            }
            Stem::Retried if self.ends_with(b"can be retried") => self.sentence.waits = true,
            Stem::Retrying | Stem::Retried => self.sentence.client = true,
            // `doesn't have any credits`, not `was not charged any credits`
            Stem::Any if !self.ends_with(b"have any") => self.sentence.prev = Stem::Other,
            Stem::Allocated if prev == Stem::Free => self.sentence.concepts &= !Stem::Allocated.bit(),
            // `please try after some time`
            Stem::After | Stem::Later if prev == Stem::Try => self.sentence.concepts |= Stem::Retry.bit(),
            // `shorten your prompt`, `reduce the length of the messages`
            Stem::Shorten | Stem::Reduce if self.soon(&[Stem::Prompt, Stem::Length, Stem::Context]) => self.sentence.advises = true,
            Stem::Reduce if self.soon(&[Stem::Rate]) => self.sentence.concepts |= Stem::SlowDown.bit(),
            // `the request rate is too large`
            Stem::Large if self.sentence.request_rate => {
                self.sentence.concepts = self.sentence.concepts & !Stem::Large.bit() | Stem::TooMany.bit();
            }
            // `es_rejected_execution_exception`
            Stem::Execution if prev == Stem::Rejected => self.sentence.concepts |= Stem::Overload.bit(),
            // Elasticsearch's breaker speaks of its own heap.
            Stem::Large if self.ends_with(b"Data too large") => {
                self.sentence.concepts = self.sentence.concepts & !(Stem::Too.bit() | Stem::Large.bit()) | Stem::Overload.bit();
            }
            // `queued for too long`
            Stem::Large if LATE.iter().any(|words| self.ends_with(words)) => {
                self.sentence.concepts &= !Stem::Large.bit();
                self.sentence.prev = Stem::Other;
            }
            Stem::Large if self.ends_with(b"too large") && self.sentence.label != Label::Limit => {
                self.sentence.concepts |= Stem::Size.bit()
            }
            // `max_tokens is too large: 32000`
            Stem::Large if prev == Stem::Too && self.sentence.label == Label::Limit => self.label(Label::Requested),
            // `either out of quota or reaching a rate limit`
            Stem::Out if prev == Stem::Either => self.sentence.prev = Stem::Other,
            Stem::Out => self.together(prev, stem),
            // `come back in 5 minutes`, `timed out for 60 seconds`
            Stem::Back => self.sentence.waits = true,
            Stem::For if prev == Stem::Out => self.sentence.waits = true,
            Stem::Made if self.digit_follows() => self.label(Label::Used),
            // `next request allowed in 15 s`, not `10 allowed in 60 s`; `another request in 45 s`
            Stem::In
                if (prev == Stem::Allowed || prev == Stem::Request && self.sentence.already && !self.has(Stem::TooMany))
                    && !self.has_count() =>
            {
                self.sentence.waits = true
            }
            // A client's.
            Stem::Attempt if prev == Stem::Retry => {}
            // `max send attempts reached`, not `max attempts` of a client
            Stem::Attempt if self.sentence.label == Label::Limit && prev == Stem::Other => {
                self.sentence.concepts |= Stem::Request.bit();
                self.label(Label::Ignored);
            }
            Stem::Attempt if self.sentence.label == Label::Limit => self.label(Label::Ignored),
            // `too many attempts`, not `attempt 2 of 10`
            Stem::Attempt if self.sentence.concepts & TRIED_TOO_OFTEN != 0 => self.sentence.concepts |= Stem::Request.bit(),
            // `2 tries in 1.1 seconds`
            Stem::Attempt if self.ends_with(b"tries") => self.sentence.amount = None,
            Stem::One => self.one(prev, false),
            Stem::A => self.one(prev, true),
            // A plan's name, or a limiter's tokens.
            Stem::Account | Stem::Bucket if prev == Stem::Token => self.sentence.concepts &= !Stem::Token.bit(),
            // `failed after 30 seconds`, `timed out after 600 s`
            Stem::After if matches!(prev, Stem::Failed | Stem::Out) => self.sentence.client = true,
            Stem::Until => {
                self.sentence.waits = true;
                self.sentence.said = Some(self.at);
            }
            Stem::At | Stem::On if self.sentence.waits && !self.says_date() => self.sentence.said = Some(self.at),
            _ => self.window_word(prev, stem),
        }
    }

    /// `resets May 3 at 7am`: the date came before.
    fn says_date(&self) -> bool {
        let said = self.sentence.said.and_then(|from| self.body.get(from..self.at.min(from.saturating_add(LONGEST_SAID))));
        said.is_some_and(|said| said.iter().any(u8::is_ascii_digit))
    }

    /// `limit reached` names no number; `n tokens exceed` does.
    fn exceed(&mut self, prev: Stem) {
        if prev == Stem::Limit {
            self.sentence.label = Label::None;
        }
        if matches!(prev, Stem::Rpm | Stem::Rps | Stem::Rpd | Stem::Tpm | Stem::Tpd) {
            self.sentence.concepts |= Stem::Rate.bit();
        }
        if prev == Stem::Not && self.digit_follows() {
            // `the number of tokens cannot exceed 4096`
            self.must_be_less();
            return;
        }
        if self.ends_with(b"udget has been exceeded") {
            // Whatever a client says of its request before.
            self.sentence.concepts &= !Stem::Request.bit();
        }
        if self.ends_with(b"due to exceeding") && self.next_stem() == Stem::Usage {
            // `blocked due to exceeding usage`
            self.sentence.concepts = self.sentence.concepts & !Stem::Terminated.bit() | Stem::Throttle.bit();
        }
        if prev == Stem::Requested && self.sentence.concepts & SIZES != 0 {
            // `the tokens you requested exceed the limit of the model`
            self.sentence.concepts |= Stem::Too.bit() | Stem::Large.bit();
        }
        if (self.sentence.concepts & SIZES != 0 || self.ends_with(b"which exceeds"))
            && let Some(amount) = self.take_amount()
        {
            self.facts.said.requested.get_or_insert(amount);
        }
    }

    /// `12 credits were used`, or `Used 12`
    fn used(&mut self) {
        match self.take_amount() {
            Some(amount) => {
                self.facts.said.used.get_or_insert(amount);
            }
            None => self.label(Label::Used),
        }
    }

    /// `payment required`, `extra usage is required`, `240 credits are required`
    fn required(&mut self, prev: Stem) {
        self.sentence.label = Label::None;
        if self.ends_with(b"Authorization Required") {
            self.sentence.concepts |= Stem::Auth.bit();
        }
        if matches!(prev, Stem::Billing | Stem::Is) && self.sentence.concepts & PAYABLE != 0 {
            self.sentence.concepts |= Stem::Insufficient.bit();
        }
        let credits = Stem::Credit.bit() | Stem::Token.bit();
        if (self.sentence.concepts & credits != 0 || self.facts.spoken)
            && let Some(amount) = self.take_amount()
        {
            self.facts.said.requested.get_or_insert(amount);
        }
    }

    /// The number without a label, where it is near.
    pub(super) fn take_amount(&mut self) -> Option<u64> {
        let near = self.at.saturating_sub(self.sentence.amount_end) <= MOST_BETWEEN;
        self.sentence.amount.take().filter(|_| near)
    }

    /// What the next number counts.
    pub(super) fn label(&mut self, label: Label) {
        self.sentence.begun = true;
        self.sentence.label = label;
        self.sentence.slack = 0;
    }
}

/// What may be required of somebody who has not paid.
const PAYABLE: Concepts = Stem::Billing.bit() | Stem::Usage.bit() | Stem::Credit.bit();

/// The longest spelling of `Allowed`, and a blank.
const WORD: usize = 10;

/// What makes attempts calls that a limit counts.
const TRIED_TOO_OFTEN: Concepts = Stem::TooMany.bit() | Stem::Limit.bit() | Stem::Max.bit() | Stem::Exceed.bit() | Stem::Throttle.bit();

/// Bytes between a number and its window: `(5) already issued for this exact set of identifiers in the last 168h`.
const MOST_BETWEEN: usize = 80;

/// Of accounts that a service has closed.
const CLOSED: [&[u8]; 4] =
    [b"account has been deactivated", b"account was deactivated", b"account is deactivated", b"deleted or deactivated"];

/// What lasts, and is no size.
const LATE: [&[u8]; 3] = [b"for too long", b"took too long", b"took longer"];

/// What OpenAI says of its own faults.
const SERVER_ERRORS: [&[u8]; 2] = [b"had an error", b"experienced an error"];
