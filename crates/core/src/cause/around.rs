//! What stands around a word that gives it its meaning: words to come, words that lack, sizes that are compared.

use super::amount::is_resource;
use super::lex::{blanks, byte, class, class_at, is_letter, name_end, run};
use super::read::{Label, Reader};
use super::words::{Concepts, Stem};

impl Reader<'_> {
    /// Each of these was said.
    pub(super) const fn has_all(&self, stems: Concepts) -> bool {
        self.sentence.concepts & stems == stems
    }

    /// A limit of sizes was read: what is counted now is the request.
    pub(super) const fn is_of_size(&self) -> bool {
        let size = Stem::Context.bit() | Stem::Size.bit() | Stem::Large.bit();
        self.facts.said.limit.is_some() && (self.sentence.concepts & size != 0 || self.facts.is_too_large())
    }

    /// `prompt_tokens (68957) must be less than max_seq_len (65536)`
    pub(super) fn must_be_less(&mut self) {
        if self.sentence.concepts & SIZES != 0 {
            self.sentence.concepts |= Stem::Too.bit() | Stem::Large.bit();
            if let Some(amount) = self.take_amount() {
                self.facts.said.requested.get_or_insert(amount);
            }
        }
        self.label(Label::Limit);
    }

    /// What is left of something that has none: `no credits left`, `no remaining calls`.
    pub(super) fn lacks(&self, prev: Stem) -> bool {
        const PAID: Concepts = Stem::Credit.bit() | Stem::Balance.bit() | Stem::Quota.bit();
        self.has(Stem::Not) && (prev == Stem::Not || self.sentence.concepts & PAID != 0)
    }

    /// `rate limited`, `limited to 10 calls`, not `limited preview` or `limited to customers`
    pub(super) fn is_throttled(&self, prev: Stem) -> bool {
        let next = self.next_stem();
        let goes_on = is_letter(self.body, self.word_from(self.at));
        if matches!(prev, Stem::Rate | Stem::Request) || !goes_on {
            return byte(self.body, self.at) != b':' || prev == Stem::Rate;
        }
        match next {
            Stem::To => self.counts_to(),
            Stem::Other | Stem::Bearer => matches!(prev, Stem::Is | Stem::Temporary) || self.ends_with(b"been limited"),
            _ => true,
        }
    }

    /// `to 10 calls`, `to one call`, `to a maximum of 5`
    fn counts_to(&self) -> bool {
        let word = self.word_from(self.at);
        let next = self.word_from(run(self.body, word, |byte| byte.is_ascii_alphabetic()));
        class_at(self.body, next) == class::DIGIT || self.stem_after(next) != Stem::Other
    }

    pub(super) fn digit_follows(&self) -> bool {
        class_at(self.body, blanks(self.body, self.at)) == class::DIGIT
    }

    /// One of the stems is among the next few words.
    pub(super) fn soon(&self, stems: &[Stem]) -> bool {
        let mut at = self.at;
        (0..MOST_AHEAD).any(|_| {
            let found = stems.contains(&self.stem_after(at));
            at = run(self.body, self.word_from(at), |byte| byte.is_ascii_alphabetic());
            found
        })
    }

    /// `one at a time`, `at the same time`
    pub(super) fn is_at_a_time(&self) -> bool {
        self.ends_with(b"at a time") || self.ends_with(b"same time")
    }

    /// What a model reads or writes was spoken of.
    pub(super) const fn says_content(&self) -> bool {
        self.has(Stem::Input) || self.has(Stem::Prompt) || self.has(Stem::Output)
    }

    /// An unknown word, or one of headers and data, comes next, or may have been cut off: `load metadata`, `pending authorizations`.
    pub(super) fn names_more(&self) -> bool {
        let word = self.word_from(self.at);
        let end = run(self.body, word, |byte| byte.is_ascii_alphabetic());
        end >= self.body.len() || end > word && matches!(self.next_stem(), Stem::Other | Stem::Headers)
    }

    /// `537812 tokens`, or what the last word of a sentence was: `- received 5000`
    pub(super) fn counts_next(&self) -> bool {
        let number = blanks(self.body, self.at);
        let end = run(self.body, number, |byte| byte.is_ascii_digit());
        self.sentence.window.is_none() && (is_resource(self.stem_after(end)) || self.ends_with(b"- received"))
    }

    /// `for aiplatform.googleapis.com`
    pub(super) fn names_google(&self) -> bool {
        const HOST: &[u8; 15] = b".googleapis.com";
        let name = self.body.get(self.at..name_end(self.body, self.at)).unwrap_or_default();
        name.windows(HOST.len()).any(|part| part == HOST)
    }

    /// These bytes come next.
    pub(super) fn followed_by(&self, words: &[u8]) -> bool {
        let next = self.at.saturating_sub(usize::from(byte(self.body, self.at.wrapping_sub(1)) == b' '));
        self.body.get(next..).unwrap_or_default().starts_with(words)
    }

    /// These words were the last ones.
    pub(super) fn ends_with(&self, words: &[u8]) -> bool {
        self.body.get(..self.at).unwrap_or_default().trim_ascii_end().ends_with(words)
    }
}

/// A limit of something is reached, and what follows only says whose.
pub(super) const LIMIT_REACHED: Concepts = Stem::Limit.bit() | Stem::Exceed.bit();

pub(super) const LIMITS: Concepts = Stem::Limit.bit() | Stem::Max.bit();

/// What may be too large.
pub(super) const SIZES: Concepts = Stem::Token.bit() | Stem::Input.bit() | Stem::Prompt.bit() | Stem::Context.bit() | Stem::Size.bit();

/// Words to look ahead.
const MOST_AHEAD: usize = 4;

/// What is being worked on, and no more may be.
pub(super) const IN_FLIGHT: Concepts = Stem::Concurrent.bit() | Stem::Max.bit();
