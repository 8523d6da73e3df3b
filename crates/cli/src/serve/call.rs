//! A request as it arrived: whose it is, what it asks for, and what it costs.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
};

use axum::{
    body::Bytes,
    extract::rejection::BytesRejection,
    http::{HeaderMap, header},
};
use serde_json::Value;

use super::refusal::{self, Refusal};
use crate::charge;

/// What the headers of a request tell of its client.
pub(crate) struct Caller {
    /// A hash of the key; the key itself is not kept.
    pub(crate) key: Option<String>,
    /// The client's own name for the request.
    pub(crate) request_id: Option<String>,
}

impl Caller {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let key = text(header::AUTHORIZATION.as_str()).and_then(bearer).map(hash);
        Self { key, request_id: text("x-client-request-id").map(str::to_owned) }
    }
}

/// What a request asks for.
pub(crate) struct Call {
    pub(crate) url: String,
    pub(crate) model: String,
    /// In tokens.
    pub(crate) charge: u64,
    pub(crate) body: Value,
}

impl Call {
    pub(crate) fn read(url: &str, body: Result<Bytes, BytesRejection>) -> Result<Self, Refusal> {
        let body = body.map_err(|error| Refusal::Invalid { status: error.status(), message: error.body_text(), code: None })?;
        let body: Value = serde_json::from_slice(&body).map_err(|_| Refusal::bad_request(refusal::NOT_JSON))?;
        let model = body.get("model").and_then(Value::as_str).filter(|model| !model.is_empty());
        let model = model.ok_or_else(|| Refusal::bad_request(refusal::NO_MODEL))?.to_owned();
        if body.get("stream") == Some(&Value::Bool(true)) {
            return Err(Refusal::bad_request("this server does not stream"));
        }
        Ok(Self { url: url.to_owned(), model, charge: charge::tokens(url, &body), body })
    }
}

fn bearer(authorization: &str) -> Option<&str> {
    let key = authorization.strip_prefix("Bearer ")?.trim();
    (!key.is_empty()).then_some(key)
}

fn hash(key: &str) -> String {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
