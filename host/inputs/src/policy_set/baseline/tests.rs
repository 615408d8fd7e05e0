//! What is read as a baseline, and one slip after the other with its place and the next step.

use super::*;

const SAYS: &str = "0123456789abcdef0123456789abcdef";
const WHOLE: &str = r#"version: 1
findings:
  - policy: "config-sanity"
    rule: "list-shrink"
    path: "a b.yaml"
    pointer: "/x"
    says: "0123456789abcdef0123456789abcdef"
  - policy: "interlock"
    rule: "template"
    path: "\U00003000c.yaml"
    pointer: ""
    says: "00000000000000000000000000000000"
"#;

fn read(text: &str) -> Result<BaselineFile, InputError> {
    read_baseline(Path::new("known.yaml"), text.as_bytes())
}

#[test]
fn a_whole_baseline_is_read_in_any_order() {
    let file = read(WHOLE).unwrap();
    let entry = |policy: &str, rule: &str, path: &str, pointer: &str, says: &str| KnownFinding {
        policy: PolicyId::try_from(policy.to_owned()).unwrap(),
        rule: rule.into(),
        path: path.into(),
        pointer: Pointer::new(pointer),
        says: Says::try_from(says.to_owned()).unwrap(),
    };
    let one = entry("config-sanity", "list-shrink", "a b.yaml", "/x", SAYS);
    let other = entry("interlock", "template", "\u{3000}c.yaml", "", &"0".repeat(32));
    assert_eq!(file.baseline.entries, [one.clone(), other].into());
    let told = file.problem(&one.policy, "list-shrink", "no rule", "name another").to_string();
    assert_eq!(told, "known.yaml:4:11: no rule\nhelp: name another");
    assert!(read("version: 1\nfindings: []\n").unwrap().baseline.entries.is_empty());
    let json = r#"{ "version": 1, "findings": [] }"#;
    assert!(read_baseline(Path::new("known.json"), json.as_bytes()).is_ok());
}

#[test]
fn one_slip_is_one_problem_at_its_place() {
    for (right, wrong, place, message, help) in [
        ("version: 1", "version: 2", "1:10", "the number `2`, expected `1`", "write `version: 1`"),
        ("version: 1", "version: \"1\"", "1:10", "a whole number", "remove the quotes"),
        (
            "findings:",
            "finding:",
            "2:1",
            "unknown key `finding`, expected `findings`",
            "did you mean `findings`",
        ),
        (
            "  rule: \"list-shrink\"",
            "  rul: \"list-shrink\"",
            "4:5",
            "unknown key `rul`",
            "did you mean `rule`",
        ),
        ("\"list-shrink\"", "\"List\"", "4:11", "rule `List`", "as the report does"),
        ("\"config-sanity\"", "\"config-sanity/x\"", "3:13", "policy `config-sanity/x`", "without the `/`"),
        ("\"a b.yaml\"", "\"\"", "5:11", "expected the path of a file", "as the report does"),
        ("\"/x\"", "\"x\"", "6:14", "expected a JSON pointer", "as the report does"),
        ("\"0123456789abcdef0123456789abcdef\"", "\"0123\"", "7:11", "32 lower-case", "--write-baseline"),
        (
            "\"0123456789abcdef0123456789abcdef\"",
            "\"0123456789ABCDEF0123456789abcdef\"",
            "7:11",
            "32 lower-case",
            "--write-baseline",
        ),
        (
            "\"00000000000000000000000000000000\"",
            "7",
            "12:11",
            "the number `7`, expected text",
            "put it in quotes",
        ),
        (
            "    says: \"00000000000000000000000000000000\"\n",
            "",
            "8:5",
            "no key `says`",
            "interlock schema baseline",
        ),
    ] {
        assert_eq!(WHOLE.matches(right).count(), 1, "{right}");
        let said = read(&WHOLE.replacen(right, wrong, 1)).unwrap_err().to_string();
        assert!(said.starts_with(&format!("known.yaml:{place}: ")), "{said}");
        assert!(said.contains(message) && said.contains(help), "{said}");
        assert_eq!(said.matches("known.yaml:").count(), 1, "{said}");
    }
}

#[test]
fn a_finding_twice_and_too_many_are_refused() {
    let entry = |says: usize| {
        format!("  - {{ policy: p, rule: r, path: f, pointer: \"\", says: \"{says:032x}\" }}\n")
    };
    let of = |entries: String| format!("version: 1\nfindings:\n{entries}");
    let twice = read(&of([entry(1), entry(2), entry(1)].concat())).unwrap_err().to_string();
    let expect =
        "known.yaml:5:5: a finding a second time, expected it once: the first is at line 3, column 5";
    assert!(twice.starts_with(expect), "{twice}");
    // The last one that is taken, and one more.
    let many = |count: usize| of((0..count).map(entry).collect());
    assert_eq!(read(&many(BASELINE_ENTRIES_MAX)).unwrap().baseline.entries.len(), BASELINE_ENTRIES_MAX);
    let refused = read(&many(BASELINE_ENTRIES_MAX + 1)).unwrap_err().to_string();
    assert!(refused.contains("10001 findings, expected at most 10000"), "{refused}");
    // Of thousands of slips the first few are enough.
    let slips = read(&many(1000).replace("path: f", "path: \"\"")).unwrap_err();
    assert_eq!(slips.problems.len(), TOLD_MAX);
}

#[test]
fn what_no_editor_shows_is_not_held() {
    let with = |path: &str, pointer: &str| {
        let entry = read(WHOLE).unwrap().baseline.entries.pop_first().unwrap();
        baseline_can_hold(&KnownFinding { path: path.into(), pointer: Pointer::new(pointer), ..entry })
    };
    assert!(with("ä b\\\"c.yaml", "/中/~1") && with("a\u{200b}", ""));
    assert!(!with("a\u{202e}b", "") && !with("a", "/\u{1b}[31m") && !with("a\0", ""));
}

#[test]
fn the_name_says_how_it_is_written() {
    let said = read_baseline(Path::new("known.txt"), WHOLE.as_bytes()).unwrap_err().to_string();
    assert!(said.starts_with("known.txt:1:1: a file whose name does not say"), "{said}");
}
