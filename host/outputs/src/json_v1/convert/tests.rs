//! How each kind of fault and finding looks on the wire. Tests only.

use interlock_model::{Fault, FaultPoint};
use serde_json::{Value, json};

use crate::{fixture, json_v1};

use super::*;

fn to_value(report: &Report, sources: &Sources) -> Value {
    let text = json_v1::render(report, sources, &Manner::default());
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
    let (report, sources) = fixture::alibaba();
    check_schema(&to_value(&report, &sources));
    check_schema(&to_value(&fixture::quiet(), &sources));
    let (report, sources) = fixture::hostile();
    check_schema(&to_value(&report, &sources));
}

/// The wire form, word by word. If this has to change, it is another version.
#[test]
fn the_wire_form_is_frozen() {
    let text = "id: a\nrollout:\n  stages:\n    - 中文\n";
    let sources = Sources::new("c.yaml", text);
    let mut report = fixture::quiet();
    report.question.progress = Some(Progress { stages_done: 1, bake_elapsed_s: 60 });
    report.decision = Decision { verdict: Verdict::Block, basis: Basis::Error };
    let mut finding = JudgedFinding {
        rule: "all-at-once".into(),
        verdict: Verdict::Warn,
        message: "m".into(),
        why: "w".into(),
        origin: Some("o".into()),
        remedy: "r".into(),
        places: vec![fixture::place(text, "/rollout/stages", "stages:\n    - 中文", true)],
        evidence: vec![Evidence { key: "k".into(), value: "v".into() }],
    };
    finding.places.push(Place {
        path: Some("a/b".into()),
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
    let found = to_value(&report, &sources);
    assert_eq!(found, expect, "{found:#}");
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
    let (report, sources) = fixture::hostile();
    let found = to_value(&report, &sources);
    let bad = fixture::hostile_text();
    assert_eq!(found["change"]["id"].as_str(), Some(bad.as_str()));
    assert_eq!(found["policies"][7]["fault"]["said"].as_str(), Some(bad.as_str()));
}

#[test]
fn it_is_indented_and_in_the_order_of_the_types() {
    let (report, sources) = fixture::alibaba();
    let text = json_v1::render(&report, &sources, &Manner::default());
    let head = "{\n  \"schema\": \"interlock.report/1\",\n  \"decision\": {\n    \"verdict\": \"block\",\n    \
                \"basis\": \"findings\",\n    \"exit-code\": 1\n  },\n  \"change\": {\n";
    assert!(text.starts_with(head), "{text:.200}");
    assert!(text.ends_with("\n  \"valid-until\": \"2023-11-13T09:30Z\"\n}\n"));
}
