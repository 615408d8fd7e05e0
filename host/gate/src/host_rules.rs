//! The gate's own rules. They speak of what no policy can: that there was nothing to judge, that the question and the
//! document contradict each other, that a file could not be read or a name is in no catalog. They follow the same form as
//! a policy's rules and have no other privilege.

use interlock_model::{
    Change, ChangeDocument, Doubt, DoubtKind, InBaseline, JudgedFinding, Mode, OnError, Phase, Place,
    Pointer, PolicyId, PolicyReport, Question, ReportedOutcome, Standing, ToldFacts, Untrusted, Verdict,
};

use crate::baseline::{self, Known};
use crate::gate::Gate;
use crate::{facts, place};

/// The name under which the gate's own findings stand. No policy can be bound under it.
pub const HOST: &str = "interlock";

/// One of the gate's own rules.
#[derive(Clone, Copy, Debug)]
pub struct HostRule {
    /// Kebab-case id.
    pub id: &'static str,
    /// One line: what must hold.
    pub title: &'static str,
    /// Why it exists.
    pub help: &'static str,
    /// The smallest change that satisfies it.
    pub remedy: &'static str,
    /// What it always weighs.
    pub verdict: Verdict,
}

/// Nobody judged, or there was nothing to judge.
pub(crate) const NO_EVIDENCE: HostRule = HostRule {
    id: "no-evidence",
    title: "there is something to judge, and somebody to judge it",
    help: "a gate that passes what it did not look at is worse than none, because people trust it",
    remedy: "name what changes: `services`, `targets`, `artifacts`, `files` or `action`; and bind a policy that is asked \
             about such changes",
    verdict: Verdict::Block,
};

/// The document answers what cannot have been asked yet.
const CANARY_BEFORE_START: HostRule = HostRule {
    id: "canary-before-start",
    title: "a canary's verdict is given once a stage is done",
    help: "before the first stage nothing ran, so the verdict is of something else; after it, the question must say so",
    remedy: "ask with `--asked-at promote`, or take `canary` out of the document",
    verdict: Verdict::Block,
};

/// A changed file means two things.
const AMBIGUOUS_FILE: HostRule = HostRule {
    id: "ambiguous-file",
    title: "a changed file means one thing to every reader",
    help: "what this gate reads and what the program reads have to be the same, or the wrong text was judged",
    remedy: "write it so that every reader reads the same",
    verdict: Verdict::Warn,
};

/// A changed file could not be read.
const UNREADABLE_FILE: HostRule = HostRule {
    id: "unreadable-file",
    title: "a changed file can be read",
    help: "a file that nobody could read was judged by nobody",
    remedy: "mend the file, or leave it out of what is compared and name its digest under `artifacts`",
    verdict: Verdict::Block,
};

/// Two sources say different things of the change.
const SOURCES_DISAGREE: HostRule = HostRule {
    id: "sources-disagree",
    title: "what several sources say of a change is the same",
    help: "of two different things that are said of one change, one is wrong, and nobody knows which one was judged",
    remedy: "correct one of the two, or say it in one place",
    verdict: Verdict::Block,
};

/// The change edits what judges changes.
const GATE_EDITED: HostRule = HostRule {
    id: "gate-edited",
    title: "a person knows when a change edits what judges changes",
    help: "this change was judged as the base has it; every change after it is judged by what it leaves behind",
    remedy: "have somebody who answers for the gate look at it",
    verdict: Verdict::Warn,
};

/// A changed file is a template, and its values are not known.
const TEMPLATE: HostRule = HostRule {
    id: "template",
    title: "what a template renders to was judged",
    help: "rules about values say nothing of a template: what it comes to is decided where it is rendered",
    remedy: "compare what it renders to, before and after, or have somebody read its changed lines",
    verdict: Verdict::Warn,
};

