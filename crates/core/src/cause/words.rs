//! The vocabulary: English words to stems, found with one hash a word.

use super::lex::run;
use super::vocabulary::WORDS;

/// Declares the stems; the first 64 have a bit in a sentence's [`Concepts`].
macro_rules! stems {
    ($($(#[$doc:meta])* $stem:ident)*) => {
        /// What a word means here, whatever its inflection or language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Stem { $($(#[$doc])* $stem,)* }
    };
}

stems! {
    // Rates and amounts.
    Rate Limit Exceed TooMany Request Token Throttle SlowDown Quota Max Usage
    // Resources.
    Input Prompt Output Image Audio
    // Money.
    Credit Balance Insufficient Billing Spend Recharge
    // Accounts, keys and bans.
    Account Inactive Terminated Policy Unusual Abuse Temporary Key Auth Invalid Permission Organization Member
    // Capacity.
    Concurrent Overload Capacity Demand High Queue Enqueued Flex Deployment Receiving Resource
    // Size.
    Too Large Context Size
    // Growth.
    Ramp Fast
    // Time.
    Second Minute Hour Day Week Month Retry Reset
    // Negation and the rest that rules ask for.
    Not Allocated Add
    // Countries that are not served.
    Country
    /// An unknown word. From here on without a bit: grammar.
    Other
    Retrying Many Slow Down Active Api Per For In Of To Is At After Until Wait Try Again Available
    Within Before Last Period Bucket Allowed More Than Over Run Your Out Up Low Enough Due Full Paid Top Such On One A Length With Avoid Failed
    Another Running Processing Finish Only Free Reduce Back Trying Less Enable Subscribed Made Provide Perform Character Early From You Session Valid Accessible Params Either Any Later Retried Headers Clients
    Attempt Batch Bearer Connection This Project Get All Bad Expired Found Authorized Progress
    Used Current Requested Got Required Arrears Remaining Burst Afford Total Ready Server
    Daily Hourly Monthly Weekly Secondly Minutely Ten
    Rpm Rpd Rps Rph Tpm Itpm Otpm Tpd Ipm AudioHour AudioDay
    // What a word is of.
    Limited Trial Job Number Risky Specified Level Contains Load Pending Volume Shorten Metric Waiting Breaker Have
    // Names of keys.
    Code Type Status Message Error Errors Exception Model Name Millis Delay Time Value Count Rejected Execution Elsewhere
}

/// A set of stems, one bit each.
pub(super) type Concepts = u64;

impl Stem {
    /// The stem's bit in a sentence; none for words that only grammar needs.
    #[inline]
    pub(super) const fn bit(self) -> Concepts {
        let index = self as u8;
        if index < 64 { 1 << index } else { 0 }
    }

    /// The word at `start`, of letters of which only the first may be a capital, and where it ends.
    #[inline(always)]
    pub(super) fn word_at(body: &[u8], start: usize) -> (Self, usize) {
        match body.get(start..).and_then(hash_at) {
            Some((hash, len)) => (look_up(hash), start + len),
            None => {
                let end = run(body, start + 1, |byte| byte.is_ascii_lowercase());
                (Self::of(body, start, end), end)
            }
        }
    }

    /// The stem of the ASCII word at `start..end` of `body`, in any case.
    #[inline]
    pub(super) fn of(body: &[u8], start: usize, end: usize) -> Self {
        hash(body, start, end).map_or(Self::Other, look_up)
    }
}

#[inline]
fn look_up(hash: u64) -> Stem {
    let first = (hash >> SHIFT) as usize;
    for probe in 0..LONGEST_PROBE {
        let (tag, stem) = VOCABULARY.slots[(first + probe) % SLOTS];
        if tag == self::tag(hash) {
            return stem;
        }
        if tag == 0 {
            break;
        }
    }
    Stem::Other
}

/// The hash and the length of the word that a text begins with, of up to 15 letters and not near the end of the text.
#[inline]
fn hash_at(text: &[u8]) -> Option<(u64, usize)> {
    let head = u64::from_le_bytes(*text.first_chunk()?) | 0x20;
    let len = lower_run(head);
    if len < 8 {
        return Some((mix(head & !(u64::MAX << (8 * len)), 0), len));
    }
    let rest = text.get(8..)?;
    if !rest.first().is_some_and(u8::is_ascii_lowercase) {
        return Some((mix(head, 0), 8));
    }
    let next = u64::from_le_bytes(*rest.first_chunk()?);
    match lower_run(next) {
        more @ 1..8 => {
            let tail = head >> (8 * more) | next << (64 - 8 * more);
            Some((mix(head, tail), 8 + more))
        }
        _ => None,
    }
}

/// How many of the eight bytes, the lowest first, are `a` to `z` before one that is not.
#[inline]
const fn lower_run(chunk: u64) -> usize {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let from_a = (chunk | HIGH).wrapping_sub(0x6161_6161_6161_6161);
    let past_z = (chunk | HIGH).wrapping_sub(0x7B7B_7B7B_7B7B_7B7B);
    let lower = from_a & !past_z & !chunk & HIGH;
    ((lower ^ HIGH).trailing_zeros() / 8) as usize
}

/// Longer words are not in the vocabulary: two overlapping loads of eight bytes cover the others.
pub(super) const LONGEST: usize = 16;
const SLOTS: usize = 2048;
const SHIFT: u32 = 64 - SLOTS.trailing_zeros();

#[inline]
fn hash(body: &[u8], start: usize, end: usize) -> Option<u64> {
    let len = end.checked_sub(start)?;
    if len <= 8 {
        let head = match body.get(start..).and_then(<[u8]>::first_chunk) {
            Some(&chunk) => u64::from_le_bytes(chunk) & (u64::MAX >> (64 - 8 * len.max(1))),
            None => pack(body.get(start..end)?),
        };
        Some(mix(head, 0))
    } else if len <= LONGEST {
        let word = body.get(start..end)?;
        let head = u64::from_le_bytes(*word.first_chunk()?);
        let tail = u64::from_le_bytes(*word.last_chunk()?);
        Some(mix(head, tail))
    } else {
        None
    }
}

/// Up to eight bytes, the first lowest.
const fn pack(bytes: &[u8]) -> u64 {
    let mut word = 0;
    let mut index = bytes.len();
    while index > 0 {
        index -= 1;
        word = word << 8 | bytes[index] as u64;
    }
    word
}

/// The words are letters, so one bit makes them lower case. It is set in the padding too, alike on both sides.
const fn mix(head: u64, tail: u64) -> u64 {
    const LOWER: u64 = 0x2020_2020_2020_2020;
    let word = (head | LOWER) ^ (tail | LOWER).rotate_left(29);
    (word ^ word >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Bits of the hash that the slot does not tell, never 0.
const fn tag(hash: u64) -> u32 {
    (hash >> 22) as u32 | 1
}

struct Vocabulary {
    /// A tag, 0 where the slot is free, and the stem.
    slots: [(u32, Stem); SLOTS],
    probes: usize,
}

static VOCABULARY: Vocabulary = build();
const LONGEST_PROBE: usize = build().probes;

const fn build() -> Vocabulary {
    let mut table = Vocabulary { slots: [(0, Stem::Other); SLOTS], probes: 0 };
    let mut group = 0;
    while group < WORDS.len() {
        let (stem, words) = WORDS[group];
        let mut rest = words.as_bytes();
        while let Some((word, after)) = next_word(rest) {
            insert(&mut table, word, stem);
            rest = after;
        }
        group += 1;
    }
    table
}

const fn next_word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if text.is_empty() {
        return None;
    }
    let mut end = 0;
    while end < text.len() && text[end] != b' ' {
        end += 1;
    }
    let (word, rest) = text.split_at(end);
    match rest {
        [_, rest @ ..] => Some((word, rest)),
        [] => Some((word, rest)),
    }
}

const fn insert(table: &mut Vocabulary, word: &[u8], stem: Stem) {
    assert!(!word.is_empty() && word.len() <= LONGEST);
    let hash = if word.len() <= 8 { mix(pack(word), 0) } else { mix(pack(word.split_at(8).0), pack(word.split_at(word.len() - 8).1)) };
    let mut slot = (hash >> SHIFT) as usize;
    let mut probes = 1;
    while table.slots[slot % SLOTS].0 != 0 {
        assert!(table.slots[slot % SLOTS].0 != tag(hash), "a word twice");
        slot += 1;
        probes += 1;
    }
    table.slots[slot % SLOTS] = (tag(hash), stem);
    if probes > table.probes {
        table.probes = probes;
    }
}

const _: () = assert!((Stem::Country as u8) < 64);
