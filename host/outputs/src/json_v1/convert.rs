//! The model's report as the wire's. Every model type is taken apart without `..`: a field added there does not compile
//! here until somebody has decided how the wire says it.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use interlock_model::{
    Basis, ChangeDocument, ChangeKind, Decision, Digest, Document, Evidence, FailOn, FileSources, InBaseline,
    JudgedFinding, KnownFinding, Mode, NotJudged, OnError, Phase, Place, PolicyReport, Progress, Question,
    Report, ReportedOutcome, Side, Sources, Span, Spending, Untrusted, Verdict, Waived, Waiver, WaiverReport,
    WaiverScope, WaiverState,
};

use super::*;

impl ReportV1 {
    /// The report as the wire says it. The document's text and the changed files' say where a place ends.
    pub fn new(report: &Report, judged: &ChangeDocument) -> Self {
        let Report {
            change_id,
            change_title,
            change_kind,
            document,
            question,
            decision,
            policies,
            not_judged,
            waivers,
            stale,
            policy_set,
            engine,
            tzdb,
            valid_until,
        } = report;
        let places = Places::new(document, judged);
        Self {
            schema: SCHEMA,
            decision: (*decision).into(),
            change: ChangeV1 {
                id: raw(change_id),
                title: change_title.as_ref().map(raw),
                kind: (*change_kind).into(),
            },
            document: document.into(),
            question: (*question).into(),
            policies: policies.iter().map(|policy| places.policy(policy)).collect(),
            not_judged: not_judged.iter().map(Into::into).collect(),
            waivers: (!waivers.is_empty()).then(|| waivers.iter().map(Into::into).collect()),
            stale: (!stale.is_empty()).then(|| stale.iter().map(Into::into).collect()),
            policy_set: policy_set.as_str().to_owned(),
            engine: engine.clone(),
            tzdb: tzdb.clone(),
            valid_until: valid_until.to_string(),
        }
    }
}

/// JSON carries the text as it came; `escape::for_json` sees to how it is written down.
pub(super) fn raw(text: &Untrusted) -> String {
    text.as_unescaped().to_owned()
}

fn known(baseline: &InBaseline) -> Option<KnownV1> {
    match baseline {
        InBaseline::Known(says) => Some(KnownV1 { says: says.as_str().to_owned() }),
        InBaseline::Never | InBaseline::New(_) => None,
    }
}

fn text_of(digest: &Digest) -> String {
    digest.as_str().to_owned()
}

/// What it takes to say where a place is.
struct Places<'a> {
    document: &'a Untrusted,
    lines: Lines<'a>,
    files: BTreeMap<(&'a str, Side), Lines<'a>>,
}

impl<'a> Places<'a> {
    fn new(document: &'a Document, judged: &'a ChangeDocument) -> Self {
        let sides = |(path, file): (&'a String, &'a FileSources)| {
            let FileSources { before, after } = file;
            let side = |side: Side, sources: &'a Option<Sources>| {
                sources.as_ref().map(|sources| ((path.as_str(), side), Lines::new(&sources.text)))
            };
            [side(Side::Before, before), side(Side::After, after)].into_iter().flatten()
        };
        Self {
            document: &document.name,
            lines: Lines::new(&judged.sources.text),
            files: judged.payload.files.iter().flat_map(sides).collect(),
        }
    }

    fn policy(&self, policy: &PolicyReport) -> PolicyV1 {
        let PolicyReport { id, version, module, mode, on_error, outcome, verdict, spending } = policy;
        let (outcome, because, findings, fault) = match outcome {
            ReportedOutcome::Findings(findings) => {
                let findings = findings.iter().map(|finding| self.finding(finding)).collect();
                (OutcomeV1::Judged, None, findings, None)
            }
            ReportedOutcome::Broken(fault) => (OutcomeV1::Broken, None, Vec::new(), Some(fault.into())),
            ReportedOutcome::NotSelected { because } => {
                (OutcomeV1::NotSelected, Some(raw(because)), Vec::new(), None)
            }
        };
        PolicyV1 {
            id: id.as_str().to_owned(),
            version: raw(version),
            module: module.as_ref().map(text_of),
            mode: (*mode != Mode::default()).then(|| (*mode).into()),
            on_error: on_error.into(),
            verdict: (*verdict).into(),
            outcome,
            because,
            findings,
            fault,
            spending: spending.map(Into::into),
        }
    }

    fn finding(&self, finding: &JudgedFinding) -> FindingV1 {
        let JudgedFinding {
            rule,
            verdict,
            asked,
            waived,
            baseline,
            message,
            why,
            origin,
            remedy,
            places,
            evidence,
        } = finding;
        FindingV1 {
            rule: rule.clone(),
            verdict: (*verdict).into(),
            asked: (asked != verdict).then(|| (*asked).into()),
            waived: waived.as_ref().map(Into::into),
            known: known(baseline),
            message: raw(message),
            why: raw(why),
            origin: origin.as_ref().map(raw),
            remedy: raw(remedy),
            places: places.iter().map(|place| self.place(place)).collect(),
            evidence: evidence.iter().map(Into::into).collect(),
        }
    }

    fn place(&self, place: &Place) -> PlaceV1 {
        let Place { path, side, pointer, span, exact } = place;
        let (within, file, lines) = match path {
            None => (WithinV1::ChangeDocument, self.document, Some(&self.lines)),
            // Without lines the file was not read, and where the place ends is not known.
            Some(path) => (WithinV1::ChangedFile, path, self.files.get(&(path.as_unescaped(), *side))),
        };
        let end = span.zip(lines).and_then(|(span, lines)| lines.end(span));
        let Span { start, end: end_byte, line, column } = span.unwrap_or_default();
        PlaceV1 {
            within,
            file: raw(file),
            side: (*side != Side::default()).then(|| (*side).into()),
            pointer: pointer.as_str().to_owned(),
            exact: *exact,
            line: span.map(|_| line),
            column: span.map(|_| column),
            end_line: end.map(|(line, _)| line),
            end_column: end.map(|(_, column)| column),
            start_byte: span.map(|_| start),
            end_byte: span.map(|_| end_byte),
        }
    }
}

