//! What people and programs have in hand when a request was refused.

use std::fmt;

use paceline_core::{Response, headers::Headers};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

/// A refusal, owned.
#[derive(Default)]
pub(super) struct Refusal {
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

#[derive(Deserialize)]
struct Envelope {
    status: Option<Value>,
    headers: Option<Lines>,
    body: Value,
}

/// Headers in their order, from an object or a list of pairs.
struct Lines(Vec<(String, String)>);

impl Refusal {
    /// Reads a text of any form: an object with a body, a response with headers, else a body alone.
    pub(super) fn read(text: Vec<u8>) -> Self {
        let enveloped = Self::from_json(&text).ok().filter(|refusal| refusal.status.is_some() || !refusal.headers.is_empty());
        enveloped.or_else(|| Self::from_http(&text)).unwrap_or_else(|| Self { body: text, ..Self::default() })
    }

    /// Reads `{"status":429,"headers":{…},"body":"…"}`.
    pub(super) fn from_json(text: &[u8]) -> serde_json::Result<Self> {
        let envelope: Envelope = serde_json::from_slice(text).or_else(|_| serde_json::from_str(&mended(text)))?;
        Ok(Self {
            status: envelope.status.and_then(|status| said(status).trim().parse().ok()),
            headers: envelope.headers.map_or_else(Vec::new, |lines| lines.0),
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

impl<'de> Deserialize<'de> for Lines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LinesVisitor)
    }
}

struct LinesVisitor;

impl<'de> Visitor<'de> for LinesVisitor {
    type Value = Lines;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object or a list of names and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Lines, A::Error> {
        let mut lines = Vec::new();
        while let Some((name, value)) = map.next_entry()? {
            lines.extend(lines_of(name, value));
        }
        Ok(Lines(lines))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Lines, A::Error> {
        let mut lines = Vec::new();
        while let Some((name, value)) = list.next_element()? {
            lines.extend(lines_of(name, value));
        }
        Ok(Lines(lines))
    }
}

/// What is no JSON for a byte or half a character only, made whole with `\ufffd` in its place.
fn mended(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut mended = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((before, escape)) = rest.find('\\').map(|at| rest.split_at(at)) {
        let next = || escape.get(6..).and_then(surrogate);
        let (written, length) = match surrogate(escape) {
            Some(0xd800..0xdc00) if next().is_some_and(|next| next >= 0xdc00) => (escape.get(..12), 12),
            Some(_) => (Some("\\ufffd"), 6),
            None => {
                let length = escape.chars().take(2).map(char::len_utf8).sum();
                (escape.get(..length), length)
            }
        };
        mended.push_str(before);
        mended.push_str(written.unwrap_or_default());
        rest = escape.get(length..).unwrap_or_default();
    }
    mended + rest
}

/// The half of a character that an escape stands for.
fn surrogate(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok().filter(|half| (0xd800..0xe000).contains(half))
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
