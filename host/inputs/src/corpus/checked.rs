//! What the types of a folder's expectations let through: no document, an incident without a reason, a verdict that no
//! finding has.

use std::path::Path;

use interlock_model::{Instant, Phase, Pointer, PolicyId, Progress, Sources, Verdict};

use super::wire::{self, CatchableWord, RoleWord};
use super::{Catchable, ExpectedDocument, ExpectedRule, Incident, PolicyFinding, Role};
use crate::error::{Problem, ProblemKind, shown};
use crate::policy_set::{Checks, NamedPath, paths};

/// The incident and every document, or everything that is wrong with them.
pub(super) fn folder(
    sources: &Sources,
    folder: &Path,
    written: wire::Expected,
) -> Result<(Option<Incident>, Vec<ExpectedDocument>), Vec<Problem>> {
    let mut checks = Checks::new(sources);
    let wire::Expected { incident, catchable, why, expected_rules, document, evaluated_at, documents } =
        written;
    let head = Head { incident, catchable, why, expected_rules, has_none: document.is_some() };
    let documents = documents.map(|all| all.0);
    let incident = head.incident(&mut checks);
    check_there(&mut checks, head.has_none, documents.is_some());
    let reader = Reader { folder, evaluated_at, usual: head.usual_role() };
    let documents: Vec<ExpectedDocument> = documents
        .into_iter()
        .flatten()
        .map(|(name, document)| reader.document(&mut checks, name, document))
        .collect();
    check_incident(&mut checks, incident.as_ref(), &documents);
    let problems = checks.into_problems();
    if problems.is_empty() { Ok((incident, documents)) } else { Err(problems) }
}

/// What stands above the documents.
struct Head {
    incident: Option<String>,
    catchable: Option<CatchableWord>,
    why: Option<String>,
    expected_rules: Option<Vec<String>>,
    has_none: bool,
}

impl Head {
    fn usual_role(&self) -> Role {
        if self.incident.is_some() { Role::Proposed } else { Role::Ordinary }
    }

    fn incident(&self, checks: &mut Checks<'_>) -> Option<Incident> {
        let root = Pointer::root();
        if let Some(why) = &self.why {
            checks.words(
                &root.child("why"),
                why,
                "why it comes out so",
                "say it in a sentence, or leave it out",
            );
        }
        let Some(id) = &self.incident else {
            self.check_ordinary(checks);
            return None;
        };
        checks.words(&root.child("incident"), id, "its name", "write its date and who had it");
        let Some(catchable) = self.catchable else {
            let help = "write `catchable: \"yes\"`, `partly` or `\"no\"`: could a gate have known?";
            checks.value(&root, ProblemKind::MissingKey, "an incident without `catchable`", "it here", help);
            return None;
        };
        let expected_rules = self.rules(checks, &root.child("expected-rules"));
        Some(Incident { id: id.clone(), catchable: catchable.into(), why: self.why.clone(), expected_rules })
    }

    /// What only an incident has.
    fn check_ordinary(&self, checks: &mut Checks<'_>) {
        let there = [
            ("catchable", self.catchable.is_some()),
            ("expected-rules", self.expected_rules.is_some()),
            ("document", self.has_none),
        ];
        for (key, _) in there.into_iter().filter(|(_, there)| *there) {
            let help = "write `incident: NAME` above it, or remove it";
            let found = format!("`{key}` without an incident");
            checks.key(&Pointer::root().child(key), ProblemKind::Value, found, "`incident` beside it", help);
        }
    }

    fn rules(&self, checks: &mut Checks<'_>, at: &Pointer) -> Vec<ExpectedRule> {
        let Some(written) = &self.expected_rules else { return Vec::new() };
        checks.items(at, written, "a policy at least", "leave it out if nothing has to speak");
        let each = written.iter().enumerate();
        each.filter_map(|(index, text)| rule(checks, at.child(&index.to_string()), text)).collect()
    }
}

fn rule(checks: &mut Checks<'_>, pointer: Pointer, text: &str) -> Option<ExpectedRule> {
    let (policy, rule) = match text.split_once('/') {
        Some((policy, rule)) => (policy, Some(rule.to_owned())),
        None => (text, None),
    };
    let span = checks.span(&pointer);
    match PolicyId::try_from(policy.to_owned()) {
        Ok(policy) => Some(ExpectedRule { policy, rule, pointer, span }),
        Err(_) => {
            let expected = "a policy, or a policy and one of its rules, like `staged-rollout/all-at-once`";
            let help = "`interlock policies` lists all of them";
            checks.value(&pointer, ProblemKind::Value, format!("text {}", shown(text)), expected, help);
            None
        }
    }
}

