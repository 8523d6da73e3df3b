//! What a number in a sentence is: a limit, a use, a wait, a window, a time, or nothing.

use core::time::Duration;

use memchr::memchr3;

use super::around::SIZES;
use super::date;
use super::facts::Tail;
use super::lex::{blanks, byte, class, class_at, is_in, is_letter, run, run_of, set, starts_with};
use super::number::{Number, Span, of_adverb, unit};
use super::read::{Label, Reader};
use super::wide;
use super::window::concept;
use super::words::Stem;
use crate::period::{DAY, HOUR, MINUTE, SECOND};

impl Reader<'_> {
    /// Takes in the number at the reader: a time, a duration, a part of a name, or an amount.
    pub(super) fn number(&mut self) {
        let start = self.at;
        self.sentence.begun = true;
        let number = Number::at(self.body, start);
        if byte(self.body, start.wrapping_sub(1)) == b'#' {
            // `(#32)`, a frame of a stack, a ticket
            self.at = number.end;
            return;
        }
        if self.is_code(start, number.end) {
            self.at = number.end;
            self.sentence.label = Label::None;
            self.facts.judge_listed(self.body.get(start..number.end).unwrap_or_default());
            return;
        }
        if is_plain(self.body, number.end) {
            self.at = number.end;
            self.amount(start, number);
            return;
        }
        if self.sentence.prev == Stem::Error && starts_with(self.body, number.end, b": ") {
            // `Error creating x: googleapi: Error 429: Resource has been exhausted`
            self.at = number.end;
            return self.finish(false);
        }
        if let Some((reset, end)) = date::at(self.body, start) {
            self.at = end;
            if self.sentence.waits {
                self.facts.said.reset.get_or_insert(reset);
                self.sentence.said = None;
            }
            return;
        }
        if self.countdown(start) {
            return;
        }
        let glued = is_glued(self.body, number.end);
        match Span::after(self.body, number) {
            Some(span) if !glued || !is_glued(self.body, span.end) => {
                if byte(self.body, number.end) == b'-' && !self.sentence.waits {
                    // `24-hour sending limit`
                    self.sentence.prev = Stem::Within;
                }
                self.at = span.end;
                self.duration(span);
            }
            // `400:billing limit reached`
            _ if glued && byte(self.body, number.end) == b':' && is_letter(self.body, number.end + 1) => self.at = number.end,
            _ => self.count(start, number, glued),
        }
    }

    /// A number that is no duration: `100k`, `3만`, `30 000 tokens`, or a part of a name.
    fn count(&mut self, start: usize, number: Number, glued: bool) {
        let scaled = number.scaled(self.body).filter(|number| !is_glued(self.body, number.end));
        let number = match scaled.or_else(|| number.spaced(self.body).filter(|number| is_resource(self.stem_after(number.end)))) {
            Some(number) => number,
            None if glued => {
                self.at = run_of(self.body, number.end, set::NAME);
                self.sentence.prev = Stem::Other;
                return;
            }
            None => number,
        };
        self.at = number.end;
        self.amount(start, number);
    }

    /// `[1310]`, `(-32005)`, `limit: -2`: a code, or no limit.
    fn is_code(&self, start: usize, end: usize) -> bool {
        let before = |back: usize| byte(self.body, start.wrapping_sub(back));
        match before(1) {
            b'[' => byte(self.body, end) == b']' && self.sentence.label != Label::Limit,
            b'-' => matches!(before(2), b'(' | b' ' | b':'),
            _ => false,
        }
    }

    /// `5/s`; before a word it is "per".
    pub(super) fn slash(&mut self) {
        if is_adverb(self.sentence.prev) && is_adverb(self.next_stem()) {
            // `Weekly/Monthly`: either.
            self.at = run(self.body, self.at, |byte| byte.is_ascii_alphabetic());
            self.sentence.window = None;
            return;
        }
        if self.is_path() {
            self.at = run_of(self.body, self.at, set::URL);
            self.sentence.prev = Stem::Other;
            return;
        }
        let prev = core::mem::replace(&mut self.sentence.prev, Stem::Per);
        let unit = match byte(self.body, self.at) {
            b's' => SECOND,
            b'm' => MINUTE,
            b'h' => HOUR,
            b'd' => DAY,
            _ => return,
        };
        let next = self.at + 1;
        let counted = self.sentence.amount_end + 1 == self.at || is_resource(prev);
        if next < self.body.len() && counted && !is_glued(self.body, next) {
            self.at = next;
            self.sentence.concepts |= concept(unit);
            self.window(unit);
        }
    }

    /// `/api/oauth/token`
    fn is_path(&self) -> bool {
        let end = run_of(self.body, self.at, set::IDENT);
        let begins = !is_in(self.body, self.at.wrapping_sub(2), set::NAME);
        begins && is_letter(self.body, self.at) && byte(self.body, end) == b'/'
    }

    /// A reset may stand behind the bar that the end of the body cuts off.
    pub(super) fn may_be_piped(&self) -> bool {
        let cut = run(self.body, self.at, |byte| byte.is_ascii_digit()) >= self.body.len();
        cut && (self.at >= self.body.len() || date::epoch(Number::at(self.body, self.at)).is_none())
    }

    /// `usage limit reached|1755806400`
    pub(super) fn piped_reset(&mut self) {
        if class_at(self.body, self.at) == class::DIGIT {
            let number = Number::at(self.body, self.at);
            if let Some(reset) = date::epoch(number) {
                self.at = number.end;
                self.facts.said.reset.get_or_insert(reset);
            }
        }
    }

    /// `replenished in 12:14:33`, `Retry after 00:00:17`, `interval '00:05:00'`
    fn countdown(&mut self, start: usize) -> bool {
        let waits = self.sentence.waits && matches!(self.sentence.prev, Stem::In | Stem::Wait | Stem::After);
        if !waits && self.sentence.prev != Stem::Period {
            return false;
        }
        let Some((seconds, end)) = date::countdown(self.body, start).filter(|&(_, end)| end < self.body.len() || !self.is_cut()) else {
            return false;
        };
        self.at = end;
        let time = Duration::from_secs(seconds);
        if waits {
            self.wait(time)
        } else {
            self.window(time)
        }
        true
    }

    /// `after one minute`, `100 requests an hour`
    pub(super) fn one(&mut self, prev: Stem, article: bool) {
        let Some((time, end)) = unit(self.body, self.at) else {
            return;
        };
        let named = matches!(prev, Stem::In | Stem::After | Stem::Per | Stem::Within | Stem::Last);
        if named && (!article || time >= MINUTE) || self.sentence.waits && !article {
            self.sentence.prev = prev;
        } else if self.sentence.amount.is_some() || self.sentence.counts && article && !self.sentence.waits && is_counted(prev, time) {
            self.sentence.prev = Stem::Per;
        } else {
            return;
        }
        self.at = end;
        self.duration(Span { time, end, open: end >= self.body.len() });
    }

    fn duration(&mut self, span: Span) {
        let time = span.time;
        let prev = core::mem::replace(&mut self.sentence.prev, Stem::Other);
        let next = self.next_stem();
        if starts_with(self.body, span.end, b" requested") && self.has(Stem::Quota) && !self.sentence.waits && prev == Stem::Other {
            // `GPU quota (60s requested`
            self.sentence.amount = Some(time.as_secs());
            self.sentence.amount_end = span.end;
        } else if span.open
            && span.end >= self.body.len()
            && !(self.is_spelled_out(span.end) && matches!(prev, Stem::Per | Stem::Within | Stem::Last))
        {
            // Its rest may be cut off: `1m` of `1ms`.
        } else if self.sentence.client {
            // Its own pause.
        } else if prev == Stem::Last && !self.has(Stem::TooMany) {
            self.counted_within(time);
        } else if matches!(prev, Stem::Per | Stem::Last | Stem::Within | Stem::Over)
            || matches!(next, Stem::Period | Stem::Limit | Stem::Usage | Stem::Session | Stem::Within)
        {
            self.window(time);
            self.sentence.concepts |= concept(time);
        } else if span.open {
            // Its rest may be cut off.
        } else if self.sentence.waits
            || prev == Stem::After
            || matches!(next, Stem::After | Stem::Before | Stem::Again | Stem::Retry)
            || prev == Stem::For && self.bars()
        {
            self.wait(time);
        } else if prev == Stem::For || prev == Stem::In && (self.has_count() || self.has(Stem::TooMany)) {
            self.window(time);
            self.sentence.concepts |= concept(time);
        }
    }

    /// The body ends with the whole word of a unit: `100 requests per 5 minutes`.
    fn is_spelled_out(&self, end: usize) -> bool {
        let letters = self.body.get(end.saturating_sub(3)..end).unwrap_or_default();
        !self.is_cut() && letters.iter().all(u8::is_ascii_alphabetic)
    }

    /// `banned for 24 hours`, `rate limited for 60 seconds`
    fn bars(&self) -> bool {
        self.has(Stem::Terminated) || self.has(Stem::Throttle) && !self.has_count()
    }

    pub(super) const fn has(&self, stem: Stem) -> bool {
        self.sentence.concepts & stem.bit() != 0
    }

    /// `100 requests in 60 seconds`, not `failed in 3 seconds`.
    pub(super) const fn has_count(&self) -> bool {
        self.sentence.counts || self.sentence.amount.is_some()
    }

    pub(super) fn wait(&mut self, time: Duration) {
        self.sentence.said = None;
        let first = self.facts.said.wait.is_none();
        self.facts.note_wait(time);
        if first && self.facts.said.limit.is_some() {
            self.skip_tail();
        }
    }

    /// Behind a limit and a wait a message only says where to read on and what to buy: to where it ends.
    fn skip_tail(&mut self) {
        self.finish(true);
        let rest = self.body.get(self.at..).unwrap_or_default();
        self.at += memchr3(b'"', b'\'', b'\n', rest).unwrap_or(rest.len());
    }

    fn amount(&mut self, start: usize, number: Number) {
        let prev = core::mem::replace(&mut self.sentence.prev, Stem::Other);
        if self.sentence.waits && matches!(prev, Stem::After | Stem::Until | Stem::In) {
            self.bare_wait(number, prev);
            return;
        }
        // `giving up after 6 attempts`
        let tries = prev == Stem::After && self.next_stem() == Stem::Attempt;
        if tries || self.sentence.concepts & Stem::Add.bit() != 0 {
            return;
        }
        if byte(self.body, self.at) == b'%' {
            // `used 100% of your credits`
            if number.whole >= 100 && self.sentence.label == Label::Used {
                self.sentence.concepts |= Stem::Exceed.bit();
            }
            return;
        }
        let used = matches!(self.sentence.label, Label::Used | Label::Spent);
        let Some(value) = number.amount().or(used.then(|| number.rounded())) else { return };
        if byte(self.body, start.wrapping_sub(2)) == b'+' && self.adds(value, start) {
            return;
        }
        if self.has(Stem::Large) && self.pass_comparison() {
            note(&mut self.facts.said.requested, value);
            return self.label(Label::Limit);
        }
        if let Some(second) = self.second_of_pair() {
            let closed = byte(self.body, second.end) == b')';
            self.sentence.pair |= prev == Stem::Exceed || closed && self.has(Stem::Exceed);
            self.pair(value, second);
            return;
        }
        if self.is_status(value) {
            self.sentence.label = Label::None;
            return;
        }
        let mut label = core::mem::replace(&mut self.sentence.label, Label::None);
        let next = self.next_stem();
        if label == Label::Used && matches!(prev, Stem::Other | Stem::Have) && next == Stem::Credit {
            // `you currently have 120 credits`
            label = Label::Ignored;
        }
        let counted = is_resource(next) || of_adverb(next).is_some();
        let exceeded = prev == Stem::Exceed && (counted || self.is_what_was_exceeded(start, number))
            || counted && self.body.get(..start).is_some_and(|before| before.ends_with(b"exceeded the "));
        if self.is_window_of_count(prev) || self.follows_window() || exceeded {
            label = Label::Limit;
        }
        let sure = exceeded || self.sentence.slack <= 1 || self.sentence.slack <= MOST_SLACK && is_resource(next);
        let stopped = self.ends_with_stop(number);
        // `(10.` may become an address.
        let complete = (stopped || number.point) && byte(self.body, start.wrapping_sub(1)) != b'(';
        let counts = matches!(label, Label::Limit | Label::Used) && !self.is_cut();
        if self.unit_may_be_cut() {
            return;
        }
        if (number.open || stopped) && !(complete && counts) {
            let whole = !number.open;
            self.facts.tail = Some(Tail { label, value, whole });
            return;
        }
        match label {
            Label::Ignored => return,
            Label::Limit if sure => {
                self.too_long();
                self.note_limit(value);
                self.sentence.amount_end = self.at;
            }
            Label::Used | Label::Spent if sure => self.note_used(value),
            Label::Requested if sure => note(&mut self.facts.said.requested, value),
            // A status, or the number of an error.
            _ if matches!(value, 400..600) && (!is_resource(next) || self.begins_message()) => return,
            _ if byte(self.body, self.at) == b':' => return,
            _ => {
                self.sentence.amount = Some(value);
                self.sentence.amount_end = self.at;
                return;
            }
        }
        self.sentence.counts = true;
    }

    /// `429 Request too large`, `429 Requests to the Embeddings_Create Operation`: the number before a message is a status.
    fn begins_message(&self) -> bool {
        let message = self.word_from(self.at);
        let rest = self.body.get(message..).unwrap_or_default();
        [b"Request ".as_slice(), b"Requests to ", b"Enqueued "].iter().any(|begins| rest.starts_with(begins))
    }

    /// `limit exceeded: 100000`, not `rate limit reached: 429`.
    fn is_what_was_exceeded(&self, start: usize, number: Number) -> bool {
        let told = byte(self.body, start.wrapping_sub(1)) == b' ' && byte(self.body, start.wrapping_sub(2)) == b':';
        let alone = matches!(byte(self.body, number.end), b'.' | b',' | b'"' | b'\'') && !matches!(number.whole, 400..600);
        told && alone && (self.has(Stem::Limit) || self.has(Stem::Max))
    }

    /// `input too long: 5000 tokens, maximum 4096`
    fn too_long(&mut self) {
        if self.has(Stem::Large)
            && self.sentence.concepts & (Stem::Too.bit() | SIZES) != 0
            && let Some(amount) = self.take_amount()
        {
            note(&mut self.facts.said.requested, amount);
        }
    }

    /// `117 sec` at the end of a body that is cut, or `24 ho`: the number may be a duration.
    fn unit_may_be_cut(&self) -> bool {
        let next = blanks(self.body, self.at);
        let rest = self.body.get(next..).unwrap_or_default();
        // The first bytes of a sign, or `30 0` of `30 000`.
        if (1..=3).contains(&rest.len()) && wide::char_at(rest, 0).is_some_and(|(char, _)| char == char::REPLACEMENT_CHARACTER)
            || next > self.at && (1..=3).contains(&rest.len()) && rest.iter().all(u8::is_ascii_digit)
        {
            return true;
        }
        let end = run(self.body, next, |byte| byte.is_ascii_alphabetic() || byte >= 0x80);
        if end < self.body.len() {
            return false;
        }
        let apart = next > self.at;
        let piece = self.body.get(next..end).unwrap_or_default();
        self.is_cut() && (apart || class_at(self.body, next) == class::WIDE)
            || apart && !piece.is_empty() && UNITS.iter().any(|unit| unit.starts_with(piece))
    }

    /// `limit (429)`, `resulted in 400 Bad Request`, `rate limit of x: 503: {...}`
    fn is_status(&self, value: u64) -> bool {
        let enclosed = || byte(self.body, self.at.wrapping_sub(4)) == b'(' && byte(self.body, self.at) == b')';
        let named = || self.sentence.label == Label::Requested && byte(self.body, self.at) == b' ' && !is_resource(self.next_stem());
        let announces = byte(self.body, self.at) == b':';
        matches!(value, 400..600) && (!value.is_multiple_of(100) && enclosed() || named() || announces)
    }

    /// `daily 100 requests`, `每分钟 100 次`
    fn is_window_of_count(&self, window: Stem) -> bool {
        match window {
            Stem::Minutely | Stem::Secondly => true,
            Stem::Daily | Stem::Hourly | Stem::Monthly => {
                let next = blanks(self.body, self.at);
                is_resource(self.next_stem()) || class_at(self.body, next) == class::WIDE
            }
            _ => false,
        }
    }

    /// `1분에 60회`: in such scripts the window comes first.
    fn follows_window(&self) -> bool {
        self.sentence.window.is_some() && class_at(self.body, self.at) == class::WIDE && self.next_stem() == Stem::Request
    }

    /// `retry after 35`, `until 1788319856878`.
    fn bare_wait(&mut self, number: Number, prev: Stem) {
        if number.open || self.ends_with_stop(number) || self.unit_may_be_cut() {
            return;
        }
        if let Some(reset) = date::epoch(number) {
            self.facts.said.reset.get_or_insert(reset);
            self.sentence.said = None;
        } else if prev == Stem::After
            && !self.word_follows()
            && let Some(time) = number.times(SECOND)
        {
            self.facts.said.wait.get_or_insert(time);
        }
    }

    /// A full stop ends the body, or is the point of a fraction that is cut off.
    fn ends_with_stop(&self, number: Number) -> bool {
        number.end + 1 >= self.body.len() && byte(self.body, number.end) == b'.'
    }

    /// On the same line.
    fn word_follows(&self) -> bool {
        let next = run(self.body, self.at, |byte| byte == b' ');
        is_letter(self.body, next)
    }

    /// The word after the reader, in any script.
    pub(super) fn next_stem(&self) -> Stem {
        self.stem_after(self.at)
    }

    /// Where the word behind `at` begins.
    pub(super) fn word_from(&self, at: usize) -> usize {
        run(self.body, at, |byte| matches!(byte, b' ' | b'\n' | b'-' | b'\''))
    }

    pub(super) fn stem_after(&self, at: usize) -> Stem {
        let at = self.word_from(at);
        match class_at(self.body, at) {
            class::LOWER | class::UPPER => {
                let end = run(self.body, at, |byte| byte.is_ascii_alphabetic());
                Stem::of(self.body, at, end)
            }
            class::PUNCT if byte(self.body, at) != b'\\' => Stem::Other,
            _ => wide::phrase_at(self.body, at).and_then(|(stems, _)| stems.first().copied()).unwrap_or(Stem::Other),
        }
    }
}

