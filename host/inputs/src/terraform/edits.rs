//! The values a plan changes, as edits of the plan's own file: that is where a person can look.

use super::action::{self, Planned};
use crate::Statement;
use crate::payload::foreign::{Foreign, Seen};
use crate::payload::planned::{self, Part};

/// How a policy knows these edits from those of a plan that is itself a changed file.
const FORMAT: &str = "terraform-plan";

/// States what differs in every resource that is changed.
pub(super) fn state(statement: &mut Statement, foreign: &Foreign<'_>, root: Seen<'_>, name: &str) {
    let planned = action::planned(root);
    let changed = planned.iter().filter(|planned| planned.verb.changes());
    let parts: Vec<Part<'_>> = changed.map(part).collect();
    statement.facts.files = Some(vec![planned::file(foreign, name, FORMAT, &parts)]);
    let at = root.get("resource_changes").unwrap_or(root).origin();
    statement.place("/files", at);
    statement.place("/files/0", at);
}

fn part<'f>(planned: &Planned<'f>) -> Part<'f> {
    Part {
        before: planned.change("before"),
        after: planned.change("after"),
        unknown: planned.change("after_unknown"),
        pointer: format!("/resource_changes/{}/change", planned.index),
    }
}
