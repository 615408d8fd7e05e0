//! `interlock new` before anything is built: what a policy may be called, and that nothing is overwritten.

use std::fs;

use anyhow::{Context as _, Result, anyhow, ensure};
use interlock_authoring::{Language, PolicyName, new_policy};
use libtest_mimic::Trial;

use super::project::{interlock, place, said};
use crate::support::{Test, trials_of};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[("nothing-is-overwritten", nothing_is_overwritten), ("names", names)];
    trials_of("authoring/new", tests)
}

fn nothing_is_overwritten() -> Result<()> {
    let parent = place("taken");
    if parent.exists() {
        fs::remove_dir_all(&parent)?;
    }
    for folder in ["empty", "full"] {
        fs::create_dir_all(parent.join(folder))?;
    }
    fs::write(parent.join("full/notes.txt"), "mine")?;
    fs::write(parent.join("file"), "mine")?;
    for taken in ["full", "file"] {
        let (code, out, error) = said(interlock(&parent, &["new", "policy", taken])?)?;
        ensure!(code == Some(2) && out.is_empty(), "{taken}: {out}{error}");
        ensure!(error.starts_with(&format!("error: `{taken}` is there already\nhelp: ")), "{error}");
    }
    ensure!(fs::read_dir(parent.join("full"))?.count() == 1 && fs::read(parent.join("file"))? == b"mine");
    let project = new_policy(&parent, &PolicyName::new("empty")?, Language::Rust)?;
    ensure!(project.files > 25 && parent.join("empty/src/lib.rs").is_file(), "{project:?}");
    Ok(())
}

fn names() -> Result<()> {
    for good in
        ["no-friday-deploys", "a", "x9", "owners-2", "interlock-rules", "policy-name", "rollback-ready"]
    {
        PolicyName::new(good).with_context(|| good.to_owned())?;
    }
    let long = "a".repeat(65);
    let bad = [
        "",
        "-",
        "a-",
        "-a",
        "a--b",
        "9a",
        "A",
        "No Friday",
        "a_b",
        "a/b",
        "../a",
        "/a",
        "a.b",
        "é",
        "a\u{1b}[2J",
        "a\nb",
        "--lang",
        "interlock",
        "core",
        "std",
        "test",
        "fn",
        "self",
        "match",
        "con",
        "lpt1",
        "syn",
        "serde",
        "interlock-guest",
        &long,
    ];
    for bad in bad {
        let Err(error) = PolicyName::new(bad) else { return Err(anyhow!("{bad:?} is taken for a name")) };
        let text = error.to_string();
        ensure!(text.contains("\nhelp: ") && text.lines().count() == 2, "{bad:?}: {text:?}");
        ensure!(!text.contains('\u{1b}'), "{text:?}");
    }
    let near = PolicyName::new("No Friday_Deploys").err().context("no name")?.to_string();
    ensure!(near.contains("did you mean `no-friday-deploys`?"), "{near}");
    Ok(())
}
