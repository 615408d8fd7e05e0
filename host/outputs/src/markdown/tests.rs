//! The comment as somebody else's Markdown reader finds it. Tests only.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use interlock_model::{Basis, Decision, Fault, JudgedFinding, ReportedOutcome, Verdict};

use super::*;
use crate::{Format, fixture, golden};

fn markdown(report: &Report, document: &ChangeDocument) -> String {
    render(report, document, &Manner::default())
}

#[test]
fn goldens() {
    golden::check(Format::Markdown, "md");
}

fn events(text: &str) -> Vec<Event<'_>> {
    Parser::new_ext(text, Options::all().difference(Options::ENABLE_SMART_PUNCTUATION)).collect()
}

/// Everything that there may be. Whatever else a reader finds, somebody else has put there.
#[track_caller]
fn assert_ours(event: &Event<'_>) {
    let is_ours = if let Event::Start(tag) = event {
        is_our_tag(tag)
    } else if let Event::Html(html) = event {
        is_our_fold(html.trim())
    } else if let Event::Text(text) = event {
        is_harmless(text)
    } else {
        matches!(event, Event::End(_) | Event::Code(_) | Event::SoftBreak)
    };
    assert!(is_ours, "{event:?}");
}

fn is_our_tag(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Paragraph | Tag::Strong | Tag::List(None) | Tag::Item | Tag::HtmlBlock)
        || matches!(tag, Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell)
}

fn is_our_fold(html: &str) -> bool {
    let title = html.strip_prefix("<details><summary>").and_then(|rest| rest.strip_suffix("</summary>"));
    html == "</details>" || title.is_some_and(|title| !title.contains(['<', '>', '&', '@', '#']))
}

/// Whether nothing is left in a text outside code that GitHub or GitLab looks for.
fn is_harmless(text: &str) -> bool {
    let acts = ['@', '#', '<', '[', ']', '|', '\\', '*', '_', '~', '$', '&', '`'];
    !text.contains(acts) && !["://", "www.", "::"].iter().any(|start| text.contains(start))
}

#[test]
fn a_reader_finds_nothing_that_somebody_else_put_there() {
    let fixtures = [fixture::alibaba(), fixture::governed(), fixture::hostile(), hostile_and_active()];
    for (report, document) in fixtures {
        let text = markdown(&report, &document);
        events(&text).iter().for_each(assert_ours);
        // Nobody else's word is first in a line, where `/merge` and `- ` are read.
        for line in text.lines() {
            let starts = ["", "**", "| ", "- ", "<details>", "</details>"];
            let is_ours = starts
                .iter()
                .any(|start| if start.is_empty() { line.is_empty() } else { line.starts_with(start) });
            let is_sentence = line.starts_with(|c: char| c.is_ascii_digit())
                || line.starts_with("no finding says so")
                || line.starts_with("there was nothing");
            assert!(is_ours || is_sentence, "{line}");
        }
    }
    // The check itself: it does find what must not be there.
    for bad in [
        "<b>x</b>",
        "![i](u)",
        "[l](u)",
        "@all",
        "_a_",
        "# a",
        "```\na\n```",
        "| a |\n|-|\n| #1 |",
        "<!-- x -->",
    ] {
        assert!(std::panic::catch_unwind(|| events(bad).iter().for_each(assert_ours)).is_err(), "{bad}");
    }
}

/// The cells of the table, row by row, as text.
fn cells(text: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut in_cell = false;
    for event in events(text) {
        if matches!(event, Event::Start(Tag::TableRow | Tag::TableHead)) {
            rows.push(Vec::new());
        } else if event == Event::Start(Tag::TableCell) {
            rows.last_mut().expect("a row").push(String::new());
            in_cell = true;
        } else if event == Event::End(TagEnd::TableCell) {
            in_cell = false;
        } else if let (Event::Text(text) | Event::Code(text), true) = (&event, in_cell) {
            rows.last_mut().and_then(|row| row.last_mut()).expect("a cell").push_str(text);
        }
    }
    rows
}

#[test]
fn the_table_holds_what_counts_and_nothing_else() {
    let (report, document) = fixture::governed();
    let rows = cells(&markdown(&report, &document));
    let firsts: Vec<[&str; 2]> = rows.iter().map(|row| [row[0].as_str(), row[1].as_str()]).collect();
    assert_eq!(
        firsts,
        [
            ["", "Rule"],
            ["block", "config-sanity/list-shrink"],
            ["block", "config-sanity/numeric-ratio"],
            ["warn (asked for: block)", "rollback-ready/not-rehearsed"],
        ]
    );
    assert_eq!(
        rows[1][2..],
        [
            "edge.yaml:1:1 (/prefixes, before the change), bin/tool (/prefixes)",
            "the list lost 2 of its 3 items",
            "split the removal into steps of at most 10 %",
        ]
    );
    assert!(rows[3][3].ends_with("; lowered by the policy set: rollback-ready is bound in mode warn"));
}

