//! What a test expects of a report, as data: the complete list of findings, each with its rule, verdict and place.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, ensure};
use interlock_model::{
    Instant, JudgedFinding, Phase, PolicyReport, Report, ReportedOutcome, Untrusted, Verdict,
};
use serde::Deserialize;

/// `expected.yaml` of a folder of documents. Paths are relative to the folder.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectedFolder {
    pub evaluated_at: Instant,
    /// By the document's file name, or by any name where the report says which document it is about.
    pub documents: BTreeMap<String, ExpectedReport>,
}

/// What the whole gate says of one document, and how it was asked.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectedReport {
    /// The document's file name. Absent: the name under which the report stands.
    #[serde(default)]
    pub document: Option<String>,
    /// Absent: the folder's.
    #[serde(default)]
    pub evaluated_at: Option<Instant>,
    #[serde(default)]
    pub asked_at: Asked,
    #[serde(default)]
    pub stages_done: u32,
    #[serde(default)]
    pub bake_elapsed_s: u32,
    /// Files or folders to compare; both or none.
    #[serde(default)]
    pub before: Option<String>,
    #[serde(default)]
    pub after: Option<String>,
    /// Names in `tests/calendars`.
    #[serde(default)]
    pub calendars: Vec<String>,
    pub verdict: Verdict,
    pub findings: Vec<ExpectedFinding>,
}

/// At which point of the change's life it is asked.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    Merge,
    #[default]
    Deploy,
    Promote,
}

impl From<Asked> for Phase {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Merge => Self::Merge,
            Asked::Deploy => Self::Deploy,
            Asked::Promote => Self::Promote,
        }
    }
}

/// One finding. `at` is the pointer of its first place, as the policy named it; `file` the changed file it lies in.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectedFinding {
    #[serde(default)]
    pub policy: Option<String>,
    pub rule: String,
    pub verdict: Verdict,
    pub at: String,
    #[serde(default)]
    pub file: Option<String>,
}

/// Compares the findings of a report with a complete list, in any order. A broken policy is never expected. Where the list
/// names no policies, or no files, those are not compared.
pub fn check(report: &Report, expected: &[ExpectedFinding]) -> Result<()> {
    let mut found = Vec::new();
    for policy in &report.policies {
        match &policy.outcome {
            ReportedOutcome::Findings(findings) => found.extend(findings.iter().map(|it| shown(policy, it))),
            ReportedOutcome::NotSelected { because } => {
                return Err(anyhow!("policy `{}` was not asked: {because:?}", policy.id));
            }
            ReportedOutcome::Broken(fault) => return Err(anyhow!("policy `{}` {fault}", policy.id)),
        }
    }
    let mut expected = expected.to_vec();
    if expected.iter().all(|finding| finding.policy.is_none()) {
        found.iter_mut().for_each(|finding| finding.policy = None);
    }
    if expected.iter().all(|finding| finding.file.is_none()) {
        found.iter_mut().for_each(|finding| finding.file = None);
    }
    found.sort();
    expected.sort();
    let lines = |findings: &[ExpectedFinding]| findings.iter().map(line).collect::<String>();
    let difference =
        similar::TextDiff::from_lines(lines(&expected), lines(&found)).unified_diff().to_string();
    ensure!(found == expected, "expected (-) and found (+) differ:\n{difference}");
    Ok(())
}

fn shown(policy: &PolicyReport, finding: &JudgedFinding) -> ExpectedFinding {
    let place = &finding.places[0];
    ExpectedFinding {
        policy: Some(policy.id.to_string()),
        rule: finding.rule.clone(),
        verdict: finding.verdict,
        at: place.pointer.as_str().to_owned(),
        file: place.path.as_ref().map(Untrusted::as_unescaped).map(str::to_owned),
    }
}

fn line(finding: &ExpectedFinding) -> String {
    let policy = finding.policy.as_deref().map(|policy| format!("{policy}/")).unwrap_or_default();
    let file = finding.file.as_deref().map(|file| format!(" in {file}")).unwrap_or_default();
    format!("{policy}{}: {} at {}{file}\n", finding.rule, finding.verdict, finding.at)
}
