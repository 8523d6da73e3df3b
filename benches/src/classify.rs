//! Bodies to classify, and what a client does today: `serde_json` into a struct, then compiled regexes.

use regex::Regex;
use serde::Deserialize;

/// A typical refusal of OpenAI, indented as it sends it.
pub const OPENAI: &str = r#"{
    "error": {
        "message": "Rate limit reached for gpt-4 in organization org-u3XhS1pQzYw7dK2mNvB4cT9e on tokens per min (TPM): Limit 30000, Used 28044, Requested 15258. Please try again in 26.604s. Visit https://platform.openai.com/account/rate-limits to learn more.",
        "type": "tokens",
        "param": null,
        "code": "rate_limit_exceeded"
    }
}
"#;

/// A block page of about 6 kB in the manner of a content delivery network: styles, a script and a few sentences.
#[must_use]
pub fn html_page() -> String {
    let style = "body{margin:0;padding:0}h1{font-size:60px;line-height:1.2}.wrapper{width:100%}\n".repeat(20);
    let script = "if(a<b){window.x=function(e){return e.target.value||'rate limit'}}\n".repeat(15);
    let rows = "<div class=\"section wrapper\"><div class=\"column\"><p>Performance and security</p></div></div>\n".repeat(30);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head>\n<title>Access denied | example.com</title>\n\
         <style>{style}</style>\n<script>{script}</script>\n</head>\n<body>\n\
         <h1><span>Error</span> <span>1015</span></h1>\n<h2>You are being rate limited</h2>\n{rows}</body>\n</html>\n"
    )
}

/// The usual way.
#[derive(Debug)]
pub struct Peer {
    numbers: Regex,
    wait: Regex,
    names: Regex,
}

/// What it reads.
#[derive(Debug)]
pub struct Read<'a> {
    /// The code of the error.
    pub code: Option<&'a str>,
    /// The limit.
    pub limit: Option<u64>,
    /// What was used.
    pub used: Option<u64>,
    /// What was asked for.
    pub requested: Option<u64>,
    /// The wait in seconds.
    pub wait: Option<f64>,
    /// The model.
    pub model: Option<&'a str>,
    /// The organization.
    pub organization: Option<&'a str>,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    error: Error<'a>,
}

#[derive(Deserialize)]
struct Error<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    _type: Option<&'a str>,
    code: Option<&'a str>,
}

impl Default for Peer {
    fn default() -> Self {
        Self::new()
    }
}

impl Peer {
    /// Compiles the expressions.
    ///
    /// # Panics
    /// Never: the expressions are constant.
    #[must_use]
    pub fn new() -> Self {
        Self {
            numbers: Regex::new(r"Limit:? ([\d,]+), Used:? ([\d,]+), Requested:? ([\d,]+)").expect("constant"),
            wait: Regex::new(r"try again in ([\d.]+)s").expect("constant"),
            names: Regex::new(r"for (\S+) in organization (\S+) on (\w+) per (\w+)").expect("constant"),
        }
    }

    /// Reads a body.
    ///
    /// # Panics
    /// Where the body is not of the expected form.
    #[must_use]
    pub fn read<'a>(&self, body: &'a str) -> Read<'a> {
        let body: Body<'_> = serde_json::from_str(body).expect("the benchmark's own body");
        let message = body.error.message;
        let numbers = self.numbers.captures(message);
        let group = |index: usize| numbers.as_ref().and_then(|found| found[index].parse::<u64>().ok());
        let names = self.names.captures(message);
        let name = |index: usize| names.as_ref().and_then(|found| Some(found.get(index)?.as_str()));
        Read {
            code: body.error.code,
            limit: group(1),
            used: group(2),
            requested: group(3),
            wait: self.wait.captures(message).and_then(|found| found[1].parse().ok()),
            model: name(1),
            organization: name(2),
        }
    }
}
