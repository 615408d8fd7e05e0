//! `interlock new policy NAME --lang ...`: what is written can be built by whoever has the tools, and passes its cases.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::{Failed, Trial};

use super::toolchain::{Found, Language};
use crate::support::root;

/// A name that no template has.
const NAME: &str = "house-rule";

pub(super) fn trials() -> Vec<Trial> {
    let one = |language: &Language| {
        let language = *language;
        let name = format!("languages/new/{}", language.name());
        Trial::test(name, move || written(language).map_err(|error| Failed::from(format!("{error:#}"))))
    };
    Language::OTHERS.iter().map(one).chain([built()]).collect()
}

fn folder(name: &str) -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn interlock(folder: &Path, arguments: &[&str], variables: &[(&str, String)]) -> Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_interlock"));
    command.current_dir(folder).args(arguments).env("XDG_CACHE_HOME", root().join("target/suite-home"));
    Ok(command.envs(variables.iter().map(|(key, value)| (key, value))).output()?)
}

fn new(language: Language, place: &str) -> Result<PathBuf> {
    let parent = folder(place)?;
    let output = interlock(&parent, &["new", "policy", NAME, "--lang", language.name()], &[])?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(parent.join(NAME))
}

/// Everything its script needs that no package brings, under the policy's own name.
fn written(language: Language) -> Result<()> {
    let project = new(language, &format!("new-{}", language.name()))?;
    let script = fs::read_to_string(project.join("build")).context("build")?;
    ensure!(script.contains(&format!("target/{NAME}.wasm")), "{script}");
    ensure!(project.join("wit/policy.wit").is_file(), "the contract is not there");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        ensure!(fs::metadata(project.join("build"))?.permissions().mode() & 0o111 != 0, "it cannot be run");
    }
    for file in crate::range::files_in(&project)? {
        let text = String::from_utf8_lossy(&file.1);
        ensure!(!text.contains("canary-first"), "{} has the template's name", file.0);
    }
    Ok(())
}

/// C, whose tools may be there.
fn built() -> Trial {
    let (name, variables) = match Language::C.look() {
        Found::All(variables) => ("languages/new-is-built".to_owned(), Some(variables)),
        Found::Missing(what) => (format!("languages/new-is-built (skipped: {what})"), None),
    };
    let is_skipped = variables.is_none();
    let trial = Trial::test(name, move || {
        is_built(&variables.unwrap_or_default()).map_err(|error| Failed::from(format!("{error:#}")))
    });
    trial.with_ignored_flag(is_skipped)
}

fn is_built(variables: &[(&str, String)]) -> Result<()> {
    let project = new(Language::C, "built")?;
    for (arguments, part) in [
        (&["build"][..], "built `target/interlock/house-rule.wasm`: policy `house-rule`"),
        (&["test"], "18 passed, 0 failed"),
        (&["inspect", "target/interlock/house-rule.wasm"], "policy house-rule"),
    ] {
        let output = interlock(&project, arguments, variables)?;
        let said = String::from_utf8([output.stdout, output.stderr].concat())?;
        ensure!(output.status.success() && said.contains(part), "{arguments:?}: {said}");
    }
    // Two modules are not one, and a script that fails is told.
    fs::copy(project.join("target/interlock/house-rule.wasm"), project.join("target/other.wasm"))?;
    let twice = interlock(&project, &["build"], variables)?;
    ensure!(String::from_utf8_lossy(&twice.stderr).contains("2 modules in `"), "{twice:?}");
    fs::write(project.join("build"), "#!/bin/sh\nexit 7\n")?;
    let failed = interlock(&project, &["build"], variables)?;
    let said = String::from_utf8_lossy(&failed.stderr);
    ensure!(failed.status.code() == Some(2) && said.contains("exit status: 7"), "{said}");
    Ok(())
}
