//! Versions: what we say we run is what we build with, parsers are built once, every dependency has its
//! reason.

use anyhow::{Context as _, Result};
use interlock_engine::Engine;
use libtest_mimic::Trial;

use super::{rule, tree};

/// Crates that must be there once, in the release that wasmtime brings: a second one would read modules
/// differently.
const ONCE: &[&str] = &["wasmparser", "wasm-encoder", "wit-parser", "wit-component"];

pub fn trials() -> Vec<Trial> {
    vec![
        rule("versions/wasmtime", wasmtime),
        rule("versions/parsers", parsers),
        rule("versions/reasons", reasons),
        rule("versions/changelog", changelog),
    ]
}

/// Packages of Cargo.lock: name and version.
fn locked(lock: &str) -> Vec<(&str, &str)> {
    let blocks = lock.split("[[package]]").skip(1);
    blocks.filter_map(|block| Some((field(block, "name")?, field(block, "version")?))).collect()
}

fn field<'a>(block: &'a str, key: &str) -> Option<&'a str> {
    block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'))
}

fn versions_of<'a>(packages: &[(&'a str, &'a str)], name: &str) -> Vec<&'a str> {
    packages.iter().filter(|(package, _)| *package == name).map(|(_, version)| *version).collect()
}

/// The record of a decision names the engine; it must not name another.
fn wasmtime() -> Result<Vec<String>> {
    let lock = tree::text("Cargo.lock")?;
    let built = versions_of(&locked(&lock), "wasmtime").join(", ");
    let said = Engine::version();
    Ok(if said == format!("wasmtime {built}") {
        vec![]
    } else {
        vec![format!(
            "Cargo.lock has wasmtime {built}, the engine says `{said}`: mend host/engine/src/config.rs"
        )]
    })
}

/// One parser of modules and one of the contract, of one release.
fn parsers() -> Result<Vec<String>> {
    let lock = tree::text("Cargo.lock")?;
    let packages = locked(&lock);
    let ours = minor(versions_of(&packages, "wasmparser").first().context("Cargo.lock has no wasmparser")?);
    let mut broken = Vec::new();
    for name in ONCE {
        let versions = versions_of(&packages, name);
        if versions.len() != 1 || !versions.iter().all(|version| minor(version) == ours) {
            broken.push(format!(
                "Cargo.lock has {name} {versions:?}, wasmtime brings {ours}: pin what asks for another \
                 (wit-bindgen, wat, wit-component, wit-parser) in Cargo.toml"
            ));
        }
    }
    Ok(broken)
}

/// `0.254.2` as `0.254`.
fn minor(version: &str) -> &str {
    version.rsplit_once('.').map_or(version, |(minor, _)| minor)
}

/// A comment above each shared dependency, or above it in its group (lines without an empty line between
/// them).
fn reasons() -> Result<Vec<String>> {
    let manifest = tree::text("Cargo.toml")?;
    let section =
        manifest.split("[workspace.dependencies]").nth(1).context("Cargo.toml: [workspace.dependencies]")?;
    let mut broken = Vec::new();
    let mut has_reason = false;
    for line in section.lines().take_while(|line| !line.starts_with('[')) {
        if line.is_empty() {
            has_reason = false;
        } else if line.starts_with('#') {
            has_reason = true;
        } else if !has_reason && let Some((name, _)) = line.split_once(" = ") {
            broken.push(format!(
                "Cargo.toml: write above `{name}`, or above its group, what it is for (`# ..`)"
            ));
        }
    }
    Ok(broken)
}

/// The changelog speaks of what is built.
fn changelog() -> Result<Vec<String>> {
    let page = tree::text("CHANGELOG.md")?;
    let version = env!("CARGO_PKG_VERSION");
    let speaks =
        |line: &str| line.starts_with("## ") && (line.contains("Unreleased") || line.contains(version));
    Ok(if page.lines().any(speaks) {
        vec![]
    } else {
        vec![format!(
            "CHANGELOG.md: write a heading `## Unreleased` or `## {version}` with what changes for a user"
        )]
    })
}
