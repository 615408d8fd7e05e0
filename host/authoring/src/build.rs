//! `interlock build`: from a Rust project to a module that a gate loads, and a policy set that pins exactly its bytes.
//!
//! It is built the one way stock policies are (`policies/stock/guest_cargo.rs`), then looked at as a gate would: what a
//! gate would refuse is refused here, where the author sees it.

#[path = "../../../policies/stock/guest_cargo.rs"]
mod guest_cargo;
mod linked;
pub(crate) mod package;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use interlock::{Examined, Limits};
use interlock_model::Manifest;

use crate::project::shown;
use package::Package;

/// Where built modules are kept, below cargo's target folder.
pub(crate) const KEPT: &str = "interlock";

/// A module that was built, and that a gate takes.
#[derive(Clone, Debug)]
pub struct Built {
    /// Where the module is.
    pub module: PathBuf,
    /// A policy set beside it that binds these bytes, under the policy's own name.
    pub policy_set: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
    /// What else is known of it.
    pub examined: Examined,
}

/// Builds the policy that `path` is in. What the compiler says goes to `tell`; cargo's progress goes to standard error.
///
/// # Errors
/// If there is no policy, if it does not compile, or if no gate would take it. Each says what to do.
pub fn build(path: &Path, tell: &mut dyn FnMut(&str)) -> anyhow::Result<Built> {
    let package = Package::around(path)?;
    let linked = linked::link(&package, tell)?;
    let wasm = interlock_inputs::read_module(&linked, Limits::default().module_bytes_max)?;
    let examined = interlock::examine(&wasm, &Limits::default())?;
    let manifest = examined.manifest.clone().map_err(|error| anyhow!("{error}\nhelp: {}", error.help()))?;
    let folder = package.target_dir.join(KEPT);
    let (module, policy_set) = keep(&folder, &wasm, &manifest, &examined)?;
    Ok(Built { module, policy_set, manifest, examined })
}

/// Under its own name, with a policy set beside it: cargo's place for it is deep, and its name not the policy's.
fn keep(
    folder: &Path,
    wasm: &[u8],
    manifest: &Manifest,
    examined: &Examined,
) -> anyhow::Result<(PathBuf, PathBuf)> {
    let unwritten =
        || format!("cannot write to `{}`\nhelp: check its permissions, and the room", shown(folder));
    let (module, set) =
        (folder.join(format!("{}.wasm", manifest.id)), folder.join(format!("{}.yaml", manifest.id)));
    fs::create_dir_all(folder).with_context(unwritten)?;
    fs::write(&module, wasm).with_context(unwritten)?;
    fs::write(&set, policy_set(manifest, examined)).with_context(unwritten)?;
    Ok((module, set))
}

fn policy_set(manifest: &Manifest, examined: &Examined) -> String {
    let (id, digest) = (&manifest.id, examined.digest.as_str());
    format!(
        "# Binds the module beside it, as `interlock build` made it; the next build writes both anew. To ship the policy,\n\
         # copy the module and this binding to where your policy set is.\n\
         version: 1\n\
         policies:\n  {id}:\n    module: {id}.wasm\n    sha256: \"{digest}\"\n"
    )
}
