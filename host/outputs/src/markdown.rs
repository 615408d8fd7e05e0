//! The report as Markdown: a comment on a pull request, or a job's summary (`$GITHUB_STEP_SUMMARY`).
//!
//! The verdict and a table of what counts first; then what could not judge, what is waived or known, what is in shadow, what was
//! not judged; folded away, why each rule exists and what the answer binds. `sections.rs` says each of these, and this
//! file fits them into what GitHub takes. What does not fit is counted where it is missing.
//!
//! No line starts with `#`, because such a file is also looked at in CI logs, where `##[` is a command; a line of bold
//! text is a heading here.

mod sections;

use interlock_model::{ChangeDocument, Report};

use crate::Manner;
use crate::text::Page;
use sections::{Section, Shape, headline, sections};

/// Bytes of a comment. GitHub refuses more than 65,536 characters, and bytes are the strictest way to count them. The
/// rest is for whoever posts it, who adds a marker to find the comment again.
const COMMENT_MAX: usize = 65_000;

/// Bytes around the rows of a section: its heading, the count of what is not shown, the tags that fold it.
const FRAME_MAX: usize = 500;

/// The report as Markdown.
pub(crate) fn render(report: &Report, document: &ChangeDocument, manner: &Manner) -> String {
    let page = Page::new(document, manner);
    let mut text = headline(report);
    for section in sections(&page, report) {
        let room = COMMENT_MAX.saturating_sub(text.len() + FRAME_MAX).min(section.bytes_max);
        text.push_str(&laid_out(&section, room));
    }
    text
}

/// A section within so many bytes of rows. One without rows is nothing.
fn laid_out(section: &Section, room: usize) -> String {
    if section.rows.is_empty() {
        return String::new();
    }
    let (shown, left_out) = fitting(&section.rows, room);
    let lines: String = shown.iter().map(|row| format!("{row}\n")).collect();
    let note = match left_out {
        0 => String::new(),
        left_out => format!("\n{left_out} more not shown here: `--format json` has everything.\n"),
    };
    match &section.shape {
        Shape::Table { title, columns } => format!("\n{title}\n\n{columns}\n{lines}{note}"),
        Shape::List(title) => format!("\n{title}\n\n{lines}{note}"),
        Shape::Folded(title) => {
            format!("\n<details><summary>{title}</summary>\n\n{lines}{note}\n</details>\n")
        }
    }
}

/// The rows that fit, in their order, and how many others there are. A row that is too long on its own, because somebody
/// made it so, does not take those behind it along.
fn fitting(rows: &[String], room: usize) -> (Vec<&str>, usize) {
    let mut left = room;
    let mut shown = Vec::new();
    for row in rows {
        if let Some(rest) = left.checked_sub(row.len() + 1) {
            left = rest;
            shown.push(row.as_str());
        }
    }
    let left_out = rows.len() - shown.len();
    (shown, left_out)
}

#[cfg(test)]
mod tests;
