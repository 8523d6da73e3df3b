//! What people read.

use std::{
    fmt::Display,
    io::{self, Write},
};

use anstyle::{AnsiColor, Style};
use paceline_core::{
    Cause, Evidence, Kind, Language, Reason, Remedy, Response,
    headers::{Bucket, Window},
};

use super::{
    answer,
    words::{self, Words},
};

/// Writes what happened, how long to wait and what helps.
pub(super) fn write(out: &mut impl Write, language: Language, cause: &Cause<'_>, response: &Response<'_>) -> io::Result<()> {
    let page = Page { words: Words::of(language), language, cause };
    match response.status {
        Some(status) if cause.kind() == Kind::Unknown && answer::has_succeeded(response) => {
            writeln!(out, "{}", (page.words.no_error)(status))?;
        }
        _ => {
            page.happened(out)?;
            page.wait(out)?;
            page.remedies(out)?;
        }
    }
    page.buckets(out, response.headers.buckets())
}

struct Page<'a> {
    words: &'static Words,
    language: Language,
    cause: &'a Cause<'a>,
}

impl Page<'_> {
    fn happened(&self, out: &mut impl Write) -> io::Result<()> {
        let bold = Style::new().bold();
        let cause = self.cause;
        writeln!(out, "{bold}{}{bold:#}", (self.words.headline)(cause))?;
        let number = |name: &str, number: Option<u64>| Some(format!("{name} {}", self.language.number(number?)));
        let text = |name: &str, text: Option<&str>| Some(format!("{name} {}", text?));
        self.facts(out, [self.limit(), number(self.words.used, cause.used()), number(self.words.requested, cause.requested())])?;
        self.facts(
            out,
            [
                text(self.words.model, cause.model()),
                text(self.words.organization, cause.organization()),
                text(self.words.code, cause.code().or(cause.error_type())),
            ],
        )
    }

    /// The limit, and its window where the headline does not name it.
    fn limit(&self) -> Option<String> {
        let limit = self.cause.limit().map(|limit| self.language.number(limit).to_string());
        let window = self.cause.window().filter(|_| !words::names_window(self.cause.reason()));
        let per = window.map(|window| self.language.per(window).to_string());
        (limit.is_some() || per.is_some()).then(|| (self.words.limit_per)(&limit.unwrap_or_default(), &per.unwrap_or_default()))
    }

    fn facts(&self, out: &mut impl Write, facts: [Option<String>; 3]) -> io::Result<()> {
        let facts: Vec<String> = facts.into_iter().flatten().collect();
        match facts.is_empty() {
            true => Ok(()),
            false => writeln!(out, "  {}", plain(facts.join(" · "))),
        }
    }

    fn wait(&self, out: &mut impl Write) -> io::Result<()> {
        let words = self.words;
        let (color, text) = match (self.cause.kind(), self.cause.retry_after()) {
            _ if !self.cause.is_retryable() && self.cause.reset().is_some() => (AnsiColor::Red, words.not_before_reset.into()),
            _ if !self.cause.is_retryable() => (AnsiColor::Red, words.do_not_retry.into()),
            (_, Some(wait)) => (AnsiColor::Green, (words.wait)(&self.language.duration(wait))),
            (Kind::Blocked, None) => (AnsiColor::Green, words.retry_after_ban.into()),
            _ if self.cause.reset().is_some() => (AnsiColor::Green, words.retry_after_reset.into()),
            _ if self.cause.reason() == Reason::BatchQueueFull => (AnsiColor::Green, words.retry_when_a_batch_ends.into()),
            (Kind::Concurrency, None) => (AnsiColor::Green, words.retry_when_one_ends.into()),
            (Kind::Unknown, None) => (AnsiColor::Yellow, self.backing_off()),
            _ => (AnsiColor::Green, self.backing_off()),
        };
        let style = color.on_default().bold();
        write!(out, "{style}{text}{style:#}")?;
        match self.cause.most_retries() {
            None | Some(0) => writeln!(out),
            Some(most) => writeln!(out, " {}", (words.at_most)(most)),
        }
    }

    /// A rate that grew too fast needs longer to be forgiven than a busy service.
    fn backing_off(&self) -> String {
        (self.words.retry_backing_off)(if self.cause.reason() == Reason::RampTooFast { 15 } else { 1 })
    }

    /// The wait has its line already.
    fn remedies(&self, out: &mut impl Write) -> io::Result<()> {
        let remedies = self.cause.remedies(&Evidence::default());
        let rest = remedies.iter().filter(|remedy| !matches!(remedy, Remedy::WaitExactly(_)));
        writeln!(out, "\n{}", self.words.what_helps)?;
        for (position, remedy) in rest.enumerate() {
            writeln!(out, "  {}. {}", position + 1, plain(remedy.text(self.language)))?;
        }
        Ok(())
    }

    fn buckets(&self, out: &mut impl Write, buckets: &[Bucket<'_>]) -> io::Result<()> {
        if buckets.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", self.words.headers_say)?;
        for bucket in buckets {
            writeln!(out, "  {}", self.bucket(bucket))?;
        }
        Ok(())
    }

    fn bucket(&self, bucket: &Bucket<'_>) -> String {
        let (words, number) = (self.words, |number| self.language.number(number).to_string());
        let mut facts = vec![bucket.name.to_ascii_lowercase()];
        match (bucket.remaining, bucket.limit) {
            (Some(left), Some(limit)) => facts.push((words.left_of)(&number(left), &number(limit))),
            (Some(left), None) => facts.push((words.left)(&number(left))),
            (None, Some(limit)) => facts.push(format!("{} {}", words.limit, number(limit))),
            (None, None) => {}
        }
        match bucket.window {
            Some(Window::Stated(window)) => facts.push(self.language.per(window).to_string()),
            Some(Window::Derived(window)) => {
                facts.push(format!("{} ({})", self.language.per(window), words.worked_out));
            }
            None => {}
        }
        if let Some(reset) = bucket.reset_after {
            facts.push((words.full_in)(&self.language.duration(reset)));
        }
        plain(facts.join(" · "))
    }
}

/// Without control characters, which a service could send to a terminal.
fn plain(text: impl Display) -> String {
    text.to_string().replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tried: printing the names of headers as they come.
    #[test]
    fn lets_nothing_through_that_a_terminal_would_obey() {
        let headers = paceline_core::headers::Headers::read([("\u{1b}[2Jratelimit-limit", "8")]);
        let response = Response { headers, ..Response::default() };
        let mut page = Vec::new();
        let cause = paceline_core::classify_429(b"");
        write(&mut page, Language::English, &cause, &response).expect("a vector takes it all");
        let page = String::from_utf8(page).expect("UTF-8");
        assert!(page.contains(" [2jratelimit-limit"), "{page}");
    }
}
