//! `costly-regex`: a pattern whose matching may take for ever.
//!
//! Which keys hold patterns is here; what a pattern costs is `pattern`'s to say.

use interlock_guest::prelude::*;

use crate::items;
use crate::keys::{last_word, own};
use crate::pattern::{Cost, cost};
use crate::reading::{Reading, Weight};
use crate::told::{Spot, Told, place, shown, start};

pub(crate) const COSTLY_REGEX: Rule = Rule {
    id: "costly-regex",
    title: "no pattern repeats what repeats",
    help: "such a pattern is quick on what it was written for, and takes all there is on the first text that nearly matches",
    remedy: "say in the pattern where each turn ends, or give its reader an engine that does not go back",
    origin: Some(
        "2019-07-02 Cloudflare: a pattern with `.*(?:.*=.*)` took all processors, everywhere at once",
    ),
    strictest: Verdict::Block,
};

/// Of a text without one of these nobody knows whether it is a pattern or a list of file names.
fn is_sign(byte: u8) -> bool {
    matches!(byte, b'(' | b'[' | b'\\' | b'^' | b'$' | b'|' | b'{' | b'+')
}

#[inline(never)]
pub(crate) fn costly(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut told = Told::new(&COSTLY_REGEX, reading);
    for (file, edit) in reading.edits() {
        let Some(after) = edit.after.as_ref().filter(|after| after.kind == ScalarKind::Text) else {
            continue;
        };
        if !is_pattern(reading, &edit.pointer, &after.text) {
            continue;
        }
        let found = cost(&after.text);
        let Some((weight, what)) = told_as(found) else { continue };
        let was_so = edit.before.known_and(|before| cost(&before.text) >= found);
        if was_so || file.items.moved(edit) && items::was_elsewhere(edit, file.file) {
            continue;
        }
        told.tell(weight, Spot::in_file(file.file, &edit.pointer), || {
            text!("{} is {}, which {what}", place(&edit.pointer), shown(&edit.pointer, after))
        });
    }
    told.give(all);
}

fn is_pattern(reading: &Reading<'_>, pointer: &str, text: &str) -> bool {
    let own = own(pointer);
    let looks_so = || start(text, SIGNS_WITHIN).bytes().any(is_sign);
    reading.limits.regex_keys.ends(&own) && (last_word(&own).1.starts_with("re") || looks_so())
}

/// What is longer is told as too long, whatever it is.
const SIGNS_WITHIN: usize = 8192;

fn told_as(cost: Cost) -> Option<(Weight, &'static str)> {
    match cost {
        Cost::Plain => None,
        Cost::Unknown => Some((Weight::Soft, "is too long or too deep to be looked through")),
        Cost::Twice => Some((Weight::Soft, "repeats the same characters twice in a row")),
        Cost::TwiceAnything => Some((Weight::Hard, "repeats nearly every character twice in a row")),
        Cost::Nested => Some((Weight::Hard, "repeats what can be divided in ever more ways")),
    }
}
