//! Wordings so common that they are taken in at once, as their words and numbers would be one by one.

use super::amount::note;
use super::lex::{byte, class, class_at, starts_with};
use super::number::{MOST_DIGITS, digits};
use super::read::{Label, Reader};
use super::words::Stem;

impl Reader<'_> {
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
        const OPENING: &[u8; 23] = b"Rate limit reached for ";
        let found = starts_with(self.body, self.at, OPENING);
        if found {
            self.at += OPENING.len();
            self.begin(Stem::For);
            self.sentence.concepts |= Stem::Rate.bit() | Stem::Limit.bit() | Stem::Exceed.bit();
            self.names(Stem::For);
        }
        found
    }

    fn closing(&mut self) -> bool {
        const CLOSING: &[u8; 20] = b"Please try again in ";
        let found = starts_with(self.body, self.at, CLOSING);
        if found {
            self.at += CLOSING.len();
            self.begin(Stem::In);
            self.sentence.waits = true;
        }
        found
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

/// The number behind `name`, and where it ends.
#[inline]
fn count<const N: usize>(body: &[u8], at: usize, name: &[u8; N]) -> Option<(u64, usize)> {
    if !starts_with(body, at, name) {
        return None;
    }
    let (value, count) = digits(body, at + N, 0);
    (1..MOST_DIGITS).contains(&count).then_some((value, at + N + count))
}
