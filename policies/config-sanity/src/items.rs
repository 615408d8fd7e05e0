//! Items of lists that changed their place.
//!
//! A difference names items by their place in the list. Where an item is put in at the front, each place holds another
//! item than before, and comparing the two says nothing. Whether that is so is seen from the values themselves: a plain
//! value that was elsewhere in the list, or an item whose name was. What was taken away is kept here too.

use std::collections::BTreeSet;
use std::ops::Bound;

use interlock_guest::prelude::*;

use crate::keys::{self, Names};

/// A value that the edits of a list take away or bring: the list, the key in its items or nothing for plain values, the
/// side, the value. One flat set, because each further type of tree would add its code to the module.
type Held<'a> = (&'a str, &'a str, Side, &'a str);

/// Before or after the change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Before,
    After,
}

/// What moved within the lists of one file.
#[derive(Default)]
pub(crate) struct Items<'a> {
    held: BTreeSet<Held<'a>>,
    /// Pointers of items that are another item than before.
    displaced: BTreeSet<&'a str>,
    /// Pointers of values that were taken away.
    removed: BTreeSet<&'a str>,
    /// Pointers of values that are new.
    added: BTreeSet<&'a str>,
}

impl<'a> Items<'a> {
    pub(crate) fn of(file: &'a FileChange, unique: &Names) -> Self {
        let mut items = Self::default();
        let mut names = Vec::new();
        for edit in file.edits.iter().flatten() {
            match edit.op {
                EditOp::Remove => items.removed.insert(&edit.pointer),
                EditOp::Add => items.added.insert(&edit.pointer),
                EditOp::Replace => false,
            };
            let Some((holder, last)) = edit.pointer.rsplit_once('/') else { continue };
            if keys::is_index(last) {
                items.note(holder, "", edit);
            } else if let Some((list, index)) = holder.rsplit_once('/')
                && keys::is_index(index)
                && unique.is(&keys::words(last))
            {
                items.note(list, last, edit);
                names.push((list, last, holder, edit));
            }
        }
        for (list, last, item, edit) in names {
            if edit.op == EditOp::Replace && items.holds_elsewhere(list, last, edit) {
                items.displaced.insert(item);
            }
        }
        items
    }

    fn note(&mut self, list: &'a str, key: &'a str, edit: &'a Edit) {
        for (side, value) in [(Side::Before, &edit.before), (Side::After, &edit.after)] {
            if let Some(value) = value {
                self.hold((list, key, side, &value.text));
            }
        }
    }

    #[inline(never)]
    fn hold(&mut self, held: Held<'a>) {
        self.held.insert(held);
    }

    #[inline(never)]
    fn holds(&self, held: Held<'_>) -> bool {
        self.held.contains(&held)
    }

    /// The value came from another place of the list, or went to one.
    fn holds_elsewhere(&self, list: &str, key: &str, edit: &Edit) -> bool {
        edit.after.known_and(|value| self.holds((list, key, Side::Before, &value.text)))
            || edit.before.known_and(|value| self.holds((list, key, Side::After, &value.text)))
    }

    /// Whether the two values of an edit belong to two different items.
    pub(crate) fn moved(&self, edit: &Edit) -> bool {
        let plain = edit.pointer.rsplit_once('/').filter(|(_, last)| keys::is_index(last));
        plain.known_and(|(list, _)| self.holds_elsewhere(list, "", edit)) || self.is_displaced(&edit.pointer)
    }

    /// Whether a place lies in an item that is another one than before.
    pub(crate) fn is_displaced(&self, pointer: &str) -> bool {
        prefixes(pointer).any(|prefix| self.displaced.contains(prefix))
    }

    /// Whether something below this place was taken away.
    pub(crate) fn lost_below(&self, pointer: &str) -> bool {
        any_below(&self.removed, pointer)
    }

    /// Whether something below this place is new.
    pub(crate) fn new_below(&self, pointer: &str) -> bool {
        any_below(&self.added, pointer)
    }

    /// Whether a plain value came into a list, or went from it.
    pub(crate) fn held_in(&self, list: &str, value: &str) -> bool {
        [Side::Before, Side::After].iter().any(|side| self.holds((list, "", *side, value)))
    }
}

fn any_below(pointers: &BTreeSet<&str>, pointer: &str) -> bool {
    let below = text!("{pointer}/");
    let next = pointers.range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded)).next();
    next.known_and(|found| found.starts_with(&below))
}

/// Every place above, the nearest first.
pub(crate) fn prefixes(pointer: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(above(pointer), |pointer| above(pointer))
}

fn above(pointer: &str) -> Option<&str> {
    pointer.rsplit_once('/').map(|(above, _)| above)
}

/// Whether a value of an edit that moved had been at the same key of another item.
pub(crate) fn was_elsewhere(edit: &Edit, file: &FileChange) -> bool {
    let Some(after) = &edit.after else { return false };
    let others = file.edits.iter().flatten();
    let mut held = others.filter(|other| other.before.known_and(|before| before == after));
    held.any(|other| same_shape(&other.pointer, &edit.pointer))
}

/// The same keys, at any places of the lists.
fn same_shape(one: &str, other: &str) -> bool {
    let alike = |(a, b): (&str, &str)| a == b || keys::is_index(a) && keys::is_index(b);
    keys::segments(one).count() == keys::segments(other).count()
        && keys::segments(one).zip(keys::segments(other)).all(alike)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::tests::{file, replaced};

    fn moved(edits: Vec<Edit>) -> Vec<bool> {
        let mut file = file("a.yaml");
        file.edits = Some(edits);
        let items = Items::of(&file, &Names::new(&["name", ""]));
        file.edits.iter().flatten().map(|edit| items.moved(edit)).collect()
    }

    #[test]
    fn a_plain_value_that_was_elsewhere_in_the_list_moved() {
        assert_eq!(moved(vec![replaced("/l/0", "1", "900"), replaced("/l/1", "900", "1")]), [true, true]);
        assert_eq!(moved(vec![replaced("/l/0", "1", "900"), replaced("/m/1", "900", "1")]), [false, false]);
    }

    #[test]
    fn an_item_whose_name_was_elsewhere_is_another_item() {
        let edits = || vec![replaced("/l/0/name", "a", "b"), replaced("/l/0/weight", "5", "0")];
        assert_eq!(moved(edits()), [false, false], "renamed, and still itself");
        let mut shifted = edits();
        shifted.push(replaced("/l/1/name", "b", "c"));
        assert_eq!(moved(shifted), [true, true, true]);
    }

    #[test]
    fn what_is_lost_below_a_place_is_not_lost_beside_it() {
        let mut file = file("a.yaml");
        file.edits = Some(vec![Edit { op: EditOp::Remove, after: None, ..replaced("/hosts/0", "a", "") }]);
        let items = Items::of(&file, &Names::new(&[]));
        assert!(items.lost_below("/hosts") && items.lost_below(""));
        assert!(!items.lost_below("/host") && !items.lost_below("/hosts/0") && !items.lost_below("/z"));
        assert!(!items.new_below("/hosts") && items.held_in("/hosts", "a") && !items.held_in("/hosts", "b"));
    }

    #[test]
    fn places_above_end_at_the_root() {
        assert_eq!(prefixes("/a/0/b").collect::<Vec<_>>(), ["/a/0", "/a", ""]);
        assert_eq!(prefixes("").count(), 0);
    }
}
