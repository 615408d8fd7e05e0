//! The report as readers of JUnit's find it: a reader of XML, and nextest's reader of JUnit. Tests only.

use interlock_model::{Basis, Decision, OnError, Untrusted};
use roxmltree::{Document, Node};

use super::*;
use crate::{Format, escape::is_hidden, fixture, golden};

fn xml(report: &Report, document: &ChangeDocument) -> String {
    render(report, document, &Manner::default())
}

#[test]
fn goldens() {
    golden::check(Format::Junit, "xml");
}

/// Suite, case, and what became of it with its type: `pass` if nothing did.
fn outcomes(text: &str) -> Vec<(String, String, String)> {
    let read = Document::parse(text).expect("well-formed");
    let attribute = |node: Node<'_, '_>, name: &str| node.attribute(name).unwrap_or("").to_owned();
    let cases = read.descendants().filter(|node| node.has_tag_name("testcase"));
    cases
        .map(|case| {
            let suite = case.parent().map(|suite| attribute(suite, "name")).unwrap_or_default();
            let became = case.children().find(Node::is_element);
            let became = became.map(|it| format!("{} {}", it.tag_name().name(), attribute(it, "type")));
            (suite, attribute(case, "name"), became.unwrap_or_else(|| "pass".to_owned()))
        })
        .collect()
}

#[test]
fn each_sort_of_thing_becomes_its_sort_of_case() {
    let (mut report, document) = fixture::governed();
    report.policies.push(fixture::policy("steady", ReportedOutcome::Findings(vec![])));
    report
        .policies
        .push(fixture::policy("broken", ReportedOutcome::Broken(Fault::NotStarted { limit_ms: 1 })));
    let found = outcomes(&xml(&report, &document));
    let found: Vec<[&str; 3]> = found.iter().map(|(a, b, c)| [a.as_str(), b.as_str(), c.as_str()]).collect();
    let not_judged = "not judged";
    let skipped = "skipped not-judged";
    assert_eq!(
        found,
        [
            ["change-window", "weekend (waived)", "skipped waived"],
            ["config-sanity", "list-shrink", "failure block"],
            ["config-sanity", "numeric-ratio", "failure block"],
            ["config-sanity", "match-all (known)", "skipped known"],
            ["data-quality", "data-quality", "skipped not-asked"],
            ["on-trial", "no-canary (shadow)", "skipped shadow"],
            ["on-trial-too", "on-trial-too", "skipped broken"],
            ["rollback-ready", "not-rehearsed (warn)", "skipped warn"],
            ["tested-scope", "tested-scope", "skipped not-asked"],
            ["steady", "steady", "pass"],
            ["broken", "broken", "error not-started"],
            [not_judged, "the values in `bin/tool` (no format that is read)", skipped],
            [not_judged, "`on-trial` (in shadow)", skipped],
            [not_judged, "`on-trial-too` (in shadow)", skipped],
            [not_judged, "holidays in `America/Los_Angeles` (no calendar given)", skipped],
        ]
    );
}

/// Case names tell cases apart, in GitLab for one; counts are what Jenkins shows first.
#[test]
fn cases_have_their_own_names_and_the_counts_are_right() {
    for (report, document) in [fixture::alibaba(), fixture::governed()] {
        let text = xml(&report, &document);
        let found = outcomes(&text);
        let names: std::collections::HashSet<_> =
            found.iter().map(|(suite, name, _)| (suite, name)).collect();
        assert_eq!(names.len(), found.len());
        let read = quick_junit::Report::deserialize_from_str(&text).expect("JUnit");
        let of = |what: &str| found.iter().filter(|(_, _, became)| became.starts_with(what)).count();
        assert_eq!(
            (read.tests, read.failures, read.errors, read.skipped),
            (found.len(), of("failure"), of("error"), of("skipped"))
        );
    }
}

fn fails(text: &str) -> bool {
    outcomes(text).iter().any(|(_, _, became)| became.starts_with("failure") || became.starts_with("error"))
}

/// What the gate itself found is a suite of its own, and a long path is not cut: it would not be found again.
#[test]
fn the_gate_s_own_findings_and_long_paths_are_whole() {
    let (mut report, document) = fixture::alibaba();
    report.policies.truncate(1);
    (report.policies[0].id, report.policies[0].module) = (fixture::id_of("interlock"), None);
    let long = "a/".repeat(200) + "b.yaml";
    if let ReportedOutcome::Findings(found) = &mut report.policies[0].outcome {
        found[0].places[0].path = Some(format!("./{long}").into());
    }
    let text = xml(&report, &document);
    assert_eq!(
        outcomes(&text)[0],
        ("interlock".to_owned(), "no-canary".to_owned(), "failure block".to_owned())
    );
    assert!(text.contains(&format!(" file=\"{long}\"")), "{text}");
}

