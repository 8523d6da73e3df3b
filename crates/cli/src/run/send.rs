//! Sending one request and reading its answer.

use std::{env, error::Error, time::Duration};

use reqwest::{
    Client, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};

use super::{
    job::Job,
    result::{self, Failure, Response},
};

/// A client of one API.
pub(super) struct Sender {
    client: Client,
    /// The URL before `/v1/`.
    base: String,
}

impl Sender {
    /// A sender to `base_url`, given with or without its `/v1`, with the key of the environment if there is one.
    pub(super) fn new(base_url: &str, concurrency: usize, timeout: Duration) -> Result<Self, Box<dyn Error>> {
        Self::with_key(base_url, env::var(KEY).unwrap_or_default(), Client::builder(), concurrency, timeout)
    }

    /// A sender to the embedded server, which takes any key and is behind no proxy.
    pub(super) fn to_embedded(base_url: &str, concurrency: usize, timeout: Duration) -> Result<Self, Box<dyn Error>> {
        Self::with_key(base_url, "embedded".to_owned(), Client::builder().no_proxy(), concurrency, timeout)
    }

    fn with_key(
        base_url: &str,
        key: String,
        builder: reqwest::ClientBuilder,
        concurrency: usize,
        timeout: Duration,
    ) -> Result<Self, Box<dyn Error>> {
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        if !key.is_empty() {
            let mut value = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| format!("{KEY} holds what no header may"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let client = builder
            .default_headers(headers)
            .timeout(timeout)
            .pool_max_idle_per_host(concurrency)
            // What the limits count is sent once, and to nobody else.
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { client, base: base(base_url)? })
    }

    /// The request for `job`, which does not borrow from it.
    pub(super) fn prepare(&self, job: &Job<'_>) -> reqwest::RequestBuilder {
        let request = self.client.post(format!("{}{}", self.base, job.url)).body(job.body.to_owned());
        match HeaderValue::from_str(&job.custom_id) {
            Ok(id) => request.header(CLIENT_REQUEST_ID, id),
            Err(_) => request,
        }
    }
}

/// What comes before a job's `/v1/`.
fn base(base_url: &str) -> Result<String, String> {
    let base = base_url.trim_end_matches('/');
    let base = base.strip_suffix("/v1").unwrap_or(base);
    match Url::parse(base) {
        Ok(url) if url.has_host() && url.scheme().starts_with("http") => Ok(base.to_owned()),
        _ => Err(format!("{base_url:?} is no URL of an API: write it as https://api.openai.com/v1")),
    }
}

/// Sends a request and waits for the whole answer.
pub(super) async fn send(request: reqwest::RequestBuilder) -> Result<Response, Failure> {
    let response = request.send().await?;
    let status_code = response.status().as_u16();
    let request_id = response.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    let body = result::body(response.text().await?);
    Ok(Response { status_code, request_id, body })
}

/// Without the URL, in which a password may be.
impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let code = match &error {
            error if error.is_timeout() => "request_timeout",
            error if error.is_connect() => "connection_failed",
            _ => "connection_broken",
        };
        let error = error.without_url();
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message.push_str(&format!(": {cause}"));
            source = cause.source();
        }
        Self { code, message }
    }
}

const KEY: &str = "OPENAI_API_KEY";
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-client-request-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_url_may_have_its_v1_and_slashes() {
        for url in ["https://api.openai.com", "https://api.openai.com/", "https://api.openai.com/v1", "https://api.openai.com/v1//"] {
            assert_eq!(base(url).as_deref(), Ok("https://api.openai.com"), "{url}");
        }
        assert_eq!(base("http://localhost:8080/proxy/v1").as_deref(), Ok("http://localhost:8080/proxy"));
        for url in ["api.openai.com", "localhost:80", "file:///v1", ""] {
            assert!(base(url).is_err(), "{url}");
        }
    }
}
