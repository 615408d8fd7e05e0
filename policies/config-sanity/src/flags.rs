//! `flag-reused`: a flag that has its name from another one.
//!
//! A difference knows it by what a flag is born with and keeps: when it was created, and the id it has beside its name.

use interlock_guest::prelude::*;

use crate::keys::{Names, Near};
use crate::reading::{Reading, Weight, is_blank};
use crate::told::{Spot, Told, place, shown};

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
const BIRTH: &[&str] = &[
    "created",
    "created-at",
    "created-on",
    "creation-date",
    "creation-time",
    "date-created",
    "introduced",
    "introduced-in",
    "uuid",
];

#[inline(never)]
pub(crate) fn reused(reading: &Reading<'_>) -> Vec<Finding> {
    let mut told = Told::new(&FLAG_REUSED, reading);
    let birth = Names::new(BIRTH);
    for (file, edit) in reading.edits() {
        let (EditOp::Replace, Some(before), Some(after)) = (edit.op, &edit.before, &edit.after) else {
            continue;
        };
        if is_blank(before) || is_blank(after) || before.text == after.text {
            continue;
        }
        if !birth.is(&Near::of(&edit.pointer).own) || file.items.moved(edit) {
            continue;
        }
        let is_of_a_flag =
            reading.change.kind == ChangeKind::Flag || reading.names.flag.along(above(&edit.pointer));
        if !is_of_a_flag {
            continue;
        }
        told.tell(Weight::Hard, Spot::in_file(file.file, &edit.pointer), || {
            let (was, is) = (shown(reading, &edit.pointer, before), shown(reading, &edit.pointer, after));
            text!("{} was {was} and is {is}: another flag under the same name", place(&edit.pointer))
        });
    }
    told.findings()
}

fn above(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(above, _)| above)
}