#[test]
fn it_fails_exactly_if_the_decision_blocks() {
    let (_, document) = fixture::alibaba();
    let mut report = fixture::quiet();
    assert!(!fails(&xml(&report, &document)));
    report.decision = Decision { verdict: Verdict::Block, basis: Basis::NoEvidence };
    assert!(fails(&xml(&report, &document)));

    // Broken, and let through by the policy set.
    let mut broken = fixture::policy("late", ReportedOutcome::Broken(Fault::Host { what: "x".into() }));
    (broken.verdict, broken.on_error) = (Verdict::Allow, OnError::Allow { reason: "on trial".into() });
    (report.policies, report.decision.verdict) = (vec![broken], Verdict::Allow);
    let text = xml(&report, &document);
    assert!(
        !fails(&text) && text.contains("could not judge, does not block: the policy could not be run"),
        "{text}"
    );

    // Waived, lowered by its mode, in shadow: told, and no failure.
    let (governed, document) = fixture::governed();
    report.policies = governed.policies.into_iter().filter(|it| it.id.as_str() != "config-sanity").collect();
    report.decision = Decision { verdict: Verdict::Warn, basis: Basis::Findings };
    let text = xml(&report, &document);
    assert!(!fails(&text) && text.contains("waived by `Li Wei` until"), "{text}");
    assert!(text.contains("(asked for: block)") && text.contains("is bound in mode `warn`"), "{text}");
}

#[test]
fn the_findings_of_a_rule_are_one_case_and_none_is_lost() {
    let (mut report, document) = fixture::alibaba();
    report.policies.retain(|policy| policy.id.as_str() == "tested-scope");
    for policy in &mut report.policies {
        if let ReportedOutcome::Findings(found) = &mut policy.outcome {
            found.remove(0);
            *found = std::iter::repeat_n(found.clone(), 6).flatten().collect();
        }
    }
    let text = xml(&report, &document);
    assert_eq!(outcomes(&text).iter().filter(|(suite, ..)| suite == "tested-scope").count(), 1);
    assert!(text.contains("of target 0 (and 29 more)\""), "{text}");
    assert!(
        text.contains("10 more like this, at `change-config.yaml:11:3`")
            && text.contains(" and 5 more</skipped>"),
        "{text}"
    );
}

/// A text that looks like a tag, a reference or a section is text; what XML cannot carry is spelled out.
#[test]
fn hostile_text_is_text() {
    let (mut report, document) = fixture::alibaba();
    let bad = "]]></failure><testcase name='x'/><!-- &lt; &#0; \u{0}\u{8}\u{fffe}\r\n<system-out>[[ATTACHMENT|/etc/passwd]]";
    let shown = bad.replace('\0', "\\u{0}").replace('\u{8}', "\\u{8}").replace('\u{fffe}', "\\u{fffe}");
    let shown = shown.replace("\r\n", "\\r\\n");
    for policy in &mut report.policies {
        if let ReportedOutcome::Findings(found) = &mut policy.outcome {
            found.iter_mut().for_each(|it| (it.message, it.remedy) = (bad.into(), Untrusted::from(bad)));
        }
    }
    let text = xml(&report, &document);
    let before = outcomes(&xml(&fixture::alibaba().0, &document));
    assert_eq!(outcomes(&text), before);
    let read = Document::parse(&text).expect("well-formed");
    assert!(!read.descendants().any(|node| node.has_tag_name("system-out")));
    let failure = read.descendants().find(|node| node.has_tag_name("failure")).expect("a failure");
    assert_eq!(failure.attribute("message"), Some(shown.as_str()));
    assert!(failure.text().is_some_and(|text| text.contains(&format!("fix: {shown}\n"))), "{failure:?}");

    let (report, document) = fixture::hostile();
    let text = xml(&report, &document);
    let read = Document::parse(&text).expect("well-formed");
    for node in read.descendants() {
        let texts = node.attributes().map(|it| it.value()).chain(node.text());
        assert!(!texts.flat_map(str::chars).any(|c| c != '\n' && is_hidden(c)), "{node:?}");
    }
    quick_junit::Report::deserialize_from_str(&text).expect("JUnit");
}
