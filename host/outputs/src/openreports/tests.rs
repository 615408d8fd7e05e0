//! The resource against the shape of OpenReports' custom resource definition. Tests only.

use serde_json::{Value, json};

use interlock_model::{ChangeDocument, Report};

use super::{Manner, render, render_within, resource_name};
use crate::fixture::{self, check_golden, check_visible};

fn text(of: &(Report, ChangeDocument)) -> String {
    render(&of.0, &of.1, &Manner::default())
}

fn value(of: &(Report, ChangeDocument)) -> Value {
    serde_json::from_str(&text(of)).unwrap()
}

/// What the definition says of the fields that are written, closed: the API server drops a field that it does not know.
fn schema() -> Value {
    let texts = json!({"type": "object", "additionalProperties": {"type": "string"}});
    let count = json!({"type": "integer", "minimum": 0});
    let timestamp = json!({
        "type": "object",
        "properties": {"seconds": {"type": "integer"}, "nanos": {"type": "integer"}},
        "required": ["seconds", "nanos"],
        "additionalProperties": false,
    });
    let result = json!({
        "type": "object",
        "properties": {
            "source": {"type": "string"},
            "policy": {"type": "string"},
            "rule": {"type": "string"},
            "severity": {"enum": ["critical", "high", "low", "medium", "info"]},
            "result": {"enum": ["pass", "fail", "warn", "error", "skip"]},
            "scored": {"type": "boolean"},
            "message": {"type": "string"},
            "timestamp": timestamp,
            "properties": texts,
        },
        "required": ["policy", "result", "timestamp"],
        "additionalProperties": false,
    });
    let counts = ["pass", "fail", "warn", "error", "skip"].map(|it| (it.to_owned(), count.clone()));
    json!({
        "type": "object",
        "properties": {
            "apiVersion": {"const": "openreports.io/v1alpha1"},
            "kind": {"const": "Report"},
            "metadata": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 253},
                    "labels": texts,
                    "annotations": texts,
                },
                "required": ["name"],
                "additionalProperties": false,
            },
            "source": {"type": "string"},
            "summary": {
                "type": "object",
                "properties": counts.into_iter().collect::<serde_json::Map<_, _>>(),
                "additionalProperties": false,
            },
            "results": {"type": "array", "items": result},
        },
        "required": ["apiVersion", "kind", "metadata"],
        "additionalProperties": false,
    })
}

#[test]
fn every_report_is_a_resource() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for of in [fixture::alibaba(), fixture::governed(), fixture::hostile(), fixture::no_evidence()] {
        let errors: Vec<String> = validator.iter_errors(&value(&of)).map(|it| it.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn the_reports_as_they_are_written() {
    check_golden("openreports/governed.json", &text(&fixture::governed()));
    check_golden("openreports/hostile.json", &text(&fixture::hostile_in_short()));
}

#[test]
fn nothing_hidden_is_left_in_any_text() {
    check_visible(&value(&fixture::hostile()));
}

fn outcomes(value: &Value) -> Vec<String> {
    let word = |it: &Value, key: &str| it[key].as_str().unwrap_or("-").to_owned();
    let results = value["results"].as_array().unwrap().iter();
    results.map(|it| format!("{} {} {}", word(it, "result"), word(it, "policy"), word(it, "rule"))).collect()
}

#[test]
fn each_thing_has_its_result() {
    let alibaba = value(&fixture::alibaba());
    assert!(outcomes(&alibaba).contains(&"error house-rules -".to_owned()), "{:?}", outcomes(&alibaba));
    assert_eq!(alibaba["summary"], json!({"pass": 0, "fail": 4, "warn": 5, "error": 1, "skip": 4}));
    assert_eq!(
        outcomes(&value(&fixture::governed())),
        [
            "fail config-sanity list-shrink",
            "fail config-sanity numeric-ratio",
            "warn change-window weekend",
            "warn config-sanity match-all",
            "warn rollback-ready not-rehearsed",
            "skip interlock not-judged",
            "skip interlock not-judged",
            "skip interlock not-judged",
            "skip interlock not-judged",
            "skip interlock waiver",
            "skip interlock waiver",
            "skip interlock waiver",
            "skip interlock baseline",
            "skip data-quality -",
            "skip on-trial -",
            "skip on-trial-too -",
            "skip tested-scope -",
        ]
    );
    let quiet = value(&(fixture::quiet(), fixture::alibaba().1));
    assert_eq!(quiet["summary"]["pass"], 4);
    assert_eq!(outcomes(&value(&fixture::no_evidence()))[0], "fail interlock no-evidence");
}

#[test]
fn a_name_is_the_changes_and_the_questions() {
    let (mut report, _) = fixture::alibaba();
    let name = resource_name(&report);
    assert!(name.starts_with("interlock-deploy-oss-auth-2023-11-12-"), "{name}");
    report.valid_until = report.valid_until.plus_minutes(60);
    assert_eq!(resource_name(&report), name);
    report.question.asked_at = interlock_model::Phase::Merge;
    assert_ne!(resource_name(&report), name);
    report.change_id = "OSS_auth 2023-11-12".into();
    assert!(resource_name(&report).starts_with("interlock-merge-oss-auth-2023-11-12-"));
    report.change_id = "中文".into();
    let digest = resource_name(&report).trim_start_matches("interlock-merge-").to_owned();
    assert!(digest.len() == 12 && digest.bytes().all(|b| b.is_ascii_hexdigit()), "{digest}");
    report.change_id = format!("{}-b", "a".repeat(39)).into();
    assert!(resource_name(&report).starts_with(&format!("interlock-merge-{}-", "a".repeat(39))));
}

#[test]
fn a_cut_is_said_and_counted() {
    let (report, document) = fixture::many(300, 3);
    let value: Value = serde_json::from_str(&render_within(20_000, &report, &document)).unwrap();
    let shown = value["results"].as_array().unwrap().len();
    assert!((4..100).contains(&shown), "{shown}");
    assert_eq!(value["results"][2]["result"], "fail");
    assert_eq!(value["summary"]["warn"], 300);
    let cut = value["metadata"]["annotations"]["interlock/cut"].as_str().unwrap();
    let total: u64 = value["summary"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert!(cut.starts_with(&format!("{} results are left out", total - shown as u64)), "{cut}");
    assert!(!text(&fixture::many(30, 3)).contains("left out"));
}
