//! Keys and prompts in texts, made unreadable.

use core::fmt::{self, Display, Formatter, Write};

use super::bracket::Bracketed;
use super::secret::{has_prefix_within, is_name, is_of_word, is_path_secret, is_secret, is_state, may_be_secret};

/// Writes a text on one line, at most [`LONGEST`] characters of it, with `***` for whatever may be a key or a prompt.
pub(super) struct Masked<'a>(pub(super) &'a str);

impl Display for Masked<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let text = beginning(self.0);
        let Bracketed { before, inside, behind } = Bracketed::of(text);
        let mut walk = Walk { out, rest: before, last: None, expects: Expects::Nothing };
        walk.write()?;
        if !inside.is_empty() {
            walk.brackets(inside)?;
            walk.rest = behind;
            walk.write()?;
        }
        out.write_str(if text.len() < self.0.len() { " …" } else { "" })
    }
}

/// Writes the id of a request whole, which support asks for: masked like any text where it is not a single word, and not at all where
/// a key may be in it.
pub(super) struct RequestId<'a>(pub(super) &'a str);

impl Display for RequestId<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            id if has_prefix_within(id) => out.write_str("***"),
            id if id.len() <= LONGEST_ID && id.bytes().all(is_of_word) => out.write_str(id),
            id => Masked(id).fmt(out),
        }
    }
}

/// What is printed of a text, without a last word that is cut: it may be the beginning of a key.
fn beginning(text: &str) -> &str {
    match text.char_indices().nth(LONGEST).and_then(|(end, _)| text.split_at_checked(end)) {
        Some((start, _)) => start.trim_end_matches(|c: char| c.is_ascii() && !c.is_whitespace()),
        None => text,
    }
}

struct Walk<'a, 'o, 'f> {
    out: &'o mut Formatter<'f>,
    rest: &'a str,
    /// The character before the rest.
    last: Option<char>,
    expects: Expects,
}

/// What the words before lead to expect.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expects {
    Nothing,
    /// A word such as "metric" was read: a quotation may name a limit.
    Limit,
    /// "id" was read: support asks for it.
    Id,
    /// A name such as "key" was read: a word that looks like a secret is one.
    Maybe,
    /// "is" followed: a word that tells no state is a secret.
    State,
    /// A colon or its like followed: a secret comes, whatever it looks like.
    Secret,
}

impl Expects {
    /// Whether `value`, which comes now, is a secret.
    fn secret(self, value: &str) -> bool {
        match self {
            Self::Secret => !value.is_empty(),
            Self::State => !value.is_empty() && !is_state(value),
            _ => false,
        }
    }

    /// What to expect after `word`.
    fn after(word: &str) -> Self {
        let name = word.trim_end_matches([':', '=']);
        match word {
            _ if word.eq_ignore_ascii_case("bearer") => Self::Secret,
            _ if word.eq_ignore_ascii_case("id") => Self::Id,
            _ if LIMITED.iter().any(|limited| name.eq_ignore_ascii_case(limited)) => Self::Limit,
            _ if !is_name(name) => Self::Nothing,
            _ if name.len() < word.len() => Self::Secret,
            _ => Self::Maybe,
        }
    }
}

impl<'a> Walk<'a, '_, '_> {
    fn write(&mut self) -> fmt::Result {
        while let Some(first) = self.rest.chars().next() {
            let word = self.run(|c| u8::try_from(c).is_ok_and(is_of_word));
            let value = self.run(is_of_value);
            match first {
                '"' | '\'' | '`' | '“' if self.opens(first) => self.quotation(first)?,
                _ if self.is_scheme(word) => self.url(word)?,
                _ if self.is_cookie(word) => self.cookie()?,
                _ if self.expects.secret(value) && !matches!(first, ':' | '=') => self.value(value)?,
                _ if word.is_empty() => self.sign(first)?,
                _ => self.word(word, value)?,
            }
        }
        Ok(())
    }

