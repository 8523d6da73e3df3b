//! Keys and their values, whatever quotes, escapes or constructors stand around them.

use core::time::Duration;

use memchr::memchr;

use super::date;
use super::identifier::Words;
use super::lex::{
    byte, class, class_at, is_in, is_letter, key_end, name_end, opening, run_of, set, starts_with, starts_with_any_case, text,
};
use super::number::{Number, Span, of_adverb, of_stem};
use super::read::{Label, Reader};
use super::words::Stem;
use crate::period::{DAY, HOUR, MINUTE, MONTH, SECOND};

/// What the value of a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Code,
    Type,
    /// A reason or a title: a code where it is one word.
    Status,
    Message,
    Error,
    Wait(Duration),
    Reset,
    /// The server's clock.
    Now,
    /// A time, or a window whose bare number counts so many units.
    Window(Option<Duration>),
    /// The name of a window: `DAILY`.
    Period,
    Model,
    Organization,
    Count(Label),
    /// What counts in a window.
    CountPer(Label, Duration),
    /// Errors of other attempts.
    Elsewhere,
    /// What was asked, and not what is answered.
    Asked,
    Other,
}

impl<'a> Reader<'a> {
    /// Takes in a key of one plain word, or of several. An unknown name without quotes is a word: false.
    pub(super) fn field(&mut self, word: Option<Stem>, start: usize, end: usize) -> bool {
        let Some((value, quoted)) = key_end(self.body, end) else {
            return false;
        };
        let (open, value_quoted) = opening(self.body, value);
        let counts = class_at(self.body, open) == class::DIGIT;
        let field = match word {
            // `key: "quota_limit_value" value: "0"`
            Some(Stem::Value) if self.sentence.prev == Stem::Value => Field::Count(Label::Limit),
            // `model id: m`, `key: "model" value: "m"`
            Some(Stem::Name | Stem::Value) if self.sentence.prev == Stem::Model => Field::Model,
            // `Payment Required: buy credits`
            Some(Stem::Required) if !counts => Field::Other,
            Some(Stem::Limit) if self.sentence.prev == Stem::Remaining => Field::Count(Label::Ignored),
            // `Spend=51, Budget=50`
            Some(Stem::Spend) if counts && self.facts.is_spent() => {
                Field::Count(if starts_with_any_case(self.body, start, b"budget") { Label::Limit } else { Label::Spent })
            }
            // `(SDK Attempt Count: 4)`
            Some(Stem::Count) if self.sentence.prev == Stem::Attempt => Field::Count(Label::Ignored),
            Some(stem) => of_word(stem),
            None => of_words(self.body, start, end),
        };
        if field == Field::Other && !quoted {
            return false;
        }
        self.take(field, value, open, quoted || value_quoted);
        if !quoted {
            // In prose the name is a word as well: `No such organization: X`.
            self.sentence.begun = true;
            self.sentence.concepts |= Words::new(self.body, start, end).fold(0, |set, stem| set | stem.bit());
        }
        true
    }

    /// The element `<name>` of XML.
    pub(super) fn element(&mut self, start: usize, end: usize) {
        let field = of_words(self.body, start, end);
        if field != Field::Other {
            self.take(field, end + 1, end + 1, true);
        }
    }

    #[inline]
    pub(super) fn take(&mut self, field: Field, value: usize, open: usize, quoted: bool) {
        self.at = value;
        self.sentence.prev = Stem::Other;
        match field {
            Field::Code | Field::Type | Field::Status => {
                self.finish(true);
                self.code_value(field, open, quoted);
            }
            Field::Message => {
                self.finish(true);
                self.at = open;
            }
            Field::Error => self.error_value(open, quoted),
            // `retryable: false, retryDelay: 87.9`: a client's own pause.
            Field::Wait(_) if self.body.get(value.saturating_sub(LONGEST_FLAG)..value).is_some_and(is_flagged) => {
                self.label(Label::Ignored);
            }
            Field::Wait(unit) => {
                self.time_value(open, unit);
            }
            Field::Reset => self.reset_value(open),
            Field::Now if class_at(self.body, open) == class::DIGIT => {
                let number = Number::at(self.body, open);
                self.at = number.end;
                self.facts.now = if number.open { None } else { date::epoch(number) };
            }
            Field::Now => {}
            Field::Window(unit) => self.window_value(open, unit),
            Field::Period => {
                self.at = open;
                let word = Words::new(self.body, open, run_of(self.body, open, set::IDENT)).next();
                self.facts.said.window = self.facts.said.window.or(word.and_then(of_adverb));
            }
            Field::Model => {
                // In prose a word may follow: `for this model: limit 5`.
                if let Some((name, end)) = self.name_value(open)
                    && (quoted || Stem::of(self.body, open, end) == Stem::Other)
                    && !name.ends_with("Exception")
                {
                    self.facts.said.model.get_or_insert(name);
                    self.at = end;
                }
            }
            Field::Organization => {
                if let Some((name, end)) = self.name_value(open)
                    && end < self.body.len()
                {
                    self.facts.said.organization.get_or_insert(name);
                    self.at = end;
                }
            }
            Field::Count(label) => {
                self.at = open;
                self.label(label);
            }
            Field::CountPer(label, window) => {
                self.at = open;
                self.label(Label::Ignored);
                let number = Number::at(self.body, open);
                if class_at(self.body, open) == class::DIGIT && !number.open {
                    self.facts.note_keyed(label, window, number.rounded());
                }
            }
            // Before the first error they may be all that is said; behind it the first counts.
            Field::Elsewhere if self.facts.coded || self.facts.spoken => self.stop(),
            Field::Elsewhere => {}
            Field::Asked => self.skip_block(open),
            // A number that it holds is ignored, but not those of a sentence.
            Field::Other => {
                let sentence = is_letter(self.body, open);
                self.label(if sentence { Label::None } else { Label::Ignored });
                self.skip_nothing(open);
            }
        }
    }

