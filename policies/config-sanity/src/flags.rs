//! `flag-reused`: a flag that has its name from another one.
//!
//! A difference knows it by what a flag is born with and keeps: when it was created, and the id it has beside its name.

use interlock_guest::prelude::*;

use crate::keys::{Names, own, parent};
use crate::reading::{Reading, Weight, is_blank};
use crate::told::{Spot, Told, was_and_is};

pub(crate) const FLAG_REUSED: Rule = Rule {
    id: "flag-reused",
    title: "a new flag has a new name",
    help: "code that was forgotten somewhere still asks for the old flag, and gets the answer for the new one",
    remedy: "give the new flag a name that was never used, and take the old one out of the code first",
    origin: Some(
        "2012-08-01 Knight Capital: a new feature took the flag of an old one, and one server of eight still ran that",
    ),
    strictest: Verdict::Block,
};

/// What a flag keeps as long as it lives.
static BIRTH: Names = Names::Own(&[
    "created",
    "created-at",
    "created-on",
    "creation-date",
    "creation-time",
    "date-created",
    "introduced",
    "introduced-in",
    "uuid",
]);

#[inline(never)]
pub(crate) fn reused(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut told = Told::new(&FLAG_REUSED, reading);
    for (file, edit) in reading.edits() {
        let (EditOp::Replace, Some(before), Some(after)) = (edit.op, &edit.before, &edit.after) else {
            continue;
        };
        if is_blank(before) || is_blank(after) || before.text == after.text {
            continue;
        }
        if !BIRTH.is(&own(&edit.pointer)) || file.items.moved(edit) {
            continue;
        }
        let is_of_a_flag =
            reading.change.kind == ChangeKind::Flag || reading.limits.flag_keys.along(above(&edit.pointer));
        if !is_of_a_flag {
            continue;
        }
        told.tell(Weight::Hard, Spot::in_file(file.file, &edit.pointer), || {
            was_and_is(&edit.pointer, before, after, ": another flag under the same name")
        });
    }
    told.give(all);
}

fn above(pointer: &str) -> &str {
    parent(pointer).map_or("", |(above, _)| above)
}
