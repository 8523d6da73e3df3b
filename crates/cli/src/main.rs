//! The `paceline` command.

mod charge;
mod run;
mod serve;
mod why;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Args),
    Serve(serve::Args),
    Why(why::Args),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run::run(args).await,
        Command::Serve(args) => serve::serve(args).await.map(|()| ExitCode::SUCCESS).map_err(Into::into),
        Command::Why(args) => Ok(why::run(&args)),
    };
    done.unwrap_or_else(|error| {
        eprintln!("paceline: {error}");
        ExitCode::FAILURE
    })
}
