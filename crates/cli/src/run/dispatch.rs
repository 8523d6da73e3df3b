//! Sending the requests in the order of the file, each as soon as the limits admit it.

use std::{
    fs::File,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use paceline::{Clock as _, NamedLimit as _, Set, SetDecision};
use paceline_tokio::Turnstile;
use tokio::sync::{Semaphore, mpsc};

use super::{
    client_limit::ClientLimit,
    index::Index,
    job::Job,
    limits::{LIMITS, Limits},
    lines::Lines,
    result::{Failure, ResultLine},
    send::{Sender, send},
    status::Status,
    trace::Trace,
};

pub(super) type Gate<'a> = Turnstile<&'a Set<ClientLimit, LIMITS>>;

/// What came of a request, and how long the answer took if it was sent.
pub(super) struct Outcome {
    pub(super) result: ResultLine,
    pub(super) took: Option<Duration>,
}

/// One task that reads, waits and sends: nothing else takes from the limits.
pub(super) struct Dispatcher<'a, 'l> {
    pub(super) limits: &'l Limits,
    pub(super) gate: &'a Gate<'l>,
    /// One permit for each call in flight.
    pub(super) calls: Arc<Semaphore>,
    pub(super) sender: Sender,
    pub(super) trace: Option<Trace>,
    pub(super) outcomes: mpsc::Sender<Outcome>,
    pub(super) status: &'a Status<'l>,
}

impl Dispatcher<'_, '_> {
    /// Sends what `index` holds of `lines`. Dropping it stops: no request is lost between the limits and the network.
    pub(super) async fn run(mut self, mut lines: Lines<File>, mut index: Index) -> io::Result<()> {
        while let Some(line) = lines.next()? {
            let number = line.number;
            let Ok(job) = Job::parse(line.text) else { continue };
            if index.take(&job.custom_id).is_none() {
                continue;
            }
            match self.limits.too_small_for(job.tokens) {
                Some(too_small) => self.refuse(number, &job, too_small.into()).await,
                None => self.send(number, &job).await?,
            }
        }
        self.status.waits_for.set(None);
        Ok(())
    }

    async fn refuse(&self, number: u64, job: &Job<'_>, failure: Failure) {
        let result = ResultLine::new(number, job.custom_id.clone().into_owned(), Err(failure));
        // It fails only where the collector has failed, which ends the run.
        let _ = self.outcomes.send(Outcome { result, took: None }).await;
    }

    async fn send(&mut self, number: u64, job: &Job<'_>) -> io::Result<()> {
        let costs = self.limits.costs(job.tokens);
        self.status.waits_for.set(Some("concurrency"));
        let call = Arc::clone(&self.calls).acquire_owned().await.map_err(io::Error::other)?;
        self.wait(costs).await?;
        if let Some(trace) = &mut self.trace {
            trace.save(self.limits, self.gate.limiter().clock().now())?;
        }
        self.status.send(costs);
        let request = self.sender.prepare(job);
        let custom_id = job.custom_id.clone().into_owned();
        let outcomes = self.outcomes.clone();
        tokio::spawn(async move {
            let start = Instant::now();
            let answer = send(request).await;
            let took = Some(start.elapsed());
            let result = ResultLine::new(number, custom_id, answer);
            let _ = outcomes.send(Outcome { result, took }).await;
            drop(call);
        });
        Ok(())
    }

    async fn wait(&self, costs: [u32; LIMITS]) -> io::Result<()> {
        let start = Instant::now();
        let limiter = self.gate.limiter();
        self.status.waits_for.set(match limiter.limit().peek_named(limiter.clock().now(), costs) {
            SetDecision::Denied { limit, .. } => Some(self.limits.name(limit)),
            _ => None,
        });
        self.gate.acquire(costs).await.map_err(io::Error::other)?;
        self.status.tally.borrow_mut().waited += start.elapsed();
        Ok(())
    }
}
