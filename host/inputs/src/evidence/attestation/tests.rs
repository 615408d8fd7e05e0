//! Attestations as they are published, and what must not pass for one.

use interlock_model::{Pointer, TestRun};
use serde_json::{Value, json};

use super::*;
use crate::evidence::read as read_evidence;

const STATEMENT: &str = include_str!("../../../../../tests/sources/attestation/statement.json");
const ENVELOPE: &str = include_str!("../../../../../tests/sources/attestation/envelope.json");
const LINES: &str = include_str!("../../../../../tests/sources/attestation/run.intoto.jsonl");

fn runs(name: &str, text: &str, vouched: Vouched) -> Vec<TestRun> {
    read_evidence(name, text.as_bytes(), vouched).unwrap().facts.tests.unwrap()
}

/// The statement with one value in it replaced.
fn with(pointer: &str, value: Value) -> String {
    let mut statement: Value = serde_json::from_str(STATEMENT).unwrap();
    *statement.pointer_mut(pointer).unwrap() = value;
    statement.to_string()
}

fn packed(kind: &str, statement: &str) -> String {
    let payload = base64::engine::general_purpose::STANDARD.encode(statement);
    json!({"payload": payload, "payloadType": kind, "signatures": [{"sig": "MEUC"}]}).to_string()
}

fn refused(name: &str, text: &str) -> String {
    read_evidence(name, text.as_bytes(), Vouched::No).unwrap_err().to_string()
}

#[test]
fn a_statement_says_what_was_tested_and_where() {
    let statement = read_evidence("a.json", STATEMENT.as_bytes(), Vouched::No).unwrap();
    let run = statement.facts.tests.as_ref().unwrap()[0].clone();
    assert_eq!((run.suite.as_str(), run.outcome), ("ci/load-test.yml", Some(TestOutcome::Passed)));
    let scope = run.scope.unwrap();
    assert_eq!(
        (&*scope["site-type"], &*scope["region"]),
        (&["edge".into(), "core".into()] as _, &["eu-west-1".into()] as _)
    );
    // The subject that is a commit has no bytes to compare.
    let digests: Vec<String> = run.subject_digests.unwrap().into_iter().map(String::from).collect();
    assert_eq!(digests, ["sha256:ab5df625bc76dbd4e163bed2dd888df828f90159bb93556525c31821b6541d46"]);
    assert_eq!(run.url.as_deref(), Some("https://ci.example.org/runs/4425592351"));
    let origin = statement.sources.find(&Pointer::new("/tests/0/outcome")).unwrap();
    assert_eq!(statement.sources.text.get(origin.value.start..origin.value.end), Some("\"PASSED\""));
}

#[test]
fn only_a_signature_that_somebody_checked_attests() {
    let origin = |text: &str, vouched| runs("a.json", text, vouched)[0].origin.unwrap();
    let unsigned = ENVELOPE.replace("MEUCIQDq", "");
    for (text, vouched, expected) in [
        (ENVELOPE, Vouched::No, EvidenceOrigin::Claimed),
        (ENVELOPE, Vouched::ByCaller, EvidenceOrigin::Attested),
        (unsigned.as_str(), Vouched::ByCaller, EvidenceOrigin::Claimed),
        (STATEMENT, Vouched::ByCaller, EvidenceOrigin::Claimed),
    ] {
        assert_eq!(origin(text, vouched), expected, "{text}");
    }
    assert_eq!(runs("a.json", ENVELOPE, Vouched::No), runs("a.json", STATEMENT, Vouched::No));
}

#[test]
fn lines_hold_attestations_of_several_kinds() {
    let statement = read_evidence("run.intoto.jsonl", LINES.as_bytes(), Vouched::ByCaller).unwrap();
    let runs = statement.facts.tests.unwrap();
    let told: Vec<_> =
        runs.iter().map(|run| (run.suite.as_str(), run.outcome.unwrap(), run.origin.unwrap())).collect();
    assert_eq!(
        told,
        [
            ("ci/load-test.yml", TestOutcome::Passed, EvidenceOrigin::Attested),
            ("git+https://example.org/ci", TestOutcome::Failed, EvidenceOrigin::Attested),
        ]
    );
    let places = [2, 3].map(|line| {
        let origin = statement.sources.find(&Pointer::new(format!("/tests/{}/outcome", line - 2))).unwrap();
        let text = statement.sources.text.get(origin.value.start..origin.value.end).unwrap();
        (origin.value.line, text.starts_with("\"ey"))
    });
    assert_eq!(places, [(2, true), (3, true)]);
}

