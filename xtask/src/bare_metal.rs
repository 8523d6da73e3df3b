//! Builds for targets without an operating system, linked whole and looked into: no panic, no allocator, no helper for wide atomics. What
//! each target has of the core is held against the table in its docs, and what is public in its sources against what was linked.
//!
//! An installed rustup target is used where there is one; else `core` is built from the sources that Debian's
//! `rustc-web cargo-web rust-web-src` bring.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use object::{Object, ObjectSymbol, read::archive::ArchiveFile};

use crate::command::{Step, cargo, files, root};

struct Target {
    name: &'static str,
    /// The features that it needs.
    features: &'static str,
    linker: &'static str,
}

const fn target(name: &'static str, features: &'static str, linker: &'static str) -> Target {
    Target { name, features, linker }
}

const ARM: &str = "ld.lld -m armelf -e 0";
const RISC_V: &str = "ld.lld -m elf32lriscv -e 0";
const WASM: &str = "wasm-ld --no-entry --allow-undefined";

const TARGETS: [Target; 9] = [
    target("aarch64-unknown-none", "", "ld.lld -m aarch64elf -e 0"),
    target("thumbv7em-none-eabihf", "", ARM),
    target("thumbv7m-none-eabi", "", ARM),
    target("thumbv6m-none-eabi", "critical-section", ARM),
    target("thumbv6m-none-eabi", "", ARM),
    target("riscv32imac-unknown-none-elf", "", RISC_V),
    target("riscv32imc-unknown-none-elf", "critical-section,fallback", RISC_V),
    target("riscv32imc-unknown-none-elf", "", RISC_V),
    target("wasm32-unknown-unknown", "", WASM),
];

/// What the linked library must neither hold nor ask for, as parts of symbols.
const FORBIDDEN: [&str; 6] = ["can_panic", "panicking", "__rust_alloc", "__rust_realloc", "__atomic_", "__sync_"];

/// Public functions of the core that are called with a closure: what calls them is linked.
const WITH_A_CLOSURE: [&str; 2] = ["map", "update"];

pub(crate) fn run() -> Result<()> {
    let mut table = "| target | features | on a `u32` | on a `u64` |\n| --- | --- | --- | --- |\n".to_owned();
    let mut exports = BTreeSet::new();
    for target in &TARGETS {
        let there = check(target, target.features)?;
        table += &row(target, &there);
        exports.extend(there);
    }
    let left_out = left_out(&exports)?;
    ensure!(left_out.is_empty(), "public in the core and not exported by tests/bare-metal: {left_out:?}");
    ensure!(include_str!("../../crates/core/docs/targets.md") == table, "crates/core/docs/targets.md is to be\n{table}");
    let planted = &TARGETS[2];
    ensure!(check(planted, "planted").is_err(), "an index that can be out of bounds was not noticed");
    eprintln!("xtask: found an index that can be out of bounds");
    Ok(())
}

/// What the library exports, which must hold nothing forbidden.
fn check(target: &Target, features: &str) -> Result<BTreeSet<String>> {
    let library = build(target, features)?;
    let exports = exported(&library)?;
    let linked = link(target, &library, &exports)?;
    let bytes = fs::read(&linked)?;
    let file = object::File::parse(&*bytes)?;
    let names = file.symbols().map(|symbol| symbol.name().unwrap_or_default().to_owned());
    let imports = file.imports()?.into_iter().map(|import| String::from_utf8_lossy(import.name()).into_owned());
    let found: Vec<_> = names.chain(imports).filter(|name| FORBIDDEN.iter().any(|part| name.contains(part))).collect();
    ensure!(found.is_empty(), "{} {features}: the linked core holds {found:?}", target.name);
    eprintln!("xtask: nothing forbidden on {} {features}", target.name);
    Ok(exports)
}

/// A line of the table of targets: which words can be shared there, and how.
fn row(target: &Target, exports: &BTreeSet<String>) -> String {
    let how = if target.features.is_empty() { "lock-free" } else { "in critical sections" };
    let on = |export| if exports.contains(export) { how } else { "" };
    let features = target.features.split_terminator(',').map(|feature| format!("`{feature}`")).collect::<Vec<_>>().join(", ");
    format!("| `{}` | {features} | {} | {} |\n", target.name, on("paceline_gate_u32_status"), on("paceline_gate_status"))
}

