//! What in a text is a key.

/// Whether a word is a secret by its looks; `value` is the word with all that touches it.
pub(super) fn is_secret(word: &str, value: &str) -> bool {
    has_prefix(word) || has_key_within(word) || is_random(word, SHORTEST_KEY) || is_base64(value)
}

/// Whether a word behind a name can be a secret.
pub(super) fn may_be_secret(word: &str) -> bool {
    (has_digit(word) || word.len() >= SHORTEST_WORDLESS) && !is_service_id(word)
}

/// Whether a part of a path is a secret, as in the address of a webhook.
pub(super) fn is_path_secret(word: &str) -> bool {
    is_random(word, SHORTEST_WORDLESS)
}

/// Whether a word begins as the keys of a service do.
fn has_prefix(word: &str) -> bool {
    let begins = |prefix: &str| {
        let start = word.get(..prefix.len()).unwrap_or("");
        // Those of letters alone begin words and regions too: `ASIA`.
        start == prefix || (prefix.ends_with(['-', '_']) && start.eq_ignore_ascii_case(prefix))
    };
    PREFIXES.iter().any(|prefix| word.len() > prefix.len() && begins(prefix))
}

/// Whether a long key begins inside a word, as behind `\n` or `org-`.
fn has_key_within(word: &str) -> bool {
    word.char_indices().skip(1).filter_map(|(at, _)| word.get(at..)).any(|rest| has_prefix(rest) && is_random(rest, SHORTEST_WORDLESS))
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

/// Whether a code is none: letters, digits, and small letters again, as in `hunter2pass`.
pub(super) fn is_garbled(code: &str) -> bool {
    let around = code.bytes().zip(code.bytes().skip(1));
    let mut parts = around.skip_while(|(one, next)| !(one.is_ascii_alphabetic() && next.is_ascii_digit()));
    parts.any(|(one, next)| one.is_ascii_digit() && next.is_ascii_lowercase())
}

/// An id that support asks for. (A UUID behind a name may be a key: those of some services are.)
fn is_id(word: &str) -> bool {
    is_uuid(word) || is_service_id(word)
}

fn is_uuid(word: &str) -> bool {
    word.len() == 36
        && word.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// OpenAI's and Anthropic's.
fn is_service_id(word: &str) -> bool {
    ["org-", "org_", "req_", "proj_", "chatcmpl-", "resp_"].iter().any(|prefix| word.starts_with(prefix))
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
    "ghu_",
    "glrt-",
    "npm_",
    "pypi-",
    "sess-",
    "shpat_",
    "sbp_",
    "pcsk_",
    "lsv2_",
    "tvly-",
    "whsec_",
    "dop_v1_",
    "bedrock-api-key-",
    "bce-v3",
    "ABSK",
    "GOCSPX-",
    "LTAI",
    "AKID",
    "SG.",
    "AQ.",
    "hvs.",
    "xox",
    "eyJ",
];

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
    "valid",
    "accepted",
    "rejected",
    "denied",
    "deleted",
    "deactivated",
    "suspended",
    "unknown",
    "unauthorized",
    "found",
    "temporarily",
    "currently",
    "only",
    "being",
    "used",
    "exceeded",
];
