//! Several plans that destroy things in one change become one action: the worst verb, and all that is lost.
//!
//! A change has one action. Whoever judges it has to see the worst of what will be done and how much there is
//! of it, so the action that comes out is judged no milder than any that went in. What cannot be added up is
//! unknown, which weighs the most.

use std::cmp::Reverse;

use interlock_model::Action;

use crate::statement::{Speaker, Statement};
use crate::verb::Verb;

#[cfg(test)]
mod tests;

/// Leaves the worst action of tools where it stands, with what the others take away added to it.
pub(super) fn joined(mut statements: Vec<Statement>) -> Vec<Statement> {
    let mut told: Vec<(usize, Action)> = statements.iter().enumerate().filter_map(action_of_tool).collect();
    told.sort_by_key(|(_, action)| Reverse(weight(action)));
    let Some(worst) = told.first().filter(|_| told.len() > 1).map(|(at, _)| *at) else {
        return statements;
    };
    for (at, _) in &told {
        if let Some(statement) = statements.get_mut(*at) {
            statement.facts.action = None;
        }
    }
    if let Some(statement) = statements.get_mut(worst) {
        statement.facts.action = told.into_iter().map(|(_, action)| action).reduce(add);
    }
    statements
}

fn action_of_tool((at, statement): (usize, &Statement)) -> Option<(usize, Action)> {
    match statement.speaker {
        Speaker::Tool => Some((at, statement.facts.action.clone()?)),
        Speaker::Author | Speaker::Caller => None,
    }
}

fn weight(action: &Action) -> Verb {
    Verb::named(&action.verb)
}

/// The second is no worse than the first. If it takes nothing away it adds nothing: neither to what is lost,
/// nor to what is there to lose.
fn add(worse: Action, milder: Action) -> Action {
    if worse.verb != milder.verb && !weight(&milder).takes_away() {
        return worse;
    }
    let matched = worse.matched.zip(milder.matched).and_then(|(a, b)| a.checked_add(b));
    Action {
        verb: verb(&worse, &milder),
        matched,
        total: matched.and_then(|matched| total(matched, &worse, &milder)),
        remaining_capacity_bp: worse
            .remaining_capacity_bp
            .zip(milder.remaining_capacity_bp)
            .map(|(a, b)| a.min(b)),
        permanent: worse.permanent.zip(milder.permanent).map(|(a, b)| a || b),
        in_use_evidence: in_use_evidence(&worse, &milder),
        declared_sort: same(&worse.declared_sort, &milder.declared_sort),
        resolved_sort: same(&worse.resolved_sort, &milder.resolved_sort),
        held: held(&worse, &milder),
        selector: selector(worse, milder),
    }
}

/// Of two words that nobody has ranked, neither stands for both.
fn verb(worse: &Action, milder: &Action) -> String {
    if worse.verb != milder.verb && weight(worse) == Verb::Unknown {
        return Verb::Unknown.name().to_owned();
    }
    worse.verb.clone()
}

/// Those of the worse verb first; what is done to the others stands with them.
fn selector(worse: Action, milder: Action) -> Option<String> {
    let (mut list, more) = worse.selector.zip(milder.selector)?;
    if worse.verb == milder.verb {
        list.push_str(", ");
    } else {
        list.push_str("; ");
        list.push_str(&milder.verb);
        list.push_str(" of ");
    }
    list.push_str(&more);
    Some(list)
}

/// How many there are of both, but no more than leaves the share of either: half of a small stock is half of
/// it, however large the other stock is.
fn total(matched: u32, a: &Action, b: &Action) -> Option<u32> {
    let of_both = u64::from(a.total?) + u64::from(b.total?);
    let at_most =
        |part: &Action| (u64::from(matched) * u64::from(part.total?)).checked_div(u64::from(part.matched?));
    let total = [a, b].into_iter().filter_map(at_most).fold(of_both, u64::min);
    u32::try_from(total).ok()
}

/// What both are of. Of two sorts, neither stands for both.
fn same(worse: &Option<String>, milder: &Option<String>) -> Option<String> {
    if worse == milder { worse.clone() } else { None }
}

/// A hold that is known of either is a hold on the sum.
fn held(worse: &Action, milder: &Action) -> Option<u32> {
    match (worse.held, milder.held) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (Some(of_one), None) | (None, Some(of_one)) => Some(of_one),
        (None, None) => None,
    }
}

/// Known of both, or of none. What a verb that nobody has ranked should be judged by, nobody knows either.
fn in_use_evidence(worse: &Action, milder: &Action) -> Option<String> {
    if worse.verb != milder.verb && weight(milder) == Verb::Unknown {
        return None;
    }
    let (a, b) = worse.in_use_evidence.as_ref().zip(milder.in_use_evidence.as_ref())?;
    Some(format!("{a}; {b}"))
}
