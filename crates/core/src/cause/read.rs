//! One pass over a body of any form: words, numbers, keys and the ends of sentences.
//!
//! There is no parser for each form. JSON, Python's repr, dumps of SDKs, XML and prose are alike in what matters: a
//! name before a colon, quotes that end a sentence, and words. Nesting, order and escapes then need no care.

use core::time::Duration;

use super::around::{LIMITS, SIZES};
use super::facts::Facts;
use super::kind::Resource;
use super::lex::{
    backslashes, blanks, byte, class, class_at, class_of, is_in, is_letter, run, run_of, set, starts_with, starts_with_any_case,
};
use super::rules::Source;
use super::wide;
use super::words::{self, Concepts, Stem};

/// Reads a body from its start to where it ends, or to where a second error begins.
pub(super) struct Reader<'a> {
    pub(super) body: &'a [u8],
    pub(super) at: usize,
    pub(super) facts: Facts<'a>,
    pub(super) sentence: Sentence,
    /// Braces that are open, now and at the last key "error".
    pub(super) depth: i32,
    pub(super) error_depth: i32,
}

/// What a sentence has said so far.
#[derive(Clone, Copy)]
pub(super) struct Sentence {
    pub(super) concepts: Concepts,
    /// Something was read since it began.
    pub(super) begun: bool,
    /// The word right before, `Other` where it is unknown.
    pub(super) prev: Stem,
    /// What the next number counts.
    pub(super) label: Label,
    /// Unknown words since the label.
    pub(super) slack: u8,
    /// A number without a label, which `per minute` makes a limit and `>` a request.
    pub(super) amount: Option<u64>,
    /// Where that number ends.
    pub(super) amount_end: usize,
    /// The window that was named, and whether a number was taken in.
    pub(super) window: Option<Duration>,
    pub(super) counts: bool,
    /// Words of waiting came before: a duration is a wait.
    pub(super) waits: bool,
    /// Another call was spoken of.
    pub(super) already: bool,
    /// The caller is told to send less.
    pub(super) advises: bool,
    /// A client speaks of its own back-off.
    pub(super) client: bool,
    /// Where the wording of an absolute time begins.
    pub(super) said: Option<usize>,
    /// `(used/limit)` stood before: the next number is a pair.
    pub(super) pair: bool,
    /// A limit was read behind its use.
    pub(super) paired: bool,
    /// An abbreviation names it: `RPM`, `TPM`.
    pub(super) resource: Option<Resource>,
    /// "Request rate" was said, not only "requests".
    pub(super) request_rate: bool,
    /// The tokens are of the prompt, or of the answer.
    pub(super) input: bool,
    pub(super) output: bool,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    None,
    Limit,
    Used,
    /// A use in money, of which the fraction may be cut off.
    Spent,
    Requested,
    /// Something else: what is left, a burst, a price.
    Ignored,
}

impl Sentence {
    pub(super) const START: Self = Self {
        concepts: 0,
        begun: false,
        prev: Stem::Other,
        label: Label::None,
        slack: 0,
        amount: None,
        amount_end: 0,
        window: None,
        counts: false,
        waits: false,
        already: false,
        advises: false,
        client: false,
        said: None,
        pair: false,
        paired: false,
        resource: None,
        request_rate: false,
        input: false,
        output: false,
    };
}

/// A number of so many digits is no part of a name: `Gemini 2.` may go on, `limit 30000.` not.
const LONGEST_VERSION: usize = 4;

/// How far behind its end a body is looked at again.
const LONGEST_LOOK: usize = 256;

/// Why reading stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    End,
    Html,
}

impl<'a> Reader<'a> {
    pub(super) fn new(body: &'a [u8]) -> Self {
        Self { body, at: 0, facts: Facts::default(), sentence: Sentence::START, depth: 0, error_depth: 0 }
    }

    /// Reads up to `end`, or to a page of HTML.
    pub(super) fn run(&mut self, end: usize) -> Stop {
        let body = self.body.get(..end).unwrap_or(self.body);
        while let Some(&mark) = body.get(self.at) {
            match class_of(mark) {
                class::LOWER => {
                    if !self.usual_words() {
                        self.words();
                    }
                }
                class::UPPER => {
                    if !self.usual_phrase() {
                        self.words();
                    }
                }
                class::DIGIT => self.number(),
                class::SPACE => {
                    self.at = blanks(self.body, self.at + 1);
                    if mark == b'\n' {
                        self.line();
                    }
                }
                class::WIDE => self.wide(),
                _ => {
                    if mark == b'<' && self.is_html() {
                        return Stop::Html;
                    }
                    self.mark(mark);
                }
            }
        }
        Stop::End
    }

