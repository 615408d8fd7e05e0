//! JUnit XML, as Surefire, Gradle, pytest, Jest, Node, gtest and go-junit-report write it: one run for each suite that
//! has cases of its own. <https://github.com/testmoapp/junitxml>
//!
//! A suite passed if a case of it ran, none went wrong, and its own counts say the same. Counts that say something else
//! than the cases are a report that was cut or put together wrongly, and such a suite failed. Nothing run is skipped.

use std::collections::HashMap;

use interlock_model::{Instant, Origin, TestOutcome};
use roxmltree::{Attribute, Document, Node, NodeId, ParsingOptions};

use cases::{Counts, counts};

use super::{RUNS_MAX, Run, SCOPE_PREFIX, SCOPE_VALUES_MAX, digest, statement};
use crate::Statement;
use crate::error::{InputError, Problem, ProblemKind, escaped, shown};
use crate::payload::lines::Lines;
use crate::payload::text_in;

mod cases;
#[cfg(test)]
mod tests;

/// Elements, texts and comments of one report.
const NODES_MAX: u32 = 1_000_000;
/// Suites inside each other.
const DEPTH_MAX: usize = 64;
/// How a report names the bytes that were tested.
const DIGEST_PROPERTY: &str = "interlock.subject-digest";

/// Reads a report.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Statement, InputError> {
    let text = text_in(name, bytes)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| InputError::new(name, vec![malformed(text, &error)]))?;
    let root = document.root_element();
    if !is_suite(root) {
        return Err(InputError::new(name, vec![no_report(&Lines::new(text), root)]));
    }
    let mut report = Report { lines: Lines::new(text), counts: counts(root), properties: HashMap::new() };
    report.look(root).map_err(|problem| InputError::new(name, vec![problem]))?;
    Ok(statement(name, text, report.runs(root), report.named(root)))
}

fn no_report(lines: &Lines<'_>, root: Node<'_, '_>) -> Problem {
    let span = lines.span(root.range().start..root.range().start + 1);
    Problem::new(ProblemKind::Value, span, format!("an element {}", shown(root.tag_name().name())))
        .expected("`testsuites` or `testsuite`")
        .help("give the JUnit report of the test runner")
}

/// The parser's message holds words of the report, so it is escaped.
fn malformed(text: &str, error: &roxmltree::Error) -> Problem {
    let found = if matches!(error, roxmltree::Error::DtdDetected) {
        "a document type, which no report of tests needs".to_owned()
    } else if matches!(error, roxmltree::Error::NodesLimitReached) {
        format!("more than {NODES_MAX} elements")
    } else {
        format!("not XML: {}", escaped(&error.to_string()))
    };
    let place = error.pos();
    let line =
        text.split_inclusive('\n').take((place.row as usize).saturating_sub(1)).map(str::len).sum::<usize>();
    let rest = text.get(line..).unwrap_or_default().chars();
    let at = line + rest.take((place.col as usize).saturating_sub(1)).map(char::len_utf8).sum::<usize>();
    Problem::new(ProblemKind::Syntax, Lines::new(text).span(at..at), found)
        .help("give the report as the test runner wrote it, whole and without a document type")
}

fn is_suite(node: Node<'_, '_>) -> bool {
    matches!(node.tag_name().name(), "testsuite" | "testsuites")
}

struct Report<'t> {
    lines: Lines<'t>,
    counts: HashMap<NodeId, Counts>,
    /// Of each suite, those that are for us: name, value and place.
    properties: HashMap<NodeId, Vec<(&'t str, &'t str, Origin)>>,
}

impl<'t> Report<'t> {
    /// Looks at every suite's properties once, however many suites are in it.
    fn look<'d: 't>(&mut self, root: Node<'d, '_>) -> Result<(), Problem> {
        for suite in root.descendants().filter(|node| is_suite(*node)) {
            if suite.ancestors().take(DEPTH_MAX + 2).count() > DEPTH_MAX + 1 {
                return Err(self.too_deep(suite));
            }
            let properties = self.of_ours(suite)?;
            if !properties.is_empty() {
                self.properties.insert(suite.id(), properties);
            }
        }
        Ok(())
    }

    fn of_ours<'d: 't>(&self, suite: Node<'d, '_>) -> Result<Vec<(&'t str, &'t str, Origin)>, Problem> {
        let mut properties = Vec::new();
        let lists = suite.children().filter(|node| node.has_tag_name("properties"));
        for property in lists.flat_map(|list| list.children()).filter(|node| node.has_tag_name("property")) {
            let Some(name) = property.attribute("name") else { continue };
            if !(name == DIGEST_PROPERTY || name.starts_with(SCOPE_PREFIX)) {
                continue;
            }
            let value = property.attribute("value").or_else(|| property.text()).unwrap_or_default().trim();
            let at = self.attribute(property, "value").unwrap_or_else(|| self.named(property));
            if name == DIGEST_PROPERTY && digest(value).is_none() {
                return Err(no_digest(value, at));
            }
            properties.push((name, value, at));
        }
        // What is left out was then not tested, for all that anybody knows.
        properties.truncate(SCOPE_VALUES_MAX);
        Ok(properties)
    }

    fn too_deep(&self, suite: Node<'_, '_>) -> Problem {
        Problem::new(
            ProblemKind::TooMuch,
            self.named(suite).key,
            format!("suites more than {DEPTH_MAX} deep"),
        )
        .expected("suites as test runners nest them")
        .help("look for elements that were never closed")
    }

