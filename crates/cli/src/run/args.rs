//! The command line of `paceline run`.

use std::{path::PathBuf, time::Duration};

use clap::{ArgGroup, value_parser};

use crate::serve::WindowKind;

/// Send a file of API requests at the limit, without one 429.
///
/// JOBS holds one request a line in OpenAI's batch format: {"custom_id", "method", "url", "body"}. Each gets one line in the output, in
/// OpenAI's batch output format. Started again, it goes on where it stopped: whatever has a line in the output is not sent again.
///
/// The limits hold for the whole file, together. Where a service limits each model for itself, give each model a file.
#[derive(clap::Args)]
#[command(group = ArgGroup::new("limits").multiple(true))]
pub(crate) struct Args {
    /// The requests
    pub(super) jobs: PathBuf,
    /// Where the results go [default: JOBS, less a .jsonl, with .results.jsonl]
    ///
    /// Beside it, FILE.limits tells the next run what the server still counts of this one.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Send the requests again whose result was a failure
    #[arg(long)]
    pub(super) retry_failed: bool,
    /// Tell which limit binds and how long it takes, and send nothing
    #[arg(long)]
    pub(super) dry_run: bool,

    /// The API, with or without its /v1, as https://api.openai.com; the key is taken from OPENAI_API_KEY
    ///
    /// Without it, an embedded server with the same limits is started on this machine: with 300 requests and 60000 tokens a minute
    /// and 10000 requests a day where none is given.
    #[arg(long, value_name = "URL", requires = "limits", help_heading = "Server")]
    pub(super) base_url: Option<String>,
    /// Requests in flight at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = value_parser!(u32).range(1..=10_000), help_heading = "Server")]
    pub(super) concurrency: u32,
    /// Give a request up that has not been answered after this time
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = humantime::parse_duration, help_heading = "Server")]
    pub(super) timeout: Duration,
    /// How long the embedded server takes for an answer
    #[arg(long, value_name = "TIME", default_value = "500ms", value_parser = humantime::parse_duration, conflicts_with = "base_url", help_heading = "Server")]
    pub(super) latency: Duration,
    /// How much that varies, up or down
    #[arg(long, value_name = "TIME", default_value = "50ms", value_parser = humantime::parse_duration, conflicts_with = "base_url", help_heading = "Server")]
    pub(super) jitter: Duration,

    /// Requests a minute
    #[arg(long, value_name = "N", group = "limits", value_parser = value_parser!(u32).range(1..), help_heading = "Limits")]
    pub(super) rpm: Option<u32>,
    /// Tokens a minute
    #[arg(long, value_name = "N", group = "limits", value_parser = value_parser!(u32).range(1..), help_heading = "Limits")]
    pub(super) tpm: Option<u32>,
    /// Requests a day
    #[arg(long, value_name = "N", group = "limits", value_parser = value_parser!(u32).range(1..), help_heading = "Limits")]
    pub(super) rpd: Option<u32>,
    /// The server also holds the minute's limits in windows this short, each with its share: 1s, 10s
    #[arg(long, value_name = "TIME", value_parser = window, help_heading = "Limits")]
    pub(super) window: Option<Duration>,
    /// What such a window is
    #[arg(long, value_enum, default_value_t, requires = "window", help_heading = "Limits")]
    pub(super) window_kind: WindowKind,
    /// How much longer one request may be on its way than another [default: 250ms]
    ///
    /// Requests that leave at the limit arrive above it where one overtakes another or a slow one is followed by a fast one. So as
    /// much as the limit refills in this time stays unused at the burst, and the rate stays the limit's: it costs this time once,
    /// however long the run is. (A counter that resets cannot be met so: there each window is this much longer.) It is about delays
    /// that vary, also by the opening of a connection; a server's clock that is wrong by a constant does not matter.
    ///
    /// To the embedded server the default is 100ms, or a 40th of a counter's window where that is less.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, help_heading = "Limits")]
    margin: Option<Duration>,
}

impl Args {
    pub(super) fn output(&self) -> PathBuf {
        let jobs = &self.jobs;
        self.output.clone().unwrap_or_else(|| match jobs.extension() {
            Some(extension) if extension == "jsonl" => jobs.with_extension("results.jsonl"),
            _ => jobs.with_added_extension("results.jsonl"),
        })
    }

    /// Where a run leaves what the server still counts.
    pub(super) fn trace(&self) -> PathBuf {
        let mut name = self.output().into_os_string();
        name.push(".limits");
        name.into()
    }

    pub(super) fn margin(&self) -> Duration {
        let default = match (&self.base_url, self.window, self.window_kind) {
            (Some(_), ..) => NETWORK_MARGIN,
            (None, Some(window), WindowKind::Counter) => LOOPBACK_MARGIN.min(window / 40),
            (None, ..) => LOOPBACK_MARGIN,
        };
        self.margin.unwrap_or(default)
    }

    /// Requests a minute, tokens a minute and requests a day: as given, or all of the embedded server's where none is.
    pub(super) fn limits(&self) -> [Option<u32>; 3] {
        match [self.rpm, self.tpm, self.rpd] {
            [None, None, None] => EMBEDDED_LIMITS,
            given => given,
        }
    }
}

/// A request that opens a connection takes some round trips more than one that finds it open.
const NETWORK_MARGIN: Duration = Duration::from_millis(250);
/// Beside a compiler on the same two cores, 10 ms were too little once in ten runs, and 25 ms in none of eighty.
const LOOPBACK_MARGIN: Duration = Duration::from_millis(100);

/// Requests a minute, tokens a minute, requests a day: of a small account, as the sample needs them.
const EMBEDDED_LIMITS: [Option<u32>; 3] = [Some(300), Some(60_000), Some(10_000)];

fn window(text: &str) -> Result<Duration, String> {
    let window = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if (Duration::from_millis(100)..Duration::from_secs(60)).contains(&window) {
        Ok(window)
    } else {
        Err("a short window lasts from 100ms to less than 60s".to_owned())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    /// What `line`, which blanks part, says behind `paceline run`.
    pub(in crate::run) fn args(line: &str) -> Args {
        Cli::parse_from(["run"].into_iter().chain(line.split_whitespace())).args
    }

    /// Tried, and caught: whatever stands behind a point taken for the ending.
    #[test]
    fn each_job_file_has_its_own_output() {
        let outputs = [
            ("jobs.jsonl", "jobs.results.jsonl"),
            ("2026.08.jsonl", "2026.08.results.jsonl"),
            ("day.1", "day.1.results.jsonl"),
            ("day.2", "day.2.results.jsonl"),
            ("in.put/day", "in.put/day.results.jsonl"),
            ("jobs.jsonl --output out", "out"),
        ];
        for (line, output) in outputs {
            assert_eq!(args(line).output(), PathBuf::from(output), "{line}");
        }
    }
}
