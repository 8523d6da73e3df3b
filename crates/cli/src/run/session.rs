//! The run itself: one task that sends, collects and shows, with a task more for each call in flight.

use std::{error::Error, fs::File, io, process, sync::Arc};

use tokio::{
    select, signal,
    sync::{Semaphore, mpsc, watch},
    try_join,
};

use super::{
    args::Args,
    destination::{Destination, naming},
    dispatch::{Dispatcher, Gate, Outcome},
    limits::Limits,
    lines::Lines,
    output::Output,
    progress,
    status::Status,
    work::Work,
};
use crate::serve::Stats;

/// Sends all of `work` and writes what comes of it; Ctrl-C ends the sending, and a second one the process. With it comes what an
/// embedded server has counted.
pub(super) async fn carry<'a>(
    args: &Args,
    limits: &'a Limits,
    output: &mut Output,
    work: Work,
    to: Destination,
) -> Result<(Status<'a>, Option<Stats>), Box<dyn Error>> {
    let Work { index, demand, .. } = work;
    let Destination { sender, trace, embedded } = to;
    let calls = args.concurrency as usize;
    let lines = Lines::new(File::open(&args.jobs).map_err(naming(&args.jobs))?);
    let gate = Gate::new(limits.client());
    let status = Status::new(demand.requests, limits.totals(&demand));
    let (outcomes, inbox) = mpsc::channel(calls);
    let dispatcher = Dispatcher { limits, gate: &gate, calls: Arc::new(Semaphore::new(calls)), sender, trace, outcomes, status: &status };
    let mut stop = watch_ctrl_c();
    let sending = async {
        select! {
            biased;
            Ok(_) = stop.wait_for(|stopped| *stopped) => { status.stopping.set(true); Ok(()) }
            sent = dispatcher.run(lines, index) => sent,
        }
    };
    select! {
        done = both(sending, collect(inbox, output, &status)) => done?,
        never = progress::show(&status, &gate, args.concurrency) => match never {},
    }
    Ok((status, embedded.map(|server| server.stats())))
}

/// Where the sending fails, what is in flight is paid for: it is still collected. Where the collecting fails, nothing more is sent.
async fn both(sending: impl Future<Output = io::Result<()>>, collecting: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    let (sent, ()) = try_join!(async { Ok(sending.await) }, collecting)?;
    sent
}

/// Writes results until everybody who could bring one is gone.
async fn collect(mut inbox: mpsc::Receiver<Outcome>, output: &mut Output, status: &Status<'_>) -> io::Result<()> {
    while let Some(Outcome { result, took }) = inbox.recv().await {
        output.write(&result.to_line()?)?;
        status.tally.borrow_mut().count(&result, took);
    }
    Ok(())
}

/// Turns true at the first Ctrl-C; the second ends the process, which loses nothing but what is in flight.
fn watch_ctrl_c() -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        if signal::ctrl_c().await.is_ok() {
            stop.send_replace(true);
            let _ = signal::ctrl_c().await;
            process::exit(STOPPED.into());
        }
    });
    stopped
}

/// The exit code of a process that was stopped by Ctrl-C.
pub(super) const STOPPED: u8 = 130;

#[cfg(test)]
mod tests {
    use std::{fs, future, time::Duration};

    use super::*;
    use crate::run::result::{Failure, ResultLine};

    fn failure() -> io::Result<()> {
        Err(io::Error::other("failed"))
    }

    /// Tried, and caught: a failure that ends the collecting with the sending.
    #[tokio::test]
    async fn what_is_in_flight_when_the_sending_fails_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.jsonl");
        let mut output = Output::open(&path, |_| {}).expect("an output");
        let status = Status::new(1, Default::default());
        let (outcomes, inbox) = mpsc::channel(1);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let failure = Failure { code: "request_timeout", message: String::new() };
            let result = ResultLine::new(1, "late".to_owned(), Err(failure));
            let _ = outcomes.send(Outcome { result, took: Some(Duration::ZERO) }).await;
        });
        let done = both(future::ready(failure()), collect(inbox, &mut output, &status)).await;
        assert!(done.is_err_and(|error| error.to_string() == "failed"));
        assert_eq!(fs::read_to_string(&path).expect("a file").matches("late").count(), 1);
    }

    /// Tried, and caught: waiting for both, which never ends.
    #[tokio::test]
    async fn nothing_is_sent_that_cannot_be_written() {
        let done = tokio::time::timeout(Duration::from_secs(5), both(future::pending(), future::ready(failure()))).await;
        assert!(done.is_ok_and(|done| done.is_err()));
    }
}