    fn runs(&self, root: Node<'_, '_>) -> Vec<Run> {
        let mut runs = Vec::new();
        for suite in root.descendants().filter(|node| is_suite(*node)) {
            let Some(mut run) = self.run(suite) else { continue };
            // Of those beyond it only the outcome is told.
            if runs.len() < RUNS_MAX {
                self.tested(suite, &mut run);
            }
            runs.push(run);
        }
        runs
    }

    /// A suite that has cases, or has nothing, or contradicts what is in it. Others only hold suites.
    fn run(&self, suite: Node<'_, '_>) -> Option<Run> {
        let counts = self.counts.get(&suite.id()).copied().unwrap_or_default();
        let wrong = self.contradiction(suite, counts);
        if counts.own.cases == 0 && counts.own.wrong == 0 && counts.suites > 0 && wrong.is_none() {
            return None;
        }
        let mut run =
            Run::new(name_of(suite), self.attribute(suite, "name").unwrap_or_else(|| self.named(suite)));
        run.outcome = Some(self.outcome(suite, counts, wrong));
        run.finished = self.finished(suite);
        Some(run)
    }

    /// What it ran on: its own properties, and those of the suites around it.
    fn tested(&self, suite: Node<'_, '_>, run: &mut Run) {
        let properties = suite.ancestors().filter_map(|node| self.properties.get(&node.id())).flatten();
        for (name, value, at) in properties {
            run.scoped(name, value, *at);
            if let Some(digest) = digest(value).filter(|_| *name == DIGEST_PROPERTY) {
                run.digests.push(digest);
                run.digests_at.get_or_insert(*at);
            }
        }
    }

    fn outcome(&self, suite: Node<'_, '_>, counts: Counts, wrong: Option<Origin>) -> (TestOutcome, Origin) {
        let first = counts.own.first.and_then(|id| suite.document().get_node(id));
        let here = || self.named(suite);
        if let Some(at) = first.map(|case| self.named(case)).or(wrong) {
            return (TestOutcome::Failed, at);
        }
        let skipped =
            ["skipped", "skip", "disabled"].iter().filter_map(|name| number(suite, name).ok().flatten());
        let skipped = skipped.max().unwrap_or(0).max(counts.all.skipped);
        let ran = counts.own.cases > counts.own.skipped && counts.all.cases > skipped;
        (if ran { TestOutcome::Passed } else { TestOutcome::Skipped }, here())
    }

    /// The count of a suite that its cases do not bear out. Runners count the cases of all suites in it or what is
    /// directly in it, and with those that were skipped or without.
    fn contradiction(&self, suite: Node<'_, '_>, counts: Counts) -> Option<Origin> {
        let Counts { own, all, suites } = counts;
        let fits_tests = |tests: u64| {
            [all.cases, all.cases - all.skipped, own.cases + suites, own.cases, own.cases - own.skipped]
                .contains(&tests)
        };
        let fits_wrong = |wrong: u64| wrong == 0 || all.wrong > 0;
        let bad = |name: &str, fits: &dyn Fn(u64) -> bool| match number(suite, name) {
            Ok(None) => false,
            Ok(Some(number)) => !fits(number),
            Err(NoNumber) => true,
        };
        let bad_tests = bad("tests", &fits_tests).then_some("tests");
        let bad_wrong = ["failures", "errors"].into_iter().find(|name| bad(name, &fits_wrong));
        bad_tests.or(bad_wrong).and_then(|name| self.attribute(suite, name))
    }

    /// When it ended: its start and its length. A time without an offset is some clock's, and left unknown.
    fn finished(&self, suite: Node<'_, '_>) -> Option<(Instant, Origin)> {
        let start: jiff::Timestamp = suite.attribute("timestamp")?.trim().parse().ok()?;
        let length = suite.attribute("time").and_then(|time| time.trim().parse::<f64>().ok());
        let length = length.filter(|length| (0.0..1e7).contains(length)).unwrap_or(0.0);
        let end = start.as_second().checked_add(length as i64)?;
        let minutes = i32::try_from(end.div_euclid(60)).ok()?;
        Some((Instant::from_epoch_min(minutes), self.attribute(suite, "timestamp")?))
    }

    /// The name of an element.
    fn named(&self, node: Node<'_, '_>) -> Origin {
        let (start, length) = (node.range().start, node.tag_name().name().len());
        let key = self.lines.span(start + 1..start + 1 + length);
        Origin { key, value: key }
    }

    fn attribute(&self, node: Node<'_, '_>, name: &str) -> Option<Origin> {
        let attribute: Attribute<'_, '_> = node.attribute_node(name)?;
        let at = self.lines.span(attribute.range());
        Some(Origin { key: at, value: at })
    }
}

fn no_digest(found: &str, at: Origin) -> Problem {
    Problem::new(ProblemKind::Value, at.value, format!("`{DIGEST_PROPERTY}` {}", shown(found)))
        .expected("a SHA-256 sum of 64 hexadecimal digits")
        .help("write the digest of the artefact that was tested")
}

/// The name of a suite, or of the nearest one around it that has one.
fn name_of<'a>(suite: Node<'a, '_>) -> &'a str {
    let mut named = suite.ancestors().filter_map(|node| node.attribute("name").or(node.attribute("package")));
    named.find(|name| !name.trim().is_empty()).unwrap_or("suite without a name")
}

/// A count that is no number.
struct NoNumber;

fn number(node: Node<'_, '_>, name: &str) -> Result<Option<u64>, NoNumber> {
    match node.attribute(name).map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| NoNumber),
    }
}
