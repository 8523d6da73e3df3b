//! What the words before lead a reader to expect.

use super::name::{self, Wide, is_listed};
use super::secret::is_state;
use super::sign;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expects {
    Nothing,
    /// A word such as "metric" was read: a quotation may name a limit.
    Limit,
    /// "id" was read: support asks for it.
    Id,
    /// A name such as "key" was read: a word that looks like a secret is one.
    Maybe,
    /// A name, and "you sent": only a colon makes a secret of what comes.
    Named,
    /// "is" followed: a word that tells no state is a secret.
    State,
    /// A colon or its like followed: a secret comes, whatever it looks like.
    Secret,
    /// A secret was read: behind the end of its line its second half may come.
    Half,
    /// "prompt" was read: a quotation is one.
    Prompt,
    /// A colon followed: the prompt comes, and nothing tells where it ends.
    Words,
}

impl Expects {
    /// Whether `value`, which comes now, is a secret.
    pub(super) fn secret(self, value: &str) -> bool {
        match self {
            Self::Secret => !value.is_empty(),
            Self::State => value.starts_with(|first: char| first.is_ascii()) && !is_state(value),
            _ => false,
        }
    }

    /// What to expect after `word`, which stands alone.
    pub(super) fn after(word: &str) -> Self {
        let name = word.trim_end_matches([':', '=']);
        let assigned = name.len() < word.len();
        match name {
            "-u" => Self::Secret,
            _ if name.starts_with("-----BEGIN") => Self::Words,
            _ if is_listed(name, &["bearer"]) => Self::Secret,
            _ if is_listed(name, &["id"]) => Self::Id,
            _ if is_listed(name, LIMITED) => Self::Limit,
            _ if name::is_of_secret(name) && (assigned || name.starts_with("--")) => Self::Secret,
            _ if name::is_of_secret(name) => Self::Maybe,
            _ if name::is_of_prompt(name) && assigned => Self::Words,
            _ if name::is_of_prompt(name) => Self::Prompt,
            _ => Self::Nothing,
        }
    }

    /// What to expect after what was hidden, which may hold other names.
    pub(super) fn after_secret(secret: &str) -> Self {
        let (before, _) = secret.rsplit_once(|sign| sign::assigns(sign) || sign == '>').unwrap_or_default();
        if before.split(|sign| sign::assigns(sign) || sign == '>').any(|part| Self::of_name(part) == Self::Prompt) {
            return Self::Words;
        }
        match Self::after(secret) {
            Self::Nothing | Self::Limit => Self::Half,
            expects => expects,
        }
    }

    /// What to expect after the last word of `text`.
    fn of_name(text: &str) -> Self {
        match Self::after(text) {
            Self::Nothing => Self::Nothing.after_wide(text),
            expects => expects,
        }
    }

    /// What to expect after `word`, which follows what led to expect this.
    pub(super) fn then(self, word: &str) -> Self {
        let dash = word.bytes().all(|byte| byte == b'-');
        match self {
            Self::Maybe | Self::Prompt if dash => self,
            Self::Maybe | Self::Named if is_listed(word, BE) => Self::State,
            // The id of a session is as good as a key.
            Self::Maybe if is_listed(word, &["id"]) => self,
            Self::Maybe | Self::Named if is_listed(word, LINKS) => Self::Named,
            Self::Prompt if is_listed(word, BE) || is_listed(word, LINKS) => self,
            _ => Self::after(word),
        }
    }

    /// What to expect after a word of letters that are no ASCII.
    pub(super) fn after_wide(self, word: &str) -> Self {
        match name::of_wide(word) {
            Some(Wide::Key) => Self::Maybe,
            Some(Wide::Password) => Self::State,
            Some(Wide::Prompt) => Self::Prompt,
            // An access token is a key, tokens alone are counted.
            None if self == Self::Maybe && word.starts_with("토큰") => self,
            None if self == Self::Prompt && !word.starts_with("토큰") && WIDE_LINKS.iter().any(|link| word.starts_with(link)) => self,
            None => Self::Nothing,
        }
    }

    /// What to expect after a sign; `attached` to a word.
    pub(super) const fn after_sign(self, sign: char, attached: bool) -> Self {
        let assigns = sign::assigns(sign) || (sign == '>' && attached);
        match self {
            Self::Maybe | Self::Named | Self::State if assigns => Self::Secret,
            Self::Prompt if assigns => Self::Words,
            Self::Half if matches!(sign, '\n' | '\r' | '\\') => Self::Secret,
            Self::Half => Self::Nothing,
            Self::Words => self,
            _ if sign::ends(sign) => Self::Nothing,
            _ => self,
        }
    }
}

/// Behind these a service names its limit.
const LIMITED: &[&str] = &["metric", "limit", "service"];

const BE: &[&str] = &["is", "was", "are", "were", "equals"];

/// What may stand between a name and its colon.
const LINKS: &[&str] =
    &["value", "string", "text", "message", "content", "you", "sent", "used", "given", "supplied", "received", "specified", "passed"];
const WIDE_LINKS: &[&str] = &["내용", "텍스트", "문장", "메시지", "값", "内容"];
