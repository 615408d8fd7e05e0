//! Every limit says what it bounds and what one sees at its edge, and a guest dies of it.
//!
//! Reads `host/engine/src/limits.rs` and the directives of `tests/hostile/*.wat` as text; that each guest
//! does die of its limit is [`crate::hostile`]'s.

use anyhow::Result;
use libtest_mimic::Trial;

use super::{rule, tree};

const FILE: &str = "host/engine/src/limits.rs";

/// Limits that no guest in a text file can hold, and why.
const WITHOUT_GUEST: &[(&str, &str)] = &[
    ("module_bytes_max", "a module of 8 MiB is no text; the trial `hostile/g21-too-large` makes one"),
    ("tier", "what it bounds is counted, not run; the trials `languages/large-*` make a module beyond each"),
];

pub fn trials() -> Vec<Trial> {
    vec![rule("limits/guests", guests), rule("limits/comments", comments)]
}

/// A limit and the comment above it.
struct Limit {
    field: String,
    comment: String,
}

impl Limit {
    /// `memory_bytes_max` as a directive calls it: `memory-bytes`.
    fn directive(&self) -> String {
        self.field.trim_end_matches("_max").replace('_', "-")
    }
}

/// The public fields, read as text: the type itself cannot be asked for their names.
fn limits() -> Result<Vec<Limit>> {
    let text = tree::text(FILE)?;
    let mut limits = Vec::new();
    let mut comment = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            comment.push_str(words);
        } else if let Some((field, _)) = line.strip_prefix("pub ").and_then(|rest| rest.split_once(": "))
            && !field.contains(' ')
        {
            limits.push(Limit { field: field.to_owned(), comment: std::mem::take(&mut comment) });
        } else {
            comment.clear();
        }
    }
    Ok(limits)
}

fn guests() -> Result<Vec<String>> {
    let files = tree::files()?;
    let guests = files.iter().filter(|file| file.is_below(&["tests/hostile"]) && file.extension() == "wat");
    let directives: Vec<&str> = guests
        .filter_map(|file| file.text.as_deref())
        .flat_map(str::lines)
        .filter(|it| it.starts_with(";;! "))
        .collect();
    let limits = limits()?;
    let dies = |limit: &&Limit| {
        // A directive of its own, or a key of one case of several.
        let name = format!("\"{}\"", limit.directive());
        let forms = [format!(";;! dies-of = {name}"), format!("\"dies-of\": {name}")];
        directives.iter().any(|line| forms.iter().any(|form| line.contains(form)))
    };
    let excused = |limit: &&Limit| WITHOUT_GUEST.iter().any(|(field, _)| *field == limit.field);
    let mut broken: Vec<String> =
        limits.iter().filter(|limit| !dies(limit) && !excused(limit)).map(no_guest).collect();
    let is_field = |name: &str| limits.iter().any(|limit| limit.field == name && !dies(&limit));
    let stale = WITHOUT_GUEST.iter().filter(|(field, _)| !is_field(field));
    broken.extend(
        stale.map(|(field, _)| {
            format!("`{field}`: take it out of WITHOUT_GUEST in tests/suite/tidy/limits.rs")
        }),
    );
    Ok(broken)
}

fn no_guest(limit: &Limit) -> String {
    format!(
        "{FILE}: no guest dies of `{}`: write one in tests/hostile with the line `;;! dies-of = \"{}\"`",
        limit.field,
        limit.directive()
    )
}

/// The answers the file promises about each.
fn comments() -> Result<Vec<String>> {
    let limits = limits()?;
    if limits.is_empty() {
        return Ok(vec![format!(
            "{FILE}: no line `pub <name>: <type>` was found; mend tests/suite/tidy/limits.rs"
        )]);
    }
    let answers: [(&str, &[&str]); 2] =
        [("its default", &["Default "]), ("what one sees there", &["Above it", "At the edge"])];
    let silent = |limit: &Limit| {
        let lacks =
            answers.iter().filter(|(_, words)| !words.iter().any(|word| limit.comment.contains(word)));
        let field = limit.field.clone();
        lacks
            .map(move |(what, words)| {
                format!("{FILE}: the comment of `{field}` does not say {what}: write {words:?}")
            })
            .collect::<Vec<_>>()
    };
    Ok(limits.iter().flat_map(silent).collect())
}
