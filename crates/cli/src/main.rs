//! The `paceline` command.

mod charge;
mod serve;

use std::io;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Args),
}

#[tokio::main]
async fn main() -> io::Result<()> {
    match Cli::parse().command {
        Command::Serve(args) => serve::serve(args).await,
    }
}
