//! The report as GitLab reads it: the fields that its documentation names, and nothing that it would stop at. Tests only.

use std::collections::HashSet;

use interlock_model::{Place, ReportedOutcome};
use serde_json::Value;

use super::*;
use crate::{Format, fixture, golden};

fn issues(report: &Report, document: &ChangeDocument) -> Vec<Value> {
    serde_json::from_str(&render(report, document, &Manner::default())).expect("an array")
}

#[test]
fn goldens() {
    golden::check(Format::Gitlab, "json");
}

#[test]
fn every_issue_has_the_documented_form() {
    for (report, document) in [fixture::alibaba(), fixture::governed(), fixture::hostile()] {
        let text = render(&report, &document, &Manner::default());
        assert!(text.starts_with('['), "no byte order mark");
        let mut fingerprints = HashSet::new();
        for issue in issues(&report, &document) {
            let text_at = |at: &str| issue.pointer(at).and_then(Value::as_str).unwrap_or("").to_owned();
            for at in ["/description", "/check_name", "/location/path"] {
                assert!(!text_at(at).is_empty(), "{at} of {issue}");
            }
            assert!(!text_at("/location/path").starts_with("./"), "{issue}");
            assert!(issue.pointer("/location/lines/begin").and_then(Value::as_u64) >= Some(1), "{issue}");
            let severities = ["info", "minor", "major", "critical", "blocker"];
            assert!(severities.contains(&text_at("/severity").as_str()), "{issue}");
            assert!(fingerprints.insert(text_at("/fingerprint")), "twice: {issue}");
        }
    }
}

/// Fingerprints, sorted.
fn fingerprints(report: &Report, document: &ChangeDocument) -> Vec<String> {
    let fingerprint = |issue: &Value| issue["fingerprint"].as_str().unwrap_or("").to_owned();
    let mut all: Vec<String> = issues(report, document).iter().map(fingerprint).collect();
    all.sort();
    all
}

fn places(report: &mut Report) -> impl Iterator<Item = &mut Place> {
    report.policies.iter_mut().flat_map(|policy| match &mut policy.outcome {
        ReportedOutcome::Findings(found) => found.iter_mut().flat_map(|it| &mut it.places).collect(),
        ReportedOutcome::Broken(_) | ReportedOutcome::NotSelected { .. } => Vec::new(),
    })
}

#[test]
fn a_fingerprint_outlives_a_move_and_not_another_value() {
    let (mut report, document) = fixture::governed();
    let before = fingerprints(&report, &document);
    places(&mut report).for_each(|place| {
        if let Some(span) = &mut place.span {
            span.line += 7;
        }
    });
    assert_eq!(fingerprints(&report, &document), before);
    places(&mut report).for_each(|place| place.pointer = place.pointer.child("x"));
    let after = fingerprints(&report, &document);
    // The two that are of no pointer: a broken policy, the files that nobody read.
    assert_eq!(after.iter().filter(|it| before.contains(it)).count(), 2);
    // Parts that would be the same bytes one behind the other.
    assert_ne!(fingerprint(&["a", "b/c", ""], 0), fingerprint(&["a", "b", "/c"], 0));
    assert_ne!(fingerprint(&["a"], 0), fingerprint(&["a"], 1));
}

#[test]
fn nothing_found_is_an_empty_array() {
    let (_, document) = fixture::alibaba();
    assert_eq!(render(&fixture::quiet(), &document, &Manner::default()), "[]\n");
}

#[test]
fn only_what_counts_is_worse_than_info() {
    let (report, document) = fixture::governed();
    let of =
        |severity: &str| issues(&report, &document).iter().filter(|it| it["severity"] == severity).count();
    assert_eq!([of("blocker"), of("major"), of("info")], [2, 1, 9]);
}
