//! `secret-emptied`: a secret that is none any more.

use interlock_guest::prelude::*;
use interlock_guest::trimmed;

use crate::keys::own;
use crate::reading::{Reading, SECRETS, Weight, is_blank, is_one_of};
use crate::told::{Spot, Told, place};

pub(crate) const SECRET_EMPTIED: Rule = Rule {
    id: "secret-emptied",
    title: "no secret becomes blank, or the word for nothing",
    help: "a template whose secret was not there still gives a file; everything that asks with it is turned away, or let in",
    remedy: "see why the store gave nothing; to take a secret out of use, take the key out with whatever reads it",
    origin: Some(
        "2021-03-15 Microsoft Azure AD: a key that was in use was taken away, and what it had signed was refused",
    ),
    strictest: Verdict::Block,
};

/// What is written where nothing was found.
const NOTHING: &[&str] = &[
    "null",
    "nil",
    "none",
    "undefined",
    "<no value>",
    "changeme",
    "change-me",
    "todo",
    "tbd",
    "placeholder",
];

#[inline(never)]
pub(crate) fn emptied(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut told = Told::new(&SECRET_EMPTIED, reading);
    for (file, edit) in reading.edits() {
        if is_emptied(edit) && !file.items.moved(edit) {
            let at = Spot::in_file(file.file, &edit.pointer);
            told.tell(Weight::Hard, at, || text!("{} had a secret and has none", place(&edit.pointer)));
        }
    }
    told.give(all);
}

/// Whether a secret stood here, and now a blank does, or a word for one.
pub(crate) fn is_emptied(edit: &Edit) -> bool {
    let (Some(before), Some(after)) = (&edit.before, &edit.after) else { return false };
    let is_nothing = |value: &Scalar| is_blank(value) || is_one_of(trimmed(&value.text), NOTHING);
    after.kind != ScalarKind::EmptyList
        && is_nothing(after)
        && !is_nothing(before)
        && SECRETS.ends(&own(&edit.pointer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::tests::replaced;

    #[test]
    fn a_secret_is_emptied_by_a_blank_or_a_word_for_one() {
        let emptied = |pointer, before, after| is_emptied(&replaced(pointer, before, after));
        assert!(emptied("/db/password", "hunter2", " ") && emptied("/apiToken", "x", "<no value>"));
        assert!(emptied("/tokens/0/token", "x", "NULL"));
        assert!(!emptied("/db/password", "hunter2", "nonesuch") && !emptied("/db/password", "changeme", ""));
        assert!(!emptied("/db/user", "x", "") && !emptied("/passwordLength", "x", ""));
    }
}
