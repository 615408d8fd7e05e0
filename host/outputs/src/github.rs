//! GitHub workflow commands: annotations on the changed lines, then the report as text for the step's log.
//!
//! Two defences keep what somebody else wrote from being run, because each has a gap of its own:
//!
//! - Every line is escaped. An annotation must be run to be shown, so it cannot be wrapped; all that is in one has been
//!   through [`for_github_property`] or [`for_github_message`], which leave no line break, no `##[` and, in properties,
//!   no `::`.
//! - The log behind them stands between `::stop-commands::TOKEN` and `::TOKEN::`, where the runner runs nothing but that
//!   token. Should a future runner read commands that the escaping does not know of, this still holds.
//!
//! The token is the SHA-256 of all that is printed: the same report prints the same bytes, and no text can hold the
//! token that its own bytes make. A token drawn by chance would have the second property only.
//!
//! There are no colours: the log's own highlighting is GitHub's.

use interlock_model::{ChangeDocument, Digest, Report, Side, Verdict};
use sha2::{Digest as _, Sha256};

use crate::escape::{for_github_message, for_github_property};
use crate::region::Region;
use crate::standing::{Standing, answer, standing};
use crate::{Color, Manner, text};

/// Annotations of one level that GitHub keeps of one step; it drops later ones without a word.
/// From the limitations in docs/problem-matchers.md of `actions/toolkit`.
const ANNOTATIONS_MAX: usize = 10;

/// The report as GitHub runs and shows it.
pub(crate) fn render(report: &Report, document: &ChangeDocument, manner: &Manner) -> String {
    let all = standing(report);
    let shown = shown(&all);
    let hidden = all.len() - shown.len();
    let commands: Vec<String> = shown.into_iter().map(|it| annotation(it, report, document)).collect();
    let commands = format!("{}\n{}", summary(report, hidden), commands.join("\n"));
    let log = format!("{}{}", cut_notice(hidden), text::render(report, document, &plain(manner)));
    let token = token(&[&commands, &log]);
    format!("{}\n::stop-commands::{token}\n{log}::{token}::\n", commands.trim_end())
}

fn plain(manner: &Manner) -> Manner {
    Manner { color: Color::Never, ..*manner }
}

/// The worst of each level, as many as GitHub keeps. One notice is the summary's.
fn shown<'a, 'b>(all: &'b [Standing<'a>]) -> Vec<&'b Standing<'a>> {
    let of = |level: Level, max: usize| all.iter().filter(move |it| Level::of(it) == level).take(max);
    of(Level::Error, ANNOTATIONS_MAX)
        .chain(of(Level::Warning, ANNOTATIONS_MAX))
        .chain(of(Level::Notice, ANNOTATIONS_MAX - 1))
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    fn of(standing: &Standing<'_>) -> Self {
        match standing.severity() {
            Verdict::Block => Self::Error,
            Verdict::Warn => Self::Warning,
            Verdict::Allow => Self::Notice,
        }
    }

    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// The answer as one notice, so that it is among the annotations whatever is left out of them.
fn summary(report: &Report, hidden: usize) -> String {
    let message = [answer(report), cut_notice(hidden)].join("\n");
    format!("::notice title=interlock::{}", for_github_message(message.trim_end()))
}

/// The line that says what GitHub does not show.
fn cut_notice(hidden: usize) -> String {
    if hidden == 0 {
        return String::new();
    }
    format!("{hidden} more are not annotated: GitHub shows {ANNOTATIONS_MAX} of a level for each step\n")
}

/// One problem at its line.
fn annotation(standing: &Standing<'_>, report: &Report, document: &ChangeDocument) -> String {
    let spot = standing.spot(report, document);
    let title = match spot.side {
        Side::After => standing.rule_id(),
        Side::Before => format!("{} (before the change)", standing.rule_id()),
    };
    let lines: Vec<String> = [standing.title()].into_iter().chain(standing.notes(report, document)).collect();
    let Region { line, columns, .. } = spot.region.unwrap_or_default();
    format!(
        "::{} file={},line={line},col={},title={}::{}",
        Level::of(standing).command(),
        for_github_property(spot.file),
        columns.start,
        for_github_property(&title),
        for_github_message(&lines.join("\n")),
    )
}

/// The hexadecimal digits of a digest over all that is printed.
fn token(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
    }
    let digest = Digest::from_sha256(&hasher.finalize());
    digest.as_str().trim_start_matches("sha256:").to_owned()
}

#[cfg(test)]
pub(crate) mod tests;