    /// Braces were opened that are not closed.
    pub(super) fn is_cut(&self) -> bool {
        self.depth > 0
    }

    /// Stops reading: what follows is about something else.
    pub(super) fn stop(&mut self) {
        self.at = self.body.len();
    }

    /// Ends the last sentence. Where no stop shows that it is complete, it is believed if it ends with what was used up.
    #[inline]
    pub(super) fn end(&mut self) {
        if self.sentence.begun {
            self.end_open();
        }
    }

    #[cold]
    fn end_open(&mut self) {
        let closed = !self.is_cut() && self.ends_complete();
        self.facts.unsaid = !self.facts.spoken && !closed;
        self.facts.window_open = self.facts.said.window.is_none() && !closed;
        self.finish_begun(if self.is_cut() { Source::Cut } else { Source::Text { closed } });
    }

    /// Ends the sentence and keeps what it says.
    #[inline]
    pub(super) fn finish(&mut self, closed: bool) {
        if self.sentence.begun {
            self.finish_begun(Source::Text { closed });
        }
    }

    #[inline(never)]
    fn finish_begun(&mut self, source: Source) {
        if let Some(from) = self.sentence.said {
            self.facts.say_reset(self.body, from, self.at, source == Source::Text { closed: true });
        }
        let found = self.facts.judge(&self.sentence, source);
        if self.facts.above.is_some() {
            self.facts.note_above(&self.sentence, found);
        }
        self.sentence = Sentence::START;
    }

    /// Takes in words up to one that no blank and letter follow.
    fn words(&mut self) {
        while is_letter(self.body, self.at) {
            let start = self.at;
            let (stem, end) = Stem::word_at(self.body, start);
            if byte(self.body, end) != b' ' {
                return self.last_word(stem, start, end);
            }
            self.at = end + 1;
            self.push(stem);
            self.names(stem);
        }
    }

    fn last_word(&mut self, stem: Stem, start: usize, end: usize) {
        match byte(self.body, end) {
            b'A'..=b'Z' if self.capitals(start) => {}
            b'_' | b'-' | b'$' | b'A'..=b'Z' | b'0'..=b'9' => self.identifier(start),
            b':' if starts_with(self.body, end, b"://") => {
                let end = run_of(self.body, end, set::URL);
                self.at = end - usize::from(byte(self.body, end - 1) == b'.');
                self.model_in_url(start, end);
                self.sentence.prev = Stem::Other;
                if self.at >= self.body.len() && !self.is_cut() && self.body.get(..start).is_some_and(|before| before.ends_with(b": ")) {
                    // `upgrade here: https://...`: nothing follows.
                    self.finish(true);
                }
            }
            b'/' if self.model_as_subject(start) => {}
            _ => self.bare_word(stem, start, end),
        }
    }

    /// `TPM`, `QUOTA EXCEEDED`: capitals that are one word.
    fn capitals(&mut self, start: usize) -> bool {
        let end = run(self.body, start, |byte| byte.is_ascii_uppercase());
        let alone = !is_in(self.body, end, set::IDENT) && byte(self.body, end) != b'/';
        if alone {
            self.bare_word(Stem::of(self.body, start, end), start, end);
        }
        alone
    }

    fn bare_word(&mut self, stem: Stem, start: usize, end: usize) {
        let (stem, end) = self.wrapped(stem, start, end).unwrap_or((stem, end));
        self.at = end;
        if self.may_go_on(end) || self.field(Some(stem), start, end) {
            return;
        }
        self.push(stem);
        self.names(stem);
        self.unknown_key(stem, end);
    }

    /// `a\ngain`: a word that a terminal has wrapped.
    fn wrapped(&self, stem: Stem, start: usize, end: usize) -> Option<(Stem, usize)> {
        if byte(self.body, end) != b'\n' || !matches!(stem, Stem::Other | Stem::A) {
            return None;
        }
        let rest_end = run(self.body, end + 1, |byte| byte.is_ascii_lowercase());
        let letters = self.body.get(start..end)?.iter().chain(self.body.get(end + 1..rest_end)?);
        let mut word = [0; words::LONGEST];
        word.iter_mut().zip(letters).for_each(|(slot, letter)| *slot = *letter);
        let whole = Stem::of(&word, 0, rest_end.saturating_sub(start + 1));
        let joined = rest_end > end + 1 && whole != Stem::Other && Stem::of(self.body, end + 1, rest_end) == Stem::Other;
        joined.then_some((whole, rest_end))
    }

