//! The vocabulary: English words to stems, found with one hash a word.

use super::lex::run;

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
    /// An unknown word.
    Other
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
    // From here on without a bit: grammar.
    Retrying Many Slow Down Active Api Per For In Of To Is At After Until Wait Try Again Available
    Within Last Period Your Out Up Low Enough Due Such On
    Used Current Requested Remaining Burst Afford Total Ready Server
    Daily Hourly Monthly Weekly Secondly Minutely Ten
    Rpm Rpd Rps Rph Tpm Tpd Ipm AudioHour AudioDay
    // Names of keys.
    Code Type Status Message Error Errors Exception Model Name Millis Delay Time Value Count Elsewhere
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
const LONGEST: usize = 16;
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
    let mut table = Vocabulary {
        slots: [(0, Stem::Other); SLOTS],
        probes: 0,
    };
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
    let hash = if word.len() <= 8 {
        mix(pack(word), 0)
    } else {
        mix(
            pack(word.split_at(8).0),
            pack(word.split_at(word.len() - 8).1),
        )
    };
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

const _: () = assert!((Stem::Add as u8) < 64);

/// The words of each stem. Inflections are listed, not derived: a derived one would be wrong somewhere.
static WORDS: &[(Stem, &str)] = &[
    (Stem::Rate, "rate rates frequency velocity speed throughput"),
    (
        Stem::Limit,
        "limit limits limitation limitations threshold thresholds cap caps ceiling limite ratelimits",
    ),
    (
        Stem::Exceed,
        "exceed exceeds exceeded exceeding reached reach hit surpassed surpass surpasses exhausted exhaust exhausts crossed overrun consumed maxed",
    ),
    (
        Stem::Request,
        "request requests call calls queries query attempts attempt solicitudes anfragen req reqs downloads lookups",
    ),
    (Stem::Token, "token tokens"),
    (
        Stem::Throttle,
        "throttle throttled throttling throttles throttler ratelimit ratelimited ratelimiting limited limiting",
    ),
    (Stem::TooMany, "toomanyrequests toomany flood"),
    (Stem::SlowDown, "slowdown"),
    (
        Stem::Quota,
        "quota quotas allocation allotment allowance entitlement",
    ),
    (Stem::Max, "max maximum most upto"),
    (Stem::Usage, "usage"),
    (Stem::Input, "input inputs"),
    (Stem::Prompt, "prompt prompts"),
    (Stem::Output, "output completion outputs completions"),
    (Stem::Image, "image images"),
    (Stem::Audio, "audio"),
    (Stem::Credit, "credit credits funds"),
    (Stem::Balance, "balance"),
    (
        Stem::Insufficient,
        "insufficient depleted negative lacking requires empty",
    ),
    (Stem::Billing, "billing payment payments invoice invoices"),
    (Stem::Spend, "spend spending budget budgets specified"),
    (Stem::Recharge, "recharge"),
    (
        Stem::Account,
        "account accounts subscription membership plan tier consumer project",
    ),
    (
        Stem::Inactive,
        "inactive overdue arrears arrearage deactivated delinquent unpaid suspended disabled unpurchased",
    ),
    (
        Stem::Terminated,
        "terminated banned blocked blacklisted prohibited ban blocklisted firewall",
    ),
    (
        Stem::Policy,
        "policy policies violation violations violated violating",
    ),
    (
        Stem::Unusual,
        "unusual suspicious abnormal fraud fraudulent malicious comply",
    ),
    (Stem::Abuse, "abuse"),
    (Stem::Temporary, "temporary temporarily"),
    (
        Stem::Key,
        "key keys apikey credential credentials signature",
    ),
    (
        Stem::Auth,
        "authentication unauthorized unauthenticated authenticate unauthorised",
    ),
    (
        Stem::Invalid,
        "invalid incorrect wrong expired revoked mismatched malformed missing",
    ),
    (Stem::Permission, "permission permissions denied forbidden"),
    (Stem::Organization, "organization organisation org team"),
    (Stem::Member, "member match mismatch"),
    (
        Stem::Concurrent,
        "concurrent concurrency concurrently parallel simultaneous simultaneously inflight connections",
    ),
    (
        Stem::Overload,
        "overloaded overload saturated busy overcapacity congested maintenance unavailable loading overloading circuit execution deadline",
    ),
    (Stem::Capacity, "capacity"),
    (Stem::Demand, "demand load traffic peak"),
    (Stem::High, "high heavy"),
    (Stem::Queue, "queue queued pending"),
    (Stem::Enqueued, "enqueued"),
    (Stem::Flex, "flex"),
    (Stem::Deployment, "deployments deployment"),
    (Stem::Receiving, "receiving experiencing"),
    (Stem::Resource, "resource resources"),
    (Stem::Too, "too zu"),
    (Stem::Large, "large long big larger longer"),
    (Stem::Context, "context body payload entity"),
    (Stem::Size, "size"),
    (
        Stem::Ramp,
        "increase increased growth ramp acceleration grew",
    ),
    (Stem::Fast, "fast quickly rapidly frequently quick frequent"),
    (Stem::Second, "second seconds sec secs"),
    (Stem::Minute, "minute minutes min mins"),
    (Stem::Hour, "hour hours hr hrs"),
    (Stem::Day, "day days"),
    (Stem::Week, "week weeks"),
    (Stem::Month, "month months"),
    (Stem::Retry, "retry"),
    (
        Stem::Reset,
        "reset resets resetting regain refill renew renews replenish replenishes refreshes",
    ),
    (Stem::Not, "not cannot no"),
    (Stem::Allocated, "allocated secondary"),
    (Stem::Add, "add unlock upgrade raise"),
    (Stem::Retrying, "retrying"),
    (Stem::Many, "many much viele often"),
    (Stem::Slow, "slow"),
    (Stem::Down, "down"),
    (Stem::Active, "active"),
    (Stem::Api, "api"),
    (Stem::Per, "per every by each"),
    (Stem::For, "for"),
    (Stem::In, "in"),
    (Stem::Of, "of"),
    (Stem::To, "to"),
    (Stem::Is, "is was"),
    (Stem::At, "at"),
    (Stem::After, "after"),
    (Stem::Until, "until till"),
    (Stem::Wait, "wait cooldown"),
    (Stem::Try, "try trying"),
    (Stem::Again, "again"),
    (Stem::Available, "available"),
    (Stem::Within, "within"),
    (Stem::Last, "last past"),
    (Stem::Period, "period window rolling"),
    (Stem::Your, "your"),
    (Stem::Out, "out"),
    (Stem::Up, "up"),
    (Stem::Low, "low"),
    (Stem::Enough, "enough sufficient"),
    (Stem::Due, "due"),
    (Stem::Such, "such"),
    (Stem::On, "on"),
    (Stem::Used, "used actual"),
    (Stem::Current, "current currently"),
    (Stem::Requested, "requested resulted requesting"),
    (Stem::Remaining, "remaining"),
    (Stem::Burst, "burst"),
    (Stem::Afford, "afford cost costs"),
    (Stem::Total, "total"),
    (Stem::Server, "server"),
    (Stem::Ready, "ready"),
    (Stem::Daily, "daily today"),
    (Stem::Hourly, "hourly"),
    (Stem::Monthly, "monthly"),
    (Stem::Weekly, "weekly"),
    (Stem::Secondly, "secondly"),
    (Stem::Minutely, "minutely"),
    (Stem::Ten, "ten"),
    (Stem::Rpm, "rpm qpm"),
    (Stem::Rpd, "rpd"),
    (Stem::Rps, "rps tps qps"),
    (Stem::Rph, "rph"),
    (Stem::Tpm, "tpm itpm otpm"),
    (Stem::Tpd, "tpd"),
    (Stem::Ipm, "ipm"),
    (Stem::AudioHour, "ash asph"),
    (Stem::AudioDay, "asd aspd"),
    (Stem::Code, "code cod errno errcode errorcode"),
    (Stem::Type, "type"),
    (Stem::Status, "status reason category title cause"),
    (Stem::Message, "message msg detail"),
    (Stem::Error, "error err"),
    (Stem::Errors, "errors"),
    (Stem::Exception, "exception"),
    (Stem::Model, "model models"),
    (Stem::Name, "name id group"),
    (Stem::Millis, "ms millis milliseconds millisecond"),
    (Stem::Delay, "delay estimated"),
    (Stem::Time, "time timestamp stamp"),
    (Stem::Value, "value"),
    (Stem::Count, "count"),
    (Stem::Elsewhere, "previous fallback fallbacks"),
];
