//! Builds of the core for targets without an operating system. An installed rustup target is used where there is one; else `core` is built from
//! the sources that Debian's `rustc-web cargo-web rust-web-src` bring.

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::command::{Step, cargo};

/// Each target, with the features that it needs.
const TARGETS: [(&str, &str); 6] = [
    ("aarch64-unknown-none", ""),
    ("thumbv7em-none-eabihf", ""),
    ("thumbv7m-none-eabi", ""),
    ("thumbv6m-none-eabi", "critical-section"),
    ("riscv32imac-unknown-none-elf", ""),
    ("wasm32-unknown-unknown", ""),
];

pub(crate) fn run() -> Result<()> {
    let installed = installed_targets();
    for (target, features) in TARGETS {
        let build = format!("build --release -p paceline-core --target {target} --target-dir target/bare-metal --features={features}");
        if installed.lines().any(|line| line == target) {
            cargo(&build).run()?;
        } else {
            from_source(&format!("{build} -Zbuild-std=core")).run()?;
        }
    }
    Ok(())
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
