//! What of a text stands in brackets: a body, a prompt.

/// A text around its brackets.
#[derive(Clone, Copy)]
pub(super) struct Bracketed<'a> {
    /// A status and a code in brackets, as in `[429:rate_limited] `, and what comes before the first bracket behind it.
    pub(super) before: &'a str,
    /// From the first bracket to the last closing one; to the end where it is not sure that a body ends there.
    pub(super) inside: &'a str,
    pub(super) behind: &'a str,
}

impl<'a> Bracketed<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let from = leading_code(text);
        let first = text.get(from..).and_then(|rest| rest.find(['{', '['])).map_or(text.len(), |at| from.saturating_add(at));
        let (before, rest) = text.split_at_checked(first).unwrap_or((text, ""));
        let end = rest.rfind(['}', ']']).map_or(0, |at| at.saturating_add(1));
        match rest.split_at_checked(end) {
            Some((inside, behind)) if ends(before, inside, behind) => Self { before, inside, behind },
            _ => Self { before, inside: rest, behind: "" },
        }
    }
}

/// Whether it is sure that what began inside has ended: a quotation that is cut, or escaped, may go on, and so may a word.
fn ends(before: &str, inside: &str, behind: &str) -> bool {
    let count = |sign: char| inside.matches([sign]).count();
    let paired = count('{') == count('}') && count('[') == count(']');
    let apart = behind.chars().next().is_none_or(char::is_whitespace);
    paired
        && apart
        && !inside.contains(['\\'])
        && !behind.contains(['{', '[', '\\'])
        && [before, inside, behind].into_iter().all(is_quoted_evenly)
}

/// Whether each quotation that opens closes.
fn is_quoted_evenly(text: &str) -> bool {
    let count = |sign: char| text.matches([sign]).count();
    let even = |count: usize| count.is_multiple_of(2);
    even(count('"')) && even(count('`')) && even(count('\'').saturating_sub(apostrophes(text))) && count('“') == count('”')
}

/// Those inside words.
fn apostrophes(text: &str) -> usize {
    let follows = text.chars().skip(2);
    let around = text.chars().zip(text.chars().skip(1)).zip(follows);
    around.filter(|((before, sign), after)| *sign == '\'' && before.is_alphanumeric() && after.is_alphanumeric()).count()
}

/// The length of a status and a code in brackets at the text's beginning.
fn leading_code(text: &str) -> usize {
    let code = text.strip_prefix('[').and_then(|rest| rest.split_once([']'])).map(|(code, _)| code);
    let is_status = |status: &str| status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit());
    let is_code = |code: &str| code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match code {
        Some(code) if code.split_once([':']).is_some_and(|(status, code)| is_status(status) && is_code(code)) => {
            code.len().saturating_add(2)
        }
        _ => 0,
    }
}
