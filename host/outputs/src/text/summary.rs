//! The last lines: what was counted, who was not asked, which waivers do not hold, what of the baseline was not found,
//! what the answer does not speak of, what it binds.

use interlock_model::{
    JudgedFinding, KnownFinding, NotJudged, PolicyReport, Progress, Question, Report, ReportedOutcome,
    Untrusted, Verdict, Waiver, WaiverReport, WaiverScope, WaiverState,
};

use super::wrap::wrap_hanging;
use super::{LISTED, Page, broken_policies, counting, judged, listed, rule_id};
use crate::escape::{name_for_terminal, text_for_terminal};

/// Columns that the lines after the first are moved in.
const HANGING: usize = 2;
/// Columns of one name among several: of a service, an environment.
const SCOPE_NAME_MAX: usize = 64;
/// Columns of a path or a pointer of the baseline.
const STALE_PATH_MAX: usize = 160;

/// One sentence after another, each wrapped under itself.
pub(super) fn render(page: &Page<'_>, report: &Report) -> String {
    let sentences = [counts_and_rest(report)].into_iter().chain(not_asked(report)).chain(waivers(report));
    let sentences = sentences.chain(stale(report)).chain([binding(report)]);
    sentences.map(|text| wrap_hanging(&text, page.width, HANGING)).collect::<Vec<_>>().join("\n")
}

/// The counts, and then what the answer does not speak of.
pub(crate) fn counts_and_rest(report: &Report) -> String {
    format!("{}{}", counts(report), not_judged(report))
}

/// `4 policies judged 1 change: 4 block, 0 warn, 0 errors`
pub(crate) fn counts(report: &Report) -> String {
    let bound = report.policies.iter().filter(|policy| is_bound(policy)).count();
    let judging = counting(report).filter(|policy| is_bound(policy) && has_judged(policy)).count();
    let weighing = |verdict: Verdict| findings(report).filter(|finding| finding.verdict == verdict).count();
    format!(
        "{} judged 1 change: {} block, {} warn{}, {}",
        of_all(judging, bound),
        weighing(Verdict::Block),
        weighing(Verdict::Warn),
        lowered(report),
        counted(broken_policies(report).count(), "error", "errors"),
    )
}

/// ` (1 waived, 2 known)`. What is both is waived: that ends.
fn lowered(report: &Report) -> String {
    let waived = findings(report).filter(|finding| finding.waived.is_some()).count();
    let known = findings(report).filter(|it| it.waived.is_none() && it.baseline.is_known()).count();
    let parts: Vec<String> = [(waived, "waived"), (known, "known")]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// The findings that count.
fn findings(report: &Report) -> impl Iterator<Item = &JudgedFinding> {
    counting(report).flat_map(judged)
}

/// Whether somebody bound it: the host's own findings come from no module.
fn is_bound(policy: &PolicyReport) -> bool {
    policy.module.is_some() || !has_judged(policy)
}

fn has_judged(policy: &PolicyReport) -> bool {
    match policy.outcome {
        ReportedOutcome::Findings(_) => true,
        ReportedOutcome::Broken(_) | ReportedOutcome::NotSelected { .. } => false,
    }
}

fn of_all(judging: usize, bound: usize) -> String {
    let all = counted(bound, "policy", "policies");
    if judging == bound { all } else { format!("{judging} of {all}") }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn not_judged(report: &Report) -> String {
    match not_judged_in_words(report).as_slice() {
        [] => String::new(),
        parts => format!("; not judged: {}", parts.join(", ")),
    }
}

/// What the answer does not speak of, one escaped phrase each.
pub(crate) fn not_judged_in_words(report: &Report) -> Vec<String> {
    let mut parts: Vec<String> = report.not_judged.iter().filter_map(in_words).collect();
    parts.extend(zones_without_calendar(report));
    parts
}

/// `None` for what is named together with others of its sort.
fn in_words(not_judged: &NotJudged) -> Option<String> {
    match not_judged {
        NotJudged::Calendar => Some("calendars (none given)".to_owned()),
        NotJudged::CalendarZone(_) => None,
        NotJudged::Catalog => Some("service catalog (none given: tiers are the change's word)".to_owned()),
        NotJudged::FileContents => Some("file contents (none in the document)".to_owned()),
        NotJudged::OpaqueFiles(paths) => Some(unread_in_words(paths)),
        NotJudged::Policy(id) => Some(format!("`{id}` (broken)")),
        NotJudged::Shadow(id) => Some(format!("`{id}` (in shadow)")),
    }
}

/// Changed files that nobody looked into.
pub(crate) fn unread_in_words(paths: &[Untrusted]) -> String {
    format!("the values in {} (no format that is read)", quoted(paths.iter()))
}

fn zones_without_calendar(report: &Report) -> Option<String> {
    let zone = |not_judged: &'_ NotJudged| match not_judged {
        NotJudged::CalendarZone(zone) => Some(zone.clone()),
        NotJudged::Calendar
        | NotJudged::Catalog
        | NotJudged::FileContents
        | NotJudged::OpaqueFiles(_)
        | NotJudged::Policy(_)
        | NotJudged::Shadow(_) => None,
    };
    let zones: Vec<Untrusted> = report.not_judged.iter().filter_map(zone).collect();
    (!zones.is_empty()).then(|| format!("holidays in {} (no calendar given)", quoted(zones.iter())))
}

/// The first few names in backticks.
fn quoted<'a>(names: impl Iterator<Item = &'a Untrusted>) -> String {
    listed(&names.map(|name| format!("`{}`", name_for_terminal(name))).collect::<Vec<_>>(), ", ")
}

