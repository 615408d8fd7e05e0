//! `environment-differs` and `not-resolved`: what the author says of the environment, against what was resolved.

use interlock_guest::prelude::*;
use interlock_guest::trimmed;

use crate::names::{canonical, is_one, production};
use crate::rules::{ENVIRONMENT_DIFFERS, NOT_RESOLVED};
use crate::settings::Limits;

/// The two names, where they are known. A blank one is not.
pub(crate) struct Named<'a> {
    pub(crate) declared: Option<&'a str>,
    pub(crate) resolved: Option<&'a str>,
}

impl<'a> Named<'a> {
    #[inline(never)]
    pub(crate) fn of(change: &'a Change) -> Self {
        let written = |name: &'a Option<String>| name.as_deref().map(trimmed).filter(|name| !name.is_empty());
        let environment = change.environment.as_ref();
        Self {
            declared: environment.and_then(|it| written(&it.declared)),
            resolved: environment.and_then(|it| written(&it.resolved)),
        }
    }

    /// The environment the change is meant for: what the author says, or else what was resolved.
    pub(crate) fn meant(&self) -> Option<&'a str> {
        self.declared.or(self.resolved)
    }
}

pub(crate) fn judge(
    named: &Named<'_>,
    change: &Change,
    question: &Question,
    limits: &Limits,
) -> Option<Finding> {
    match (named.declared, named.resolved) {
        (Some(declared), Some(resolved)) => differs(change, declared, resolved, limits),
        (Some(declared), None) => not_resolved(change, question, declared, limits),
        // What nobody declares is judged by what was resolved, and what nobody resolved as production.
        (None, Some(_) | None) => None,
    }
}

fn differs(change: &Change, declared: &str, resolved: &str, limits: &Limits) -> Option<Finding> {
    if is_one(declared, resolved, limits) {
        return None;
    }
    let by_tier = ByTier { block_max: limits.block_tier_max, warn_max: 3 };
    let verdict = by_tier.verdict(change)?;
    let message = text!("it is meant for `{declared}`, and it goes to `{resolved}`");
    let finding = ENVIRONMENT_DIFFERS.finding(verdict, message);
    Some(reasoned(finding.at("/environment/resolved").at("/environment/declared"), change))
}

/// Production needs no proof: it is what everything is judged as. That it is another environment does.
fn not_resolved(change: &Change, question: &Question, declared: &str, limits: &Limits) -> Option<Finding> {
    match question.asked_at {
        // Which targets they will be is not resolved yet.
        Phase::Merge => return None,
        Phase::Deploy | Phase::Promote => {}
    }
    if production(canonical(declared, limits), limits).is_some() {
        return None;
    }
    let by_tier = ByTier { block_max: limits.claim_block_tier_max, warn_max: limits.claim_warn_tier_max };
    let verdict = by_tier.verdict(change)?;
    let message = text!("only its author says that it goes to `{declared}`");
    let finding = NOT_RESOLVED.finding(verdict, message).at("/environment/resolved");
    Some(reasoned(finding, change))
}

fn reasoned(finding: Finding, change: &Change) -> Finding {
    let finding = finding.with_tier(change);
    finding.with_reason_not_applicable(change, "/environment")
}
