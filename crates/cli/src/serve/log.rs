//! The log: one JSON line a request, by which anybody can check afterwards what was admitted.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

/// What the log tells of one request.
#[derive(Default, Serialize)]
pub(crate) struct Entry<'a> {
    /// Microseconds from the start of the server to the decision, which the limiter took as the time (times the time scale).
    pub(crate) at_us: u64,
    /// The number of the request, which `x-request-id` holds.
    pub(crate) request: u64,
    /// What the client sent as `x-client-request-id`.
    pub(crate) client_request_id: Option<&'a str>,
    /// A hash of the key.
    pub(crate) key: Option<&'a str>,
    pub(crate) model: Option<&'a str>,
    /// Tokens that the request costs, whether or not it was admitted.
    pub(crate) charge: Option<u64>,
    pub(crate) status: u16,
    /// What refused it.
    pub(crate) refused: Option<&'static str>,
    /// Calls of this key in flight, with this one if it was admitted.
    pub(crate) in_flight: Option<u64>,
    /// What each limit has left, in whole requests or tokens.
    pub(crate) left: BTreeMap<&'static str, u64>,
}

/// A log file, appended to line by line, each with one write, so that a kill of the process loses none.
pub(crate) struct Log(File);

impl Log {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().create(true).append(true).open(path);
        file.map(Self).map_err(|error| io::Error::new(error.kind(), format!("log {}: {error}", path.display())))
    }

    pub(crate) fn write(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.0.write_all(&line)
    }
}
