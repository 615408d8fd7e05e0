//! Builds every policy in `policies/` for wasm and writes the table of their bytes.
//!
//! A policy is a folder in `policies/` with a `cases.yaml`; there is no list to keep. The modules are built by a nested
//! cargo with a target folder of their own, because this one's is locked while it waits, and with one profile whatever
//! the host's is, because the same sources must give the same bytes in `cargo run --release` and in `cargo test`. What the
//! linker wrapped them in for tools is taken off (`slim.rs`).

mod guest_cargo;
mod slim;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use guest_cargo::{TARGET, guest_cargo, module_path};

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
    let target_dir = target_dir(&out_dir)?;
    build(root, &target_dir, &policies)?;
    write_table(&out_dir, &target_dir, &policies)
}

/// Every folder with cases, sorted: the order of the table must not depend on the file system.
fn policies(folder: &Path) -> Result<Vec<String>, String> {
    let entries =
        fs::read_dir(folder).map_err(|error| format!("cannot list `{}`: {error}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        // An entry that cannot be read may be a policy; leaving it out would be a policy that never judges.
        let path = entry.map_err(|error| format!("cannot list `{}`: {error}", folder.display()))?.path();
        if path.join("cases.yaml").is_file() {
            let name = path.file_name().and_then(|name| name.to_str());
            names.push(name.ok_or("a policy's folder has a name in ASCII")?.to_owned());
        }
    }
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

fn build(root: &Path, target_dir: &Path, policies: &[String]) -> Result<(), String> {
    let mut cargo = guest_cargo(variable("CARGO")?, root, target_dir)?;
    for policy in policies {
        cargo.args(["--package", policy]);
    }
    let status =
        cargo.status().map_err(|error| format!("cannot start cargo for the stock policies: {error}"))?;
    if !status.success() {
        return Err(format!(
            "the stock policies could not be built ({status})\nhelp: if the target is missing, run `rustup target add {TARGET}`"
        ));
    }
    Ok(())
}

fn write_table(out_dir: &Path, target_dir: &Path, policies: &[String]) -> Result<(), String> {
    let mut table =
        String::from("/// Every stock policy, sorted by id.\npub static MODULES: &[StockModule] = &[\n");
    for id in policies {
        let file = slimmed(out_dir, &module_path(target_dir, id))?;
        table += &format!("    StockModule {{ id: {id:?}, bytes: include_bytes!({file:?}) }},\n");
    }
    table += "];\n";
    let path = out_dir.join("modules.rs");
    fs::write(&path, table).map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

/// The module as it is shipped, and where it lies.
fn slimmed(out_dir: &Path, built: &Path) -> Result<PathBuf, String> {
    let module = fs::read(built).map_err(|error| format!("cannot read `{}`: {error}", built.display()))?;
    let slim = slim::slim(&module).map_err(|error| format!("`{}`: {error}", built.display()))?;
    let path = out_dir.join(built.file_name().ok_or("a module has a file name")?);
    fs::write(&path, slim).map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    Ok(path)
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("`{name}` is not set: run this through cargo"))
}
