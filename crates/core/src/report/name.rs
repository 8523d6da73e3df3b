//! Words behind which a key or a prompt comes.

/// Whether the word names what comes after it: `key`, `x-access-token`, `AWS_SECRET_ACCESS_KEY`, `apiKey`.
pub(super) fn is_of_secret(word: &str) -> bool {
    SECRETS.iter().any(|name| ends_with(word, name)) || is_listed(last_part(word), SHORT_SECRETS)
}

/// Whether a prompt comes after the word: `prompt`, `user_input`.
pub(super) fn is_of_prompt(word: &str) -> bool {
    PROMPTS.iter().any(|name| ends_with(word, name)) || is_listed(last_part(word), SHORT_PROMPTS)
}

/// What a Korean, Chinese or Japanese word names, whatever is attached to it.
pub(super) fn of_wide(word: &str) -> Option<Wide> {
    let has = |names: &[&str]| {
        names.iter().any(|name| word.char_indices().any(|(at, _)| word.get(at..).is_some_and(|rest| rest.starts_with(name))))
    };
    match () {
        () if has(WIDE_COUNTS) => None,
        () if has(WIDE_PASSWORDS) => Some(Wide::Password),
        () if has(WIDE_KEYS) => Some(Wide::Key),
        () if has(WIDE_PROMPTS) => Some(Wide::Prompt),
        () => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wide {
    Key,
    Password,
    Prompt,
}

/// Whether words are one but for their case.
pub(super) fn is_listed(word: &str, list: &[&str]) -> bool {
    list.iter().any(|listed| word.eq_ignore_ascii_case(listed))
}

fn last_part(word: &str) -> &str {
    word.rsplit(['_', '-', '.']).next().unwrap_or(word)
}

/// In any case, with or without signs between the parts: `session_id`, `SESSIONID`.
fn ends_with(word: &str, name: &str) -> bool {
    let mut letters = word.bytes().rev().filter(|byte| !matches!(byte, b'_' | b'-'));
    name.bytes().rev().all(|byte| letters.next().is_some_and(|letter| letter.eq_ignore_ascii_case(&byte)))
}

/// Names, or their ends, with a key behind them.
const SECRETS: &[&str] = &[
    "key",
    "token",
    "secret",
    "password",
    "passwd",
    "pwd",
    "passcode",
    "authorization",
    "credential",
    "credentials",
    "cookie",
    "session",
    "sessionid",
    "sessid",
    "signature",
    "provided",
];

/// Too short to be looked for at the ends of words.
const SHORT_SECRETS: &[&str] = &["pass", "sig", "auth", "otp", "pin", "sid", "jwt"];

/// Names, or their ends, with the caller's words behind them.
const PROMPTS: &[&str] = &[
    "prompt",
    "prompts",
    "input",
    "inputs",
    "messages",
    "content",
    "contents",
    "query",
    "question",
    "instructions",
    "passphrase",
    "mnemonic",
];
const SHORT_PROMPTS: &[&str] = &["text", "user", "assistant", "system", "human", "document", "transcript"];

const WIDE_PASSWORDS: &[&str] = &["비밀번호", "암호", "패스워드", "密码", "口令", "パスワード"];
const WIDE_KEYS: &[&str] = &["키", "시크릿", "인증", "액세스", "자격", "密钥", "令牌", "凭证", "签名", "キー", "鍵", "トークン", "認証"];
const WIDE_PROMPTS: &[&str] = &["프롬프트", "입력", "질문", "提示词", "输入", "提问", "プロンプト", "入力", "質問"];

/// Behind these comes a number, whatever else a word has: `입력토큰`.
const WIDE_COUNTS: &[&str] = &["입력토큰", "한도", "길이", "长度", "上限", "限制", "入力トークン"];
