//! Every file by itself: how it opens, what may not stand in it, what is not kept in the repository.

use anyhow::Result;
use libtest_mimic::Trial;

use super::tree::{self, File};
use super::{markdown, rule, rust};

/// Where code of ours lies.
const CODE: &[&str] = &["host", "guest", "policies", "tests"];

/// Files that are wrong on purpose, or that hold what a terminal shows to the last blank.
const VERBATIM: &[&str] = &["tests/inputs", "tests/cli", "host/outputs/src/github"];

pub fn trials() -> Vec<Trial> {
    vec![
        rule("files/header", header),
        rule("files/white-space", white_space),
        rule("files/unfinished", unfinished),
        rule("files/no-modules", no_modules),
        rule("files/nothing-from-outside", nothing_from_outside),
        rule("files/unsafe", unsafe_code),
        rule("files/reasons", reasons),
    ]
}

/// A file says at its top what it holds.
fn header() -> Result<Vec<String>> {
    let code = tree::rust_files()?.into_iter().filter(|(_, text)| !text.starts_with("//! "));
    Ok(code
        .map(|(path, _)| format!("{path}: open it with `//!`: what it holds, what it does not, who calls it"))
        .collect())
}

fn white_space() -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for file in tree::files()?.iter().filter(|file| !file.is_below(VERBATIM)) {
        for (number, line) in numbered(file) {
            let place = format!("{}:{number}", file.path);
            if line.ends_with([' ', '\t']) {
                broken.push(format!("{place}: take away the white space at the end"));
            }
            if line.trim_start_matches(' ').starts_with('\t') {
                broken.push(format!("{place}: indent with blanks, not with tabs"));
            }
        }
    }
    Ok(broken)
}

fn numbered(file: &File) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(file.text.as_deref().unwrap_or_default().lines())
}

/// What is not done is an issue, not a mark in the code; a test that does not run holds nothing.
fn unfinished() -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for (path, text) in tree::rust_files()? {
        let code = rust::code(&text);
        for (number, line) in (1..).zip(code.lines()) {
            let found =
                ["todo!", "unimplemented!", "#[ignore"].into_iter().filter(|mark| line.contains(mark));
            broken.extend(found.map(|mark| format!("{path}:{number}: `{mark}`: finish it, or take it out")));
        }
        // Spelt in two so that this line is not one.
        let mark = concat!("FIX", "ME");
        if text.contains(mark) {
            broken.push(format!("{path}: `{mark}`: do it, or write an issue and take it out"));
        }
    }
    Ok(broken)
}

/// Modules are built from source: nobody can review bytes.
fn no_modules() -> Result<Vec<String>> {
    let modules = tree::files()?.into_iter().filter(|file| ["wasm", "cwasm"].contains(&file.extension()));
    Ok(modules
        .map(|file| format!("{}: remove it; keep its source (Rust, or `.wat` text)", file.path))
        .collect())
}

/// The repository stands alone: no paths of somebody's machine, no place where packages come from but the
/// usual one.
fn nothing_from_outside() -> Result<Vec<String>> {
    // Each spelt in two so that this table is not what it forbids.
    let forbidden = [
        concat!("../", "shared"),
        concat!("/tmp/", "interlock"),
        concat!("index.", "crates.io"),
        concat!("static.", "crates.io"),
        concat!("registry.", "npmjs.org"),
        concat!("pypi", ".org"),
        concat!("files.", "pythonhosted.org"),
        concat!("proxy.", "golang.org"),
    ];
    let mut broken = Vec::new();
    for file in tree::files()? {
        for (number, line) in numbered(&file) {
            let found = forbidden.iter().filter(|text| line.contains(*text));
            let path = &file.path;
            broken.extend(
                found.map(|text| format!("{path}:{number}: take `{text}` out: not everybody has it")),
            );
        }
    }
    broken.extend(sources()?);
    Ok(broken)
}

/// Where Cargo.lock takes packages from.
fn sources() -> Result<Vec<String>> {
    let usual = concat!("registry+https://github.com/rust-lang/", "crates.io-index");
    let lock = tree::text("Cargo.lock")?;
    let sources = lock.lines().filter_map(|line| line.strip_prefix("source = \"")?.strip_suffix('"'));
    let strange = sources.filter(|source| *source != usual);
    Ok(strange
        .map(|source| format!("Cargo.lock: a package comes from `{source}`; take it from the usual one"))
        .collect())
}

/// Unsafe code, or leave to write it, only where ARCHITECTURE.md says why.
fn unsafe_code() -> Result<Vec<String>> {
    let page = tree::text("ARCHITECTURE.md")?;
    let mut broken = Vec::new();
    for (path, text) in tree::rust_files()? {
        let code = rust::code(&text);
        let is_unsafe = ["unsafe", "unsafe_code"].iter().any(|word| rust::has_word(&code, word));
        if is_unsafe && !path.starts_with("tests/") && !is_exception(&page, &path) {
            broken.push(format!(
                "{path}: write it without `unsafe`, or name it in backticks with the reason in ARCHITECTURE.md, in a \
                 list item that says `unsafe`"
            ));
        }
    }
    Ok(broken)
}

/// A list item that names the file and says `unsafe`.
fn is_exception(page: &str, path: &str) -> bool {
    let items = markdown::items(page, "");
    items.iter().any(|item| item.contains("unsafe") && markdown::ticked(item).contains(&path))
}

/// Whoever switches a lint off says why.
fn reasons() -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for (path, text) in
        tree::rust_files()?.iter().filter(|(path, _)| CODE.iter().any(|it| path.starts_with(it)))
    {
        let code = rust::code(text);
        for opening in ["[allow(", "[expect("] {
            for (at, _) in code.match_indices(opening) {
                let before = code.get(..at).unwrap_or_default();
                let attribute = code.get(at..).and_then(|rest| rest.split(")]").next()).unwrap_or_default();
                if before.ends_with(['#', '!']) && !attribute.contains("reason =") {
                    let number = before.lines().count();
                    broken.push(format!("{path}:{number}: add `reason = \"..\"` to `{opening}..)]`"));
                }
            }
        }
    }
    Ok(broken)
}
