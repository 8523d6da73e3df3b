//! Does a check fail when the code is wrong? Each bug here is planted into a copy of the sources, alone, and has to be found.

mod buckets;
mod gates;
mod incidents;
mod keyed;
mod limiters;
mod logs;
mod races;
mod refusals;
mod waiting;
mod windows;

use std::{fs, path::Path};

use anyhow::{Context, Result, bail, ensure};

use crate::command::{Step, cargo, root};

struct Bug {
    file: &'static str,
    right: &'static str,
    wrong: &'static str,
    found_by: &'static str,
    under_loom: bool,
}

const fn bug(file: &'static str, right: &'static str, wrong: &'static str, found_by: &'static str) -> Bug {
    Bug { file, right, wrong, found_by, under_loom: false }
}

const fn race(file: &'static str, right: &'static str, wrong: &'static str, found_by: &'static str) -> Bug {
    Bug { file, right, wrong, found_by, under_loom: true }
}

/// Each part of the project lists the bugs that its checks have to find.
const BUGS: [&[Bug]; 10] = [
    limiters::BUGS,
    buckets::BUGS,
    logs::BUGS,
    windows::BUGS,
    gates::BUGS,
    keyed::BUGS,
    waiting::BUGS,
    races::BUGS,
    incidents::BUGS,
    refusals::BUGS,
];

/// Plants every `every`-th bug, from number `from` on.
pub(crate) fn run(every: usize, from: Option<usize>) -> Result<()> {
    let from = from.unwrap_or_else(commits) % every;
    eprintln!("xtask: planted {every} --from {from}");
    let copy = tempfile::tempdir()?;
    for part in ["Cargo.toml", "Cargo.lock", "crates", "benches", "tests", "xtask"] {
        copy_all(&root().join(part), &copy.path().join(part))?;
    }
    let bugs = || BUGS.iter().copied().flatten();
    for Bug { file, right, .. } in bugs() {
        let sound = fs::read_to_string(copy.path().join(file))?;
        ensure!(sound.matches(right).count() == 1, "{file} does not hold this once any more: {right}");
    }
    for bug in bugs().skip(from).step_by(every) {
        check(bug, copy.path())?;
    }
    Ok(())
}

/// How many commits there are; none where the sources came without a history.
fn commits() -> usize {
    let counted = Step::new("git".into(), "rev-list --count HEAD").output().unwrap_or_default();
    String::from_utf8_lossy(&counted).trim().parse().unwrap_or(0)
}

fn check(bug: &Bug, copy: &Path) -> Result<()> {
    let file = copy.join(bug.file);
    let sound = fs::read_to_string(&file)?;
    fs::write(&file, sound.replace(bug.right, bug.wrong))?;
    ensure!(test(bug, "--no-run").dir(copy).succeeds()?, "the bug does not build: {} in {}", bug.wrong, bug.file);
    let missed = test(bug, "").dir(copy).succeeds()?;
    fs::write(&file, sound)?;
    if missed {
        bail!("nobody noticed {} in {}: {}", bug.wrong, bug.file, bug.found_by);
    }
    eprintln!("xtask: found by {}: {}", bug.found_by, bug.wrong.lines().next().unwrap_or(bug.right));
    Ok(())
}

fn test(bug: &Bug, more: &str) -> Step {
    let target = root().join("target/planted");
    let target = target.display();
    if bug.under_loom {
        cargo(&format!("test --release -p paceline-tests --test loom --target-dir {target}/loom {more} {}", bug.found_by))
            .env("RUSTFLAGS", "--cfg paceline_loom")
            .env("LOOM_MAX_PREEMPTIONS", "2")
    } else {
        cargo(&format!("test --target-dir {target} {more} {}", bug.found_by))
    }
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    if from.is_file() {
        fs::copy(from, to).with_context(|| from.display().to_string())?;
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in from.read_dir()? {
        let entry = entry?;
        copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
