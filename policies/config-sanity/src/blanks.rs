//! `blank-field` and `type-change`: what a value is, whatever it says.

use interlock_guest::prelude::*;

use crate::items;
use crate::keys::{Names, Near, own};
use crate::reading::{File, Reading, Sort, Weight, is_blank};
use crate::secrets;
use crate::shapes;
use crate::told::{Spot, Told, place, shown};

pub(crate) const BLANK_FIELD: Rule = Rule {
    id: "blank-field",
    title: "no value goes blank, and no new row has blanks",
    help: "a blank is read as zero, as everything or not at all, by code that was never run with one",
    remedy: "write the value, or take the key out; if blank is meant there, name the key in `blank-keys`",
    origin: Some(
        "2025-06-12 Google Cloud: a policy row with blank fields was replicated everywhere in seconds",
    ),
    strictest: Verdict::Block,
};

pub(crate) const TYPE_CHANGE: Rule = Rule {
    id: "type-change",
    title: "a value stays the kind of value it was",
    help: "code that reads a number does not always read the same number in quotes",
    remedy: "write the value as it was written before; change its type together with the code that reads it",
    origin: Some(
        "2021-07-13 Bilibili: a weight came as the text \"0\", and every load balancer looped on it",
    ),
    strictest: Verdict::Block,
};

/// How a value came to be blank.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blank {
    /// Something stood there.
    Emptied,
    /// Keys stood there.
    WithoutKeys,
    /// It is new, or another item's.
    New,
}

#[inline(never)]
pub(crate) fn blank_fields(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut told = Told::new(&BLANK_FIELD, reading);
    for (file, edit) in reading.edits() {
        let Some(after) = edit.after.as_ref().filter(|after| goes_blank(after)) else { continue };
        let Some(blank) = blank(file, edit, after) else { continue };
        // Told by the rule that knows what a secret is for.
        if blank == Blank::Emptied && secrets::is_emptied(edit) {
            continue;
        }
        let Some(weight) = weight(reading, blank, file.sort, &Near::of(&edit.pointer)) else { continue };
        told.tell(weight, Spot::in_file(file.file, &edit.pointer), || {
            let was = match blank {
                Blank::Emptied => "had a value and is now",
                Blank::WithoutKeys => "had keys and is now",
                Blank::New => "is new, and is",
            };
            let is = match after.kind {
                ScalarKind::Text => "blank text",
                ScalarKind::Null => "`null`",
                ScalarKind::EmptyMap
                | ScalarKind::EmptyList
                | ScalarKind::Boolean
                | ScalarKind::Integer
                | ScalarKind::Decimal => "`{}`",
            };
            text!("{} {was} {is}", place(&edit.pointer))
        });
    }
    told.give(all);
}

/// A list that is empty is `emptied-list`'s.
fn goes_blank(after: &Scalar) -> bool {
    is_blank(after) && after.kind != ScalarKind::EmptyList
}

fn blank(file: &File<'_>, edit: &Edit, after: &Scalar) -> Option<Blank> {
    let moved = file.items.moved(edit);
    if moved && items::was_elsewhere(edit, file.file) || edit.before.known_and(is_blank) {
        return None;
    }
    match edit.op {
        EditOp::Replace if !moved => Some(Blank::Emptied),
        // Formats ask for empty maps; one that stands where keys were is another matter.
        EditOp::Add if after.kind == ScalarKind::EmptyMap => {
            file.items.lost_below(&edit.pointer).then_some(Blank::WithoutKeys)
        }
        EditOp::Add | EditOp::Replace => Some(Blank::New),
        EditOp::Remove => None,
    }
}

/// How bad a blank is under these keys. `None`: it is ordinary there.
fn weight(reading: &Reading<'_>, blank: Blank, sort: Sort, near: &Near) -> Option<Weight> {
    let ordinary = |names: &Names| names.ends(&near.own) || names.ends(&near.above);
    if ordinary(&reading.limits.blank_keys) {
        return None;
    }
    match blank {
        Blank::Emptied | Blank::WithoutKeys => Some(Weight::Hard),
        Blank::New if holds_rows(reading.change) => Some(Weight::Hard),
        // `PASSWORD=` in a `.env` file, `open_basedir =` in an INI file: the way to say that it is not set.
        Blank::New if sort == Sort::Untyped => None,
        Blank::New => (!ordinary(&reading.limits.new_blank_keys)).then_some(Weight::Soft),
    }
}

/// A new row of rules or data is complete; a new setting of a program may be left open.
fn holds_rows(change: &Change) -> bool {
    matches!(change.kind, ChangeKind::Policy | ChangeKind::Data)
}

#[inline(never)]
pub(crate) fn type_changes(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut told = Told::new(&TYPE_CHANGE, reading);
    for (file, edit) in reading.edits() {
        let (EditOp::Replace, Some(before), Some(after)) = (edit.op, &edit.before, &edit.after) else {
            continue;
        };
        if is_blank(before) || goes_blank(after) || sort(before) == sort(after) || file.items.moved(edit) {
            continue;
        }
        if reading.limits.type_free_keys.ends(&own(&edit.pointer)) || is_evaluated(file, before, after) {
            continue;
        }
        told.tell(Weight::Hard, Spot::in_file(file.file, &edit.pointer), || {
            let (was, is) = (shown(&edit.pointer, before), shown(&edit.pointer, after));
            let (from, to) = (sort(before), sort(after));
            text!("{} was {from}, {was}, and is {to}, {is}", place(&edit.pointer))
        });
    }
    shapes::shape_changes(reading, &mut told);
    told.give(all);
}

/// `1` became `var.replicas`, or the other way round: text there may come to anything, and is converted where it is used.
fn is_evaluated(file: &File<'_>, before: &Scalar, after: &Scalar) -> bool {
    file.sort == Sort::Evaluated && [before, after].iter().any(|value| value.kind == ScalarKind::Text)
}

/// What kind of value it is, as far as a reader cares: 1 and 1.0 are both numbers.
fn sort(value: &Scalar) -> &'static str {
    match value.kind {
        ScalarKind::Null => "nothing",
        ScalarKind::Boolean => "a boolean",
        ScalarKind::Integer | ScalarKind::Decimal => "a number",
        ScalarKind::Text => "a text",
        ScalarKind::EmptyMap => "a map",
        ScalarKind::EmptyList => "a list",
    }
}