    fn word(&mut self, word: &'a str, value: &'a str) -> fmt::Result {
        let secret = match self.expects {
            Expects::Id => is_secret(word, value) && !word.bytes().all(|byte| byte.is_ascii_hexdigit()),
            Expects::Maybe if may_be_secret(word) => true,
            _ => is_secret(word, value) || (self.last == Some('/') && is_path_secret(word)),
        };
        if self.expects == Expects::Maybe && word == "is" {
            self.expects = Expects::State;
            return self.show(word);
        }
        let read = if secret { value } else { word };
        self.expects = Expects::after(read);
        if secret { self.hide(read) } else { self.show(read) }
    }

    fn value(&mut self, value: &'a str) -> fmt::Result {
        if SCHEMES.iter().any(|scheme| value.eq_ignore_ascii_case(scheme)) {
            return self.show(value);
        }
        self.expects = Expects::after(value);
        self.hide(value)
    }

    /// What stands between names, values and words.
    fn sign(&mut self, sign: char) -> fmt::Result {
        self.expects = match (self.expects, sign) {
            (Expects::Maybe | Expects::State, ':' | '=') => Expects::Secret,
            (expects, ':' | '=' | '"' | '\'' | '`' | '\\' | '(' | '<' | '>') => expects,
            (expects, _) if sign.is_whitespace() => expects,
            _ => Expects::Nothing,
        };
        self.pass(sign.len_utf8());
        self.out.write_char(if sign.is_control() { ' ' } else { sign })
    }

    /// Whether `word`, which comes now, is the name of a header with cookies.
    fn is_cookie(&self, word: &str) -> bool {
        let behind = self.rest.get(word.len()..).unwrap_or("");
        ["cookie", "set-cookie"].iter().any(|name| word.eq_ignore_ascii_case(name))
            && behind.trim_start_matches(['"', '\'', '`', ' ', '\t']).starts_with(':')
    }

    /// Hides every cookie of the line.
    fn cookie(&mut self) -> fmt::Result {
        let name = self.run(|c| c != ':');
        self.show(name)?;
        self.sign(':')?;
        self.expects = Expects::Nothing;
        self.hide(self.run(|c| !matches!(c, '\r' | '\n')))
    }

    /// Whether `word`, which comes now, begins an address.
    fn is_scheme(&self, word: &str) -> bool {
        !word.is_empty() && !is_secret(word, word) && self.rest.get(word.len()..).is_some_and(|rest| rest.starts_with("://"))
    }

    /// Hides who logs in; the path is read like any text.
    fn url(&mut self, scheme: &'a str) -> fmt::Result {
        self.expects = Expects::Nothing;
        self.show(scheme)?;
        self.show("://")?;
        let user = self.run(|c| is_of_value(c) || c == ';' || c == '&').rfind(['@']);
        user.map_or(Ok(()), |end| self.hide_bytes(end))
    }

    /// Hides a quotation that may be of a prompt, or the value of a name.
    fn quotation(&mut self, quote: char) -> fmt::Result {
        let closing = if quote == '“' { '”' } else { quote };
        self.pass(quote.len_utf8());
        self.out.write_char(quote)?;
        let quoted = self.quoted(closing);
        let kept = self.expects == Expects::Limit && names_a_limit(quoted) && self.goes_on_as_a_limit(quoted);
        let words = !quoted.is_ascii() || quoted.contains(' ');
        let long = words && quoted.chars().count() > LONGEST_QUOTED || quoted.split_whitespace().count() > MOST_QUOTED_WORDS;
        if long && !kept || (self.expects == Expects::Secret && !quoted.is_empty()) {
            return self.hide_words(quoted);
        }
        Ok(())
    }

    /// Whether the sentence goes on behind a quotation as it does behind the name of a limit.
    fn goes_on_as_a_limit(&self, quoted: &str) -> bool {
        let behind = self.rest.get(quoted.len()..).map_or("", |rest| rest.trim_start_matches(['"', '\'', '`', '”']));
        BEHIND_LIMIT.iter().any(|words| behind.starts_with(words))
    }

