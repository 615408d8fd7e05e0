//! Whether a missing fact is read as an answer: the lint of the project's `clippy.toml`, asked of cargo after the module was
//! linked. Rust's types cannot say it, since a fact that may be missing is an `Option` like any other.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::bail;

use super::guest_cargo::TARGET;
use super::linked::errors;
use super::package::{Package, cargo, not_started};

/// Names under which clippy looks for a list of methods, in the package's folder and upwards.
const LISTS: [&str; 2] = ["clippy.toml", ".clippy.toml"];

/// Refuses a policy in which a method of the list is called. Where nobody can look, `tell` hears so: silence would pass for
/// an answer.
pub(super) fn missing_facts(package: &Package, tell: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
    if !has_list(&package.folder) {
        tell(
            "note: there is no `clippy.toml`, so nobody looked whether a missing fact is read as an answer\n\
             help: take the one that `interlock new policy` writes\n",
        );
        return Ok(());
    }
    if !is_installed() {
        tell(
            "note: clippy is not installed, so nobody looked whether a missing fact is read as an answer\n\
             help: `rustup component add clippy`\n",
        );
        return Ok(());
    }
    look(package, tell)
}

fn has_list(folder: &Path) -> bool {
    folder.ancestors().any(|folder| LISTS.iter().any(|name| folder.join(name).is_file()))
}

fn is_installed() -> bool {
    let mut command = Command::new(cargo());
    let asked = command.args(["clippy", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// Of all lints this one alone: what else clippy has to say is for `cargo clippy`. What the policy allows in its source, with
/// a reason, stays allowed.
fn look(package: &Package, tell: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
    let mut command = Command::new(cargo());
    command.current_dir(&package.folder).args(["clippy", "--quiet", "--locked", "--lib"]);
    // The profile of the module, so that macros and their parts are not built a second time.
    command.args(["--profile", "guest", "--target", TARGET, "--message-format", "json", "--target-dir"]);
    command.arg(&package.target_dir).args(["--", "-A", "warnings", "-A", "clippy::all"]);
    command.args(["-D", "clippy::disallowed_methods"]).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| not_started(&error))?;
    let said = child.stdout.take().map_or(Ok(String::new()), |stdout| errors(stdout, tell))?;
    let status = child.wait().map_err(|error| not_started(&error))?;
    if status.success() {
        return Ok(());
    }
    if said.is_empty() {
        bail!("clippy did not look at the policy; it says above why\nhelp: mend that, and build again");
    }
    bail!(
        "a missing fact is read as an answer\n\
         help: ask with `known_and` (surely so) or `unknown_or` (so, or unknown) where clippy says; if it is no fact, write \
         `#[allow(clippy::disallowed_methods, reason = \"...\")]` above it"
    )
}
