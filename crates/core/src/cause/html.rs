//! Pages: what a person would see first, and no more.
//!
//! Read are the texts between tags, up to [`MOST_TEXT`] bytes of them, each up to [`LONGEST_TEXT`]. Not read are
//! attributes, comments, scripts, styles and whatever comes after.

use memchr::{memchr, memmem};

use super::lex::{blanks, starts_with_any_case};
use super::read::Reader;

impl Reader<'_> {
    /// Reads a page from its first tag.
    pub(super) fn page(&mut self) {
        let mut left = MOST_TEXT;
        while left > 0 {
            let Some(tag) = find(self.body, self.at, b'<') else {
                break;
            };
            self.at = tag;
            self.skip_tag();
            let start = blanks(self.body, self.at);
            let end = find(self.body, start, b'<').unwrap_or(self.body.len());
            if end > start {
                let most = left.min(LONGEST_TEXT);
                self.at = start;
                self.run(end.min(start.saturating_add(most)));
                self.finish(end < self.body.len());
                left = left.saturating_sub(end.saturating_sub(start));
            }
            self.at = end;
        }
        self.stop();
    }

    /// Leaves the reader behind a tag, or behind all of a script or a style.
    fn skip_tag(&mut self) {
        for (open, close) in [
            (&b"<script"[..], &b"</script"[..]),
            (b"<style", b"</style"),
            (b"<!--", b"-->"),
        ] {
            if starts_with_any_case(self.body, self.at, open) {
                let rest = self.body.get(self.at..).unwrap_or_default();
                self.at = memmem::find(rest, close).map_or(self.body.len(), |len| self.at + len);
            }
        }
        self.at = find(self.body, self.at, b'>').map_or(self.body.len(), |end| end + 1);
    }
}

fn find(body: &[u8], at: usize, byte: u8) -> Option<usize> {
    memchr(byte, body.get(at..)?).map(|len| at + len)
}

const MOST_TEXT: usize = 1024;
const LONGEST_TEXT: usize = 256;
