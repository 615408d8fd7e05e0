//! Cases as data: what is read, what is refused and where.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use interlock_model::{Phase, Progress};

use super::*;
use crate::Problem;

const TOP: &str = "base: { id: a, kind: config, title: t }\ncases:\n";

fn read(text: &str) -> Result<CasesFile, InputError> {
    cases_of(Path::new("p/cases.yaml"), text.as_bytes())
}

#[track_caller]
fn refused(text: &str, line: u32, column: u32, message: &str, help: &str) {
    let error = read(text).unwrap_err();
    let problem = error.problems.first().unwrap();
    assert_eq!((problem.span.line, problem.span.column), (line, column), "{error}");
    assert!(problem.message().contains(message) && problem.help.contains(help), "{error}");
}

fn facts_of(text: &str) -> Value {
    let file = read(&format!("{TOP}{text}")).unwrap();
    file.facts(file.cases.first().unwrap()).unwrap()
}

#[test]
fn a_patch_merges_replaces_and_removes() {
    let facts = facts_of(
        "  - { case: a, why: b, change: { title: null, canary: { requests: 1 }, labels: [x] }, expect: [] }\n",
    );
    let expected = serde_json::json!({
        "id": "a", "kind": "config", "canary": { "requests": 1 }, "labels": ["x"]
    });
    assert_eq!(facts, expected);
    // RFC 7396, appendix A: a map that is patched with a list, a list with a map, and null below either.
    let merge = |base: &str, patch: &str| {
        facts::merged(serde_json::from_str(base).unwrap(), &serde_json::from_str(patch).unwrap())
    };
    assert_eq!(merge(r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#), serde_json::json!({ "a": [1] }));
    assert_eq!(merge(r#"{"a":"b"}"#, r#"{"a":{"bb":{"ccc":null}}}"#), serde_json::json!({"a":{"bb":{}}}));
    assert_eq!(merge(r#"{"e":1}"#, r#"{"a":1}"#), serde_json::json!({ "e": 1, "a": 1 }));
}

#[test]
fn null_removes_only_where_it_is_written_out_and_only_in_a_patch() {
    refused(
        &format!("{TOP}  - {{ case: a, why: b, change: {{ title: }}, expect: [] }}\n"),
        3,
        34,
        "title",
        "leave it out",
    );
    refused(
        &format!("{TOP}  - {{ case: a, why: b, change: {{ title: ~ }}, expect: [] }}\n"),
        3,
        41,
        "`~`",
        "leave it out",
    );
    refused(
        &format!("{TOP}  - {{ case: a, why: null, expect: [] }}\n"),
        3,
        21,
        "`null`, expected text",
        "patch",
    );
}

#[test]
fn slips_are_told_where_they_stand() {
    refused("base: { id: a }\ncases: []\n", 2, 8, "an empty list, expected at least one case", "write one");
    refused("cases:\n  - { case: a, why: b, expect: [] }\n", 2, 5, "without a change", "change-file");
    refused(&format!("{TOP}  - {{ case: a, wyh: b, expect: [] }}\n"), 3, 16, "unknown key `wyh`", "`why`");
    refused(&format!("{TOP}  - {{ case: a, why: b }}\n"), 3, 5, "no key `expect`", "interlock schema cases");
    let expect = |finding: &str| format!("{TOP}  - {{ case: a, why: b, expect: [{{ {finding} }}] }}\n");
    refused(&expect("rule: r, verdict: allow, at: \"\""), 3, 53, "`warn`, `block`", "interlock schema cases");
    refused(&expect("rule: r, verdict: warn, at: a"), 3, 63, "a JSON pointer", "begin it with `/`");
    let twice = "  - { case: a, why: b, expect: [] }\n";
    refused(
        &format!("{TOP}{twice}{twice}"),
        4,
        13,
        "a second time, expected it once: the first is at line 3",
        "",
    );
    refused(
        &format!(
            "{TOP}  - {{ case: a, why: b, asked-at: promote, progress: {{ stages-done: 0 }}, expect: [] }}\n"
        ),
        3,
        68,
        "with no stage done, expected at least one",
        "asked-at: deploy",
    );
}

#[test]
fn what_is_wrong_with_a_change_is_told_where_the_author_wrote_it() {
    let wrong = |text: &str| {
        let file = read(text).unwrap();
        let case = file.cases.first().unwrap();
        let error = file.document(case, &file.facts(case).unwrap()).unwrap_err();
        let Problem { span, .. } = error.problems.first().unwrap();
        (span.line, span.column, error.to_string())
    };
    let (line, column, error) = wrong(&format!(
        "{TOP}  - case: a\n    why: b\n    change: {{ rolout: {{ strategy: x }} }}\n    expect: []\n"
    ));
    assert_eq!((line, column), (5, 15), "{error}");
    assert!(error.contains("unknown key `rolout`"), "{error}");
    let (line, column, error) =
        wrong("base: { id: a, kind: bright }\ncases: [{ case: a, why: b, expect: [] }]\n");
    assert_eq!((line, column), (1, 16), "{error}");
    let (line, column, error) = wrong("base: { id: a }\ncases:\n  - { case: a, why: b, expect: [] }\n");
    assert_eq!((line, column), (1, 1), "{error}");
}

#[test]
fn a_question_is_asked_as_the_case_says() {
    let file = read(&format!(
        "{TOP}  - {{ case: a, why: b, asked-at: promote, expect: [] }}\n  - {{ case: b, why: b, asked-at: promote, \
         progress: {{ stages-done: 3, bake-elapsed-s: 60 }}, expect: [] }}\n  - {{ case: c, why: b, expect: [] }}\n"
    ))
    .unwrap();
    let progress: Vec<_> = file.cases.iter().map(|case| case.progress).collect();
    let done = |stages_done, bake_elapsed_s| Some(Progress { stages_done, bake_elapsed_s });
    assert_eq!(progress, [done(1, 0), done(3, 60), None]);
    assert_eq!(file.cases.iter().map(|case| case.asked_at).next_back(), Some(Phase::Deploy));
}

/// Two messages in the notations that people use, and a third that is not asked to change.
const WORDED: &str = "\
# a comment
base: { id: a, kind: config }
cases:
  - case: one   # odd layout stays
    why: b
    expect:
      - { rule: r,   verdict: block, at: /a, message: 'it''s old' }   # and this
      - rule: r
        verdict: warn
        message: plain words
        at: /b
  - { case: two, why: c, expect: [{ rule: r, verdict: warn, at: /c, message: \"kept\" }] }
";

fn messages(file: &CasesFile) -> Vec<&ExpectedMessage> {
    file.cases.iter().flat_map(|case| &case.expect).filter_map(|finding| finding.message.as_ref()).collect()
}

#[test]
fn messages_are_put_in_other_words_in_place() {
    let file = read(WORDED).unwrap();
    let words = |n: usize, text: &str| (messages(&file).get(n).unwrap().span, text.to_owned());
    let text = file.reworded(&[words(0, "\"neu: #1\""), words(1, "\"größer\"")]).unwrap();
    let expected = WORDED.replace("'it''s old'", "\"neu: #1\"").replace("plain words", "\"größer\"");
    assert_eq!(text, expected);
    assert_eq!(file.reworded(&[]).unwrap(), WORDED);
    let again = read(&text).unwrap();
    let read_again: Vec<&str> = messages(&again).iter().map(|message| message.text.as_str()).collect();
    assert_eq!(read_again, ["neu: #1", "größer", "kept"]);
}

#[test]
fn nothing_but_a_message_is_written() {
    let file = read(WORDED).unwrap();
    let span = messages(&file).first().unwrap().span;
    // Words that would change what is asked for, a place that is not a message's, and two that overlap.
    for word in ["x, at: /z", "\"x\" }, { rule: r, verdict: warn, at: /z", "\"x"] {
        assert_eq!(file.reworded(&[(span, word.to_owned())]), Err(NotReworded), "{word}");
    }
    let start = WORDED.find("block").unwrap();
    let verdict = Span { start, end: start + 5, ..span };
    assert_eq!(file.reworded(&[(verdict, "warn".to_owned())]), Err(NotReworded));
    assert_eq!(file.reworded(&[(span, "a".to_owned()), (span, "b".to_owned())]), Err(NotReworded));
    let beyond = Span { start: WORDED.len(), end: WORDED.len() + 1, ..span };
    assert_eq!(file.reworded(&[(beyond, "a".to_owned())]), Err(NotReworded));
}

#[test]
fn a_message_in_a_block_of_lines_stays_whole_or_is_refused() {
    let text = WORDED.replace("plain words", "|\n          two\n          lines");
    let file = read(&text).unwrap();
    let span = messages(&file).get(1).unwrap().span;
    if let Ok(text) = file.reworded(&[(span, "\"one\"".to_owned())]) {
        let again = read(&text).unwrap();
        assert_eq!(messages(&again).get(1).unwrap().text, "one");
    }
}