    /// A cut body ends behind a word, or behind the quote of what may be a key.
    pub(super) fn may_go_on(&self, end: usize) -> bool {
        end + 1 >= self.body.len()
            && self.is_cut()
            && (end >= self.body.len() || is_in(self.body, end, set::QUOTE) || byte(self.body, end) == b'=')
    }

    /// A number that an unknown name announces is none of ours: `max retries: 4`, `max-age=86400`, `user id: 1`.
    pub(super) fn unknown_key(&mut self, stem: Stem, end: usize) {
        if matches!(stem, Stem::Other | Stem::Name) && matches!(byte(self.body, end), b':' | b'=') {
            self.sentence.label = Label::Ignored;
        }
    }

    #[inline(never)]
    fn wide(&mut self) {
        if let Some((stems, end)) = wide::phrase_at(self.body, self.at) {
            self.at = end;
            for &stem in stems {
                self.push(stem);
            }
            if stems == [Stem::Request] && self.sentence.counts && self.digit_follows() {
                // `限制 20000，请求 47463`
                self.label(Label::Requested);
            }
            return;
        }
        let Some((char, len)) = wide::char_at(self.body, self.at) else {
            self.at += 1;
            return;
        };
        self.at += len;
        if matches!(char, '。' | '！' | '!' | '·' | '∙' | '…' | '；') {
            self.finish(true);
        }
    }

    fn mark(&mut self, mark: u8) {
        let at = self.at;
        self.at += 1;
        match mark {
            b'\\' => self.escape(at),
            b'.' | b'!' | b'?' => {
                let next = byte(self.body, self.at);
                if class_at(self.body, self.at) == class::SPACE
                    || matches!(next, b'"' | b'\'' | b'\\' | b')' | b']')
                    || self.at >= self.body.len() && !self.is_cut() && !self.ends_in_name()
                    || starts_with(self.body, self.at, b"</")
                {
                    self.finish(true);
                }
            }
            b'\'' if self.sentence.label == Label::Limit && self.sentence.prev == Stem::Limit && self.skip_quotation() => {}
            b'"' | b'\'' | b'`' => self.quote(),
            b'{' | b'}' => {
                self.depth = self.depth.saturating_add(if mark == b'{' { 1 } else { -1 });
                self.finish(true);
                if mark == b'{' {
                    self.skip_to_key();
                } else if self.depth <= 0 && self.facts.coded && self.facts.spoken && !self.block_follows() {
                    self.stop();
                }
            }
            b'(' if matches!(self.sentence.label, Label::Limit | Label::Requested) => self.sentence.slack = 0,
            // `limit of [20] reached`
            b'[' if self.sentence.label == Label::Limit && self.sentence.prev == Stem::Of && self.is_bracketed() => {}
            b'(' | b'[' => {
                self.sentence.label = Label::None;
                self.sentence.prev = Stem::Other;
            }
            b',' => {
                self.sentence.prev = Stem::Other;
                if self.sentence.label == Label::Ignored {
                    self.sentence.label = Label::None;
                }
                self.at += usize::from(byte(self.body, self.at) == b' ');
            }
            b'|' => {
                self.finish(!self.may_be_piped());
                self.piped_reset();
            }
            b';' => self.finish(true),
            b'/' => self.slash(),
            b'$' => self.label(Label::Ignored),
            b'>' => self.greater(),
            b'+' => self.plus(),
            // A blank in a URL.
            b'%' if starts_with(self.body, self.at, b"20") && [at.wrapping_sub(1), at + 3].iter().all(|&at| is_letter(self.body, at)) => {
                self.at += 2
            }
            b'<' => self.tag(),
            _ => {}
        }
    }

    /// Another block of the same error comes: `} metadata {`.
    #[cold]
    fn block_follows(&self) -> bool {
        starts_with(self.body, blanks(self.body, self.at), b"metadata {")
    }

    /// A number and a bracket come.
    fn is_bracketed(&self) -> bool {
        let end = run(self.body, self.at, |byte| byte.is_ascii_digit());
        end > self.at && byte(self.body, end) == b']'
    }

    /// A backslash: a line's end, a character in hexadecimal, or the escape of a quote.
    #[inline(never)]
    fn escape(&mut self, at: usize) {
        let end = backslashes(self.body, at);
        match byte(self.body, end) {
            b'n' | b'r' | b't' => self.at = end + 1,
            b'u' if wide::char_at(self.body, at).is_some() => {
                self.at = at;
                self.wide();
            }
            _ => self.at = end,
        }
    }

