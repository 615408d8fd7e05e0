//! The files as GitHub, GitLab, pre-commit, Kubernetes and Argo CD document them, as far as this project
//! relies on it; that nothing of theirs is put into a script as text; and that what they call is there.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use serde_yaml::Value;

use super::integration::{
    self, ACTION, ARGO, CONTAINER, GITLAB, HOOKS, Integration, RUN_CHECK, at, documents, text_at,
};
use super::stand::{ALLOWS, Stand, said};
use crate::support::{root, trials_of};

pub fn trials() -> Vec<Trial> {
    trials_of(
        "ready",
        &[
            ("shapes/pre-commit", pre_commit),
            ("shapes/action", action),
            ("shapes/gitlab", gitlab),
            ("shapes/argo-cd", argo_cd),
            ("shapes/nothing-is-put-into-a-script", nothing_is_put_into_a_script),
            ("what-they-call-is-there", what_they_call_is_there),
        ],
    )
}

/// Each path holds this.
fn holds(document: &Value, expected: &[(&str, &str)]) -> Result<()> {
    for (path, text) in expected {
        let found = at(document, path)?;
        let wanted: Value = serde_yaml::from_str(text)?;
        ensure!(*found == wanted, "`{path}` is {found:?}, expected {wanted:?}");
    }
    Ok(())
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_mapping().into_iter().flatten().filter_map(|(key, _)| key.as_str()).collect()
}

/// <https://pre-commit.com/#new-hooks>
fn pre_commit() -> Result<()> {
    let [hooks] = documents(HOOKS)?.try_into().map_err(|_| anyhow::anyhow!("{HOOKS}: one document"))?;
    let hooks = hooks.as_sequence().context("a list of hooks")?.clone();
    ensure!(hooks.len() == 1, "{} hooks", hooks.len());
    for hook in &hooks {
        for key in ["id", "name", "entry", "language", "description"] {
            ensure!(!text_at(hook, key)?.is_empty(), "`{key}` is empty");
        }
        holds(
            hook,
            &[
                ("language", "system"),
                ("pass_filenames", "false"),
                ("always_run", "true"),
                ("stages", "[pre-commit, pre-push, manual]"),
            ],
        )?;
    }
    Ok(())
}

/// <https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax>
fn action() -> Result<()> {
    let [action] = documents(ACTION)?.try_into().map_err(|_| anyhow::anyhow!("{ACTION}: one document"))?;
    holds(&action, &[("name", "interlock"), ("runs/using", "composite")])?;
    ensure!(!text_at(&action, "description")?.is_empty(), "it has no description");
    let inputs = at(&action, "inputs")?;
    for input in keys(inputs) {
        ensure!(text_at(inputs, &format!("{input}/description")).is_ok(), "`{input}` has no description");
        ensure!(text_at(inputs, &format!("{input}/default")).is_ok(), "`{input}` has no default");
    }
    let outputs = at(&action, "outputs")?;
    for output in keys(outputs) {
        let value = text_at(outputs, &format!("{output}/value"))?;
        ensure!(value == format!("${{{{ steps.check.outputs.{output} }}}}"), "`{output}` is {value}");
    }
    let steps = at(&action, "runs/steps")?.as_sequence().context("a list of steps")?;
    for step in steps {
        // A composite step that runs something names its shell; one that uses an action would have to pin it.
        ensure!(step.get("uses").is_none(), "a step uses another action");
        ensure!(text_at(step, "shell")? == "sh" && !text_at(step, "run")?.is_empty(), "{step:?}");
    }
    // Every input is used, and what is used is an input.
    let text = fs::read_to_string(root().join(ACTION))?;
    let used: BTreeSet<&str> = words_after(&text, "inputs.").collect();
    ensure!(used == keys(inputs).into_iter().collect(), "inputs that are used: {used:?}");
    Ok(())
}

