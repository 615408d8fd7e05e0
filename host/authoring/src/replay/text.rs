//! A replay for a person: each change that came out otherwise, then each policy in a table, then the sums.

use std::fmt::Write as _;

use interlock_inputs::{ExpectedDocument, PolicyFinding};
use interlock_model::{PolicyId, Untrusted};
use interlock_outputs::escape::{for_terminal, name_for_terminal};

use super::{DocumentRun, FolderRun, Line, Replayed, Score, Spoken, Totals};

/// Lines of one comparison that are shown.
const LINES_SHOWN: usize = 50;

pub(super) fn render(replayed: &Replayed) -> String {
    let failed: String = replayed.folders.iter().map(|folder| failures(replayed, folder)).collect();
    let (table, sums) = (table(replayed), sums(&replayed.totals()));
    format!("{failed}{table}\n{}", sums.into_iter().map(|line| line + "\n").collect::<String>())
}

fn failures(replayed: &Replayed, folder: &FolderRun) -> String {
    let file = shown(&folder.folder.name);
    let mut text = String::new();
    for (document, run) in folder.documents().filter(|(document, run)| !run.passed(document)) {
        let _ = writeln!(text, "{file}:{}: failed: {}", document.span.line, shown(&document.name));
        text.push_str(&told(replayed, document, run));
        text.push('\n');
    }
    for rule in folder.silent() {
        let id = folder.folder.incident.as_ref().map(|incident| shown(&incident.id)).unwrap_or_default();
        let of = rule.rule.as_deref().map(|rule| format!("/{}", shown(rule))).unwrap_or_default();
        let _ = writeln!(
            text,
            "{file}:{}: failed: {id}\n  `{}{of}` is expected to speak of it, and speaks of none of its changes\n",
            rule.span.line, rule.policy
        );
    }
    text
}

fn told(replayed: &Replayed, document: &ExpectedDocument, run: &DocumentRun) -> String {
    let mut text = String::new();
    if let Some(why) = &document.why {
        let _ = writeln!(text, "  why: {}", for_terminal(&why.as_str().into()));
    }
    if run.verdict != document.verdict {
        let _ = writeln!(text, "  verdict: expected {}, found {}", document.verdict, run.verdict);
    }
    if run.lines.iter().any(|line| !matches!(line, Line::Both(_))) {
        text.push_str(&differences(replayed, &run.lines));
    }
    for (id, why) in &run.broken {
        let _ = writeln!(text, "  error: policy `{id}` {}", why.replace('\n', "\n  "));
    }
    text
}

fn differences(replayed: &Replayed, lines: &[Line]) -> String {
    let mut text = "  expected (-) and found (+) differ:\n".to_owned();
    for line in lines.iter().take(LINES_SHOWN) {
        match line {
            Line::Both(spoken) => {
                let _ = writeln!(text, "      {}", of_spoken(spoken));
            }
            Line::Missing(expected) => {
                let line = expected.span.line;
                let _ = writeln!(
                    text,
                    "    - {} (line {line}){}",
                    of_expected(expected),
                    note(replayed, expected)
                );
            }
            Line::Extra(spoken) => {
                let message = for_terminal(&spoken.message);
                let _ = writeln!(text, "    + {}\n        {message}", of_spoken(spoken));
            }
        }
    }
    if let Some(more @ 1..) = lines.len().checked_sub(LINES_SHOWN) {
        let _ = writeln!(text, "      ... and {more} more");
    }
    text
}

fn note(replayed: &Replayed, expected: &PolicyFinding) -> String {
    if replayed.is_known(&expected.policy, &expected.rule) {
        return String::new();
    }
    format!("\n        there is no such rule: `interlock policies {}` lists them", expected.policy)
}

pub(super) fn of_spoken(spoken: &Spoken) -> String {
    let Spoken { policy, rule, verdict, at, file, message: _ } = spoken;
    placed(policy, rule, verdict.name(), at.as_str(), file.as_ref().map(Untrusted::as_unescaped))
}

pub(super) fn of_expected(expected: &PolicyFinding) -> String {
    let PolicyFinding { policy, rule, verdict, at, file, .. } = expected;
    placed(policy, rule, verdict.name(), at.as_str(), file.as_deref())
}

fn placed(policy: &PolicyId, rule: &str, verdict: &str, at: &str, file: Option<&str>) -> String {
    let at = if at.is_empty() { "the change as a whole".to_owned() } else { shown(at) };
    let file = file.map(|file| format!(" in {}", shown(file))).unwrap_or_default();
    format!("{policy}/{}: {verdict} at {at}{file}", shown(rule))
}

fn shown(text: &str) -> String {
    name_for_terminal(&text.into())
}

/// One row for each policy, as wide as the longest name.
fn table(replayed: &Replayed) -> String {
    let scores = replayed.scores();
    let names = scores.keys().map(|id| id.as_str().len());
    let width = names.chain(["policy".len()]).max().unwrap_or_default();
    let mut text = format!("{:width$}  incidents  caught  missed  false alarms\n", "policy");
    for (id, score) in &scores {
        let Score { incidents, caught, missed, false_alarms, broken } = score;
        let _ = write!(text, "{id:width$}  {incidents:>9}  {caught:>6}  {missed:>6}  {false_alarms:>12}");
        text.push_str(&match broken {
            0 => "\n".to_owned(),
            broken => format!("  did not judge {broken}\n"),
        });
    }
    text
}

/// The sums, one sentence each. What the corpus holds nothing of is left out.
pub(super) fn sums(totals: &Totals) -> Vec<String> {
    let Totals {
        documents,
        wrong_verdicts,
        facts_only,
        incidents_caught,
        incidents_to_catch,
        incidents_let_through,
        incidents_to_let_through,
        good_quiet,
        good,
        good_fixed,
        warned,
        to_warn,
        blocked,
        to_block,
    } = *totals;
    let lines = [
        (
            incidents_to_catch,
            format!("incidents with a change: {incidents_caught} of {incidents_to_catch} caught"),
        ),
        (
            incidents_to_let_through,
            format!(
                "incidents of which nobody could have known: {incidents_let_through} of {incidents_to_let_through} let \
                 through"
            ),
        ),
        (facts_only, format!("incidents without a change: {facts_only}, not judged")),
        (
            good,
            format!(
                "good changes: {good}, {good_fixed} of them incidents as they should have been; {} with a false alarm",
                good - good_quiet
            ),
        ),
        (to_warn, format!("changes that deserve a warning: {warned} of {to_warn} got exactly that")),
        (to_block, format!("other changes to stop: {blocked} of {to_block} stopped")),
        (documents, format!("all changes: {documents}, {wrong_verdicts} with another verdict than expected")),
    ];
    lines.into_iter().filter(|(count, _)| *count > 0).map(|(_, line)| line).collect()
}
