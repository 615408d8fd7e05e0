//! A `Report` of OpenReports (`openreports.io/v1alpha1`, the successor of `wgpolicyk8s.io` PolicyReport), as JSON, which
//! `kubectl apply` takes as it takes YAML. Policy Reporter and other dashboards show it.
//!
//! The fields are those of the project's custom resource definition. A policy that found nothing is a `pass`, one that
//! broke an `error`, and what says nothing about the change a `skip`: a policy that was not asked, one in shadow mode, and
//! what was not judged. The summary counts all of them, also those that are left out for want of room.
//!
//! `result.rs` makes the results.

mod result;

use std::collections::BTreeMap;

use interlock_model::{Basis, ChangeDocument, Digest, FailOn, Report};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::Manner;
use crate::escape::for_json;
use crate::standing::{answer, name};
use result::{Entry, Outcome};

/// Bytes of the results. `kubectl apply` keeps a copy of what it applied in an annotation, and all annotations together have
/// 256 KiB. (Without that copy, as with `--server-side`, it would be the API server's 1.5 MB.)
const RESULTS_BYTES_MAX: usize = 200_000;

/// Characters of a name in Kubernetes are up to 253; dashboards show fewer.
const NAME_PART_MAX: usize = 40;

/// The report as a resource.
pub(crate) fn render(report: &Report, document: &ChangeDocument, _: &Manner) -> String {
    render_within(RESULTS_BYTES_MAX, report, document)
}

fn render_within(bytes_max: usize, report: &Report, document: &ChangeDocument) -> String {
    let all = result::all(report, document);
    let summary = Summary::of(&all);
    let (results, left_out) = fitting(all, bytes_max);
    let resource = Resource {
        api_version: "openreports.io/v1alpha1",
        kind: "Report",
        metadata: Metadata {
            name: resource_name(report),
            labels: BTreeMap::from([("app.kubernetes.io/managed-by", "interlock")]),
            annotations: annotations(report, left_out),
        },
        source: result::SOURCE,
        summary,
        results,
    };
    // Texts, numbers and lists cannot fail to be written. If they did, no JSON is better than half of one.
    for_json(&resource).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    source: &'static str,
    summary: Summary,
    results: Vec<Entry>,
}

#[derive(Serialize)]
struct Metadata {
    name: String,
    labels: BTreeMap<&'static str, &'static str>,
    annotations: BTreeMap<&'static str, String>,
}

#[derive(Default, Serialize)]
struct Summary {
    pass: usize,
    fail: usize,
    warn: usize,
    error: usize,
    skip: usize,
}

impl Summary {
    fn of(all: &[Entry]) -> Self {
        let mut summary = Self::default();
        for entry in all {
            match entry.result {
                Outcome::Pass => summary.pass += 1,
                Outcome::Fail => summary.fail += 1,
                Outcome::Warn => summary.warn += 1,
                Outcome::Error => summary.error += 1,
                Outcome::Skip => summary.skip += 1,
            }
        }
        summary
    }
}

/// The results that fit, the worst first, and how many do not.
fn fitting(all: Vec<Entry>, bytes_max: usize) -> (Vec<Entry>, usize) {
    let count = all.len();
    let mut bytes = 0;
    let mut kept = Vec::new();
    for entry in all {
        bytes += for_json(&entry).unwrap_or_default().len();
        if bytes > bytes_max {
            break;
        }
        kept.push(entry);
    }
    let left_out = count - kept.len();
    (kept, left_out)
}

/// The same for every answer to one question about one change, so that a later answer replaces the earlier. The digest
/// keeps two changes apart whose names look alike once they are names in Kubernetes.
fn resource_name(report: &Report) -> String {
    let phase = report.question.asked_at.name();
    let mut hasher = Sha256::new();
    hasher.update(phase);
    hasher.update([0]);
    hasher.update(report.change_id.as_unescaped());
    let digest = Digest::from_sha256(&hasher.finalize());
    let parts = ["interlock", phase, &dns_label(report.change_id.as_unescaped()), digest.short()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// The letters and digits of a text, in lower case, with single hyphens for whatever stands between (RFC 1123).
fn dns_label(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let label: String = words.collect::<Vec<_>>().join("-").chars().take(NAME_PART_MAX).collect();
    label.trim_end_matches('-').to_ascii_lowercase()
}

fn annotations(report: &Report, left_out: usize) -> BTreeMap<&'static str, String> {
    let basis = match report.decision.basis {
        Basis::Findings => "findings",
        Basis::Error => "error",
        Basis::NoEvidence => "no-evidence",
    };
    let mut annotations = BTreeMap::from([
        ("interlock/answer", answer(report)),
        ("interlock/verdict", report.decision.verdict.to_string()),
        ("interlock/basis", basis.to_owned()),
        ("interlock/exit-code", report.decision.exit_code(FailOn::default()).to_string()),
        ("interlock/change", name(report.change_id.as_unescaped())),
        ("interlock/document", report.document.digest.as_str().to_owned()),
        ("interlock/policy-set", report.policy_set.as_str().to_owned()),
        ("interlock/simulated", report.question.simulated.to_string()),
        ("interlock/valid-until", report.valid_until.to_string()),
    ]);
    let files =
        report.document.payload.as_ref().map(|it| ("interlock/changed-files", it.as_str().to_owned()));
    annotations.extend(files);
    let cut = || {
        format!("{left_out} results are left out, the mildest ones: `kubectl apply` takes no larger resource")
    };
    annotations.extend((left_out > 0).then(|| ("interlock/cut", cut())));
    annotations
}

#[cfg(test)]
mod tests;
