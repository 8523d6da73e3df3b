//! `paceline serve`: an OpenAI-compatible server on loopback that refuses as the real service does.
//!
//! It is the judge of the project's own limiters, so it decides by a simple [`limiter`] that shares no code with them, and
//! its [`log`] lets anybody check what it admitted. `paceline run` starts the same [`Server`] in its own process.

mod account;
mod answers;
mod args;
mod call;
mod clock;
mod durations;
mod headers;
mod ledger;
mod limiter;
mod limits;
mod log;
mod refusal;
mod routes;
mod stats;

use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::serve::ListenerExt;
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle, time::timeout};

use self::routes::Service;

pub(crate) use self::{
    args::{Args, Config, WindowKind},
    stats::Stats,
};

/// Serves until Ctrl-C, then prints what was admitted and refused.
pub(crate) async fn serve(args: Args) -> io::Result<()> {
    let server = Server::bind(args.port, args.config).await?;
    writeln!(io::stdout(), "listening on http://{}/v1", server.address())?;
    tokio::signal::ctrl_c().await?;
    writeln!(io::stdout(), "{}", server.stop().await?)
}

/// A running server.
pub(crate) struct Server {
    address: SocketAddr,
    service: Arc<Service>,
    stop: Arc<Notify>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Starts one on `port` of 127.0.0.1, or a free port if it is 0. It runs as a task until stopped.
    pub(crate) async fn bind(port: u16, config: Config) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.map_err(|error| io::Error::new(error.kind(), format!("port {port}: {error}")))?;
        let address = listener.local_addr()?;
        let service = Arc::new(Service::open(config)?);
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let listener = listener.tap_io(|connection| {
            // Without it answers are late, not wrong.
            let _ = connection.set_nodelay(true);
        });
        let serving =
            axum::serve(listener, routes::router(Arc::clone(&service))).with_graceful_shutdown(async move { stopped.notified().await });
        Ok(Self { address, service, stop, task: tokio::spawn(serving.into_future()) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has counted so far.
    pub(crate) fn stats(&self) -> Stats {
        self.service.ledger().stats().clone()
    }

    /// Takes no more calls, gives those in flight [`GRACE`] to end, and tells what was counted.
    pub(crate) async fn stop(mut self) -> io::Result<Stats> {
        self.stop.notify_one();
        match timeout(GRACE, &mut self.task).await {
            Ok(ended) => ended.map_err(io::Error::other)??,
            Err(_) => self.task.abort(),
        }
        Ok(self.stats())
    }
}

const GRACE: Duration = Duration::from_secs(5);
