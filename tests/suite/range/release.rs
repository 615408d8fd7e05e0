//! The release that was to go out on a Saturday without its canary steps, with a list cut short and a database deleted: each
//! format tells all of it at the right line, and nothing of the repaired one. And the same range asked at deploy, when more
//! has to be there. Data: `tests/ranges/saturday-release`.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use serde::Deserialize;

use super::readers::{FORMATS, findings};
use super::repository::{Repository, trials_in};
use crate::support::root;

const DATA: &str = "tests/ranges/saturday-release";

pub fn trials() -> Vec<Trial> {
    let make = || Repository::of("saturday-release");
    trials_in(
        "saturday-release",
        make,
        &[
            ("every-format-finds-all-of-it", every_format_finds_all_of_it),
            ("every-format-is-silent-of-the-repaired-one", every_format_is_silent_of_the_repaired_one),
            ("all-formats-in-one-run", all_formats_in_one_run),
            ("deploy-asks-for-more", deploy_asks_for_more),
            ("from-any-folder-and-by-any-name", from_any_folder_and_by_any_name),
            ("a-decision-is-verified-for-its-range", a_decision_is_verified_for_its_range),
        ],
    )
}

/// `expected.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    head: Branch,
    fixed: Branch,
    #[serde(rename = "fixed-at-deploy")]
    fixed_at_deploy: Branch,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Branch {
    at: String,
    exit: i32,
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    weight: String,
    rule: String,
    path: String,
    line: u32,
}

impl Branch {
    fn findings(&self) -> Vec<String> {
        let told = |it: &Finding| format!("{} {} {}:{}", it.weight, it.rule, it.path, it.line);
        let mut all: Vec<String> = self.findings.iter().map(told).collect();
        all.sort();
        all
    }

    /// One format of one run, to standard output.
    fn holds_in(&self, repository: &Repository, branch: &str, format: &str) -> Result<()> {
        let answer = repository.check(branch, &["--at", &self.at, "--format", format])?.ended(self.exit)?;
        self.is_in(format, &answer.out)
    }

    fn is_in(&self, format: &str, report: &str) -> Result<()> {
        let found = findings(format, report).with_context(|| format!("{format}: {report}"))?;
        ensure!(found == self.findings(), "{format}: {found:#?}, expected {:#?}", self.findings());
        Ok(())
    }
}

fn expected() -> Result<Expected> {
    let path = root().join(DATA).join("expected.yaml");
    Ok(serde_yaml::from_str(&fs::read_to_string(path)?)?)
}

fn every_format_finds_all_of_it(repository: &Repository) -> Result<()> {
    let expected = expected()?.head;
    FORMATS.iter().try_for_each(|format| expected.holds_in(repository, "head", format))
}

fn every_format_is_silent_of_the_repaired_one(repository: &Repository) -> Result<()> {
    let expected = expected()?.fixed;
    ensure!(expected.findings.is_empty(), "a repaired change has no finding");
    FORMATS.iter().try_for_each(|format| expected.holds_in(repository, "fixed", format))
}

fn all_formats_in_one_run(repository: &Repository) -> Result<()> {
    let Expected { head, fixed, .. } = expected()?;
    for (branch, expected) in [("head", head), ("fixed", fixed)] {
        let path = |format: &str| repository.beside(&format!("one-run.{branch}.{format}"));
        let targets: Vec<String> =
            FORMATS.iter().map(|format| format!("--format={format}={}", path(format).display())).collect();
        let mut arguments = vec!["--at", expected.at.as_str()];
        arguments.extend(targets.iter().map(String::as_str));
        let answer = repository.check(branch, &arguments)?.ended(expected.exit)?;
        ensure!(answer.out.is_empty(), "everything is in a file: {}", answer.out);
        for format in FORMATS {
            expected.is_in(format, &fs::read_to_string(path(format)).context(format)?)?;
        }
    }
    Ok(())
}

/// Approvals are still coming when it is merged. At deploy somebody has to have agreed, and says so beside the range.
fn deploy_asks_for_more(repository: &Repository) -> Result<()> {
    let expected = expected()?.fixed_at_deploy;
    let at_deploy = ["--at", expected.at.as_str(), "--asked-at", "deploy", "--format", "json"];
    let answer = repository.check("fixed", &at_deploy)?.ended(expected.exit)?;
    expected.is_in("json", &answer.out)?;
    let metadata = fs::read_to_string(root().join(DATA).join("fixed/.interlock/change.yaml"))?;
    let approved = metadata
        + "approvals:\n\
           \x20 - { by: { id: grace@example.org, kind: human }, role: owner }\n\
           \x20 - { by: { id: edsger@example.org, kind: human }, role: reviewer }\n";
    let approved = repository.put_beside("approved.yaml", &approved)?;
    let with_approvals = [&at_deploy[..], &[approved.as_str()]].concat();
    repository.check("fixed", &with_approvals)?.ended(0)?;
    Ok(())
}

/// A commit's id, a folder below the top, another folder, a clone without a work tree: the same range, the same answer.
fn from_any_folder_and_by_any_name(repository: &Repository) -> Result<()> {
    let expected = expected()?.head;
    let (base, head) = (repository.git(&["rev-parse", "main"])?, repository.git(&["rev-parse", "head"])?);
    let top = repository.top();
    let elsewhere = repository.beside("");
    repository.git(&["clone", "-q", "--bare", ".", "../bare"])?;
    repository.git(&["worktree", "add", "-q", "--detach", "../worktree", "head"])?;
    for (folder, base, head, more) in [
        (&top, "refs/heads/main", "refs/heads/head", &[][..]),
        (&top, base.as_str(), head.as_str(), &[]),
        (&top.join("deploy"), "main", "head", &[]),
        (&elsewhere, "main", "head", &["--repository", "repository"]),
        (&elsewhere.join("bare"), "main", "head", &[]),
        (&elsewhere.join("worktree"), "main", "HEAD", &["--policy-set", ".interlock/policy-set.yaml"]),
    ] {
        let named = ["check", "--base", base, "--head", head, "--at", &expected.at, "--format", "json"];
        let arguments = [&named[..], more].concat();
        let answer = repository.interlock_with(folder, &arguments, &[])?.ended(expected.exit)?;
        expected.is_in("json", &answer.out).with_context(|| format!("{arguments:?}"))?;
    }
    Ok(())
}

/// For the same commits, and for no others. It is asked as of now, so by a set that does not ask for the time.
fn a_decision_is_verified_for_its_range(repository: &Repository) -> Result<()> {
    let set = root().join("tests/policy-sets/plan-only.yaml");
    let set = set.to_str().context("a path")?;
    let range = |head: &'static str| ["--base", "main", "--policy-set", set, "--head", head];
    let check = [&["check", "--format", "json"][..], &range("fixed")].concat();
    let report = repository.put_beside("decision.json", &repository.interlock(&check)?.ended(0)?.out)?;
    let verify = |head| repository.interlock(&[&["verify", report.as_str()][..], &range(head)].concat());
    let holds = verify("fixed")?.ended(0)?;
    ensure!(holds.out.starts_with("holds: allow, "), "{}", holds.out);
    let other = verify("head")?.ended(3)?;
    let why = "the set of changed files is not the report's";
    ensure!(other.out.contains(why), "{}{}", other.out, other.err);
    Ok(())
}
