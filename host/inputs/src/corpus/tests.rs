//! Corpora as data: what is read, what is refused and where.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::Problem;

const AT: &str = "evaluated-at: \"2026-03-02T12:00Z\"\n";

fn read(text: &str) -> Result<ExpectedFolder, InputError> {
    expected_of(Path::new("c/expected.yaml"), text.as_bytes())
}

#[track_caller]
fn refused(text: &str, line: u32, column: u32, message: &str, help: &str) {
    let error = read(text).unwrap_err();
    let at = |problem: &&Problem| (problem.span.line, problem.span.column) == (line, column);
    let problem = error.problems.iter().find(at).unwrap_or_else(|| panic!("nothing there: {error}"));
    assert!(problem.message().contains(message) && problem.help.contains(help), "{error}");
}

#[test]
fn everything_is_read() {
    let text = format!(
        "incident: i\ncatchable: \"yes\"\nexpected-rules: [a, b/c]\n{AT}documents:\n  change.yaml:\n    asked-at: promote\n    \
         before: b\n    after: a\n    calendars: [../k.yaml]\n    verdict: block\n    findings:\n      - {{ policy: a, rule: r, \
         verdict: block, at: /x, file: f }}\n  the same without its files:\n    document: change.yaml\n    role: fixed\n    \
         evaluated-at: \"2026-03-03T12:00Z\"\n    stages-done: 2\n    bake-elapsed-s: 5\n    verdict: allow\n    findings: []\n"
    );
    let folder = read(&text).unwrap();
    let incident = folder.incident.as_ref().unwrap();
    let rules: Vec<_> =
        incident.expected_rules.iter().map(|it| (it.policy.as_str(), it.rule.as_deref())).collect();
    assert_eq!((incident.catchable, rules), (Catchable::Yes, vec![("a", None), ("b", Some("c"))]));
    let [first, second] = folder.documents.as_slice() else { panic!("two documents") };
    assert_eq!((first.role, second.role), (Role::Proposed, Role::Fixed));
    assert_eq!((&first.file.path, &second.file.path), (&PathBuf::from("c/change.yaml"), &first.file.path));
    let done = |stages_done, bake_elapsed_s| Some(Progress { stages_done, bake_elapsed_s });
    assert_eq!((first.progress, second.progress), (done(1, 0), done(2, 5)));
    let calendar = first.calendars.as_deref().and_then(|all| all.first()).unwrap();
    assert_eq!(calendar.path, PathBuf::from("c/../k.yaml"));
    assert_eq!(first.compared.as_ref().unwrap().1.path, PathBuf::from("c/a"));
    assert_eq!(second.question().evaluated_at, "2026-03-03T12:00Z".parse().unwrap());
    assert_eq!(first.findings.first().unwrap().file.as_deref(), Some("f"));
}

#[test]
fn nobody_proposed_a_change() {
    let folder = read("incident: i\ncatchable: \"no\"\ndocument: none\nwhy: the cooling failed\n").unwrap();
    assert!(folder.documents.is_empty());
    refused("incident: i\ncatchable: \"no\"\ndocument: none\n", 1, 1, "without a reason", "write `why");
    refused("incident: i\ncatchable: \"no\"\nwhy: w\n", 1, 1, "no key `documents`", "`document: none`");
    refused(
        &format!(
            "incident: i\ncatchable: \"no\"\ndocument: none\nwhy: w\n{AT}documents: {{ a.yaml: {{ verdict: allow, findings: [] }} }}\n"
        ),
        6,
        1,
        "`document: none` and `documents`",
        "remove one",
    );
}

#[test]
fn slips_are_told_where_they_stand() {
    let one =
        |entry: &str| format!("{AT}documents:\n  a.yaml: {{ verdict: allow, findings: [], {entry} }}\n");
    refused(&one("verdikt: allow"), 3, 43, "unknown key `verdikt`", "did you mean `verdict`?");
    refused(&one("role: fixed"), 3, 43, "the `role` of an ordinary change", "incident: NAME");
    refused(&one("before: b"), 3, 43, "`before` alone", "empty folder");
    refused(&one("asked-at: promote, stages-done: 0"), 3, 75, "with no stage done", "asked-at: deploy");
    refused(&one("document: \" \""), 3, 53, "the text", "relative");
    refused(&format!("{AT}documents: {{}}\n"), 2, 12, "an empty map", "leave");
    refused(
        "documents: { a.yaml: { verdict: allow, findings: [] } }\n",
        1,
        14,
        "without a time",
        "evaluated-at",
    );
    refused(&format!("{AT}catchable: partly\n"), 2, 1, "without an incident", "incident: NAME");
    let finding = |text: &str| {
        format!(
            "{AT}documents: {{ a.yaml: {{ verdict: warn, findings: [{{ policy: p, rule: r, verdict: {text} }}] }} }}\n"
        )
    };
    refused(&finding("warn, at: x"), 2, 91, "text `x`", "begin it with `/`");
    refused(&finding("allow, at: /x"), 2, 81, "`warn`, `block`", "interlock schema expected");
}