    /// A quote ends a sentence where a string ends.
    fn quote(&mut self) {
        let next = blanks(self.body, self.at);
        if next >= self.body.len() {
            let opens = class_at(self.body, self.at.wrapping_sub(2)) == class::SPACE;
            if !opens && !self.is_cut() && !self.ends_in_quotation() {
                self.finish(true);
            }
            return;
        }
        match byte(self.body, self.at) {
            b',' => {
                self.finish(true);
                self.at += 1;
                return self.skip_to_key();
            }
            b'}' | b']' | b':' | b')' => return self.finish(true),
            byte if class_of(byte) <= class::DIGIT && class_of(byte) != class::PUNCT => return,
            _ => {}
        }
        let escaped = backslashes(self.body, next);
        if matches!(byte(self.body, escaped), b',' | b'}' | b']' | b':' | b')') || is_in(self.body, escaped, set::QUOTE) && escaped > next {
            self.finish(true);
        }
    }

    /// `limit 'x for endpoint usage' is 0`: passes a name of words within a sentence.
    #[cold]
    fn skip_quotation(&mut self) -> bool {
        let name = run(self.body, self.at, |byte| !matches!(byte, b'\'' | b'"' | b'\n'));
        let found = byte(self.body, self.at.wrapping_sub(1)) == byte(self.body, name) && starts_with(self.body, name + 1, b" is ");
        if found {
            self.at = name + 1;
        }
        found
    }

    /// The full stop that the body ends with may be within a name: `Gemini 2.`, `for aiplatform.`, `https://x.`
    fn ends_in_name(&self) -> bool {
        let said = self.before_last();
        let last = said.rsplit(|&byte| byte == b' ').next().unwrap_or_default();
        let is_name = |byte: &u8| is_in(&[*byte], 0, set::NAME);
        let before = said.iter().rposition(|byte| !is_name(byte)).map_or(&[][..], |at| said.get(..=at).unwrap_or_default());
        let digits = said.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        // `9/23/2026.`
        let dated = digits == LONGEST_VERSION && said.iter().rev().nth(digits) == Some(&b'/');
        digits > 0 && (digits < LONGEST_VERSION || self.sentence.waits) && !dated
            || before.last().is_some_and(|byte| matches!(byte, b'\'' | b'`'))
            || before.ends_with(b" for ") && self.sentence.prev == Stem::Other
            || last.windows(3).any(|part| part == b"://")
    }

    /// The quote that the body ends with is of a quotation within a sentence: `quota metric 'Read requests'`.
    fn ends_in_quotation(&self) -> bool {
        let quote = byte(self.body, self.at.wrapping_sub(1));
        let said = self.before_last();
        let before = said.iter().rposition(|&byte| byte == quote).and_then(|at| said.get(..at));
        before.is_some_and(|before| before.trim_ascii_end().last().is_some_and(u8::is_ascii_alphabetic))
    }

    /// What stands before the last byte that was read.
    fn before_last(&self) -> &'a [u8] {
        let end = self.at.saturating_sub(1);
        self.body.get(end.saturating_sub(LONGEST_LOOK)..end).unwrap_or_default()
    }

    /// Passes blanks and the quote before the next key.
    pub(super) fn skip_to_key(&mut self) {
        if class_at(self.body, self.at) == class::SPACE {
            self.at = blanks(self.body, self.at + 1);
        }
        let quoted = is_in(self.body, self.at, set::QUOTE) && is_letter(self.body, self.at + 1);
        self.at += usize::from(quoted);
    }

    /// `<Code>` is a key; the end of an element ends a sentence.
    #[inline(never)]
    fn tag(&mut self) {
        if byte(self.body, self.at) == b'=' {
            self.at += 1;
            if self.sentence.concepts & (SIZES | LIMITS) != 0 {
                // `max_tokens must be <= 4096`
                self.must_be_less();
            }
            return;
        }
        if self.has(Stem::Balance) && self.digit_follows() {
            // `余额<0`
            return self.label(Label::Ignored);
        }
        if byte(self.body, self.at) == b'/' {
            self.finish(true);
            self.at = run_of(self.body, self.at, set::NAME);
            return;
        }
        let prefix = run_of(self.body, self.at, set::IDENT);
        let start = if byte(self.body, prefix) == b':' { prefix + 1 } else { self.at };
        let end = run_of(self.body, start, set::IDENT);
        if end > start && byte(self.body, end) == b'>' {
            self.at = end + 1;
            self.element(start, end);
        }
    }

    #[inline(never)]
    fn is_html(&self) -> bool {
        const STARTS: [&[u8]; 9] = [b"<!doctype html", b"<html", b"<head", b"<body", b"<title", b"<h1", b"<center", b"<p>", b"<div"];
        STARTS.iter().any(|start| starts_with_any_case(self.body, self.at, start))
    }
}
