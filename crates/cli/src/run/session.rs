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

/// Sends all of `work` and writes what comes of it; Ctrl-C ends the sending, and a second one the process.
pub(super) async fn carry<'a>(
    args: &Args,
    limits: &'a Limits,
    output: &mut Output,
    work: Work,
    to: Destination,
) -> Result<Status<'a>, Box<dyn Error>> {
    let Work { index, demand, .. } = work;
    let Destination { sender, trace, embedded: _kept } = to;
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
    let all = async { try_join!(sending, collect(inbox, output, &status)) };
    select! {
        done = all => { done?; }
        never = progress::show(&status, &gate, args.concurrency) => match never {},
    }
    Ok(status)
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
