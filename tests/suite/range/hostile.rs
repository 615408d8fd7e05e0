//! A repository that wants to be more than text: in the names of its files, its values, its author's words and its commits
//! stand colours, commands, line breaks, letters that run backwards, Markdown and HTML. In every format they are told and do
//! nothing, and the answer is the same.
//!
//! The files exist in git only: no work tree is made of them, so it does not matter which names a file system takes.

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use serde_json::Value;

use super::readers::{FORMATS, findings};
use super::repository::{Repository, trials_in};

pub fn trials() -> Vec<Trial> {
    trials_in(
        "hostile",
        make,
        &[
            ("nothing-is-raw-in-any-format", nothing_is_raw_in_any_format),
            ("nothing-is-raw-once-it-is-read", nothing_is_raw_once_it_is_read),
            ("markdown-holds-no-tag-and-no-link", markdown_holds_no_tag_and_no_link),
            ("every-format-comes-to-the-same", every_format_comes_to_the_same),
            ("a-shown-change-is-inert", a_shown_change_is_inert),
            ("an-error-is-inert", an_error_is_inert),
        ],
    )
}

/// What a name or a value may want to be.
const WORDS: [&str; 7] = [
    "\u{1b}[31mred\u{1b}]8;;https://evil.example\u{7}",
    "a\r::error file=x,line=1::cr",
    "a\n::error::lf\n##[error]lf\n::add-mask::lf",
    "##[group]x ##vso[task.complete result=Succeeded;]",
    "\u{202e}lmay\u{2066}\u{200b}\u{9b}31m\u{feff}",
    "[a](javascript:alert(1))![b](https://evil.example/b.png)|x|`y` @everyone #1",
    "<img src=x onerror=alert(1)><!--&lt;script&gt;-->]]>",
];

/// Each of the words as the name of a file, of which the list is cut short and the values say the words again.
fn make() -> Result<Repository> {
    let repository = Repository::empty()?;
    let path = |word: &str| format!("config/{}.yaml", word.replace('/', "\u{2215}")).into_bytes();
    let mut base: Vec<(Vec<u8>, String)> = WORDS.iter().map(|word| (path(word), listed(word, 4))).collect();
    base.push((b"not-utf-8-\xff\x1b.yaml".to_vec(), listed("x", 4)));
    base.push((b"notes.txt".to_vec(), "nothing\n".into()));
    repository.commit_paths("main", None, &base)?;
    let mut head: Vec<(Vec<u8>, String)> = WORDS.iter().map(|word| (path(word), listed(word, 1))).collect();
    head.push((b"not-utf-8-\xff\x1b.yaml".to_vec(), listed("x", 1)));
    // No format has lines of its own for it.
    head.push((b"notes.txt".to_vec(), WORDS.join("\n")));
    // Nobody reads this as YAML: an escape stands in it as it is.
    head.push((b"raw.yaml".to_vec(), format!("a: {}\nb: <b>{}\n", WORDS[0], WORDS[4])));
    head.push((b".interlock/change.yaml".to_vec(), metadata()));
    let main = repository.git(&["rev-parse", "main"])?;
    repository.commit_paths("head", Some(&main), &head)?;
    Ok(repository)
}

/// A list under a hostile key, of so many items that are hostile too.
fn listed(word: &str, items: usize) -> String {
    let item = |nth: usize| format!("  - {}\n", ascii(&Value::from(format!("{nth} {word}"))));
    let items: String = (0..items).map(item).collect();
    format!("{}:\n{items}", ascii(&Value::from(word)))
}

/// JSON with everything that is not ASCII as an escape: the readers refuse letters that turn the text around as they stand.
fn ascii(value: &Value) -> String {
    let escaped = |c: char| match c {
        c if c.is_ascii_graphic() || c == ' ' => c.to_string(),
        c => format!("\\u{:04x}", u32::from(c)),
    };
    value.to_string().chars().map(escaped).collect()
}

