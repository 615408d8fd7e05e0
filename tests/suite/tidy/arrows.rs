//! Who may depend on whom, and what the folders and crates are called. Reads `cargo metadata` and the
//! folders.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand, Package};
use libtest_mimic::Trial;

use super::{rule, tree};
use crate::support::root;

/// Every arrow there is. A row that nobody uses fails as well as an arrow without a row: the table is the
/// map.
const ARROWS: &[(&str, &[&str])] = &[
    ("interlock-engine", &["interlock-model"]),
    ("interlock", &["interlock-engine", "interlock-model"]),
    ("interlock-inputs", &["interlock-model"]),
    ("interlock-outputs", &["interlock-model"]),
    // To the outputs for their escapes: what a guest says is shown to its author by the rules of every other sink.
    ("interlock-authoring", &["interlock", "interlock-inputs", "interlock-model", "interlock-outputs"]),
    (
        "interlock-cli",
        &[
            "interlock",
            "interlock-authoring",
            "interlock-inputs",
            "interlock-model",
            "interlock-outputs",
            "interlock-stock",
        ],
    ),
    ("interlock-benches", &["interlock-inputs"]),
    (GUESTS, &["interlock-guest"]),
    ("interlock-guest", &["interlock-guest-macro"]),
];

/// Every crate that becomes a module: those in `policies/` but the one that builds them, and the suite's own.
const GUESTS: &str = "policies/*, tests/guests/*";

/// Guests of the suite that hold one released version of the contract: without the SDK, which moves on.
const SINCE: &str = "tests/guests/since-*";

/// Crates whose tests, benches and examples may reach everything: the suite's, the benches', and the library's, whose
/// example adds what an embedder adds.
const TESTING: &[&str] = &["interlock-cli", "interlock-benches", "interlock"];

/// Crates of others that only these of ours may name, tests apart, and why.
const HELD: &[(&str, &[&str], &str)] = &[
    ("wasmtime", &["interlock-engine"], "the engine is the only crate that knows wasmtime"),
    ("wasmparser", &["interlock-engine", "interlock-stock"], "modules are read where they are run or built"),
    ("wit-bindgen", &["interlock-guest", SINCE], "a policy sees the contract through the SDK"),
    ("tokio", &[], "a check is a function, and whoever calls it brings the threads"),
];

/// What takes the linker's wrapping off the stock modules, in the build script that makes them; nothing of it is linked.
const STOCK_BUILDS_WITH: &[&str] = &["wasm-encoder", "wasmparser"];

/// Folders at the top, and whether they must be there.
const FOLDERS: &[(&str, bool)] = &[
    ("host", true),
    ("guest", true),
    ("policies", true),
    ("tests", true),
    ("wit", true),
    (".ci", true),
    (".github", false),
    (".cargo", false),
    (".git", false),
    ("target", false),
];

/// Names that say nothing: whatever has no place ends there.
const NO_NAMES: &[&str] = &["util", "utils", "common", "core", "helper", "helpers", "misc", "stuff"];

pub fn trials() -> Vec<Trial> {
    vec![
        rule("arrows/members", members),
        rule("arrows/outside", outside),
        rule("arrows/guests", guests),
        rule("arrows/folders", folders),
        rule("arrows/names", names),
    ]
}

/// Every arrow between crates of ours is in the table, and every arrow of the table is there.
fn members() -> Result<Vec<String>> {
    let metadata = metadata()?;
    let found = arrows(&metadata);
    let allowed: BTreeSet<_> =
        ARROWS.iter().flat_map(|(from, to)| to.iter().map(|to| (*from, (*to).to_owned()))).collect();
    let mut broken: Vec<String> = found
        .iter()
        .filter(|arrow| !allowed.contains(&(arrow.from, arrow.to.clone())))
        .filter(|arrow| !(TESTING.contains(&arrow.from) && arrow.kind == DependencyKind::Development))
        .map(Arrow::refusal)
        .collect();
    let used: BTreeSet<_> = found.iter().map(|arrow| (arrow.from, arrow.to.clone())).collect();
    let stale = allowed.difference(&used);
    broken.extend(stale.map(|(from, to)| {
        format!(
            "no crate has the arrow `{from}` -> `{to}`: take it out of ARROWS in tests/suite/tidy/arrows.rs"
        )
    }));
    Ok(broken)
}

/// One dependency of a crate of ours on another.
struct Arrow<'a> {
    from: &'a str,
    to: String,
    kind: DependencyKind,
    manifest: String,
}

impl Arrow<'_> {
    fn refusal(&self) -> String {
        let Self { from, to, manifest, .. } = self;
        format!(
            "`{from}` -> `{to}`: remove `{to}` from {manifest}; if the design changed, draw the arrow in \
             ARCHITECTURE.md and add it to ARROWS in tests/suite/tidy/arrows.rs"
        )
    }
}

fn arrows(metadata: &Metadata) -> Vec<Arrow<'_>> {
    let arrow = |package| {
        ours(package).map(move |dependency| Arrow {
            from: place(package),
            to: dependency.name.clone(),
            kind: dependency.kind,
            manifest: manifest(package),
        })
    };
    metadata.packages.iter().flat_map(arrow).collect()
}

/// A dependency with a path is one of ours.
fn ours(package: &Package) -> impl Iterator<Item = &Dependency> {
    package.dependencies.iter().filter(|dependency| dependency.path.is_some())
}

