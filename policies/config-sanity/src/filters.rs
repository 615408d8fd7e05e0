//! `filter-removed`: what held something back is taken away.
//!
//! A filter by its key, and an entry that denies by what it says. A list of what is held back that is gone is found with
//! the lists, and told under this rule as well.

use interlock_guest::prelude::*;
use interlock_guest::trimmed;

use crate::keys::{self, Names, Upwards, own, words};
use crate::reading::{File, Reading, Weight, is_blank, is_one_of};
use crate::told::{Spot, Told, place, shown, was_and_is};

pub(crate) const FILTER_REMOVED: Rule = Rule {
    id: "filter-removed",
    title: "nothing that holds something back is taken away in passing",
    help: "a filter is seen only when it is gone: what it held back comes all at once, to whatever stands behind it",
    remedy: "keep the filter; if it has to go, take it from one place first and watch what comes through",
    origin: Some(
        "2022-07-08 Rogers: a clean-up deleted the filter of routes, and the core routers were flooded",
    ),
    strictest: Verdict::Block,
};

/// Last words of a key that says what is done to what matches.
static ACTIONS: Names =
    Names::Own(&["action", "effect", "verdict", "decision", "policy", "disposition", "then"]);
const DENIES: &[&str] = &["deny", "denied", "drop", "reject", "discard", "block", "forbid", "refuse"];
const ALLOWS: &[&str] = &["allow", "allowed", "permit", "accept", "pass", "grant"];

/// In a network a filter is one of traffic or of routes. Elsewhere it may be one of a search or of a log.
static OF_NETWORKS: Names = Names::Own(&["filter", "filters"]);

pub(crate) fn removed(reading: &Reading<'_>, told: &mut Told<'_>) {
    for file in &reading.files {
        by_key(reading, file, told);
    }
    for file in &reading.files {
        entries(file, told);
    }
}

/// Keys that name a filter, and are gone.
fn by_key(reading: &Reading<'_>, file: &File<'_>, told: &mut Told<'_>) {
    // A filter under a new name, or in another place, is still there.
    let mut still_there = 0_usize;
    for edit in file.values() {
        still_there += usize::from(edit.op == EditOp::Add && is_filter(reading, &edit.pointer));
    }
    for edit in file.values() {
        let is_gone = edit.op == EditOp::Remove
            && !edit.before.known_and(is_blank)
            && is_filter(reading, &edit.pointer)
            && !file.items.moved(edit);
        if !is_gone {
            continue;
        }
        if still_there > 0 {
            still_there -= 1;
            continue;
        }
        told.tell(Weight::Hard, Spot::in_file(file.file, &edit.pointer), || {
            text!("{}, which held something back, is taken away", place(&edit.pointer))
        });
    }
}

/// By its own key: what lies in a list is an entry of it, not the filter.
#[inline(never)]
fn is_filter(reading: &Reading<'_>, pointer: &str) -> bool {
    let Some(own) = Upwards::from(pointer).next().filter(|own| !keys::is_index(own)) else { return false };
    let key = words(own);
    let is_network = reading.change.kind == ChangeKind::Network;
    reading.limits.filter_keys.ends(&key) || is_network && OF_NETWORKS.ends(&key)
}

/// Entries that deny, fewer than there were. They are counted in the whole file: where an item is taken out of a list,
/// each place below holds another item than before.
fn entries(file: &File<'_>, told: &mut Told<'_>) {
    let (mut denied, mut new_denials, mut let_in, mut was_let_in) = (Vec::new(), 0, 0, 0);
    for edit in file.values() {
        let (was, is) = (does(&edit.before), does(&edit.after));
        if was == is || !ACTIONS.ends(&own(&edit.pointer)) {
            continue;
        }
        if was == Does::Deny {
            denied.push(edit);
        }
        new_denials += usize::from(is == Does::Deny);
        let_in += usize::from(is == Does::Allow);
        was_let_in += usize::from(was == Does::Allow);
    }
    for edit in denied.into_iter().skip(new_denials) {
        tell_entry(told, file, edit, let_in > was_let_in);
    }
}

fn tell_entry(told: &mut Told<'_>, file: &File<'_>, edit: &Edit, lets_in: bool) {
    let weight = if lets_in && edit.op == EditOp::Replace { Weight::Hard } else { Weight::Soft };
    told.tell(weight, Spot::in_file(file.file, &edit.pointer), || match (&edit.before, &edit.after) {
        (Some(was), Some(is)) => was_and_is(&edit.pointer, was, is, ""),
        (Some(was), None) => {
            text!("{} was {} and is gone", place(&edit.pointer), shown(&edit.pointer, was))
        }
        // Told only of what was there.
        (None, Some(_) | None) => text!("{} is gone", place(&edit.pointer)),
    });
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Deny,
    Allow,
    Other,
}

fn does(value: &Option<Scalar>) -> Does {
    let Some(value) = value else { return Does::Other };
    let is_one_of = |words| is_one_of(trimmed(&value.text), words);
    match value.kind {
        ScalarKind::Text if is_one_of(DENIES) => Does::Deny,
        ScalarKind::Text if is_one_of(ALLOWS) => Does::Allow,
        ScalarKind::Text
        | ScalarKind::Null
        | ScalarKind::Boolean
        | ScalarKind::Integer
        | ScalarKind::Decimal
        | ScalarKind::EmptyMap
        | ScalarKind::EmptyList => Does::Other,
    }
}
