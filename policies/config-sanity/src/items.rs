//! Items of lists that changed their place.
//!
//! A difference names items by their place in the list. Where an item is put in at the front, each place holds another
//! item than before, and comparing the two says nothing. Whether that is so is seen from the values themselves: a plain
//! value that was elsewhere in the list, or an item whose name was. What was taken away is kept here too.

use interlock_guest::prelude::*;

use crate::keys::{self, Names, Upwards, parent};
use crate::sets::{Set, place};

/// The sides of a change, as a set of values has them.
const BEFORE: &str = "before";
const AFTER: &str = "after";

/// What moved within the lists of one file.
#[derive(Default)]
pub(crate) struct Items<'a> {
    /// Values that the edits of a list take away or bring: the value, the list, the key in its items or nothing for plain
    /// values, the side. The value comes first, as two of them differ most and soonest.
    held: Set<'a>,
    /// Pointers of items that are another item than before.
    displaced: Set<'a>,
    /// Pointers of values that were taken away.
    removed: Set<'a>,
    /// Pointers of values that are new.
    added: Set<'a>,
}

impl<'a> Items<'a> {
    #[inline(never)]
    pub(crate) fn of(file: &'a FileChange, unique: &Names) -> Self {
        let (mut held, mut removed, mut added) = (Vec::new(), Vec::new(), Vec::new());
        let mut named = Vec::new();
        for edit in file.edits.iter().flatten() {
            match edit.op {
                EditOp::Remove => removed.push(place(&edit.pointer)),
                EditOp::Add => added.push(place(&edit.pointer)),
                EditOp::Replace => {}
            }
            let Some((item, last)) = parent(&edit.pointer) else { continue };
            let (list, key) = if keys::is_index(last) {
                (item, "")
            } else if let Some((list, index)) = parent(item)
                && keys::is_index(index)
                && unique.is(&keys::words(last))
            {
                named.push((list, last, item, edit));
                (list, last)
            } else {
                continue;
            };
            for (side, value) in [(BEFORE, &edit.before), (AFTER, &edit.after)] {
                if let Some(value) = value {
                    held.push([&value.text, list, key, side]);
                }
            }
        }
        let mut items = Self {
            held: Set::of(held),
            displaced: Set::default(),
            removed: Set::of(removed),
            added: Set::of(added),
        };
        let mut displaced = Vec::new();
        for (list, key, item, edit) in named {
            if edit.op == EditOp::Replace && items.holds_elsewhere(list, key, edit) {
                displaced.push(place(item));
            }
        }
        items.displaced = Set::of(displaced);
        items
    }

    /// The value came from another place of the list, or went to one.
    #[inline(never)]
    fn holds_elsewhere(&self, list: &str, key: &str, edit: &Edit) -> bool {
        edit.after.known_and(|value| self.held.holds([&value.text, list, key, BEFORE]))
            || edit.before.known_and(|value| self.held.holds([&value.text, list, key, AFTER]))
    }

    /// Whether the two values of an edit belong to two different items.
    #[inline(never)]
    pub(crate) fn moved(&self, edit: &Edit) -> bool {
        let plain = parent(&edit.pointer).filter(|(_, last)| keys::is_index(last));
        plain.known_and(|(list, _)| self.holds_elsewhere(list, "", edit)) || self.is_displaced(&edit.pointer)
    }

    /// Whether a place lies in an item that is another one than before.
    pub(crate) fn is_displaced(&self, pointer: &str) -> bool {
        self.displaced.holds_above(pointer)
    }

    /// Whether something below this place was taken away.
    pub(crate) fn lost_below(&self, pointer: &str) -> bool {
        self.removed.holds_below(pointer)
    }

    /// Whether something below this place is new.
    pub(crate) fn new_below(&self, pointer: &str) -> bool {
        self.added.holds_below(pointer)
    }

    /// Whether a plain value came into a list, or went from it.
    pub(crate) fn held_in(&self, list: &str, value: &str) -> bool {
        [BEFORE, AFTER].iter().any(|side| self.held.holds([value, list, "", side]))
    }
}

/// Whether a value of an edit that moved had been at the same key of another item.
#[inline(never)]
pub(crate) fn was_elsewhere(edit: &Edit, file: &FileChange) -> bool {
    let Some(after) = &edit.after else { return false };
    for other in file.edits.iter().flatten() {
        if other.before.known_and(|before| before == after) && same_shape(&other.pointer, &edit.pointer) {
            return true;
        }
    }
    false
}

/// The same keys, at any places of the lists.
fn same_shape(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (Upwards::from(one), Upwards::from(other));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b || keys::is_index(a) && keys::is_index(b) => {}
            (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::tests::{file, replaced};

    fn moved(edits: Vec<Edit>) -> Vec<bool> {
        let mut file = file("a.yaml");
        file.edits = Some(edits);
        let items = Items::of(&file, &Names::Own(&["name", ""]));
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
        let items = Items::of(&file, &Names::Own(&[]));
        assert!(items.lost_below("/hosts") && items.lost_below(""));
        assert!(!items.lost_below("/host") && !items.lost_below("/hosts/0") && !items.lost_below("/z"));
        assert!(!items.new_below("/hosts") && items.held_in("/hosts", "a") && !items.held_in("/hosts", "b"));
    }
}
