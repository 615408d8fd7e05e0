//! Stock policy `environment-match`: a change goes where it was meant to go, and what is not production stays away from it.
//!
//! Here is the order of the rules. `environment` compares the two names of the environment, `values` reads what changed
//! files point at; `names` holds what a name says, `rules` the words of the findings, `settings` those of the operator.
//!
//! On 2017-01-31 a person at GitLab meant to wipe a secondary database and wiped the primary one.

mod environment;
mod names;
mod rules;
mod settings;
mod values;

use interlock_guest::prelude::*;

use rules::{ENVIRONMENT_DIFFERS, NOT_RESOLVED, POINTS_AT_PRODUCTION};
pub use settings::Limits;

#[policy(
    title = "a change goes where it was meant to go, and what is not production stays away from it",
    rules = [ENVIRONMENT_DIFFERS, NOT_RESOLVED, POINTS_AT_PRODUCTION],
    edits_of = ["**"]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    let mut findings: Vec<Finding> = environment::judge(change, question, limits).into_iter().collect();
    findings.extend(values::judge(change, limits)?);
    Ok(findings)
}
