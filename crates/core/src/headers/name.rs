//! What the name of a header says: `x-ratelimit-remaining-input-tokens-minute` is a remaining, of input tokens, in a
//! minute. A name is cut into words of a fixed vocabulary; what is left over tells one bucket of a service from another.

use core::time::Duration;

use crate::Resource;

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
    if name.len() > LONGEST {
        return None;
    }
    let separator = if name.contains('-') { '-' } else { '_' };
    let mut lexer = Lexer::new();
    for segment in name.split(separator) {
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
            let part = PARTS.iter().find(|(part, _)| starts_with(rest, part));
            let (length, word) = part.map_or((first.len_utf8(), Word::Unknown), |&(part, word)| {
                (part.len(), word)
            });
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
            (Word::After, _) if self.previous == Word::Retry => {
                self.field = Some(Field::RetryAfter)
            }
            (Word::Time, Some(Field::Reset)) => self.field = Some(Field::ResetTime),
            (Word::Unit(unit), _) if self.previous.is_time() => self.unit = Some(unit),
            (Word::Window(unit), _) => {
                let count = self
                    .count
                    .take()
                    .and_then(|count| u32::try_from(count).ok());
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
            self.key =
                (self.key ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3);
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
        Some(Name {
            field,
            resource: self.resource(),
            window: self.window,
            unit: self.unit,
            key: self.key,
        })
    }
}

impl Word {
    /// Whether a unit behind it is the unit of a value, and not what is counted, as in `reset-audio-seconds`.
    const fn is_time(self) -> bool {
        matches!(
            self,
            Self::After
                | Self::Time
                | Self::Field(Field::Reset | Field::Window | Field::RetryAfter)
        )
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
    table
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text))
        .map(|&(_, word)| word)
}

fn starts_with(text: &str, part: &str) -> bool {
    text.get(..part.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(part))
}

/// No name of a rate-limit header is as long; it bounds the work on a hostile one.
const LONGEST: usize = 128;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const WEEK: Duration = Duration::from_secs(7 * 86_400);
/// Where the calendar would be needed, thirty days.
const MONTH: Duration = Duration::from_secs(30 * 86_400);

/// Words that stand alone between separators.
const WORDS: &[(&str, Word)] = &[
    ("ratelimit", Word::RateLimit),
    ("rate_limit", Word::RateLimit),
    ("quota", Word::RateLimit),
    ("rate", Word::Rate),
    ("limit", Word::Field(Field::Limit)),
    ("max", Word::Field(Field::Limit)),
    ("maximum", Word::Field(Field::Limit)),
    ("remaining", Word::Field(Field::Remaining)),
    ("remain", Word::Field(Field::Remaining)),
    ("used", Word::Field(Field::Used)),
    ("usage", Word::Field(Field::Used)),
    ("observed", Word::Field(Field::Used)),
    ("consumed", Word::Field(Field::Used)),
    ("count", Word::Field(Field::Used)),
    ("current", Word::Field(Field::Used)),
    ("reset", Word::Field(Field::Reset)),
    ("resets", Word::Field(Field::Reset)),
    ("resettime", Word::Field(Field::ResetTime)),
    ("window", Word::Field(Field::Window)),
    ("interval", Word::Field(Field::Window)),
    ("period", Word::Field(Field::Window)),
    ("renewalperiod", Word::Field(Field::Window)),
    ("policy", Word::Field(Field::Policy)),
    ("class", Word::Field(Field::Class)),
    ("retry", Word::Retry),
    ("retryafter", Word::Field(Field::RetryAfter)),
    ("after", Word::After),
    ("in", Word::After),
    ("time", Word::Time),
    ("at", Word::Time),
    ("timestamp", Word::Time),
    ("info", Word::Info),
    ("x", Word::Filler),
    ("per", Word::Filler),
    ("this", Word::Filler),
    ("ms", Word::Unit(Duration::from_millis(1))),
    ("millis", Word::Unit(Duration::from_millis(1))),
    ("milliseconds", Word::Unit(Duration::from_millis(1))),
    ("seconds", Word::Unit(SECOND)),
    ("minutes", Word::Unit(MINUTE)),
    ("second", Word::Window(SECOND)),
    ("secondly", Word::Window(SECOND)),
    ("sec", Word::Window(SECOND)),
    ("minute", Word::Window(MINUTE)),
    ("min", Word::Window(MINUTE)),
    ("hour", Word::Window(HOUR)),
    ("hourly", Word::Window(HOUR)),
    ("day", Word::Window(DAY)),
    ("daily", Word::Window(DAY)),
    ("today", Word::Window(DAY)),
    ("week", Word::Window(WEEK)),
    ("weekly", Word::Window(WEEK)),
    ("month", Word::Window(MONTH)),
    ("monthly", Word::Window(MONTH)),
    ("requests", Word::Resource(Resource::Requests)),
    ("request", Word::Resource(Resource::Requests)),
    ("req", Word::Resource(Resource::Requests)),
    ("call", Word::Resource(Resource::Requests)),
    ("calls", Word::Resource(Resource::Requests)),
    ("query", Word::Resource(Resource::Requests)),
    ("queries", Word::Resource(Resource::Requests)),
    ("tokens", Word::Resource(Resource::Tokens)),
    // As in `api-token`: a credential.
    ("token", Word::Unknown),
    ("images", Word::Resource(Resource::Images)),
    ("image", Word::Resource(Resource::Images)),
    ("photos", Word::Resource(Resource::Images)),
    ("audio", Word::Resource(Resource::AudioSeconds)),
    ("concurrent", Word::Resource(Resource::Concurrency)),
    ("concurrency", Word::Resource(Resource::Concurrency)),
    ("credits", Word::Resource(Resource::Cost)),
    ("input", Word::Direction(Resource::InputTokens)),
    ("prompt", Word::Direction(Resource::InputTokens)),
    ("output", Word::Direction(Resource::OutputTokens)),
    ("generated", Word::Direction(Resource::OutputTokens)),
    ("completion", Word::Direction(Resource::OutputTokens)),
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

/// Units that mean a window only behind a number.
const SHORT_UNITS: &[(&str, Word)] = &[
    ("s", Word::Window(SECOND)),
    ("m", Word::Window(MINUTE)),
    ("h", Word::Window(HOUR)),
    ("hours", Word::Window(HOUR)),
    ("d", Word::Window(DAY)),
];
