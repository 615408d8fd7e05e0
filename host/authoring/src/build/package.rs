//! Which policy is to be built: the package around a path, as cargo sees it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, anyhow, bail};
use interlock_model::Untrusted;
use serde::Deserialize;

use crate::project::shown;

/// A package that makes a module.
pub(crate) struct Package {
    /// Its name, which is the policy's.
    pub(crate) name: String,
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// The name of what it links.
    pub(crate) library: String,
    /// Where cargo puts what it builds.
    pub(crate) target_dir: PathBuf,
}

impl Package {
    /// The package of the nearest `Cargo.toml`, from the path upwards.
    pub(crate) fn around(path: &Path) -> anyhow::Result<Self> {
        let found = path.canonicalize().map_err(|error| {
            anyhow!("cannot look at `{}`: {error}\nhelp: name the folder of a policy", shown(path))
        })?;
        let manifests = found.ancestors().map(|folder| folder.join("Cargo.toml"));
        let Some(manifest) = manifests.into_iter().find(|manifest| manifest.is_file()) else {
            bail!(no_package(&found))
        };
        of_metadata(&metadata(&manifest)?, &manifest)
    }
}

/// The cargo that is running, or the one on the path.
pub(super) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

pub(super) fn not_started(error: &std::io::Error) -> anyhow::Error {
    let cargo = shown(Path::new(&cargo()));
    anyhow!("cannot start `{cargo}`: {error}\nhelp: install Rust with rustup, from https://rustup.rs")
}

/// What `cargo metadata` prints, as far as it is needed.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Listed>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    crate_types: Vec<String>,
}

fn metadata(manifest: &Path) -> anyhow::Result<Metadata> {
    let mut command = Command::new(cargo());
    command.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(manifest);
    let output = command.output().map_err(|error| not_started(&error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Vec<String> = said.lines().map(|line| Untrusted::from(line).quoted()).collect();
        bail!("cargo cannot read `{}`:\n{}\nhelp: mend the manifest", shown(manifest), said.join("\n"));
    }
    serde_json::from_slice(&output.stdout).context("what `cargo metadata` prints is not what it should be")
}

fn of_metadata(metadata: &Metadata, manifest: &Path) -> anyhow::Result<Package> {
    let found = shown(manifest);
    let Some(package) = metadata.packages.iter().find(|package| is_same(&package.manifest_path, manifest))
    else {
        bail!("`{found}` holds a workspace and no package\nhelp: name the folder of one policy")
    };
    let is_module = |target: &&Target| target.crate_types.iter().any(|it| it == "cdylib");
    let Some(target) = package.targets.iter().find(is_module) else {
        bail!(
            "`{found}` makes no module\n\
             help: write `crate-type = [\"cdylib\", \"rlib\"]` below `[lib]`, as `interlock new policy` does"
        )
    };
    Ok(Package {
        name: package.name.clone(),
        folder: manifest.parent().unwrap_or(Path::new("")).to_owned(),
        library: target.name.clone(),
        target_dir: metadata.target_directory.clone(),
    })
}

/// Cargo may spell a path in another way.
fn is_same(listed: &Path, manifest: &Path) -> bool {
    listed == manifest || listed.canonicalize().is_ok_and(|listed| listed == manifest)
}

fn no_package(path: &Path) -> String {
    let found = shown(path);
    format!(
        "there is no `Cargo.toml` in `{found}`, nor above it, and no script `build`\n\
         help: name the folder of a policy; `interlock new policy NAME` writes one, in Rust or with `--lang` in another language"
    )
}
