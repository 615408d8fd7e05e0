//! The report as somebody else's XML reader finds it. Tests only.

use interlock_model::Place;
use roxmltree::{Document, Node};

use super::*;
use crate::listing::remarks;
use crate::{Format, escape::is_hidden, fixture, golden};

fn xml(report: &Report, document: &ChangeDocument) -> String {
    render(report, document, &Manner::default())
}

#[test]
fn goldens() {
    golden::check(Format::Checkstyle, "xml");
}

#[track_caller]
fn attribute<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    node.attribute(name).unwrap_or_else(|| panic!("{name} of {node:?}"))
}

/// What a reader finds is what the list says, whatever stands in it.
#[test]
fn a_reader_finds_every_remark_again() {
    for (report, document) in [fixture::alibaba(), fixture::governed(), fixture::hostile()] {
        let text = xml(&report, &document);
        let read = Document::parse(&text).expect("well-formed");
        let root = read.root_element();
        assert_eq!((root.tag_name().name(), root.attribute("version")), ("checkstyle", Some("4.3")));
        let mut found = Vec::new();
        for file in root.children().filter(Node::is_element) {
            assert_eq!(file.tag_name().name(), "file");
            for error in file.children().filter(Node::is_element) {
                assert_eq!(error.tag_name().name(), "error");
                let severity = attribute(error, "severity");
                assert!(["error", "warning", "info"].contains(&severity));
                let column = error.attribute("column").map(|column| column.parse().expect("a number"));
                let line: u32 = attribute(error, "line").parse().expect("a number");
                let (message, source) = (attribute(error, "message"), attribute(error, "source"));
                assert!(!message.contains(is_hidden), "{message:?}");
                found.push((attribute(file, "name").to_owned(), line, column, severity, message, source));
            }
        }
        let all = remarks(&report, &document);
        let mut expect: Vec<_> = all
            .iter()
            .map(|it| {
                let Remark { id, effect, spot, pointer: _, text } = it;
                (spot.path.clone(), spot.line, spot.column, severity(*effect), text.as_str(), id.as_str())
            })
            .collect();
        expect.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expect);
    }
}

#[test]
fn a_file_stands_once() {
    let (mut report, document) = fixture::alibaba();
    let in_file = Place { path: Some("b.yaml".into()), ..fixture::place("a", "", "a", true) };
    for policy in &mut report.policies {
        if let interlock_model::ReportedOutcome::Findings(found) = &mut policy.outcome {
            found.iter_mut().step_by(2).for_each(|finding| finding.places = vec![in_file.clone()]);
        }
    }
    let text = xml(&report, &document);
    assert_eq!(text.matches("<file name=\"b.yaml\">").count(), 1, "{text}");
    assert_eq!(text.matches("<file name=\"change-config.yaml\">").count(), 1, "{text}");
}

#[test]
fn nothing_found_is_no_file() {
    let (_, document) = fixture::alibaba();
    let expect = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\"/>\n";
    assert_eq!(xml(&fixture::quiet(), &document), expect);
}

/// Quotes and tags, in the one attribute that is made of everything.
#[test]
fn a_message_cannot_end_its_attribute() {
    let (mut report, document) = fixture::alibaba();
    report.document.name = "a\" b=\"c'><error severity=\"x\"/>\u{0}\u{b}\u{fffe}]]>&amp;&#10;".into();
    let text = xml(&report, &document);
    let read = Document::parse(&text).expect("well-formed");
    let names: Vec<&str> =
        read.descendants().filter(|it| it.has_tag_name("file")).map(|it| attribute(it, "name")).collect();
    assert!(
        names.contains(&"a\" b=\"c'><error severity=\"x\"/>\\u{0}\\u{b}\\u{fffe}]]>&amp;&#10;"),
        "{names:?}"
    );
}
