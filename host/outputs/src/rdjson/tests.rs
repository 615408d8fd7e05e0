//! The document against what reviewdog reads. Tests only.

use serde_json::{Value, json};

use interlock_model::{ChangeDocument, Report};

use crate::fixture::{self, check_golden, check_visible};
use crate::{Manner, rdjson};

fn render(of: &(Report, ChangeDocument)) -> String {
    rdjson::render(&of.0, &of.1, &Manner::default())
}

fn value(of: &(Report, ChangeDocument)) -> Value {
    serde_json::from_str(&render(of)).unwrap()
}

/// The messages and enums of `reviewdog.proto` as a JSON Schema, closed: a field that it does not know is a mistake.
fn schema() -> Value {
    let object = |properties: Value, required: Value| json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false});
    let text = json!({"type": "string"});
    let number = json!({"type": "integer", "minimum": 1, "maximum": i32::MAX});
    let severity = json!({"enum": ["ERROR", "WARNING", "INFO"]});
    let position = object(json!({"line": number, "column": number}), json!(["line"]));
    let range = object(json!({"start": position, "end": position}), json!(["start"]));
    let location = object(json!({"path": text, "range": range}), json!(["path"]));
    let source = object(json!({"name": text, "url": text}), json!(["name"]));
    let code = object(json!({"value": text, "url": text}), json!(["value"]));
    let diagnostic = object(
        json!({"message": text, "location": location, "severity": severity, "source": source, "code": code}),
        json!(["message", "location"]),
    );
    let diagnostics = json!({"type": "array", "items": diagnostic});
    object(
        json!({"diagnostics": diagnostics, "source": source, "severity": severity}),
        json!(["diagnostics"]),
    )
}

#[test]
fn every_report_is_one_that_reviewdog_reads() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for of in [fixture::alibaba(), fixture::governed(), fixture::hostile(), fixture::no_evidence()] {
        let errors: Vec<String> = validator.iter_errors(&value(&of)).map(|it| it.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn the_governed_report_as_it_is_written() {
    check_golden("rdjson/governed.json", &render(&fixture::governed()));
}

#[test]
fn hostile_text_does_nothing_in_a_comment() {
    let of = fixture::hostile_in_short();
    check_golden("rdjson/hostile.json", &render(&of));
    check_visible(&value(&fixture::hostile()));
    let value = value(&of);
    for diagnostic in value["diagnostics"].as_array().unwrap() {
        let message = diagnostic["message"].as_str().unwrap();
        for acting in ["<script", "](", "@everyone", "\u{1b}", "\u{202e}"] {
            assert!(!message.contains(acting), "{acting:?} in {message}");
        }
    }
}

#[test]
fn columns_are_bytes_and_ends_are_behind() {
    let text = "名: 中文 b\n";
    let (mut report, _) = fixture::no_evidence();
    let document = fixture::document(interlock_model::Sources::new("c", text));
    if let interlock_model::ReportedOutcome::Findings(findings) = &mut report.policies[0].outcome {
        findings[0].places = vec![fixture::place(text, "/名", "中文", true)];
    }
    let value = value(&(report, document));
    let range = json!({"start": {"line": 1, "column": 6}, "end": {"line": 1, "column": 12}});
    assert_eq!(value["diagnostics"][0]["location"]["range"], range);
}

fn codes(value: &Value) -> Vec<String> {
    let diagnostics = value["diagnostics"].as_array().unwrap().iter();
    diagnostics
        .map(|it| format!("{} {}", it["severity"].as_str().unwrap(), it["code"]["value"].as_str().unwrap()))
        .collect()
}

#[test]
fn broken_unjudged_and_shadow_are_told_apart() {
    let alibaba = value(&fixture::alibaba());
    assert!(codes(&alibaba).contains(&"ERROR interlock/broken-policy".to_owned()));
    let answer = alibaba["diagnostics"].as_array().unwrap().last().unwrap()["message"].as_str().unwrap();
    assert!(answer.contains("not judged: calendars (none given)"), "{answer}");
    let url = &alibaba["diagnostics"][0]["code"]["url"];
    assert_eq!(url, "https://blog.vonng.com/en/cloud/aliyun");
    assert_eq!(
        codes(&value(&fixture::governed())),
        [
            "ERROR config-sanity/list-shrink",
            "ERROR config-sanity/numeric-ratio",
            "WARNING change-window/weekend",
            "WARNING config-sanity/match-all",
            "WARNING rollback-ready/not-rehearsed",
            "INFO interlock/answer",
        ]
    );
    let nothing = value(&fixture::no_evidence());
    assert_eq!(codes(&nothing), ["ERROR interlock/no-evidence", "INFO interlock/answer"]);
}
