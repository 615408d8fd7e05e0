//! Names, paths and words of somebody else, and secrets, on their way through an integration: none is run,
//! none is a command to the build system, none is shown that nobody asked for.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;

use super::SITUATIONS;
use super::integration::{self, Integration};
use super::stand::{ALLOWS, Stand, said};
use crate::support::trials_of;

pub fn trials() -> Vec<Trial> {
    trials_of(
        "ready",
        &[
            ("hostile-names-stay-inert", hostile_names_stay_inert),
            ("nothing-secret-is-shown", nothing_secret_is_shown),
            ("the-action-takes-no-program-of-the-change", the_action_takes_no_program_of_the_change),
            ("the-runner-takes-no-commands", the_runner_takes_no_commands),
            ("argo-cd-fetches-nothing-else", argo_cd_fetches_nothing_else),
        ],
    )
}

/// Texts that do something where a shell or a program takes them for more than a name.
const HOSTILE: &[&str] = &[
    "$(touch INERT)",
    "`touch INERT`",
    "; touch INERT",
    "a\ntouch INERT",
    "a\nEND\ntouch INERT\n",
    "' ; touch INERT ; '",
    "\" ; touch INERT ; \"",
    "| touch INERT #",
    "-- touch INERT",
    "--at=2020-01-01T00:00Z",
    "*",
    "::set-output name=x::y",
];

/// Where such texts come in: a branch, a path, a title of somebody else. What comes in as a list of lines is
/// `ROLLOUT`.
const ENTRANCES: &[(Integration, &str)] = &[
    (Integration::RunCheck, "INTERLOCK_BASE"),
    (Integration::RunCheck, "INTERLOCK_HEAD"),
    (Integration::Action, "INTERLOCK_BASE"),
    (Integration::Action, "INTERLOCK_HEAD"),
    (Integration::Action, "INTERLOCK_POLICY_SET"),
    (Integration::Action, "REPOSITORY"),
    (Integration::Action, "ROLLOUT"),
    (Integration::Action, "SARIF_FILE"),
    (Integration::Action, "BINARY"),
    (Integration::GitLab, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
    (Integration::GitLab, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA"),
    (Integration::GitLab, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"),
    (Integration::GitLab, "CI_PROJECT_ID"),
    (Integration::PreCommit, "INTERLOCK_BASE"),
    (Integration::PreCommit, "PRE_COMMIT_FROM_REF"),
    (Integration::PreCommit, "PRE_COMMIT_TO_REF"),
    (Integration::ArgoCd, "INTERLOCK_HEAD"),
];

fn hostile_names_stay_inert() -> Result<()> {
    for (integration, entrance) in ENTRANCES {
        for text in HOSTILE {
            let stand = Stand::with(ALLOWS)?;
            let mut command = integration.command(&stand)?;
            if entrance.starts_with("PRE_COMMIT") {
                command.env("PRE_COMMIT_FROM_REF", "from").env("PRE_COMMIT_TO_REF", "to");
            }
            let output = command.env(entrance, text).output()?;
            ensure!(!stand.holds("INERT"), "{integration:?}: {entrance} was run: {text:?}");
            if let Some(arguments) = stand.arguments() {
                let seen = [arguments, stand.environment().unwrap_or_default()].concat();
                let is_there = text.lines().all(|line| seen.iter().any(|seen| seen.contains(line)));
                ensure!(is_there, "{integration:?}: {entrance} is not what it was: {text:?}: {seen:?}");
                // Whatever it holds, it is one word, and no option.
                ensure!(!seen.iter().any(|word| word == "touch"), "{integration:?}: {entrance}: {seen:?}");
            } else {
                ensure!(!output.status.success(), "{integration:?}: {entrance} passed: {text:?}");
            }
        }
    }
    Ok(())
}

fn nothing_secret_is_shown() -> Result<()> {
    for integration in Integration::ALL {
        for (name, does, _) in SITUATIONS {
            let output = integration.command(&Stand::with(does)?)?.output()?;
            ensure!(!said(&output).contains("s3cr3t"), "{integration:?}, {name}: {}", said(&output));
        }
    }
    Ok(())
}

fn the_action_takes_no_program_of_the_change() -> Result<()> {
    for (binary, passes) in
        [("interlock", true), ("bin/interlock", false), ("./interlock", false), ("", false)]
    {
        let stand = Stand::with(ALLOWS)?;
        fs::create_dir(stand.at("work/bin"))?;
        for copy in ["work/bin/interlock", "work/interlock"] {
            fs::copy(stand.at("bin/interlock"), stand.at(copy))?;
        }
        let output = Integration::Action.command(&stand)?.env("BINARY", binary).output()?;
        ensure!(output.status.success() == passes, "`{binary}`: {}", said(&output));
        let output =
            Integration::Action.command(&stand)?.env("BINARY", stand.at("work/interlock")).output()?;
        ensure!(output.status.code() == Some(3), "in the checkout: {}", said(&output));
    }
    Ok(())
}

/// What the program says stands between a word that nobody can know and its repetition; the annotations after
/// it.
fn the_runner_takes_no_commands() -> Result<()> {
    let mut words = Vec::new();
    for _ in 0..2 {
        let stand = Stand::with(&format!("echo ::error::one\nprintf ::warning::two >&2\n{ALLOWS}"))?;
        let output = Integration::Action.command(&stand)?.output()?;
        let log = String::from_utf8(output.stdout)?;
        let (_, log) = log.split_once("::stop-commands::").context("commands are not stopped")?;
        let (word, log) = log.split_once('\n').context("no word")?;
        let (within, after) = log.split_once(&format!("\n::{word}::\n")).context("they are not taken up")?;
        ensure!(word.len() == 32 && within.contains("::error::one"), "{log}");
        ensure!(!after.contains("::error::") && after.contains("interlock.report"), "{after}");
        words.push(word.to_owned());
    }
    ensure!(words.first() != words.last(), "the word is the same twice: {words:?}");
    Ok(())
}

fn argo_cd_fetches_nothing_else() -> Result<()> {
    let stand = Stand::new()?;
    stand.repository()?;
    let run = |change: &dyn Fn(&mut Command)| -> Result<_> {
        let mut command = integration::argo_fetch(&stand)?;
        change(&mut command);
        Ok(command.output()?)
    };
    for hostile in ["ext::sh -c touch% INERT", "--upload-pack=touch INERT", "$(touch INERT)", "; touch INERT"]
    {
        let output = run(&|command| {
            command.env("REPOSITORY", hostile);
        })?;
        ensure!(!output.status.success() && !stand.holds("INERT"), "{hostile}: {}", said(&output));
    }
    let here = stand.path("work")?;
    let output = run(&|command| {
        command.env("REPOSITORY", &here).env("GIT_ALLOW_PROTOCOL", "file");
    })?;
    ensure!(output.status.success(), "{}", said(&output));
    let fetched = stand.path("tmp/repository")?;
    let branch = stand.git(&["symbolic-ref", "--short", "HEAD"])?;
    let found = stand.git(&["-C", &fetched, "rev-parse", &format!("refs/remotes/origin/{branch}")])?;
    ensure!(found == stand.git(&["rev-parse", "HEAD"])?, "{found}");
    Ok(())
}
