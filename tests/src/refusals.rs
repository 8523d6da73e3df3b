//! Refusals with their truth: wordings filled with variables, and the wrappings that they travel in.

pub mod fuzzing;
mod templates;

use core::time::Duration;

use paceline_core::{Cause, Kind, Reset, Resource, classify_429};
use serde_json::json;
pub use templates::{TEMPLATES, Template};

/// The variables of a wording.
#[derive(Clone, Debug)]
pub struct Variables {
    /// Name of a model.
    pub model: String,
    /// Name of an organization.
    pub organization: String,
    /// The limit, at least 1.
    pub limit: u64,
    /// What was used.
    pub used: u64,
    /// A request that fits the limit.
    pub requested: u64,
    /// A request that is above the limit.
    pub more: u64,
    /// The wait.
    pub wait: Duration,
    /// Which of the spellings of a duration.
    pub spelling: usize,
}

/// A filled wording: what it says, and what that means.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The sentences.
    pub message: String,
    /// The wording behind it.
    pub template: Template,
    /// The truth.
    pub truth: Truth,
}

/// What a parser has to find, no more and no less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    kind: Kind,
    window: Option<u64>,
    limit: Option<u64>,
    used: Option<u64>,
    requested: Option<u64>,
    wait_ms: Option<u64>,
    model: Option<String>,
    organization: Option<String>,
    resource: Option<Resource>,
}

impl Truth {
    /// What a parser found, in the same form. Requests and money count as no resource, as in the corpus.
    #[must_use]
    pub fn found(cause: &Cause<'_>) -> Self {
        Self {
            kind: cause.kind(),
            window: cause.window().map(|window| window.as_secs()),
            limit: cause.limit(),
            used: cause.used(),
            requested: cause.requested(),
            wait_ms: cause.stated_retry_after().map(millis),
            model: cause.model().map(str::to_owned),
            organization: cause.organization().map(str::to_owned),
            resource: cause.resource().filter(|resource| !matches!(resource, Resource::Requests | Resource::Cost)),
        }
    }
}

impl Template {
    /// Fills the wording.
    #[must_use]
    pub fn fill(self, with: &Variables) -> Refusal {
        let has = |name: &str| self.text.contains(name);
        let seconds = with.wait.as_secs();
        let message = self
            .text
            .replace("{model}", &with.model)
            .replace("{org}", &with.organization)
            .replace("{limit,}", &grouped(with.limit))
            .replace("{limit}", &with.limit.to_string())
            .replace("{used}", &with.used.to_string())
            .replace("{requested}", &with.requested.to_string())
            .replace("{more}", &with.more.to_string())
            .replace("{wait}", &spell(with.wait, with.spelling))
            .replace("{secs}", &seconds.to_string());
        let truth = Truth {
            kind: self.kind,
            window: self.window,
            limit: has("{limit").then_some(with.limit),
            used: has("{used}").then_some(with.used),
            requested: has("{requested}").then_some(with.requested).or(has("{more}").then_some(with.more)),
            wait_ms: has("{wait}").then_some(millis(with.wait)).or(has("{secs}").then_some(seconds * 1_000)),
            model: has("{model}").then(|| with.model.clone()),
            organization: has("{org}").then(|| with.organization.clone()),
            resource: self.resource,
        };
        Refusal { message, template: self, truth }
    }
}

/// A duration as services spell it; each spelling is exact to the millisecond.
#[must_use]
pub fn spell(time: Duration, spelling: usize) -> String {
    let (seconds, millis) = (time.as_secs(), time.subsec_millis());
    match spelling % 4 {
        0 if seconds == 0 => format!("{millis}ms"),
        1 => format!("{seconds}.{millis:03} seconds"),
        2 if seconds >= 3_600 => {
            format!("{}h{}m{}.{millis:03}s", seconds / 3_600, seconds / 60 % 60, seconds % 60)
        }
        2 | 3 if seconds >= 60 => format!("{}m{}.{millis:03}s", seconds / 60, seconds % 60),
        _ => format!("{seconds}.{millis:03}s"),
    }
}

