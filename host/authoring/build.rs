//! Writes the tables of files that the binary carries: the templates of new projects, and the SDK with the contract it is
//! made for. A file that is added in one of these folders is in a new project without being listed anywhere.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

/// What lies beside every Rust template: where it stands in the repository, and where in a project.
const SDK: &[(&str, &str)] = &[
    ("guest", "interlock/guest"),
    // As it is now; what was released before it is for policies that are built already.
    ("wit/policy.wit", "interlock/wit/policy.wit"),
    ("LICENSE", "interlock/LICENSE"),
    ("policies/clippy.toml", "clippy.toml"),
    ("rustfmt.toml", "rustfmt.toml"),
];

/// Folders of `templates`.
const LANGUAGES: [&str; 4] = ["rust", "c", "javascript", "python"];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let root = here.ancestors().nth(2).ok_or("this crate is not in `host/authoring`")?;
    let mut sdk = Vec::new();
    for (from, to) in SDK {
        collect(&root.join(from), to, &mut sdk)?;
    }
    let mut contract = Vec::new();
    collect(&root.join("wit/policy.wit"), "wit/policy.wit", &mut contract)?;
    let mut tables = table("RUST_SDK", &sdk)? + &table("CONTRACT", &contract)?;
    for language in LANGUAGES {
        let mut template = Vec::new();
        collect(&here.join("templates").join(language), "", &mut template)?;
        tables += &table(&format!("{}_TEMPLATE", language.to_uppercase()), &template)?;
    }
    let path = PathBuf::from(variable("OUT_DIR")?).join("carried.rs");
    fs::write(&path, tables).map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

/// A file, or all files below a folder, each with its place in a project. Sorted, so that the same sources make the same
/// binary.
fn collect(from: &Path, to: &str, files: &mut Vec<(PathBuf, String)>) -> Result<(), String> {
    println!("cargo::rerun-if-changed={}", from.display());
    if !from.is_dir() {
        files.push((from.to_owned(), to.to_owned()));
        return Ok(());
    }
    let unlisted = |error: std::io::Error| format!("cannot list `{}`: {error}", from.display());
    let entries = fs::read_dir(from).map_err(unlisted)?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<Result<_, _>>().map_err(unlisted)?;
    paths.sort();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| format!("`{}` is no name in UTF-8", path.display()))?;
        let below = if to.is_empty() { name.to_owned() } else { format!("{to}/{name}") };
        collect(&path, &below, files)?;
    }
    Ok(())
}

fn table(name: &str, files: &[(PathBuf, String)]) -> Result<String, String> {
    let mut table = format!("static {name}: &[Carried] = &[\n");
    for (from, to) in files {
        writeln!(table, "    Carried {{ path: {to:?}, bytes: include_bytes!({from:?}) }},")
            .map_err(|error| error.to_string())?;
    }
    Ok(table + "];\n")
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("`{name}` is not set: run this through cargo"))
}
