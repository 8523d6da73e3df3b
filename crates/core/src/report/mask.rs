//! Keys in texts, made unreadable.

use core::fmt::{self, Display, Formatter, Write};

/// Writes a text on one line, at most [`LONGEST`] characters of it, with `***` for whatever may be a key.
pub(super) struct Masked<'a>(pub(super) &'a str);

impl Display for Masked<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let text = match self.0.char_indices().nth(LONGEST) {
            Some((end, _)) => self.0.split_at_checked(end).map_or("", |(start, _)| whole_words(start)),
            None => self.0,
        };
        let mut previous = "";
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = rest.bytes().take_while(|byte| is_of_word(*byte)).count();
            let (word, after) = rest.split_at_checked(length.max(first.len_utf8())).unwrap_or((rest, ""));
            match length {
                0 => out.write_char(if first.is_control() { ' ' } else { first })?,
                _ if is_secret(word, previous) => out.write_str("***")?,
                _ => out.write_str(word)?,
            }
            previous = if length > 0 { word } else { previous };
            rest = after;
        }
        out.write_str(if text.len() < self.0.len() { " …" } else { "" })
    }
}

/// Without the last word, which may be the beginning of a key.
fn whole_words(text: &str) -> &str {
    text.trim_end_matches(|character: char| u8::try_from(character).is_ok_and(is_of_word))
}

const fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'*' | b'+')
}

fn is_secret(word: &str, previous: &str) -> bool {
    let after = |words: &[&str]| words.iter().any(|name| previous.eq_ignore_ascii_case(name));
    let digits = word.bytes().any(|byte| byte.is_ascii_digit());
    let prefixed = PREFIXES.iter().any(|prefix| word.len() > prefix.len() && word.starts_with(prefix));
    let long = digits && word.len() >= SHORTEST_KEY;
    prefixed || after(&["bearer"]) || (after(KEY_NAMES) && (digits || word.len() >= 16)) || (long && !after(&["id"]) && !is_id(word))
}

/// An id that support asks for: OpenAI's and Anthropic's, and a UUID.
fn is_id(word: &str) -> bool {
    let uuid = word.len() == 36
        && word.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    uuid || ["org-", "req_", "proj_", "chatcmpl-", "resp_"].iter().any(|prefix| word.starts_with(prefix))
}

/// Longer messages are cut: what comes late in one is seldom about the error.
const LONGEST: usize = 300;

/// A word as long with digits in it is taken for a key: Azure's have 32.
const SHORTEST_KEY: usize = 32;

/// How the keys of services begin.
const PREFIXES: &[&str] = &[
    "sk-",
    "sk_",
    "rk_",
    "pk_",
    "ak-",
    "csk-",
    "gsk_",
    "hf_",
    "xai-",
    "r8_",
    "pplx-",
    "nvapi-",
    "fw_",
    "tgp_",
    "AIza",
    "ya29.",
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xox",
    "eyJ",
];

/// Words with a key behind them.
const KEY_NAMES: &[&str] =
    &["key", "apikey", "api_key", "api-key", "x-api-key", "token", "access_token", "secret", "password", "authorization", "provided"];
