//! Stock policy `environment-match`: a change goes where it was meant to go, and what is not production stays away from it.
//!
//! Here is the order of the rules. `environment` compares the two names of the environment, `values` reads what changed
//! files point at: `tokens` takes a value apart, `before` knows the old ones. `names` holds what a name says, `rules` the
//! words of the findings, `settings` those of the operator.
//!
//! On 2017-01-31 a person at GitLab meant to wipe a secondary database and wiped the primary one.

mod before;
mod environment;
mod names;
mod rules;
mod settings;
mod tokens;
mod values;

use std::mem::ManuallyDrop;

use interlock_guest::prelude::*;

use environment::Named;
use rules::{ENVIRONMENT_DIFFERS, NOT_RESOLVED, POINTS_AT_PRODUCTION};
pub use settings::Limits;

#[policy(
    title = "a change goes where it was meant to go, and what is not production stays away from it",
    rules = [ENVIRONMENT_DIFFERS, NOT_RESOLVED, POINTS_AT_PRODUCTION],
    edits_of = ["**"]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    let named = Named::of(change);
    // Not dropped: what refuses the change ends the evaluation.
    let mut findings = ManuallyDrop::new(Vec::new());
    if let Some(finding) = environment::judge(&named, change, question, limits) {
        findings.push(finding);
    }
    values::judge(&named, change, limits, &mut findings)?;
    Ok(ManuallyDrop::into_inner(findings))
}
