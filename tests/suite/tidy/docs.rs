//! The pages at the top and the policies' pages: what they name exists, and what they promise is held by a
//! trial.

use std::path::Path;

use anyhow::Result;
use libtest_mimic::Trial;

use super::markdown::{self, Line};
use super::{rule, tree};
use crate::support::root;

/// Pages that must be there.
const PAGES: &[&str] = &["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];

/// A word of a page that begins with one of these is a path of this repository.
const FOLDERS: &[&str] = &["host/", "guest/", "policies/", "tests/", "wit/", ".ci/", ".cargo/"];

/// How ARCHITECTURE.md names the trial that holds an invariant: `suite: hostile/g01-loop`, or `suite:
/// hostile/*`.
const HELD_BY: &str = "suite: ";

/// How it names the function of a unit test, at the start of a line: unit: the crate, then the name in
/// backticks.
const HELD_BY_UNIT: &str = "unit:";

const INVARIANTS_MIN: usize = 12;

pub fn trials() -> Vec<Trial> {
    vec![
        rule("docs/pages", pages),
        rule("docs/paths", paths),
        rule("docs/exit-codes", exit_codes),
        rule("docs/commands", commands),
    ]
}

/// The rule that compares ARCHITECTURE.md with the names of all trials.
pub fn invariants(mut names: Vec<String>) -> Trial {
    let name = "docs/invariants";
    names.push(format!("tidy/{name}"));
    rule(name, move || held_invariants(&names))
}

fn pages() -> Result<Vec<String>> {
    let missing = PAGES.iter().filter(|page| !root().join(page).is_file());
    Ok(missing.map(|page| format!("`{page}` is missing: write it")).collect())
}

/// What a page names by its path is there.
fn paths() -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for file in tree::files()?.iter().filter(|file| is_page(&file.path)) {
        for line in markdown::lines(file.text.as_deref().unwrap_or_default()) {
            let missing = named(&line).into_iter().filter(|path| !exists(path, &file.path));
            broken.extend(missing.map(|path| {
                format!(
                    "{}:{}: there is no `{path}`: mend the path, or write the file",
                    file.path, line.number
                )
            }));
        }
    }
    Ok(broken)
}

fn is_page(path: &str) -> bool {
    let is_policy = path.strip_prefix("policies/").is_some_and(|rest| rest.split('/').count() == 2);
    path.ends_with(".md") && (!path.contains('/') || is_policy)
}

/// In text: what stands in backticks, and where links lead. In a fence: every word.
fn named<'a>(line: &Line<'a>) -> Vec<&'a str> {
    let words =
        if line.fenced { line.text.split_whitespace().collect() } else { markdown::ticked(line.text) };
    let links = if line.fenced { vec![] } else { markdown::links(line.text) };
    let words =
        words.into_iter().map(without_place).filter(|word| FOLDERS.iter().any(|it| word.starts_with(it)));
    let links = links.into_iter().filter_map(|link| link.split('#').next());
    let links =
        links.filter(|link| !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:"));
    words.filter(|word| !word.contains(char::is_whitespace)).chain(links).collect()
}

/// `policies/x/cases.yaml:12:3` and `wit/,` without what follows the path.
fn without_place(word: &str) -> &str {
    word.split(':').next().unwrap_or(word).trim_end_matches(['.', ',', ';', ')', '"'])
}

/// Below the repository, or beside the page. `*` and `<id>` stand for anything, so only what is before them
/// must exist.
fn exists(path: &str, page: &str) -> bool {
    let fixed: Vec<&str> = path.split('/').take_while(|part| !part.contains(['*', '<', '{', '['])).collect();
    let fixed = fixed.join("/");
    let beside = Path::new(page).parent().unwrap_or(Path::new(""));
    [root().join(&fixed), root().join(beside).join(&fixed)].iter().any(|path| path.exists())
}

