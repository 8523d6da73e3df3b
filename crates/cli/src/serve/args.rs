//! The command line of `paceline serve`.

use std::{path::PathBuf, time::Duration};

use clap::{ValueEnum, value_parser};

/// Serve an OpenAI-compatible API on loopback that refuses as the real service does.
///
/// POST /v1/chat/completions and /v1/embeddings. Limits hold for each API key and model, and a limit that is not given is
/// off. Any key is accepted. A request is charged max(max_tokens * n, characters / 4) tokens.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8429)]
    pub(super) port: u16,
    #[command(flatten)]
    pub(super) config: Config,
}

/// What the server enforces and how it answers. The default enforces nothing. Rates and the time scale are at least 1.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Config {
    /// Requests a minute: a bucket that starts full and refills continuously
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..), help_heading = "Limits")]
    pub(crate) rpm: Option<u64>,
    /// Tokens a minute
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..), help_heading = "Limits")]
    pub(crate) tpm: Option<u64>,
    /// Requests a day
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..), help_heading = "Limits")]
    pub(crate) rpd: Option<u64>,
    /// Besides the minute, hold its limits in windows this short, each with its share (in whole numbers, at least one)
    #[arg(long, value_name = "TIME", value_parser = window_duration, help_heading = "Limits")]
    pub(crate) window: Option<Duration>,
    /// What a short window is
    #[arg(long, value_enum, default_value_t, requires = "window", help_heading = "Limits")]
    pub(crate) window_kind: WindowKind,
    /// Calls in flight at once, for each key
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub(crate) max_in_flight: Option<u64>,
    /// Tokens that each key can pay for; the last call may overdraw it
    #[arg(long, value_name = "TOKENS", help_heading = "Limits")]
    pub(crate) balance: Option<u64>,
    /// A call refused for its rate or for those in flight takes one request, if one is left, but no tokens
    #[arg(long, help_heading = "Limits")]
    pub(crate) count_failed: bool,
    /// Run the limits' clock this many times as fast; waits are told in real time [default: 1]
    #[arg(long, value_name = "TIMES", value_parser = value_parser!(u64).range(1..), help_heading = "Limits")]
    pub(crate) time_scale: Option<u64>,

    /// How long an admitted call takes, in real time
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = humantime::parse_duration, help_heading = "Answers")]
    pub(crate) latency: Duration,
    /// Vary the latency evenly by as much up or down
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = humantime::parse_duration, help_heading = "Answers")]
    pub(crate) jitter: Duration,
    /// Leave out the x-ratelimit-* headers
    #[arg(long = "no-ratelimit-headers", help_heading = "Answers")]
    pub(crate) hide_ratelimit_headers: bool,
    /// Leave out retry-after and retry-after-ms
    #[arg(long = "no-retry-after", help_heading = "Answers")]
    pub(crate) hide_retry_after: bool,
    /// Leave "Please try again in ..." out of the message
    #[arg(long = "no-hint", help_heading = "Answers")]
    pub(crate) hide_hint: bool,

    /// Append a JSON line for each request to FILE, written before the answer is
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
}

/// How a short window refills.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum WindowKind {
    /// A bucket of one share that refills continuously
    #[default]
    Bucket,
    /// A counter that starts again with each window
    Counter,
}

fn window_duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) if duration < Duration::from_millis(1) => Err("a window takes at least 1ms".to_owned()),
        Ok(duration) if duration > Duration::from_secs(60) => Err("a window takes at most 1m".to_owned()),
        other => other.map_err(|error| error.to_string()),
    }
}
