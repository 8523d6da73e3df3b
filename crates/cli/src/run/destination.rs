//! Where the requests go: an API, or a server of our own.

use std::{error::Error, io, path::Path};

use super::{args::Args, limits::Limits, send::Sender, trace::Trace};
use crate::serve::{Config, Server};

/// What it takes to send.
pub(super) struct Destination {
    pub(super) sender: Sender,
    /// What the server still knows when this process is gone.
    pub(super) trace: Option<Trace>,
    /// Kept for as long as requests are sent.
    pub(super) embedded: Option<Server>,
}

impl Destination {
    /// The API that `args` name, with the trace that an earlier run left taken from `limits`; or a new embedded server.
    pub(super) async fn open(args: &Args, limits: &Limits) -> Result<Self, Box<dyn Error>> {
        let calls = args.concurrency as usize;
        let Some(base_url) = &args.base_url else {
            let server = Server::bind(0, embedded(args)).await?;
            eprintln!("embedded server on {} with {limits}, {} a call", server.address(), humantime::format_duration(args.latency));
            let sender = Sender::to_embedded(&format!("http://{}", server.address()), calls, args.timeout)?;
            return Ok(Self { sender, trace: None, embedded: Some(server) });
        };
        let path = args.trace();
        Trace::restore(&path, limits).map_err(naming(&path))?;
        let trace = Some(Trace::open(&path).map_err(naming(&path))?);
        Ok(Self { sender: Sender::new(base_url, calls, args.timeout)?, trace, embedded: None })
    }
}

/// Puts the path before an error.
pub(super) fn naming(path: &Path) -> impl FnOnce(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn embedded(args: &Args) -> Config {
    let [rpm, tpm, rpd] = args.limits().map(|limit| limit.map(u64::from));
    Config {
        rpm,
        tpm,
        rpd,
        window: args.window,
        window_kind: args.window_kind,
        latency: args.latency,
        jitter: args.jitter,
        ..Config::default()
    }
}