/// What the author says. It is read strictly, so it holds what can be seen and no more.
fn metadata() -> String {
    let words = seen();
    let change = serde_json::json!({
        "id": "hostile", "kind": "config", "title": words,
        "services": [{ "name": words, "tier": 0, "owner": words }],
        "targets": [{ "region": words }],
        "labels": [words],
        "attributes": { "a": words },
        "tests": [{ "suite": words, "outcome": "passed" }],
        "action": { "verb": "delete", "selector": words, "matched": 2000, "total": 3000, "in-use-evidence": words,
            "permanent": true },
        "rollback": { "method": words, "minutes": 50, "reversible": false, "depends-on": [words] },
    });
    ascii(&change)
}

fn seen() -> String {
    WORDS.join(" ").chars().filter(|c| !acts(*c) && *c != '\n').collect()
}

fn report(repository: &Repository, format: &str) -> Result<String> {
    Ok(repository.check("head", &["--format", format])?.ended(1)?.out)
}

/// Whether a character acts on whatever shows it, or cannot be seen: controls but the line feed, and the marks that turn
/// text around or join and part it.
fn acts(c: char) -> bool {
    let turns =
        ['\u{200b}'..='\u{200f}', '\u{202a}'..='\u{202e}', '\u{2060}'..='\u{2069}', '\u{feff}'..='\u{feff}'];
    (c.is_control() && c != '\n') || turns.iter().any(|range| range.contains(&c))
}

/// No character that acts, and no command of a runner's.
fn is_inert(text: &str) -> Result<()> {
    if let Some(c) = text.chars().find(|c| acts(*c)) {
        anyhow::bail!("U+{:04X} in {text:?}", u32::from(c));
    }
    for command in ["##[", "##vso["] {
        ensure!(!text.contains(command), "`{command}` in {text}");
    }
    Ok(())
}

fn nothing_is_raw_in_any_format(repository: &Repository) -> Result<()> {
    for format in FORMATS {
        let report = report(repository, format)?;
        is_inert(&report).context(format)?;
        // What a runner takes for a command: only GitHub's own format has any, and only of ours.
        let token = report.split_once("::stop-commands::").and_then(|(_, rest)| rest.lines().next());
        let own = ["::notice title=interlock::", "::error file=", "::warning file=", "::stop-commands::"];
        for line in report.lines().filter(|line| line.trim_start().starts_with("::")) {
            let ends = token.is_some_and(|token| line == format!("::{token}::"));
            let is_own = ends || own.iter().any(|start| line.starts_with(start));
            ensure!(format == "github" && is_own, "{format}: {line}");
        }
    }
    Ok(())
}

/// What a program gets after it has taken the JSON or XML apart. `json` is for machines and holds what was there.
fn nothing_is_raw_once_it_is_read(repository: &Repository) -> Result<()> {
    for format in ["sarif", "gitlab", "rdjson", "openreports"] {
        all_inert(&serde_json::from_str(&report(repository, format)?)?).context(format)?;
    }
    for format in ["junit", "checkstyle"] {
        let report = report(repository, format)?;
        let document = roxmltree::Document::parse(&report)?;
        for node in document.descendants() {
            let tag = node.tag_name().name();
            let of_ours = [
                "",
                "testsuites",
                "testsuite",
                "testcase",
                "failure",
                "skipped",
                "checkstyle",
                "file",
                "error",
            ];
            ensure!(of_ours.contains(&tag), "{format}: `{tag}` is a tag of somebody else's");
            ensure!(!node.is_comment() && !node.is_pi(), "{format}: {node:?}");
            let attributes = node.attributes().map(|attribute| attribute.value());
            attributes.chain(node.text()).try_for_each(is_inert_in_lines).context(format)?;
        }
    }
    Ok(())
}