/// A way in which a message travels: its name, and what makes a body of a message.
pub type Wrapping = (&'static str, fn(&str) -> String);

/// The ways in which a message travels.
pub const WRAPPINGS: [Wrapping; 12] = [
    ("plain text", |message| format!("{message}\n")),
    ("JSON", |message| json!({"error": {"message": message, "param": null}}).to_string()),
    ("JSON, indented", |message| format!("{:#}", json!({"error": {"code": 429, "message": message}}))),
    ("flat JSON", |message| json!({"object": "error", "message": message, "code": null}).to_string()),
    ("an array", |message| json!([{"error": {"code": 429, "message": message}}]).to_string()),
    ("JSON in a string", |message| {
        let inner = json!({"error": {"message": message}}).to_string();
        json!({"error": {"message": inner, "code": 429}}).to_string()
    }),
    ("escapes only", |message| ascii(&json!({"error": {"message": message}}).to_string())),
    ("Python repr", |message| format!("Error code: 429 - {{'error': {{'message': {}, 'param': None}}}}", repr(message))),
    ("Python exception", |message| format!("openai.RateLimitError: Error code: 429 - {{'error': {{'message': {}}}}}", repr(message))),
    ("server-sent events", |message| format!("event: error\ndata: {}\n\n", json!({"type": "error", "error": {"message": message}}))),
    ("Go", |message| format!("error, status code: 429, status: 429 Too Many Requests, message: {message} ")),
    ("Rust Debug", |message| format!("Object {{\"error\": Object {{\"message\": String({message:?})}}}}")),
];

/// Pieces that, repeated, a parser could be slow on, by name.
pub const HOSTILE: [(&str, &str); 24] = [
    ("open braces", "{\"a\":"),
    ("open arrays", "["),
    ("quotes", "\""),
    ("quotes and blanks", "\" "),
    ("backslashes", "\\"),
    ("broken escapes", "\\\\u12"),
    ("digits", "1"),
    ("groups of digits", "1,111"),
    ("durations", "1m1"),
    ("waits", "retry in 1s "),
    ("tags", "<a"),
    ("elements", "<a>b</a>"),
    ("scripts", "<script>"),
    ("keys", "error: "),
    ("names", "for:"),
    ("models", "model:"),
    ("organizations", "organization a/"),
    ("words", "limit "),
    ("snakes", "a_"),
    ("han", "\u{8bf7}"),
    ("frames", "\n  File \"a\n"),
    ("clocks", "a_bc:"),
    ("looks ahead", "over "),
    ("broken lines", "for\n\u{2502} "),
];

/// Bodies that anything may reach: whatever the bytes, the answer is consistent.
///
/// # Panics
/// Where it is not.
pub fn never_misbehaves(body: &[u8]) {
    let cause = classify_429(body);
    assert_eq!(cause.kind(), cause.reason().kind());
    for text in [cause.model(), cause.organization(), cause.code(), cause.error_type()].into_iter().flatten() {
        let inside = body.as_ptr_range();
        assert!(inside.contains(&text.as_ptr()), "borrowed from elsewhere: {text}");
    }
    if !cause.is_retryable() {
        assert_eq!(cause.retry_after(), None, "a wait that does not help");
    }
}

/// Cuts a body before each of its bytes: a cut gives the same kind, a less specific one that may be retried, or none; more
/// only where a complete sentence says so. What is read of numbers and times is what stands there.
///
/// # Panics
/// Where a cut breaks that.
pub fn survives_cuts(body: &[u8]) {
    let whole = classify_429(body);
    let mut sentences = 0;
    for cut in 0..body.len() {
        let part = body.get(..cut).unwrap_or_default();
        let cause = classify_429(part);
        let context = || format!("cut at {cut}: {}", String::from_utf8_lossy(part));
        if ends_sentence(body, cut) {
            sentences = cut;
        }
        // The order of decision: what comes last says least.
        let less = match cause.kind() {
            Kind::Unknown | Kind::RateLimited => true,
            Kind::Overloaded => whole.kind() != Kind::RateLimited,
            // A quota that says when it is back may be any.
            Kind::QuotaExhausted => cause.is_retryable(),
            _ => false,
        };
        if !less && cause.kind() != whole.kind() || whole.is_retryable() && !cause.is_retryable() {
            // With the byte that shows the end.
            let said = classify_429(&body[..cut.min(sentences + 1)]);
            let alike = (said.kind(), said.is_retryable()) == (cause.kind(), cause.is_retryable());
            assert!(alike, "{} of {}, {}", cause.kind().name(), whole.kind().name(), context());
        }
        for (found, truth) in [
            (cause.limit(), whole.limit()),
            (cause.used(), whole.used()),
            (cause.stated_retry_after().map(millis), whole.stated_retry_after().map(millis)),
        ] {
            assert!(found.is_none() || found == truth, "{found:?} of {truth:?}, {}", context());
        }
        let (found, truth) = (cause.window(), whole.window());
        assert!(found.is_none() || truth.is_none() || found == truth, "{found:?} of {truth:?}, {}", context());
        let (found, truth) = (cause.reset(), whole.reset());
        // The zone behind a time of day may be cut off: `11pm (Europe/Paris)`.
        let unzoned = matches!((found, truth), (Some(Reset::Said(part)), Some(Reset::Said(said))) if said.strip_prefix(part).is_some_and(|zone| zone.starts_with(" (")));
        assert!(found.is_none() || found == truth || unzoned, "{found:?} of {truth:?}, {}", context());
        // A request that explains the refusal may be read short: more digits do not change what it means.
        let (found, truth) = (cause.requested(), whole.requested());
        let explains = cause.used().unwrap_or(0) + found.unwrap_or(0) > cause.limit().unwrap_or(0);
        let bound = found < truth && explains;
        assert!(found.is_none() || found == truth || bound, "{found:?} of {truth:?}, {}", context());
    }
}

/// Each body means this kind, and survives [cuts](survives_cuts).
pub fn check_kinds(bodies: &[(&str, Kind)]) {
    for &(body, kind) in bodies {
        assert_eq!(classify_429(body.as_bytes()).kind(), kind, "{body}");
        survives_cuts(body.as_bytes());
    }
}

/// A sentence or a string ends here, told by what follows in the whole body, which a parser of a cut one can't see: a full
/// stop in a name and the quote behind a quotation end nothing.
fn ends_sentence(body: &[u8], at: usize) -> bool {
    let (before, after) = body.split_at(at);
    let next = after.first();
    match before.last() {
        _ if is_complete(before) => true,
        Some(b'.' | b'!' | b'?') => next.is_none_or(|next| next.is_ascii_whitespace() || b"\"'\\".contains(next)),
        Some(b';' | b'}') => true,
        Some(b'|') => !next.is_some_and(u8::is_ascii_digit),
        Some(quote @ (b'"' | b'\'')) => {
            let ends = next.is_none_or(|next| b",}])".contains(next));
            let open = before[..at - 1].iter().rposition(|byte| byte == quote).unwrap_or(0);
            ends && !before[..open].trim_ascii_end().last().is_some_and(u8::is_ascii_alphabetic)
        }
        _ => after.starts_with(b"</") || ["。", "！", "…", "·", "∙"].iter().any(|stop| before.ends_with(stop.as_bytes())),
    }
}

/// A sentence that says what is used up, or that it is, needs no stop: `You have reached your usage limit`, `Your quota is exceeded`.
fn is_complete(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    let words: Vec<&str> = text.trim_end_matches(['\r', '\n']).split(' ').collect();
    let [.., before, last] = words.as_slice() else { return false };
    let uses_up =
        || words.iter().any(|word| ["exceeded", "reached", "exhausted", "surpassed", "hit"].iter().any(|verb| word.ends_with(verb)));
    match *last {
        "reached" | "exceeded" | "exhausted" | "hit" => {
            ["is", "are", "was", "been", "quota", "limit", "limits"].iter().any(|end| before.ends_with(end))
        }
        "quota" | "limit" | "limits" => uses_up() && !["for", "of", "and"].contains(before) && !before.ends_with(':'),
        "month" => ["/", "per", "a"].contains(before),
        "required" => *before == "payment",
        "details" => *before == "billing",
        "cap" => *before == "product",
        code => code == "quota_exceeded",
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from((time.as_nanos() + 500_000) / 1_000_000).unwrap_or(u64::MAX)
}

/// `1,234,567`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// As Python prints a string: in double quotes where it holds an apostrophe.
fn repr(text: &str) -> String {
    let quote = if text.contains('\'') { '"' } else { '\'' };
    let escaped = text.replace('\\', "\\\\").replace('\n', "\\n");
    format!("{quote}{escaped}{quote}")
}

/// Everything beyond ASCII as `\u` escapes.
fn ascii(text: &str) -> String {
    let mut escaped = String::new();
    for unit in text.chars() {
        if unit.is_ascii() {
            escaped.push(unit);
        } else {
            for half in unit.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{half:04x}"));
            }
        }
    }
    escaped
}
