//! Chinese, Korean and Japanese: phrases without blanks between them, raw or as `\u` escapes.

use super::lex::{byte, run};
use super::phrases::PHRASES;
use super::words::Stem;

/// The longest phrase at `at`: its stems and where it ends.
pub(super) fn phrase_at(body: &[u8], at: usize) -> Option<(&'static [Stem], usize)> {
    let (first, _) = char_at(body, at)?;
    let from = PHRASES.partition_point(|(phrase, _)| first_char(phrase) < first);
    PHRASES
        .get(from..)?
        .iter()
        .take_while(|(phrase, _)| first_char(phrase) == first)
        .find_map(|&(phrase, stems)| Some((stems, matches(body, at, phrase)?)))
}

/// The character at `at` and its length, whether UTF-8 or a `\u` escape behind any number of backslashes.
///
/// A broken one is the replacement character, one byte long.
pub(super) fn char_at(body: &[u8], at: usize) -> Option<(char, usize)> {
    let lead = *body.get(at)?;
    if lead == b'\\' {
        return escape_at(body, at);
    }
    let len = match lead {
        0..0x80 => 1,
        0xC2..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0..0xF5 => 4,
        _ => return Some((char::REPLACEMENT_CHARACTER, 1)),
    };
    let char = body.get(at..at + len).and_then(|bytes| core::str::from_utf8(bytes).ok()).and_then(|text| text.chars().next());
    Some(char.map_or((char::REPLACEMENT_CHARACTER, 1), |char| (char, len)))
}

fn escape_at(body: &[u8], at: usize) -> Option<(char, usize)> {
    let end = run(body, at, |byte| byte == b'\\');
    if byte(body, end) != b'u' {
        return None;
    }
    let digits = body.get(end + 1..end + 5)?;
    let mut code = 0;
    for &digit in digits {
        code = code << 4 | char::from(digit).to_digit(16)?;
    }
    let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    Some((char, end + 5 - at))
}

fn matches(body: &[u8], at: usize, phrase: &str) -> Option<usize> {
    phrase.chars().try_fold(at, |at, wanted| {
        let (char, len) = char_at(body, at)?;
        (char == wanted).then_some(at + len)
    })
}

fn first_char(phrase: &str) -> char {
    phrase.chars().next().unwrap_or('\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_in_the_order_that_the_search_needs() {
        let order = |&(phrase, _): &(&str, _)| (first_char(phrase), core::cmp::Reverse(phrase.chars().count()));
        assert!(PHRASES.is_sorted_by_key(order));
    }

    #[test]
    fn escapes_are_the_characters_they_stand_for() {
        let raw = phrase_at("\u{8bf7}\u{6c42}".as_bytes(), 0);
        let escaped = phrase_at(br"\\u8bf7\\u6c42", 0);
        assert!(raw.is_some());
        assert_eq!(raw.map(|(stems, _)| stems), escaped.map(|(stems, _)| stems));
    }
}
