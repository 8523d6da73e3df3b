//! Pages: what a person would see first, and no more.
//!
//! Read are the texts between tags, up to [`LONGEST_TEXT`] of each and [`MOST_TEXT`] of all; once a text tells the cause,
//! [`MOST_AFTER`] more. Not read are attributes, comments, scripts, styles and whatever comes after.

use memchr::memchr;

use super::lex::{blanks, starts_with_any_case};
use super::read::Reader;

impl Reader<'_> {
    /// Reads a page from its first tag.
    pub(super) fn page(&mut self) {
        let mut left = MOST_TEXT;
        while left > 0 && self.at < self.body.len() {
            self.skip_tag();
            let start = blanks(self.body, self.at);
            let end = find(self.body, start, b'<').unwrap_or(self.body.len());
            if end > start {
                let read = end.saturating_sub(start).min(LONGEST_TEXT).min(left);
                self.at = start;
                if CHALLENGES.iter().any(|title| starts_with_any_case(self.body, start, title)) {
                    self.facts.note_challenge();
                }
                self.run(start.saturating_add(read));
                self.finish(end < self.body.len());
                left = left.saturating_sub(read);
                if self.facts.spoken {
                    left = left.min(MOST_AFTER);
                }
            }
            self.at = end;
        }
        self.stop();
    }

    /// Leaves the reader behind the tag that it stands at, or behind all of a script, a style or a comment.
    fn skip_tag(&mut self) {
        for (open, close) in SKIPPED {
            if starts_with_any_case(self.body, self.at, open) {
                self.at = self.find_tag(close);
            }
        }
        self.at = find(self.body, self.at, b'>').map_or(self.body.len(), |end| end + 1);
    }

    /// Where the tag `close` stands, or the end.
    fn find_tag(&self, close: &[u8]) -> usize {
        let first = close.first().copied().unwrap_or(b'<');
        let mut at = self.at;
        while let Some(found) = find(self.body, at, first) {
            if starts_with_any_case(self.body, found, close) {
                return found;
            }
            at = found + 1;
        }
        self.body.len()
    }
}

fn find(body: &[u8], at: usize, byte: u8) -> Option<usize> {
    memchr(byte, body.get(at..)?).map(|len| at + len)
}

/// What opens and closes that which nobody sees.
const SKIPPED: [(&[u8], &[u8]); 3] = [(b"<style", b"</style"), (b"<script", b"</script"), (b"<!--", b"-->")];

/// Titles of the pages that firewalls show to what they take for a robot.
const CHALLENGES: [&[u8]; 3] = [b"just a moment...", b"attention required! | cloudflare", b"vercel security checkpoint"];

const MOST_TEXT: usize = 1024;
const MOST_AFTER: usize = 256;
const LONGEST_TEXT: usize = 256;