/// How the table calls a crate.
fn place(package: &Package) -> &str {
    let name = package.name.as_str();
    if manifest(package).starts_with("tests/guests/since-") {
        SINCE
    } else if is_below_guests(package) && name != "interlock-stock" {
        GUESTS
    } else {
        name
    }
}

fn is_below_guests(package: &Package) -> bool {
    let manifest = manifest(package);
    manifest.starts_with("policies/") || manifest.starts_with("tests/guests/")
}

fn manifest(package: &Package) -> String {
    crate::support::shown(package.manifest_path.as_std_path())
}

/// What only one crate may name, only that crate names.
fn outside() -> Result<Vec<String>> {
    let metadata = metadata()?;
    let mut broken = Vec::new();
    for (held, by, why) in HELD {
        let users = metadata.packages.iter().filter(|package| names_crate(package, held));
        let users: BTreeSet<&str> = users.map(place).collect();
        let too_many = users.iter().filter(|user| !by.contains(user));
        broken.extend(too_many.map(|user| format!("`{user}` depends on `{held}`: remove it, {why}")));
        let too_few = by.iter().filter(|user| !users.contains(*user));
        broken.extend(too_few.map(|user| {
            format!("`{user}` no longer depends on `{held}`: mend HELD in tests/suite/tidy/arrows.rs")
        }));
    }
    Ok(broken)
}

/// Tests apart. `wasmtime` holds `wasmtime-environ` and its like too.
fn names_crate(package: &Package, held: &str) -> bool {
    let is_held =
        |name: &str| name == held || name.strip_prefix(held).is_some_and(|rest| rest.starts_with('-'));
    let built =
        package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
    built.map(|dependency| dependency.name.as_str()).any(is_held)
}

/// A policy depends on the SDK and on nothing else; the crate that carries the modules links nothing at all.
fn guests() -> Result<Vec<String>> {
    let metadata = metadata()?;
    let policies = metadata.packages.iter().filter(|package| is_below_guests(package));
    let check = |package: &Package| {
        let (builds_with, links): (&[&str], &[&str]) = match place(package) {
            GUESTS => (&[], &["interlock-guest"]),
            SINCE => (&[], &["wit-bindgen"]),
            _ => (STOCK_BUILDS_WITH, &[]),
        };
        let is_allowed = |dependency: &Dependency| match dependency.kind {
            // What a build script calls, its test calls too.
            DependencyKind::Build | DependencyKind::Development => {
                builds_with.contains(&dependency.name.as_str()) || links.contains(&dependency.name.as_str())
            }
            DependencyKind::Normal | DependencyKind::Unknown => links.contains(&dependency.name.as_str()),
        };
        let others: Vec<String> = package
            .dependencies
            .iter()
            .filter(|dependency| !is_allowed(dependency))
            .map(|dependency| {
                format!(
                    "{}: remove `{}`; a policy has the SDK (`interlock-guest`) and nothing else, \
                     `policies/stock` links nothing",
                    manifest(package),
                    dependency.name
                )
            })
            .collect();
        others
    };
    Ok(policies.flat_map(check).collect())
}

/// The folders at the top are the agreed ones.
fn folders() -> Result<Vec<String>> {
    let found = tree::folders("")?;
    let known = |name: &String| FOLDERS.iter().any(|(folder, _)| folder == name);
    let strange = found.iter().filter(|name| !known(name));
    let mut broken: Vec<String> = strange
        .map(|name| {
            format!(
                "`{name}/` stands at the top: move it below a folder of the map in ARCHITECTURE.md, or change the map \
                 and FOLDERS in tests/suite/tidy/arrows.rs"
            )
        })
        .collect();
    let needed = FOLDERS.iter().filter(|(_, needed)| *needed).map(|(folder, _)| *folder);
    let missing = needed.filter(|folder| !found.iter().any(|name| name == folder));
    broken.extend(missing.map(|folder| format!("`{folder}/` is missing: the map in ARCHITECTURE.md has it")));
    Ok(broken)
}

/// No crate, folder or module has a name that says nothing.
fn names() -> Result<Vec<String>> {
    let metadata = metadata()?;
    let crates = metadata.packages.iter().filter(|package| says_nothing(&package.name, '-'));
    let crates = crates.map(|package| format!("{}: crate `{}`", manifest(package), package.name));
    let mut broken: Vec<String> = crates.collect();
    for (path, text) in tree::rust_files()? {
        let parts = path.trim_end_matches(".rs").split('/');
        broken.extend(parts.filter(|part| says_nothing(part, '_')).map(|part| format!("{path}: `{part}`")));
        let code = super::rust::code(&text);
        let modules = NO_NAMES.iter().filter(|name| code.contains(&format!("mod {name} {{")));
        broken.extend(modules.map(|name| format!("{path}: `mod {name}`")));
    }
    Ok(broken
        .iter()
        .map(|place| format!("{place}: name it after what it holds; {NO_NAMES:?} hold anything"))
        .collect())
}

fn says_nothing(name: &str, between_words: char) -> bool {
    name.split(between_words).any(|word| NO_NAMES.contains(&word))
}

/// As cargo sees the workspace now. `cargo test` says which cargo it is.
fn metadata() -> Result<Metadata> {
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from(env!("CARGO")), PathBuf::from);
    let mut command = MetadataCommand::new();
    command.cargo_path(cargo).manifest_path(root().join("Cargo.toml")).no_deps();
    command.other_options(["--offline".to_owned(), "--locked".to_owned()]);
    command.exec().context("`cargo metadata --no-deps --offline --locked`")
}
