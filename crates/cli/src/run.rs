//! `paceline run`: send a file of requests through an API at its limit.

mod args;
mod client_limit;
mod destination;
mod dispatch;
mod index;
mod job;
mod limits;
mod lines;
mod output;
mod plan;
mod progress;
mod result;
mod send;
mod server_limit;
mod session;
mod status;
mod summary;
mod tally;
mod trace;
mod work;

use std::{
    error::Error,
    fs::File,
    io::{self, Write},
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

pub(crate) use self::args::Args;
use self::{
    destination::{Destination, naming},
    limits::Limits,
    output::Output,
    plan::Plan,
    result::Finished,
    summary::Summary,
    trace::Trace,
    work::Work,
};

/// Runs the file and tells how it went.
pub(crate) async fn run(args: Args) -> Result<ExitCode, Box<dyn Error>> {
    let start = Instant::now();
    let path = args.output();
    if is_same_file(&path, &args.jobs) {
        return Err(format!("{}: it holds the requests: give another --output", path.display()).into());
    }
    let limits = Limits::new(&args)?;
    let mut work = Work::read(&args.jobs, &limits, &mut io::stderr().lock()).map_err(naming(&args.jobs))?;
    let leave_out = |finished: &Finished<'_>| {
        if finished.succeeded() || !args.retry_failed {
            work.leave_out(&finished.custom_id, finished.succeeded(), &limits);
        }
    };
    if args.dry_run {
        scan(&path, leave_out).map_err(naming(&path))?;
        return dry_run(&args, &limits, &work);
    }
    let mut output = Output::open(&path, leave_out).map_err(naming(&path))?;
    if args.retry_failed {
        output = output.without_failures().map_err(naming(&path))?;
    }
    let to = Destination::open(&args, &limits).await?;
    let plan = Plan::new(&limits, work.demand, args.concurrency);
    let skipped = work.skipped;
    let (status, server) = session::carry(&args, &limits, &mut output, work, to).await?;
    let latency = if args.base_url.is_none() { args.latency } else { status.tally.borrow().latency() };
    let summary = Summary { status: &status, server, skipped, took: start.elapsed(), minimum: plan.minimum(latency) };
    writeln!(io::stdout(), "{summary}")?;
    Ok(summary.exit_code())
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Tells the results of an output that may not be there, and leaves it as it is.
fn scan(path: &Path, leave_out: impl FnMut(&Finished<'_>)) -> io::Result<()> {
    if path.exists() { output::scan(File::open(path)?, leave_out).map(drop) } else { Ok(()) }
}

fn dry_run(args: &Args, limits: &Limits, work: &Work) -> Result<ExitCode, Box<dyn Error>> {
    let latency = if args.base_url.is_some() {
        let trace = args.trace();
        Trace::restore(&trace, limits).map_err(naming(&trace))?;
        Duration::ZERO
    } else {
        args.latency
    };
    let plan = Plan::new(limits, work.demand, args.concurrency);
    writeln!(io::stdout(), "{}", plan.table(latency))?;
    Ok(ExitCode::SUCCESS)
}
