//! What in a text is a key.

/// Whether the word names what comes after it: `key`, `x-access-token`, `AWS_SECRET_ACCESS_KEY`, `apiKey`.
pub(super) fn is_name(word: &str) -> bool {
    let last = word.rsplit(['_', '-', '.']).next().unwrap_or(word).as_bytes();
    let end = |length| last.len().checked_sub(length).and_then(|at| last.get(at..));
    NAMES.iter().any(|name| end(name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes())))
}

/// Whether a word is a secret by its looks; `value` is the word with all that touches it.
pub(super) fn is_secret(word: &str, value: &str) -> bool {
    has_prefix(word) || is_random(word, SHORTEST_KEY) || is_base64(value)
}

/// Whether a word behind a name can be a secret.
pub(super) fn may_be_secret(word: &str) -> bool {
    (has_digit(word) || word.len() >= SHORTEST_WORDLESS) && !is_id(word)
}

/// Whether a part of a path is a secret, as in the address of a webhook.
pub(super) fn is_path_secret(word: &str) -> bool {
    is_random(word, SHORTEST_WORDLESS)
}

/// Whether a word begins as the keys of a service do.
fn has_prefix(word: &str) -> bool {
    PREFIXES.iter().any(|prefix| word.len() > prefix.len() && word.starts_with(prefix))
}

/// Whether a key begins anywhere in a word. (Not by `contains`, which may panic as far as a linker can see.)
pub(super) fn has_prefix_within(word: &str) -> bool {
    word.char_indices().any(|(at, _)| word.get(at..).is_some_and(has_prefix))
}

/// Whether a word says how a key is, not what it is.
pub(super) fn is_state(word: &str) -> bool {
    STATES.contains(&word.trim_end_matches(['.', ':', '!']))
}

pub(super) const fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'*' | b'+')
}

/// A long word with digits that is not a row of short words and numbers, as in the address of an article.
fn is_random(word: &str, shortest: usize) -> bool {
    let letter = |part: &str| part.bytes().any(|byte| byte.is_ascii_alphabetic());
    let random = |part: &str| part.len() >= SHORTEST_WORDLESS || (part.len() >= 8 && has_digit(part) && letter(part));
    word.len() >= shortest && has_digit(word) && word.split(['-', '_', '.']).any(random) && !is_id(word)
}

/// A secret of AWS has 40 characters, slashes among them.
fn is_base64(value: &str) -> bool {
    let all = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'='));
    let any = |is: fn(&u8) -> bool| value.bytes().any(|byte| is(&byte));
    all && value.len() >= SHORTEST_KEY && has_digit(value) && any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase)
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

/// An id that support asks for: OpenAI's and Anthropic's, and a UUID.
fn is_id(word: &str) -> bool {
    let uuid = word.len() == 36
        && word.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    uuid || ["org-", "org_", "req_", "proj_", "chatcmpl-", "resp_"].iter().any(|prefix| word.starts_with(prefix))
}

/// A word as long with digits in it is taken for a key: Azure's have 32.
const SHORTEST_KEY: usize = 32;

/// Words are seldom as long.
const SHORTEST_WORDLESS: usize = 16;

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

/// Names, or their ends, with a key behind them.
const NAMES: &[&str] = &["key", "token", "secret", "password", "authorization", "cookie", "session", "signature", "provided"];

/// What keys are said to be.
const STATES: &[&str] = &[
    "invalid",
    "incorrect",
    "wrong",
    "missing",
    "required",
    "not",
    "no",
    "expired",
    "disabled",
    "revoked",
    "inactive",
    "blocked",
    "limited",
    "too",
    "over",
    "already",
    "malformed",
    "empty",
];
