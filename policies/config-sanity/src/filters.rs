//! `filter-removed`: what held something back is taken away.
//!
//! A filter by its key, and an entry that denies by what it says. A list of what is held back that is gone is found with
//! the lists, and told under this rule as well.

use interlock_guest::prelude::*;
use interlock_guest::trimmed;

use crate::keys::{self, Names, Near, words};
use crate::reading::{File, Reading, Weight, is_blank};
use crate::told::{Spot, Told, place, shown};

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
const ACTIONS: &[&str] = &["action", "effect", "verdict", "decision", "policy", "disposition", "then"];
const DENIES: &[&str] = &["deny", "denied", "drop", "reject", "discard", "block", "forbid", "refuse"];
const ALLOWS: &[&str] = &["allow", "allowed", "permit", "accept", "pass", "grant"];

/// In a network a filter is one of traffic or of routes. Elsewhere it may be one of a search or of a log.
const OF_NETWORKS: &[&str] = &["filter", "filters"];

pub(crate) fn removed(reading: &Reading<'_>, told: &mut Told<'_>) {
    let of_networks = Names::new(OF_NETWORKS);
    let is_filter = |key: &[String]| {
        let is_network = reading.change.kind == ChangeKind::Network;
        reading.names.filter.ends(key) || is_network && of_networks.ends(key)
    };
    for file in &reading.files {
        by_key(file, is_filter, told);
    }
    entries(reading, told);
}

/// Keys that name a filter, and are gone.
fn by_key(file: &File<'_>, is_filter: impl Fn(&[String]) -> bool, told: &mut Told<'_>) {
    let is_filters = |edit: &&Edit| filter_of(&edit.pointer).known_and(|key| is_filter(&words(key)));
    let of = |op: EditOp| file.values().filter(move |edit| edit.op == op).filter(is_filters);
    let gone = |edit: &&Edit| !edit.before.known_and(is_blank) && !file.items.moved(edit);
    // A filter under a new name, or in another place, is still there.
    let still_there = of(EditOp::Add).count();
    for edit in of(EditOp::Remove).filter(gone).skip(still_there) {
        told.tell(Weight::Hard, Spot::in_file(file.file, &edit.pointer), || {
            text!("{}, which held something back, is taken away", place(&edit.pointer))
        });
    }
}

/// The key that may name a filter: a place's own. What lies in a list is an entry of it, not the filter.
fn filter_of(pointer: &str) -> Option<&str> {
    let own = keys::segments(pointer).next_back()?;
    (!keys::is_index(own)).then_some(own)
}

/// Entries that deny, fewer than there were. They are counted in the whole file: where an item is taken out of a list,
/// each place below holds another item than before.
fn entries(reading: &Reading<'_>, told: &mut Told<'_>) {
    let actions = Names::new(ACTIONS);
    for file in &reading.files {
        let (mut denied, mut new_denials, mut let_in, mut was_let_in) = (Vec::new(), 0, 0, 0);
        for edit in file.values() {
            let [was, is] = [&edit.before, &edit.after].map(|value| value.as_ref().map_or(Does::Other, does));
            if was == is || !actions.ends(&Near::of(&edit.pointer).own) {
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
            tell_entry(reading, told, file, edit, let_in > was_let_in);
        }
    }
}

fn tell_entry(reading: &Reading<'_>, told: &mut Told<'_>, file: &File<'_>, edit: &Edit, lets_in: bool) {
    let weight = if lets_in && edit.op == EditOp::Replace { Weight::Hard } else { Weight::Soft };
    let told_as = |value: &Option<Scalar>| value.as_ref().map(|value| shown(reading, &edit.pointer, value));
    let was = told_as(&edit.before).map_or(String::new(), |was| text!("was {was} and "));
    let is = told_as(&edit.after).map_or("is gone".into(), |is| text!("is {is}"));
    told.tell(weight, Spot::in_file(file.file, &edit.pointer), || {
        text!("{} {was}{is}", place(&edit.pointer))
    });
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Deny,
    Allow,
    Other,
}

fn does(value: &Scalar) -> Does {
    let is_one_of = |words: &[&str]| words.iter().any(|word| trimmed(&value.text).eq_ignore_ascii_case(word));
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
