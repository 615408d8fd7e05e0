//! The model's report as the wire's. Every model type is taken apart without `..`: a field added there does not compile
//! here until somebody has decided how the wire says it.

use interlock_model::{
    Basis, ChangeKind, Decision, Document, Evidence, FailOn, JudgedFinding, NotJudged, OnError, Phase, Place,
    PolicyReport, Progress, Question, Report, ReportedOutcome, Sources, Span, Spending, Untrusted, Verdict,
};

use super::*;

impl ReportV1 {
    /// The report as the wire says it. The sources say where a place ends.
    pub fn new(report: &Report, sources: &Sources) -> Self {
        let Report {
            change_id,
            change_title,
            change_kind,
            document,
            question,
            decision,
            policies,
            not_judged,
            policy_set,
            engine,
            tzdb,
            valid_until,
        } = report;
        let places = Places { document: &document.name, lines: Lines::new(&sources.text) };
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

/// What it takes to say where a place is.
struct Places<'a> {
    document: &'a Untrusted,
    lines: Lines<'a>,
}

impl Places<'_> {
    fn policy(&self, policy: &PolicyReport) -> PolicyV1 {
        let PolicyReport { id, version, module, on_error, outcome, verdict, spending } = policy;
        let (outcome, findings, fault) = match outcome {
            ReportedOutcome::Findings(findings) => {
                (OutcomeV1::Judged, findings.iter().map(|finding| self.finding(finding)).collect(), None)
            }
            ReportedOutcome::Broken(fault) => (OutcomeV1::Broken, Vec::new(), Some(fault.into())),
        };
        PolicyV1 {
            id: id.as_str().to_owned(),
            version: raw(version),
            module: module.as_ref().map(|digest| digest.as_str().to_owned()),
            on_error: on_error.into(),
            verdict: (*verdict).into(),
            outcome,
            findings,
            fault,
            spending: spending.map(Into::into),
        }
    }

    fn finding(&self, finding: &JudgedFinding) -> FindingV1 {
        let JudgedFinding { rule, verdict, message, why, origin, remedy, places, evidence } = finding;
        FindingV1 {
            rule: rule.clone(),
            verdict: (*verdict).into(),
            message: raw(message),
            why: raw(why),
            origin: origin.as_ref().map(raw),
            remedy: raw(remedy),
            places: places.iter().map(|place| self.place(place)).collect(),
            evidence: evidence.iter().map(Into::into).collect(),
        }
    }

    fn place(&self, place: &Place) -> PlaceV1 {
        let Place { path, pointer, span, exact } = place;
        let (within, file) = match path {
            None => (WithinV1::ChangeDocument, self.document),
            Some(path) => (WithinV1::ChangedFile, path),
        };
        // The text at hand is the document's; where a place in another file ends is not known.
        let end = match within {
            WithinV1::ChangeDocument => span.and_then(|span| self.lines.end(span)),
            WithinV1::ChangedFile => None,
        };
        let Span { start, end: end_byte, line, column } = span.unwrap_or_default();
        PlaceV1 {
            within,
            file: raw(file),
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

/// A text and where its lines start, so that a thousand places do not cost a thousand readings.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// Line and column one past the last character of a span. `None` if the span is not one of this text.
    fn end(&self, span: Span) -> Option<(u32, u32)> {
        let lines_to = |at: usize| self.starts.partition_point(|&start| start <= at);
        let further = lines_to(span.end).checked_sub(lines_to(span.start))?;
        let line = span.line.checked_add(u32::try_from(further).ok()?)?;
        let (from, column) = match further {
            0 => (span.start, span.column),
            _ => (*self.starts.get(lines_to(span.end).checked_sub(1)?)?, 1),
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
        let Document { name, digest } = document;
        Self { name: raw(name), digest: digest.as_str().to_owned() }
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
        let (what, policy) = match not_judged {
            NotJudged::Calendar => (NotJudgedWhatV1::Calendar, None),
            NotJudged::Catalog => (NotJudgedWhatV1::Catalog, None),
            NotJudged::FileContents => (NotJudgedWhatV1::FileContents, None),
            NotJudged::Policy(id) => (NotJudgedWhatV1::Policy, Some(id.as_str().to_owned())),
        };
        Self { what, policy }
    }
}

#[cfg(test)]
mod tests;
