//! Where a policy's cases and its module lie, seen from the folder its author works in. Nothing is built here.

use std::path::{Path, PathBuf};

use anyhow::bail;
use interlock_model::{PolicyId, Untrusted};

/// What the cases of a policy are called.
const CASES: &str = "cases.yaml";
/// Where cargo puts a guest, below its target folder.
const BUILT: &str = "target/wasm32-unknown-unknown/guest";
/// Bytes of a manifest that is looked into for a name.
const MANIFEST_BYTES_MAX: u64 = 1 << 20;

/// The file of cases that a path names: itself, or `cases.yaml` in that folder.
pub fn cases_path(path: &Path) -> PathBuf {
    if !path.is_dir() {
        return path.to_owned();
    }
    // Messages name `cases.yaml`, not `./cases.yaml`.
    if path == Path::new(".") { PathBuf::from(CASES) } else { path.join(CASES) }
}

/// Where `interlock build` puts the module of the project beside these cases, whether it was built or not.
///
/// # Errors
/// If there is no project.
pub fn built_module(cases: &Path) -> anyhow::Result<PathBuf> {
    let folder = cases.parent().unwrap_or(Path::new(""));
    let Some(package) = package_name(&folder.join("Cargo.toml")) else {
        bail!(
            "no module beside `{}`: there is no project in `Cargo.toml`\nhelp: name the module with `--module FILE`, or a stock \
             policy with `--module stock:ID`",
            shown(cases)
        );
    };
    Ok(folder.join(BUILT).join(format!("{}.wasm", package.replace('-', "_"))))
}

/// Says that it was not built, if it was not.
///
/// # Errors
/// If it is not there.
pub fn check_built(module: &Path) -> anyhow::Result<()> {
    if !module.is_file() {
        bail!(
            "`{}` is not there\nhelp: run `interlock build`, or name the module with `--module FILE`",
            shown(module)
        );
    }
    Ok(())
}

fn package_name(manifest: &Path) -> Option<String> {
    let small = std::fs::metadata(manifest).is_ok_and(|it| it.is_file() && it.len() <= MANIFEST_BYTES_MAX);
    let text = small.then(|| std::fs::read_to_string(manifest).ok()).flatten()?;
    let table: toml::Table = text.parse().ok()?;
    let name = table.get("package")?.get("name")?.as_str()?;
    // It becomes part of a path.
    PolicyId::is_kebab(&name.replace('_', "-")).then(|| name.to_owned())
}

/// What a module is called in reports: its file's name, as a policy id.
pub fn policy_name(module: &Path) -> String {
    let stem = module.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().replace('_', "-");
    let is_free = PolicyId::is_kebab(&stem) && stem != interlock::HOST;
    if is_free { stem } else { "policy".to_owned() }
}

fn shown(path: &Path) -> String {
    Untrusted::from(path.to_string_lossy().into_owned()).quoted()
}
