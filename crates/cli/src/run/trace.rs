//! What a run leaves behind of its limits, so that the next one knows what the server still counts.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Seek, Write},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use paceline::Nanos;

use super::limits::{LIMITS, Limits};

/// A small file beside the output: for each limit the wall-clock time, in milliseconds since 1970, at which all that was sent has drained.
///
/// It is written before each request is sent, with one write in place. So a process that is killed at any moment has told of all
/// that it sent, and what it found written before is in it too, however often that happens.
pub(super) struct Trace(File);

impl Trace {
    /// Takes from `limits`, which are new, what had not drained yet by the file at `path`, if there is one.
    pub(super) fn restore(path: &Path, limits: &Limits) -> io::Result<()> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            text => text?,
        };
        // Behind it may be the end of a longer line.
        let Some(line) = text.lines().next() else { return Ok(()) };
        let full_at: BTreeMap<&str, u64> =
            serde_json::from_str(line).map_err(|error| io::Error::other(format!("{error}: remove it once all limits are full again")))?;
        let now = unix_millis();
        for (place, limit) in limits.iter() {
            let left = full_at.get(limit.name.as_str()).map_or(0, |at| at.saturating_sub(now));
            limits.client().limits()[place].spend(Nanos::from_millis(left));
        }
        Ok(())
    }

    pub(super) fn open(path: &Path) -> io::Result<Self> {
        File::options().write(true).create(true).truncate(false).open(path).map(Self)
    }

    /// Writes what has been taken until `now` on the limits' clock.
    pub(super) fn save(&mut self, limits: &Limits, now: Nanos) -> io::Result<()> {
        let wall = unix_millis();
        let full_at = |place: usize| {
            let full_in = limits.client().limits()[place].full_in(now);
            wall.saturating_add(full_in.0.div_ceil(1_000_000))
        };
        let all: BTreeMap<&str, u64> = limits.iter().map(|(place, limit)| (limit.name.as_str(), full_at(place))).collect();
        let mut line = serde_json::to_vec(&all)?;
        line.push(b'\n');
        self.0.rewind()?;
        self.0.write_all(&line)
    }
}

fn unix_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// One write of less than a page is not torn.
const _: () = assert!(LIMITS * 40 < 4096);

#[cfg(test)]
mod tests {
    use paceline::Limit as _;

    use super::*;
    use crate::run::limits::tests::limits;

    /// Processes killed one after the other, each with new limits, together spend one burst. Seen to fail without `spend`.
    #[test]
    fn what_was_sent_is_not_sent_again_after_any_number_of_kills() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("trace");
        let mut sent = 0;
        for _ in 0..10 {
            let limits = limits("--rpm 60 --rpd 10000 --margin 0s");
            Trace::restore(&path, &limits).expect("a trace");
            let mut trace = Trace::open(&path).expect("a trace");
            for _ in 0..9 {
                if limits.client().decide(Nanos::ZERO, limits.costs(1)).is_allowed() {
                    trace.save(&limits, Nanos::ZERO).expect("a write");
                    sent += 1;
                }
            }
        }
        assert!((59..=61).contains(&sent), "{sent} sent");
    }

    #[test]
    fn another_set_of_limits_reads_what_it_knows() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("trace");
        for options in ["--rpm 60 --tpm 100 --rpd 9", "--tpm 100", "--rpm 60 --window 1s --window-kind counter"] {
            let limits = limits(options);
            Trace::restore(&path, &limits).expect("a trace");
            assert!(limits.client().decide(Nanos::ZERO, limits.costs(1)).is_allowed(), "{options}");
            Trace::open(&path).and_then(|mut trace| trace.save(&limits, Nanos::ZERO)).expect("a write");
        }
    }
}
