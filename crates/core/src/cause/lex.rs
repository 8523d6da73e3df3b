//! Bytes: their classes, and where identifiers, names, keys and URLs end.

/// Classes of bytes, each byte in one.
pub(super) mod class {
    pub(in super::super) const PUNCT: u8 = 0;
    pub(in super::super) const LOWER: u8 = 1;
    pub(in super::super) const UPPER: u8 = 2;
    pub(in super::super) const DIGIT: u8 = 3;
    pub(in super::super) const SPACE: u8 = 4;
    /// Not ASCII.
    pub(in super::super) const WIDE: u8 = 5;
}

/// Sets of bytes, a bit each.
pub(super) mod set {
    /// Identifiers: `rate_limit_exceeded`, `gpt-4`, `X-RateLimit-Limit`.
    pub(in super::super) const IDENT: u8 = 8;
    /// Names of models and organizations: `black-forest-labs/FLUX.1`, `org-****`, `llama3:8b`.
    pub(in super::super) const NAME: u8 = 16;
    /// What a URL goes on with.
    pub(in super::super) const URL: u8 = 32;
    pub(in super::super) const QUOTE: u8 = 64;
}

/// The class of each byte in the low three bits, its sets above.
static BYTES: [u8; 256] = {
    let mut table = [class::PUNCT; 256];
    let mut byte = 0;
    while byte < 256 {
        let value = byte as u8;
        table[byte] = match value {
            b'a'..=b'z' => class::LOWER | set::IDENT | set::NAME,
            b'A'..=b'Z' => class::UPPER | set::IDENT | set::NAME,
            b'0'..=b'9' => class::DIGIT | set::IDENT | set::NAME,
            b' ' | b'\t' | b'\r' | b'\n' => class::SPACE,
            0x80.. => class::WIDE,
            b'_' | b'-' | b'$' => class::PUNCT | set::IDENT | set::NAME,
            b'.' | b'/' | b':' | b'*' | b'@' | b'+' => class::PUNCT | set::NAME,
            b'"' | b'\'' | b'`' => class::PUNCT | set::QUOTE,
            _ => class::PUNCT,
        };
        let ends_url = matches!(
            value,
            0..=b' ' | b'"' | b'\'' | b'<' | b'>' | b')' | b'\\' | b'`' | b'|' | 0x80..
        );
        if !ends_url {
            table[byte] |= set::URL;
        }
        byte += 1;
    }
    table
};

const CLASS: u8 = 7;

/// The byte at `at`, or 0 past the end.
#[inline]
pub(super) fn byte(body: &[u8], at: usize) -> u8 {
    body.get(at).copied().unwrap_or(0)
}

/// The class of a byte.
#[inline]
pub(super) fn class_of(byte: u8) -> u8 {
    BYTES[usize::from(byte)] & CLASS
}

/// The class of the byte at `at`; past the end it is punctuation.
#[inline]
pub(super) fn class_at(body: &[u8], at: usize) -> u8 {
    BYTES[usize::from(byte(body, at))] & CLASS
}

/// Whether the byte at `at` is a letter.
#[inline]
pub(super) fn is_letter(body: &[u8], at: usize) -> bool {
    matches!(class_at(body, at), class::LOWER | class::UPPER)
}

/// Whether the byte at `at` is in `set`.
#[inline]
pub(super) fn is_in(body: &[u8], at: usize, set: u8) -> bool {
    BYTES[usize::from(byte(body, at))] & set != 0
}

/// The end of the run from `at` of bytes that `is` accepts.
#[inline]
pub(super) fn run(body: &[u8], at: usize, is: impl Fn(u8) -> bool) -> usize {
    let rest = body.get(at..).unwrap_or_default();
    let len = rest.iter().position(|&byte| !is(byte));
    at + len.unwrap_or(rest.len())
}

/// The end of the run from `at` of bytes in `set`.
#[inline]
pub(super) fn run_of(body: &[u8], at: usize, set: u8) -> usize {
    run(body, at, |byte| BYTES[usize::from(byte)] & set != 0)
}

