//! `policies/<id>/README.md`: what it tells is what the module says of itself, rule by rule and setting by
//! setting, and its waiver is one that can be copied. Called by `policies`, once for each of them.
//!
//! That the words around it are true is for whoever reads them.

use std::collections::BTreeSet;

use anyhow::Result;
use interlock_inputs::{policy_set_of, read_file};
use interlock_model::Rule;

use super::super::markdown;
use super::{Policy, same};
use crate::support::root;

const HEADINGS: &[&str] = &[
    "## What it guards",
    "## Rules",
    "## How to waive",
    "## Settings",
    "## What it needs",
    "## When it is wrong",
];

/// How an item says what to do.
const REMEDY: &str = "Satisfied by ";

/// How the page says what stays as it is.
const NOT_COVERED: &str = "No waiver covers ";

/// Every heading in its order, how to waive, and every rule and setting that the module has and no others.
pub fn broken(policy: &Policy) -> Vec<String> {
    let path = policy.path("README.md");
    [
        headings(policy, &path),
        rules_told(policy, &path),
        waiver_told(policy, &path),
        settings_told(policy, &path),
    ]
    .concat()
}

fn headings(policy: &Policy, path: &str) -> Vec<String> {
    let title = format!("# {}", policy.id);
    let expected: Vec<&str> = [title.as_str()].into_iter().chain(HEADINGS.iter().copied()).collect();
    let found = markdown::headings(&policy.page);
    if found == expected {
        return Vec::new();
    }
    vec![format!("{path}: its headings are {found:?}; write exactly {expected:?}")]
}

/// `- `no-canary`: block ...` under `## Rules`, once for each rule.
fn rules_told(policy: &Policy, path: &str) -> Vec<String> {
    let items = markdown::items(&policy.page, "rules");
    let told: Vec<(&str, &str)> = items.iter().filter_map(|item| rule_and_text(item)).collect();
    let ids: BTreeSet<&str> = told.iter().map(|(id, _)| *id).collect();
    let mut broken = same(path, "list item under `## Rules`", &ids, &policy.rule_ids());
    if told.len() > ids.len() {
        broken.push(format!("{path}: a rule has two list items under `## Rules`: make one of them"));
    }
    for (id, text) in told {
        broken.extend(policy.manifest.rule(id).into_iter().flat_map(|rule| item(rule, text, path)));
    }
    broken
}

fn rule_and_text(item: &str) -> Option<(&str, &str)> {
    item.strip_prefix("- `")?.split_once("`: ")
}

/// An item begins with the hardest verdict of its rule, names the incident, and says how to satisfy the rule.
fn item(rule: &Rule, text: &str, path: &str) -> Vec<String> {
    let (id, strictest) = (&rule.id, rule.strictest.name());
    let mut broken = Vec::new();
    if text.split(|letter: char| !letter.is_alphabetic()).next() != Some(strictest) {
        broken.push(format!("{path}: the item of `{id}` has to begin with its hardest verdict, {strictest}"));
    }
    let source = rule.origin.as_ref().map_or("", |origin| source(origin.as_unescaped()));
    if !bare(text).contains(&bare(source)) {
        broken
            .push(format!("{path}: the item of `{id}` does not name what the rule goes back to, `{source}`"));
    }
    if !text.contains(REMEDY) {
        broken.push(format!("{path}: the item of `{id}` does not say what helps: `{REMEDY}..`"));
    }
    broken
}

/// The date and the name of `2022-07-08 Rogers: a filter was deleted`.
fn source(origin: &str) -> &str {
    origin.split(": ").next().unwrap_or(origin)
}

/// Without what a sentence needs and a name does not.
fn bare(text: &str) -> String {
    text.replace([',', '"'], "")
}

/// The example is read as a policy set is, beside a binding of this policy, and names a rule that it has.
fn waiver_told(policy: &Policy, path: &str) -> Vec<String> {
    let section: String =
        policy.page.split("\n## ").filter(|section| section.starts_with("How to waive\n")).collect();
    let mut broken = Vec::new();
    if !section.contains(NOT_COVERED) {
        broken
            .push(format!("{path}: `## How to waive` does not say what cannot be waived: `{NOT_COVERED}..`"));
    }
    let example = section.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
    match example.map(|example| waived_rule(policy, example)) {
        Some(Ok(rule)) if policy.manifest.rule(&rule).is_some() => {}
        Some(Ok(rule)) => {
            broken.push(format!("{path}: the waiver names `{rule}`, which is no rule of the policy"))
        }
        Some(Err(error)) => broken.push(format!("{path}: the waiver cannot be copied: {error:#}")),
        None => {
            broken.push(format!("{path}: `## How to waive` has no example, a block of `yaml`: write one"))
        }
    }
    broken
}

/// The rule that the example's one waiver names.
fn waived_rule(policy: &Policy, example: &str) -> Result<String> {
    let id = &policy.id;
    let name = bound_as(policy, example);
    let set = format!("version: 1\npolicies: {{ {name}: {{ module: \"stock:{id}\" }} }}\n{example}");
    let read = policy_set_of(&root().join("interlock.yaml"), set.as_bytes(), &read_file)?;
    match read.waivers.as_slice() {
        [waiver] => Ok(waiver.rule.clone()),
        waivers => anyhow::bail!("it has {} waivers, one is enough", waivers.len()),
    }
}

/// A policy is bound by its own name, unless its page shows a binding of another name.
fn bound_as<'a>(policy: &'a Policy, example: &'a str) -> &'a str {
    let named = example.lines().find_map(|line| line.trim().strip_prefix("- policy: "));
    let shown =
        |name: &&str| policy.page.contains(&format!("\n  {name}:\n    module: stock:{}\n", policy.id));
    named.filter(shown).unwrap_or(&policy.id)
}

fn settings_told(policy: &Policy, path: &str) -> Vec<String> {
    let rows = markdown::rows(&policy.page, "## Settings");
    let in_ticks = |row: &Vec<&'_ str>, cell: usize| {
        row.get(cell).and_then(|cell| markdown::ticked(cell).first().map(|text| (*text).to_owned()))
    };
    let told: Vec<(String, Option<String>)> =
        rows.iter().filter_map(|row| Some((in_ticks(row, 0)?, in_ticks(row, 1)))).collect();
    let keys: BTreeSet<&str> = told.iter().map(|(key, _)| key.as_str()).collect();
    let mut broken = same(path, "row of the table under `## Settings`", &keys, &policy.setting_keys());
    for setting in &policy.manifest.settings {
        let default = setting.default.as_unescaped();
        let differs = told.iter().find(|(key, told)| *key == setting.key && told.as_deref() != Some(default));
        broken.extend(differs.map(|(key, told)| {
            let told = told.as_deref().unwrap_or("nothing");
            format!("{path}: the default of `{key}` is `{default}`, the table says `{told}` (in backticks)")
        }));
    }
    broken
}