/// Each exit code begins a row of a table or an item of a list, under a heading that says `exit`.
fn exit_codes() -> Result<Vec<String>> {
    let page = tree::text("README.md")?;
    let lines = markdown::lines(&page);
    let here: Vec<&str> = lines
        .iter()
        .filter(|line| !line.fenced && line.heading.to_lowercase().contains("exit"))
        .map(|line| line.text.trim_start_matches([' ', '|', '-', '*', '`']))
        .collect();
    let is_told = |code: &&str| {
        here.iter().any(|text| {
            text.strip_prefix(*code).is_some_and(|rest| !rest.starts_with(|it: char| it.is_alphanumeric()))
        })
    };
    let missing = ["0", "1", "2", "3"].into_iter().filter(|code| !is_told(code));
    Ok(missing
        .map(|code| {
            format!(
                "README.md: tell what exit code {code} means, in a table or list under a heading with `exit`"
            )
        })
        .collect())
}

/// The commands a newcomer copies: one line builds everything and judges, one line runs every test.
fn commands() -> Result<Vec<String>> {
    let page = tree::text("README.md")?;
    let lines = markdown::lines(&page);
    let needed: [&[&str]; 2] =
        [&["rustup target add wasm32-unknown-unknown", "cargo run --release"], &["cargo test"]];
    let is_there = |parts: &&&[&str]| {
        lines.iter().any(|line| line.fenced && parts.iter().all(|part| line.text.contains(part)))
    };
    let missing = needed.iter().filter(|parts| !is_there(parts));
    Ok(missing
        .map(|parts| format!("README.md: show one command, on one line between ```, that holds {parts:?}"))
        .collect())
}

/// Every invariant names what holds it, and what it names is there.
fn held_invariants(names: &[String]) -> Result<Vec<String>> {
    let page = tree::text("ARCHITECTURE.md")?;
    let mut broken = Vec::new();
    let missing = trials_named(&page).into_iter().filter(|(_, trial)| !is_trial(trial, names));
    broken.extend(missing.map(|(number, trial)| {
        format!(
            "ARCHITECTURE.md:{number}: the suite has no trial `{trial}`: name one that it has, or write it"
        )
    }));
    let missing = unit_tests_missing(&page)?;
    broken.extend(missing.iter().map(|test| {
        format!("ARCHITECTURE.md: there is no unit test `{test}`: name one that there is, or write it")
    }));
    let invariants = markdown::items(&page, "invariant");
    if invariants.len() < INVARIANTS_MIN {
        broken.push(format!(
            "ARCHITECTURE.md: {} list items under the heading `Invariants`, at least {INVARIANTS_MIN}",
            invariants.len()
        ));
    }
    let unheld = invariants.iter().filter(|item| !item.contains(HELD_BY) && !item.contains(HELD_BY_UNIT));
    broken.extend(
        unheld.map(|item| format!("ARCHITECTURE.md: say which trial holds `{item}`: `{HELD_BY}<name>`")),
    );
    Ok(broken)
}

/// Names in backticks on lines that begin with `unit:`, and are the name of no function.
fn unit_tests_missing(page: &str) -> Result<Vec<&str>> {
    let code = tree::rust_files()?;
    let is_there = |test: &&str| code.iter().any(|(_, text)| text.contains(&format!("fn {test}(")));
    let lines = page.lines().filter(|line| line.trim().starts_with(HELD_BY_UNIT));
    Ok(lines.flat_map(markdown::ticked).filter(|test| !is_there(test)).collect())
}

/// Every `suite: ..` in backticks; one pair of backticks may name several, with commas.
fn trials_named(page: &str) -> Vec<(usize, &str)> {
    let lines = page.lines().enumerate();
    let ticked =
        lines.flat_map(|(index, text)| markdown::ticked(text).into_iter().map(move |it| (index + 1, it)));
    let held = ticked.filter_map(|(number, text)| Some((number, text.strip_prefix(HELD_BY)?)));
    held.flat_map(|(number, names)| names.split(',').map(move |name| (number, name.trim()))).collect()
}

/// `hostile/*` is any trial below `hostile/`.
fn is_trial(named: &str, names: &[String]) -> bool {
    match named.strip_suffix('*') {
        Some(group) => names.iter().any(|name| name.starts_with(group)),
        None => names.iter().any(|name| name == named),
    }
}
