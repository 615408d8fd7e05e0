//! A replay as Markdown, for a page or the comment on a pull request: the sums, each policy in a table, and what came out
//! otherwise.

use std::fmt::Write as _;

use interlock_outputs::escape::{Within, code_for_markdown};

use super::{FolderRun, Line, Replayed, Score, text};

/// Rows that are shown of what came out otherwise.
const ROWS_SHOWN: usize = 200;

const COLUMNS: &str = "
| policy | incidents | caught | missed | false alarms | did not judge |
|---|---:|---:|---:|---:|---:|
";

pub(super) fn render(replayed: &Replayed) -> String {
    let verdict = if replayed.passed() { "as expected" } else { "not as expected" };
    let mut page = format!("**Replay: {verdict}**\n\n");
    for line in text::sums(&replayed.totals()) {
        let _ = writeln!(page, "- {line}");
    }
    page.push_str(COLUMNS);
    for (id, score) in replayed.scores() {
        let Score { incidents, caught, missed, false_alarms, broken } = score;
        let _ = writeln!(page, "| {id} | {incidents} | {caught} | {missed} | {false_alarms} | {broken} |");
    }
    page.push_str(&otherwise(replayed));
    page
}

fn otherwise(replayed: &Replayed) -> String {
    let rows: Vec<String> = replayed.folders.iter().flat_map(rows).collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut text = "\n| change | expected | found |\n|---|---|---|\n".to_owned();
    rows.iter().take(ROWS_SHOWN).for_each(|row| text.push_str(row));
    if let Some(more @ 1..) = rows.len().checked_sub(ROWS_SHOWN) {
        let _ = writeln!(text, "\n{more} more not shown here: `--format json` has everything.");
    }
    text
}

/// Everything of a folder that came out otherwise.
fn rows(folder: &FolderRun) -> Vec<String> {
    let mut rows = Vec::new();
    for (document, run) in folder.documents() {
        let change = format!("{}:{} {}", folder.folder.name, document.span.line, document.name);
        let mut row = |expected: &str, found: &str| rows.push(cells(&change, expected, found));
        if run.verdict != document.verdict {
            row(document.verdict.name(), run.verdict.name());
        }
        for line in &run.lines {
            match line {
                Line::Both(_) => {}
                Line::Missing(expected) => row(&text::of_expected(expected), ""),
                Line::Extra(spoken) => row("", &text::of_spoken(spoken)),
            }
        }
        run.broken.iter().for_each(|(id, why)| row("", &format!("{id} did not judge: {why}")));
    }
    for rule in folder.silent() {
        let of = rule.rule.as_deref().map(|rule| format!("/{rule}")).unwrap_or_default();
        let change = format!("{}:{}", folder.folder.name, rule.span.line);
        rows.push(cells(&change, &format!("{}{of} speaks of it", rule.policy), ""));
    }
    rows
}

fn cells(change: &str, expected: &str, found: &str) -> String {
    let cell = |text: &str| match text {
        "" => "nothing".to_owned(),
        text => code_for_markdown(text, Within::Cell),
    };
    format!("| {} | {} | {} |\n", cell(change), cell(expected), cell(found))
}
