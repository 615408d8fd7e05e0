//! What the gate said of one change beside what was expected: which findings are there, which are missing, which are too
//! many. The order does not matter.

use interlock::Report;
use interlock_inputs::{ExpectedDocument, PolicyFinding};
use interlock_model::{JudgedFinding, PolicyId, ReportedOutcome, Untrusted, Verdict};

use super::{DocumentRun, Line, Spoken};
use crate::next_step::{explained, next_step};

/// Compares a report with a complete expectation. A broken policy is never expected; one that was not asked, because the
/// policy set leaves such changes out, has said nothing.
pub fn compared(expected: &ExpectedDocument, report: &Report) -> DocumentRun {
    let (mut said, mut broken) = (Vec::new(), Vec::new());
    for policy in &report.policies {
        match &policy.outcome {
            ReportedOutcome::Findings(findings) => {
                said.extend(findings.iter().filter(counts).map(|finding| spoken(&policy.id, finding)));
            }
            ReportedOutcome::Broken(fault) => {
                broken.push((policy.id.clone(), format!("{}\nhelp: {}", explained(fault), next_step(fault))));
            }
            ReportedOutcome::NotSelected { .. } => {}
        }
    }
    let matched: Vec<Line> = expected.findings.iter().map(|finding| taken(finding, &mut said)).collect();
    let lines = matched.into_iter().chain(said.into_iter().map(Line::Extra)).collect();
    DocumentRun { verdict: report.decision.verdict, lines, broken }
}

/// What a policy in shadow mode finds weighs nothing.
fn counts(finding: &&JudgedFinding) -> bool {
    finding.verdict != Verdict::Allow
}

fn spoken(policy: &PolicyId, finding: &JudgedFinding) -> Spoken {
    let place = finding.places.first();
    Spoken {
        policy: policy.clone(),
        rule: finding.rule.clone(),
        verdict: finding.verdict,
        at: place.map(|place| place.pointer.clone()).unwrap_or_default(),
        file: place.and_then(|place| place.path.clone()),
        message: finding.message.clone(),
    }
}

fn taken(expected: &PolicyFinding, said: &mut Vec<Spoken>) -> Line {
    match said.iter().position(|spoken| meets(expected, spoken)) {
        Some(index) => Line::Both(said.remove(index)),
        None => Line::Missing(expected.clone()),
    }
}

fn meets(expected: &PolicyFinding, spoken: &Spoken) -> bool {
    expected.policy == spoken.policy
        && expected.rule == spoken.rule
        && expected.verdict == spoken.verdict
        && expected.at == spoken.at
        && expected.file.as_deref() == spoken.file.as_ref().map(Untrusted::as_unescaped)
}
