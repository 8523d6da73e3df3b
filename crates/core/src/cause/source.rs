//! What a stack prints: frames, and the lines of source that they quote.

use memchr::memchr;

use super::Cause;
use super::lex::{class, class_at, starts_with};
use super::read::Reader;

impl Reader<'_> {
    /// A frame of a stack, or another answer: the message before it is over.
    #[inline]
    pub(super) fn frame(&mut self) {
        if starts_with(self.body, self.at, b"at ") && class_at(self.body, self.at + 3) != class::DIGIT {
            // But not `at 3pm`.
            self.finish(true);
        } else if starts_with(self.body, self.at, b"File \"") {
            self.source();
        } else if starts_with(self.body, self.at, b"HTTP ") && class_at(self.body, self.at + 5) == class::DIGIT {
            // `HTTP 503: ...`: another answer.
            self.finish(true);
            if self.facts.spoken {
                self.stop();
            }
        }
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
