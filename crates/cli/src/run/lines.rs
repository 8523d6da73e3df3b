//! The lines of a file, one at a time in one buffer.

use std::io::{self, BufRead, BufReader, Read};

/// Reads lines and numbers them from 1.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    buffer: Vec<u8>,
    number: u64,
}

/// A line without its end.
pub(super) struct Line<'a> {
    pub(super) number: u64,
    pub(super) text: &'a [u8],
    /// Whether the line end was there: the last line of a file may lack it.
    pub(super) ended: bool,
}

impl Line<'_> {
    pub(super) fn is_blank(&self) -> bool {
        self.text.iter().all(u8::is_ascii_whitespace)
    }
}

impl<R: Read> Lines<R> {
    pub(super) fn new(file: R) -> Self {
        Self { reader: BufReader::with_capacity(1 << 16, file), buffer: Vec::new(), number: 0 }
    }

    /// The next line; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        if self.reader.read_until(b'\n', &mut self.buffer)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let (text, ended) = match self.buffer.strip_suffix(b"\n") {
            Some(text) => (text, true),
            None => (&self.buffer[..], false),
        };
        Ok(Some(Line { number: self.number, text, ended }))
    }
}

/// How many lines there are, an unended last one with them, at least.
pub(super) fn count(file: impl Read) -> io::Result<u64> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut count = 1;
    loop {
        let block = reader.fill_buf()?;
        if block.is_empty() {
            return Ok(count);
        }
        count += block.iter().filter(|byte| **byte == b'\n').count() as u64;
        let read = block.len();
        reader.consume(read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_the_last_needs_no_end() -> io::Result<()> {
        let mut lines = Lines::new(&b"one\n \nthree"[..]);
        let mut seen = Vec::new();
        while let Some(line) = lines.next()? {
            seen.push((line.number, String::from_utf8_lossy(line.text).into_owned(), line.ended, line.is_blank()));
        }
        let expected = [(1, "one", true, false), (2, " ", true, true), (3, "three", false, false)];
        assert_eq!(seen, expected.map(|(number, text, ended, blank)| (number, text.to_owned(), ended, blank)));
        Ok(())
    }

    #[test]
    fn no_line_is_left_out_of_the_count() -> io::Result<()> {
        for (text, lines) in [("", 1), ("a", 1), ("a\n", 2), ("a\n\nb", 3)] {
            assert_eq!(count(text.as_bytes())?, lines, "{text:?}");
        }
        Ok(())
    }
}
