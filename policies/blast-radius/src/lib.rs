//! Stock policy `blast-radius`: a change reaches what it was meant for, and risks no more of it at once than it must.
//!
//! Whether there is a plan at all, and whether its own numbers are small, is `staged-rollout`. Here what is planned is held
//! against facts from elsewhere: where the author meant it to go (`scope`), how many services depend on it and what each
//! target carries (`plan`). `rules` holds the words, `settings` the numbers.
//!
//! On 2019-06-02 maintenance of Google Cloud that was meant for one location reached several regions.

mod plan;
mod rules;
mod scope;
mod settings;

use interlock_guest::found;
use interlock_guest::prelude::*;

use plan::{last_stage_share, many_dependents};
use rules::{LAST_STAGE_SHARE, MANY_DEPENDENTS, STAGE_ELSEWHERE, UNDECLARED_TARGET, UNRESOLVED_TARGETS};
use scope::Meant;
pub use settings::Limits;

#[policy(
    title = "a change reaches what it was meant for, and risks no more of it at once than it must",
    rules = [UNDECLARED_TARGET, UNRESOLVED_TARGETS, STAGE_ELSEWHERE, MANY_DEPENDENTS, LAST_STAGE_SHARE]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    let meant = Meant::of(change);
    let exceeded = meant.as_ref().and_then(|meant| meant.exceeded(change, question, limits));
    // A stage that strays says less than targets that do.
    let meant = meant.filter(|_| exceeded.is_none());
    let findings = exceeded.into_iter().chain(planned(change, meant.as_ref(), limits));
    Ok(findings.map(|finding| finding.with_tier(change)).collect())
}

/// What the plan does. Where there is none, all of these say the same, and `staged-rollout` says it too: one is enough, and
/// none would make leaving out the plan a way to silence this policy.
fn planned(change: &Change, meant: Option<&Meant<'_>>, limits: &Limits) -> Vec<Finding> {
    if i32::from(change.tier()) > limits.plan_tier_max {
        return vec![];
    }
    let at_most = match change.stages() {
        Some([_, _, ..]) => usize::MAX,
        Some([] | [_]) | None => 1,
    };
    let strayed = || meant.and_then(|meant| meant.strayed(change));
    let mut found = found([many_dependents(change, limits), last_stage_share(change, limits), strayed()]);
    found.truncate(at_most);
    found
}