/// The catalog does not know a service.
const UNKNOWN_SERVICE: HostRule = HostRule {
    id: "unknown-service",
    title: "the catalog knows every service that a change touches",
    help: "a name one letter off would be a way to a milder tier, so a service nobody has classified is judged as tier 0",
    remedy: "correct the name, or add the service to the catalog",
    verdict: Verdict::Warn,
};

/// The calendar ends before the change.
const CALENDAR_YEAR: HostRule = HostRule {
    id: "calendar-year",
    title: "the calendars know the holidays of the year in which a change starts",
    help: "a list of holidays that ends makes every later holiday look like a working day",
    remedy: "add that year's holidays to the calendar and extend `covers`",
    verdict: Verdict::Warn,
};

/// The operator's facts are not of the time for which is asked.
const STALE_FACTS: HostRule = HostRule {
    id: "stale-facts",
    title: "what is known of incidents and error budgets is of now",
    help: "an incident that began after the facts were written is not in them, so they are judged as unknown, and what the \
           change says of itself is not believed in their place",
    remedy: "have whoever deploys refresh the facts, then ask again",
    verdict: Verdict::Warn,
};

/// Every rule of the gate's own.
pub const HOST_RULES: &[HostRule] = &[
    NO_EVIDENCE,
    CANARY_BEFORE_START,
    AMBIGUOUS_FILE,
    UNREADABLE_FILE,
    TEMPLATE,
    SOURCES_DISAGREE,
    GATE_EDITED,
    UNKNOWN_SERVICE,
    CALENDAR_YEAR,
    STALE_FACTS,
];

/// Those of them that speak of what stands in a file, and that a baseline can hold therefore.
pub(crate) const OF_FILES: &[HostRule] = &[AMBIGUOUS_FILE, UNREADABLE_FILE, TEMPLATE];

/// The gate's own findings, if there are any. `change` is what the policies were shown, `policies` what they said.
pub(crate) fn judge(
    gate: &Gate,
    change: &Change,
    document: &ChangeDocument,
    question: &Question,
    policies: &[PolicyReport],
    known: &mut Known<'_>,
) -> Option<PolicyReport> {
    let id = PolicyId::try_from(HOST.to_owned()).ok()?;
    let mut findings = no_evidence(document, policies);
    if change.canary.is_some() && !has_started(question) {
        let message = "the document holds a canary's verdict, and by the question no stage is done yet";
        findings.push(at(&CANARY_BEFORE_START, message, "/canary", document));
    }
    findings.extend(document.payload.doubts.iter().map(|doubt| {
        let about = baseline::about(doubt, document);
        known.apply(&id, about, doubtful(doubt, document))
    }));
    findings.extend(unknown_services(gate, change, document));
    findings.extend(uncovered_day(change, document, question));
    findings.extend(stale_facts(gate, document, question));
    let verdict = findings.iter().map(|finding| finding.verdict).max()?;
    Some(PolicyReport {
        id,
        version: env!("CARGO_PKG_VERSION").into(),
        module: None,
        mode: Mode::Enforce,
        on_error: OnError::Block,
        verdict,
        outcome: ReportedOutcome::Findings(findings),
        spending: None,
    })
}

fn no_evidence(document: &ChangeDocument, policies: &[PolicyReport]) -> Vec<JudgedFinding> {
    let asked = |policy: &PolicyReport| match policy.outcome {
        ReportedOutcome::Findings(_) | ReportedOutcome::Broken(_) => true,
        ReportedOutcome::NotSelected { .. } => false,
    };
    let nobody = if policies.is_empty() {
        Some("no policy is bound, so nobody judged this change")
    } else if !policies.iter().any(asked) {
        Some("the policy set asks no policy about such a change, so nobody judged it")
    } else {
        None
    };
    let nothing = document.change.names_nothing().then_some(
        "the change names no service, target, artefact, file or action, so there is nothing to judge",
    );
    let messages = nobody.into_iter().chain(nothing);
    messages.map(|message| at(&NO_EVIDENCE, message, "", document)).collect()
}

fn has_started(question: &Question) -> bool {
    match question.asked_at {
        Phase::Merge | Phase::Deploy => question.progress.is_some_and(|progress| progress.stages_done > 0),
        Phase::Promote => true,
    }
}

