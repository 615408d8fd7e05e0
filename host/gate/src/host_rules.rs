//! The gate's own rules. They speak of what no policy can: that there was nothing to judge, or that the question and the
//! document contradict each other. They follow the same form as a policy's rules and have no other privilege.

use interlock_model::{
    ChangeDocument, JudgedFinding, OnError, Phase, Pointer, PolicyId, PolicyReport, Question,
    ReportedOutcome, Untrusted, Verdict,
};

use crate::gate::Gate;
use crate::place;

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
}

/// Nobody judged, or there was nothing to judge.
pub(crate) const NO_EVIDENCE: HostRule = HostRule {
    id: "no-evidence",
    title: "there is something to judge, and somebody to judge it",
    help: "a gate that passes what it did not look at is worse than none, because people trust it",
    remedy: "name what changes: `services`, `targets`, `artifacts`, `files` or `action`; and bind at least one policy",
};

/// The document answers what cannot have been asked yet.
pub(crate) const CANARY_BEFORE_START: HostRule = HostRule {
    id: "canary-before-start",
    title: "a canary's verdict is given once a stage is done",
    help: "before the first stage nothing ran, so the verdict is of something else; after it, the question must say so",
    remedy: "ask with `--asked-at promote`, or take `canary` out of the document",
};

/// Every rule of the gate's own.
pub const HOST_RULES: &[HostRule] = &[NO_EVIDENCE, CANARY_BEFORE_START];

/// The gate's own findings, if there are any.
pub(crate) fn judge(gate: &Gate, document: &ChangeDocument, question: &Question) -> Option<PolicyReport> {
    let mut findings = Vec::new();
    if gate.policies.is_empty() {
        findings.push(finding(
            &NO_EVIDENCE,
            "no policy is bound, so nobody judged this change",
            "",
            document,
        ));
    }
    if document.change.names_nothing() {
        let message =
            "the change names no service, target, artefact, file or action, so there is nothing to judge";
        findings.push(finding(&NO_EVIDENCE, message, "", document));
    }
    if document.change.canary.is_some() && !has_started(question) {
        let message = "the document holds a canary's verdict, and by the question no stage is done yet";
        findings.push(finding(&CANARY_BEFORE_START, message, "/canary", document));
    }
    if findings.is_empty() {
        return None;
    }
    Some(PolicyReport {
        id: PolicyId::try_from(HOST.to_owned()).ok()?,
        version: env!("CARGO_PKG_VERSION").into(),
        module: None,
        on_error: OnError::Block,
        verdict: Verdict::Block,
        outcome: ReportedOutcome::Findings(findings),
        spending: None,
    })
}

fn has_started(question: &Question) -> bool {
    match question.asked_at {
        Phase::Merge | Phase::Deploy => question.progress.is_some_and(|progress| progress.stages_done > 0),
        Phase::Promote => true,
    }
}

fn finding(rule: &HostRule, message: &str, pointer: &str, document: &ChangeDocument) -> JudgedFinding {
    JudgedFinding {
        rule: rule.id.into(),
        verdict: Verdict::Block,
        message: message.into(),
        why: rule.help.into(),
        origin: None,
        remedy: Untrusted::from(rule.remedy),
        places: vec![place::in_document(Pointer::new(pointer), &document.sources)],
        evidence: Vec::new(),
    }
}
