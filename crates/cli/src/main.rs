//! The `paceline` command.

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
    Why(why::Args),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Why(args) => why::run(&args),
    }
}
