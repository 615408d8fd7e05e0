//! One check: every policy is run, every finding gets its place, nothing is dropped.

use interlock_engine::{Deadline, Engine, Evaluation, Exhibit, LogLine};
use interlock_model::{
    Change, ChangeDocument, Document, FactOrigin, Fault, InBaseline, JudgedFinding, Manifest, Mode,
    NotJudged, Outcome, PolicyId, PolicyReport, Question, Report, ReportedOutcome, Verdict,
};

use crate::baseline::{About, Known};
use crate::decide::decide;
use crate::gate::{Bound, Gate};
use crate::waive::Waivers;
use crate::{facts, host_rules, place};

/// Minutes for which an answer may be used. A deploy that waits longer asks again: what the answer rests on may have moved.
const VALID_MINUTES: i32 = 60;

/// Who is told what a policy wrote for its author. It is no part of the answer.
pub(crate) type Hear<'h> = &'h mut dyn FnMut(&PolicyId, &[LogLine]);

pub(crate) fn check(gate: &Gate, document: &ChangeDocument, question: &Question, hear: Hear<'_>) -> Report {
    let change = facts::known(&document.change, gate.operator(), question.evaluated_at);
    let mut asked = Asked {
        change: &change,
        exhibit: Exhibit::new(&change, question),
        document,
        deadline: Deadline::after(gate.deadline),
        limit_ms: u64::try_from(gate.deadline.as_millis()).unwrap_or(u64::MAX),
        waivers: Waivers::new(&gate.waivers, question.evaluated_at),
        known: Known::new(&gate.baseline, &document.change),
        hear,
    };
    let mut policies: Vec<PolicyReport> = gate.policies.iter().map(|bound| asked.ask(bound)).collect();
    policies.extend(host_rules::judge(gate, &change, document, question, &policies, &mut asked.known));
    policies.sort_by(|a, b| a.id.cmp(&b.id));
    let stale = asked.known.stale(&policies);
    let waivers = asked.waivers.reports();
    Report {
        change_id: document.change.id.clone().into(),
        change_title: document.change.title.clone().map(Into::into),
        change_kind: document.change.kind,
        document: Document {
            name: document.sources.name.clone().into(),
            digest: document.digest.clone(),
            payload: document.payload.digest.clone(),
        },
        question: *question,
        decision: decide(&policies),
        not_judged: not_judged(gate, &change, document, &policies),
        valid_until: valid_until(gate, question, &policies),
        policies,
        waivers,
        stale,
        policy_set: gate.policy_set.clone(),
        engine: Engine::version(),
        tzdb: document.tzdb.clone(),
    }
}

/// An answer that rests on a waiver ends with it, and one that rests on the operator's facts when they are too old.
fn valid_until(gate: &Gate, question: &Question, policies: &[PolicyReport]) -> interlock_model::Instant {
    let waived =
        policies.iter().flat_map(findings).filter_map(|finding| Some(finding.waived.as_ref()?.until));
    let usual = question.evaluated_at.plus_minutes(VALID_MINUTES);
    let facts = gate.facts.as_ref().and_then(|facts| facts::until(facts, question.evaluated_at));
    waived.chain(facts).min().map_or(usual, |until| until.min(usual))
}

fn findings(policy: &PolicyReport) -> &[JudgedFinding] {
    match &policy.outcome {
        ReportedOutcome::Findings(found) => found,
        ReportedOutcome::Broken(_) | ReportedOutcome::NotSelected { .. } => &[],
    }
}

/// One question about one change, put to one policy after the other.
struct Asked<'c> {
    change: &'c Change,
    exhibit: Exhibit<'c>,
    document: &'c ChangeDocument,
    deadline: Deadline,
    limit_ms: u64,
    waivers: Waivers<'c>,
    known: Known<'c>,
    hear: Hear<'c>,
}