/// A text and where its lines start, so that a thousand places do not cost a thousand readings, and a file without a
/// place none.
struct Lines<'a> {
    text: &'a str,
    starts: OnceCell<Vec<usize>>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, starts: OnceCell::new() }
    }

    fn starts(&self) -> &[usize] {
        let breaks = self.text.match_indices('\n').map(|(at, _)| at + 1);
        self.starts.get_or_init(|| std::iter::once(0).chain(breaks).collect())
    }

    /// Line and column one past the last character of a span. `None` if the span is not one of this text.
    fn end(&self, span: Span) -> Option<(u32, u32)> {
        let starts = self.starts();
        let lines_to = |at: usize| starts.partition_point(|&start| start <= at);
        let further = lines_to(span.end).checked_sub(lines_to(span.start))?;
        let line = span.line.checked_add(u32::try_from(further).ok()?)?;
        let (from, column) = match further {
            0 => (span.start, span.column),
            _ => (*starts.get(lines_to(span.end).checked_sub(1)?)?, 1),
        };
        let width = self.text.get(from..span.end)?.chars().count();
        Some((line, column.checked_add(u32::try_from(width).ok()?)?))
    }
}

impl From<Decision> for DecisionV1 {
    fn from(decision: Decision) -> Self {
        let Decision { verdict, basis } = decision;
        Self {
            verdict: verdict.into(),
            basis: basis.into(),
            exit_code: decision.exit_code(FailOn::default()),
        }
    }
}

impl From<Verdict> for VerdictV1 {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Allow => Self::Allow,
            Verdict::Warn => Self::Warn,
            Verdict::Block => Self::Block,
        }
    }
}

impl From<Basis> for BasisV1 {
    fn from(basis: Basis) -> Self {
        match basis {
            Basis::Findings => Self::Findings,
            Basis::Error => Self::Error,
            Basis::NoEvidence => Self::NoEvidence,
        }
    }
}

impl From<ChangeKind> for ChangeKindV1 {
    fn from(kind: ChangeKind) -> Self {
        match kind {
            ChangeKind::Config => Self::Config,
            ChangeKind::Data => Self::Data,
            ChangeKind::Code => Self::Code,
            ChangeKind::Infra => Self::Infra,
            ChangeKind::Network => Self::Network,
            ChangeKind::Flag => Self::Flag,
            ChangeKind::Schema => Self::Schema,
            ChangeKind::Policy => Self::Policy,
            ChangeKind::Command => Self::Command,
            ChangeKind::OsUpdate => Self::OsUpdate,
        }
    }
}

impl From<&Document> for DocumentV1 {
    fn from(document: &Document) -> Self {
        let Document { name, digest, payload } = document;
        Self { name: raw(name), digest: text_of(digest), payload: payload.as_ref().map(text_of) }
    }
}

