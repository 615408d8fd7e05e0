//! What each integration asks, and what it makes of the answer: which two commits, which files and events,
//! where the reports go.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;

use super::integration::Integration;
use super::stand::{ALLOWS, Stand, said};
use crate::support::trials_of;

pub fn trials() -> Vec<Trial> {
    trials_of(
        "ready",
        &[
            ("the-action-tells", the_action_tells),
            ("gitlab-names-the-target", gitlab_names_the_target),
            ("the-hook-compares", the_hook_compares),
        ],
    )
}

/// The log, the summary and the outputs of a pull request that is allowed, and of one that cannot be judged.
fn the_action_tells() -> Result<()> {
    let stand = Stand::with(ALLOWS)?;
    let mut command = Integration::Action.command(&stand)?;
    command.env("TESTS", "build/junit.xml\n\nbuild/more tests.xml\n").env("TERRAFORM_PLAN", "plan.json");
    ensure!(command.output()?.status.success(), "it is allowed");
    let words = stand.arguments().context("it was asked")?;
    let pairs: Vec<String> = words.windows(2).map(|pair| pair.join(" ")).collect();
    let event = format!("--event github-pull-request={}", stand.path("runner/event.json")?);
    for wanted in
        [&event, "--tests build/junit.xml", "--tests build/more tests.xml", "--terraform-plan plan.json"]
    {
        ensure!(pairs.iter().any(|pair| pair == wanted), "no `{wanted}` in {words:?}");
    }
    ensure!(words.iter().filter(|word| *word == "--tests").count() == 2, "{words:?}");
    ensure!(fs::read_to_string(stand.at("runner/summary"))?.contains("interlock.report"), "no summary");
    let sarif = stand.path("runner/interlock-reports/interlock.sarif")?;
    let output = fs::read_to_string(stand.at("runner/output"))?;
    ensure!(output == format!("exit-code=0\nsarif-file={sarif}\n"), "{output}");

    let stand = Stand::with("exit 2")?;
    let output = Integration::Action.command(&stand)?.env("GITHUB_EVENT_NAME", "push").output()?;
    ensure!(said(&output).contains("fetch-depth: 0"), "{}", said(&output));
    ensure!(fs::read_to_string(stand.at("runner/output"))? == "exit-code=2\n", "outputs of no answer");
    ensure!(
        !stand.arguments().context("it was asked")?.contains(&"--event".to_owned()),
        "a push is no event"
    );
    Ok(())
}

/// Environment variables with their values.
type Variables = &'static [(&'static str, &'static str)];

fn gitlab_names_the_target() -> Result<()> {
    let cases: [(Variables, [&str; 2]); 2] = [
        (&[], ["refs/remotes/origin/main", "c0ffee"]),
        (
            &[
                ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "7a59e7"),
                ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "50bace"),
            ],
            ["7a59e7", "50bace"],
        ),
    ];
    for (more, expected) in cases {
        let stand = Stand::with(ALLOWS)?;
        let output = Integration::GitLab.command(&stand)?.envs(more.iter().copied()).output()?;
        ensure!(output.status.success(), "{}", said(&output));
        let environment = stand.environment().context("it was asked")?;
        ensure!(environment.iter().zip(expected).all(|(found, it)| found == it), "{environment:?}");
        for report in ["code-quality.json", "junit.xml", "summary.md"] {
            ensure!(stand.at("work/interlock-reports").join(report).is_file(), "no {report}");
        }
    }
    let stand = Stand::with(ALLOWS)?;
    let output = Integration::GitLab.command(&stand)?.env("CI_PROJECT_ID", "8").output()?;
    ensure!(output.status.code() == Some(3) && stand.arguments().is_none(), "a fork: {}", said(&output));
    // The merge request brings a link in place of the folder.
    let stand = Stand::with(ALLOWS)?;
    std::os::unix::fs::symlink(stand.at("record"), stand.at("work/interlock-reports"))?;
    ensure!(Integration::GitLab.command(&stand)?.output()?.status.success(), "with a link");
    ensure!(!stand.at("record/junit.xml").exists(), "a report went through the link");
    Ok(())
}

/// Which two commits: of a push, of two names, of what is staged.
fn the_hook_compares() -> Result<()> {
    let push: Variables = &[("PRE_COMMIT_FROM_REF", "from"), ("PRE_COMMIT_TO_REF", "to")];
    let first_push: Variables =
        &[("PRE_COMMIT_REMOTE_NAME", "origin"), ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/topic")];

    let cases: [(Variables, Variables, Option<[&str; 2]>); 4] = [
        (push, &[], Some(["from", "to"])),
        (push, &[("INTERLOCK_BASE", "origin/main")], Some(["origin/main", "to"])),
        (first_push, &[], None),
        (first_push, &[("INTERLOCK_BASE", "origin/main")], Some(["origin/main", "refs/heads/topic"])),
    ];
    for (stage, more, expected) in cases {
        let stand = Stand::with(ALLOWS)?;
        let more: Vec<_> = stage.iter().chain(more).copied().collect();
        let output = Integration::PreCommit.command(&stand)?.envs(more.iter().copied()).output()?;
        let found = stand.arguments().map(|words| compared(&words));
        ensure!(found == expected.map(|it| it.map(str::to_owned)), "{more:?}: {found:?}: {}", said(&output));
        ensure!(output.status.success() == expected.is_some(), "{more:?}: {}", said(&output));
    }

    let stand = Stand::with(ALLOWS)?;
    let mut staged = Integration::PreCommit.command(&stand)?;
    ensure!(staged.output()?.status.success(), "what is staged");
    let [base, head] = compared(&stand.arguments().context("it was asked")?);
    ensure!(base == stand.git(&["rev-parse", "HEAD"])?, "the base is {base}");
    ensure!(stand.git(&["rev-parse", &format!("{head}^")])? == base, "{head} does not come after HEAD");
    ensure!(stand.git(&["show", &format!("{head}:file")])? == "three", "{head} is not what is staged");

    // Nothing is staged: there is nothing to judge while somebody commits, and something is wrong at any
    // other time.
    stand.git(&["reset", "--hard", "--quiet"])?;
    fs::remove_file(stand.at("record/arguments"))?;
    ensure!(staged.output()?.status.code() == Some(0), "only the words of a commit change");
    ensure!(staged.env_remove("GIT_INDEX_FILE").output()?.status.code() == Some(3), "nothing to compare");
    ensure!(stand.arguments().is_none(), "it was asked");
    Ok(())
}

/// What stands behind `--base` and `--head`.
fn compared(words: &[String]) -> [String; 2] {
    ["--base", "--head"].map(|flag| {
        let pair = words.windows(2).find(|pair| pair.first().is_some_and(|word| word == flag));
        pair.and_then(|pair| pair.get(1)).cloned().unwrap_or_default()
    })
}
