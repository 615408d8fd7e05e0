//! What is no range: an error with a next step, never an answer; and a range of nothing, which is an answer and no pass.

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;

use super::readers::findings;
use super::repository::{Repository, git_in, trials_in};
use crate::support::trials_of;

pub fn trials() -> Vec<Trial> {
    let mut trials = trials_in(
        "failures",
        make,
        &[
            ("no-such-revision", no_such_revision),
            ("a-revision-that-looks-like-an-option", a_revision_that_looks_like_an_option),
            ("histories-that-never-meet", histories_that_never_meet),
            ("not-a-repository", not_a_repository),
            ("a-shallow-clone", a_shallow_clone),
            ("options-that-do-not-fit", options_that_do_not_fit),
        ],
    );
    trials.extend(trials_of(
        "range/failures",
        &[
            ("a-base-whose-set-cannot-be-read", a_base_whose_set_cannot_be_read),
            ("a-range-of-nothing", a_range_of_nothing),
            ("a-range-of-nothing-but-words", a_range_of_nothing_but_words),
        ],
    ));
    trials
}

/// `main` and `head`, which have moved apart, and `other`, which begins anew.
fn make() -> Result<Repository> {
    let repository = Repository::of_texts(&[("a.yaml", "a: 1\n")], &[("a.yaml", "a: 2\n")])?;
    repository.git(&["checkout", "-q", "main"])?;
    repository.commit_more(&[("b.yaml", "b: 1\n")], "main goes on")?;
    repository.git(&["checkout", "-q", "--orphan", "other"])?;
    repository.commit_more(&[("c.yaml", "c: 1\n")], "another beginning")?;
    Ok(repository)
}

fn no_such_revision(repository: &Repository) -> Result<()> {
    for (base, head) in
        [("nowhere", "head"), ("main", "nowhere"), ("main~9", "head"), ("main:a.yaml", "head")]
    {
        let named = ["check", "--base", base, "--head", head];
        let answer = repository.interlock(&named)?;
        answer.refused(&["no such commit", "git fetch origin"]).with_context(|| format!("{named:?}"))?;
    }
    Ok(())
}

/// Git would write a file, or read another repository.
fn a_revision_that_looks_like_an_option(repository: &Repository) -> Result<()> {
    for option in ["--output=written", "--git-dir=..", "-x", "--all", "--"] {
        for flag in ["--base", "--head"] {
            let (one, other) =
                (format!("{flag}={option}"), if flag == "--base" { "--head=head" } else { "--base=main" });
            let answer = repository.interlock(&["check", &one, other])?;
            answer.refused(&["begins with `-`", "refs/heads/main"]).with_context(|| one.clone())?;
        }
    }
    ensure!(!repository.top().join("written").exists(), "it was an option");
    repository.interlock(&["check", "--base="])?.refused(&["empty"])
}

fn histories_that_never_meet(repository: &Repository) -> Result<()> {
    repository.check("other", &[])?.refused(&["`main`", "`other`", "unrelated", "will be merged into"])
}

fn not_a_repository(repository: &Repository) -> Result<()> {
    let outside = repository.beside("");
    let answer = repository.interlock_with(&outside, &["check", "--base", "main"], &[])?;
    answer.refused(&["not in a git repository", "run it in a clone"])?;
    let gone = repository.beside("gone").display().to_string();
    repository.interlock(&["check", "--base", "main", "--repository", &gone])?.refused(&["gone"])
}

