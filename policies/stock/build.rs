//! Builds every policy in `policies/` for wasm and writes the table of their bytes.
//!
//! A policy is a folder in `policies/` with a `cases.yaml`; there is no list to keep. The modules are built by a nested
//! cargo with a target folder of their own, because this one's is locked while it waits, and with one profile whatever
//! the host's is, because the same sources must give the same bytes in `cargo run --release` and in `cargo test`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

const TARGET: &str = "wasm32-unknown-unknown";

/// 32 KiB. The default of 1 MiB lies in front of the data, and every fresh instance would pay for its untouched pages.
const STACK_BYTES: u32 = 32 * 1024;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.lines().for_each(|line| println!("cargo::error={line}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let manifest_dir = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out_dir = PathBuf::from(variable("OUT_DIR")?);
    let root = manifest_dir.ancestors().nth(2).ok_or("this crate is not in `policies/stock`")?;
    let policies = policies(&root.join("policies"))?;
    watch(root);
    let built = build(root, &target_dir(&out_dir)?, &policies)?;
    write_table(&out_dir, &built, &policies)
}

/// Every folder with cases, sorted: the order of the table must not depend on the file system.
fn policies(folder: &Path) -> Result<Vec<String>, String> {
    let entries =
        fs::read_dir(folder).map_err(|error| format!("cannot list `{}`: {error}", folder.display()))?;
    let folders = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut names: Vec<String> = folders
        .filter(|path| path.join("cases.yaml").is_file())
        .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
        .collect();
    names.sort();
    if names.is_empty() {
        return Err(format!("no policy in `{}`: a policy is a folder with a `cases.yaml`", folder.display()));
    }
    Ok(names)
}

/// Everything a module is made of. A module that is older than its sources must never judge.
fn watch(root: &Path) {
    for source in ["policies", "guest", "wit", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", root.join(source).display());
    }
}

/// `<target>/<profile>/build/<package>/out` lies four levels below the target folder, which all profiles share.
fn target_dir(out_dir: &Path) -> Result<PathBuf, String> {
    let target = out_dir.ancestors().nth(4).ok_or("the build folder is not where cargo puts it")?;
    Ok(target.join("policies"))
}

fn build(root: &Path, target_dir: &Path, policies: &[String]) -> Result<PathBuf, String> {
    let mut cargo = Command::new(variable("CARGO")?);
    cargo.current_dir(root).args(["build", "--locked", "--profile", "guest", "--target", TARGET]);
    cargo.arg("--target-dir").arg(target_dir);
    for policy in policies {
        cargo.args(["--package", policy]);
    }
    // What the outer cargo was told is about the host; none of it may change a module's bytes.
    for (name, _) in env::vars_os() {
        if let Some(text) = name.to_str()
            && is_about_the_host(text)
        {
            cargo.env_remove(name);
        }
    }
    // This linker comes with the toolchain and writes a component where rust-lld would write a bare module.
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-component-ld");
    cargo.env("CARGO_ENCODED_RUSTFLAGS", guest_flags()?);
    let status =
        cargo.status().map_err(|error| format!("cannot start cargo for the stock policies: {error}"))?;
    if !status.success() {
        return Err(format!(
            "the stock policies could not be built ({status})\nhelp: if the target is missing, run `rustup target add {TARGET}`"
        ));
    }
    Ok(target_dir.join(TARGET).join("guest"))
}

/// Variables that tell cargo or rustc how to build; see the chapter on environment variables in cargo's book.
fn is_about_the_host(name: &str) -> bool {
    let prefixes =
        ["CARGO_PROFILE_", "CARGO_BUILD_", "CARGO_TARGET_", "CARGO_ENCODED_", "RUSTC_", "RUSTFLAGS"];
    name == "CARGO_INCREMENTAL" || prefixes.iter().any(|prefix| name.starts_with(prefix))
}

/// The stack, and a stand-in for the folder of downloaded crates, whose path would otherwise stand in panic messages and
/// make the bytes differ from one home to the next.
fn guest_flags() -> Result<String, String> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let home = home.ok_or("neither CARGO_HOME nor a home folder is set")?;
    let stack = format!("-Clink-arg=-zstack-size={STACK_BYTES}");
    let remap = format!("--remap-path-prefix={}=/cargo", home.display());
    Ok([stack, remap].join("\u{1f}"))
}

fn write_table(out_dir: &Path, built: &Path, policies: &[String]) -> Result<(), String> {
    let mut table =
        String::from("/// Every stock policy, sorted by id.\npub static MODULES: &[StockModule] = &[\n");
    for id in policies {
        let file = built.join(format!("{}.wasm", id.replace('-', "_")));
        table += &format!("    StockModule {{ id: {id:?}, bytes: include_bytes!({file:?}) }},\n");
    }
    table += "];\n";
    let path = out_dir.join("modules.rs");
    fs::write(&path, table).map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("`{name}` is not set: run this through cargo"))
}
