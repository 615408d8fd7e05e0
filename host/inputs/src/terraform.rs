//! Plans of Terraform and OpenTofu (`terraform show -json`, format 1.x): what they will do to how many resources, where,
//! and which values change. <https://developer.hashicorp.com/terraform/internals/json-format>
//!
//! `sensitive` comes first and takes secret values out of the document; whatever else is here never sees them. It also
//! serves `payload`, which meets plans and states among changed files.
//!
//! A plan does not say which resources hold data, so whether a deletion is permanent is left unknown, which weighs as
//! permanent. `merge` calls it.

use std::collections::BTreeMap;

use interlock_model::{ChangeKind, Sources};

use crate::error::{InputError, Problem, ProblemKind, shown};
use crate::payload::foreign::{Foreign, Seen, Written};
use crate::payload::masked::Hidden;
use crate::place::span_in;
use crate::verb::Verb;
use crate::{Speaker, Statement};
use action::Planned;

mod action;
mod doubts;
mod edits;
mod places;
mod sensitive;
#[cfg(test)]
mod tests;

pub(crate) use sensitive::{hidden, looks_like_one};

/// Bytes of the largest plan that is read.
const BYTES_MAX: usize = 8 * 1024 * 1024;

const WRITE_IT: &str = "write it with `terraform show -json tfplan > plan.json`";
const PLAN_AGAIN: &str =
    "plan with Terraform 1.1 or later, or OpenTofu; a newer major format needs a newer interlock";

/// A plan that was read.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The facts in it.
    pub(crate) statement: Statement,
    /// The masked text, and where every value of it stands: the edits in the facts point here.
    pub(crate) places: Sources,
}

/// Whether a document is a plan, by what is in it. One that plans nothing has no `resource_changes`.
pub(crate) fn is_plan(foreign: &Foreign<'_>) -> bool {
    foreign.documents().next().is_some_and(is_plan_at)
}

fn is_plan_at(root: Seen<'_>) -> bool {
    let either = root.get("resource_changes").or_else(|| root.get("planned_values"));
    root.get("format_version").is_some() && either.is_some()
}

/// Reads a plan. `name` is its path, for people and for the edits.
///
/// # Errors
/// If it is larger than is read, not JSON, or not a plan of format 1.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Plan, InputError> {
    check_size(name, bytes)?;
    let mut foreign = Foreign::read(name, bytes, Written::Json)?;
    check_format(name, &foreign)?;
    let hidden = foreign.documents().next().map_or(Hidden::All, hidden);
    foreign.hide(&hidden);
    let places = foreign.shown(name, &hidden);
    let mut statement = Statement::new(Speaker::Tool, name, &places.text);
    statement.kind = Some(ChangeKind::Infra);
    if let Some(root) = foreign.documents().next() {
        state(&mut statement, root);
        edits::state(&mut statement, &foreign, root, name);
    }
    Ok(Plan { statement, places })
}

fn state(statement: &mut Statement, root: Seen<'_>) {
    let planned: Vec<Planned<'_>> = action::planned(root);
    statement.doubts.extend(doubts::of(&statement.sources.name, root, &planned));
    action::state(statement, root, &planned);
    places::state(statement, root, &planned);
    statement.facts.attributes = attributes(root, &planned);
}

fn check_size(name: &str, bytes: &[u8]) -> Result<(), InputError> {
    if bytes.len() <= BYTES_MAX {
        return Ok(());
    }
    let problem = Problem::new(ProblemKind::TooMuch, span_in("", 0..0), format!("{} bytes", bytes.len()))
        .expected(format!("a plan of at most {BYTES_MAX} (8 MiB)"))
        .help("plan less at once, for example one workspace or one module");
    Err(InputError::new(name, vec![problem]))
}

/// Minor versions only add; a major one may give a known word another meaning.
fn check_format(name: &str, foreign: &Foreign<'_>) -> Result<(), InputError> {
    let refused = |span, found: &str, expected: &str, help: &str| {
        let problem = Problem::new(ProblemKind::Value, span, found).expected(expected).help(help);
        Err(InputError::new(name, vec![problem]))
    };
    let Some(root) = foreign.documents().next().filter(|root| is_plan_at(*root)) else {
        let expected = "`format_version` and `resource_changes`";
        return refused(span_in("", 0..0), "a document that is no plan", expected, WRITE_IT);
    };
    // Changes that are no list must not read as no changes.
    if let Some(changes) = root.get("resource_changes").filter(|changes| !changes.is_list()) {
        return refused(changes.origin().value, "`resource_changes` of another kind", "a list", WRITE_IT);
    }
    let Some(version) = root.get("format_version") else { return Ok(()) };
    match version.text() {
        Some(text) if is_known(text) => Ok(()),
        found => {
            let found = format!("format_version {}", shown(found.unwrap_or("of another kind")));
            refused(version.origin().value, &found, "`1.x`", PLAN_AGAIN)
        }
    }
}

/// Whether it is a version of the one format that is understood.
fn is_known(version: &str) -> bool {
    version.split_once('.').is_some_and(|(major, minor)| {
        major == "1" && !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit())
    })
}

/// What the model has no field for.
fn attributes(root: Seen<'_>, planned: &[Planned<'_>]) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    let mut note = |key: &str, value: String| attributes.insert(format!("terraform-{key}"), value);
    note("actions", action::counted(planned));
    for key in ["resource_drift", "action_invocations", "deferred_changes"] {
        let items = root.get(key).map_or(0, |list| list.items().count());
        if items > 0 {
            note(&key.replace('_', "-"), items.to_string());
        }
    }
    if let Some(applyable) = root.get("applyable").and_then(|flag| flag.boolean()) {
        note("applyable", applyable.to_string());
    }
    let forgotten: Vec<&Planned<'_>> =
        planned.iter().filter(|planned| planned.verb == Verb::Forget).collect();
    if !forgotten.is_empty() {
        let list = action::addresses(&forgotten);
        note("forgotten", format!("{list}: no longer managed, and left running"));
    }
    attributes
}
