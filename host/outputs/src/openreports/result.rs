//! The results of a `Report` resource, the worst first.

use std::collections::BTreeMap;

use interlock_model::{
    ChangeDocument, Instant, JudgedFinding, Mode, PolicyReport, Report, ReportedOutcome, Verdict,
};
use serde::Serialize;

use crate::escape::for_viewer;
use crate::region::Region;
use crate::standing::{Problem, Standing, name, standing, text};
use crate::text::{not_judged_in_words, stale, waivers};

/// Who made the results.
pub(super) const SOURCE: &str = "interlock";

/// One result.
#[derive(Serialize)]
pub(super) struct Entry {
    source: &'static str,
    policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    pub(super) result: Outcome,
    scored: bool,
    message: String,
    timestamp: Timestamp,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    properties: BTreeMap<&'static str, String>,
}

/// What a result can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Pass,
    Fail,
    Warn,
    Error,
    Skip,
}

/// How much it matters. A policy has no severity of its own, so it follows from what the policy asked for.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Severity {
    High,
    Medium,
    Info,
}

#[derive(Clone, Copy, Serialize)]
struct Timestamp {
    seconds: i64,
    nanos: i32,
}

/// Everything the report says, as results.
pub(super) fn all(report: &Report, document: &ChangeDocument) -> Vec<Entry> {
    let against = standing(report);
    let against = against.iter().map(|it| of_standing(it, report, document));
    let policies = report.policies.iter().filter_map(|policy| of_policy(policy, report));
    let not_judged = not_judged_in_words(report);
    let not_judged =
        not_judged.iter().map(|it| about_run("not-judged", &format!("not judged: {it}"), report));
    let waivers = waivers(report);
    let waivers = waivers.iter().map(|it| about_run("waiver", it, report));
    let stale = stale(report);
    let stale = stale.iter().map(|it| about_run("baseline", it, report));
    against.chain(not_judged).chain(waivers).chain(stale).chain(policies).collect()
}

fn of_standing(standing: &Standing<'_>, report: &Report, document: &ChangeDocument) -> Entry {
    let lines = [standing.title()].into_iter().chain(standing.notes(report, document));
    let (rule, asked) = match standing.what {
        Problem::Finding(finding) => (Some(name(&finding.rule)), finding.asked),
        Problem::Broken(_) => (None, standing.policy.on_error.verdict()),
    };
    Entry {
        rule,
        severity: Some(Severity::of(asked)),
        message: lines.collect::<Vec<_>>().join("\n"),
        properties: properties(standing, report, document),
        ..Entry::blank(standing.policy.id.to_string(), Outcome::of(standing), report)
    }
}

/// A policy about which there is nothing to list: it found nothing, was not asked, or does not count.
fn of_policy(policy: &PolicyReport, report: &Report) -> Option<Entry> {
    let blank = |outcome, message| Entry { message, ..Entry::blank(policy.id.to_string(), outcome, report) };
    let mode = BTreeMap::from([("mode", policy.mode.name().to_owned())]);
    match (&policy.outcome, policy.mode) {
        (ReportedOutcome::NotSelected { because }, _) => {
            Some(blank(Outcome::Skip, format!("not asked: {}", text(because.as_unescaped()))))
        }
        (ReportedOutcome::Findings(found), Mode::Shadow) => {
            Some(Entry { properties: mode, ..blank(Outcome::Skip, in_shadow(found)) })
        }
        (ReportedOutcome::Broken(fault), Mode::Shadow) => {
            let message = format!("in shadow mode (does not count): it {}", text(&fault.to_string()));
            Some(Entry { properties: mode, ..blank(Outcome::Skip, message) })
        }
        (ReportedOutcome::Findings(found), Mode::Enforce | Mode::Warn) if found.is_empty() => {
            Some(blank(Outcome::Pass, "it judged the change and found nothing".to_owned()))
        }
        // Listed one by one.
        (ReportedOutcome::Findings(_) | ReportedOutcome::Broken(_), Mode::Enforce | Mode::Warn) => None,
    }
}

fn in_shadow(found: &[JudgedFinding]) -> String {
    let asking = |verdict: Verdict| found.iter().filter(|finding| finding.asked == verdict).count();
    let (block, warn) = (asking(Verdict::Block), asking(Verdict::Warn));
    format!("in shadow mode (does not count): would block {block} times and warn {warn} times")
}

/// What is said about the run.
fn about_run(rule: &str, message: &str, report: &Report) -> Entry {
    Entry {
        rule: Some(rule.to_owned()),
        message: message.to_owned(),
        ..Entry::blank(SOURCE.to_owned(), Outcome::Skip, report)
    }
}

impl Entry {
    fn blank(policy: String, result: Outcome, report: &Report) -> Self {
        Self {
            source: SOURCE,
            policy,
            rule: None,
            severity: None,
            result,
            scored: matches!(result, Outcome::Fail | Outcome::Error),
            message: String::new(),
            timestamp: report.question.evaluated_at.into(),
            properties: BTreeMap::new(),
        }
    }
}

impl Outcome {
    fn of(standing: &Standing<'_>) -> Self {
        match (standing.what, standing.weight) {
            (Problem::Broken(_), _) => Self::Error,
            (Problem::Finding(_), Verdict::Block) => Self::Fail,
            (Problem::Finding(_), Verdict::Warn) => Self::Warn,
            (Problem::Finding(_), Verdict::Allow) => Self::Skip,
        }
    }
}

impl Severity {
    fn of(asked: Verdict) -> Self {
        match asked {
            Verdict::Block => Self::High,
            Verdict::Warn => Self::Medium,
            Verdict::Allow => Self::Info,
        }
    }
}

impl From<Instant> for Timestamp {
    fn from(instant: Instant) -> Self {
        Self { seconds: i64::from(instant.epoch_min()) * 60, nanos: 0 }
    }
}

fn properties(
    standing: &Standing<'_>,
    report: &Report,
    document: &ChangeDocument,
) -> BTreeMap<&'static str, String> {
    let spot = standing.spot(report, document);
    let Region { line, columns, .. } = spot.region.unwrap_or_default();
    let mut properties = BTreeMap::from([
        ("verdict", standing.weight.to_string()),
        ("mode", standing.policy.mode.name().to_owned()),
        ("file", for_viewer(spot.file, 1_000)),
        ("line", line.to_string()),
        ("column", columns.start.to_string()),
        ("side", spot.side.name().to_owned()),
        ("policy-version", name(standing.policy.version.as_unescaped())),
    ]);
    properties.extend(standing.policy.module.as_ref().map(|it| ("policy-module", it.as_str().to_owned())));
    match standing.what {
        Problem::Finding(finding) => properties.extend(of_finding(finding)),
        Problem::Broken(fault) => properties.extend([("fault", fault.kind().to_owned())]),
    }
    properties
}

fn of_finding(finding: &JudgedFinding) -> Vec<(&'static str, String)> {
    let pointer = finding.places.first().map(|place| ("pointer", name(place.pointer.as_str())));
    let waived = finding.waived.iter().flat_map(|waived| {
        [("waived-by", name(waived.by.as_unescaped())), ("waived-until", waived.until.to_string())]
    });
    let known = finding.baseline.is_known().then(|| ("baseline", "known".to_owned()));
    let asked = [("asked", finding.asked.to_string())];
    asked.into_iter().chain(pointer).chain(waived).chain(known).collect()
}
