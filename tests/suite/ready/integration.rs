//! The integrations as programs: the script that stands in each file, and the environment its pipeline runs
//! it in. The rest of `ready` runs them.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Deserialize as _;
use serde_yaml::Value;

use super::stand::Stand;
use crate::support::root;

pub const HOOKS: &str = ".pre-commit-hooks.yaml";
pub const ACTION: &str = "action.yml";
pub const GITLAB: &str = ".ci/integrations/gitlab-ci.yml";
pub const ARGO: &str = ".ci/integrations/argocd-presync.yaml";
pub const CONTAINER: &str = ".ci/integrations/Containerfile";
pub const RUN_CHECK: &str = ".ci/integrations/run-check.sh";

/// Something that asks for a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integration {
    RunCheck,
    Action,
    GitLab,
    PreCommit,
    ArgoCd,
}

impl Integration {
    pub const ALL: [Self; 5] = [Self::RunCheck, Self::Action, Self::GitLab, Self::PreCommit, Self::ArgoCd];

    /// It, ready to be run. What it asks is what `interlock` on the stand's PATH answers.
    pub fn command(self, stand: &Stand) -> Result<Command> {
        match self {
            Self::RunCheck => {
                let mut command = stand.command("sh");
                let reports = ["text", "sarif=a.sarif", "junit=b c.xml"];
                let formats = reports.iter().flat_map(|report| ["--format", report]);
                command.arg(root().join(RUN_CHECK)).arg("interlock").args(formats);
                Ok(revisions(command))
            }
            Self::Action => action(stand, "check"),
            Self::GitLab => gitlab(stand),
            Self::PreCommit => pre_commit(stand),
            Self::ArgoCd => argo(stand),
        }
    }
}

/// The documents of a YAML file of the repository.
pub fn documents(path: &str) -> Result<Vec<Value>> {
    let text = fs::read_to_string(root().join(path)).with_context(|| path.to_owned())?;
    let documents = serde_yaml::Deserializer::from_str(&text).map(Value::deserialize);
    documents.collect::<Result<_, _>>().with_context(|| path.to_owned())
}

/// What stands at the end of a path of keys and positions.
pub fn at<'a>(value: &'a Value, path: &str) -> Result<&'a Value> {
    path.split('/').try_fold(value, |value, step| {
        let found = step.parse::<usize>().ok().and_then(|step| value.get(step)).or_else(|| value.get(step));
        found.with_context(|| format!("there is no `{step}` of `{path}`"))
    })
}

pub fn text_at<'a>(value: &'a Value, path: &str) -> Result<&'a str> {
    at(value, path)?.as_str().with_context(|| format!("`{path}` is no text"))
}

/// A step of the action, by its id.
pub fn step(id: &str) -> Result<Value> {
    let action = documents(ACTION)?.remove(0);
    let steps = at(&action, "runs/steps")?.as_sequence().context("steps")?;
    let step = steps.iter().find(|step| step.get("id").and_then(Value::as_str) == Some(id));
    step.cloned().with_context(|| format!("{ACTION} has no step `{id}`"))
}