#[test]
fn an_incident_says_whether_anybody_could_have_known() {
    let with =
        |head: &str, entry: &str| format!("incident: i\n{head}{AT}documents:\n  a.yaml: {{ {entry} }}\n");
    let (allowed, blocked) = (
        "verdict: allow, findings: []",
        "verdict: block, findings: [{ policy: p, rule: r, verdict: block, at: /x }]",
    );
    assert!(read(&with("catchable: \"yes\"\n", blocked)).is_ok());
    assert!(read(&with("catchable: \"no\"\nwhy: it looked good\n", allowed)).is_ok());
    refused(&with("", blocked), 1, 1, "without `catchable`", "could a gate have known?");
    // What two readers read differently is text only in quotes.
    refused(&with("catchable: yes\n", blocked), 2, 12, "`yes`", "quote it");
    refused(&with("catchable: partly\n", blocked), 1, 1, "without a reason", "write `why");
    refused(&with("catchable: \"yes\"\n", allowed), 1, 1, "without a reason", "write `why");
    refused(&with("catchable: \"yes\"\n", &format!("role: fixed, {blocked}")), 5, 35, "that blocks", "mend");
    let fixed = with("catchable: \"yes\"\n", &format!("role: fixed, {allowed}"));
    refused(&fixed, 4, 1, "are all fixed", "leave `role` out");
    let rules = |text: &str| with(&format!("catchable: \"yes\"\nexpected-rules: {text}\n"), blocked);
    refused(&rules("[]"), 3, 17, "an empty list", "leave it out");
    refused(&rules("[Staged]"), 3, 18, "text `Staged`", "interlock policies");
}

#[test]
fn a_verdict_that_no_finding_has_is_left_to_the_replay() {
    let text = format!(
        "incident: i\ncatchable: \"yes\"\n{AT}documents:\n  a.yaml: {{ verdict: allow, findings: [{{ policy: p, rule: r, \
         verdict: block, at: /x }}] }}\n  b.yaml: {{ role: fixed, verdict: block, findings: [] }}\n"
    );
    assert!(read(&text).is_ok());
}

/// The folders of this repository's own corpus.
fn own(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(folder)
}

#[test]
fn a_corpus_is_a_folder_or_a_folder_of_folders() {
    let many = read_corpus(&own("incidents")).unwrap();
    assert!(many.folders.len() > 5 && many.left_alone.is_empty(), "{:?}", many.left_alone);
    assert!(many.folders.iter().all(|folder| folder.incident.is_some()));
    let one = read_corpus(&own("incidents/2016-04-11-google")).unwrap();
    let [folder] = one.folders.as_slice() else { panic!("one folder") };
    for document in &folder.documents {
        assert!(folder.open(document).is_ok(), "{}", document.name);
    }
    let nothing = read_corpus(&own("incidents/2016-04-11-google/before")).unwrap_err();
    assert!(matches!(nothing, CorpusError::Nothing { .. }), "{nothing}");
    let missing = read_corpus(&own("no-such-folder")).unwrap_err().to_string();
    assert!(missing.contains("expected a folder") && missing.contains("help: "), "{missing}");
}

#[test]
fn a_document_that_nobody_expects_anything_of_is_told() {
    let folder = std::env::temp_dir().join(format!("interlock-corpus-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    put("a.yaml", "id: a\nkind: config\n");
    put("notes.md", "no document");
    put("policy-set.yaml", "");
    put("expected.yaml", &format!("{AT}documents:\n  a.yaml: {{ verdict: allow, findings: [] }}\n"));
    let corpus = read_corpus(&folder).unwrap();
    assert_eq!(corpus.policy_set, Some(folder.join("policy-set.yaml")));
    put("b.json", "{}");
    let error = read_corpus(&folder).unwrap_err().to_string();
    assert!(error.contains("expected.yaml:3:3: ") && error.contains("`b.json`"), "{error}");
    put("expected.yaml", &format!("{AT}documents:\n  gone.yaml: {{ verdict: allow, findings: [] }}\n"));
    std::fs::remove_file(folder.join("b.json")).unwrap();
    std::fs::remove_file(folder.join("a.yaml")).unwrap();
    let corpus = read_corpus(&folder).unwrap();
    let [held] = corpus.folders.as_slice() else { panic!("one folder") };
    let error = held.open(held.documents.first().unwrap()).unwrap_err().to_string();
    assert!(
        error.contains("expected.yaml:3:14: ") && error.contains("gone.yaml`, which cannot be read"),
        "{error}"
    );
    std::fs::remove_dir_all(&folder).unwrap();
}
