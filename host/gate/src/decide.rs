//! From every policy's verdict to one decision. Pure.

use interlock_model::{Basis, Decision, PolicyReport, ReportedOutcome, Verdict};

use crate::host_rules::{HOST, NO_EVIDENCE};

/// The strictest verdict wins, whoever gave it. The basis says what it rests on: findings if any are as strict, else the
/// error or the missing evidence that decided.
pub(crate) fn decide(policies: &[PolicyReport]) -> Decision {
    let verdict = policies.iter().map(|policy| policy.verdict).max().unwrap_or(Verdict::Block);
    let decisive: Vec<Basis> =
        policies.iter().filter(|policy| policy.verdict == verdict).map(basis).collect();
    let basis = [Basis::Findings, Basis::Error].into_iter().find(|basis| decisive.contains(basis));
    Decision { verdict, basis: basis.unwrap_or(Basis::NoEvidence) }
}

fn basis(policy: &PolicyReport) -> Basis {
    match &policy.outcome {
        ReportedOutcome::Findings(found) => {
            let mut decisive = found.iter().filter(|it| it.verdict == policy.verdict).peekable();
            let only_no_evidence = policy.id.as_str() == HOST
                && decisive.peek().is_some()
                && decisive.all(|it| it.rule == NO_EVIDENCE.id);
            if only_no_evidence { Basis::NoEvidence } else { Basis::Findings }
        }
        ReportedOutcome::Broken(_) => Basis::Error,
        ReportedOutcome::NotSelected { .. } => Basis::Findings,
    }
}
