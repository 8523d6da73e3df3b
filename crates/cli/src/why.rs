//! `paceline why`: why a request was refused, how long to wait, and what helps.

mod answer;
mod input;
mod page;
mod record;
mod words;

use std::{
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args as ClapArgs, ValueEnum};
use paceline_core::{Cause, Kind, Language, Reason, Response, SupportReport};

use input::Refusal;
use record::{DetailedRecord, Record};

/// Say why a request was refused, how long to wait, and what helps
///
/// Takes what a service answered: the body in any form (JSON, the text of an exception, an HTML page), a response with
/// its headers as `curl -i` prints it, or {"status":429,"headers":{…},"body":"…"}.
#[derive(ClapArgs)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// The answer; - for standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    /// The language of the text
    #[arg(long, value_enum, default_value_t = Lang::En)]
    lang: Lang,
    /// Print one JSON object instead of text
    #[arg(long, conflicts_with_all = ["jsonl", "report"])]
    json: bool,
    /// Read one {"status":…,"headers":{…},"body":"…"} a line (status and headers optional), print one JSON object a line
    #[arg(long, conflicts_with = "report")]
    jsonl: bool,
    /// Print a report for the service's support instead, without keys
    #[arg(long)]
    report: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lang {
    En,
    Ko,
}

/// Runs the command and says how it ended.
pub(crate) fn run(args: &Args) -> ExitCode {
    let done = match open(&args.file) {
        Ok(input) if args.jsonl => lines(input),
        Ok(input) => one(args, input),
        Err(error) => Err(error),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            anstream::eprintln!("paceline why: {}: {error}", args.file.display());
            ExitCode::from(FAILED)
        }
    }
}

fn open(file: &Path) -> io::Result<Box<dyn BufRead>> {
    if file != "-" {
        return Ok(Box::new(BufReader::new(File::open(file)?)));
    }
    if io::stdin().is_terminal() {
        anstream::eprintln!("Paste what the service answered, then press Ctrl-D.");
    }
    Ok(Box::new(io::stdin().lock()))
}

fn one(args: &Args, mut input: impl Read) -> io::Result<u8> {
    let mut text = Vec::new();
    input.read_to_end(&mut text)?;
    let refusal = Refusal::read(text);
    let response = refusal.response();
    let cause = cause(&response);
    let code = match cause.kind() {
        Kind::Unknown => UNREADABLE,
        _ if cause.is_retryable() => RETRYABLE,
        _ => NOT_RETRYABLE,
    };
    printed(code, print(args, &refusal, &response, &cause))
}

/// Nothing that an answer says is about the call, though it may speak of limits.
fn cause<'a>(response: &Response<'a>) -> Cause<'a> {
    match answer::is_answer(response) {
        true => Cause::new(Reason::Unknown),
        false => paceline_core::classify(response),
    }
}

fn print(args: &Args, refusal: &Refusal, response: &Response<'_>, cause: &Cause<'_>) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &DetailedRecord::new(cause, &response.headers))?;
        writeln!(out)
    } else if args.report {
        let message = refusal.message();
        let mut report = SupportReport::new(*cause, response.status, response.headers.clone());
        report.message = message.as_deref();
        write!(out, "{report}")
    } else {
        page::write(&mut out, args.lang.language(), cause, response)
    }
}

fn lines(input: impl BufRead) -> io::Result<u8> {
    let mut code = RETRYABLE;
    let done = print_lines(input, &mut code);
    printed(code, done)
}

fn print_lines(input: impl BufRead, code: &mut u8) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (number, line) in input.split(b'\n').enumerate() {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let refusal = Refusal::from_json(&line).unwrap_or_else(|error| {
            anstream::eprintln!("paceline why: line {}: {error}; expected {{\"status\":…,\"headers\":{{…}},\"body\":\"…\"}}", number + 1);
            *code = UNREADABLE;
            Refusal::default()
        });
        let response = refusal.response();
        let cause = cause(&response);
        serde_json::to_writer(&mut out, &Record::new(&cause, &response.headers))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// The code, which a reader that has gone does not change.
fn printed(code: u8, done: io::Result<()>) -> io::Result<u8> {
    match done {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(code),
    }
}

impl Lang {
    const fn language(self) -> Language {
        match self {
            Self::En => Language::English,
            Self::Ko => Language::Korean,
        }
    }
}

const RETRYABLE: u8 = 0;
const NOT_RETRYABLE: u8 = 1;
const FAILED: u8 = 2;
const UNREADABLE: u8 = 3;

const EXIT_CODES: &str = "\
Exit codes:
  0  retryable: the same request can succeed later; with --jsonl, every line was read
  1  not retryable: somebody has to do something first
  2  wrong usage, or the file cannot be read
  3  unreadable: nothing in the answer says why, or it is no error; with --jsonl, a line is not such an object

Examples:
  curl -si https://api.example.com/v1/chat | paceline why
  paceline why --json error.txt
  if paceline why error.txt; then retry; fi";
