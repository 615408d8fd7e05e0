//! Every stock policy has its page and its cases, and they speak of the rules and settings the module really
//! has.
//!
//! What a case expects is compared by [`crate::cases`]; here it only counts that there is one. What the page
//! has to tell is in `page`.

mod page;

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, anyhow};
use interlock_engine::Limits;
use interlock_model::Manifest;
use libtest_mimic::Trial;
use serde_json::Value;

use super::{rule, tree};
use crate::support::engine;

/// A policy should read like its description: what is longer is two policies.
const LINES_MAX: usize = 450;

const NEAR_MISSES_MIN: usize = 3;

const NEAR_MISS: &str = "near miss: ";

pub fn trials() -> Vec<Trial> {
    let of = |id: String| rule(&format!("policies/{id}"), move || policy(&id));
    let each = ids().unwrap_or_default().into_iter().map(of);
    [rule("policies/stock", stock)].into_iter().chain(each).collect()
}

fn policy(id: &str) -> Result<Vec<String>> {
    let policy = Policy::read(id)?;
    Ok([source(&policy), manifest(&policy), page::broken(&policy), cases(&policy)].concat())
}

/// The folders of `policies/` but the one that builds them.
fn ids() -> Result<Vec<String>> {
    Ok(tree::folders("policies")?.into_iter().filter(|name| name != "stock").collect())
}

/// The table of modules is the folders, sorted.
fn stock() -> Result<Vec<String>> {
    let folders = ids()?;
    let built: Vec<String> = interlock_stock::MODULES.iter().map(|module| module.id.to_owned()).collect();
    let unknown = interlock_stock::ON_REQUEST
        .iter()
        .filter(|(id, reason)| reason.trim().is_empty() || !folders.iter().any(|folder| folder == id));
    let broken = unknown.map(|(id, _)| {
        format!("policies/stock/src/lib.rs: ON_REQUEST names `{id}`: it has to be a policy, with a reason beside it")
    });
    Ok(if folders == built {
        broken.collect()
    } else {
        vec![format!(
            "`policies/` holds {folders:?}, interlock_stock::MODULES {built:?}: a policy is a folder with a \
             `cases.yaml`, and policies/stock/build.rs lists them sorted"
        )]
    })
}

/// Everything there is about one policy.
struct Policy {
    id: String,
    manifest: Manifest,
    package: String,
    source: String,
    page: String,
    cases: Vec<Value>,
}

impl Policy {
    fn read(id: &str) -> Result<Self> {
        let text = |file: &str| tree::text(&format!("policies/{id}/{file}"));
        let cases: Value = serde_yaml::from_str(&text("cases.yaml")?)
            .with_context(|| format!("policies/{id}/cases.yaml"))?;
        let module = interlock_stock::module(id).with_context(|| format!("`policies/{id}` was not built"))?;
        let loaded = engine().load(module.bytes, &Limits::default());
        Ok(Self {
            id: id.to_owned(),
            manifest: loaded.map_err(|error| anyhow!("{id}: {error}"))?.manifest().clone(),
            package: text("Cargo.toml")?,
            source: text("src/lib.rs")?,
            page: text("README.md")?,
            cases: cases.get("cases").and_then(Value::as_array).cloned().unwrap_or_default(),
        })
    }

    fn path(&self, file: &str) -> String {
        format!("policies/{}/{file}", self.id)
    }

    fn rule_ids(&self) -> BTreeSet<&str> {
        self.manifest.rules.iter().map(|rule| rule.id.as_str()).collect()
    }

    fn setting_keys(&self) -> BTreeSet<&str> {
        self.manifest.settings.iter().map(|setting| setting.key.as_str()).collect()
    }
}

/// One name for folder, package and policy; a rule that can be read in one go.
fn source(policy: &Policy) -> Vec<String> {
    let mut broken = Vec::new();
    let (id, own) = (&policy.id, policy.manifest.id.as_str());
    if own != id || !policy.package.lines().any(|line| line == format!("name = \"{id}\"")) {
        let path = policy.path("Cargo.toml");
        broken
            .push(format!("{path}: folder, package and policy must all be `{id}`; the policy says `{own}`"));
    }
    let lines = policy.source.lines().count();
    if lines > LINES_MAX {
        let path = policy.path("src/lib.rs");
        broken.push(format!("{path}: {lines} lines, at most {LINES_MAX}: make two policies of it"));
    }
    broken
}

