//! What is to be said about the run and not about a line: notifications, the most important first.

use interlock_model::{ChangeDocument, PolicyReport, Report, ReportedOutcome};

use super::log::{Descriptor, Level, Notification};
use super::result::{level_of, message};
use crate::standing::{BROKEN, Problem, Standing, in_shadow, in_words, name, standing, text};
use crate::text::{judged, not_judged_in_words, stale, waivers};

/// Notifications of one sort. The rest is counted.
const OF_A_SORT_MAX: usize = 50;

/// The host's rule that there is something to judge.
const NO_EVIDENCE: &str = "no-evidence";

/// All notifications of the run.
pub(super) fn all(report: &Report, document: &ChangeDocument, left_out: usize) -> Vec<Notification> {
    let found = standing(report);
    let shadow = in_shadow(report);
    let notes = |id: &'static str, texts: Vec<String>| -> Vec<Notification> {
        few(id, Level::Note, texts.iter().map(|text| Notification::new(id, Level::Note, text)).collect())
    };
    [
        cut(left_out)
            .map(|text| Notification::new("interlock/cut", Level::Warning, &text))
            .into_iter()
            .collect(),
        few("interlock/failure", Level::Warning, found.iter().filter_map(failure).collect()),
        notes("interlock/not-judged", not_judged_in_words(report)),
        notes("interlock/not-asked", not_asked(report)),
        notes("interlock/waiver", waivers(report)),
        notes("interlock/baseline", stale(report)),
        notes("interlock/shadow", shadow.iter().map(|it| in_shadow_mode(it, report, document)).collect()),
    ]
    .concat()
}

impl Notification {
    fn new(id: &'static str, level: Level, text: &str) -> Self {
        Self { descriptor: Descriptor { id }, level, message: message(text) }
    }
}

/// Whether the gate's own rule fired that says there was nothing to judge, or nobody.
pub(super) fn found_no_evidence(policy: &PolicyReport) -> bool {
    policy.module.is_none() && judged(policy).iter().any(|finding| finding.rule == NO_EVIDENCE)
}

/// Why nothing, or not all, was judged.
fn failure(standing: &Standing<'_>) -> Option<Notification> {
    let id = match standing.what {
        Problem::Broken(_) => BROKEN,
        Problem::Finding(finding) if finding.rule == NO_EVIDENCE && found_no_evidence(standing.policy) => {
            "interlock/no-evidence"
        }
        Problem::Finding(_) => return None,
    };
    Some(Notification::new(id, level_of(standing.severity()), &standing.title()))
}

fn cut(left_out: usize) -> Option<String> {
    let text = || {
        format!(
            "{left_out} results are left out, the mildest ones: GitHub takes 25,000 results and 10 MB of a run; \
             `--format json` has them all"
        )
    };
    (left_out > 0).then(text)
}

/// The first ones, and how many more there are.
fn few(id: &'static str, level: Level, mut notes: Vec<Notification>) -> Vec<Notification> {
    let left_out = notes.len().saturating_sub(OF_A_SORT_MAX);
    notes.truncate(OF_A_SORT_MAX);
    let more = || Notification::new(id, level, &format!("and {left_out} more of this sort"));
    notes.extend((left_out > 0).then(more));
    notes
}

fn not_asked(report: &Report) -> Vec<String> {
    let words = |policy: &PolicyReport| match &policy.outcome {
        ReportedOutcome::NotSelected { because } => {
            Some(format!("`{}` was not asked: {}", policy.id, name(because.as_unescaped())))
        }
        ReportedOutcome::Findings(_) | ReportedOutcome::Broken(_) => None,
    };
    report.policies.iter().filter_map(words).collect()
}

fn in_shadow_mode(standing: &Standing<'_>, report: &Report, document: &ChangeDocument) -> String {
    let lead = "in shadow mode (recorded, does not count):";
    match standing.what {
        Problem::Finding(finding) => {
            let place = finding.places.first().map(|it| in_words(report, document, it));
            let place = place.map(|it| format!(", at {it}"));
            let message = text(finding.message.as_unescaped());
            let rule = standing.rule_id();
            format!("{lead} would {}[{rule}]: {message}{}", finding.asked, place.unwrap_or_default())
        }
        Problem::Broken(_) => format!("{lead} {}", standing.title()),
    }
}