impl From<Question> for QuestionV1 {
    fn from(question: Question) -> Self {
        let Question { asked_at, evaluated_at, simulated, progress } = question;
        Self {
            asked_at: asked_at.into(),
            evaluated_at: evaluated_at.to_string(),
            simulated,
            progress: progress
                .map(|Progress { stages_done, bake_elapsed_s }| ProgressV1 { stages_done, bake_elapsed_s }),
        }
    }
}

impl From<Phase> for PhaseV1 {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Merge => Self::Merge,
            Phase::Deploy => Self::Deploy,
            Phase::Promote => Self::Promote,
        }
    }
}

impl From<Mode> for ModeV1 {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Enforce => Self::Enforce,
            Mode::Warn => Self::Warn,
            Mode::Shadow => Self::Shadow,
        }
    }
}

impl From<Side> for SideV1 {
    fn from(side: Side) -> Self {
        match side {
            Side::Before => Self::Before,
            Side::After => Self::After,
        }
    }
}

impl From<&Waived> for WaivedV1 {
    fn from(waived: &Waived) -> Self {
        let Waived { reason, by, until } = waived;
        Self { by: raw(by), reason: raw(reason), until: until.to_string() }
    }
}

impl From<&WaiverReport> for WaiverV1 {
    fn from(report: &WaiverReport) -> Self {
        let WaiverReport { waiver, state } = report;
        let Waiver { policy, rule, scope, reason, by, from, until } = waiver;
        Self {
            policy: policy.as_str().to_owned(),
            rule: rule.clone(),
            state: (*state).into(),
            scope: scope.into(),
            by: raw(by),
            reason: raw(reason),
            from: from.to_string(),
            until: until.to_string(),
        }
    }
}

impl From<&KnownFinding> for StaleV1 {
    fn from(entry: &KnownFinding) -> Self {
        let KnownFinding { policy, rule, path, pointer, says } = entry;
        Self {
            policy: policy.as_str().to_owned(),
            rule: rule.clone(),
            path: raw(path),
            pointer: pointer.as_str().to_owned(),
            says: says.as_str().to_owned(),
        }
    }
}

impl From<WaiverState> for WaiverStateV1 {
    fn from(state: WaiverState) -> Self {
        match state {
            WaiverState::Used => Self::Used,
            WaiverState::NotYet => Self::NotYet,
            WaiverState::Expired => Self::Expired,
            WaiverState::OutOfScope => Self::OutOfScope,
        }
    }
}

impl From<&WaiverScope> for WaiverScopeV1 {
    fn from(scope: &WaiverScope) -> Self {
        let WaiverScope { change, files, services, environments } = scope;
        Self {
            change: change.as_ref().map(text_of),
            files: files.as_ref().map(text_of),
            services: services.clone(),
            environments: environments.clone(),
        }
    }
}

impl From<&OnError> for OnErrorV1 {
    fn from(on_error: &OnError) -> Self {
        let reason = match on_error {
            OnError::Block | OnError::Warn => None,
            OnError::Allow { reason } => Some(raw(reason)),
        };
        Self { verdict: on_error.verdict().into(), reason }
    }
}

impl From<&Evidence> for EvidenceV1 {
    fn from(evidence: &Evidence) -> Self {
        let Evidence { key, value } = evidence;
        Self { key: raw(key), value: raw(value) }
    }
}

impl From<Spending> for SpendingV1 {
    fn from(spending: Spending) -> Self {
        let Spending { fuel, memory_bytes } = spending;
        Self { fuel, memory_bytes }
    }
}

impl From<&NotJudged> for NotJudgedV1 {
    fn from(not_judged: &NotJudged) -> Self {
        let plain = |what| Self { what, policy: None, zone: None, files: None };
        match not_judged {
            NotJudged::Calendar => plain(NotJudgedWhatV1::Calendar),
            NotJudged::CalendarZone(zone) => {
                Self { zone: Some(raw(zone)), ..plain(NotJudgedWhatV1::CalendarZone) }
            }
            NotJudged::Catalog => plain(NotJudgedWhatV1::Catalog),
            NotJudged::FileContents => plain(NotJudgedWhatV1::FileContents),
            NotJudged::OpaqueFiles(paths) => {
                let files = Some(paths.iter().map(raw).collect());
                Self { files, ..plain(NotJudgedWhatV1::OpaqueFiles) }
            }
            NotJudged::Policy(id) => {
                Self { policy: Some(id.as_str().to_owned()), ..plain(NotJudgedWhatV1::Policy) }
            }
            NotJudged::Shadow(id) => {
                Self { policy: Some(id.as_str().to_owned()), ..plain(NotJudgedWhatV1::Shadow) }
            }
        }
    }
}

#[cfg(test)]
mod tests;