/// A `|` of somebody else's does not move what stands behind it into another cell.
#[test]
fn hostile_text_stays_in_its_cell() {
    let (report, document) = hostile_and_active();
    let rows = cells(&markdown(&report, &document));
    assert!(rows.len() > 2, "{}", rows.len());
    for row in rows.iter().skip(1) {
        assert!(row.len() == 5 && (row[0].starts_with("block") || row[0].starts_with("warn")), "{row:?}");
        // The remedy is there up to where it is cut.
        assert!(row[4].contains("more characters)"), "{row:?}");
    }
}

/// The hostile report, as if nobody had accepted anything.
fn hostile_and_active() -> (Report, ChangeDocument) {
    let (mut report, document) = fixture::hostile();
    for policy in &mut report.policies {
        if let ReportedOutcome::Findings(found) = &mut policy.outcome {
            found.iter_mut().for_each(|finding| {
                (finding.waived, finding.baseline) = (None, interlock_model::InBaseline::Never);
            });
        }
    }
    (report, document)
}

/// `count` findings of one policy, each with a message of its own.
fn many(count: usize) -> (Report, ChangeDocument) {
    let (mut report, document) = fixture::alibaba();
    let Some(ReportedOutcome::Findings(found)) = report.policies.first().map(|it| it.outcome.clone()) else {
        panic!("findings")
    };
    let nth = |nth: usize| JudgedFinding { message: format!("{nth} @x `a`").into(), ..found[0].clone() };
    report.policies.truncate(1);
    report.policies[0].outcome = ReportedOutcome::Findings((0..count).map(nth).collect());
    let broken = Fault::Refused { reason: "no calendar".into() };
    report.policies.push(fixture::policy("late", ReportedOutcome::Broken(broken)));
    (report, document)
}

#[test]
fn what_does_not_fit_is_counted_and_hides_nothing_else() {
    for count in [10, 200, 10_000] {
        let (report, document) = many(count);
        let text = markdown(&report, &document);
        assert!(text.len() <= COMMENT_MAX, "{}", text.len());
        events(&text).iter().for_each(assert_ours);
        let shown = cells(&text).len() - 1;
        let note = format!("\n{} more not shown here: `--format json` has everything.\n", count - shown);
        assert_eq!(text.contains(&note), shown < count, "{shown} of {count}");
        assert!(shown >= count.min(50), "{shown} of {count}");
        assert!(text.contains("- **error** `late`:") && text.contains("**Not judged**"), "{text}");
        assert!(text.contains("binds document"), "{text}");
    }
    // So many of everything that each section is cut.
    let (mut report, document) = hostile_and_active();
    let policies = report.policies.clone();
    report.policies = std::iter::repeat_n(policies, 20).flatten().collect();
    let text = markdown(&report, &document);
    assert!(text.len() <= COMMENT_MAX, "{}", text.len());
    assert_eq!(text.matches("more not shown here").count(), 5, "{text}");
    events(&text).iter().for_each(assert_ours);
}

#[test]
fn a_row_is_left_out_whole_and_alone() {
    let rows = ["aa".to_owned(), "bbb".to_owned(), "c".to_owned()];
    let shown = |room: usize| fitting(&rows, room).0.concat();
    for (room, expect) in
        [(1, ""), (2, "c"), (3, "aa"), (5, "aac"), (7, "aabbb"), (8, "aabbb"), (9, "aabbbc")]
    {
        assert_eq!(shown(room), expect, "{room}");
        assert_eq!(fitting(&rows, room).0.len() + fitting(&rows, room).1, 3, "{room}");
    }
}

/// What the gate itself found stands among the others, under its own name.
#[test]
fn the_gate_s_own_findings_count() {
    let (mut report, document) = fixture::alibaba();
    report.policies.truncate(1);
    report.policies[0].id = fixture::id_of("interlock");
    report.policies[0].module = None;
    let rows = cells(&markdown(&report, &document));
    assert_eq!(rows[1][..2], ["block", "interlock/no-canary"]);
}

#[test]
fn an_allow_is_short_and_a_missing_basis_is_said() {
    let (_, document) = fixture::alibaba();
    let mut report = fixture::quiet();
    let text = markdown(&report, &document);
    assert!(text.starts_with("**Interlock: allow** for change"), "{text}");
    assert!(!text.contains("**Findings**") && !text.contains("Waived") && !text.contains("shadow"), "{text}");
    report.decision = Decision { verdict: Verdict::Block, basis: Basis::NoEvidence };
    let text = markdown(&report, &document);
    assert!(text.starts_with("**Interlock: block** for"), "{text}");
    assert!(
        text.contains("\nthere was nothing to judge, or nobody to judge it; that is no pass\n"),
        "{text}"
    );
}
