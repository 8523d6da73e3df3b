//! What the name of a header says: `x-ratelimit-remaining-input-tokens-minute` is a remaining, of input tokens, in a
//! minute. A name is cut into words of a fixed vocabulary; what is left over tells one bucket of a service from another.

use core::time::Duration;

use crate::Resource;
use crate::period::{DAY, HOUR, MINUTE, MONTH, SECOND, WEEK};

/// The meaning of a header's name.
pub(super) struct Name {
    pub(super) field: Field,
    pub(super) resource: Option<Resource>,
    /// The window that the name states: `-day`, `-10-second`, `-5h`.
    pub(super) window: Option<Duration>,
    /// The unit of a bare number in the value, where the name states it: `-ms`, `-milliseconds`.
    pub(super) unit: Option<Duration>,
    /// Equal for the names of one bucket: a hash (FNV-1a) of the words that are neither field nor window.
    pub(super) key: u64,
}

/// What the value of a header is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Limit,
    Remaining,
    Used,
    /// A time left or a point in time.
    Reset,
    /// Surely a time left.
    ResetAfter,
    /// Surely a point in time.
    ResetTime,
    Window,
    Policy,
    /// What the limit is about, in words: `photos`.
    Class,
    RetryAfter,
    /// Whatever the value itself names, as in `RateLimit: "default";r=50;t=30`.
    Named,
}

/// Reads a name; `None` for one that has nothing to do with rates.
pub(super) fn read(name: &str) -> Option<Name> {
    if name.len() > LONGEST || !may_be_of_rates(name.as_bytes()) {
        return None;
    }
    let separator = if name.contains('-') { '-' } else { '_' };
    let mut lexer = Lexer::new();
    for segment in name.split([separator]) {
        lexer.segment(segment);
    }
    lexer.finish()
}

/// The resource that a word of a policy or a class names: `tokens`, `content-bytes`, `photos`.
pub(super) fn resource(words: &str) -> Option<Resource> {
    let mut lexer = Lexer::new();
    for word in words.split(['-', '_', ' ']) {
        lexer.segment(word);
    }
    lexer.resource()
}

struct Lexer {
    field: Option<Field>,
    /// A word was seen that only rate limits have.
    marked: bool,
    /// An unknown word was seen behind that one.
    qualified: bool,
    previous: Word,
    resource: Option<Resource>,
    direction: Option<Resource>,
    count: Option<u64>,
    window: Option<Duration>,
    unit: Option<Duration>,
    key: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Field(Field),
    /// `rate` makes a `limit` behind it the name of the whole.
    Rate,
    RateLimit,
    /// `after` makes a time left of `reset` and a wait of `retry`.
    After,
    Retry,
    Time,
    Unit(Duration),
    Window(Duration),
    Resource(Resource),
    /// `input` or `output`, which make `tokens` finer.
    Direction(Resource),
    /// `info` behind `limit`.
    Info,
    Filler,
    Unknown,
}

impl Lexer {
    const fn new() -> Self {
        Self {
            field: None,
            marked: false,
            qualified: false,
            previous: Word::Filler,
            resource: None,
            direction: None,
            count: None,
            window: None,
            unit: None,
            key: 0xcbf2_9ce4_8422_2325,
        }
    }

    fn segment(&mut self, segment: &str) {
        if let Some(window) = counted_window(segment) {
            self.word(Word::Window(window), "");
        } else if let Some(word) = lookup(WORDS, segment) {
            self.word(word, segment);
        } else if let Ok(count) = segment.parse() {
            self.count = Some(count);
            self.hash(segment);
        } else {
            self.compound(segment);
        }
    }