/// Documents, or the word that there are none.
fn check_there(checks: &mut Checks<'_>, has_none: bool, has_documents: bool) {
    let root = Pointer::root();
    match (has_none, has_documents) {
        // An empty map was refused by the reader.
        (true, false) | (false, true) => {}
        (true, true) => {
            let help = "remove one of the two";
            let found = "`document: none` and `documents`";
            checks.key(&root.child("documents"), ProblemKind::Value, found, "one of them", help);
        }
        (false, false) => {
            let help = "write `documents: ...`, or `document: none` if nobody proposed a change";
            checks.value(&root, ProblemKind::MissingKey, "no key `documents`", "it here", help);
        }
    }
}

/// What is true of an incident only together with its documents.
fn check_incident(checks: &mut Checks<'_>, incident: Option<&Incident>, documents: &[ExpectedDocument]) {
    let Some(incident) = incident else { return };
    let root = Pointer::root();
    let proposed = || documents.iter().filter(|document| document.role == Role::Proposed);
    if !documents.is_empty() && proposed().next().is_none() {
        let help = "leave `role` out where the change stands as it was proposed";
        let found = "an incident whose changes are all fixed";
        checks.key(&root.child("documents"), ProblemKind::Value, found, "one that was proposed", help);
    }
    let is_allow =
        |document: &ExpectedDocument| document.verdict == Verdict::Allow && document.findings.is_empty();
    let lets_through = proposed().any(|document| is_allow(document) && document.why.is_none());
    let is_plain = match incident.catchable {
        Catchable::Yes => !lets_through && !documents.is_empty(),
        Catchable::Partly | Catchable::No => false,
    };
    if !is_plain && incident.why.is_none() {
        let help = "write `why: ...`: who could not have known what, or what the gate does not see";
        let found = "an incident that is not caught, or not all of it, without a reason";
        checks.key(&root.child("incident"), ProblemKind::MissingKey, found, "`why` beside it", help);
    }
}

/// What all documents of a folder have in common.
struct Reader<'f> {
    folder: &'f Path,
    evaluated_at: Option<Instant>,
    usual: Role,
}

impl Reader<'_> {
    fn document(
        &self,
        checks: &mut Checks<'_>,
        name: String,
        written: wire::ExpectedDocument,
    ) -> ExpectedDocument {
        let at = Pointer::root().child("documents").child(&name);
        let wire::ExpectedDocument {
            document,
            role,
            why,
            evaluated_at,
            asked_at,
            stages_done,
            bake_elapsed_s,
            before,
            after,
            calendars,
            verdict,
            findings,
        } = written;
        let asked_at = asked_at.map_or(Phase::Deploy, Phase::from);
        let verdict = Verdict::from(verdict);
        let findings = self::findings(checks, &at.child("findings"), findings);
        let role = self.role(checks, &at.child("role"), role);
        let own = |key: &str| at.child(key);
        let document = ExpectedDocument {
            file: self.file(checks, &at, &name, document.as_deref()),
            role,
            why,
            evaluated_at: self.time(checks, &at, evaluated_at),
            asked_at,
            progress: progress(checks, &own("stages-done"), asked_at, stages_done, bake_elapsed_s),
            compared: self.compared(checks, &at, before.as_deref(), after.as_deref()),
            calendars: calendars.map(|named| paths(checks, self.folder, &own("calendars"), &named)),
            verdict,
            findings,
            span: checks.key_span(&at),
            pointer: at.clone(),
            name,
        };
        check_fixed(checks, &at, &document);
        document
    }

    fn role(&self, checks: &mut Checks<'_>, at: &Pointer, written: Option<RoleWord>) -> Role {
        match written {
            None => self.usual,
            Some(_) if self.usual == Role::Ordinary => {
                let help = "write `incident: NAME` at the top, or remove it";
                checks.key(at, ProblemKind::Value, "the `role` of an ordinary change", "an incident", help);
                Role::Ordinary
            }
            Some(RoleWord::Fixed) => Role::Fixed,
            Some(RoleWord::Proposed) => Role::Proposed,
        }
    }

    fn time(&self, checks: &mut Checks<'_>, at: &Pointer, own: Option<Instant>) -> Instant {
        own.or(self.evaluated_at).unwrap_or_else(|| {
            let help = "write `evaluated-at: \"2026-03-02T12:00Z\"` here, or once at the top";
            checks.key(at, ProblemKind::MissingKey, "a change without a time", "`evaluated-at`", help);
            Instant::from_epoch_min(0)
        })
    }

    fn file(&self, checks: &mut Checks<'_>, at: &Pointer, name: &str, document: Option<&str>) -> NamedPath {
        match document {
            Some(text) => self.path(checks, &at.child("document"), text),
            None => {
                NamedPath { path: self.folder.join(name), span: checks.key_span(at), pointer: at.clone() }
            }
        }
    }

    fn compared(
        &self,
        checks: &mut Checks<'_>,
        at: &Pointer,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Option<(NamedPath, NamedPath)> {
        let (there, missing) = match (before, after) {
            (None, None) => return None,
            (Some(before), Some(after)) => {
                let before = self.path(checks, &at.child("before"), before);
                return Some((before, self.path(checks, &at.child("after"), after)));
            }
            (Some(_), None) => ("before", "after"),
            (None, Some(_)) => ("after", "before"),
        };
        let help = "a change has two sides; name an empty folder for a file that is new or gone";
        let found = format!("`{there}` alone");
        checks.key(&at.child(there), ProblemKind::MissingKey, found, format!("`{missing}` beside it"), help);
        None
    }

    fn path(&self, checks: &mut Checks<'_>, pointer: &Pointer, text: &str) -> NamedPath {
        if text.trim().is_empty() {
            let help = "write it relative to this folder";
            let found = format!("the text {}", shown(text));
            checks.value(pointer, ProblemKind::Empty, found, "the path of a file", help);
        }
        NamedPath { path: self.folder.join(text), span: checks.span(pointer), pointer: pointer.clone() }
    }
}

