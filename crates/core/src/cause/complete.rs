//! Whether a sentence that a body ends with, without a stop, says all: `You have reached your usage limit`.

use super::read::Reader;
use super::words::Stem;

impl Reader<'_> {
    /// The last sentence needs no stop: it ends with what is used up, or with that it is, and stands in no quotes, brackets or tags.
    pub(super) fn ends_complete(&self) -> bool {
        let said = self.body.strip_suffix(b"\n").unwrap_or(self.body);
        let said = said.strip_suffix(b"\r").unwrap_or(said);
        let said = said.get(said.len().saturating_sub(LONGEST_SENTENCE)..).unwrap_or_default();
        let exceeded = self.has(Stem::Exceed);
        let ends = ends(said, PARTICIPLES, |before| ends(before, AUXILIARIES, |_| true))
            || ends(said, NOUNS, |before| exceeded && before.ends_with(b" ") && !ends(before, LINKS, |_| true))
            || ends(said, PERIODS, |before| ends(before, PER, |_| true))
            || ends(said, PHRASES, |_| true);
        ends && !is_enclosed(said)
    }
}

/// The text ends with one of the words, in any case, behind what suits them.
fn ends(said: &[u8], words: &[&[u8]], suits: impl Fn(&[u8]) -> bool) -> bool {
    words.iter().any(|word| {
        let parts = said.len().checked_sub(word.len()).and_then(|at| said.split_at_checked(at));
        parts.is_some_and(|(before, last)| last.eq_ignore_ascii_case(word) && suits(before))
    })
}

/// A quote or a bracket is open, or there are tags.
fn is_enclosed(said: &[u8]) -> bool {
    let last = |mark: u8| said.iter().rposition(|&byte| byte == mark);
    let quoted = |mark: u8| {
        last(mark).is_some_and(|at| {
            let before = at.checked_sub(1).and_then(|at| said.get(at)).is_some_and(u8::is_ascii_alphanumeric);
            !before && said.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
        })
    };
    last(b'[') > last(b']') || last(b'(') > last(b')') || last(b'<').is_some() || [b'"', b'\'', b'`'].into_iter().any(quoted)
}

/// What says that it is used up, behind a word of [`AUXILIARIES`].
const PARTICIPLES: &[&[u8]] = &[b"reached", b"exceeded", b"exhausted", b"hit"];

/// `is exceeded`, `limit reached`, not `has exceeded`, of which the object would follow.
const AUXILIARIES: &[&[u8]] = &[b" is ", b" are ", b" was ", b" been ", b"quota ", b"limit ", b"limits "];

/// What is used up, where the sentence says that it is.
const NOUNS: &[&[u8]] = &[b"quota", b"limit", b"limits"];

/// Words behind which a noun begins something else: `quota exceeded for quota`.
const LINKS: &[&[u8]] = &[b" for ", b" of ", b" and ", b": "];

/// A window that a limit counts in.
const PERIODS: &[&[u8]] = &[b"month"];

/// `1000 calls / month`
const PER: &[&[u8]] = &[b"/ ", b" per ", b" a "];

/// What says all by itself.
const PHRASES: &[&[u8]] = &[b" payment required", b" quota_exceeded", b" product cap", b"check your billing details"];

/// How far before its end a body is looked at.
const LONGEST_SENTENCE: usize = 256;
