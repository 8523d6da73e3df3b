//! The labelled answers of real APIs, which lie beside the project and not in it.

use std::path::PathBuf;

use serde::de::DeserializeOwned;

/// The cases of one file of the corpus, or `None`, with a line that says so, where it is absent.
///
/// # Panics
/// If a line is not what `T` expects.
#[must_use]
pub fn read<T: DeserializeOwned>(file: &str) -> Option<Vec<T>> {
    let path = folder().join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: no corpus at {}", path.display());
        return None;
    };
    let case = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    Some(text.lines().map(case).collect())
}

fn folder() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    std::env::var_os("PACELINE_CORPUS").map_or_else(beside, PathBuf::from)
}