/// <https://docs.gitlab.com/ci/yaml/> and <https://docs.gitlab.com/ci/inputs/>
fn gitlab() -> Result<()> {
    let [header, job] = documents(GITLAB)?
        .try_into()
        .map_err(|_| anyhow::anyhow!("{GITLAB}: inputs and jobs, two documents"))?;
    let inputs = at(&header, "spec/inputs")?;
    ensure!(at(inputs, "image")?.get("default").is_none(), "an image that nobody pinned");
    let text = fs::read_to_string(root().join(GITLAB))?;
    let (_, jobs) = text.split_once("\n---\n").context("two documents")?;
    let used: BTreeSet<&str> = words_after(jobs, "$[[ inputs.").collect();
    ensure!(used == keys(inputs).into_iter().collect(), "inputs that are used: {used:?}");
    ensure!(keys(&job) == ["interlock"], "jobs: {:?}", keys(&job));
    let reports = "interlock/artifacts/reports";
    holds(
        &job,
        &[
            ("interlock/allow_failure", "false"),
            ("interlock/variables/GIT_DEPTH", "'0'"),
            ("interlock/variables/GIT_STRATEGY", "clone"),
            ("interlock/artifacts/when", "always"),
            ("interlock/artifacts/paths", "[interlock-reports/]"),
            ("interlock/rules", "[{ if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"' }]"),
            ("interlock/image/entrypoint", "['']"),
        ],
    )?;
    // What is uploaded is what the script asks for.
    let script = text_at(&job, "interlock/script/0")?;
    for (report, format) in [("codequality", "gitlab"), ("junit", "junit")] {
        let file = text_at(&job, &format!("{reports}/{report}"))?;
        ensure!(script.contains(&format!("--format {format}={file}")), "{report} is not written");
    }
    Ok(())
}

/// <https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/>, and the restricted Pod Security
/// Standard.
fn argo_cd() -> Result<()> {
    let [account, job] = documents(ARGO)?.try_into().map_err(|_| anyhow::anyhow!("{ARGO}: two documents"))?;
    for (document, kind) in [(&account, "ServiceAccount"), (&job, "Job")] {
        ensure!(text_at(document, "kind")? == kind, "no {kind}");
        let annotations = at(document, "metadata/annotations")?;
        let hook = annotations.get("argocd.argoproj.io/hook").and_then(Value::as_str);
        ensure!(hook == Some("PreSync"), "{kind}: {hook:?}");
    }
    holds(&account, &[("apiVersion", "v1"), ("automountServiceAccountToken", "false")])?;
    holds(
        &job,
        &[
            ("apiVersion", "batch/v1"),
            ("spec/backoffLimit", "0"),
            ("spec/activeDeadlineSeconds", "300"),
            ("spec/template/spec/restartPolicy", "Never"),
            ("spec/template/spec/automountServiceAccountToken", "false"),
            ("spec/template/spec/serviceAccountName", "interlock"),
            ("spec/template/spec/securityContext/runAsNonRoot", "true"),
            ("spec/template/spec/securityContext/seccompProfile", "{ type: RuntimeDefault }"),
        ],
    )?;
    let pod = at(&job, "spec/template/spec")?;
    for container in ["initContainers/0", "containers/0"] {
        let container = at(pod, container)?;
        holds(
            at(container, "securityContext")?,
            &[
                ("readOnlyRootFilesystem", "true"),
                ("allowPrivilegeEscalation", "false"),
                ("capabilities", "{ drop: [ALL] }"),
            ],
        )?;
        ensure!(text_at(container, "image")?.contains("@sha256:"), "an image that nobody pinned");
        ensure!(at(container, "resources/limits")?.is_mapping(), "no limits");
    }
    Ok(())
}

/// An input or an event's text inside of a script would be run. It comes as an environment variable.
fn nothing_is_put_into_a_script() -> Result<()> {
    let action = documents(ACTION)?.remove(0);
    let steps = at(&action, "runs/steps")?.as_sequence().context("steps")?.clone();
    let mut scripts = vec![fs::read_to_string(root().join(RUN_CHECK))?];
    for step in &steps {
        scripts.push(text_at(step, "run")?.to_owned());
    }
    scripts.push(text_at(&documents(GITLAB)?.remove(1), "interlock/script/0")?.to_owned());
    scripts.push(text_at(&documents(HOOKS)?.remove(0), "0/entry")?.to_owned());
    let fetch = "spec/template/spec/initContainers/0/args/0";
    scripts.push(text_at(&documents(ARGO)?.remove(1), fetch)?.to_owned());
    ensure!(scripts.len() == 6, "{} scripts", scripts.len());
    for script in &scripts {
        for opening in ["${{", "$[[", "{{", "$(VAR", "eval ", "set -x", "printenv"] {
            ensure!(!script.contains(opening), "`{opening}` stands in a script:\n{script}");
        }
    }
    Ok(())
}

/// Every flag, format, kind of event and environment variable they use is in the help of the real program.
fn what_they_call_is_there() -> Result<()> {
    let help = Command::new(env!("CARGO_BIN_EXE_interlock")).args(["check", "--help"]).output()?;
    let help = said(&help);
    let words: BTreeSet<&str> = help.split(|it: char| !is_of_a_name(it)).collect();
    for integration in Integration::ALL {
        let stand = Stand::with(ALLOWS)?;
        let mut command = integration.command(&stand)?;
        command.env("ROLLOUT", "a").env("TERRAFORM_PLAN", "b").env("TESTS", "c");
        command.output()?;
        let arguments = stand.arguments().with_context(|| format!("{integration:?} did not ask"))?;
        ensure!(arguments.first().is_some_and(|word| word == "check"), "{arguments:?}");
        for pair in arguments.windows(2) {
            let [flag, value] = pair else { continue };
            let named = match flag.as_str() {
                "--format" | "--event" => value.split('=').next(),
                "--asked-at" | "--fail-on" => Some(value.as_str()),
                _ => None,
            };
            let named = named.into_iter().chain(flag.starts_with("--").then_some(flag.as_str()));
            let missing: Vec<_> = named.filter(|name| !words.contains(name)).collect();
            ensure!(missing.is_empty(), "{integration:?}: `interlock check --help` has no {missing:?}");
        }
    }
    for path in [HOOKS, ACTION, GITLAB, ARGO, RUN_CHECK, CONTAINER] {
        let text = fs::read_to_string(root().join(path))?;
        let names = text.split(|it: char| !it.is_ascii_uppercase() && it != '_');
        let missing: Vec<_> =
            names.filter(|name| name.starts_with("INTERLOCK_") && !words.contains(name)).collect();
        ensure!(missing.is_empty(), "{path}: `interlock check --help` has no {missing:?}");
    }
    // Texts of the manifest that stand in the environment are values of flags.
    let job = documents(ARGO)?.remove(1);
    let container = at(&job, "spec/template/spec/containers/0")?;
    for variable in at(container, "env")?.as_sequence().context("env")? {
        let (name, value) = (text_at(variable, "name")?, text_at(variable, "value")?);
        if ["INTERLOCK_ASKED_AT", "INTERLOCK_FAIL_ON"].contains(&name) {
            ensure!(words.contains(value), "{name}: {value}");
        }
    }
    ensure!(integration::step("get").is_ok(), "the action gets the program");
    Ok(())
}

fn is_of_a_name(it: char) -> bool {
    it.is_ascii_alphanumeric() || it == '-' || it == '_'
}

/// The word after each occurrence.
fn words_after<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    let rests = text.split(before).skip(1);
    rests.filter_map(|rest| rest.split(|it: char| !is_of_a_name(it)).next())
}
