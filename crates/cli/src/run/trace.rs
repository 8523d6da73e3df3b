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
        let full_at: BTreeMap<&str, u64> = serde_json::from_str(line)?;
        let now = unix_millis();
        for (place, given) in limits.iter() {
            let left = full_at.get(given.name.as_str()).map_or(0, |at| at.saturating_sub(now));
            limits.paced().limits()[place].spend(Nanos::from_millis(left));
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
            let full_in = limits.paced().limits()[place].full_in(now);
            wall.saturating_add(full_in.0.div_ceil(1_000_000))
        };
        let all: BTreeMap<&str, u64> = limits.iter().map(|(place, given)| (given.name.as_str(), full_at(place))).collect();
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

const _: () = assert!(LIMITS * 40 < 4096, "one write of less than a page is not torn");
