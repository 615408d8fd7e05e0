//! The file against the standard's own JSON Schema and against what GitHub asks beyond it. Tests only.

use std::collections::HashSet;

use interlock_model::{NotJudged, Place, Pointer, ReportedOutcome, Side, Source, Span, Verdict};
use serde_json::{Value, json};

use super::*;
use crate::fixture::{self, check_golden, check_visible};

mod limits;

fn text(of: &(Report, ChangeDocument)) -> String {
    render(&of.0, &of.1, &Manner::default())
}

fn value(of: &(Report, ChangeDocument)) -> Value {
    serde_json::from_str(&text(of)).unwrap()
}

fn run_of(of: &(Report, ChangeDocument)) -> Value {
    value(of)["runs"][0].take()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The OASIS schema; `tests/schemas/README.md` says where it comes from. One pattern of it, for the `language` that we never
/// write, is no regular expression to a strict reader, and is left out.
fn validator() -> jsonschema::Validator {
    let schema = include_str!("../../../../tests/schemas/sarif-2.1.0.json");
    let broken = r#""pattern": "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$""#;
    assert!(schema.contains(broken));
    let schema: Value = serde_json::from_str(&schema.replace(broken, r#""$comment": """#)).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn everything() -> Vec<(Report, ChangeDocument)> {
    let quiet = (fixture::quiet(), fixture::alibaba().1);
    vec![
        quiet,
        fixture::alibaba(),
        fixture::governed(),
        fixture::hostile(),
        fixture::hostile_in_short(),
        fixture::many(3, 3),
        fixture::no_evidence(),
    ]
}

#[test]
fn every_report_fits_the_standards_schema() {
    let validator = validator();
    for of in everything() {
        let errors: Vec<String> =
            validator.iter_errors(&value(&of)).map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

/// The schema is the real one: it refuses what it should.
#[test]
fn the_schema_refuses_what_is_no_sarif() {
    let good = value(&fixture::governed());
    for (pointer, bad) in [
        ("/runs/0/results/0/level", json!("block")),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", json!(0)),
        ("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", json!("a b[")),
        ("/runs/0/results/0/message", json!({})),
        ("/runs/0/invocations/0/executionSuccessful", json!("no")),
        ("/version", json!("2.2.0")),
    ] {
        let mut log = good.clone();
        *log.pointer_mut(pointer).unwrap() = bad;
        assert!(!validator().is_valid(&log), "{pointer}");
    }
}

/// GitHub refuses or hides what lacks one of these, and an empty string counts as lacking.
#[test]
fn every_report_has_what_github_asks_for() {
    for of in everything() {
        let run = run_of(&of);
        for rule in list(&run["tool"]["driver"]["rules"]) {
            for pointer in ["/id", "/shortDescription/text", "/fullDescription/text", "/help/text"] {
                let text = rule.pointer(pointer).and_then(Value::as_str).unwrap_or("");
                assert!(!text.is_empty() && text.chars().count() <= 1_024, "{pointer}: {text:?}");
            }
            assert!(list(&rule["properties"]["tags"]).len() <= 20);
        }
        for result in list(&run["results"]) {
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            assert!(!result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().is_empty());
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            let segments: Vec<&str> = uri.split('/').collect();
            assert!(!segments.iter().any(|it| matches!(*it, "" | "." | "..")) && !uri.contains(':'), "{uri}");
            for number in ["startLine", "startColumn", "endLine", "endColumn"] {
                assert!(place["region"][number].as_u64().unwrap() >= 1, "{number}");
            }
        }
    }
}

#[test]
fn the_reports_as_they_are_written() {
    check_golden("sarif/governed.sarif.json", &text(&fixture::governed()));
    check_golden("sarif/hostile.sarif.json", &text(&fixture::hostile_in_short()));
}

/// What a viewer gets after it has read the JSON: a page can be turned around as a terminal can.
#[test]
fn nothing_hidden_is_left_in_any_text() {
    check_visible(&value(&fixture::hostile()));
}

fn levels(run: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    list(&run["results"]).iter().map(|it| format!("{} {}", word(&it["level"]), word(&it["ruleId"]))).collect()
}

fn notifications(run: &Value) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let all = list(&run["invocations"][0]["toolExecutionNotifications"]);
    all.iter().map(|it| (word(&it["descriptor"]["id"]), word(&it["message"]["text"]))).collect()
}

#[test]
fn modes_waivers_and_the_baseline_are_told_apart() {
    let run = run_of(&fixture::governed());
    assert_eq!(
        levels(&run),
        [
            "error config-sanity/list-shrink",
            "error config-sanity/numeric-ratio",
            "warning change-window/weekend",
            "warning config-sanity/match-all",
            "warning rollback-ready/not-rehearsed",
        ]
    );
    let suppression = &run["results"][2]["suppressions"][0];
    assert_eq!((&suppression["kind"], &suppression["status"]), (&json!("external"), &json!("accepted")));
    let known = json!([{
        "kind": "external",
        "status": "accepted",
        "justification": "known: the baseline accepts it as it is said here",
    }]);
    assert_eq!(run["results"][3]["suppressions"], known);
    let stale = notifications(&run).into_iter().find(|(id, _)| id == "interlock/baseline").unwrap().1;
    assert!(stale.contains("was not found here"), "{stale}");
    assert_eq!(list(&run["results"][4]["suppressions"]), [] as [Value; 0]);
    assert_eq!(run["results"][4]["properties"]["asked"], "block");
    // Broken in shadow counts for nothing.
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    let shadow = notifications(&run).into_iter().filter(|(id, _)| id == "interlock/shadow");
    let shadow: Vec<String> = shadow.map(|(_, text)| text).collect();
    assert_eq!(shadow.len(), 6);
    assert!(shadow[0].contains("does not count): would block[on-trial/no-canary]: stage 1"), "{shadow:?}");
}

#[test]
fn a_run_that_did_not_judge_all_was_no_success() {
    let success = |of: &(Report, ChangeDocument)| run_of(of)["invocations"][0]["executionSuccessful"] == true;
    assert!(success(&(fixture::quiet(), fixture::alibaba().1)));
    assert!(!success(&fixture::alibaba()));
    assert!(!success(&fixture::no_evidence()));
    let run = run_of(&fixture::no_evidence());
    assert_eq!(notifications(&run)[0].0, "interlock/no-evidence");
    // A stronger finding beside it takes the basis away, and it stays no success.
    let (mut report, document) = fixture::no_evidence();
    report.decision.basis = Basis::Findings;
    assert!(!success(&(report, document)));
}

#[test]
fn a_broken_policy_is_a_result_and_a_notification() {
    let run = run_of(&fixture::alibaba());
    assert!(levels(&run).contains(&"error interlock/broken-policy".to_owned()));
    let told = (
        "interlock/broken-policy".to_owned(),
        "policy `house-rules` could not judge: it panicked".to_owned(),
    );
    assert!(notifications(&run).contains(&told));
    let not_judged: Vec<String> = notifications(&run)
        .into_iter()
        .filter(|(id, _)| id == "interlock/not-judged")
        .map(|(_, text)| text)
        .collect();
    assert_eq!(not_judged.len(), fixture::alibaba().0.not_judged.len());
    assert!(not_judged.contains(&"`house-rules` (broken)".to_owned()), "{not_judged:?}");
}

fn fingerprints(of: &(Report, ChangeDocument)) -> Vec<String> {
    let run = run_of(of);
    let all = list(&run["results"]).iter();
    all.map(|it| it["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_fingerprint_stays_when_lines_move_and_no_two_are_alike() {
    for of in everything() {
        let before = fingerprints(&of);
        assert_eq!(before.iter().collect::<HashSet<_>>().len(), before.len());
        let mut moved = of.clone();
        moved.0.document.name = "/tmp/elsewhere.yaml".into();
        for policy in &mut moved.0.policies {
            let ReportedOutcome::Findings(findings) = &mut policy.outcome else { continue };
            for place in findings.iter_mut().flat_map(|it| &mut it.places) {
                place.span = place.span.map(|span| Span { line: span.line.saturating_add(7), ..span });
            }
        }
        assert_eq!(fingerprints(&moved), before);
    }
    let (mut report, document) = fixture::governed();
    let before = fingerprints(&(report.clone(), document.clone()));
    if let ReportedOutcome::Findings(findings) = &mut report.policies[1].outcome {
        findings[1].places[0].pointer = Pointer::new("/limits/other");
    }
    let after = fingerprints(&(report, document));
    assert_eq!(before.iter().zip(&after).filter(|(one, other)| one != other).count(), 1);
}

fn at(path: Option<&str>, name: &str) -> Value {
    let (mut report, document) = fixture::no_evidence();
    report.document.name = name.into();
    if let ReportedOutcome::Findings(findings) = &mut report.policies[0].outcome {
        findings[0].places = vec![Place {
            path: path.map(Into::into),
            side: Side::After,
            pointer: Pointer::root(),
            span: None,
            exact: false,
        }];
    }
    run_of(&(report, document))["results"][0]["locations"][0].take()
}

#[test]
fn no_uri_leads_out_of_the_root() {
    let uri = |path: Option<&str>, name: &str| {
        at(path, name)["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().to_owned()
    };
    assert_eq!(uri(Some("a b/名.yaml"), "c"), "a%20b/%E5%90%8D.yaml");
    assert_eq!(uri(Some("/etc/passwd"), "c"), "outside-of-the-root/passwd");
    assert_eq!(uri(Some("a\\..\\..\\b"), "c"), "outside-of-the-root/b");
    assert_eq!(uri(Some(".."), "c"), "outside-of-the-root/unnamed");
    assert_eq!(uri(None, "/tmp/x/change.yaml"), "change.yaml");
    assert_eq!(uri(None, "./deploy/change.yaml"), "deploy/change.yaml");
    assert_eq!(uri(None, ""), "unnamed");
    assert_eq!(at(Some("/etc/passwd"), "c")["message"]["text"], "`/etc/passwd`");
    assert_eq!(at(Some("etc/passwd"), "c").get("message"), None);
}

#[test]
fn a_repository_is_named_by_its_address_only() {
    let provenance = |repository: Option<&str>, url: Option<&str>| {
        let (report, mut document) = fixture::alibaba();
        let text = |it: Option<&str>| it.map(str::to_owned);
        document.change.source = Some(Source {
            system: text(Some("git")),
            url: text(url),
            repository: text(repository),
            base: None,
            head: text(Some("0123abc")),
        });
        let log = value(&(report, document));
        assert!(validator().is_valid(&log));
        log["runs"][0].get("versionControlProvenance").cloned()
    };
    let address = "https://git.example/org/repository";
    let expect = json!([{"repositoryUri": address, "revisionId": "0123abc"}]);
    assert_eq!(provenance(Some(address), None), Some(expect));
    assert_eq!(provenance(Some("org/repository"), Some("https://git.example/org/repository/pull/1")), None);
    assert_eq!(provenance(Some("https://git.example/\u{202e}"), None), None);
    assert_eq!(provenance(None, None), None);
}
