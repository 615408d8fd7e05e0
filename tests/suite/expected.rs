//! What a test expects of a report, as data: the complete list of findings, each with its rule, verdict and place.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, ensure};
use interlock_model::{Report, ReportedOutcome, Verdict};
use serde::Deserialize;

/// `expected.yaml` of a folder of documents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectedFolder {
    pub evaluated_at: interlock_model::Instant,
    pub documents: BTreeMap<String, ExpectedReport>,
}

/// What the whole gate says of one document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectedReport {
    pub exit: u8,
    pub findings: Vec<ExpectedFinding>,
}

/// One finding. `at` is the pointer of its first place, as the policy named it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectedFinding {
    #[serde(default)]
    pub policy: Option<String>,
    pub rule: String,
    pub verdict: Verdict,
    pub at: String,
}

/// Compares the findings of a report with a complete list, in any order. A broken policy is never expected.
pub fn check(report: &Report, expected: &[ExpectedFinding]) -> Result<()> {
    let mut found = Vec::new();
    for policy in &report.policies {
        match &policy.outcome {
            ReportedOutcome::Findings(findings) => {
                found.extend(findings.iter().map(|finding| ExpectedFinding {
                    policy: Some(policy.id.to_string()),
                    rule: finding.rule.clone(),
                    verdict: finding.verdict,
                    at: finding.places[0].pointer.as_str().to_owned(),
                }));
            }
            ReportedOutcome::Broken(fault) => return Err(anyhow!("policy `{}` {fault}", policy.id)),
            ReportedOutcome::NotSelected { because } => {
                return Err(anyhow!("policy `{}` was not asked: {because:?}", policy.id));
            }
        }
    }
    let mut expected = expected.to_vec();
    if expected.iter().all(|finding| finding.policy.is_none()) {
        found.iter_mut().for_each(|finding| finding.policy = None);
    }
    found.sort();
    expected.sort();
    let lines = |findings: &[ExpectedFinding]| findings.iter().map(line).collect::<String>();
    let difference =
        similar::TextDiff::from_lines(lines(&expected), lines(&found)).unified_diff().to_string();
    ensure!(found == expected, "expected (-) and found (+) differ:\n{difference}");
    Ok(())
}

fn line(finding: &ExpectedFinding) -> String {
    let policy = finding.policy.as_deref().map(|policy| format!("{policy}/")).unwrap_or_default();
    format!("{policy}{}: {} at {}\n", finding.rule, finding.verdict, finding.at)
}