fn all_inert(value: &Value) -> Result<()> {
    match value {
        Value::String(text) => is_inert_in_lines(text),
        Value::Array(items) => items.iter().try_for_each(all_inert),
        Value::Object(fields) => {
            fields.iter().try_for_each(|(key, value)| is_inert(key).and(all_inert(value)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn is_inert_in_lines(text: &str) -> Result<()> {
    is_inert(text)?;
    let command = text.lines().find(|line| line.trim_start().starts_with("::"));
    ensure!(command.is_none(), "a command: {command:?}");
    Ok(())
}

/// Markdown outside of code spans, in which nothing is read.
fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let (before, ticked) = rest.split_at(at);
        out.push_str(before);
        let inner = ticked.trim_start_matches('`');
        let fence = &ticked[..ticked.len() - inner.len()];
        // A span ends at a run of as many backticks, no more and no fewer.
        let mut end = None;
        let mut from = 0;
        while let Some(found) = inner[from..].find('`') {
            let start = from + found;
            let run = inner[start..].len() - inner[start..].trim_start_matches('`').len();
            if run == fence.len() {
                end = Some(start + run);
                break;
            }
            from = start + run;
        }
        match end {
            Some(end) => rest = &inner[end..],
            None => {
                out.push_str(fence);
                rest = inner;
            }
        }
    }
    out + rest
}

fn markdown_holds_no_tag_and_no_link(repository: &Repository) -> Result<()> {
    ensure!(
        without_code("a `b` ``c`d`` <e> `f") == "a   <e> `f",
        "the spans are read as Markdown reads them"
    );
    let report = report(repository, "markdown")?;
    for line in report.lines() {
        let mut read = without_code(line);
        for tag in ["<details>", "</details>", "<summary>", "</summary>"] {
            read = read.replace(tag, "");
        }
        for raw in ["<", "](", "![", "@", "#", "://", "www.", "&lt;"] {
            ensure!(!read.contains(raw), "`{raw}` is read in: {line}");
        }
        // In a table even a code span ends at a bar that no backslash stands before.
        if line.starts_with('|') {
            let bars = line.replace("\\|", "").matches('|').count();
            ensure!(bars == 6, "a row of five cells, not of {}: {line}", bars.saturating_sub(1));
        }
    }
    Ok(())
}

/// How many findings of which rules: their places are spelled out as each format can.
fn every_format_comes_to_the_same(repository: &Repository) -> Result<()> {
    let rules = |format: &str| -> Result<Vec<String>> {
        let found = findings(format, &report(repository, format)?).context(format.to_owned())?;
        let rules = found.iter().map(|it| it.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" "));
        // Formats that are a list of remarks have no other place for what nobody judged.
        Ok(rules.filter(|rule| rule != "allow interlock/not-judged").collect())
    };
    let json = rules("json")?;
    let count = |rule: &str| json.iter().filter(|it| *it == rule).count();
    ensure!(count("block config-sanity/list-shrink") == WORDS.len(), "each file is judged: {json:#?}");
    // The name that no report can say, and the file that nobody can read.
    ensure!(count("block interlock/unreadable-file") == 2, "{json:#?}");
    let blocks = json.iter().filter(|it| it.starts_with("block ")).count();
    for format in FORMATS {
        let found = rules(format)?;
        if format == "github" {
            // The runner shows ten of a level, and is told of the others in one notice.
            let told =
                report(repository, format)?.contains(&format!("{} more are not annotated", blocks - 10));
            ensure!(told && found.len() == json.len() - blocks + 10, "{found:#?}");
            ensure!(found.iter().all(|it| json.contains(it)), "{found:#?}");
        } else {
            ensure!(found == json, "{format}: {found:#?}, expected {json:#?}");
        }
    }
    Ok(())
}

fn a_shown_change_is_inert(repository: &Repository) -> Result<()> {
    let shown = repository.interlock(&["change", "--base", "main", "--head", "head"])?.ended(0)?;
    is_inert(&shown.out)?;
    is_inert(&shown.err)?;
    let command = shown.out.lines().find(|line| line.trim_start().starts_with("::"));
    ensure!(command.is_none(), "{command:?}");
    let change: Value = serde_json::from_str(&shown.out)?;
    ensure!(change["title"] == seen(), "and nothing is lost: {}", change["title"]);
    Ok(())
}

/// A revision, a policy set and a file that are not there, and have such names.
fn an_error_is_inert(repository: &Repository) -> Result<()> {
    for word in WORDS {
        for arguments in [
            ["check", "--base", word, "--head", "head"],
            ["check", "--base", "main", "--head", word],
            ["check", "--base", "main", "--policy-set", word],
            ["check", "--base", "main", "--tests", word],
        ] {
            let answer = repository.interlock(&arguments)?.ended(2)?;
            is_inert_in_lines(&answer.err).with_context(|| format!("{arguments:?}"))?;
        }
    }
    Ok(())
}