#[test]
fn the_worse_of_what_it_says_counts() {
    let outcome = |text: &str| runs("a.json", text, Vouched::No)[0].outcome;
    let result = |word: &str| outcome(&with("/predicate/result", json!(word)));
    assert_eq!(result("FAILED"), Some(TestOutcome::Failed));
    assert_eq!(result("WARNED"), Some(TestOutcome::Passed));
    assert_eq!(result("passed"), None);
    assert_eq!(outcome(&with("/predicate/result", json!(true))), None);
    assert_eq!(outcome(&with("/predicate/failedTests", json!(["a"]))), Some(TestOutcome::Failed));
    assert_eq!(outcome(&with("/predicate/failedTests", json!("a"))), Some(TestOutcome::Failed));
    assert_eq!(outcome(&with("/predicate/failedTests", Value::Null)), Some(TestOutcome::Passed));
    assert_eq!(outcome(&with("/predicate/passedTests", json!([]))), Some(TestOutcome::Skipped));
    let bare = with("/predicate", json!({"result": "PASSED", "configuration": []}));
    let run = runs("a.json", &bare, Vouched::No).remove(0);
    assert_eq!(
        (run.outcome, run.suite.as_str(), run.scope),
        (Some(TestOutcome::Passed), "test-result", None)
    );
}

#[test]
fn a_digest_that_cannot_be_compared_is_none() {
    let digests = |text: &str| runs("a.json", text, Vouched::No)[0].subject_digests.clone();
    let sum = "AB5DF625BC76DBD4E163BED2DD888DF828F90159BB93556525C31821B6541D46";
    let upper = with("/subject/0/digest/sha256", json!(sum));
    assert_eq!(digests(&upper), digests(STATEMENT));
    assert_eq!(digests(&with("/subject/0/digest/sha256", json!("ab5d"))), None);
    assert_eq!(digests(&with("/subject/0/digest", json!({"sha512": sum}))), None);
    assert_eq!(digests(&with("/subject", json!([]))), None);
}

#[test]
fn what_is_no_attestation_of_tests_is_refused() {
    let kind = "application/vnd.in-toto+json";
    let other = with("/predicateType", json!("https://slsa.dev/provenance/v1"));
    for (name, text, message) in [
        ("a.json", "{}".to_owned(), "no attestation, expected an in-toto statement"),
        ("a.json", "[]".to_owned(), "no attestation"),
        ("a.json", other.clone(), "`https://slsa.dev/provenance/v1`, expected one with"),
        ("a.json", with("/_type", json!("https://in-toto.io/Statement/v2")), "Statement/v2`, expected"),
        (
            "a.json",
            with("/predicateType", json!("https://in-toto.io/attestation/test-result/v0.2")),
            "v0.2`, expected",
        ),
        ("a.json", packed("text/plain", STATEMENT), "`payloadType` `text/plain`"),
        ("a.json", packed(kind, "{"), "in `payload`: not JSON"),
        ("a.json", packed(kind, r#"{"_type": 1, "_type": 2}"#), "in `payload`: key `_type` a second time"),
        ("a.json", json!({"payload": "=%", "payloadType": kind}).to_string(), "not base64"),
        ("a.json", json!({"payload": 7, "payloadType": kind}).to_string(), "not base64"),
        ("a.json", json!({"mediaType": "x", "messageSignature": {}}).to_string(), "no attestation"),
        ("a.jsonl", "\n\n".to_owned(), "no attestation"),
        ("a.jsonl", format!("{}\n{{\n", other), "a.jsonl:2:"),
        ("a.jsonl", "\n".repeat(LINES_MAX + 1), "more than 10000 lines"),
    ] {
        let error = refused(name, &text);
        assert!(error.contains(message) && error.contains("\nhelp: "), "{error}");
    }
}