/// A step as the runner starts it. Every input that is not given is empty.
pub fn action(stand: &Stand, id: &str) -> Result<Command> {
    let step = step(id)?;
    let script = stand.at("runner/step.sh");
    fs::write(&script, text_at(&step, "run")?)?;
    fs::write(stand.at("runner/event.json"), r#"{ "title": "s3cr3t" }"#)?;
    let mut command = stand.command("sh");
    command.arg("-e").arg(script);
    for (name, _) in at(&step, "env")?.as_mapping().context("env")? {
        command.env(name.as_str().context("a name")?, "");
    }
    command.env("BINARY", "interlock").env("REPOSITORY", ".").env("INTERLOCK_FAIL_ON", "block");
    command.env("GITHUB_ACTION_PATH", root()).env("GITHUB_WORKSPACE", stand.at("work"));
    command.env("GITHUB_EVENT_NAME", "pull_request").env("GITHUB_EVENT_PATH", stand.at("runner/event.json"));
    command.env("RUNNER_TEMP", stand.at("runner")).env("GITHUB_OUTPUT", stand.at("runner/output"));
    command.env("GITHUB_STEP_SUMMARY", stand.at("runner/summary")).env("GITHUB_TOKEN", "s3cr3t");
    Ok(revisions(command))
}

/// The job in a merge request pipeline of the target project.
fn gitlab(stand: &Stand) -> Result<Command> {
    image(stand)?;
    let job = documents(GITLAB)?.remove(1);
    let mut command = stand.command("sh");
    command.args(["-e", "-c", text_at(&job, "interlock/script/0")?]);
    command.env("CI_PROJECT_ID", "7").env("CI_MERGE_REQUEST_PROJECT_ID", "7").env("CI_JOB_TOKEN", "s3cr3t");
    command.env("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main").env("CI_COMMIT_SHA", "c0ffee");
    command.env("INTERLOCK_FAIL_ON", "block").env("INTERLOCK_POLICY_SET", "");
    Ok(command)
}

/// The hook as pre-commit starts it before a commit: words as a shell has them, of which the script is one.
fn pre_commit(stand: &Stand) -> Result<Command> {
    stand.repository()?;
    let hooks = documents(HOOKS)?.remove(0);
    let entry = text_at(&hooks, "0/entry")?;
    let words: Vec<&str> = entry.split('\'').map(str::trim_end).collect();
    let ["sh -c", script, " interlock"] = words.as_slice() else {
        anyhow::bail!("{HOOKS}: `entry` is not `sh -c '..' interlock`; is there a `'` in the script?")
    };
    let mut command = stand.command("sh");
    command.args(["-c", script, "interlock"]).env("PRE_COMMIT", "1").env("GIT_INDEX_FILE", ".git/index");
    Ok(command)
}

/// The container that judges, in the environment of the manifest.
fn argo(stand: &Stand) -> Result<Command> {
    image(stand)?;
    let job = documents(ARGO)?.remove(1);
    let container = at(&job, "spec/template/spec/containers/0")?;
    let words = [at(container, "command")?, at(container, "args")?];
    let words: Vec<&str> =
        words.iter().filter_map(|list| list.as_sequence()).flatten().filter_map(Value::as_str).collect();
    let (program, arguments) = words.split_first().context("a command")?;
    let mut command = stand.command(program);
    command.args(arguments).env("API_TOKEN", "s3cr3t");
    let home = stand.at("tmp");
    variables(&mut command, container)?;
    command.env("HOME", home);
    Ok(command)
}

/// The container that fetches, with `/work` in the stand.
pub fn argo_fetch(stand: &Stand) -> Result<Command> {
    let job = documents(ARGO)?.remove(1);
    let container = at(&job, "spec/template/spec/initContainers/0")?;
    let script = text_at(container, "args/0")?.replace("/work/", &format!("{}/", stand.path("tmp")?));
    let mut command = stand.command("sh");
    command.arg("-euc").arg(script);
    let home = stand.at("tmp");
    variables(&mut command, container)?;
    command.env("HOME", home);
    Ok(command)
}

fn variables(command: &mut Command, container: &Value) -> Result<()> {
    for variable in at(container, "env")?.as_sequence().context("env")? {
        command.env(text_at(variable, "name")?, text_at(variable, "value")?);
    }
    Ok(())
}

/// What the image adds to the PATH.
fn image(stand: &Stand) -> Result<()> {
    stand.program("interlock-run-check", &fs::read_to_string(root().join(RUN_CHECK))?)
}

fn revisions(mut command: Command) -> Command {
    command.env("INTERLOCK_BASE", "the-base").env("INTERLOCK_HEAD", "the-head");
    command
}
