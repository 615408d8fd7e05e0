//! One check: every policy is run, every finding gets its place, nothing is dropped.

use interlock_engine::{Deadline, Engine, Evaluation};
use interlock_model::{
    ChangeDocument, Document, FactOrigin, Fault, JudgedFinding, Manifest, NotJudged, Outcome, PolicyReport,
    Question, Report, ReportedOutcome, Sources, Verdict,
};

use crate::decide::decide;
use crate::gate::{Bound, Gate};
use crate::{host_rules, place};

/// Minutes for which an answer may be used. A deploy that waits longer asks again: what the answer rests on may have moved.
const VALID_MINUTES: i32 = 60;

pub(crate) fn check(gate: &Gate, document: &ChangeDocument, question: &Question) -> Report {
    let deadline = Deadline::after(gate.deadline);
    let mut policies: Vec<PolicyReport> =
        gate.policies.iter().map(|bound| run(bound, document, question, deadline, gate)).collect();
    policies.extend(host_rules::judge(gate, document, question));
    policies.sort_by(|a, b| a.id.cmp(&b.id));
    Report {
        change_id: document.change.id.clone().into(),
        change_title: document.change.title.clone().map(Into::into),
        change_kind: document.change.kind,
        document: Document { name: document.sources.name.clone().into(), digest: document.digest.clone() },
        question: *question,
        decision: decide(&policies),
        not_judged: not_judged(document, &policies),
        policies,
        policy_set: gate.policy_set.clone(),
        engine: Engine::version(),
        tzdb: document.tzdb.clone(),
        valid_until: question.evaluated_at.plus_minutes(VALID_MINUTES),
    }
}

fn run(
    bound: &Bound,
    document: &ChangeDocument,
    question: &Question,
    deadline: Deadline,
    gate: &Gate,
) -> PolicyReport {
    let evaluation = if deadline.has_passed() {
        None
    } else {
        Some(bound.module.evaluate(&document.change, question, &bound.settings, deadline))
    };
    let limit_ms = u64::try_from(gate.deadline.as_millis()).unwrap_or(u64::MAX);
    let (outcome, spending) = match evaluation {
        Some(Evaluation { outcome, spending, log: _ }) => (outcome, Some(spending)),
        None => (Outcome::Broken(Fault::NotStarted { limit_ms }), None),
    };
    let manifest = bound.module.manifest();
    let (outcome, verdict) = weigh(bound, outcome, manifest, &document.sources);
    PolicyReport {
        id: bound.id.clone(),
        version: manifest.version.clone(),
        module: Some(bound.module.digest().clone()),
        on_error: bound.on_error.clone(),
        outcome,
        verdict,
        spending,
    }
}

/// A policy weighs as much as its strictest finding; a broken one as much as its binding says.
fn weigh(
    bound: &Bound,
    outcome: Outcome,
    manifest: &Manifest,
    sources: &Sources,
) -> (ReportedOutcome, Verdict) {
    match outcome {
        Outcome::Findings(found) => {
            let found: Option<Vec<_>> = found.into_iter().map(|it| judged(it, manifest, sources)).collect();
            match found {
                Some(found) => {
                    let verdict = found.iter().map(|it| it.verdict).max().unwrap_or(Verdict::Allow);
                    (ReportedOutcome::Findings(found), verdict)
                }
                None => weigh_broken(
                    bound,
                    Fault::Host { what: "a finding of an undeclared rule got through".into() },
                ),
            }
        }
        Outcome::Broken(fault) => weigh_broken(bound, fault),
    }
}

fn weigh_broken(bound: &Bound, fault: Fault) -> (ReportedOutcome, Verdict) {
    (ReportedOutcome::Broken(fault), bound.on_error.verdict())
}

/// `None` only if the engine let a finding of an undeclared rule through, which it checks.
fn judged(found: interlock_model::Finding, manifest: &Manifest, sources: &Sources) -> Option<JudgedFinding> {
    let rule = manifest.rule(&found.rule)?;
    Some(JudgedFinding {
        rule: found.rule,
        verdict: found.verdict,
        message: found.message,
        why: rule.help.clone(),
        origin: rule.origin.clone(),
        remedy: found.remedy.unwrap_or_else(|| rule.remedy.clone()),
        places: place::places(found.locations, sources),
        evidence: found.evidence,
    })
}

/// What the answer does not speak of. Said in every report, so that an allow is not read as more than it is.
fn not_judged(document: &ChangeDocument, policies: &[PolicyReport]) -> Vec<NotJudged> {
    let change = &document.change;
    let mut not_judged = vec![NotJudged::Calendar];
    let services = change.services.as_deref().unwrap_or_default();
    if services.iter().any(|service| service.tier_origin == FactOrigin::Claimed) {
        not_judged.push(NotJudged::Catalog);
    }
    if change.files.as_ref().is_none_or(Vec::is_empty) {
        not_judged.push(NotJudged::FileContents);
    }
    let broken = policies.iter().filter(|policy| matches!(policy.outcome, ReportedOutcome::Broken(_)));
    not_judged.extend(broken.map(|policy| NotJudged::Policy(policy.id.clone())));
    not_judged
}
