//! Keys and prompts in texts, made unreadable.

use core::fmt::{self, Display, Formatter};

use super::bracket::Bracketed;
use super::expects::Expects;
use super::name::is_listed;
use super::secret::{has_prefix_within, is_garbled, is_of_word, is_path_secret, is_secret, may_be_secret};
use super::sign;

/// Writes a text on one line, at most [`LONGEST`] characters of it, with `***` for whatever may be a key or a prompt.
pub(super) struct Masked<'a>(pub(super) &'a str);

impl Display for Masked<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let text = beginning(self.0);
        let Bracketed { before, inside, behind } = Bracketed::of(text);
        let mut walk = Walk { out, rest: "", last: None, expects: Expects::Nothing, closes: 0, quoted_words: 0 };
        walk.write(before)?;
        if !inside.is_empty() {
            walk.brackets(inside)?;
            walk.write(behind)?;
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

/// Writes a code or a type unless it looks like a password.
pub(super) struct Code<'a>(pub(super) &'a str);

impl Display for Code<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            code if is_garbled(code) => out.write_str("***"),
            code => Masked(code).fmt(out),
        }
    }
}

/// Writes the name of a limit, a few words at most: more may be anybody's sentence.
pub(super) struct Policy<'a>(pub(super) &'a str);

impl Display for Policy<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            name if name.split_whitespace().count() > MOST_QUOTED_WORDS => out.write_str("***"),
            name => Code(name).fmt(out),
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
    /// The length of the rest where the last quotation closes.
    closes: usize,
    /// The words of all quotations since the last word outside.
    quoted_words: usize,
}

impl<'a> Walk<'a, '_, '_> {
    fn write(&mut self, text: &'a str) -> fmt::Result {
        (self.rest, self.closes) = (text, usize::MAX);
        while let Some((first, length)) = sign::first(self.rest) {
            let word = self.run(|c| u8::try_from(c).is_ok_and(is_of_word));
            let value = self.run(is_of_value);
            match sign::closing(first) {
                _ if self.is_prompt(first) => self.hide(self.rest)?,
                Some(closing) if self.opens(first, length, closing) => self.quotation(length, closing)?,
                _ if self.expects.secret(value) && !sign::assigns(first) => self.value(value)?,
                _ if self.is_scheme(word) => self.url(word)?,
                _ if self.is_header(word) => self.header()?,
                _ if self.logs_in() => self.user()?,
                _ if !first.is_ascii() && first.is_alphanumeric() => self.wide()?,
                _ if word.is_empty() => self.sign(first, length)?,
                _ => self.word(word, value)?,
            }
        }
        Ok(())
    }

    fn word(&mut self, word: &'a str, value: &'a str) -> fmt::Result {
        if self.rest.len() < self.closes {
            self.quoted_words = 0;
        }
        let secret = match self.expects {
            Expects::Id => is_secret(word, value) && !word.bytes().all(|byte| byte.is_ascii_hexdigit()),
            Expects::Maybe if may_be_secret(word) => true,
            _ => is_secret(word, value) || (self.is_of_path(word) && is_path_secret(word)),
        };
        if secret {
            return self.secret(value);
        }
        self.expects = self.expects.then(word);
        self.show(word)
    }

    /// Whether `word`, which comes now, has a slash beside it.
    fn is_of_path(&self, word: &str) -> bool {
        self.last == Some('/') || self.rest.get(word.len()..).is_some_and(|rest| rest.starts_with(['/']))
    }

    /// A word in letters that are no ASCII.
    fn wide(&mut self) -> fmt::Result {
        let word = self.run(|c| !c.is_ascii() && c.is_alphanumeric());
        self.expects = self.expects.after_wide(word);
        self.quoted_words = 0;
        self.show(word)
    }

    /// The value of a name, to the next blank or quotation: a password may have any other sign in it.
    fn value(&mut self, value: &'a str) -> fmt::Result {
        match self.expects {
            _ if is_listed(value, SCHEMES) => self.show(value),
            Expects::Secret => self.secret(self.run(|c| !c.is_whitespace() && (c == '\'' || sign::closing(c).is_none()))),
            _ => self.secret(value),
        }
    }

    fn secret(&mut self, secret: &'a str) -> fmt::Result {
        self.expects = Expects::after_secret(secret);
        self.hide(secret)
    }

    /// What stands between names, values and words.
    fn sign(&mut self, sign: char, length: usize) -> fmt::Result {
        let attached = self.last.is_some_and(|last| last.is_alphanumeric() || matches!(last, '-' | '='));
        self.expects = self.expects.after_sign(sign, attached);
        if sign::assigns(sign) {
            self.quoted_words = 0;
        }
        let written = self.rest.get(..length).unwrap_or("");
        self.pass(length);
        self.out.write_str(if written.starts_with(char::is_control) { " " } else { written })
    }

    /// Whether `word`, which comes now, is the name of a header with cookies or a key.
    fn is_header(&self, word: &str) -> bool {
        let behind = self.rest.get(word.len()..).unwrap_or("").trim_start_matches(['"', '\'', '`', ' ', '\t']);
        is_listed(word, HEADERS) && sign::first(behind).is_some_and(|(sign, _)| sign::assigns(sign))
    }

    /// Hides all of the line behind the name of a header.
    fn header(&mut self) -> fmt::Result {
        let name = self.run(|c| u8::try_from(c).is_ok_and(is_of_word));
        self.show(name)?;
        self.show(self.run(|c| matches!(c, '"' | '\'' | '`' | ' ' | '\t')))?;
        if let Some((sign, length)) = sign::first(self.rest) {
            self.sign(sign, length)?;
        }
        self.secret(self.run(|c| !matches!(c, '\r' | '\n')))
    }

