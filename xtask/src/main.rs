//! Every check of the project, by name: `cargo xtask --help`.

mod bare_metal;
mod command;
mod fuzz;
mod planted;

use anyhow::Result;
use clap::Parser;
use command::cargo;

/// The checks of paceline. All of them but the last five are part of `ci`.
#[derive(Parser)]
enum Check {
    /// All that is cheap enough for every change
    Ci,
    /// The formatting of every file
    Fmt,
    /// The lints, without warnings
    Clippy,
    /// The docs of all packages, without warnings
    Docs,
    /// All tests
    Test,
    /// Every order in which threads can meet, up to a number of preemptions (3 takes half an hour)
    Loom {
        /// How often a thread may be interrupted
        #[arg(default_value_t = 2)]
        preemptions: u32,
    },
    /// Each fuzz target for some seconds (600 is a long run)
    Fuzz {
        /// Seconds for each target
        #[arg(default_value_t = 10)]
        seconds: u32,
    },
    /// The core on targets without an operating system
    BareMetal,
    /// Bugs planted one by one: each has to make a check fail
    Planted {
        /// Only one bug of so many, as `ci` does with 15
        #[arg(default_value_t = 1)]
        every: usize,
        /// From this one on, counted from 0; else from the number of commits on, so that each has its turn
        #[arg(long)]
        from: Option<usize>,
    },
    /// The sample and the short windows, each within 1.05 of its minimum (wants a quiet machine)
    Pace,
    /// The claimed speed as ratios, measured now (wants a quiet machine)
    Ratios,
    /// The criterion benches of the hot path (wants a quiet machine)
    Bench,
    /// The accuracy of each rate and word, measured and written into the docs
    Accuracy,
    /// Ten minutes of fuzzing a target and loom at 3 preemptions: three and a half hours
    Deep,
}

fn main() -> Result<()> {
    run(&Check::parse())
}

fn run(check: &Check) -> Result<()> {
    match check {
        Check::Ci => ci(),
        Check::Fmt => fmt(),
        Check::Clippy => cargo("clippy --workspace --all-targets --locked -- -D warnings").run(),
        Check::Docs => cargo("doc --workspace --no-deps --locked").env("RUSTDOCFLAGS", "-D warnings").run(),
        Check::Test => cargo("test --workspace --locked").run(),
        Check::Loom { preemptions } => loom(*preemptions),
        Check::Fuzz { seconds } => fuzz::run(*seconds),
        Check::BareMetal => bare_metal::run(),
        Check::Planted { every, from } => planted::run((*every).max(1), *from),
        Check::Pace => cargo("test --release -p paceline-cli --test cli sample").run(),
        Check::Ratios => cargo("bench -p paceline-benches --bench ratios").run(),
        Check::Bench => cargo("bench -p paceline-benches").run(),
        Check::Accuracy => {
            let table = cargo("run --quiet --release -p paceline-tests --example accuracy").output()?;
            Ok(std::fs::write(command::root().join("crates/core/docs/accuracy.md"), table)?)
        }
        Check::Deep => {
            fuzz::run(600)?;
            loom(3)
        }
    }
}

/// cargo fmt does not see the modules of the core that stand inside a macro, so it is given all of them by name.
fn fmt() -> Result<()> {
    cargo("fmt --all --check").run()?;
    let files = command::files(&command::root().join("crates/core/src"), "rs")?;
    command::Step::new("rustfmt".into(), &format!("--edition 2024 --check {}", files.join(" ")))
        .told("rustfmt --check the core, file by file")
        .run()
}

fn ci() -> Result<()> {
    for check in [
        Check::Fmt,
        Check::Clippy,
        Check::Docs,
        Check::Test,
        Check::Loom { preemptions: 2 },
        Check::BareMetal,
        Check::Planted { every: 15, from: None },
        Check::Fuzz { seconds: 5 },
    ] {
        run(&check)?;
    }
    Ok(())
}

fn loom(preemptions: u32) -> Result<()> {
    cargo("test --release -p paceline-tests --test loom --target-dir target/loom")
        .env("RUSTFLAGS", "--cfg paceline_loom")
        .env("LOOM_MAX_PREEMPTIONS", preemptions.to_string())
        .run()
}