    /// Words written together: `mediaratelimit`, `resourcedailylimit`.
    fn compound(&mut self, segment: &str) {
        let mut rest = segment;
        while let Some(first) = rest.chars().next() {
            let part = PARTS.iter().find(|(part, _)| starts_with(rest.as_bytes(), part));
            let (length, word) = part.map_or((first.len_utf8(), Word::Unknown), |&(part, word)| (part.len(), word));
            let (text, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            self.word(word, text);
            rest = after;
        }
    }

    fn word(&mut self, word: Word, text: &str) {
        match (word, self.field) {
            (Word::Field(Field::Limit), _) if self.previous == Word::Rate => self.mark(),
            (Word::Field(field), before) => {
                self.marked |= before == Some(Field::Limit);
                self.field = Some(field);
            }
            (Word::RateLimit, _) => self.mark(),
            (Word::Info, Some(Field::Limit)) => self.marked = true,
            (Word::After, Some(Field::Reset)) => self.field = Some(Field::ResetAfter),
            (Word::After, _) if self.previous == Word::Retry => self.field = Some(Field::RetryAfter),
            (Word::Time, Some(Field::Reset)) => self.field = Some(Field::ResetTime),
            (Word::Unit(unit), _) if self.previous.is_time() => self.unit = Some(unit),
            (Word::Window(unit), _) => {
                let count = self.count.take().and_then(|count| u32::try_from(count).ok());
                self.window = unit.checked_mul(count.unwrap_or(1));
            }
            (Word::Resource(resource), _) => {
                if resource != Resource::Requests || self.resource.is_none() {
                    self.resource = Some(resource);
                }
                self.hash(resource.name());
            }
            (Word::Direction(resource), _) => {
                self.direction = Some(resource);
                self.hash(text);
            }
            (Word::Rate | Word::Retry | Word::Filler, _) => {}
            (Word::After | Word::Time | Word::Info | Word::Unit(_) | Word::Unknown, _) => {
                self.qualified |= self.marked;
                self.hash(text);
            }
        }
        self.previous = word;
    }

    const fn mark(&mut self) {
        self.marked = true;
        self.qualified = false;
    }

    fn hash(&mut self, text: &str) {
        for byte in text.bytes() {
            self.key = (self.key ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn resource(&self) -> Option<Resource> {
        match (self.resource, self.direction) {
            (Some(Resource::Tokens), Some(finer)) => Some(finer),
            (resource, _) => resource,
        }
    }

    fn finish(self) -> Option<Name> {
        let about_rates = self.marked || self.window.is_some() || self.resource.is_some();
        let field = match self.field {
            Some(field @ (Field::RetryAfter | Field::ResetAfter)) => field,
            Some(field) if about_rates => field,
            None if self.marked && self.qualified => Field::Named,
            None if self.marked => Field::Limit,
            _ => return None,
        };
        Some(Name { field, resource: self.resource(), window: self.window, unit: self.unit, key: self.key })
    }
}

impl Word {
    /// Whether a unit behind it is the unit of a value, and not what is counted, as in `reset-audio-seconds`.
    const fn is_time(self) -> bool {
        matches!(self, Self::After | Self::Time | Self::Field(Field::Reset | Field::Window | Field::RetryAfter))
    }
}

/// `24hour`, `1m`, `5h`: a number and a unit in one word.
fn counted_window(segment: &str) -> Option<Duration> {
    let unit = segment.trim_start_matches(|character: char| character.is_ascii_digit());
    let count = segment.strip_suffix(unit)?.parse().ok()?;
    match lookup(WORDS, unit).or_else(|| lookup(SHORT_UNITS, unit))? {
        Word::Window(unit) => unit.checked_mul(count),
        _ => None,
    }
}

fn lookup(table: &[(&str, Word)], text: &str) -> Option<Word> {
    let lower = || text.bytes().map(|byte| byte.to_ascii_lowercase());
    let at = table.binary_search_by(|(name, _)| name.bytes().cmp(lower())).ok()?;
    table.get(at).map(|&(_, word)| word)
}

/// Sorts out what most headers are, before their words are looked up.
fn may_be_of_rates(name: &[u8]) -> bool {
    let marked = |rest: &[u8]| MARKS.iter().any(|mark| starts_with(rest, mark));
    name.iter().enumerate().any(|(at, _)| name.get(at..).is_some_and(marked))
}

fn starts_with(text: &[u8], part: &str) -> bool {
    text.get(..part.len()).is_some_and(|start| start.eq_ignore_ascii_case(part.as_bytes()))
}

/// No name of a rate-limit header is as long; it bounds the work on a hostile one.
const LONGEST: usize = 128;

/// One of these is in each name that is read.
const MARKS: [&str; 5] = ["limit", "remain", "reset", "retry", "concurrent"];

/// Words that stand alone between separators, sorted. A `token` is a credential, as in `api-token`.
const WORDS: &[(&str, Word)] = &[
    ("after", Word::After),
    ("at", Word::Time),
    ("audio", Word::Resource(Resource::AudioSeconds)),
    ("call", Word::Resource(Resource::Requests)),
    ("calls", Word::Resource(Resource::Requests)),
    ("class", Word::Field(Field::Class)),
    ("completion", Word::Direction(Resource::OutputTokens)),
    ("concurrency", Word::Resource(Resource::Concurrency)),
    ("concurrent", Word::Resource(Resource::Concurrency)),
    ("consumed", Word::Field(Field::Used)),
    ("count", Word::Field(Field::Used)),
    ("credits", Word::Resource(Resource::Cost)),
    ("current", Word::Field(Field::Used)),
    ("daily", Word::Window(DAY)),
    ("day", Word::Window(DAY)),
    ("generated", Word::Direction(Resource::OutputTokens)),
    ("hour", Word::Window(HOUR)),
    ("hourly", Word::Window(HOUR)),
    ("image", Word::Resource(Resource::Images)),
    ("images", Word::Resource(Resource::Images)),
    ("in", Word::After),
    ("info", Word::Info),
    ("input", Word::Direction(Resource::InputTokens)),
    ("interval", Word::Field(Field::Window)),
    ("limit", Word::Field(Field::Limit)),
    ("max", Word::Field(Field::Limit)),
    ("maximum", Word::Field(Field::Limit)),
    ("millis", Word::Unit(Duration::from_millis(1))),
    ("milliseconds", Word::Unit(Duration::from_millis(1))),
    ("min", Word::Window(MINUTE)),
    ("minute", Word::Window(MINUTE)),
    ("minutes", Word::Unit(MINUTE)),
    ("month", Word::Window(MONTH)),
    ("monthly", Word::Window(MONTH)),
    ("ms", Word::Unit(Duration::from_millis(1))),
    ("observed", Word::Field(Field::Used)),
    ("output", Word::Direction(Resource::OutputTokens)),
    ("per", Word::Filler),
    ("period", Word::Field(Field::Window)),
    ("photos", Word::Resource(Resource::Images)),
    ("policy", Word::Field(Field::Policy)),
    ("prompt", Word::Direction(Resource::InputTokens)),
    ("queries", Word::Resource(Resource::Requests)),
    ("query", Word::Resource(Resource::Requests)),
    ("quota", Word::RateLimit),
    ("rate", Word::Rate),
    ("rate_limit", Word::RateLimit),
    ("ratelimit", Word::RateLimit),
    ("remain", Word::Field(Field::Remaining)),
    ("remaining", Word::Field(Field::Remaining)),
    ("renewalperiod", Word::Field(Field::Window)),
    ("req", Word::Resource(Resource::Requests)),
    ("request", Word::Resource(Resource::Requests)),
    ("requests", Word::Resource(Resource::Requests)),
    ("reset", Word::Field(Field::Reset)),
    ("resets", Word::Field(Field::Reset)),
    ("resettime", Word::Field(Field::ResetTime)),
    ("retry", Word::Retry),
    ("retryafter", Word::Field(Field::RetryAfter)),
    ("sec", Word::Window(SECOND)),
    ("second", Word::Window(SECOND)),
    ("secondly", Word::Window(SECOND)),
    ("seconds", Word::Unit(SECOND)),
    ("this", Word::Filler),
    ("time", Word::Time),
    ("timestamp", Word::Time),
    ("today", Word::Window(DAY)),
    ("token", Word::Unknown),
    ("tokens", Word::Resource(Resource::Tokens)),
    ("usage", Word::Field(Field::Used)),
    ("used", Word::Field(Field::Used)),
    ("week", Word::Window(WEEK)),
    ("weekly", Word::Window(WEEK)),
    ("window", Word::Field(Field::Window)),
    ("x", Word::Filler),
];

/// Words found inside a word as well.
const PARTS: &[(&str, Word)] = &[
    ("ratelimit", Word::RateLimit),
    ("limit", Word::Field(Field::Limit)),
    ("remaining", Word::Field(Field::Remaining)),
    ("resettime", Word::Field(Field::ResetTime)),
    ("reset", Word::Field(Field::Reset)),
    ("daily", Word::Window(DAY)),
    ("bysize", Word::Resource(Resource::Tokens)),
    ("token", Word::Resource(Resource::Tokens)),
    ("media", Word::Resource(Resource::Images)),
];

/// Units that mean a window only behind a number, sorted.
const SHORT_UNITS: &[(&str, Word)] = &[
    ("d", Word::Window(DAY)),
    ("h", Word::Window(HOUR)),
    ("hours", Word::Window(HOUR)),
    ("m", Word::Window(MINUTE)),
    ("s", Word::Window(SECOND)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(WORDS.is_sorted_by_key(|(name, _)| name));
        assert!(SHORT_UNITS.is_sorted_by_key(|(name, _)| name));
    }
}