    /// Hides what stands in brackets; a secret that was expected may come behind them.
    fn brackets(&mut self, inside: &'a str) -> fmt::Result {
        let expected = self.expects;
        self.rest = inside;
        self.hide_words(inside)?;
        if matches!(expected, Expects::Secret | Expects::State) {
            self.expects = expected;
        }
        Ok(())
    }

    /// Hides what may have ended with a name, or be one.
    fn hide_words(&mut self, quoted: &'a str) -> fmt::Result {
        let last = quoted.trim_end_matches(['}', ']', '"', '\'']).split_whitespace().next_back().unwrap_or("");
        self.expects = match Expects::after(last) {
            Expects::Nothing | Expects::Limit => Expects::Maybe,
            expects => expects,
        };
        self.hide(quoted)
    }

    /// Up to the closing quotation mark, which is no apostrophe.
    fn quoted(&self, closing: char) -> &'a str {
        let closes = |(at, _): &(usize, &str)| {
            let after = self.rest.get(at + closing.len_utf8()..).and_then(|rest| rest.chars().next());
            !after.is_some_and(char::is_alphanumeric)
        };
        let end = self.rest.match_indices([closing]).find(closes).map_or(self.rest.len(), |(at, _)| at);
        self.rest.get(..end).unwrap_or(self.rest)
    }

    /// Whether a quotation mark opens: it stands before a word, not inside or behind one.
    fn opens(&self, quote: char) -> bool {
        let next = self.rest.get(quote.len_utf8()..).and_then(|rest| rest.chars().next());
        !self.last.is_some_and(char::is_alphanumeric) && next.is_some_and(|next| !next.is_whitespace())
    }

    fn run(&self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        self.rest.get(..end).unwrap_or("")
    }

    fn show(&mut self, text: &str) -> fmt::Result {
        self.pass(text.len());
        self.out.write_str(text)
    }

    fn hide(&mut self, text: &str) -> fmt::Result {
        self.hide_bytes(text.len())
    }

    fn hide_bytes(&mut self, length: usize) -> fmt::Result {
        self.pass(length);
        self.out.write_str("***")
    }

    fn pass(&mut self, length: usize) {
        let (passed, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.last = passed.chars().next_back();
        self.rest = rest;
    }
}

/// Whether a quotation is the name of a rate: "requests per minute and region".
fn names_a_limit(quoted: &str) -> bool {
    let is = |word: Option<&str>, of: &[&str]| word.is_some_and(|word| of.iter().any(|known| word.eq_ignore_ascii_case(known)));
    let mut words = quoted.split_whitespace();
    let plain = |c: char| u8::try_from(c).is_ok_and(is_of_word) || matches!(c, ' ' | '/' | ':' | '(' | ')');
    quoted.len() <= LONGEST_LIMIT
        && quoted.chars().all(plain)
        && words.any(|word| is(Some(word), COUNTED))
        && words.any(|word| word == "per")
        && is(words.next(), WINDOWS)
}

fn is_of_value(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '"' | '\'' | '`' | '\\' | ',' | ';' | '&' | '(' | ')' | '<' | '>' | '“' | '”')
}

/// Longer messages are cut: what comes late in one is seldom about the error.
const LONGEST: usize = 300;

const LONGEST_ID: usize = 64;

/// Services quote names; longer quotations are the caller's words.
const LONGEST_QUOTED: usize = 24;
const MOST_QUOTED_WORDS: usize = 3;

/// Behind these a service names its limit.
const LIMITED: &[&str] = &["metric", "limit", "service"];
const BEHIND_LIMIT: [&str; 2] = [" and limit ", " of service "];
const LONGEST_LIMIT: usize = 80;
const COUNTED: &[&str] = &["request", "requests", "tokens", "queries", "calls"];
const WINDOWS: &[&str] = &["second", "minute", "hour", "day"];

/// What stands between a name and its secret.
const SCHEMES: &[&str] = &["basic", "bearer", "token", "is"];
