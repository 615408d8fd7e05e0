//! SARIF 2.1.0 (OASIS), as GitHub code scanning reads it: one run, one result for each thing that stands against the
//! change, each with a place in a file and a fingerprint that does not move with its line.
//!
//! What is no finding about a line (what was not judged, what policies in shadow mode found, waivers that do not hold, what of
//! the baseline was not found, a cut) are notifications of the run, which `executionSuccessful: false` goes with if a policy is broken or there was
//! nothing to judge. GitHub shows results only, so a broken policy is one as well.
//!
//! `log.rs` holds the wire's types, `result.rs` and `rule.rs` fill two of them, `notification.rs` those of the run, and
//! `budget.rs` keeps GitHub's limits. The types are ours: `serde-sarif` generates all 300 of the schema's in a build
//! script, with `schemafy` and three macro crates, for the 25 that are written here; `zizmor-sarif` has no suppressions,
//! notifications or provenance. A test holds every report against the standard's own JSON Schema.

mod budget;
mod log;
mod notification;
mod result;
mod rule;

use std::collections::BTreeMap;

use interlock_model::{Basis, ChangeDocument, Digest, FailOn, Phase, Report, Source};

use crate::Manner;
use crate::escape::{for_json, web_address};
use crate::region::document_start;
use crate::standing::{answer, name, standing};
use crate::text::{broken_policies, counting};
use budget::{Budget, Kept};
use log::*;

/// The report as one SARIF file.
pub(crate) fn render(report: &Report, document: &ChangeDocument, _: &Manner) -> String {
    render_within(Budget::GITHUB, report, document)
}

fn render_within(budget: Budget, report: &Report, document: &ChangeDocument) -> String {
    let all = standing(report);
    let kept = budget.keep(&all, report, document);
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run(kept, report, document)] };
    // Texts, numbers and lists cannot fail to be written. If they did, no JSON is better than half of one.
    for_json(&log).unwrap_or_default()
}

fn run(kept: Kept, report: &Report, document: &ChangeDocument) -> Run {
    let Kept { results, rules, left_out } = kept;
    Run {
        tool: Tool { driver: driver(rules) },
        automation_details: AutomationDetails { id: category(report.question.asked_at) },
        version_control_provenance: provenance(document.change.source.as_ref()),
        invocations: [invocation(report, document, left_out)],
        artifacts: [judged_document(report)],
        column_kind: "unicodeCodePoints",
        results,
        properties: bindings(report),
    }
}

fn driver(rules: Vec<Rule>) -> Driver {
    let version = env!("CARGO_PKG_VERSION");
    Driver { name: "Interlock", version, semantic_version: version, rules }
}

/// The category of an upload: the answer at merge does not replace the one at deploy. What follows the last slash would be
/// the run's id.
fn category(phase: Phase) -> String {
    format!("interlock/{}/", phase.name())
}

fn invocation(report: &Report, document: &ChangeDocument, left_out: usize) -> Invocation {
    Invocation {
        execution_successful: is_complete(report),
        exit_code: report.decision.exit_code(FailOn::default()),
        exit_code_description: answer(report),
        tool_execution_notifications: notification::all(report, document, left_out),
    }
}

/// Whether every policy that counts could judge, and one was asked.
fn is_complete(report: &Report) -> bool {
    let is_judged = match report.decision.basis {
        Basis::Findings => true,
        Basis::Error | Basis::NoEvidence => false,
    };
    let nothing_to_judge = counting(report).any(notification::found_no_evidence);
    is_judged && !nothing_to_judge && broken_policies(report).next().is_none()
}

/// The change document with the digest that the answer binds.
fn judged_document(report: &Report) -> Artifact {
    let hashes = BTreeMap::from([("sha-256", hex(&report.document.digest))]);
    let location = result::artifact_location(&document_start(report));
    Artifact { location, roles: ["analysisTarget"], hashes }
}

fn hex(digest: &Digest) -> String {
    digest.as_str().trim_start_matches("sha256:").to_owned()
}

/// What the answer is good for, and what it rests on.
fn bindings(report: &Report) -> BTreeMap<&'static str, String> {
    let basis = match report.decision.basis {
        Basis::Findings => "findings",
        Basis::Error => "error",
        Basis::NoEvidence => "no-evidence",
    };
    let mut bindings = BTreeMap::from([
        ("verdict", report.decision.verdict.to_string()),
        ("basis", basis.to_owned()),
        ("policySet", report.policy_set.as_str().to_owned()),
        ("document", report.document.digest.as_str().to_owned()),
        ("askedAt", report.question.asked_at.name().to_owned()),
        ("evaluatedAt", report.question.evaluated_at.to_string()),
        ("simulated", report.question.simulated.to_string()),
        ("validUntil", report.valid_until.to_string()),
        ("engine", report.engine.clone()),
        ("tzdb", report.tzdb.clone()),
    ]);
    bindings.extend(report.document.payload.as_ref().map(|it| ("changedFiles", it.as_str().to_owned())));
    bindings
}

/// Where the change stands in version control, if the document names the repository by an address. Its name alone
/// (`org/repository`) is none, and neither is the page of a pull request.
fn provenance(source: Option<&Source>) -> Option<[VersionControl; 1]> {
    let source = source?;
    let repository = web_address(source.repository.as_deref()?)?;
    let revision_id = source.head.as_deref().map(name);
    Some([VersionControl { repository_uri: repository.to_owned(), revision_id }])
}

#[cfg(test)]
mod tests;
