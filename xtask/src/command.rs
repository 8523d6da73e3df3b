use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}

/// A command, told on the terminal before it runs.
pub(crate) struct Step {
    command: Command,
    told: String,
}

/// cargo with `arguments`, in the workspace.
pub(crate) fn cargo(arguments: &str) -> Step {
    Step::new(env!("CARGO").into(), arguments)
}

impl Step {
    pub(crate) fn new(program: PathBuf, arguments: &str) -> Self {
        let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
        let mut command = Command::new(program);
        command.args(arguments.split_whitespace()).current_dir(root());
        Self { command, told: format!("{name} {arguments}") }
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.told = format!("{name}={:?} {}", value.as_ref(), self.told);
        self.command.env(name, value.as_ref());
        self
    }

    /// Told in other words on the terminal.
    pub(crate) fn told(mut self, told: &str) -> Self {
        self.told = told.to_owned();
        self
    }

    pub(crate) fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Runs it to its end; a failure is an error.
    pub(crate) fn run(mut self) -> Result<()> {
        eprintln!("xtask: {}", self.told);
        let status = self.command.status().with_context(|| format!("cannot start: {}", self.told))?;
        ensure!(status.success(), "failed ({status}): {}", self.told);
        Ok(())
    }

    /// What it prints.
    pub(crate) fn output(mut self) -> Result<Vec<u8>> {
        let output = self.command.output().with_context(|| format!("cannot start: {}", self.told))?;
        ensure!(output.status.success(), "failed ({}): {}", output.status, self.told);
        Ok(output.stdout)
    }

    /// Whether it succeeds, with its output kept off the terminal.
    pub(crate) fn succeeds(mut self) -> Result<bool> {
        let output = self.command.output().with_context(|| format!("cannot start: {}", self.told))?;
        Ok(output.status.success())
    }
}

/// The files below `folder` with this extension.
pub(crate) fn files(folder: &Path, extension: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in folder.read_dir().with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path.display().to_string());
        }
    }
    Ok(found)
}
