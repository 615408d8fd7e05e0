//! The text format as goldens, and as invariants over hostile text. `governed.rs` holds what a policy set adds. Tests
//! only.

mod governed;

use interlock_model::{Decision, OnError, Pointer, Span};

use super::*;
use crate::fixture;

fn text(report: &Report, document: &ChangeDocument) -> String {
    render(report, document, &Manner::default())
}

/// A document that is not needed.
fn empty() -> ChangeDocument {
    fixture::document(Sources::default())
}

const BLOCK: &str = r#"block: change `oss-auth-2023-11-12` in `change-config.yaml`: update the authentication configuration
       of object storage

block[canary-evidence/no-canary]: the first stage takes all of the traffic
  --> change-config.yaml:15:3
   |
15 |   stages:
   |   ^^^^^^
16 |     - name: everywhere
17 |       targets: ["*"]
18 |       traffic-bp: 10000
   |
   = why: a change that no small part of the traffic has tried is tried by everybody
   = see: Alibaba Cloud, 2023-11-12, https://blog.vonng.com/en/cloud/aliyun
   = fix: put a stage in front that takes at most 10 % of the traffic (`traffic-bp: 1000`)
   = facts: tier = 0 (oss-auth); traffic-bp = 10000

block[change-window/weekend]: 2023-11-12 is a Sunday in Asia/Shanghai, and `oss-auth` is tier 0
  --> change-config.yaml:20:3
   |
20 |   start: "2023-11-12T17:44"
   |   ^^^^^
   |
   = why: on a weekend the people who could mend it are not at work, and find out late
   = see: Alibaba Cloud, 2023-11-12, https://blog.vonng.com/en/cloud/aliyun
   = fix: move `schedule.start` to a working day, or name the open incident this change answers

block[staged-rollout/all-at-once]: all 2 targets are in one stage
  --> change-config.yaml:15:3
   |
15 |   stages:
   |   ^^^^^^
16 |     - name: everywhere
17 |       targets: ["*"]
18 |       traffic-bp: 10000
   |
   = also: `change-config.yaml:7:5` (`/services/0/tier`)
   = why: what reaches every region in one step leaves no region to fall back on and no time to
          stop; services were isolated by region, the change was not
   = see: Alibaba Cloud, 2023-11-12, https://blog.vonng.com/en/cloud/aliyun
   = fix: split `rollout.stages`: first one region, then the others with a bake time between them

block[tested-scope/untested]: no test has passed
 --> change-config.yaml:2:1
  |
2 | id: oss-auth-2023-11-12
  | ^^^^^^^^^^^^^^^^^^^^^^^ `/tests` is not there; shown: the document's start
  |
  = why: configuration breaks services as code does, and is tested less
  = see: Alibaba Cloud, 2023-11-12, https://blog.vonng.com/en/cloud/aliyun
  = fix: run a suite over this change and name it under `tests`

error[house-rules]: the policy panicked
 |
 = said: `index out of bounds`
 = which: version `0.1.0`, module 1e1e1e1e1e1e
 = on-error: block: what could not be judged does not go on
 = next: report it to the policy's author: it is a bug of the policy

warn[tested-scope/scope-not-tested]: nothing was tested on the site type of target 0
  --> change-config.yaml:11:3
   |
11 |   - region: us-west-1
   |   ^^^^^^^^^^^^^^^^^^^ `/targets/0/site-type` is not there; shown: its nearest parent
   |
   = why: a test on one sort of site says little about another
   = see: Alibaba Cloud, 2023-11-12, https://blog.vonng.com/en/cloud/aliyun
   = fix: run the suite on this site type as well

warn[tested-scope/scope-not-tested]: nothing was tested on the site type of target 1
  --> change-config.yaml:11:3
   |
11 |   - region: us-west-1
   |   ^^^^^^^^^^^^^^^^^^^ `/targets/1/site-type` is not there; shown: its nearest parent

