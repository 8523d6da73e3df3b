//! Pairs of a use and its limit, which of several refused, and comparisons.

use super::amount::{is_glued, is_resource, note};
use super::lex::{blanks, byte, class, class_at, run, starts_with};
use super::number::{Number, Span};
use super::read::{Label, Reader};
use super::words::Stem;

impl Reader<'_> {
    /// Notes a use; of several pairs the one whose limit is reached counts.
    pub(super) fn note_used(&mut self, value: u64) {
        if self.sentence.paired && self.is_far_from_limit() {
            self.forget_pair();
        }
        note(&mut self.facts.said.used, value);
    }

    /// The largest number of 64 bits is no limit at all.
    pub(super) fn note_limit(&mut self, value: u64) {
        self.sentence.paired = self.facts.said.used.is_some();
        if value < UNLIMITED {
            note(&mut self.facts.said.limit, value);
        } else if self.facts.said.limit.is_none() {
            self.forget_pair();
        }
    }

    /// Of several limits this one did not refuse.
    fn is_far_from_limit(&self) -> bool {
        let said = &self.facts.said;
        said.used.zip(said.limit).is_some_and(|(used, limit)| used.saturating_add(said.requested.unwrap_or(0)) < limit)
    }

    /// `current rpm: 1, rpm limit: 15, current tpm: 9000, tpm limit: 5000`: the next pair may be the one.
    fn forget_pair(&mut self) {
        self.sentence.window = None;
        self.sentence.resource = None;
        let said = &mut self.facts.said;
        (said.limit, said.used, said.window) = (None, None, None);
        self.facts.forget_resource();
    }

    /// The limit of `used/limit` or `used of limit`, where it does not touch the end of the body or carry a unit.
    pub(super) fn second_of_pair(&mut self) -> Option<Number> {
        let start = match byte(self.body, self.at) {
            b'/' => self.at + 1,
            b' ' if starts_with(self.body, self.at, b" of ") => self.at + 4,
            _ => return None,
        };
        if class_at(self.body, start) != class::DIGIT {
            return None;
        }
        let second = Number::at(self.body, start);
        let counts = Span::after(self.body, second).is_none();
        (counts && !is_glued(self.body, second.end)).then_some(second)
    }

    /// `larger than max (17777780 vs. 4194304)`: passes what stands between the two.
    pub(super) fn pass_comparison(&mut self) -> bool {
        let end = run(self.body, blanks(self.body, self.at), |byte| matches!(byte, b'v' | b's' | b'.'));
        let compared = starts_with(self.body, self.at, b" vs") && byte(self.body, end) == b' ';
        self.at = if compared { end } else { self.at };
        compared
    }

    pub(super) fn pair(&mut self, used: u64, limit: Number) {
        self.at = limit.end;
        let label = core::mem::replace(&mut self.sentence.label, Label::None);
        // `0/500 requests remaining`: the first number is what is left.
        if self.pair_is_of(Stem::Remaining) {
            if let Some(limit) = limit.amount() {
                self.note_limit(limit);
                self.sentence.counts = true;
            }
            return;
        }
        let used_of = self.pair_is_of(Stem::Used);
        if !self.sentence.pair && label != Label::Used && !used_of {
            return;
        }
        self.facts.measured |= !used_of;
        self.sentence.counts = true;
        note(&mut self.facts.said.used, used);
        if !limit.open
            && let Some(limit) = limit.amount()
        {
            note(&mut self.facts.said.limit, limit);
        }
    }

    /// `context limit: 190000 + 21333 > 200000`: the parts of one request, not a limit.
    #[cold]
    pub(super) fn plus(&mut self) {
        let next = blanks(self.body, self.at);
        let parts = self.body.get(self.sentence.amount_end..self.at) == Some(b" +");
        if parts && self.sentence.amount.is_none() && (next >= self.body.len() || class_at(self.body, next) == class::DIGIT) {
            self.sentence.amount = self.facts.said.limit.take();
        }
    }

    /// Adds the number from `start` to the one before a plus; whether one stands there.
    pub(super) fn adds(&mut self, value: u64, start: usize) -> bool {
        let parts = self.body.get(self.sentence.amount_end..start) == Some(b" + ");
        if parts && let Some(before) = self.sentence.amount {
            self.sentence.amount = Some(before.saturating_add(value));
            self.sentence.amount_end = self.at;
        }
        parts && self.sentence.amount.is_some()
    }

    /// `a > b`: what is above a limit; the whole sentence tells of what.
    pub(super) fn greater(&mut self) {
        if byte(self.body, self.at) == b'=' {
            self.at += 1;
            self.sentence.prev = Stem::Per;
            return;
        }
        if class_at(self.body, self.at) != class::SPACE || !self.digit_follows() {
            return;
        }
        let mut amount = self.sentence.amount.take();
        if amount.is_none() && self.at.saturating_sub(self.sentence.amount_end) <= 2 {
            // `max_tokens: 64000 > 8192`: the first was no limit.
            amount = self.facts.said.limit.take();
        }
        if let Some(amount) = amount {
            self.facts.above = Some(amount);
            self.sentence.label = Label::Limit;
            self.sentence.slack = 0;
        }
    }

    /// What stands behind the pair, or behind what it counts.
    fn pair_is_of(&self, stem: Stem) -> bool {
        let end = run(self.body, blanks(self.body, self.at), |byte| byte.is_ascii_alphabetic());
        self.next_stem() == stem || is_resource(self.next_stem()) && self.stem_after(end) == stem
    }
}

/// A limit of so much is none.
const UNLIMITED: u64 = i64::MAX as u64;