    fn error_value(&mut self, open: usize, quoted: bool) {
        self.finish(true);
        let first = !core::mem::replace(&mut self.facts.errors, true);
        // Within an error another one is its cause; beside it, it is another's.
        let within = self.depth > core::mem::replace(&mut self.error_depth, self.depth);
        if !first && !within && self.facts.spoken && self.facts.coded {
            self.stop();
        } else if quoted && !matches!(byte(self.body, open), b'{' | b'[') {
            self.code_value(Field::Error, open, quoted);
        }
    }

    /// A value of one word; more words are a sentence.
    fn code_value(&mut self, field: Field, open: usize, quoted: bool) {
        let sign = usize::from(byte(self.body, open) == b'-');
        let mut start = open;
        let mut end = code_end(self.body, open + sign);
        if starts_with(self.body, end, b"://") || byte(self.body, open) == b'/' {
            let url = run_of(self.body, end, set::URL);
            start = last_part(self.body, open, url);
            end = url;
        }
        if end <= start || end >= self.body.len() && self.is_cut() {
            return;
        }
        let worded = field == Field::Status && byte(self.body, end) == b' ' && is_letter(self.body, end + 1);
        let prose = worded || quoted && matches!(byte(self.body, end), b' ' | b'`') || class_at(self.body, end) == class::WIDE;
        if prose || field == Field::Error && !is_in(self.body, end, set::QUOTE) && byte(self.body, end) != b'\\' {
            return;
        }
        self.at = end;
        let code = self.body.get(start..end).unwrap_or_default();
        if !is_nothing(code)
            && let Some(code) = text(self.body, start, end)
        {
            self.facts.note_code(field == Field::Code, field == Field::Type, code);
            self.code(start, end);
        }
        self.pass(end);
    }

    /// Passes the end of a string, and what stands before the next key.
    fn pass(&mut self, end: usize) {
        if is_in(self.body, end, set::QUOTE) && byte(self.body, end + 1) == b',' {
            self.at = end + 2;
            self.skip_to_key();
        }
    }

    /// Passes a short `{...}`.
    fn skip_block(&mut self, open: usize) {
        let end = open.saturating_add(LONGEST_BLOCK).min(self.body.len());
        let block = self.body.get(open..end).unwrap_or_default();
        match memchr(b'}', block) {
            _ if byte(self.body, open) != b'{' => {}
            Some(close) => self.at = open + close + 1,
            None if end == self.body.len() => self.stop(),
            None => {}
        }
    }

    /// Passes a value that says nothing: `null`.
    fn skip_nothing(&mut self, open: usize) {
        if class_at(self.body, open) == class::LOWER {
            let end = run_of(self.body, open, set::IDENT);
            if self.body.get(open..end).is_some_and(is_nothing) {
                self.at = end;
            }
        }
    }

    /// Takes a wait or a reset, a bare number in units of `unit`; whether one stands here.
    pub(super) fn time_value(&mut self, open: usize, unit: Duration) -> bool {
        if let Some((reset, end)) = date::at(self.body, open) {
            self.facts.said.reset.get_or_insert(reset);
            self.at = end;
            return true;
        }
        if class_at(self.body, open) != class::DIGIT {
            return false;
        }
        if let Some((seconds, end)) = date::countdown(self.body, open).filter(|&(_, end)| is_end(self.body, end)) {
            self.at = end;
            self.facts.note_wait(Duration::from_secs(seconds));
            return true;
        }
        let number = Number::at(self.body, open);
        let span = Span::after(self.body, number);
        if let Some(span) = span.filter(|span| !span.open && (is_end(self.body, span.end) || span.end >= self.body.len() && !self.is_cut()))
        {
            self.at = span.end;
            self.facts.note_wait(span.time);
        } else if span.is_none() && !number.open && is_end(self.body, number.end) && class_at(self.body, number.end) != class::WIDE {
            self.at = number.end;
            match date::epoch(number) {
                Some(reset) => {
                    self.facts.said.reset.get_or_insert(reset);
                }
                None => {
                    if let Some(time) = number.times(unit).filter(|time| !time.is_zero()) {
                        self.facts.said.wait.get_or_insert(time);
                    }
                }
            }
        }
        true
    }

