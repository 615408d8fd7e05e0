//! `tests/incidents/judgement.yaml` beside the folders of the incidents, by id: which verdict, which policies at least. Where
//! a folder comes out otherwise, the judgement says why.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use interlock_inputs::{ExpectedFolder, Role, expected_of};
use interlock_model::Verdict;
use serde::Deserialize;

use crate::support::{corpus_folders, root};

const PAGE: &str = "tests/incidents/judgement.yaml";
/// Incidents of the collection.
const INCIDENTS: usize = 40;
/// A change that goes past every pipeline never reaches a gate, so no policy is called so.
const UNMANAGED: &str = "unmanaged-change";

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Judgement {
    incidents: Vec<Judged>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Judged {
    id: String,
    expected: Verdict,
    catchable: String,
    #[serde(default)]
    document: Option<String>,
    policies: BTreeSet<String>,
    why: String,
    #[serde(default)]
    otherwise: Otherwise,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Otherwise {
    #[serde(default)]
    verdict: Option<Verdict>,
    #[serde(default)]
    because: Option<String>,
    #[serde(default)]
    without: BTreeMap<String, String>,
}

pub fn holds() -> Result<()> {
    let (judgement, folders) = (read()?, folders()?);
    let problems = problems(&judgement, &folders);
    ensure!(problems.is_empty(), "{PAGE} and the folders beside it differ:\n{}", problems.join("\n"));
    Ok(())
}

/// Any one thing of any judgement changed is noticed.
pub fn a_flipped_one_fails() -> Result<()> {
    let (judgement, folders) = (read()?, folders()?);
    let mut flipped = 0;
    for index in 0..judgement.incidents.len() {
        let mut flip = |what: &str, change: &dyn Fn(&mut Judged)| {
            let mut wrong = judgement.clone();
            change(&mut wrong.incidents[index]);
            flipped += 1;
            ensure!(
                !problems(&wrong, &folders).is_empty(),
                "{}: {what} goes unnoticed",
                judgement.incidents[index].id
            );
            Ok(())
        };
        flip("another id", &|it| it.id.push_str("-not"))?;
        flip("whether it was catchable", &|it| {
            it.catchable = if it.catchable == "yes" { "no" } else { "yes" }.into()
        })?;
        flip("whether there is a change", &|it| {
            it.document = if it.document.is_some() { None } else { Some("none".into()) };
        })?;
        flip("a policy more", &|it| {
            it.policies.insert("another-policy".into());
        })?;
        flip("no reason", &|it| it.why.clear())?;
        let has_verdict = judgement.incidents[index].document.is_none();
        for verdict in [Verdict::Allow, Verdict::Warn, Verdict::Block].into_iter().filter(|_| has_verdict) {
            let own = &judgement.incidents[index];
            if own.otherwise.verdict.unwrap_or(own.expected) != verdict {
                flip("another verdict", &|it| {
                    it.otherwise = Otherwise {
                        verdict: Some(verdict),
                        because: Some("b".into()),
                        ..it.otherwise.clone()
                    }
                })?;
            }
        }
        for policy in judgement.incidents[index].policies.clone() {
            flip("a policy that is excused", &|it| {
                if it.otherwise.without.remove(&policy).is_none() {
                    it.otherwise.without.insert(policy.clone(), "a reason".into());
                }
            })?;
        }
    }
    ensure!(flipped > 50, "only {flipped} flips: are the judgements still there?");
    Ok(())
}

fn read() -> Result<Judgement> {
    let text = std::fs::read_to_string(root().join(PAGE)).context(PAGE)?;
    serde_yaml::from_str(&text).context(PAGE)
}

/// Every folder of an incident, by its id.
fn folders() -> Result<Vec<(String, ExpectedFolder)>> {
    let mut folders = Vec::new();
    for (name, folder) in corpus_folders() {
        let path = folder.join("expected.yaml");
        let expected = expected_of(&path, &std::fs::read(&path)?)?;
        let id = expected.incident.as_ref().map(|incident| incident.id.clone());
        ensure!(
            id.is_some() || !name.starts_with("incidents/"),
            "{name}/expected.yaml: say which `incident` it is"
        );
        folders.extend(id.map(|id| (id, expected)));
    }
    Ok(folders)
}

fn problems(judgement: &Judgement, folders: &[(String, ExpectedFolder)]) -> Vec<String> {
    let mut problems = of_lists(judgement, folders);
    for judged in &judgement.incidents {
        let found: Vec<_> = folders.iter().filter(|(id, _)| *id == judged.id).collect();
        let told = match found.as_slice() {
            [] => vec!["no folder: write it".to_owned()],
            [(_, folder)] => [of_itself(judged), differences(judged, folder)].concat(),
            [..] => vec!["two folders".to_owned()],
        };
        problems.extend(told.into_iter().map(|problem| format!("{}: {problem}", judged.id)));
    }
    problems
}

fn of_lists(judgement: &Judgement, folders: &[(String, ExpectedFolder)]) -> Vec<String> {
    let ids: BTreeSet<&String> = judgement.incidents.iter().map(|judged| &judged.id).collect();
    let mut problems = Vec::new();
    if ids.len() != INCIDENTS || judgement.incidents.len() != INCIDENTS {
        problems.push(format!("{} ids, expected {INCIDENTS}, each once", ids.len()));
    }
    let there: BTreeSet<&String> = folders.iter().map(|(id, _)| id).collect();
    problems.extend(there.difference(&ids).map(|id| format!("{id}: not judged")));
    // A slip in a name would excuse whoever bears the right one.
    let stock = |policy: &&String| interlock_stock::module(policy).is_some() || *policy == UNMANAGED;
    let policies = judgement.incidents.iter().flat_map(|judged| &judged.policies);
    problems
        .extend(policies.filter(|policy| !stock(policy)).map(|policy| format!("{policy}: no stock policy")));
    problems
}

/// What is odd about a judgement whatever the folder says.
fn of_itself(judged: &Judged) -> Vec<String> {
    let Judged { expected, policies, why, otherwise, document, .. } = judged;
    let mut problems = Vec::new();
    if why.trim().is_empty() || otherwise.without.values().any(|reason| reason.trim().is_empty()) {
        problems.push("say why".to_owned());
    }
    if otherwise.verdict.is_some() != otherwise.because.is_some() || otherwise.verdict == Some(*expected) {
        problems.push("`otherwise: verdict` is another one, and has its `because`".to_owned());
    }
    if document.as_ref().is_some_and(|word| word != "none") {
        problems.push("`document` is `none` or nothing".to_owned());
    }
    let strange = otherwise.without.keys().filter(|policy| !policies.contains(*policy));
    problems.extend(strange.map(|policy| format!("`without: {policy}`, which nobody asked for")));
    problems
}

fn differences(judged: &Judged, folder: &ExpectedFolder) -> Vec<String> {
    let Some(incident) = &folder.incident else { return vec!["no incident".to_owned()] };
    let mut problems = Vec::new();
    if incident.catchable.name() != judged.catchable {
        problems.push(format!(
            "catchable {} in the folder, {} here",
            incident.catchable.name(),
            judged.catchable
        ));
    }
    let proposed = || folder.documents.iter().filter(|document| document.role == Role::Proposed);
    let found = proposed().map(|document| document.verdict).max();
    let expected = judged.document.is_none().then(|| judged.otherwise.verdict.unwrap_or(judged.expected));
    if found != expected {
        problems.push(format!("verdict {found:?} in the folder, {expected:?} here"));
    }
    let named: BTreeSet<&str> = incident.expected_rules.iter().map(|rule| rule.policy.as_str()).collect();
    let said: BTreeSet<&str> =
        proposed().flat_map(|document| &document.findings).map(|finding| finding.policy.as_str()).collect();
    for policy in &judged.policies {
        let excused = judged.otherwise.without.contains_key(policy);
        if !excused && !named.contains(policy.as_str()) {
            problems.push(format!(
                "`{policy}` is not under `expected-rules`; add it, or say under `without` why"
            ));
        }
        if excused && said.contains(policy.as_str()) {
            problems.push(format!("`{policy}` speaks: take it out of `without`"));
        }
    }
    problems
}