    /// Whether all that comes, from `first` on, is the caller's words. `prompt: 160000 > 128000` is a size.
    fn is_prompt(&self, first: char) -> bool {
        let of_size = |c: char| c.is_ascii_digit() || matches!(c, ' ' | ',' | '>');
        let size = self.rest.contains(['>']) && self.rest.chars().all(of_size);
        self.expects == Expects::Words && !first.is_whitespace() && !size
    }

    /// Whether `user:password@` comes.
    fn logs_in(&self) -> bool {
        self.run(|c| !c.is_whitespace()).rsplit_once(['@']).is_some_and(|(user, _)| user.contains([':']))
    }

    fn user(&mut self) -> fmt::Result {
        let user = self.run(|c| !c.is_whitespace()).rfind(['@']);
        self.expects = Expects::Nothing;
        user.map_or(Ok(()), |end| self.hide_bytes(end))
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
        self.user()
    }

    /// Hides a quotation that may be of a prompt, or the value of a name.
    fn quotation(&mut self, length: usize, closing: char) -> fmt::Result {
        let quote = self.rest.get(..length).unwrap_or("");
        self.show(quote)?;
        let quoted = self.quoted(closing);
        self.closes = self.rest.len().saturating_sub(quoted.len());
        self.quoted_words = self.quoted_words.saturating_add(quoted.split_whitespace().count());
        if self.hides(quoted) {
            return self.hide_words(quoted);
        }
        Ok(())
    }

    fn hides(&self, quoted: &str) -> bool {
        let words = !quoted.is_ascii() || quoted.trim().contains([' ']);
        let long = words && quoted.chars().count() > LONGEST_QUOTED || self.quoted_words > MOST_QUOTED_WORDS;
        match self.expects {
            Expects::Secret | Expects::Half => !quoted.is_empty(),
            Expects::Prompt => words,
            Expects::Limit if names_a_limit(quoted) && self.goes_on_as_a_limit(quoted) => false,
            _ => long,
        }
    }

    /// Whether the sentence goes on behind a quotation as it does behind the name of a limit.
    fn goes_on_as_a_limit(&self, quoted: &str) -> bool {
        let behind = self.rest.get(quoted.len()..).map_or("", |rest| rest.trim_start_matches(['"', '\'', '`', '”']));
        BEHIND_LIMIT.iter().any(|words| behind.starts_with(words))
    }

    /// Hides what stands in brackets; a secret that was expected may come behind them, and so may a prompt that began between them.
    fn brackets(&mut self, inside: &'a str) -> fmt::Result {
        let expected = self.expects;
        self.rest = inside;
        self.hide_words(inside)?;
        let mut between = inside.split(['}', ']']).filter_map(|part| part.split(['{', '[']).next());
        if between.any(|text| Expects::after_secret(text) == Expects::Words) {
            self.expects = Expects::Words;
        } else if matches!(expected, Expects::Secret | Expects::State | Expects::Words) {
            self.expects = expected;
        }
        Ok(())
    }

    /// Hides what may have ended with a name, or be one.
    fn hide_words(&mut self, quoted: &'a str) -> fmt::Result {
        let last = quoted.trim_end_matches(['}', ']', '"', '\'']).split_whitespace().next_back().unwrap_or("");
        self.expects = match Expects::after(last) {
            Expects::Nothing | Expects::Limit | Expects::Prompt => Expects::Maybe,
            expects => expects,
        };
        self.hide(quoted)
    }

    /// Up to the closing quotation mark, which is no apostrophe.
    fn quoted(&self, closing: char) -> &'a str {
        let closes = |at: &usize| {
            let rest = self.rest.get(*at..).unwrap_or("");
            let next = |length| rest.get(length..).and_then(|rest| rest.chars().next());
            sign::first(rest).is_some_and(|(sign, length)| sign == closing && sign::closes(sign, next(length)))
        };
        let end = self.rest.char_indices().map(|(at, _)| at).find(closes).unwrap_or(self.rest.len());
        self.rest.get(..end).unwrap_or(self.rest)
    }

    /// Whether a quotation mark opens: it closes none, or may do both, as `«` does in one language and the other; and it is no apostrophe.
    fn opens(&self, quote: char, length: usize, closing: char) -> bool {
        let apostrophe = quote == '\'' && self.last.is_some_and(char::is_alphanumeric);
        let both = quote != closing && self.rest.get(length..).is_some_and(|rest| rest.contains([closing]));
        (self.rest.len() != self.closes || both) && !apostrophe
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
    let mut words = quoted.split_whitespace();
    let plain = |c: char| u8::try_from(c).is_ok_and(is_of_word) || matches!(c, ' ' | '/' | ':' | '(' | ')');
    quoted.len() <= LONGEST_LIMIT
        && quoted.chars().all(plain)
        && words.any(|word| is_listed(word, COUNTED))
        && words.any(|word| word == "per")
        && words.next().is_some_and(|word| is_listed(word, WINDOWS))
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

/// Behind these a quotation is the name of a limit.
const BEHIND_LIMIT: [&str; 2] = [" and limit ", " of service "];
const LONGEST_LIMIT: usize = 80;
const COUNTED: &[&str] = &["request", "requests", "tokens", "queries", "calls"];
const WINDOWS: &[&str] = &["second", "minute", "hour", "day"];

/// What stands between a name and its secret.
const SCHEMES: &[&str] = &["basic", "bearer", "token", "is"];

/// Headers with nothing else behind them.
const HEADERS: &[&str] = &["cookie", "set-cookie", "authorization", "proxy-authorization"];