/// The public functions of the core, by the names that no export ends in.
fn left_out(exports: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let mut left = BTreeSet::new();
    for file in files(&root().join("crates/core/src"), "rs")? {
        let source = fs::read_to_string(&file)?;
        let of_trait = ["/src/limit.rs", "/src/named.rs", "/src/cell.rs"].iter().any(|traits| file.ends_with(traits));
        let names = source.lines().filter_map(|line| public(line).or_else(|| line.strip_prefix("    fn ").filter(|_| of_trait)));
        left.extend(names.map(identifier).filter(|name| !WITH_A_CLOSURE.contains(name)).map(str::to_owned));
    }
    left.retain(|name| !exports.iter().any(|export| export.ends_with(&format!("_{name}"))));
    Ok(left)
}

/// What follows on `pub fn`.
fn public(line: &str) -> Option<&str> {
    let item = line.trim_start().strip_prefix("pub ")?;
    item.strip_prefix("const ").unwrap_or(item).strip_prefix("fn ").filter(|name| !name.starts_with('$'))
}

fn identifier(text: &str) -> &str {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default()
}

fn build(target: &Target, features: &str) -> Result<PathBuf> {
    let folder = root().join("target/bare-metal");
    let arguments = format!("build --release --locked --target {} --target-dir {} --features={features}", target.name, folder.display());
    let step = if installed_targets().lines().any(|line| line == target.name) {
        cargo(&arguments)
    } else {
        from_source(&format!("{arguments} -Zbuild-std=core"))
    };
    step.dir(&root().join("tests/bare-metal")).run()?;
    Ok(folder.join(target.name).join("release/libpaceline_bare_metal.a"))
}

/// Links all that is exported, and what it needs.
fn link(target: &Target, library: &Path, exports: &BTreeSet<String>) -> Result<PathBuf> {
    let linked = library.with_file_name("linked");
    let roots: Vec<_> = exports.iter().map(|root| format!("--undefined={root} --export-dynamic-symbol={root}")).collect();
    ensure!(!roots.is_empty(), "{} exports nothing", library.display());
    let roots = if target.linker == WASM { roots.join(" ").replace("--export-dynamic-symbol", "--export") } else { roots.join(" ") };
    let Some((linker, options)) = target.linker.split_once(' ') else { bail!("no options for {}", target.linker) };
    let unresolved = if target.linker == WASM { "" } else { "--unresolved-symbols=ignore-all" };
    let arguments = format!("{options} --gc-sections {unresolved} {roots} -o {} {}", linked.display(), library.display());
    Step::new(linker.into(), &arguments).told(&format!("{linker} {options} … {}", linked.display())).run()?;
    Ok(linked)
}

fn exported(library: &Path) -> Result<BTreeSet<String>> {
    let bytes = fs::read(library).with_context(|| library.display().to_string())?;
    let mut names = BTreeSet::new();
    for member in ArchiveFile::parse(&*bytes)?.members() {
        let Ok(file) = object::File::parse(member?.data(&*bytes)?) else { continue };
        let symbols = file.symbols().filter(|symbol| symbol.is_global() && symbol.is_definition());
        names.extend(symbols.filter_map(|symbol| symbol.name().ok()).filter(|name| name.starts_with("paceline_")).map(str::to_owned));
    }
    Ok(names)
}

fn installed_targets() -> String {
    let listed = Command::new("rustup").args(["target", "list", "--installed"]).output();
    listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

/// Debian's cargo and rustc, which come with the sources, where they are installed.
fn from_source(build: &str) -> Step {
    let debian = Path::new("/usr/bin");
    let step = if debian.join("cargo").exists() {
        Step::new(debian.join("cargo"), build).env("RUSTC", "/usr/bin/rustc").env("RUSTUP_TOOLCHAIN", "")
    } else {
        cargo(build)
    };
    step.env("RUSTC_BOOTSTRAP", "1")
}
