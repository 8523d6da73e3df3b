//! Bytes: their classes, and where identifiers, names, keys and URLs end.

/// Classes of bytes.
pub(super) mod class {
    pub(in super::super) const PUNCT: u8 = 0;
    pub(in super::super) const LOWER: u8 = 1;
    pub(in super::super) const UPPER: u8 = 2;
    pub(in super::super) const DIGIT: u8 = 3;
    pub(in super::super) const SPACE: u8 = 4;
    /// Not ASCII.
    pub(in super::super) const WIDE: u8 = 5;
}

/// The class of each byte.
pub(super) static CLASS: [u8; 256] = {
    let mut table = [class::PUNCT; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' => class::LOWER,
            b'A'..=b'Z' => class::UPPER,
            b'0'..=b'9' => class::DIGIT,
            b' ' | b'\t' | b'\r' | b'\n' => class::SPACE,
            0x80.. => class::WIDE,
            _ => class::PUNCT,
        };
        byte += 1;
    }
    table
};

/// The byte at `at`, or 0 past the end.
#[inline]
pub(super) fn byte(body: &[u8], at: usize) -> u8 {
    body.get(at).copied().unwrap_or(0)
}

/// The class of the byte at `at`; past the end it is punctuation.
#[inline]
pub(super) fn class_at(body: &[u8], at: usize) -> u8 {
    CLASS[usize::from(byte(body, at))]
}

/// The end of the run from `at` of bytes that `is` accepts.
#[inline]
pub(super) fn run(body: &[u8], at: usize, is: impl Fn(u8) -> bool) -> usize {
    let rest = body.get(at..).unwrap_or_default();
    let len = rest.iter().position(|&byte| !is(byte));
    at + len.unwrap_or(rest.len())
}

/// The end of the blanks from `at`.
#[inline]
pub(super) fn blanks(body: &[u8], at: usize) -> usize {
    run(body, at, |byte| CLASS[usize::from(byte)] == class::SPACE)
}

/// Bytes of identifiers: `rate_limit_exceeded`, `gpt-4`, `X-RateLimit-Limit`.
#[inline]
pub(super) fn is_ident(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$')
}

/// Bytes of names of models and organizations: `black-forest-labs/FLUX.1`, `org-****`, `llama3:8b`.
#[inline]
pub(super) fn is_name(byte: u8) -> bool {
    is_ident(byte) || matches!(byte, b'.' | b'/' | b':' | b'*' | b'@' | b'+')
}

/// Bytes that a URL goes on with.
#[inline]
pub(super) fn is_url(byte: u8) -> bool {
    !matches!(byte, 0..=b' ' | b'"' | b'\'' | b'<' | b'>' | b')' | b'\\' | b'`' | b'|' | 0x80..)
}

#[inline]
pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The end of an opening of a value from `at`: blanks, escaped quotes, `String("`, `b'`.
pub(super) fn opening(body: &[u8], at: usize) -> (usize, bool) {
    let mut at = blanks(body, at);
    for constructor in [&b"String("[..], b"Some(", b"b'", b"b\"", b"u'"] {
        if starts_with(body, at, constructor) {
            at += constructor.len() - usize::from(constructor.last().is_some_and(|&b| is_quote(b)));
        }
    }
    let bare = run(body, at, |byte| byte == b'\\');
    let quoted = is_quote(byte(body, bare)) || starts_with(body, bare, "\u{201c}".as_bytes());
    if !quoted {
        return (at, false);
    }
    let end = run(body, bare, is_quote);
    (if end == bare { bare + 3 } else { end }, true)
}

/// Where the value of a key begins whose name ends at `end`, and whether quotes stood around the name.
#[inline]
pub(super) fn key_end(body: &[u8], end: usize) -> Option<(usize, bool)> {
    let bare = run(body, end, |byte| byte == b'\\');
    let quoted = is_quote(byte(body, bare));
    let colon = blanks(body, if quoted { bare + 1 } else { end });
    match byte(body, colon) {
        b':' if !matches!(byte(body, colon + 1), b':' | b'/') => Some((colon + 1, quoted)),
        b'=' if !quoted && !matches!(byte(body, colon + 1), b'=' | b'>') => {
            Some((colon + 1, quoted))
        }
        _ => None,
    }
}

#[inline]
pub(super) fn starts_with(body: &[u8], at: usize, prefix: &[u8]) -> bool {
    body.get(at..).is_some_and(|rest| rest.starts_with(prefix))
}

/// Like [`starts_with`], for a prefix in lower case and a body in any.
pub(super) fn starts_with_any_case(body: &[u8], at: usize, prefix: &[u8]) -> bool {
    body.get(at..)
        .and_then(|rest| rest.get(..prefix.len()))
        .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// The text at `start..end`, where it is UTF-8.
pub(super) fn text(body: &[u8], start: usize, end: usize) -> Option<&str> {
    core::str::from_utf8(body.get(start..end)?).ok()
}
