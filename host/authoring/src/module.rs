//! Where a policy's cases and its module lie, seen from the folder its author works in. Nothing is built here.

use std::path::{Path, PathBuf};

use anyhow::bail;
use interlock_model::PolicyId;

use crate::build::package::Package;
use crate::build::{KEPT, script};
use crate::project::shown;

/// What the cases of a policy are called.
const CASES: &str = "cases.yaml";

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
    let folder = cases.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if script::is_one(folder) {
        return script::only_module(&folder.join(script::TARGET).join(KEPT));
    }
    if !folder.join("Cargo.toml").is_file() {
        bail!(
            "no module beside `{}`: there is no project in `Cargo.toml`\nhelp: name the module with `--module FILE`, or a stock \
             policy with `--module stock:ID`",
            shown(cases)
        );
    }
    let Package { name, target_dir, .. } = Package::around(folder)?;
    Ok(target_dir.join(KEPT).join(format!("{name}.wasm")))
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

/// What a module is called in reports: its file's name, as a policy id.
pub fn policy_name(module: &Path) -> String {
    let stem = module.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().replace('_', "-");
    let is_free = PolicyId::is_kebab(&stem) && stem != interlock::HOST;
    if is_free { stem } else { "policy".to_owned() }
}
