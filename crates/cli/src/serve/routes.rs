//! From HTTP to the ledger and back.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header},
    routing::post,
};
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use super::{
    answers,
    args::Config,
    call::{Call, Caller},
    headers,
    ledger::Ledger,
    refusal::{Asked, Refusal},
};

/// The server behind its routes.
pub(crate) struct Service {
    config: Config,
    ledger: Mutex<Ledger>,
}

impl Service {
    pub(crate) fn open(config: Config) -> io::Result<Self> {
        Ok(Self { ledger: Mutex::new(Ledger::open(&config)?), config })
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The latency of one call.
    fn latency(&self) -> Duration {
        let Config { latency, jitter, .. } = self.config;
        let least = latency.saturating_sub(jitter);
        let spread = (latency.saturating_add(jitter) - least).as_micros();
        least + Duration::from_micros(fastrand::u64(..=u64::try_from(spread).unwrap_or(u64::MAX)))
    }
}

/// The routes of `service`.
pub(crate) fn router(service: Arc<Service>) -> Router {
    let call = post(call).fallback(method_not_allowed);
    Router::new()
        .route("/v1/chat/completions", call.clone())
        .route("/v1/embeddings", call)
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(service)
}

async fn call(State(service): State<Arc<Service>>, uri: Uri, headers: HeaderMap, body: Result<Bytes, BytesRejection>) -> Response<Body> {
    let arrived = Instant::now();
    let caller = Caller::read(&headers);
    let Some(key) = &caller.key else {
        return reject(&service, &caller, &Refusal::NoKey);
    };
    let call = match Call::read(uri.path(), body) {
        Ok(call) => call,
        Err(refusal) => return reject(&service, &caller, &refusal),
    };
    let decision = service.ledger().decide(&caller, key, &call);
    let mut response = match &decision.verdict {
        Ok(()) => {
            let _in_flight = InFlight { service: &service, key };
            sleep_until(arrived + service.latency()).await;
            json(StatusCode::OK, &answers::body(&call, decision.request))
        }
        Err(refusal) => refuse(&service.config, refusal, &Asked { model: &call.model, key }),
    };
    if !service.config.hide_ratelimit_headers {
        decision.standing.write(response.headers_mut());
    }
    headers::write_identity(response.headers_mut(), decision.request, Some(key), arrived.elapsed());
    response
}

async fn not_found(State(service): State<Arc<Service>>, method: Method, uri: Uri, headers: HeaderMap) -> Response<Body> {
    reject(&service, &Caller::read(&headers), &Refusal::not_found(&method, &uri))
}

async fn method_not_allowed(State(service): State<Arc<Service>>, method: Method, uri: Uri, headers: HeaderMap) -> Response<Body> {
    reject(&service, &Caller::read(&headers), &Refusal::method_not_allowed(&method, &uri))
}

/// Answers a request that can't be judged.
fn reject(service: &Service, caller: &Caller, refusal: &Refusal) -> Response<Body> {
    let request = service.ledger().reject(caller, refusal);
    let key = caller.key.as_deref();
    let mut response = refuse(&service.config, refusal, &Asked { model: "", key: key.unwrap_or_default() });
    headers::write_identity(response.headers_mut(), request, key, Duration::ZERO);
    response
}

fn refuse(config: &Config, refusal: &Refusal, asked: &Asked<'_>) -> Response<Body> {
    let mut response = json(refusal.status(), &refusal.body(asked, !config.hide_hint));
    if let Some(wait) = refusal.wait().filter(|_| !config.hide_retry_after) {
        headers::write_retry_after(response.headers_mut(), wait);
    }
    response
}

fn json(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A call that holds one of the places in flight until it is answered or its client has gone.
struct InFlight<'a> {
    service: &'a Service,
    key: &'a str,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.service.ledger().finish(self.key);
    }
}

/// The largest body taken, in bytes.
const MOST_BYTES: usize = 16 << 20;
