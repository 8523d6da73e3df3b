//! Pairs of words that mean more than each.

use super::around::{IN_FLIGHT, SIZES};
use super::read::{Label, Reader};
use super::words::{Concepts, Stem};

impl Reader<'_> {
    /// What a word means behind the one before it.
    pub(super) fn together(&mut self, prev: Stem, stem: Stem) {
        let meant = match (prev, stem) {
            // `too many 429 error responses` is a client's too
            (Stem::Too, Stem::Many) if self.digit_follows() || self.is_status_line() => return,
            (Stem::Too, Stem::Many | Stem::Fast) => {
                if self.next_stem() == Stem::Request && self.sentence.window.is_none() {
                    // `tokens service: 429 Too Many Requests`
                    self.sentence.concepts &= !Stem::Token.bit();
                }
                Stem::TooMany
            }
            (_, Stem::Many) if HOW_OFTEN.iter().any(|words| self.ends_with(words)) => Stem::Throttle,
            // Who calls, unless they are too many.
            (Stem::Many | Stem::Max | Stem::Of | Stem::Concurrent | Stem::Limit, Stem::Clients) => Stem::Concurrent,
            (Stem::Slow, Stem::Down) => Stem::SlowDown,
            (Stem::Not, Stem::Active) | (Stem::Last, Stem::Due) => Stem::Inactive,
            (Stem::In, Stem::Progress) if self.sentence.already => {
                self.sentence.concepts |= IN_FLIGHT;
                return;
            }
            (Stem::Used, Stem::Up) => {
                self.sentence.label = Label::None;
                Stem::Exceed
            }
            // What a plan gives.
            (Stem::Trial, Stem::Request) => Stem::Quota,
            (Stem::Less, Stem::Than) => {
                self.must_be_less();
                return;
            }
            (Stem::Model, Stem::Token) if self.next_stem() == Stem::Limit => Stem::Context,
            (Stem::Context, Stem::Length) if self.soon(&[Stem::Only]) => {
                self.label(Label::Limit);
                Stem::Max
            }
            (Stem::Quota, Stem::Of) | (Stem::More | Stem::Large, Stem::Than) => {
                if prev == Stem::Large && self.sentence.concepts & SIZES != 0 {
                    self.sentence.concepts |= Stem::Exceed.bit();
                }
                self.label(Label::Limit);
                return;
            }
            // A window of 300 seconds.
            (Stem::Period, Stem::Of) => {
                self.sentence.prev = Stem::Per;
                return;
            }
            (Stem::Is | Stem::At | Stem::Queue, Stem::Full) => Stem::Exceed,
            // `over_query_limit`, `Developer Over Rate`
            (Stem::Over, Stem::Request | Stem::Rate) => Stem::Exceed,
            // `top up to continue`, not `to raise the limit`
            (Stem::Top, Stem::Up) => {
                let raises = self.soon(&[Stem::Add, Stem::Ramp, Stem::Get]);
                self.sentence.concepts |= if raises { 0 } else { Stem::Recharge.bit() };
                Stem::Add
            }
            (Stem::Run, Stem::Out) => Stem::Insufficient,
            (Stem::Out, Stem::Of) => {
                // `747 out of 10000`
                let pair = self.body.get(..self.at).and_then(|said| said.trim_ascii_end().strip_suffix(b" out of"));
                if pair.and_then(|before| before.last()).is_some_and(u8::is_ascii_digit) {
                    self.label(Label::Limit);
                }
                Stem::Insufficient
            }
            (Stem::Too, Stem::Low) => Stem::Insufficient,
            (Stem::Not, Stem::Credit | Stem::Balance) => Stem::Insufficient,
            (Stem::Remaining | Stem::Any, Stem::Credit | Stem::Balance) if self.sentence.concepts & Stem::Not.bit() != 0 => {
                Stem::Insufficient
            }
            (Stem::Not, Stem::Such) => Stem::Member,
            (Stem::Not, Stem::Authorized) => Stem::Auth,
            (Stem::Used, Stem::All) => Stem::Insufficient,
            (Stem::Billing, Stem::Failed) => Stem::Inactive,
            // `pre-consumed quota failed`
            (Stem::Quota, Stem::Failed) => Stem::Insufficient,
            (_, Stem::Paid) if self.has_all(UNPAID) => Stem::Inactive,
            (Stem::In, Stem::Progress) => Stem::Concurrent,
            (Stem::Batch, Stem::Queue) => Stem::Enqueued,
            // `max queue capacity = 1000`: of a pool's threads.
            (Stem::Queue, Stem::Capacity) => {
                self.sentence.label = Label::Ignored;
                return;
            }
            (Stem::Max, Stem::Length) => Stem::Context,
            (Stem::Input | Stem::Prompt, Stem::Length) if self.has(Stem::Max) => Stem::Context,
            (Stem::Your, Stem::Capacity) | (Stem::Total, Stem::Request) => Stem::Quota,
            // `integration not ready yet: rate limit exceeded`
            (Stem::Not, Stem::Ready) if self.followed_by(b" yet:") => return,
            (Stem::Not, Stem::Ready) | (Stem::At | Stem::Over, Stem::Capacity) => Stem::Overload,
            (_, Stem::Enough) if self.sentence.concepts & Stem::Not.bit() != 0 => Stem::Insufficient,
            (Stem::Request, Stem::Rate) if self.ends_with(b"API call frequency") => Stem::SlowDown,
            (Stem::Request, Stem::Rate) => {
                self.sentence.request_rate = true;
                return;
            }
            // A token of someone who calls.
            (Stem::Bearer | Stem::Api | Stem::Auth, Stem::Token) => {
                self.sentence.concepts &= !Stem::Token.bit();
                Stem::Key
            }
            (Stem::Input, Stem::Token) => {
                self.sentence.input = true;
                return;
            }
            (Stem::Output, Stem::Token) => {
                self.sentence.output = true;
                return;
            }
            _ => return,
        };
        self.sentence.concepts |= meant.bit();
    }
}

/// What a limit is on.
const HOW_OFTEN: [&[u8]; 4] = [b"limit how often", b"limit how many", b"limit on how often", b"limit on how many"];

/// An invoice that is not paid.
const UNPAID: Concepts = Stem::Not.bit() | Stem::Billing.bit();
