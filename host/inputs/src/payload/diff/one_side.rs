//! Values that stand on one side only: every leaf of them is an edit, and every list a change of its length.

use interlock_model::ScalarKind;

use super::super::tree::Value;
use super::{Differ, Slot};

impl Differ<'_> {
    pub(super) fn removed(&mut self, slot: Slot<'_>) {
        if matches!(slot.node.value, Value::List(_) | Value::Leaf(ScalarKind::EmptyList, _)) {
            self.list_change(Some(slot), None, None);
        }
        self.leaves_removed(slot);
    }

    pub(super) fn leaves_removed(&mut self, slot: Slot<'_>) {
        match &slot.node.value {
            Value::Leaf(..) => self.edit(Some(slot), None),
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    let lengths = self.enter(Some(&at.to_string()), None);
                    self.removed(Slot::item(item));
                    self.leave(lengths);
                }
            }
            Value::Map(entries) => {
                for entry in entries {
                    let lengths = self.enter(Some(&entry.key), None);
                    self.removed(Slot::entry(entry));
                    self.leave(lengths);
                }
            }
        }
    }

    pub(super) fn added(&mut self, slot: Slot<'_>) {
        if matches!(slot.node.value, Value::List(_) | Value::Leaf(ScalarKind::EmptyList, _)) {
            self.list_change(None, Some(slot), None);
        }
        self.leaves_added(slot);
    }

    pub(super) fn leaves_added(&mut self, slot: Slot<'_>) {
        self.note(slot.node.at, slot.node.odd);
        match &slot.node.value {
            Value::Leaf(..) => self.edit(None, Some(slot)),
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    let lengths = self.enter(None, Some(&at.to_string()));
                    self.added(Slot::item(item));
                    self.leave(lengths);
                }
            }
            Value::Map(entries) => {
                for entry in entries {
                    self.note_entry(None, entry);
                    let lengths = self.enter(None, Some(&entry.key));
                    self.added(Slot::entry(entry));
                    self.leave(lengths);
                }
            }
        }
    }
}
