//! The values of rate-limit headers: lists of items, each with a name, an amount, a window or parameters.
//!
//! One grammar covers them all, strict where numbers are concerned and lenient elsewhere: RFC 9651 lists and
//! dictionaries of every generation of the IETF draft, `100;w=60`, `600,30000`, `20:1,100:120`, `39/40`,
//! `api-usage=12/15000`, `Microsoft.Compute/PutVM3Min;237`.

use core::time::Duration;

use super::name::Field;
use crate::cause::whole;

/// One item of a list: `"day";q=5000;w=86400`, `100;w=60`, `20:1`.
#[derive(Default)]
pub(super) struct Item<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) amount: Option<Amount>,
    pub(super) limit: Option<Amount>,
    pub(super) remaining: Option<Amount>,
    pub(super) reset: Option<&'a str>,
    /// `w=`
    pub(super) window: Option<Duration>,
    /// The window behind a colon, which tells one item from another: `100:120`.
    pub(super) per: Option<Duration>,
    /// `qu=`
    pub(super) unit: Option<&'a str>,
}

/// A number of requests, tokens or the like.
#[derive(Clone, Copy)]
pub(super) enum Amount {
    Count(u64),
    /// `0.5`: nothing left, and no limit that whole numbers can say.
    BelowOne,
    /// Below zero: no limit, or nothing left.
    Negative,
    /// `39/40`: so much used of so much.
    Ratio {
        used: u64,
        limit: u64,
    },
}

/// The items of a list, in order. A comma inside quotes separates nothing.
pub(super) fn items(value: &str) -> impl Iterator<Item = Item<'_>> {
    split(value, if is_grouped(value) { b';' } else { b',' }).map(item)
}

/// Whether commas group the digits of one number: `2,000,000`. Of a single comma (`500,000`) the zero behind it tells, for `600,300` are
/// two limits.
fn is_grouped(text: &str) -> bool {
    let groups = || text.split([',']).skip(1);
    let first = text.split([',']).next().unwrap_or("");
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    (1..=3).contains(&first.len())
        && digits(first)
        && groups().all(|group| group.len() == 3 && digits(group))
        && (groups().count() > 1 || groups().any(|group| group.starts_with('0')))
}

/// A whole number; `988.0` is one, and `9.5` has nine whole units left.
pub(super) fn amount(text: &str) -> Option<Amount> {
    if let Some((used, limit)) = text.split_once(['/']) {
        return Some(Amount::Ratio { used: count(used)?, limit: count(limit)? });
    }
    if is_grouped(text) {
        let digits = text.bytes().filter(u8::is_ascii_digit);
        return digits.map(|digit| u64::from(digit & 0xf)).try_fold(0, add_digit).map(Amount::Count);
    }
    match text.strip_prefix('-') {
        Some(rest) => count(rest).map(|_| Amount::Negative),
        None if is_below_one(seconds(text)?) => Some(Amount::BelowOne),
        None => count(text).map(Amount::Count),
    }
}

impl Amount {
    pub(super) const fn limit(self) -> Option<u64> {
        match self {
            Self::Count(limit) | Self::Ratio { limit, .. } => Some(limit),
            Self::BelowOne | Self::Negative => None,
        }
    }

    pub(super) const fn remaining(self) -> u64 {
        match self {
            Self::Count(remaining) => remaining,
            Self::Ratio { used, limit } => limit.saturating_sub(used),
            Self::BelowOne | Self::Negative => 0,
        }
    }
}

/// A part that is neither number nor parameter is the name; of several the last, which is the one that joins
/// `"fixed window";"api";q=1000` with `"api";r=999`.
fn item(text: &str) -> Item<'_> {
    let mut item = Item::default();
    for part in split(text, b';') {
        if let Some((key, value)) = part.split_once(['=']).filter(|_| !part.starts_with('"')) {
            item.parameter(key.trim(), unquoted(value.trim()));
        } else if let Some((amount, per)) = amount_per(part) {
            item.amount = Some(amount);
            item.per = per;
        } else if !part.is_empty() {
            item.name = Some(unquoted(part));
        }
    }
    item
}

impl<'a> Item<'a> {
    /// A lone number says nothing under a name that is not a number's: `x-ratelimit-bucket: 1234`.
    pub(super) fn says_nothing(&self, field: Field) -> bool {
        let number = self.amount.is_some() && field != Field::Named;
        let parameters = self.limit.is_some() || self.remaining.is_some() || self.reset.is_some();
        !number && !parameters
    }

    fn parameter(&mut self, key: &'a str, value: &'a str) {
        let is = |names: &[&str]| names.iter().any(|name| key.eq_ignore_ascii_case(name));
        if is(&["q", "l", "limit", "total"]) {
            self.limit = amount(value);
        } else if is(&["r", "remaining"]) {
            self.remaining = amount(value);
        } else if is(&["t", "reset", "resets"]) {
            self.reset = Some(value);
        } else if is(&["w", "window"]) {
            self.window = seconds(value);
        } else if is(&["qu"]) {
            self.unit = Some(value);
        } else if let Some(ratio @ Amount::Ratio { .. }) = amount(value) {
            self.limit = Some(ratio);
            self.remaining = Some(ratio);
        }
    }
}

fn amount_per(part: &str) -> Option<(Amount, Option<Duration>)> {
    match part.split_once([':']) {
        Some((number, window)) => Some((amount(number)?, Some(seconds(window)?))),
        None => Some((amount(part)?, None)),
    }
}

fn seconds(text: &str) -> Option<Duration> {
    whole::units(text, Duration::from_secs(1))
}

/// Rounded down; less than one unit cannot be said in whole ones.
fn count(text: &str) -> Option<u64> {
    seconds(text).filter(|&number| !is_below_one(number)).map(|number| number.as_secs())
}

const fn is_below_one(number: Duration) -> bool {
    number.as_secs() == 0 && number.subsec_nanos() > 0
}

const fn add_digit(number: u64, digit: u64) -> Option<u64> {
    match number.checked_mul(10) {
        Some(number) => number.checked_add(digit),
        None => None,
    }
}

/// The pieces between separators outside double quotes, trimmed.
fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        let (mut quoted, mut escaped) = (false, false);
        let end = text.bytes().position(|byte| {
            quoted ^= byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            byte == separator && !quoted
        });
        let (piece, after) = match end.and_then(|end| text.split_at_checked(end)) {
            Some((piece, after)) => (piece, after.get(1..)),
            None => (text, None),
        };
        rest = after;
        Some(piece.trim())
    })
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}
