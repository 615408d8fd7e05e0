//! How each kind of fault and finding looks on the wire. Tests only.

use interlock_model::{Fault, FaultPoint, Sources};
use serde_json::{Value, json};

use crate::{fixture, json_v1};

use super::*;

fn to_value(report: &Report, document: &ChangeDocument) -> Value {
    let text = json_v1::render(report, document, &Manner::default());
    serde_json::from_str(&text).expect("valid JSON")
}

#[track_caller]
fn check_schema(report: &Value) {
    let validator = jsonschema::validator_for(json_v1::schema().as_value()).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(report).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn every_report_fits_the_schema() {
    let (report, document) = fixture::alibaba();
    check_schema(&to_value(&report, &document));
    check_schema(&to_value(&fixture::quiet(), &document));
    let (report, document) = fixture::governed();
    check_schema(&to_value(&report, &document));
    let (report, document) = fixture::hostile();
    check_schema(&to_value(&report, &document));
}

/// The wire form, word by word. If this has to change, it is another version. What a policy set adds is not in it,
/// because nothing of it is used here; see below.
#[test]
fn the_wire_form_is_frozen() {
    let text = "id: a\nrollout:\n  stages:\n    - 中文\n";
    let document = fixture::document(Sources::new("c.yaml", text));
    let mut report = fixture::quiet();
    report.question.progress = Some(Progress { stages_done: 1, bake_elapsed_s: 60 });
    report.decision = Decision { verdict: Verdict::Block, basis: Basis::Error };
    let mut finding = JudgedFinding {
        rule: "all-at-once".into(),
        verdict: Verdict::Warn,
        asked: Verdict::Warn,
        waived: None,
        baseline: InBaseline::Never,
        message: "m".into(),
        why: "w".into(),
        origin: Some("o".into()),
        remedy: "r".into(),
        places: vec![fixture::place(text, "/rollout/stages", "stages:\n    - 中文", true)],
        evidence: vec![Evidence { key: "k".into(), value: "v".into() }],
    };
    finding.places.push(Place {
        path: Some("a/b".into()),
        side: Side::After,
        pointer: interlock_model::Pointer::root(),
        span: None,
        exact: false,
    });
    let mut host = fixture::policy("interlock", ReportedOutcome::Findings(vec![]));
    (host.module, host.spending) = (None, None);
    let mut broken = fixture::policy(
        "slow",
        ReportedOutcome::Broken(Fault::Memory {
            point: FaultPoint::Evaluate,
            limit_bytes: 10,
            asked_bytes: 20,
        }),
    );
    broken.on_error = OnError::Allow { reason: "known".into() };
    report.policies = vec![host, broken, fixture::policy("staged", ReportedOutcome::Findings(vec![finding]))];
    report.not_judged = vec![NotJudged::Catalog, NotJudged::Policy(fixture::id_of("slow"))];

    let module = fixture::digest(7);
    let expect = json!({
        "schema": "interlock.report/1",
        "decision": {"verdict": "block", "basis": "error", "exit-code": 3},
        "change": {
            "id": "oss-auth-2023-11-12",
            "title": "update the authentication configuration of object storage",
            "kind": "config",
        },
        "document": {"name": "change-config.yaml", "digest": fixture::digest(1).as_str()},
        "question": {
            "asked-at": "deploy",
            "evaluated-at": "2023-11-12T09:30Z",
            "simulated": true,
            "progress": {"stages-done": 1, "bake-elapsed-s": 60},
        },
        "policies": [
            {
                "id": "interlock",
                "version": "0.1.0",
                "on-error": {"verdict": "block"},
                "verdict": "allow",
                "outcome": "judged",
                "findings": [],
            },
            {
                "id": "slow",
                "version": "0.1.0",
                "module": module.as_str(),
                "on-error": {"verdict": "allow", "reason": "known"},
                "verdict": "block",
                "outcome": "broken",
                "findings": [],
                "fault": {
                    "kind": "memory",
                    "message": "asked for 20 bytes of memory while it judged, limit 10",
                    "point": "evaluate",
                    "limits": [{"of": "memory-bytes", "allowed": 10, "used": 20}],
                    "repeatable": true,
                },
                "spending": {"fuel": 48213, "memory-bytes": 196608},
            },
            {
                "id": "staged",
                "version": "0.1.0",
                "module": module.as_str(),
                "on-error": {"verdict": "block"},
                "verdict": "warn",
                "outcome": "judged",
                "findings": [{
                    "rule": "all-at-once",
                    "verdict": "warn",
                    "message": "m",
                    "why": "w",
                    "origin": "o",
                    "remedy": "r",
                    "places": [
                        {
                            "within": "change-document",
                            "file": "change-config.yaml",
                            "pointer": "/rollout/stages",
                            "exact": true,
                            "line": 3,
                            "column": 3,
                            "end-line": 4,
                            "end-column": 9,
                            "start-byte": 17,
                            "end-byte": 37,
                        },
                        {"within": "changed-file", "file": "a/b", "pointer": "", "exact": false},
                    ],
                    "evidence": [{"key": "k", "value": "v"}],
                }],
                "spending": {"fuel": 48213, "memory-bytes": 196608},
            },
        ],
        "not-judged": [{"what": "catalog"}, {"what": "policy", "policy": "slow"}],
        "policy-set": fixture::digest(2).as_str(),
        "engine": "interlock-engine 0.1.0",
        "tzdb": "2025b",
        "valid-until": "2023-11-13T09:30Z",
    });
    let found = to_value(&report, &document);
    assert_eq!(found, expect, "{found:#}");
}

/// What was added since, word by word as well.
#[test]
fn what_a_policy_set_adds_is_frozen_too() {
    let (report, document) = fixture::governed();
    let found = to_value(&report, &document);
    assert_eq!(found["document"]["payload"], json!(fixture::digest(3).as_str()));
    let policies = found["policies"].as_array().expect("policies");
    let mode = |nth: usize| policies[nth].get("mode").and_then(Value::as_str);
    assert_eq!((mode(0), mode(3), mode(5)), (None, Some("shadow"), Some("warn")));

    let waived = json!({
        "by": "Li Wei",
        "reason": "the certificate runs out on Monday",
        "until": "2023-11-13T00:00Z",
    });
    let weekend = &policies[0]["findings"][0];
    assert_eq!(
        (&weekend["verdict"], &weekend["asked"], &weekend["waived"]),
        (&json!("warn"), &json!("block"), &waived)
    );
    let lowered = &policies[5]["findings"][0];
    assert_eq!(
        (&lowered["verdict"], &lowered["asked"], lowered.get("waived")),
        (&json!("warn"), &json!("block"), None)
    );

    let known = &policies[1]["findings"][2];
    assert_eq!(
        (&known["verdict"], &known["asked"], &known["known"], known.get("waived")),
        (&json!("warn"), &json!("block"), &json!({"says": "5a".repeat(16)}), None)
    );
    assert_eq!(
        found["stale"],
        json!([{
            "policy": "config-sanity",
            "rule": "list-shrink",
            "path": "routes/edge.yaml",
            "pointer": "/peers",
            "says": "5a".repeat(16),
        }])
    );

    assert_eq!(
        policies[1]["findings"][0]["places"],
        json!([
            {
                "within": "changed-file",
                "file": "routes/edge.yaml",
                "side": "before",
                "pointer": "/prefixes",
                "exact": true,
                "line": 1,
                "column": 1,
                "end-line": 1,
                "end-column": 9,
                "start-byte": 0,
                "end-byte": 8,
            },
            {"within": "changed-file", "file": "bin/tool", "pointer": "/prefixes", "exact": false},
        ])
    );
    // After the change is what everybody expects. Where it ends is known now that the file is at hand.
    let after = &policies[1]["findings"][1]["places"][0];
    assert_eq!((after.get("side"), &after["end-line"], &after["end-column"]), (None, &json!(4), &json!(14)));
    let because = "`when.kinds` is `code`, `data`; the change is `config`";
    assert_eq!(
        policies[2],
        json!({
            "id": "data-quality",
            "version": "0.1.0",
            "module": fixture::digest(7).as_str(),
            "on-error": {"verdict": "block"},
            "verdict": "allow",
            "outcome": "not-selected",
            "because": because,
            "findings": [],
        })
    );
    assert_eq!(
        found["not-judged"],
        json!([
            {"what": "calendar-zone", "zone": "America/Los_Angeles"},
            {"what": "opaque-files", "files": ["bin/tool"]},
            {"what": "shadow", "policy": "on-trial"},
            {"what": "shadow", "policy": "on-trial-too"},
        ])
    );
    let waivers = found["waivers"].as_array().expect("waivers");
    let states: Vec<_> = waivers.iter().map(|waiver| waiver["state"].as_str()).collect();
    assert_eq!(states, [Some("out-of-scope"), Some("expired"), Some("not-yet"), Some("used")]);
    assert_eq!(
        waivers[3],
        json!({
            "policy": "change-window",
            "rule": "weekend",
            "state": "used",
            "scope": {"services": ["oss-auth"], "environments": ["staging", "test"]},
            "by": "Li Wei",
            "reason": "the certificate runs out on Monday",
            "from": "2023-11-10T00:00Z",
            "until": "2023-11-13T00:00Z",
        })
    );
}

/// The schema of a field that was added asks nobody for it: a report from before still fits.
#[test]
fn nothing_that_was_added_is_required() {
    let schema = json_v1::schema().to_value();
    let required = |name: &str| match name {
        "ReportV1" => schema["required"].to_string(),
        name => schema["$defs"][name]["required"].to_string(),
    };
    for (of, fields) in [
        ("ReportV1", ["waivers", "stale"].as_slice()),
        ("DocumentV1", &["payload"]),
        ("PolicyV1", &["mode", "because"]),
        ("FindingV1", &["asked", "waived", "known"]),
        ("PlaceV1", &["side"]),
        ("NotJudgedV1", &["zone", "files"]),
    ] {
        for field in fields {
            assert!(!required(of).contains(&format!("\"{field}\"")), "{of} requires {field}");
        }
        assert!(required(of).starts_with('['), "{of} is not in the schema");
    }
}

#[test]
fn every_fault_keeps_its_kind_its_words_and_its_limits() {
    for fault in fixture::faults() {
        let wire = FaultV1::from(&fault);
        assert_eq!(json!(wire.kind), json!(fault.kind()));
        assert_eq!(wire.message, fault.to_string());
        assert_eq!(wire.said.as_deref(), fault.said().map(Untrusted::as_unescaped));
        assert_eq!(wire.limits.is_empty(), !wire.message.contains("10"), "{wire:?}");
    }
}

#[test]
fn hostile_text_comes_back_from_json_as_it_was() {
    let (report, document) = fixture::hostile();
    let found = to_value(&report, &document);
    let bad = fixture::hostile_text();
    assert_eq!(found["change"]["id"].as_str(), Some(bad.as_str()));
    assert_eq!(found["policies"][7]["fault"]["said"].as_str(), Some(bad.as_str()));
}

#[test]
fn it_is_indented_and_in_the_order_of_the_types() {
    let (report, document) = fixture::alibaba();
    let text = json_v1::render(&report, &document, &Manner::default());
    let head = "{\n  \"schema\": \"interlock.report/1\",\n  \"decision\": {\n    \"verdict\": \"block\",\n    \
                \"basis\": \"findings\",\n    \"exit-code\": 1\n  },\n  \"change\": {\n";
    assert!(text.starts_with(head), "{text:.200}");
    assert!(text.ends_with("\n  \"valid-until\": \"2023-11-13T09:30Z\"\n}\n"));
}
