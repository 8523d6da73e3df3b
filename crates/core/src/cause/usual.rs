//! Wordings so common that they are taken in at once, as their words and numbers would be one by one.

use core::time::Duration;

use super::amount::note;
use super::field::Field;
use super::kind::Resource;
use super::lex::{byte, class, class_at, is_letter, starts_with};
use super::number::{MOST_DIGITS, digits, fraction};
use super::read::{Label, Reader};
use super::words::{Concepts, Stem};
use crate::period::MINUTE;

impl Reader<'_> {
    /// Takes in the keys of most errors, where a value stands behind them as most serializers write it, or what most refusals count.
    #[inline]
    pub(super) fn usual_words(&mut self) -> bool {
        let (body, at) = (self.body, self.at);
        let (field, value) = match byte(body, at) {
            b't' if starts_with(body, at, b"type\":") => (Field::Type, at + 6),
            b'c' if starts_with(body, at, b"code\":") => (Field::Code, at + 6),
            b'm' if starts_with(body, at, b"message\":") => (Field::Message, at + 9),
            b'e' if starts_with(body, at, b"error\":") => (Field::Error, at + 7),
            b'p' if starts_with(body, at, b"param\":") => (Field::Other, at + 7),
            b'o' => return self.tokens_per_minute(),
            _ => return false,
        };
        let open = value + usize::from(byte(body, value) == b' ');
        let open = match (field, byte(body, open)) {
            (Field::Error, b'{') | (Field::Other, b'n') => open,
            (Field::Type | Field::Code | Field::Message, b'"') if is_letter(body, open + 1) => open + 1,
            _ => return false,
        };
        self.take(field, value, open, true);
        true
    }

    fn tokens_per_minute(&mut self) -> bool {
        let found = self.take_in(b"on tokens per min (TPM): ", Stem::Tpm, Stem::Token.bit() | Stem::Minute.bit());
        if found {
            self.sentence.resource = self.sentence.resource.or(Some(Resource::Tokens));
            self.window(MINUTE);
        }
        found
    }

    /// Takes in what most refusals begin with, what they count, or what they end with.
    #[inline]
    pub(super) fn usual_phrase(&mut self) -> bool {
        match byte(self.body, self.at) {
            b'R' => self.opening(),
            b'L' => self.counts_in_a_row(),
            b'P' => self.closing(),
            _ => false,
        }
    }

    fn opening(&mut self) -> bool {
        let said = Stem::Rate.bit() | Stem::Limit.bit() | Stem::Exceed.bit();
        let found = self.take_in(b"Rate limit reached for ", Stem::For, said);
        if found {
            self.names(Stem::For);
        }
        found
    }

    fn closing(&mut self) -> bool {
        let found = self.take_in(b"Please try again in ", Stem::In, Stem::Retry.bit());
        if found {
            self.sentence.waits = true;
            self.seconds();
        }
        found
    }

    /// Takes in a phrase that says so much and ends with the word `last`; whether it stands here.
    #[inline]
    fn take_in<const N: usize>(&mut self, phrase: &[u8; N], last: Stem, said: Concepts) -> bool {
        let found = starts_with(self.body, self.at, phrase);
        if found {
            self.at += N;
            self.begin(last);
            self.sentence.concepts |= said;
        }
        found
    }

    /// `26.604s. `
    fn seconds(&mut self) {
        let (whole, count) = digits(self.body, self.at, 0);
        let point = self.at + count;
        let (nanos, end) = if byte(self.body, point) == b'.' { fraction(self.body, point + 1) } else { (0, point) };
        let ends = starts_with(self.body, end, b"s. ") && (1..MOST_DIGITS).contains(&count);
        if ends
            && end != point + 1
            && !self.sentence.client
            && let Some(time) = Duration::from_secs(whole).checked_add(Duration::from_nanos(nanos.into()))
        {
            self.begin(Stem::Other);
            self.at = end + 1;
            self.wait(time);
        }
    }

    /// `Limit 30000, Used 28044, Requested 15258. `
    fn counts_in_a_row(&mut self) -> bool {
        let Some((limit, next)) = count(self.body, self.at, b"Limit ") else { return false };
        let Some((used, next)) = count(self.body, next, b", Used ") else { return false };
        let Some((requested, end)) = count(self.body, next, b", Requested ") else { return false };
        let ends = byte(self.body, end) == b'.' && class_at(self.body, end + 1) == class::SPACE;
        if !ends || self.sentence.concepts & Stem::Add.bit() != 0 {
            return false;
        }
        self.push(Stem::Limit);
        self.note_limit(limit);
        self.note_used(used);
        note(&mut self.facts.said.requested, requested);
        self.begin(Stem::Other);
        self.sentence.counts = true;
        self.sentence.amount_end = end;
        self.at = end;
        true
    }

    fn begin(&mut self, prev: Stem) {
        self.sentence.begun = true;
        self.sentence.label = Label::None;
        self.sentence.prev = prev;
    }
}

/// The stems of the codes and types that most refusals have.
pub(super) fn concepts_of(code: &[u8]) -> Option<Concepts> {
    Some(match code {
        b"rate_limit_exceeded" => Stem::Rate.bit() | Stem::Limit.bit() | Stem::Exceed.bit(),
        b"tokens" => Stem::Token.bit(),
        b"requests" => Stem::Request.bit(),
        _ => return None,
    })
}

/// The number behind `name`, and where it ends.
#[inline]
fn count<const N: usize>(body: &[u8], at: usize, name: &[u8; N]) -> Option<(u64, usize)> {
    if !starts_with(body, at, name) {
        return None;
    }
    let (value, count) = digits(body, at + N, 0);
    (1..MOST_DIGITS).contains(&count).then_some((value, at + N + count))
}
