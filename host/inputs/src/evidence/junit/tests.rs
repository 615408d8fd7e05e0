//! Reports as test runners write them, and reports that contradict themselves or are meant to hurt.

use interlock_model::{EvidenceOrigin, Pointer, TestOutcome, TestRun};

use super::*;
use crate::evidence::{Vouched, read as read_evidence};

fn read_text(text: &str) -> Statement {
    read_evidence("report.xml", text.as_bytes(), Vouched::ByCaller).unwrap()
}

fn runs(text: &str) -> Vec<TestRun> {
    read_text(text).facts.tests.unwrap()
}

/// Suites and how they ended: `+` passed, `-` failed, `o` skipped.
fn ended(text: &str) -> String {
    let mark = |run: &TestRun| match run.outcome.unwrap() {
        TestOutcome::Passed => '+',
        TestOutcome::Failed => '-',
        TestOutcome::Skipped => 'o',
    };
    runs(text).iter().map(|run| format!("{}{}", mark(run), run.suite)).collect::<Vec<_>>().join(" ")
}

macro_rules! report {
    ($name:literal) => {
        include_str!(concat!("../../../../../tests/sources/junit/", $name))
    };
}

#[test]
fn the_runners_people_use_are_read() {
    assert_eq!(ended(report!("surefire.xml")), "+shop.OrderTest");
    assert_eq!(ended(report!("pytest.xml")), "-pytest");
    assert_eq!(ended(report!("jest.xml")), "+cart oexport");
    assert_eq!(ended(report!("go.xml")), "+example.org/shop/api -example.org/shop/db");
    assert_eq!(ended(report!("node.xml")), "+suite without a name +orders +prices");
    assert_eq!(ended(report!("gtest.xml")), "+Queue oSpool");
}

#[test]
fn scope_digests_and_time_come_with_their_places() {
    let statement = read_text(report!("surefire.xml"));
    let run = statement.facts.tests.as_ref().unwrap()[0].clone();
    let scope = run.scope.unwrap();
    assert_eq!(scope["site-type"], ["table-front-end", "blob-front-end"]);
    assert_eq!(scope["region"], ["eu-west-1"]);
    assert_eq!((scope.len(), run.finished_at, run.subject_digests), (2, None, None));
    let line = |fact: &str| statement.sources.find(&Pointer::new(fact.to_owned())).unwrap().value.line;
    assert_eq!((line("/tests"), line("/tests/0/suite"), line("/tests/0/scope")), (2, 2, 5));

    let statement = read_text(report!("pytest.xml"));
    let run = statement.facts.tests.as_ref().unwrap()[0].clone();
    assert_eq!(run.subject_digests.unwrap().len(), 1);
    // 10:58:30 at +01:00, and 125 seconds: 10:00:35 UTC.
    let end = "2025-11-22T10:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second() / 60;
    assert_eq!(i64::from(run.finished_at.unwrap().epoch_min()), end);
    let origin = statement.sources.find(&Pointer::new("/tests/0/outcome")).unwrap();
    assert_eq!(
        (origin.key.line, statement.sources.text.get(origin.key.start..origin.key.end)),
        (2, Some("testcase"))
    );
    // A clock without an offset could be anywhere; a runner's word is a claim, whoever vouches for whatever.
    assert!(runs(report!("jest.xml")).iter().all(|run| run.finished_at.is_none()));
    assert_eq!(run.origin, Some(EvidenceOrigin::Claimed));
}

#[test]
fn what_holds_for_a_suite_holds_for_those_in_it() {
    let text = r#"<testsuites><properties><property name="interlock.scope.cell" value="c1"/></properties>
        <testsuite name="a"><properties><property name="interlock.scope.cell">c2</property></properties><testcase/></testsuite>
        <testsuite name="b"><testcase/></testsuite></testsuites>"#;
    let scopes: Vec<_> =
        runs(text).into_iter().map(|run| run.scope.unwrap().remove("cell").unwrap()).collect();
    assert_eq!(scopes, [vec!["c2".to_owned(), "c1".into()], vec!["c1".to_owned()]]);
    let other = r#"<testsuite><properties><property name="interlock.scope." value="x"/><property name="scope" value="x"/>
        <property name="interlock.scope.zone" value=" , "/></properties><testcase/></testsuite>"#;
    assert_eq!(runs(other)[0].scope, None);
}