/// The end of a name from `at`; of a longer one than [`LONGEST_NAME`], a place within it.
///
/// A name may be looked at again and again before it is passed, so the look has to be short.
#[inline]
pub(super) fn name_end(body: &[u8], at: usize) -> usize {
    let end = at.saturating_add(LONGEST_NAME).min(body.len());
    run_of(body.get(..end).unwrap_or_default(), at, set::NAME)
}

const LONGEST_NAME: usize = 256;

/// The end of the blanks from `at`.
#[inline]
pub(super) fn blanks(body: &[u8], at: usize) -> usize {
    run(body, at, |byte| class_of(byte) == class::SPACE)
}

/// The end of the backslashes from `at`.
#[inline]
pub(super) fn backslashes(body: &[u8], at: usize) -> usize {
    run(body, at, |byte| byte == b'\\')
}

/// Where a value begins behind its opening: blanks, escaped quotes, `String("`, `b'`; and whether it is quoted.
#[inline]
pub(super) fn opening(body: &[u8], at: usize) -> (usize, bool) {
    let at = if byte(body, at) == b' ' { at + 1 } else { at };
    match (byte(body, at), class_at(body, at + 1)) {
        (b'"' | b'\'', class::LOWER | class::UPPER | class::DIGIT) => (at + 1, true),
        (_, class::LOWER) if class_at(body, at) == class::LOWER => (at, false),
        (b'{' | b'[' | b'0'..=b'9', _) => (at, false),
        _ => any_opening(body, at),
    }
}

fn any_opening(body: &[u8], at: usize) -> (usize, bool) {
    let mut at = blanks(body, at);
    if starts_with(body, at, b"String(") {
        at += 7;
    } else if matches!(byte(body, at), b'b' | b'u') && is_in(body, at + 1, set::QUOTE) {
        at += 1;
    }
    let bare = backslashes(body, at);
    if starts_with(body, bare, &CURLY) {
        return (bare + CURLY.len(), true);
    }
    match run_of(body, bare, set::QUOTE) {
        end if end == bare => (at, false),
        end => (end, true),
    }
}

/// The opening quote of a typographer.
const CURLY: [u8; 3] = [0xE2, 0x80, 0x9C];

/// Where the value of a key begins whose name ends at `end`, and whether quotes stood around the name.
#[inline]
pub(super) fn key_end(body: &[u8], end: usize) -> Option<(usize, bool)> {
    let bare = match (byte(body, end), byte(body, end + 1)) {
        (b'"' | b'\'', b':') => return Some((end + 2, true)),
        (b',' | b'.' | b')', _) => return None,
        (b'\\', _) => backslashes(body, end),
        _ => end,
    };
    let quoted = is_in(body, bare, set::QUOTE);
    let colon = blanks(body, if quoted { bare + 1 } else { end });
    match byte(body, colon) {
        b':' if !matches!(byte(body, colon + 1), b':' | b'/') => Some((colon + 1, quoted)),
        b'=' if !quoted && !matches!(byte(body, colon + 1), b'=' | b'>') => Some((colon + 1, quoted)),
        // Ruby's `"code"=>429`
        b'=' if quoted && byte(body, colon + 1) == b'>' => Some((colon + 2, quoted)),
        _ => None,
    }
}

#[inline]
pub(super) fn starts_with<const N: usize>(body: &[u8], at: usize, prefix: &[u8; N]) -> bool {
    body.get(at..).and_then(<[u8]>::first_chunk) == Some(prefix)
}

/// Like [`starts_with`], for a prefix in lower case and a body in any.
pub(super) fn starts_with_any_case(body: &[u8], at: usize, prefix: &[u8]) -> bool {
    body.get(at..).and_then(|rest| rest.get(..prefix.len())).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// The text at `start..end`, where it is UTF-8.
pub(super) fn text(body: &[u8], start: usize, end: usize) -> Option<&str> {
    core::str::from_utf8(body.get(start..end)?).ok()
}
