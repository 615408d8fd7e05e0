//! The last lines: what was counted, what the answer does not speak of, what it binds.

use interlock_model::{NotJudged, Progress, Question, Report, ReportedOutcome, Verdict};

use super::wrap::wrap_hanging;
use super::{Page, broken_policies};

/// Columns that the lines after the first are moved in.
const HANGING: usize = 2;

/// Two sentences, each wrapped under itself.
pub(super) fn render(page: &Page<'_>, report: &Report) -> String {
    let hanging = |text: String| wrap_hanging(&text, page.width, HANGING);
    format!("{}\n{}", hanging(counts(report)), hanging(binding(report)))
}

/// `4 policies judged 1 change: 4 block, 0 warn, 0 errors; not judged: ...`
fn counts(report: &Report) -> String {
    let bound = report.policies.iter().filter(|policy| policy.module.is_some()).count();
    let broken = broken_policies(report).count();
    let weighing = |verdict: Verdict| {
        let of = |outcome: &ReportedOutcome| match outcome {
            ReportedOutcome::Findings(findings) => {
                findings.iter().filter(|finding| finding.verdict == verdict).count()
            }
            ReportedOutcome::Broken(_) => 0,
        };
        report.policies.iter().map(|policy| of(&policy.outcome)).sum::<usize>()
    };
    format!(
        "{} judged 1 change: {} block, {} warn, {}{}",
        judging(bound, broken),
        weighing(Verdict::Block),
        weighing(Verdict::Warn),
        counted(broken, "error", "errors"),
        not_judged(report),
    )
}

fn judging(bound: usize, broken: usize) -> String {
    match broken {
        0 => counted(bound, "policy", "policies"),
        broken => format!("{} of {}", bound.saturating_sub(broken), counted(bound, "policy", "policies")),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn not_judged(report: &Report) -> String {
    let parts: Vec<String> = report.not_judged.iter().map(in_words).collect();
    match parts.as_slice() {
        [] => String::new(),
        parts => format!("; not judged: {}", parts.join(", ")),
    }
}

fn in_words(not_judged: &NotJudged) -> String {
    match not_judged {
        NotJudged::Calendar => "calendars (none given)".to_owned(),
        NotJudged::Catalog => "service catalog (none given: tiers are the change's word)".to_owned(),
        NotJudged::FileContents => "file contents (none in the document)".to_owned(),
        NotJudged::Policy(id) => format!("`{id}` (broken)"),
    }
}

/// What the answer is good for: these bytes, these policies, this question, until then.
fn binding(report: &Report) -> String {
    format!(
        "binds document {}, policy set {}, {}, valid until {}",
        report.document.digest.short(),
        report.policy_set.short(),
        asked(&report.question),
        report.valid_until,
    )
}

fn asked(question: &Question) -> String {
    let progress = match question.progress {
        None => String::new(),
        Some(Progress { stages_done, bake_elapsed_s }) => {
            let stages = counted(usize::try_from(stages_done).unwrap_or(usize::MAX), "stage", "stages");
            format!(" after {stages} and {bake_elapsed_s} s of bake")
        }
    };
    let simulated = if question.simulated { " (simulated: no licence to deploy)" } else { "" };
    format!("{}{progress} at {}{simulated}", question.asked_at.name(), question.evaluated_at)
}
