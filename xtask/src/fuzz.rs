//! The fuzz targets, each for some seconds, with a new corpus: what they find is written to `fuzz/artifacts`.

use anyhow::{Context, Result};

use crate::command::{cargo, root};

pub(crate) fn run(seconds: u32) -> Result<()> {
    if !cargo("fuzz --version").succeeds()? {
        cargo("install cargo-fuzz --locked").run()?;
    }
    for target in targets()? {
        cargo(&format!("fuzz run {target} -- -max_total_time={seconds} -max_len=4096")).env("RUSTC_BOOTSTRAP", "1").run()?;
    }
    Ok(())
}

fn targets() -> Result<Vec<String>> {
    let folder = root().join("fuzz/fuzz_targets");
    let files = folder.read_dir().with_context(|| format!("no fuzz targets in {}", folder.display()))?;
    let mut names: Vec<_> = files.filter_map(|file| Some(file.ok()?.path().file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}
