//! Deploy plans of other systems: manifests and pipelines into stages, with the line each stage came from.
//!
//! One file per system; [`draft`] is what each of them gives. A file that is no plan gives nothing, and so
//! does one that cannot be read (its doubt is told by `payload`). What a plan leaves open stays unknown,
//! which is judged as the worst: nothing here guesses. Which service a plan is about is not said either: a
//! manifest knows its own name, not all that the change touches, and naming one service would hide the
//! others. [`config`] asks whether configuration goes out with the stages or beside them. Called by whoever
//! merges sources.

mod amount;
mod application_set;
mod argo_rollout;
pub(crate) mod config;
mod draft;
mod environment;
mod flagger;
mod github;
mod gitlab;
mod manifest;
mod spinnaker;
#[cfg(test)]
mod tests;
mod workload;

use interlock_model::{Doubt, DoubtKind, Side, Span};

use crate::error::{InputError, Problem, ProblemKind};
use crate::payload::foreign::{Foreign, Seen, Written};
use crate::statement::Statement;
use draft::Draft;
use manifest::{ByName, Manifest, ObjectName};

/// Different plans that are told of one file. Equal ones are one.
const PLANS_MAX: usize = 64;
/// Bytes of text that the statements of one file keep, each its own copy.
const KEPT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// One plan of a file, and whose it is.
struct Plan {
    draft: Draft,
    /// The object it is the plan of.
    of: Option<ObjectName>,
    /// The object whose own plan it replaces.
    governs: Option<ObjectName>,
}

/// The plans of one file: none, if it holds none or cannot be read.
#[cfg(test)]
pub(crate) fn recognise(path: &str, bytes: &[u8]) -> Vec<Statement> {
    recognise_all(&[(path, bytes)])
}

/// The plans of several files, by path and content. A workload that another object of them rolls out (a
/// Flagger canary, a Rollout with `workloadRef`) has no plan of its own.
pub(crate) fn recognise_all(files: &[(&str, &[u8])]) -> Vec<Statement> {
    let found: Vec<(&str, String, Vec<Plan>)> =
        files.iter().filter_map(|(path, bytes)| plans_of_file(path, bytes).ok()).collect();
    let governed = found.iter().flat_map(|(_, _, plans)| plans).filter_map(|plan| plan.governs.clone());
    let governed = ByName::of(governed.map(|name| (name, ())));
    let is_governed = |plan: &Plan| plan.of.as_ref().is_some_and(|of| governed.find(of).is_some());
    found
        .into_iter()
        .flat_map(|(path, text, plans)| {
            statements(path, &text, plans.into_iter().filter(|plan| !is_governed(plan)))
        })
        .collect()
}

/// The plans of a file that was named as one.
///
/// # Errors
/// If it cannot be read, or holds no plan.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Vec<Statement>, InputError> {
    let refused = |found: &str, help: &str| {
        let top = Span { start: 0, end: 0, line: 1, column: 1 };
        let problem = Problem::new(ProblemKind::Value, top, found).expected("a deploy plan").help(help);
        InputError::new(name, vec![problem])
    };
    if Written::of_name(name).is_none() {
        let help = "name a file that ends in `.yaml`, `.yml` or `.json`";
        return Err(refused("a file of another format", help));
    }
    let (_, text, plans) = plans_of_file(name, bytes)?;
    let statements = statements(name, &text, plans);
    if statements.is_empty() {
        let help = "name an Argo Rollout, a Flagger Canary, a Deployment, StatefulSet or DaemonSet, \
                    an ApplicationSet, a Spinnaker pipeline, or a GitLab or GitHub pipeline in which at \
                    least two production environments follow each other; or state `rollout` in the change";
        return Err(refused("no plan in this file", help));
    }
    Ok(statements)
}

fn plans_of_file<'n>(path: &'n str, bytes: &[u8]) -> Result<(&'n str, String, Vec<Plan>), InputError> {
    let Some(written) = Written::of_name(path) else { return Ok((path, String::new(), Vec::new())) };
    let foreign = Foreign::read(path, bytes, written)?;
    let plans: Vec<Plan> =
        foreign.documents().flat_map(|document| plans_of_document(path, document)).collect();
    let text = if plans.is_empty() { "" } else { foreign.text };
    Ok((path, text.to_owned(), plans))
}

fn plans_of_document(path: &str, document: Seen<'_>) -> Vec<Plan> {
    let pipeline = if gitlab::is_pipeline(path) {
        gitlab::plan(document)
    } else if github::is_workflow(path) {
        github::plan(document)
    } else {
        spinnaker::plan(document)
    };
    let pipeline = pipeline.map(|draft| Plan { draft, of: None, governs: None });
    Manifest::all(document).iter().filter_map(plan_of_manifest).chain(pipeline).collect()
}

fn plan_of_manifest(manifest: &Manifest<'_>) -> Option<Plan> {
    let (draft, governs) = if manifest.is("argoproj.io", "Rollout") {
        (argo_rollout::plan(manifest), argo_rollout::governs(manifest))
    } else if manifest.is("flagger.app", "Canary") {
        (flagger::plan(manifest), flagger::governs(manifest))
    } else if manifest.is("argoproj.io", "ApplicationSet") {
        (application_set::plan(manifest), None)
    } else if manifest.api.starts_with("apps/") {
        (workload::plan(manifest), None)
    } else {
        (None, None)
    };
    Some(Plan { draft: draft?, of: manifest.workload(), governs })
}

/// One statement for each plan that differs from those before it in the file. More than are kept are one
/// plan that nobody knows, so that none is lost.
fn statements(path: &str, text: &str, plans: impl IntoIterator<Item = Plan>) -> Vec<Statement> {
    let kept_max = PLANS_MAX.min(KEPT_BYTES_MAX / text.len().max(1)).max(1);
    let mut told: Vec<Statement> = Vec::new();
    for plan in plans {
        let at = plan.draft.at;
        let facts = plan.draft.clone().statement(path, "").facts;
        if told.iter().any(|statement| statement.facts == facts) {
            continue;
        }
        if told.len() == kept_max {
            let mut rest = Draft::unknown(at).statement(path, text);
            rest.doubts.push(too_many(path, at.key, kept_max));
            told.push(rest);
            break;
        }
        told.push(plan.draft.statement(path, text));
    }
    told
}

fn too_many(path: &str, span: Span, most: usize) -> Doubt {
    Doubt {
        kind: DoubtKind::Unreadable,
        path: path.to_owned(),
        side: Side::After,
        span,
        message: format!("more than {most} different deploy plans in one file"),
        help: "split the file; what is not read counts as a plan that nobody knows".to_owned(),
    }
}