impl Asked<'_> {
    fn ask(&mut self, bound: &Bound) -> PolicyReport {
        let unselected = bound.selectors.leaves_out(self.change, self.document.kind_origin);
        let (outcome, spending) = match (unselected, &bound.module) {
            (Some(because), _) => (ReportedOutcome::NotSelected { because: because.into() }, None),
            (None, Err(fault)) => (ReportedOutcome::Broken(fault.clone()), None),
            (None, Ok(_)) if self.deadline.has_passed() => {
                (ReportedOutcome::Broken(Fault::NotStarted { limit_ms: self.limit_ms }), None)
            }
            (None, Ok(module)) => {
                let Evaluation { outcome, spending, log } =
                    module.judge(&mut self.exhibit, &bound.settings, self.deadline);
                (self.hear)(&bound.id, &log);
                (self.judged(bound, outcome, module.manifest()), Some(spending))
            }
        };
        let version =
            bound.module.as_ref().map_or_else(|_| "unknown".into(), |it| it.manifest().version.clone());
        PolicyReport {
            id: bound.id.clone(),
            version,
            module: Some(bound.digest.clone()),
            mode: bound.mode,
            on_error: bound.on_error.clone(),
            verdict: weight(bound, &outcome),
            outcome,
            spending,
        }
    }

    /// Findings with their places, lowered by the policy's mode, by waivers and by the baseline.
    fn judged(&mut self, bound: &Bound, outcome: Outcome, manifest: &Manifest) -> ReportedOutcome {
        let found = match outcome {
            Outcome::Findings(found) => found,
            Outcome::Broken(fault) => return ReportedOutcome::Broken(fault),
        };
        let placed: Option<Vec<_>> =
            found.into_iter().map(|it| Some((about(&it), placed(it, manifest, self.document)?))).collect();
        let Some(placed) = placed else {
            let what = "a finding of an undeclared rule got through".into();
            return ReportedOutcome::Broken(Fault::Host { what });
        };
        let lowered = placed.into_iter().map(|(about, mut finding)| {
            finding.verdict = match bound.mode {
                Mode::Enforce => finding.verdict,
                Mode::Warn => finding.verdict.min(Verdict::Warn),
                Mode::Shadow => Verdict::Allow,
            };
            let finding = self.waivers.apply(bound.id.as_str(), finding, self.document);
            self.known.apply(&bound.id, about, finding)
        });
        ReportedOutcome::Findings(lowered.collect())
    }
}

/// A policy weighs as much as its strictest finding; a broken one as much as its binding says; one in shadow mode nothing.
fn weight(bound: &Bound, outcome: &ReportedOutcome) -> Verdict {
    let verdict = match outcome {
        ReportedOutcome::Findings(found) => found.iter().map(|it| it.verdict).max().unwrap_or(Verdict::Allow),
        ReportedOutcome::Broken(_) => bound.on_error.verdict(),
        ReportedOutcome::NotSelected { .. } => Verdict::Allow,
    };
    match bound.mode {
        Mode::Enforce => verdict,
        Mode::Warn => verdict.min(Verdict::Warn),
        Mode::Shadow => Verdict::Allow,
    }
}

/// Whether the policy itself named a file. A fact of the change may stand in one as well, a rollout in its manifest say,
/// and speaks of how the change goes out all the same.
fn about(found: &interlock_model::Finding) -> About<'static> {
    let names_file = found.locations.first().is_some_and(|location| location.path.is_some());
    if names_file { About::File("") } else { About::Change }
}

/// `None` only if the engine let a finding of an undeclared rule through, which it checks.
fn placed(
    found: interlock_model::Finding,
    manifest: &Manifest,
    document: &ChangeDocument,
) -> Option<JudgedFinding> {
    let rule = manifest.rule(&found.rule)?;
    Some(JudgedFinding {
        rule: found.rule,
        verdict: found.verdict,
        asked: found.verdict,
        waived: None,
        baseline: InBaseline::Never,
        message: found.message,
        why: rule.help.clone(),
        origin: rule.origin.clone(),
        remedy: found.remedy.unwrap_or_else(|| rule.remedy.clone()),
        places: place::places(found.locations, document),
        evidence: found.evidence,
    })
}

/// What the answer does not speak of. Said in every report, so that an allow is not read as more than it is.
fn not_judged(
    gate: &Gate,
    change: &Change,
    document: &ChangeDocument,
    policies: &[PolicyReport],
) -> Vec<NotJudged> {
    let mut not_judged = days_not_judged(gate, change);
    let services = change.services.as_deref().unwrap_or_default();
    if services.iter().any(|service| service.tier.is_some() && service.tier_origin == FactOrigin::Claimed) {
        not_judged.push(NotJudged::Catalog);
    }
    if change.files.as_ref().is_none_or(Vec::is_empty) {
        not_judged.push(NotJudged::FileContents);
    }
    if !document.payload.opaque.is_empty() {
        let paths = document.payload.opaque.iter().map(|path| path.clone().into());
        not_judged.push(NotJudged::OpaqueFiles(paths.collect()));
    }
    for policy in policies {
        match (&policy.outcome, policy.mode) {
            (ReportedOutcome::Broken(_), _) => not_judged.push(NotJudged::Policy(policy.id.clone())),
            (ReportedOutcome::Findings(_), Mode::Shadow) => {
                not_judged.push(NotJudged::Shadow(policy.id.clone()));
            }
            (ReportedOutcome::Findings(_), Mode::Enforce | Mode::Warn)
            | (ReportedOutcome::NotSelected { .. }, _) => {}
        }
    }
    not_judged
}

fn days_not_judged(gate: &Gate, change: &Change) -> Vec<NotJudged> {
    if gate.calendars.is_none() {
        return vec![NotJudged::Calendar];
    }
    let start = change.schedule.iter().flat_map(|schedule| &schedule.start_moments);
    let uncovered = start.filter(|moment| moment.day.is_none());
    uncovered.map(|moment| NotJudged::CalendarZone(moment.zone.clone().into())).collect()
}