fn doubtful(doubt: &Doubt, document: &ChangeDocument) -> JudgedFinding {
    let Doubt { kind, path, side, span, message, help } = doubt;
    let rule = match kind {
        DoubtKind::Ambiguous => &AMBIGUOUS_FILE,
        DoubtKind::Unreadable => &UNREADABLE_FILE,
        DoubtKind::Disagreement => &SOURCES_DISAGREE,
        DoubtKind::GateEdited => &GATE_EDITED,
        DoubtKind::NothingChanged => &NO_EVIDENCE,
        DoubtKind::Template => &TEMPLATE,
    };
    let place = Place {
        path: (*path != document.sources.name).then(|| path.clone().into()),
        side: *side,
        pointer: Pointer::root(),
        span: Some(*span),
        exact: true,
    };
    JudgedFinding { remedy: help.clone().into(), ..finding(rule, message.clone().into(), place) }
}

fn unknown_services<'c>(
    gate: &'c Gate,
    change: &'c Change,
    document: &'c ChangeDocument,
) -> impl Iterator<Item = JudgedFinding> + 'c {
    let catalog = gate.catalog.iter();
    let services = catalog.flat_map(|catalog| {
        let named = change.services.iter().flatten().enumerate();
        named.filter(|(_, service)| !catalog.services.contains_key(&service.name))
    });
    services.map(|(index, service)| {
        let message = format!("the catalog does not know `{}`; it is judged as tier 0", service.name);
        at(&UNKNOWN_SERVICE, &message, &format!("/services/{index}/name"), document)
    })
}

/// Asked when the time is near: at merge nobody knows yet when a change will go out.
fn uncovered_day(change: &Change, document: &ChangeDocument, question: &Question) -> Option<JudgedFinding> {
    match question.asked_at {
        Phase::Merge => return None,
        Phase::Deploy | Phase::Promote => {}
    }
    let start = &change.schedule.as_ref()?.start_moments;
    let moment = start.iter().find(|moment| moment.day.as_ref().is_some_and(|day| !day.covered))?;
    let message = format!(
        "the calendars of {} do not cover {}; a holiday there would not be seen",
        moment.zone, moment.date
    );
    Some(at(&CALENDAR_YEAR, &message, "/schedule/start", document))
}

/// Asked when the time is near, as with days: what is open at merge says nothing of when a change goes out.
fn stale_facts(gate: &Gate, document: &ChangeDocument, question: &Question) -> Vec<JudgedFinding> {
    let asked = match question.asked_at {
        Phase::Merge => None,
        Phase::Deploy | Phase::Promote => gate.facts.as_ref(),
    };
    let old = asked.into_iter().flat_map(|facts| facts::out_of_date(facts, question.evaluated_at));
    let finding = |(told, standing): (&ToldFacts, Standing)| {
        let ToldFacts { name, as_of, .. } = told;
        let why = match standing {
            Standing::Stale(age) => format!("{age} minutes before this is asked for"),
            Standing::Ahead | Standing::Fresh => "which is still to come".into(),
        };
        let message =
            format!("the facts of `{name}` are of {as_of}, {why}; what they speak of is judged as unknown");
        at(&STALE_FACTS, &message, "", document)
    };
    old.map(finding).collect()
}

fn at(rule: &HostRule, message: &str, pointer: &str, document: &ChangeDocument) -> JudgedFinding {
    finding(rule, message.into(), place::in_document(Pointer::new(pointer), document))
}

fn finding(rule: &HostRule, message: Untrusted, place: Place) -> JudgedFinding {
    JudgedFinding {
        rule: rule.id.into(),
        verdict: rule.verdict,
        asked: rule.verdict,
        waived: None,
        baseline: InBaseline::Never,
        message,
        why: rule.help.into(),
        origin: None,
        remedy: rule.remedy.into(),
        places: vec![place],
        evidence: Vec::new(),
    }
}