/// Whoever is stopped is told why and what to do.
fn manifest(policy: &Policy) -> Vec<String> {
    let lib = policy.path("src/lib.rs");
    let mut broken = Vec::new();
    for rule in &policy.manifest.rules {
        let texts = [("title", &rule.title), ("help", &rule.help), ("remedy", &rule.remedy)];
        let empty = texts.into_iter().filter(|(_, text)| text.as_unescaped().trim().is_empty());
        broken.extend(empty.map(|(what, _)| format!("{lib}: rule `{}` has no {what}: write it", rule.id)));
        let no_origin = rule.origin.as_ref().is_none_or(|text| text.as_unescaped().trim().is_empty());
        broken.extend(
            no_origin.then(|| format!("{lib}: rule `{}` names no incident or source: `origin`", rule.id)),
        );
    }
    let bare =
        policy.manifest.settings.iter().filter(|setting| setting.help.as_unescaped().trim().is_empty());
    broken.extend(bare.map(|setting| format!("{lib}: setting `{}` has no comment: write it", setting.key)));
    broken
}

/// What is missing and what is too much.
fn same(path: &str, what: &str, found: &BTreeSet<&str>, expected: &BTreeSet<&str>) -> Vec<String> {
    let missing = expected
        .difference(found)
        .map(|id| format!("{path}: `{id}` has no {what}: write one, or take it out of the policy"));
    let stale = found
        .difference(expected)
        .map(|id| format!("{path}: `{id}`: take out the {what}: the policy does not have that"));
    missing.chain(stale).collect()
}

/// Every rule fires somewhere, every setting is moved somewhere, and the policy is quiet where it should be.
fn cases(policy: &Policy) -> Vec<String> {
    let path = policy.path("cases.yaml");
    let mut broken = names(&policy.cases, &path);
    let fired = policy.cases.iter().flat_map(expected).filter_map(|it| it.get("rule")?.as_str()).collect();
    broken.extend(same(&path, "expected finding", &fired, &policy.rule_ids()));
    let moved =
        policy.cases.iter().filter_map(|case| case.get("settings")?.as_object()).flat_map(|it| it.keys());
    broken.extend(same(
        &path,
        "case that sets it",
        &moved.map(String::as_str).collect(),
        &policy.setting_keys(),
    ));
    broken.extend(hardest(policy, &path));
    broken.extend(sorts(&policy.cases, &path));
    broken
}

fn expected(case: &Value) -> &[Value] {
    case.get("expect").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A near miss is quiet; a name means one case.
fn names(cases: &[Value], path: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut broken = Vec::new();
    for case in cases {
        let name = case.get("case").and_then(Value::as_str).unwrap_or_default();
        if name.is_empty() || !seen.insert(name) {
            broken.push(format!(
                "{path}: two cases are called `{name}`, or one has no name: give each its own"
            ));
        }
        if name.starts_with(NEAR_MISS) && !expected(case).is_empty() {
            broken.push(format!("{path}: `{name}` expects findings: a near miss expects `[]`"));
        }
    }
    broken
}

/// A rule that may block does so in some case; if it never can, it should not say so.
fn hardest(policy: &Policy, path: &str) -> Vec<String> {
    let reached = |rule: &&interlock_model::Rule| {
        let strictest = rule.strictest.name();
        policy.cases.iter().flat_map(expected).any(|finding| {
            finding.get("rule").is_some_and(|it| *it == *rule.id)
                && finding.get("verdict").is_some_and(|it| it == strictest)
        })
    };
    let never = policy.manifest.rules.iter().filter(|rule| !reached(rule));
    never
        .map(|rule| {
            let (id, strictest) = (&rule.id, rule.strictest.name());
            format!("{path}: no case where `{id}` gives its hardest verdict, {strictest}: write one")
        })
        .collect()
}

/// At least one case of each answer, and enough that are nearly a finding.
fn sorts(cases: &[Value], path: &str) -> Vec<String> {
    let hardest = |case: &&Value| {
        let verdicts: Vec<&str> =
            expected(case).iter().filter_map(|it| it.get("verdict")?.as_str()).collect();
        ["block", "warn"].into_iter().find(|verdict| verdicts.contains(verdict)).unwrap_or("allow")
    };
    let lacking =
        ["block", "warn", "allow"].into_iter().filter(|it| !cases.iter().any(|case| hardest(&case) == *it));
    let mut broken: Vec<String> =
        lacking.map(|verdict| format!("{path}: no case comes to {verdict}: write one")).collect();
    let near = cases
        .iter()
        .filter(|case| case.get("case").and_then(Value::as_str).is_some_and(|it| it.starts_with(NEAR_MISS)));
    let near = near.count();
    if near < NEAR_MISSES_MIN {
        broken.push(format!(
            "{path}: {near} cases are called `{NEAR_MISS}..`, at least {NEAR_MISSES_MIN}: write more"
        ));
    }
    broken
}
