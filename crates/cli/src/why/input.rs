//! What people and programs have in hand when a request was refused.

use paceline_core::{Response, headers::Headers};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A refusal, owned.
#[derive(Default)]
pub(super) struct Refusal {
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

#[derive(Deserialize)]
struct Envelope {
    status: Option<u16>,
    headers: Option<Map<String, Value>>,
    body: Value,
}

impl Refusal {
    /// Reads a text of any form: an object with a body, a response with headers, else a body alone.
    pub(super) fn read(text: Vec<u8>) -> Self {
        let enveloped = Self::from_json(&text).ok().filter(|refusal| refusal.status.is_some() || !refusal.headers.is_empty());
        enveloped.or_else(|| Self::from_http(&text)).unwrap_or_else(|| Self { body: text, ..Self::default() })
    }

    /// Reads `{"status":429,"headers":{…},"body":"…"}`.
    pub(super) fn from_json(text: &[u8]) -> serde_json::Result<Self> {
        let envelope: Envelope = serde_json::from_slice(text)?;
        let headers = envelope.headers.unwrap_or_default();
        Ok(Self {
            status: envelope.status,
            headers: headers.into_iter().flat_map(|(name, value)| lines_of(name, value)).collect(),
            body: said(envelope.body).into_bytes(),
        })
    }

    /// What the core reads.
    pub(super) fn response(&self) -> Response<'_> {
        Response { status: self.status, headers: Headers::read(self.headers.iter().map(|(name, value)| (name, value))), body: &self.body }
    }

    /// The error's message, where the body is JSON and has one.
    pub(super) fn message(&self) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        let body = body.get(0).unwrap_or(&body);
        ["/error/message", "/message", "/error", "/detail"].iter().find_map(|path| body.pointer(path)?.as_str()).map(Into::into)
    }

    /// Reads a response as `curl -i` prints it. Interim responses (`HTTP/1.1 100 Continue`) are passed over.
    fn from_http(text: &[u8]) -> Option<Self> {
        let mut rest = text;
        let mut refusal = None;
        while rest.starts_with(b"HTTP/") {
            let (head, body) = split_head(rest);
            let head = String::from_utf8_lossy(head);
            let mut lines = head.lines();
            let status = lines.next()?.split_whitespace().nth(1)?.parse().ok()?;
            let header = |line: &str| line.split_once(':').map(|(name, value)| (name.into(), value.into()));
            refusal = Some(Self { status: Some(status), headers: lines.filter_map(header).collect(), body: body.to_vec() });
            rest = body;
        }
        refusal
    }
}

/// One header a value; a program may have kept several in a list.
fn lines_of(name: String, value: Value) -> Vec<(String, String)> {
    match value {
        Value::Array(values) => values.into_iter().map(|value| (name.clone(), said(value))).collect(),
        value => vec![(name, said(value))],
    }
}

/// A text as it is, anything else as JSON.
fn said(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        value => value.to_string(),
    }
}

/// The lines before the first empty one, and what comes after it.
fn split_head(text: &[u8]) -> (&[u8], &[u8]) {
    let ends = [&b"\r\n\r\n"[..], b"\n\n"].into_iter().filter_map(|gap| {
        let start = text.windows(gap.len()).position(|window| window == gap)?;
        Some((start, start + gap.len()))
    });
    match ends.min() {
        Some((head, body)) => (&text[..head], &text[body..]),
        None => (text, &[]),
    }
}