/// What was mended passes. A verdict that no finding has is not refused here: the gate answers otherwise, and that is told.
fn check_fixed(checks: &mut Checks<'_>, at: &Pointer, document: &ExpectedDocument) {
    let blocks = document.findings.iter().any(|finding| finding.verdict == Verdict::Block);
    if document.role == Role::Fixed && document.verdict == Verdict::Block && blocks {
        let help = "mend the document, or leave `role: fixed` out";
        let found = "a fixed change that blocks";
        checks.value(&at.child("verdict"), ProblemKind::Value, found, "`allow` or `warn`", help);
    }
}

/// A promotion is asked for after a stage, so it implies that one is done.
fn progress(
    checks: &mut Checks<'_>,
    at: &Pointer,
    asked_at: Phase,
    stages_done: Option<u32>,
    bake_elapsed_s: Option<u32>,
) -> Option<Progress> {
    let stages_done = match (asked_at, stages_done) {
        (Phase::Promote, Some(0)) => {
            let help = "before the first stage, ask with `asked-at: deploy`";
            checks.value(
                at,
                ProblemKind::Value,
                "`asked-at: promote` with no stage done",
                "at least one",
                help,
            );
            return None;
        }
        (Phase::Promote, None) => 1,
        (Phase::Merge | Phase::Deploy, None | Some(0)) => return None,
        (Phase::Merge | Phase::Deploy | Phase::Promote, Some(done)) => done,
    };
    Some(Progress { stages_done, bake_elapsed_s: bake_elapsed_s.unwrap_or_default() })
}

fn findings(
    checks: &mut Checks<'_>,
    at: &Pointer,
    expected: Vec<wire::ExpectedFinding>,
) -> Vec<PolicyFinding> {
    let one = |(index, finding): (usize, wire::ExpectedFinding)| {
        let wire::ExpectedFinding { policy, rule, verdict, at: place, file } = finding;
        let pointer = at.child(&index.to_string());
        checks.pointer(&pointer.child("at"), &place);
        let span = checks.span(&pointer);
        PolicyFinding { policy, rule, verdict: verdict.into(), at: Pointer::new(place), file, pointer, span }
    };
    expected.into_iter().enumerate().map(one).collect()
}

impl From<CatchableWord> for Catchable {
    fn from(word: CatchableWord) -> Self {
        match word {
            CatchableWord::Yes => Self::Yes,
            CatchableWord::Partly => Self::Partly,
            CatchableWord::No => Self::No,
        }
    }
}