/// The end of each branch and nothing of what they have in common, as CI systems clone.
fn a_shallow_clone(repository: &Repository) -> Result<()> {
    let clone = repository.beside("shallow");
    let from = format!("file://{}", repository.top().display());
    let output = git_in(&repository.beside(""))
        .args(["clone", "-q", "--depth=1", "--no-single-branch", "--branch=head", &from])
        .arg(&clone)
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let range = ["check", "--base", "origin/main", "--format", "json"];
    let answer = repository.interlock_with(&clone, &range, &[])?;
    answer.refused(&["shallow", "git fetch --unshallow", "fetch-depth: 0", "GIT_DEPTH: 0"])?;
    // As the help says.
    let output = git_in(&clone).args(["fetch", "-q", "--unshallow"]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer = repository.interlock_with(&clone, &range, &[])?;
    ensure!(answer.err.is_empty() && !answer.out.is_empty(), "{}", answer.err);
    Ok(())
}

/// Arguments that contradict each other never end in an answer.
fn options_that_do_not_fit(repository: &Repository) -> Result<()> {
    for more in [
        &["--before", "a.yaml", "--after", "a.yaml"][..],
        &["--format", "json", "--format", "text"],
        &["--format", "nonsense"],
        &["--event", "a.yaml"],
        &["--starts-now", "Nowhere/Nothing"],
    ] {
        let answer = repository.check("head", more)?.ended(2)?;
        ensure!(
            answer.out.is_empty() && answer.err.starts_with("error: "),
            "{more:?}: {}{}",
            answer.out,
            answer.err
        );
    }
    let answer = repository.interlock(&["check", "--head", "head"])?.ended(2)?;
    ensure!(answer.err.contains("--base"), "a head alone is no range: {}", answer.err);
    Ok(())
}

/// A set that is there and cannot be used is no reason to fall back on another.
fn a_base_whose_set_cannot_be_read() -> Result<()> {
    let set = ".interlock/policy-set.yaml";
    let list = ("a.yaml", "a: [1, 2, 3, 4]\n");
    for (base, words) in [
        (&[list, (set, "")][..], &["policy-set.yaml:1:1"][..]),
        (&[list, (set, "version: 1\npolicies: {}\n")], &["policy-set.yaml:2:11"]),
        (&[list, (set, "version: 2\npolicies: { a: { module: \"stock:none\" } }\n")], &["policy-set.yaml:"]),
        (&[list, (".interlock/policy-set.yaml/a.yaml", "")], &["a folder, expected a regular file"]),
    ] {
        let good = "version: 1\npolicies: { config-sanity: { module: \"stock:config-sanity\" } }\n";
        let repository = Repository::of_texts(base, &[("a.yaml", "a: [1]\n"), ("good.yaml", good)])?;
        repository.check("head", &[])?.refused(words).with_context(|| format!("{base:?}"))?;
    }
    #[cfg(unix)]
    {
        let repository = Repository::empty()?;
        std::fs::create_dir(repository.top().join(".interlock"))?;
        std::os::unix::fs::symlink("../elsewhere.yaml", repository.top().join(set))?;
        repository
            .commit_more(&[list], "a link")?
            .branch("head", "main")?
            .commit_more(&[("a.yaml", "")], "after")?;
        repository.check("head", &[])?.refused(&["a symbolic link, which is not followed"])?;
    }
    Ok(())
}

/// Nothing was changed, or nothing is named that was: nobody knows what was judged. The set binds one policy, which has
/// nothing to say of it; whatever another says of an unknown change weighs by itself.
fn a_range_of_nothing() -> Result<()> {
    let set = "version: 1\npolicies:\n  config-sanity: { module: \"stock:config-sanity\" }\n";
    let files = [(".interlock/policy-set.yaml", set), ("a.yaml", "a: 1\n")];
    let repository = Repository::of_texts(&files, &[])?;
    repository.branch("same", "main")?.commit_more(&[], "a commit without a file")?;
    for head in ["main", "same"] {
        let answer = repository.check(head, &["--format", "json"])?.ended(3)?;
        let found = findings("json", &answer.out)?;
        ensure!(!found.is_empty(), "nothing is told");
        ensure!(found.iter().all(|it| it.starts_with("block interlock/no-evidence ")), "{found:#?}");
    }
    Ok(())
}

/// The metadata of an earlier change still lies there, and nothing was changed: a pipeline that names the same commit twice
/// must not pass for ever.
fn a_range_of_nothing_but_words() -> Result<()> {
    let set = "version: 1\npolicies:\n  config-sanity: { module: \"stock:config-sanity\" }\n";
    let words = "id: earlier\nkind: config\nservices: [{ name: wiki, tier: 3 }]\n";
    let files = [(".interlock/policy-set.yaml", set), (".interlock/change.yaml", words)];
    let repository = Repository::of_texts(&files, &[])?;
    let answer = repository.check("main", &["--format", "json"])?.ended(3)?;
    let found = findings("json", &answer.out)?;
    ensure!(found.iter().any(|it| it.starts_with("block interlock/no-evidence ")), "{found:#?}");
    Ok(())
}
