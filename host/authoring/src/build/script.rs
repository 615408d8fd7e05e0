//! Policies that cargo does not build: a folder with an executable `build`, which leaves one module below `target/`. The
//! templates of other languages have one; what it calls is the author's choice.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{anyhow, bail};

use crate::project::shown;

/// What is run.
const SCRIPT: &str = "build";
/// Where it leaves the module.
pub(crate) const TARGET: &str = "target";

/// Whether a folder is built by a script of its own.
pub(crate) fn is_one(folder: &Path) -> bool {
    folder.join(SCRIPT).is_file() && !folder.join("Cargo.toml").exists()
}

/// Runs it, and finds what it made. What it says goes where we say things, as a compiler's words do.
pub(super) fn run(folder: &Path) -> anyhow::Result<PathBuf> {
    let script = folder.join(SCRIPT).canonicalize()?;
    let mut command = Command::new(&script);
    // Standard output is for what was built.
    command.current_dir(folder).stdin(Stdio::null()).stdout(std::io::stderr());
    let status = command.status().map_err(|error| {
        anyhow!("cannot start `{}`: {error}\nhelp: make it executable, `chmod +x build`", shown(&script))
    })?;
    if !status.success() {
        bail!(
            "`{}` ended with {status}\nhelp: it says above what it lacks; the folder's README.md lists its tools",
            shown(&script)
        );
    }
    only_module(&folder.join(TARGET))
}

/// The one module of a folder.
pub(crate) fn only_module(folder: &Path) -> anyhow::Result<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_module = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "wasm");
    let mut modules: Vec<PathBuf> = entries.filter(is_module).collect();
    match (modules.pop(), modules.len()) {
        (Some(module), 0) => Ok(module),
        (found, others) => bail!(
            "{} modules in `{}`, expected one\nhelp: run `interlock build`, or remove what an earlier build left there",
            others + usize::from(found.is_some()),
            shown(folder)
        ),
    }
}
