//! The other half of `type-change`: numbers and items that gave way to a map or a list, maps to lists, and back.
//!
//! Such a value is gone in one edit, and what came for it lies below in others. A text or a boolean is often the short
//! form of a map (`build: .`), so that of those only items of lists are asked about.

use interlock_guest::prelude::*;

use crate::items::Items;
use crate::keys::{self, own, parent};
use crate::reading::{File, Reading, Weight, is_blank};
use crate::told::{Spot, Told, place, shown};

pub(crate) fn shape_changes(reading: &Reading<'_>, told: &mut Told<'_>) {
    for (file, edit) in reading.edits() {
        let Some((value, weight, was_plain)) = changed(&file.items, edit) else { continue };
        if is_free(reading, &edit.pointer) || file.items.is_displaced(&edit.pointer) {
            continue;
        }
        told.tell(weight, Spot::in_file(file.file, &edit.pointer), || {
            let (place, value) = (place(&edit.pointer), shown(&edit.pointer, value));
            if was_plain {
                text!("{place} was {value} and is a map or a list")
            } else {
                text!("{place} was a map or a list and is {value}")
            }
        });
    }
    for (file, list) in reading.lists() {
        let Some((was, is)) = list_and_map(file, list) else { continue };
        if !is_free(reading, &list.pointer) {
            let at = Spot::in_file(file.file, &list.pointer);
            told.tell(Weight::Soft, at, || text!("{} was {was} and is {is}", place(&list.pointer)));
        }
    }
}

fn is_free(reading: &Reading<'_>, pointer: &str) -> bool {
    reading.limits.type_free_keys.ends(&own(pointer))
}

/// The plain value of an edit that gave way to something larger, or came for it; and whether it is what was.
fn changed<'a>(items: &Items<'_>, edit: &'a Edit) -> Option<(&'a Scalar, Weight, bool)> {
    let (value, was_plain, gave_way) = match (edit.op, &edit.before, &edit.after) {
        (EditOp::Remove, Some(before), _) => (before, true, items.new_below(&edit.pointer)),
        (EditOp::Add, _, Some(after)) => (after, false, items.lost_below(&edit.pointer)),
        _ => return None,
    };
    // `2` became `[2, {..}]`, or the other way round: the short form of a list.
    let is_short_form = || items.held_in(&edit.pointer, &value.text);
    if !gave_way || is_blank(value) || is_short_form() {
        return None;
    }
    let is_item = parent(&edit.pointer).known_and(|(_, last)| keys::is_index(last));
    match value.kind {
        ScalarKind::Integer | ScalarKind::Decimal => Some((value, Weight::Hard, was_plain)),
        ScalarKind::Text | ScalarKind::Boolean if is_item => Some((value, Weight::Soft, was_plain)),
        ScalarKind::Text
        | ScalarKind::Boolean
        | ScalarKind::Null
        | ScalarKind::EmptyMap
        | ScalarKind::EmptyList => None,
    }
}

/// A list that came for a map, or went for one.
fn list_and_map(file: &File<'_>, list: &ListChange) -> Option<(&'static str, &'static str)> {
    match (list.length_before, list.length_after) {
        (None, Some(1..)) if file.items.lost_below(&list.pointer) => Some(("a map", "a list")),
        (Some(1..), None) if file.items.new_below(&list.pointer) => Some(("a list", "a map")),
        _ => None,
    }
}
