//! The reviewdog diagnostic format, one document (`rdjson`): a review bot posts each diagnostic at its line.
//!
//! The fields are those of reviewdog's `proto/rdf/reviewdog.proto` (`DiagnosticResult`) in its JSON form. Lines and columns
//! count from 1, columns in bytes of UTF-8, and an end is one past the last. There are no suggestions: a remedy is a
//! sentence, not a text to put in.
//!
//! It has no place for what is about the run, so that stands at the start of the change document as `INFO`: the answer
//! with what was not judged. What policies in shadow mode found is not in it, only that they were.

use interlock_model::{ChangeDocument, Report, Side, Verdict};
use serde::Serialize;

use crate::Manner;
use crate::escape::{for_json, for_review, for_viewer, web_address};
use crate::region::{Region, Spot, document_start};
use crate::standing::{Problem, Standing, answer, standing};

/// Characters of a path: one that is cut cannot be found, and no file system has a longer one.
const PATH_MAX: usize = 4_096;

/// The report as one JSON document.
pub(crate) fn render(report: &Report, document: &ChangeDocument, _: &Manner) -> String {
    let of_run = Diagnostic::about_run(report);
    let findings = standing(report);
    let findings = findings.iter().map(|it| Diagnostic::new(it, report, document));
    let result = DiagnosticResult {
        source: Source { name: "interlock" },
        severity: Severity::of(report.decision.verdict),
        diagnostics: findings.chain([of_run]).collect(),
    };
    // Texts, numbers and lists cannot fail to be written. If they did, no JSON is better than half of one.
    for_json(&result).unwrap_or_default()
}

#[derive(Serialize)]
struct DiagnosticResult {
    source: Source,
    severity: Severity,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Severity {
    Error,
    Warning,
    Info,
}

#[derive(Serialize)]
struct Diagnostic {
    message: String,
    location: Location,
    severity: Severity,
    code: Code,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Code {
    value: String,
    /// The source the rule answers, if that is a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl Diagnostic {
    fn new(standing: &Standing<'_>, report: &Report, document: &ChangeDocument) -> Self {
        let spot = standing.spot(report, document);
        let before = match spot.side {
            Side::Before => " (line before the change)",
            Side::After => "",
        };
        let title = format!("{}{before}", standing.title());
        let lines = [title].into_iter().chain(standing.notes(report, document));
        Self {
            message: for_review(&lines.collect::<Vec<_>>().join("\n")),
            location: Location::new(&spot),
            severity: Severity::of(standing.severity()),
            code: Code { value: for_review(&standing.rule_id()), url: url(standing) },
        }
    }

    fn about_run(report: &Report) -> Self {
        Self {
            message: for_review(&answer(report)),
            location: Location::new(&document_start(report)),
            severity: Severity::Info,
            code: Code { value: "interlock/answer".to_owned(), url: None },
        }
    }
}

/// A broken policy has no page; its module's words are no source for one.
fn url(standing: &Standing<'_>) -> Option<String> {
    match standing.what {
        Problem::Finding(finding) => web_address(finding.origin.as_ref()?.as_unescaped()).map(str::to_owned),
        Problem::Broken(_) => None,
    }
}

impl Severity {
    fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Block => Self::Error,
            Verdict::Warn => Self::Warning,
            Verdict::Allow => Self::Info,
        }
    }
}

impl Location {
    fn new(spot: &Spot<'_>) -> Self {
        let Region { line, bytes, .. } = spot.region.clone().unwrap_or_default();
        let at = |column| Position { line, column };
        let range = Range { start: at(bytes.start), end: at(bytes.end) };
        Self { path: for_viewer(spot.file, PATH_MAX), range }
    }
}

#[cfg(test)]
mod tests;
