//! Several plans that destroy things in one change become one action: the worst verb, and what all of them match.
//!
//! A change has one action. Whoever judges it has to see the worst of what will be done and how much there is of it;
//! what cannot be added up is unknown, which weighs the most.

use interlock_model::Action;

use crate::statement::{Speaker, Statement};

/// Leaves the worst action of tools where it stands, with what the others match added to it.
pub(super) fn joined(mut statements: Vec<Statement>) -> Vec<Statement> {
    let told: Vec<(usize, Action)> = statements.iter().enumerate().filter_map(action_of_tool).collect();
    let Some((worst, _)) = told.iter().max_by_key(|(_, action)| rank(action)).filter(|_| told.len() > 1)
    else {
        return statements;
    };
    let worst = *worst;
    let sum = told.iter().map(|(_, action)| action.clone()).reduce(add);
    for (at, _) in &told {
        if let Some(statement) = statements.get_mut(*at) {
            statement.facts.action = if *at == worst { sum.clone() } else { None };
        }
    }
    statements
}

fn action_of_tool((at, statement): (usize, &Statement)) -> Option<(usize, Action)> {
    match statement.speaker {
        Speaker::Tool => Some((at, statement.facts.action.clone()?)),
        Speaker::Author | Speaker::Caller => None,
    }
}

/// How much a verb takes away.
fn rank(action: &Action) -> u32 {
    match action.verb.as_str() {
        "delete" => 5,
        "replace" => 4,
        "forget" => 3,
        "update" => 2,
        "create" => 1,
        // A verb that nobody has ranked may be the worst there is.
        _ => 6,
    }
}

/// Only what is done by the same verb is counted together; the milder one adds nothing but its place.
fn add(a: Action, b: Action) -> Action {
    let (worse, milder) = if rank(&a) >= rank(&b) { (a, b) } else { (b, a) };
    let total = worse.total.zip(milder.total).and_then(|(a, b)| a.checked_add(b));
    if worse.verb != milder.verb {
        return Action { total, ..worse };
    }
    Action {
        verb: worse.verb,
        selector: worse.selector.zip(milder.selector).map(|(a, b)| format!("{a}, {b}")),
        matched: worse.matched.zip(milder.matched).and_then(|(a, b)| a.checked_add(b)),
        total,
        remaining_capacity_bp: worse
            .remaining_capacity_bp
            .zip(milder.remaining_capacity_bp)
            .map(|(a, b)| a.min(b)),
        permanent: worse.permanent.zip(milder.permanent).map(|(a, b)| a || b),
        in_use_evidence: worse.in_use_evidence.zip(milder.in_use_evidence).map(|(a, b)| format!("{a}; {b}")),
    }
}
