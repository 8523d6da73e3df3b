//! The output file: whoever has a line in it is finished.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use super::{
    lines::{Line, Lines},
    result::Finished,
};

/// An output file that nobody else writes.
pub(super) struct Output {
    path: PathBuf,
    file: File,
    /// The file that this one replaced: held, so that whoever has it open finds it locked.
    _replaced: Option<File>,
}

impl Output {
    /// Opens the file or makes it, locks it, tells all results that are there, and mends a last line that was torn.
    pub(super) fn open(path: &Path, each: impl FnMut(&Finished<'_>)) -> io::Result<Self> {
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        lock(&file)?;
        let end = scan(&file, each)?;
        file.set_len(end.offset)?;
        file.seek(SeekFrom::End(0))?;
        if end.lacks_line_end {
            file.write_all(b"\n")?;
        }
        Ok(Self { path: path.to_owned(), file, _replaced: None })
    }

    /// The same file without its failures. It is replaced as a whole, so that a kill leaves the old one or the new one.
    pub(super) fn without_failures(mut self) -> io::Result<Self> {
        let mut name = self.path.clone().into_os_string();
        name.push(".tmp");
        let mut kept = File::options().read(true).write(true).create(true).truncate(true).open(&name)?;
        lock(&kept)?;
        self.file.rewind()?;
        copy_successes(&self.file, &mut io::BufWriter::new(&mut kept))?;
        fs::rename(&name, &self.path)?;
        Ok(Self { path: self.path, file: kept, _replaced: Some(self.file) })
    }

    /// Appends one whole line with one write, so that a kill of the process loses nothing.
    pub(super) fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.write_all(line)
    }
}

/// Where the results end.
#[derive(Default)]
pub(super) struct End {
    /// Behind the last whole result.
    offset: u64,
    /// Of the last line only the line end is missing.
    lacks_line_end: bool,
}

/// Tells all results in `file`, and where they end.
pub(super) fn scan(file: impl Read, mut each: impl FnMut(&Finished<'_>)) -> io::Result<End> {
    let mut lines = Lines::new(file);
    let mut end = End::default();
    while let Some(line) = lines.next()? {
        match parse(&line) {
            Ok(finished) => each(&finished),
            Err(_) if !line.ended && is_torn(line.text) => break,
            Err(error) => return Err(error),
        }
        end.offset += line.text.len() as u64 + u64::from(line.ended);
        end.lacks_line_end = !line.ended;
    }
    Ok(end)
}

fn parse<'a>(line: &Line<'a>) -> io::Result<Finished<'a>> {
    serde_json::from_slice(line.text).map_err(|error| {
        let number = line.number;
        io::Error::other(format!("line {number} is no result ({error}): give another --output, or take the line out"))
    })
}

/// Whether this is how a result begins.
fn is_torn(line: &[u8]) -> bool {
    line.iter().zip(LINE_START).all(|(there, expected)| there == expected)
}

fn copy_successes(from: &File, to: &mut impl Write) -> io::Result<()> {
    let mut lines = Lines::new(from);
    while let Some(line) = lines.next()? {
        if parse(&line)?.succeeded() {
            to.write_all(line.text)?;
            to.write_all(b"\n")?;
        }
    }
    to.flush()
}

fn lock(file: &File) -> io::Result<()> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => io::Error::other("another run is writing to it: wait for its end, or give another --output"),
        TryLockError::Error(error) => error,
    })
}

const LINE_START: &[u8] = br#"{"id":"batch_req_"#;

#[cfg(test)]
mod tests {
    use super::*;

    const DONE: &str = r#"{"id":"batch_req_1","custom_id":"a","response":{"status_code":200,"request_id":null,"body":{}},"error":null}"#;
    const FAILED: &str = r#"{"id":"batch_req_2","custom_id":"b","response":{"status_code":429,"request_id":null,"body":{}},"error":null}"#;

    fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.jsonl");
        fs::write(&path, text).expect("a file");
        (folder, path)
    }

    fn open(path: &Path) -> io::Result<Output> {
        Output::open(path, |_| {})
    }

    #[track_caller]
    fn mends(text: &str, expected: &str) {
        let (_folder, path) = written(text);
        let mut ids = Vec::new();
        let mut output = Output::open(&path, |finished| ids.push(finished.custom_id.clone().into_owned())).expect("an output");
        assert_eq!(ids.len(), expected.lines().count());
        output.write(b"more\n").expect("a write");
        assert_eq!(fs::read_to_string(&path).expect("a file"), format!("{expected}more\n"));
    }

    #[test]
    fn a_torn_last_line_is_cut_off_and_a_whole_one_ended() {
        mends("", "");
        mends(&format!("{DONE}\n"), &format!("{DONE}\n"));
        mends(&format!("{DONE}\n{FAILED}"), &format!("{DONE}\n{FAILED}\n"));
        mends(&format!("{DONE}\n{}", &FAILED[..50]), &format!("{DONE}\n"));
        mends(&FAILED[..FAILED.len() - 1], "");
    }

    /// Tried, and caught: a result whose `response` may be missing, which a request then is.
    #[test]
    fn what_is_no_result_is_left_alone() {
        let job = "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/x\",\"body\":{}}\n";
        for notes in ["my notes\nmore of them\n", "my notes", "{}\n", "{\"custom_id\":", job] {
            let (_folder, path) = written(notes);
            let Err(error) = open(&path) else { panic!("notes") };
            assert!(error.to_string().starts_with("line 1 is no result"), "{error}");
            assert_eq!(fs::read_to_string(&path).expect("a file"), notes);
        }
    }

    #[test]
    fn two_runs_cannot_write_at_once() {
        let (_folder, path) = written(&format!("{DONE}\n{FAILED}\n"));
        let first = open(&path).expect("an output");
        assert!(open(&path).is_err_and(|error| error.to_string().starts_with("another run")));
        let first = first.without_failures().expect("an output");
        assert!(open(&path).is_err_and(|error| error.to_string().starts_with("another run")));
        drop(first);
        assert!(open(&path).is_ok());
    }

    #[test]
    fn failures_are_taken_out_and_what_follows_is_appended() {
        let (_folder, path) = written(&format!("{FAILED}\n{DONE}\n{FAILED}\n"));
        let mut output = open(&path).and_then(Output::without_failures).expect("an output");
        output.write(b"more\n").expect("a write");
        assert_eq!(fs::read_to_string(&path).expect("a file"), format!("{DONE}\nmore\n"));
        assert!(!path.with_extension("jsonl.tmp").exists());
    }
}
