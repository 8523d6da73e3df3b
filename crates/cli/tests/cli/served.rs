//! A `paceline serve` of its own for each test, and a client for it.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdout, Command, Stdio},
};

use reqwest::{Client, Response};
use serde_json::{Value, json};

/// A running server, killed when dropped.
pub(crate) struct Served {
    child: Child,
    stdout: BufReader<ChildStdout>,
    base: String,
    client: Client,
}

impl Served {
    /// Starts one on a free port with the options in `arguments`, which blanks part.
    pub(crate) fn start(arguments: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paceline"));
        command.args(["serve", "--port", "0"]).args(arguments.split_whitespace()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let base = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        assert!(base.starts_with("http://127.0.0.1:"), "{base}");
        Self { child, stdout, base, client: Client::new() }
    }

    /// The URL before the paths, with its `/v1`.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Posts `body` to `path` with the key `sk-test`.
    pub(crate) async fn post(&self, path: &str, body: String) -> Answer {
        Answer::read(self.request(path, "Bearer sk-test", body).send().await.unwrap()).await
    }

    /// Posts a chat of `charge` tokens to the model `m`.
    pub(crate) async fn chat(&self, charge: u64) -> Answer {
        self.post("/chat/completions", chat("m", charge)).await
    }

    pub(crate) fn request(&self, path: &str, authorization: &str, body: String) -> reqwest::RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.base));
        request.header("authorization", authorization).header("content-type", "application/json").body(body)
    }

    /// Ends it with no chance to put anything in order.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as Ctrl-C does, and tells what it printed last.
    pub(crate) fn interrupt(mut self) -> String {
        let kill = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        assert!(self.child.wait().unwrap().success());
        rest
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let status = response.status().as_u16();
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Self { status, headers, body: response.json().await.unwrap() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap()
    }
}

/// A chat of `charge` tokens.
pub(crate) fn chat(model: &str, charge: u64) -> String {
    json!({"model": model, "max_tokens": charge, "messages": [{"role": "user", "content": ""}]}).to_string()
}
