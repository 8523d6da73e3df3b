//! Identifiers: several words in one, such as codes, or names that are none.

use core::time::Duration;

use super::around::LIMIT_REACHED;
use super::date;
use super::lex::{blanks, byte, class, class_at, is_in, is_letter, key_end, opening, run, run_of, set, starts_with};
use super::number::{Number, Span};
use super::read::{Label, Reader, Sentence};
use super::rules::Source;
use super::usual::concepts_of;
use super::words::{Concepts, Stem};
use crate::period::SECOND;

impl Reader<'_> {
    /// Several words in one, or a name that is none.
    #[inline(never)]
    pub(super) fn identifier(&mut self, start: usize) {
        let end = run_of(self.body, start, set::IDENT);
        self.at = end;
        let clock = byte(self.body, end) == b':' && byte(self.body, end.wrapping_sub(3)) == b'_';
        if self.may_go_on(end) || clock && self.numbered_window(start, end) || self.field(None, start, end) {
            return;
        }
        let ident = self.body.get(start..end).unwrap_or_default();
        let digits = ident.iter().any(u8::is_ascii_digit);
        if (digits || byte(self.body, end) == b'/') && self.model_as_subject(start) {
            return;
        }
        if digits {
            if self.numbered_wait(start, end) {
                return;
            }
            self.window_in_name(start, end);
            self.at = run_of(self.body, end, set::NAME);
            self.sentence.prev = Stem::Other;
            self.sentence.slack = self.sentence.slack.saturating_add(1);
            return;
        }
        if end >= self.body.len() && byte(self.body, start.wrapping_sub(1)) == b'[' {
            // `[InsufficientQuota` of `[InsufficientQuotaError]`
            return;
        }
        let before = core::mem::take(&mut self.sentence.concepts);
        let waits = self.sentence.waits;
        let current = self.sentence.prev == Stem::Current;
        let mut last = Stem::Other;
        let mut before_last = Stem::Other;
        let mut count = 0_u32;
        let mut class = false;
        for stem in Words::new(self.body, start, end) {
            before_last = core::mem::replace(&mut last, stem);
            self.push(last);
            count += 1;
            class |= matches!(last, Stem::Error | Stem::Exception);
        }
        if last == Stem::Key && before & LIMIT_REACHED == LIMIT_REACHED {
            // `limit reached for api_key: k`
            self.sentence.concepts &= !Stem::Key.bit();
        }
        if count > 1 && !matches!(last, Stem::After | Stem::In) {
            // `maxWaitMs (15000ms)`: a setting.
            self.sentence.waits = waits;
        }
        if current && self.sentence.label == Label::Limit {
            // `current max_parallel_requests: 1`
            self.label(Label::Used);
        }
        if count > 1 && last == Stem::Limit && before_last == Stem::Other {
            // `bytes_limit=1024`: of something else.
            self.label(Label::Ignored);
        }
        let snake = ident.contains(&b'_');
        let camel = ident.iter().skip(1).any(u8::is_ascii_uppercase);
        if camel && !snake && last == Stem::Policy && before_last != Stem::Policy {
            // `SimulatePrincipalPolicy`: an operation on policies.
            self.sentence.concepts &= !Stem::Policy.bit();
        }
        let counts = self.counts(end);
        let source = if snake || self.is_parenthesized(start, end) || self.is_reason(start, end) { Source::Name } else { Source::Class };
        let found = count > 1 && (snake || camel) && (class || !counts) && self.facts.judge(&self.sentence, source);
        if last == Stem::Delay && self.delay_in_block(end) {
            return;
        }
        let class = !snake && (class || self.is_qualified(start));
        let code = snake && before == 0 && byte(self.body, end) == b':' && !counts;
        if count > 1 && (class || code) {
            // `RateLimitError: message`, `rate_limit_error: message`
            let announces = byte(self.body, end) == b':' && byte(self.body, end + 1) != b':';
            self.sentence.concepts = before;
            if before != 0 && !announces {
                self.finish(false);
            }
            self.sentence = Sentence::START;
            // `(ServiceQuotaExceededException)`: what it means follows.
            self.sentence.begun = self.is_parenthesized(start, end);
            return;
        }
        let labels = !matches!(self.sentence.label, Label::None | Label::Ignored);
        if snake && !found && !labels && matches!(byte(self.body, end), b':' | b'=') {
            // `deployment_id: 469535842`: a setting.
            self.sentence.concepts = 0;
        }
        self.sentence.concepts |= before;
        if count == 1 {
            self.names(last);
        }
        self.unknown_key(last, end);
    }

    /// `retry_delay { seconds: 33 }`
    fn delay_in_block(&mut self, end: usize) -> bool {
        const SECONDS: &[u8; 8] = b"seconds:";
        let brace = blanks(self.body, end);
        let key = blanks(self.body, brace + 1);
        let found = byte(self.body, brace) == b'{' && starts_with(self.body, key, SECONDS);
        if found {
            self.depth = self.depth.saturating_add(1);
            self.time_value(blanks(self.body, key + SECONDS.len()), SECOND);
        }
        found
    }

    /// `FLOOD_WAIT_38`: a code that holds its wait, in seconds.
    #[cold]
    fn numbered_wait(&mut self, start: usize, end: usize) -> bool {
        let number = run(self.body, start, |byte| !byte.is_ascii_digit());
        let waits = Words::new(self.body, start, number).last() == Some(Stem::Wait);
        if !waits || byte(self.body, number.wrapping_sub(1)) != b'_' || end >= self.body.len() {
            return false;
        }
        for stem in Words::new(self.body, start, number) {
            self.push(stem);
        }
        let wait = Number::at(self.body, number);
        if wait.end == end
            && let Some(time) = wait.times(SECOND)
        {
            self.facts.said.wait.get_or_insert(time);
        }
        true
    }

    /// `limit 'USER-100s'`, `limit 'PROJECT-1d'`, `"HighCostGet30Min"`: the name of a limit that ends with its window.
    #[cold]
    fn window_in_name(&mut self, start: usize, end: usize) {
        let name = self.body.get(start..end).unwrap_or_default();
        let units: &[&[u8]] = match self.sentence.label {
            Label::Limit => &[b"s", b"d"],
            _ => &[b"Min"],
        };
        let quoted = is_in(self.body, start.wrapping_sub(1), set::QUOTE) && end < self.body.len();
        let Some(name) = units.iter().find_map(|unit| name.strip_suffix(*unit)).filter(|_| quoted) else { return };
        let digits = name.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let number = Number::at(self.body, start + name.len().saturating_sub(digits));
        if digits > 0
            && let Some(window) = Span::after(self.body, number).filter(|window| window.end == end)
        {
            self.facts.said.window.get_or_insert(window.time);
        }
    }

    /// `ObservationWindow_00:05:00`
    #[cold]
    fn numbered_window(&mut self, start: usize, end: usize) -> bool {
        let number = end.saturating_sub(2);
        let Some((seconds, end)) = date::clock(self.body, number) else { return false };
        let found = Words::new(self.body, start, number).last() == Some(Stem::Period);
        if found {
            self.at = end;
            if end < self.body.len() {
                self.window(Duration::from_secs(seconds));
            }
        }
        found
    }

    /// `Net::ServerBusy`: the name of a class.
    fn is_qualified(&self, start: usize) -> bool {
        starts_with(self.body, start.wrapping_sub(2), b"::")
    }

    /// `max_parallel_requests: 10`: what is counted, not what is wrong.
    fn counts(&self, end: usize) -> bool {
        key_end(self.body, end).is_some_and(|(value, _)| class_at(self.body, opening(self.body, value).0) == class::DIGIT)
    }

    /// `Quota exceeded., rateLimitExceeded`: a code that Google's clients print last.
    fn is_reason(&self, start: usize, end: usize) -> bool {
        starts_with(self.body, start.wrapping_sub(2), b", ") && matches!(byte(self.body, end), 0 | b'\n' | b'"' | b'\'')
    }

    /// `(ThrottlingException)`: a code that a client prints.
    fn is_parenthesized(&self, start: usize, end: usize) -> bool {
        byte(self.body, start.wrapping_sub(1)) == b'(' && byte(self.body, end) == b')'
    }

    /// The code or type at `start..end`, of whatever spelling.
    #[inline]
    pub(super) fn code(&mut self, start: usize, end: usize) {
        let code = self.body.get(start..end).unwrap_or_default();
        if let Some(concepts) = concepts_of(code) {
            self.sentence.concepts = concepts;
        } else {
            for stem in Words::new(self.body, start, end) {
                self.push(stem);
            }
            if self.has_all(TOO_LARGE) && !code.ends_with(b"long") || code == b"msg_too_long" {
                self.sentence.concepts |= Stem::Size.bit();
            }
            // The list first: it knows better.
            if !is_letter(self.body, start) || LISTED_LOOKS.contains(&(byte(self.body, start), end - start)) {
                self.facts.judge_listed(code);
            }
        }
        // A client's class is printed as a type too.
        self.facts.judge(&self.sentence, if code == b"RateLimitError" { Source::Class } else { Source::Code });
        self.sentence = Sentence::START;
    }
}

