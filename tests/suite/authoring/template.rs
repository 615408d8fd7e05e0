//! The Rust template by itself: it stands on what the repository stands on, and its page speaks of its rules.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;

use crate::support::{Test, root, trials_of};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("locks-what-the-repository-locks", locks_what_the_repository_locks),
        ("sdk-workspace-is-the-repositorys", sdk_workspace_is_the_repositorys),
        ("profile-is-the-repositorys", profile_is_the_repositorys),
    ];
    trials_of("authoring/template", tests)
}

fn text(path: &str) -> Result<String> {
    std::fs::read_to_string(root().join(path)).with_context(|| path.to_owned())
}

/// Each package of a lock file: name, version, source, checksum.
fn packages(lock: &str) -> BTreeSet<String> {
    let blocks = lock.split("[[package]]").skip(1);
    let fields = ["name = ", "version = ", "source = ", "checksum = "];
    let kept = |block: &str| {
        let lines = block.lines().filter(|line| fields.iter().any(|field| line.starts_with(field)));
        lines.collect::<Vec<_>>().join(" ")
    };
    blocks.map(kept).collect()
}

/// A new project is built with the very packages that the stock policies are built with.
fn locks_what_the_repository_locks() -> Result<()> {
    let (ours, theirs) = (text("Cargo.lock")?, text("host/authoring/templates/rust/Cargo.lock")?);
    let (ours, theirs) = (packages(&ours), packages(&theirs));
    let strange: Vec<_> =
        theirs.difference(&ours).filter(|package| !package.contains("policy-name")).collect();
    ensure!(theirs.len() > 20, "{} packages were read of the template's lock file", theirs.len());
    ensure!(
        strange.is_empty(),
        "host/authoring/templates/rust/Cargo.lock: {strange:#?} are not in Cargo.lock: write a new project, copy \
         Cargo.lock over its own, let `cargo metadata` shorten it, and bring it back"
    );
    Ok(())
}

/// Lines of a manifest below these headings, without comments and blank lines.
fn lines<'a>(manifest: &'a str, heading: &str) -> Vec<&'a str> {
    let below = manifest.lines().skip_while(|line| *line != heading).skip(1);
    let here = below.take_while(|line| !line.starts_with('['));
    here.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// The SDK's own manifests inherit from a workspace; the one in a project says what the repository's says.
fn sdk_workspace_is_the_repositorys() -> Result<()> {
    let ours = text("Cargo.toml")?;
    let theirs = text("host/authoring/templates/rust/interlock/Cargo.toml")?;
    for heading in ["[workspace.package]", "[workspace.dependencies]", "[workspace.lints.rust]"] {
        let (ours, theirs) = (lines(&ours, heading), lines(&theirs, heading));
        ensure!(!theirs.is_empty(), "the template has {heading}");
        let strange: Vec<_> = theirs.iter().filter(|line| !ours.contains(line)).collect();
        ensure!(
            strange.is_empty(),
            "{heading} of the template has lines that Cargo.toml has not: {strange:?}"
        );
    }
    Ok(())
}

fn profile_is_the_repositorys() -> Result<()> {
    let (ours, theirs) = (text("Cargo.toml")?, text("host/authoring/templates/rust/Cargo.toml")?);
    let (ours, theirs) = (lines(&ours, "[profile.guest]"), lines(&theirs, "[profile.guest]"));
    ensure!(!ours.is_empty() && ours == theirs, "{ours:?}\n{theirs:?}");
    Ok(())
}