pub(super) fn note(field: &mut Option<u64>, value: u64) {
    field.get_or_insert(value);
}

/// Neither a unit nor the rest of a name or a date can follow.
fn is_plain(body: &[u8], at: usize) -> bool {
    match byte(body, at) {
        b',' | b')' | b'}' => true,
        b'.' => class_at(body, at + 1) == class::SPACE,
        _ => false,
    }
}

/// Letters right behind a number make it a part of a name or a unit.
pub(super) fn is_glued(body: &[u8], at: usize) -> bool {
    match class_at(body, at) {
        class::LOWER | class::UPPER | class::DIGIT => true,
        _ => match byte(body, at) {
            b'_' => true,
            b'-' | b'.' | b':' => {
                matches!(class_at(body, at + 1), class::LOWER | class::UPPER | class::DIGIT)
            }
            _ => false,
        },
    }
}

/// What may be cut off behind a number.
const UNITS: [&[u8]; 5] = [b"seconds", b"minutes", b"hours", b"days", b"milliseconds"];

/// Unknown words between a label and a number with a unit: `rate limit for this model is 9 queries`.
const MOST_SLACK: u8 = 6;

const fn is_adverb(stem: Stem) -> bool {
    matches!(stem, Stem::Hourly | Stem::Daily | Stem::Weekly | Stem::Monthly)
}

/// `1000 calls an hour`, `limit 5 for a second`, but not `limit 5, blocked for an hour`
fn is_counted(before: Stem, window: Duration) -> bool {
    is_resource(before) || matches!(before, Stem::For | Stem::In) && window < MINUTE
}

pub(super) fn is_resource(stem: Stem) -> bool {
    matches!(
        stem,
        Stem::Request
            | Stem::Attempt
            | Stem::Token
            | Stem::Image
            | Stem::Credit
            | Stem::Concurrent
            | Stem::Enqueued
            | Stem::Input
            | Stem::Output
            | Stem::Per
    )
}