    /// `"window": "1m"`, `"windowMs": 60000`, `time: 1 minute`
    fn window_value(&mut self, open: usize, unit: Option<Duration>) {
        self.at = open;
        self.sentence.prev = Stem::Per;
        let Some(unit) = unit else { return };
        if class_at(self.body, open) != class::DIGIT {
            // `"interval": "MINUTE"`
            let word = of_stem(Stem::of(self.body, open, run_of(self.body, open, set::IDENT)));
            self.facts.said.window = self.facts.said.window.or(word.filter(|&word| word >= SECOND));
            return;
        }
        let number = Number::at(self.body, open);
        let (time, end, cut) = match Span::after(self.body, number) {
            Some(span) => (Some(span.time), span.end, span.open),
            None => (number.times(unit), number.end, number.open),
        };
        if !cut
            && is_end(self.body, end)
            && let Some(window) = time.filter(|time| (SECOND..=MONTH).contains(time))
        {
            self.at = end;
            self.facts.said.window.get_or_insert(window);
        }
    }

    fn reset_value(&mut self, open: usize) {
        if !self.time_value(open, SECOND) {
            self.sentence.begun = true;
            self.sentence.waits = true;
            self.sentence.said = Some(open);
        }
    }

    fn name_value(&self, open: usize) -> Option<(&'a str, usize)> {
        let body: &'a [u8] = self.body;
        let end = name_end(body, open);
        let name = text(body, open, end)?.trim_end_matches(['.', ':', '-']);
        let whole = byte(body, end) != b'(' && (end < body.len() || !self.is_cut());
        (whole && !is_nothing(name.as_bytes()) && !name.ends_with('/')).then_some((name, end))
    }
}

/// What a key of that one word holds.
#[inline]
const fn of_word(stem: Stem) -> Field {
    match stem {
        Stem::Code => Field::Code,
        Stem::Type => Field::Type,
        Stem::Status => Field::Status,
        Stem::Message => Field::Message,
        Stem::Error => Field::Error,
        Stem::Elsewhere => Field::Elsewhere,
        Stem::Params => Field::Asked,
        Stem::Wait | Stem::Delay => Field::Wait(SECOND),
        Stem::Reset => Field::Reset,
        Stem::Time => Field::Window(None),
        Stem::Period => Field::Window(Some(SECOND)),
        Stem::Model => Field::Model,
        Stem::Organization => Field::Organization,
        Stem::Limit | Stem::Max | Stem::Allowed => Field::Count(Label::Limit),
        Stem::Required => Field::Count(Label::Requested),
        Stem::Used | Stem::Current | Stem::Count | Stem::Usage => Field::Count(Label::Used),
        Stem::Requested => Field::Count(Label::Requested),
        Stem::Remaining => Field::Count(Label::Ignored),
        _ => Field::Other,
    }
}

