//! `interlock build`: from a project to a module that a gate loads, and a policy set that pins exactly its bytes.
//!
//! Rust is built the one way stock policies are (`policies/stock/guest_cargo.rs`), anything else by the folder's own script
//! (`script`). Then the module is looked at as a gate would: what a gate would refuse is refused here, where the author
//! sees it.

#[path = "../../../policies/stock/guest_cargo.rs"]
mod guest_cargo;
mod linked;
mod lint;
pub(crate) mod package;
pub(crate) mod script;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use interlock::{Examined, Limits, Tier};
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
    /// The tier of limits it needs.
    pub tier: Tier,
}

/// Builds the policy that `path` is in. What the compiler says goes to `tell`; cargo's progress goes to standard error.
///
/// # Errors
/// If there is no policy, if it does not compile, or if no gate would take it. Each says what to do.
pub fn build(path: &Path, tell: &mut dyn FnMut(&str)) -> anyhow::Result<Built> {
    let (linked, target_dir) = if script::is_one(path) {
        let folder = path.canonicalize()?;
        (script::run(&folder)?, folder.join(script::TARGET))
    } else {
        let package = Package::around(path)?;
        let linked = linked::link(&package, tell)?;
        lint::missing_facts(&package, tell)?;
        (linked, package.target_dir)
    };
    let wasm = interlock_inputs::read_module(&linked, Limits::of(Tier::Large).module_bytes_max)?;
    let (examined, tier) = examined(&wasm)?;
    let manifest = examined.manifest.clone().map_err(|error| anyhow!("{error}\nhelp: {}", error.help()))?;
    let (module, policy_set) = keep(&target_dir.join(KEPT), &wasm, &manifest, &examined, tier)?;
    Ok(Built { module, policy_set, manifest, examined, tier })
}

/// As a gate would, under the usual limits if they do.
fn examined(wasm: &[u8]) -> anyhow::Result<(Examined, Tier)> {
    let usual = interlock::examine(wasm, &Limits::default())?;
    if usual.manifest.is_err() {
        let large = interlock::examine(wasm, &Limits::of(Tier::Large))?;
        if large.manifest.is_ok() {
            return Ok((large, Tier::Large));
        }
    }
    Ok((usual, Tier::Usual))
}

/// Under its own name, with a policy set beside it: cargo's place for it is deep, and its name not the policy's.
fn keep(
    folder: &Path,
    wasm: &[u8],
    manifest: &Manifest,
    examined: &Examined,
    tier: Tier,
) -> anyhow::Result<(PathBuf, PathBuf)> {
    let unwritten =
        || format!("cannot write to `{}`\nhelp: check its permissions, and the room", shown(folder));
    let (module, set) =
        (folder.join(format!("{}.wasm", manifest.id)), folder.join(format!("{}.yaml", manifest.id)));
    fs::create_dir_all(folder).with_context(unwritten)?;
    fs::write(&module, wasm).with_context(unwritten)?;
    fs::write(&set, policy_set(manifest, examined, tier)).with_context(unwritten)?;
    Ok((module, set))
}

fn policy_set(manifest: &Manifest, examined: &Examined, tier: Tier) -> String {
    let (id, digest) = (&manifest.id, examined.digest.as_str());
    let limits = match tier {
        Tier::Usual => "",
        Tier::Large => "    limits: { tier: large }\n",
    };
    format!(
        "# Binds the module beside it, as `interlock build` made it; the next build writes both anew. To ship the policy,\n\
         # copy the module and this binding to where your policy set is.\n\
         version: 1\n\
         policies:\n  {id}:\n    module: {id}.wasm\n    sha256: \"{digest}\"\n{limits}"
    )
}
