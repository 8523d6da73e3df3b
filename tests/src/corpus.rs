//! The labelled answers of real APIs, which lie beside the project and not in it, and those that are written for it.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// The cases of one file of the corpus, or `None`, with a line that says so, where it is absent.
///
/// # Panics
/// If a line is not what `T` expects.
#[must_use]
pub fn read<T: DeserializeOwned>(file: &str) -> Option<Vec<T>> {
    let path = folder().join(file);
    if !path.exists() {
        eprintln!("skipped: no corpus at {}", path.display());
        return None;
    }
    Some(read_file(&path))
}

/// The cases of any file in the corpus' format.
///
/// # Panics
/// If it can't be read, or a line is not what `T` expects.
#[must_use]
pub fn read_file<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let case = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    text.lines().map(case).collect()
}

fn folder() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    std::env::var_os("PACELINE_CORPUS").map_or_else(beside, PathBuf::from)
}