/// Whom the policy set did not ask, in one line; those with one reason stand together.
pub(crate) fn not_asked(report: &Report) -> Option<String> {
    let mut reasons: Vec<(&Untrusted, Vec<String>)> = Vec::new();
    for policy in &report.policies {
        let ReportedOutcome::NotSelected { because } = &policy.outcome else { continue };
        let id = format!("`{}`", policy.id);
        match reasons.iter_mut().find(|(reason, _)| *reason == because) {
            Some((_, ids)) => ids.push(id),
            None => reasons.push((because, vec![id])),
        }
    }
    let part = |(because, ids): &(&Untrusted, Vec<String>)| {
        format!("{} ({})", listed(ids, ", "), name_for_terminal(because))
    };
    let parts: Vec<String> = reasons.iter().map(part).collect();
    (!parts.is_empty()).then(|| format!("not asked: {}", listed(&parts, "; ")))
}

/// One line for each waiver that somebody may have counted on. One that is used is named where it is used.
pub(crate) fn waivers(report: &Report) -> Vec<String> {
    let mut lines: Vec<String> = report.waivers.iter().filter_map(waiver).collect();
    let more = lines.len().saturating_sub(LISTED);
    lines.truncate(LISTED);
    if more > 0 {
        lines.push(format!("more waivers that do not hold here: {more}"));
    }
    lines
}

fn waiver(report: &WaiverReport) -> Option<String> {
    let WaiverReport { waiver: Waiver { policy, rule, scope, reason: _long, by, from, until }, state } =
        report;
    let (rule, by) = (rule_id(policy, rule), name_for_terminal(by));
    match state {
        WaiverState::Used => None,
        WaiverState::NotYet => Some(format!("waiver for `{rule}` by `{by}` holds from {from} on, not yet")),
        WaiverState::Expired => Some(format!("waiver for `{rule}` by `{by}` expired at {until}")),
        WaiverState::OutOfScope => {
            Some(format!("waiver for `{rule}` by `{by}` is for other changes ({})", scope_in_words(scope)))
        }
    }
}

fn scope_in_words(scope: &WaiverScope) -> String {
    let WaiverScope { change, files, services, environments } = scope;
    let names = |what: &str, names: &Option<Vec<String>>| {
        let names = names.as_ref()?.iter();
        let names = names.map(|name| format!("`{}`", text_for_terminal(name, SCOPE_NAME_MAX)));
        Some(format!("{what} {}", listed(&names.collect::<Vec<_>>(), ", ")))
    };
    let parts = [
        change.as_ref().map(|digest| format!("document {}", digest.short())),
        files.as_ref().map(|digest| format!("changed files {}", digest.short())),
        names("services", services),
        names("environments", environments),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Entries of the baseline that found nothing in the files that change, the first few.
pub(crate) fn stale(report: &Report) -> Vec<String> {
    let line = |entry: &KnownFinding| {
        let KnownFinding { policy, rule, path, pointer, says: _long } = entry;
        let path = text_for_terminal(path.as_unescaped(), STALE_PATH_MAX);
        let at = match pointer.as_str() {
            "" => String::new(),
            pointer => format!(" (`{}`)", text_for_terminal(pointer, STALE_PATH_MAX)),
        };
        format!(
            "known `{}` in `{path}`{at} was not found here; remove it from the baseline",
            rule_id(policy, rule)
        )
    };
    let mut lines: Vec<String> = report.stale.iter().take(LISTED).map(line).collect();
    let more = report.stale.len().saturating_sub(LISTED);
    if more > 0 {
        lines.push(format!("more known findings that were not found here: {more}"));
    }
    lines
}

/// What the answer is good for: these bytes, these policies, this question, until then.
pub(crate) fn binding(report: &Report) -> String {
    let files = report.document.payload.as_ref().map(|digest| format!("changed files {}, ", digest.short()));
    format!(
        "binds document {}, {}policy set {}, {}, valid until {}",
        report.document.digest.short(),
        files.unwrap_or_default(),
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
