//! What clients and stacks print around a refusal: statuses, further answers, frames, and the lines of source that they quote.

use memchr::memchr;

use super::Cause;
use super::lex::{class, class_at, starts_with};
use super::read::Reader;

impl Reader<'_> {
    /// What a line begins with: behind a frame of a stack, or another answer, the message before it is over.
    #[inline]
    pub(super) fn line(&mut self) {
        if starts_with(self.body, self.at, b"at ") && class_at(self.body, self.at + 3) != class::DIGIT {
            // But not `at 3pm`.
            self.finish(true);
        } else if starts_with(self.body, self.at, b"File \"") {
            self.source();
        } else if starts_with(self.body, self.at, b"You exceeded your current quota") {
            // Whatever a client says above it.
            self.finish(false);
        } else if self.is_another_answer() {
            self.finish(true);
            if self.facts.spoken {
                self.stop();
            }
        }
    }

    /// `HTTP 503: ...`, where the body begins with a line like it.
    fn is_another_answer(&self) -> bool {
        let answers = |at| starts_with(self.body, at, b"HTTP ") && class_at(self.body, at + 5) == class::DIGIT;
        answers(self.at) && answers(0)
    }

    /// `HTTP Error 429: Too Many Requests`: the phrase of a status that a client prints, not a server's sentence or heading.
    pub(super) fn is_status_line(&self) -> bool {
        let from = self.at.saturating_sub(LONGEST_STATUS);
        let said = self.body.get(from..self.at).unwrap_or_default().trim_ascii_end();
        let Some(before) = said.strip_suffix(b"Too Many") else { return false };
        // `Too Many Requests (429)`, `Too Many Requests (RFC 6585)`
        if DUMPED.iter().any(|line| before.ends_with(line)) || self.followed_by(b" Requests (429)") || self.followed_by(b" Requests (RFC") {
            return true;
        }
        let end = before.iter().rposition(|byte| !matches!(byte, b' ' | b':' | b'-' | b',' | b'(' | b')' | b'\''));
        let client = end.and_then(|end| before.get(..=end)?.strip_suffix(b"429")).unwrap_or_default();
        let line = client.rsplit(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii();
        let heading = matches!(line, b"" | b"\"" | b"data:") || line.contains(&b'>');
        // `429 Too Many Requests: retry after 5`, `429 Too Many Requests for tokens per minute`
        let goes_on =
            self.followed_by(b" Requests: retry") || self.followed_by(b" Requests for ") && !self.followed_by(b" Requests for url");
        self.depth <= 0 && !heading && !goes_on
    }

    /// The file and the line of source that a frame of Python's quotes: it may name a model, but its numbers are arguments.
    #[cold]
    fn source(&mut self) {
        self.finish(true);
        self.at = (self.line_end() + 1).min(self.body.len());
        let before = self.facts.said;
        // Up to the end of the line and not behind it, where the next frame would be within this one.
        self.run(self.line_end());
        self.finish(true);
        self.facts.said = Cause { model: self.facts.said.model, ..before };
    }

    /// The end of the line.
    fn line_end(&self) -> usize {
        let rest = self.body.get(self.at..).unwrap_or_default();
        memchr(b'\n', rest).map_or(self.body.len(), |end| self.at + end)
    }
}

/// What clients print of a status in dumps of their own, up to its phrase.
const DUMPED: [&[u8]; 5] = [b"429, message='", b"statusText: '", b"tatus text: \"", b"{429 ", b"Client Error: "];

/// How far before the phrase its status is looked for, and something on its line.
const LONGEST_STATUS: usize = 32;