#[test]
fn nothing_that_ran_is_never_passed() {
    for text in [
        "<testsuite name='s'/>",
        "<testsuite name='s' tests='0'></testsuite>",
        "<testsuites name='s'/>",
        "<testsuite name='s'><testcase><skipped/></testcase></testsuite>",
        "<testsuite name='s' tests='2' skipped='2'><testcase/><testcase/></testsuite>",
        "<testsuite name='s'><testcase status='Skipped'/><testcase result='ignored'/></testsuite>",
    ] {
        assert_eq!(ended(text), "os", "{text}");
    }
}

#[test]
fn what_went_wrong_or_contradicts_itself_failed() {
    for text in [
        "<testsuite name='s'><testcase/><testcase><failure/></testcase></testsuite>",
        "<testsuite name='s'><testcase><skipped/><error/></testcase></testsuite>",
        "<testsuite name='s'><testcase status='FAILED'/></testsuite>",
        "<testsuite name='s'><testcase/><error message='set-up'/></testsuite>",
        "<testsuite name='s'><error message='did not start'/></testsuite>",
        // The counts say something else than the cases.
        "<testsuite name='s' tests='3'><testcase/><testcase/></testsuite>",
        "<testsuite name='s' tests='7'/>",
        "<testsuite name='s' tests='1' failures='1'><testcase/></testsuite>",
        "<testsuite name='s' errors='2'><testcase/></testsuite>",
        "<testsuite name='s' tests='many'><testcase/></testsuite>",
        "<testsuite name='s' failures='-1'><testcase/></testsuite>",
    ] {
        assert_eq!(ended(text), "-s", "{text}");
    }
    // Also of a whole that holds nothing but suites, beside the suites themselves.
    let whole = "<testsuites name='w' tests='9'><testsuite name='s'><testcase/></testsuite></testsuites>";
    assert_eq!(ended(whole), "-w +s");
    let whole = "<testsuites name='w' failures='1'><testsuite name='s'><testcase/></testsuite></testsuites>";
    assert_eq!(ended(whole), "-w +s");
}

#[test]
fn what_runners_count_differently_is_no_contradiction() {
    for text in [
        "<testsuite name='s' tests='2' skipped='1'><testcase/><testcase><skipped/></testcase></testsuite>",
        "<testsuite name='s' tests='1' skipped='1'><testcase/><testcase><skipped/></testcase></testsuite>",
        "<testsuite name='s' tests='' failures='0'><testcase/></testsuite>",
        "<testsuite name='s' tests='1'><testcase><rerunFailure/><system-out>FAIL</system-out></testcase></testsuite>",
        "<testsuite name='s' tests='1'><testcase status='passed'><properties/></testcase></testsuite>",
    ] {
        assert_eq!(ended(text), "+s", "{text}");
    }
}

#[test]
fn hostile_reports_are_refused_where_they_stand() {
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]>\n<testsuite name='&c;'/>";
    let deep = "<testsuite>".repeat(70) + &"</testsuite>".repeat(70);
    let digest = "<testsuite><properties>\n<property name='interlock.subject-digest' value='abc'/></properties></testsuite>";
    for (text, place, message) in [
        (bomb, "1:", "a document type"),
        ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><testsuite/>", "1:", "a document type"),
        ("<testsuite>\n<testcase></testsuite>", "2:", "not XML"),
        ("<testsuite name='&nope;'/>", "1:", "not XML"),
        ("<html/>", "1:1", "`html`, expected `testsuites`"),
        ("", "1:1", "not XML"),
        (deep.as_str(), "1:", "suites more than 64 deep"),
        (digest, "2:", "64 hexadecimal digits"),
        ("\u{feff}<testsuite name='a\u{1b}'/>", "1:", "not XML"),
    ] {
        let error = read("r.xml", text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("r.xml:{place}")) && error.contains(message), "{error}");
        assert!(error.contains("\nhelp: ") && !error.contains('\u{1b}'), "{error}");
    }
    assert!(read("r.xml", b"\xff\xfe<\0").unwrap_err().to_string().contains("UTF-16"));
}

#[test]
fn deep_and_wide_reports_cost_what_their_size_says() {
    let deep = "<a>".repeat(300_000) + &"</a>".repeat(300_000);
    let text = format!("<testsuite name='s'>{deep}<testcase/></testsuite>");
    assert_eq!(ended(&text), "+s");
    let property = "<property name='interlock.scope.cell' value='c'/>".repeat(20_000);
    let suites = "<testsuite><testcase/></testsuite>".repeat(20_000);
    let text = format!("<testsuites><properties>{property}</properties>{suites}</testsuites>");
    let runs = runs(&text);
    assert_eq!((runs.len(), runs.last().unwrap().suite.as_str()), (1001, "19000 more suites"));
    assert_eq!(runs[0].scope.as_ref().unwrap()["cell"].len(), 200);
    assert_eq!(runs[1000].scope, None);
}
