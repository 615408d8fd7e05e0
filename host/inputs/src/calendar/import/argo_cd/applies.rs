//! Whether a sync window is for the application that an import is read for.
//!
//! A window names applications, namespaces and clusters by patterns. One of them has to match, or all that it names with
//! `andOperator`. What the import does not say is unknown, and a window that turns on it is refused: left out, a freeze
//! would be lost, and taken in, a change window of somebody else would open.

use globset::GlobBuilder;

use crate::calendar::import::ImportWritten;
use crate::error::{Problem, ProblemKind, shown};
use crate::payload::foreign::Seen;

/// Patterns of one list, and bytes of one pattern.
const PATTERNS_MAX: usize = 200;
const PATTERN_BYTES_MAX: usize = 256;

/// Whether one list of a window matches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Match {
    Yes,
    No,
    /// The import does not say what the list asks for.
    Unknown,
}

/// Whether the window is for the application of the import.
pub(super) fn to(import: &ImportWritten, window: Seen<'_>) -> Result<bool, Problem> {
    let application: Vec<&str> = import.application.as_deref().into_iter().collect();
    let namespace: Vec<&str> = import.namespace.as_deref().into_iter().collect();
    let cluster: Vec<&str> = import.cluster.iter().map(String::as_str).collect();
    let asked = [
        ("applications", "application", application),
        ("namespaces", "namespace", namespace),
        ("clusters", "cluster", cluster),
    ];
    let mut lists: Vec<(Seen<'_>, &str, Match)> = Vec::new();
    for (key, of_import, names) in &asked {
        let Some(list) = window.get(key).filter(|list| !list.is_list() || list.items().next().is_some())
        else {
            continue;
        };
        lists.push((list, of_import, matches(list, names)?));
    }
    if lists.is_empty() {
        return Err(for_nothing(window));
    }
    let needs_all = window.get("andOperator").and_then(Seen::boolean).unwrap_or(false);
    // What settles it, whatever the others say.
    let settles = if needs_all { Match::No } else { Match::Yes };
    if lists.iter().any(|(.., found)| *found == settles) {
        return Ok(settles == Match::Yes);
    }
    match lists.iter().find(|(.., found)| *found == Match::Unknown) {
        Some((list, of_import, _)) => Err(unsaid(*list, of_import)),
        None => Ok(needs_all),
    }
}

fn matches(list: Seen<'_>, names: &[&str]) -> Result<Match, Problem> {
    let patterns: Option<Vec<&str>> =
        if list.is_list() { list.items().take(PATTERNS_MAX + 1).map(Seen::text).collect() } else { None };
    let Some(patterns) = patterns.filter(|patterns| patterns.len() <= PATTERNS_MAX) else {
        return Err(Problem::new(ProblemKind::Value, list.origin().value, "patterns that cannot be read")
            .expected(format!("a list of at most {PATTERNS_MAX} texts"))
            .help("write each as an item, in quotes"));
    };
    if patterns.contains(&"*") {
        return Ok(Match::Yes);
    }
    let mut found = if names.is_empty() { Match::Unknown } else { Match::No };
    for pattern in patterns {
        let glob = glob(pattern).ok_or_else(|| unread(list, pattern))?;
        if names.iter().any(|name| glob.is_match(name)) {
            found = Match::Yes;
        }
    }
    Ok(found)
}

/// As Argo CD's own: a `*` matches any characters, a slash among them.
fn glob(pattern: &str) -> Option<globset::GlobMatcher> {
    if pattern.len() > PATTERN_BYTES_MAX {
        return None;
    }
    let glob = GlobBuilder::new(pattern).literal_separator(false).backslash_escape(true).build();
    glob.ok().map(|glob| glob.compile_matcher())
}

fn unread(list: Seen<'_>, pattern: &str) -> Problem {
    Problem::new(ProblemKind::Value, list.origin().value, format!("pattern {}", shown(pattern)))
        .expected("a name with `*` and `?` for what is open")
        .help("correct the pattern")
}

fn unsaid(list: Seen<'_>, of_import: &str) -> Problem {
    Problem::new(
        ProblemKind::MissingKey,
        list.origin().value,
        format!("a window for one {of_import} and not another"),
    )
    .expected(format!("`{of_import}` beside the file's name in the calendar that imports it"))
    .help(format!("add `{of_import}: ...` there, of what is changed under this calendar"))
}

fn for_nothing(window: Seen<'_>) -> Problem {
    Problem::new(
        ProblemKind::MissingKey,
        window.origin().value,
        "a window for no application, namespace or cluster",
    )
    .expected("at least one of `applications`, `namespaces` and `clusters`")
    .help("add `applications: [\"*\"]` if it is for all; Argo CD heeds no window that names none")
}
