//! What no case notices, for a person: by pointer, with everything below a fact in one line where none of it is noticed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use interlock_model::Pointer;
use interlock_outputs::escape::name_for_terminal;

use super::facts::What;
use super::{Mutated, Notice, Spot};

/// Lines that are shown. A person mends the first of them and asks again.
const LINES_SHOWN: usize = 200;

pub(super) fn render(mutated: &Mutated) -> String {
    let lines = unnoticed(mutated);
    let mut text: String =
        lines.iter().take(LINES_SHOWN).map(|line| format!("{line}: no case notices\n")).collect();
    if let Some(more @ 1..) = lines.len().checked_sub(LINES_SHOWN) {
        let _ = writeln!(text, "... and {more} more lines");
    }
    let (tried, noticed) = (mutated.tried(), mutated.noticed());
    let _ = writeln!(text, "mutations: {noticed} of {tried} noticed, {} not", tried - noticed);
    if mutated.broken > 0 {
        let plural = if mutated.broken == 1 { "" } else { "s" };
        let _ = writeln!(text, "not mutated: {} case{plural} in which the policy breaks", mutated.broken);
    }
    if let Some(line) = mutated.stopped {
        let _ = writeln!(
            text,
            "stopped at the case in line {line}: what follows was not tried, and may notice some of these\nhelp: name fewer \
             cases with `--filter`"
        );
    }
    text
}

fn unnoticed(mutated: &Mutated) -> Vec<String> {
    let alive = alive(mutated);
    let is_dead = |at: &Pointer| !at.as_str().is_empty() && !alive.contains(at);
    let mut by_spot: BTreeMap<&Spot, Vec<What>> = BTreeMap::new();
    for ((spot, what), notice) in &mutated.seen {
        if *notice == Notice::Unnoticed {
            by_spot.entry(spot).or_default().push(*what);
        }
    }
    let told = by_spot.into_iter().filter_map(|(spot, what)| match spot {
        Spot::Setting(key) => Some(format!("setting {} removed", shown(key))),
        // Told with the fact around it.
        Spot::Fact(at) if at.parent().is_some_and(|parent| is_dead(&parent)) => None,
        Spot::Fact(at) if is_dead(at) && has_below(mutated, at) => {
            Some(format!("{} and everything below it", shown(at.as_str())))
        }
        Spot::Fact(at) => {
            let what: Vec<&str> = what.into_iter().map(What::name).collect();
            Some(format!("{} {}", shown(at.as_str()), what.join(", ")))
        }
    });
    told.collect()
}

/// Facts of which a case notices something, or of something below them.
fn alive(mutated: &Mutated) -> BTreeSet<Pointer> {
    let mut alive = BTreeSet::new();
    for ((spot, _), notice) in &mutated.seen {
        let (Spot::Fact(at), Notice::Noticed) = (spot, notice) else { continue };
        let mut next = Some(at.clone());
        while let Some(at) = next.filter(|at| alive.insert(at.clone())) {
            next = at.parent();
        }
    }
    alive
}

fn has_below(mutated: &Mutated, above: &Pointer) -> bool {
    mutated.seen.keys().any(|(spot, _)| match spot {
        Spot::Fact(at) => at != above && at.is_within(above),
        Spot::Setting(_) => false,
    })
}

fn shown(text: &str) -> String {
    name_for_terminal(&text.into())
}