/// The words of an identifier: `rate_limit`, `rateLimit`, `RATE-LIMIT`.
pub(super) struct Words<'a> {
    body: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Words<'a> {
    pub(super) const fn new(body: &'a [u8], start: usize, end: usize) -> Self {
        Self { body, at: start, end }
    }
}

impl Iterator for Words<'_> {
    type Item = Stem;

    #[inline]
    fn next(&mut self) -> Option<Stem> {
        while self.at < self.end && !is_letter(self.body, self.at) {
            self.at += 1;
        }
        if self.at >= self.end {
            return None;
        }
        let start = self.at;
        let (stem, end) = Stem::word_at(self.body, start);
        if end > start + 1 || class_at(self.body, end) != class::UPPER {
            self.at = end;
            return Some(stem);
        }
        let upper = run(self.body, end, |byte| byte.is_ascii_uppercase());
        // `HTTPError`: the last capital begins the next word.
        self.at = match class_at(self.body, upper) {
            class::LOWER if upper > end => upper - 1,
            _ => upper,
        };
        Some(Stem::of(self.body, start, self.at))
    }
}

/// `msg_too_long`: whatever it is of.
const TOO_LARGE: Concepts = Stem::Too.bit() | Stem::Large.bit();

/// First letters and lengths of the listed codes that begin with a letter: others need not be looked up.
const LISTED_LOOKS: [(u8, usize); 14] = [
    (b'E', 8),
    (b's', 9),
    (b'n', 10),
    (b'i', 12),
    (b'u', 12),
    (b'i', 13),
    (b'b', 13),
    (b'c', 14),
    (b'S', 16),
    (b'l', 16),
    (b'a', 19),
    (b'd', 22),
    (b'c', 24),
    (b'o', 33),
];
