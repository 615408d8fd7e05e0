//! A replay for machines: `interlock.replay/1`. Its types are the wire's own.

use std::collections::BTreeMap;

use interlock_inputs::{ExpectedDocument, PolicyFinding, Role};
use interlock_outputs::escape::for_json;
use serde::Serialize;

use super::{DocumentRun, FolderRun, Line, Replayed, Score, Spoken, Totals};

/// What the `schema` field says.
const SCHEMA: &str = "interlock.replay/1";

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ReplayV1 {
    schema: &'static str,
    passed: bool,
    totals: Totals,
    policies: BTreeMap<String, Score>,
    changes: Vec<ChangeV1>,
    /// What had to speak of an incident and did not.
    silent: Vec<SilentV1>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ChangeV1 {
    file: String,
    line: u32,
    name: String,
    incident: Option<String>,
    role: &'static str,
    expected: &'static str,
    found: &'static str,
    passed: bool,
    caught: usize,
    missed: Vec<FindingV1>,
    false_alarms: Vec<FindingV1>,
    broken: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct FindingV1 {
    policy: String,
    rule: String,
    verdict: &'static str,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct SilentV1 {
    file: String,
    line: u32,
    policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
}

pub(super) fn render(replayed: &Replayed) -> anyhow::Result<String> {
    let policies = replayed.scores().into_iter().map(|(id, score)| (id.to_string(), score)).collect();
    let change = |folder: &FolderRun| {
        folder.documents().map(|(document, run)| change(folder, document, run)).collect()
    };
    let changes = replayed.folders.iter().flat_map::<Vec<_>, _>(change).collect();
    let silent = replayed.folders.iter().flat_map(silent).collect();
    let (passed, totals) = (replayed.passed(), replayed.totals());
    Ok(for_json(&ReplayV1 { schema: SCHEMA, passed, totals, policies, changes, silent })?)
}

fn change(folder: &FolderRun, document: &ExpectedDocument, run: &DocumentRun) -> ChangeV1 {
    let (mut caught, mut missed, mut false_alarms) = (0, Vec::new(), Vec::new());
    for line in &run.lines {
        match line {
            Line::Both(_) => caught += 1,
            Line::Missing(expected) => missed.push(FindingV1::expected(expected)),
            Line::Extra(spoken) => false_alarms.push(FindingV1::found(spoken)),
        }
    }
    ChangeV1 {
        file: folder.folder.name.clone(),
        line: document.span.line,
        name: document.name.clone(),
        incident: folder.folder.incident.as_ref().map(|incident| incident.id.clone()),
        role: match document.role {
            Role::Proposed => "proposed",
            Role::Fixed => "fixed",
            Role::Ordinary => "ordinary",
        },
        expected: document.verdict.name(),
        found: run.verdict.name(),
        passed: run.passed(document),
        caught,
        missed,
        false_alarms,
        broken: run.broken.iter().map(|(id, why)| (id.to_string(), why.clone())).collect(),
    }
}

fn silent(folder: &FolderRun) -> Vec<SilentV1> {
    let rules = folder.silent().into_iter();
    let one = |rule: &interlock_inputs::ExpectedRule| SilentV1 {
        file: folder.folder.name.clone(),
        line: rule.span.line,
        policy: rule.policy.to_string(),
        rule: rule.rule.clone(),
    };
    rules.map(one).collect()
}

impl FindingV1 {
    fn expected(expected: &PolicyFinding) -> Self {
        let PolicyFinding { policy, rule, verdict, at, file, .. } = expected;
        Self {
            policy: policy.to_string(),
            rule: rule.clone(),
            verdict: verdict.name(),
            at: at.as_str().to_owned(),
            file: file.clone(),
            message: None,
        }
    }

    fn found(spoken: &Spoken) -> Self {
        let Spoken { policy, rule, verdict, at, file, message } = spoken;
        Self {
            policy: policy.to_string(),
            rule: rule.clone(),
            verdict: verdict.name(),
            at: at.as_str().to_owned(),
            file: file.as_ref().map(|file| file.as_unescaped().to_owned()),
            message: Some(message.as_unescaped().to_owned()),
        }
    }
}