/// What a key of several words holds: the last one is its head.
fn of_words(body: &[u8], start: usize, end: usize) -> Field {
    let mut waits = false;
    let mut resets = false;
    let mut model = false;
    let mut organization = false;
    let mut elsewhere = false;
    let mut allowed = false;
    let mut total = false;
    let mut queue = false;
    let mut count = 0_u32;
    let mut before = Stem::Other;
    let mut last = Stem::Other;
    for stem in Words::new(body, start, end) {
        before = last;
        last = stem;
        count += 1;
        waits |= matches!(last, Stem::Retry | Stem::Wait | Stem::Delay | Stem::Again);
        resets |= last == Stem::Reset;
        model |= last == Stem::Model;
        organization |= last == Stem::Organization;
        elsewhere |= last == Stem::Elsewhere;
        total |= last == Stem::Total;
        allowed |= matches!(last, Stem::Allowed | Stem::Max | Stem::Limit);
        queue |= last == Stem::Queue;
    }
    // A client's sum, or the time that a call spends in a queue.
    if (total || queue) && waits {
        return Field::Other;
    }
    if elsewhere && matches!(last, Stem::Errors | Stem::Request) {
        return Field::Elsewhere;
    }
    // `allowed_rps`, `max_rpm`, `current_rps`, `rpm_limit`
    if let Some(window) = of_rate(if last == Stem::Limit { before } else { last }) {
        match before {
            _ if allowed => return Field::CountPer(Label::Limit, window),
            Stem::Current => return Field::CountPer(Label::Used, window),
            _ => {}
        }
    }
    match last {
        Stem::In if matches!(before, Stem::Allowed | Stem::Available) => Field::Wait(SECOND),
        Stem::Second | Stem::Millis | Stem::Minute | Stem::After | Stem::In | Stem::Delay | Stem::Wait if waits || resets => {
            Field::Wait(of_stem(last).unwrap_or(SECOND))
        }
        Stem::Second | Stem::Minute | Stem::Hour | Stem::Day if before == Stem::Per && count > 2 => {
            of_stem(last).map_or(Field::Other, |window| Field::CountPer(Label::Limit, window))
        }
        Stem::Second | Stem::Millis if before == Stem::Period => Field::Window(of_stem(last)),
        Stem::Period if matches!(before, Stem::Context | Stem::Per) => Field::Other,
        Stem::Time if before == Stem::Server => Field::Now,
        Stem::Time if waits => Field::Wait(SECOND),
        Stem::Remaining if before == Stem::Time => Field::Wait(SECOND),
        Stem::Time | Stem::At if resets || waits => Field::Reset,
        // `usage_today`
        Stem::Daily if before == Stem::Usage => Field::CountPer(Label::Used, DAY),
        Stem::Name if before == Stem::Policy => Field::Period,
        Stem::Name if model => Field::Model,
        Stem::Name if organization => Field::Organization,
        Stem::Request | Stem::Concurrent if before == Stem::Max => Field::Count(Label::Limit),
        Stem::Concurrent if before == Stem::Current => Field::Count(Label::Used),
        Stem::Value if matches!(before, Stem::Quota | Stem::Limit) => Field::Count(Label::Limit),
        // `bytes_limit`, `raw_error`: of something else.
        Stem::Limit | Stem::Max | Stem::Count if count > 1 && before == Stem::Other => Field::Other,
        Stem::Limit if before == Stem::Remaining => Field::Count(Label::Ignored),
        Stem::Count if matches!(before, Stem::Credit | Stem::Message | Stem::Retry | Stem::Token) => Field::Other,
        Stem::Error if count > 1 => Field::Other,
        Stem::Count if allowed => Field::Count(Label::Limit),
        _ => of_word(last),
    }
}

/// The window of an abbreviated rate.
const fn of_rate(stem: Stem) -> Option<Duration> {
    match stem {
        Stem::Rps => Some(SECOND),
        Stem::Rpm | Stem::Tpm => Some(MINUTE),
        Stem::Rph => Some(HOUR),
        Stem::Rpd | Stem::Tpd => Some(DAY),
        _ => None,
    }
}

/// A client says before whether it will retry.
fn is_flagged(before: &[u8]) -> bool {
    const FLAG: &[u8; 10] = b"retryable:";
    before.windows(FLAG.len()).any(|part| part == FLAG)
}

/// How far before a wait that may stand.
const LONGEST_FLAG: usize = 40;

/// A block is looked at so far for its end.
const LONGEST_BLOCK: usize = 512;

/// The end of a code: an identifier, dots and colons in it included.
fn code_end(body: &[u8], at: usize) -> usize {
    let mut end = run_of(body, at, set::IDENT);
    while matches!(byte(body, end), b'.' | b':') && is_in(body, end + 1, set::IDENT) {
        end = run_of(body, end + 1, set::IDENT);
    }
    end
}

/// What a URL that is a type says: its fragment, or its last segment.
fn last_part(body: &[u8], start: usize, end: usize) -> usize {
    let url = body.get(start..end).unwrap_or_default();
    let cut = url.iter().rposition(|byte| matches!(byte, b'#' | b'/'));
    start + cut.map_or(0, |cut| cut + 1)
}

/// The word of some language for no value.
fn is_nothing(value: &[u8]) -> bool {
    match value.first() {
        None => true,
        Some(b'n' | b'N' | b'u' | b't' | b'f') => {
            matches!(value, b"null" | b"None" | b"nil" | b"undefined" | b"unknown" | b"true" | b"false")
        }
        Some(_) => false,
    }
}

/// A value ends here: not at the end of the body, and not within a word, a number or the time of a clock.
fn is_end(body: &[u8], at: usize) -> bool {
    let next = if byte(body, at) == b'.' { at + 1 } else { at };
    let clock = byte(body, at) == b':' && class_at(body, at + 1) == class::DIGIT;
    next < body.len() && !is_in(body, at, set::IDENT) && !clock
}
