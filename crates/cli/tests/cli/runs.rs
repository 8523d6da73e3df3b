//! A folder with requests in it, and `paceline run` on them.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The key that every run gets, and that nothing may show.
pub(crate) const KEY: &str = "sk-never-shown";

/// A job file of its own for each test.
pub(crate) struct Jobs {
    folder: TempDir,
}

impl Jobs {
    /// Writes `lines` as the job file.
    pub(crate) fn new(lines: impl IntoIterator<Item = String>) -> Self {
        let jobs = Self { folder: tempfile::tempdir().unwrap() };
        let text: String = lines.into_iter().map(|line| line + "\n").collect();
        fs::write(jobs.path("jobs.jsonl"), text).unwrap();
        jobs
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a run with the options in `arguments`, which blanks part.
    pub(crate) fn start(&self, arguments: &str) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paceline"));
        command.arg("run").arg(self.path("jobs.jsonl")).args(arguments.split_whitespace()).env("OPENAI_API_KEY", KEY);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs to the end.
    pub(crate) fn run(&self, arguments: &str) -> Ended {
        Ended::new(self.start(arguments).wait_with_output().unwrap())
    }

    pub(crate) fn output(&self) -> PathBuf {
        self.path("jobs.results.jsonl")
    }

    /// The results by `custom_id`, each of which has to be there once.
    pub(crate) fn results(&self) -> BTreeMap<String, Value> {
        let text = fs::read_to_string(self.output()).unwrap();
        let mut results = BTreeMap::new();
        for line in text.lines() {
            let result: Value = serde_json::from_str(line).unwrap();
            let id = result["custom_id"].as_str().unwrap().to_owned();
            assert!(results.insert(id, result).is_none(), "twice: {line}");
        }
        results
    }
}

/// What an ended run has told.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn new(output: Output) -> Self {
        let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        assert!(!stdout.contains(KEY) && !stderr.contains(KEY));
        Self { code: output.status.code(), stdout, stderr }
    }

    /// Asserts what the summary holds.
    #[track_caller]
    pub(crate) fn tells(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.stdout.contains(part), "no {part:?} in: {}{}", self.stdout, self.stderr);
        }
    }
}

/// `count` chats of `tokens` each, named c0, c1 and so on.
pub(crate) fn chats(count: usize, tokens: u64) -> impl Iterator<Item = String> {
    (0..count).map(move |number| chat(&format!("c{number}"), tokens))
}

pub(crate) fn chat(custom_id: &str, tokens: u64) -> String {
    let body = json!({"model": "m", "max_tokens": tokens, "messages": [{"role": "user", "content": "hi"}]});
    json!({"custom_id": custom_id, "method": "POST", "url": "/v1/chat/completions", "body": body}).to_string()
}