warn[tested-scope/scope-not-tested]: nothing was tested on the site type of target 2
  --> change-config.yaml:11:3
   |
11 |   - region: us-west-1
   |   ^^^^^^^^^^^^^^^^^^^ `/targets/2/site-type` is not there; shown: its nearest parent

warn[tested-scope/scope-not-tested]: 2 more like this, at `change-config.yaml:11:3`
                                     (`/targets/3/site-type`), `change-config.yaml:11:3`
                                     (`/targets/4/site-type`)

4 of 5 policies judged 1 change: 4 block, 5 warn, 1 error; not judged: calendars (none given),
  service catalog (none given: tiers are the change's word), file contents (none in the document),
  `house-rules` (broken)
binds document 404040404040, policy set 656565656565, deploy at 2023-11-12T09:30Z (simulated: no
  licence to deploy), valid until 2023-11-13T09:30Z
"#;

#[track_caller]
fn check(report: &Report, document: &ChangeDocument, expect: &str) {
    let found = text(report, document);
    assert!(found == expect, "found:\n{found}\nexpected:\n{expect}");
}

#[test]
fn a_block_is_told_to_a_person_under_pressure() {
    let (report, document) = fixture::alibaba();
    check(&report, &document, BLOCK);
}

#[test]
fn an_allow_is_short() {
    let (_, document) = fixture::alibaba();
    let expect = "\
allow: change `oss-auth-2023-11-12` in `change-config.yaml`: update the authentication configuration
       of object storage
4 policies judged 1 change: 0 block, 0 warn, 0 errors; not judged: calendars (none given), service
  catalog (none given: tiers are the change's word), file contents (none in the document)
binds document 404040404040, policy set 656565656565, deploy at 2023-11-12T09:30Z (simulated: no
  licence to deploy), valid until 2023-11-13T09:30Z
";
    check(&fixture::quiet(), &document, expect);
}

#[test]
fn a_policy_that_is_broken_and_let_through_is_shown() {
    let mut report = fixture::quiet();
    let refused = Fault::Refused { reason: "no calendar\nfor 2023".into() };
    let mut policy = fixture::policy("freeze", ReportedOutcome::Broken(refused));
    policy.on_error = OnError::Allow { reason: "on trial until March".into() };
    (report.policies, report.not_judged, report.change_title) = (vec![policy], vec![], None);
    report.question.simulated = false;
    let expect = "\
allow: change `oss-auth-2023-11-12` in `change-config.yaml`

error[freeze]: the policy answered that it cannot judge
 |
 = said: `no calendar\\nfor 2023`
 = which: version `0.1.0`, module 1e1e1e1e1e1e
 = on-error: allow: the policy set ignores this policy when it is broken, because `on trial until
             March`
 = next: give the policy what it asks for, or ask its author

0 of 1 policy judged 1 change: 0 block, 0 warn, 1 error
binds document 404040404040, policy set 656565656565, deploy at 2023-11-12T09:30Z, valid until
  2023-11-13T09:30Z
";
    check(&report, &empty(), expect);
}

#[test]
fn what_decides_is_said_if_it_is_not_findings() {
    let mut report = fixture::quiet();
    for (basis, words) in [(Basis::Error, "could not judge"), (Basis::NoEvidence, "that is no pass")] {
        report.decision = Decision { verdict: Verdict::Block, basis };
        let found = text(&report, &empty());
        assert!(found.starts_with("block: ") && found.contains(words), "{found}");
    }
}

/// One finding at a place of a document, rendered.
fn at(document: &str, pointer: &str, needle: &str, exact: bool) -> String {
    let (mut report, _) = fixture::alibaba();
    let place = fixture::place(document, pointer, needle, exact);
    let mut sources = Sources::new("c.yaml", document);
    let span = fixture::span(document, needle);
    sources.place(Pointer::new(pointer), interlock_model::Origin { key: span, value: span });
    report.policies.retain(|policy| policy.id.as_str() == "canary-evidence");
    for policy in &mut report.policies {
        if let ReportedOutcome::Findings(findings) = &mut policy.outcome {
            findings.iter_mut().for_each(|finding| finding.places = vec![place.clone()]);
        }
    }
    let found = text(&report, &fixture::document(sources));
    let from = found.find("  --> ").or_else(|| found.find(" --> ")).unwrap_or(0);
    let to = found.find("= why").unwrap_or(found.len());
    found.get(from..to).unwrap_or("").to_owned()
}

#[test]
fn the_column_is_that_of_the_file_and_the_carets_that_of_the_screen() {
    let found = at("a: \"\u{1b}[2J\" # \u{202e}\ttier: 0\r\nb: c\n", "/tier", "tier", true);
    let expect = concat!(
        " --> c.yaml:1:15\n",
        "  |\n",
        "1 | a: \"\\u{1b}[2J\" # \\u{202e}    tier: 0\n",
        "  |                              ^^^^\n",
        "  |\n  ",
    );
    assert!(found == expect, "{found}");
}

#[test]
fn a_value_of_many_lines_shows_its_first() {
    let found = at(
        "a:  \n  - 1\n  - 2\n  - 3\n  - 4\n  - 5\n",
        "/a",
        "a:  \n  - 1\n  - 2\n  - 3\n  - 4\n  - 5",
        true,
    );
    assert_eq!(found, " --> c.yaml:1:1\n  |\n1 | a:\n  | ^^\n2 |   - 1\n3 |   - 2\n4 |   - 3\n  |\n  ");
}

#[test]
fn a_document_on_one_line_is_shown_around_the_place() {
    let document = format!("{{{}\"tier\":0{}}}", "\"a\":1,".repeat(10_000), ",\"b\":2".repeat(10_000));
    let found = at(&document, "/tier", "\"tier\"", true);
    assert!(found.contains("c.yaml:1:60002\n"), "{found}");
    assert!(found.lines().all(|line| line.chars().count() <= 101), "{found}");
    assert!(found.contains("\"a\":1,\"tier\":0,\"b\":2"), "{found}");
}

#[test]
fn what_is_not_there_is_said_to_be_missing() {
    let missing = at("a:\n  b: 1\n", "/a/c", "a", false);
    assert!(missing.contains("  | ^ `/a/c` is not there; shown: its nearest parent\n"), "{missing}");
    let top = at("a:\n  b: 1\n", "/c", "a", false);
    assert!(top.contains("  | ^ `/c` is not there; shown: the document's start\n"), "{top}");
    let whole = at("a:\n  b: 1\n", "", "a", true);
    assert!(whole.contains("  | ^ the change as a whole\n"), "{whole}");
}

#[test]
fn a_span_that_is_not_of_the_document_costs_the_snippet_only() {
    for (start, end) in [(usize::MAX, usize::MAX), (0, 0), (1, 1), (7, 2), (3, 4), (9, 9), (0, usize::MAX)] {
        let (mut report, _) = fixture::alibaba();
        let span = Span { start, end, line: 9, column: 9 };
        for policy in &mut report.policies {
            if let ReportedOutcome::Findings(findings) = &mut policy.outcome {
                findings
                    .iter_mut()
                    .flat_map(|finding| &mut finding.places)
                    .for_each(|place| place.span = Some(span));
            }
        }
        for document in ["a: 中文\n", "", "\n"] {
            let found = text(&report, &fixture::document(Sources::new("c", document)));
            assert!(found.contains("--> c:9:9"), "{found}");
        }
    }
}

#[test]
fn the_levels_read_as_our_words() {
    let (report, document) = fixture::alibaba();
    let found = render(&report, &document, &Manner { color: Color::Always, ..Manner::default() });
    for level in ["\u{1b}[91mblock[", "\u{1b}[91merror[", "\u{1b}[33mwarn["] {
        assert!(found.contains(level), "{level:?} in\n{found}");
    }
}
