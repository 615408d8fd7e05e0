//! What the walk comes by, as edits and lists of the change document: with the line, within the allowance.
//!
//! Of a list whose items differ it also says which values more items hold than did: a name that stands twice.

use std::collections::HashMap;
use std::rc::Rc;

use interlock_model::{Edit, EditOp, ListChange, Repeated, Scalar, ScalarKind};

use super::super::masked;
use super::super::tree::{At, Node, Value};
use super::pairs::IDENTITY_KEYS;
use super::{Differ, Slot, entries, items};

/// Repeated values that are listed for one list.
const REPEATED_MAX: usize = 16;
/// Bytes of a repeated value: a longer one is no name.
const REPEATED_BYTES_MAX: usize = 1024;

type Leaf = (ScalarKind, Rc<str>);

impl Differ<'_> {
    pub(super) fn edit(&mut self, before: Option<Slot<'_>>, after: Option<Slot<'_>>) {
        let scalar = |slot: Option<Slot<'_>>| match &slot?.node.value {
            Value::Leaf(kind, text) => Some((*kind, Rc::clone(text))),
            Value::List(_) | Value::Map(_) => None,
        };
        let named = |slot: Option<Slot<'_>>| slot.map(|slot| slot.named).unwrap_or_default();
        self.push_edit(scalar(before), scalar(after), named(before), named(after));
    }

    pub(super) fn push_edit(&mut self, before: Option<Leaf>, after: Option<Leaf>, old_at: At, new_at: At) {
        let (op, pointer, line) = match (&before, &after) {
            (Some(_), Some(_)) => (EditOp::Replace, &self.after_path, self.after_line(new_at)),
            (None, Some(_)) => (EditOp::Add, &self.after_path, self.after_line(new_at)),
            (Some(_), None) => (EditOp::Remove, &self.before_path, self.before_line(old_at)),
            (None, None) => return,
        };
        let texts = [&before, &after].into_iter().flatten().map(|(_, text)| text.len()).sum::<usize>();
        if !self.allowance.edit(texts + pointer.len()) {
            self.found.omitted = self.found.omitted.saturating_add(1);
            return;
        }
        let scalar = |leaf: Option<Leaf>| leaf.map(|(kind, text)| Scalar { kind, text: text.to_string() });
        let (before, after, pointer) = (scalar(before), scalar(after), pointer.clone());
        self.found.edits.push(Edit { pointer, op, before, after, line });
    }

    /// `reordered` is how many of its items would have to move, where that was counted.
    pub(super) fn list_change(
        &mut self,
        before: Option<Slot<'_>>,
        after: Option<Slot<'_>>,
        reordered: Option<usize>,
    ) {
        let (pointer, line) = match (before, after) {
            (_, Some(after)) => (&self.after_path, self.after_line(after.named)),
            (Some(before), None) => (&self.before_path, self.before_line(before.named)),
            (None, None) => return,
        };
        let length = |slot: Option<Slot<'_>>| slot.map(|slot| narrow(count(slot.node)));
        let repeated =
            after.map(|after| self.repeated(before.map_or(&[], |b| items(b.node)), items(after.node)));
        let bytes = repeated.iter().flatten().map(|r| r.key.len() + r.value.len()).sum::<usize>();
        if !self.allowance.list(bytes + pointer.len()) {
            self.found.omitted = self.found.omitted.saturating_add(1);
            return;
        }
        let (length_before, length_after, pointer) = (length(before), length(after), pointer.clone());
        let reordered = reordered.map(narrow);
        self.found.lists.push(ListChange { pointer, length_before, length_after, reordered, repeated, line });
    }

    /// Values that more items hold than did, and more than one. What looks most like a name twice comes first.
    fn repeated(&self, old: &[Rc<Node>], new: &[Rc<Node>]) -> Vec<Repeated> {
        let (old, new) = (counted(old), counted(new));
        let mut more: Vec<_> = new
            .into_iter()
            .map(|(value, (items, at))| (old.get(&value).map_or(0, |(items, _)| *items), items, value, at))
            .filter(|(before, items, ..)| *items > 1 && items > before)
            .collect();
        let is_name = |key: &str| key.is_empty() || IDENTITY_KEYS.contains(&key);
        more.sort_by_key(|(before, items, (key, value), at)| {
            (!is_name(key), *before > 1, *items, at.bytes().start, *key, *value)
        });
        more.truncate(REPEATED_MAX);
        more.into_iter()
            .map(|(_, items, (key, value), at)| Repeated {
                key: key.to_owned(),
                value: value.to_owned(),
                items,
                line: self.after_line(at),
            })
            .collect()
    }

    fn after_line(&self, at: At) -> Option<u32> {
        self.after.map(|side| side.lines.line(at.bytes()))
    }

    fn before_line(&self, at: At) -> Option<u32> {
        self.before.map(|side| side.lines.line(at.bytes()))
    }
}

/// How many there are of what may be there several times.
fn count(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => items.len(),
        Value::Leaf(ScalarKind::EmptyList, _) => 0,
        Value::Leaf(..) | Value::Map(_) => 1,
    }
}

/// How many items hold each value, and where the last of them does. The key is empty for items that are themselves
/// values.
fn counted(items: &[Rc<Node>]) -> HashMap<(&str, &str), (u32, At)> {
    let mut counts: HashMap<(&str, &str), (u32, At)> = HashMap::new();
    let mut count = |key, node: &'_ Node, text| {
        let (items, at) = counts.entry((key, text)).or_default();
        *items = items.saturating_add(1);
        *at = node.at;
    };
    for item in items {
        if let Some(text) = value_of(item) {
            count("", item, text);
        }
        for entry in entries(item) {
            if let Some(text) = value_of(&entry.value) {
                count(&entry.key, &entry.value, text);
            }
        }
    }
    counts
}

fn value_of(node: &Node) -> Option<&str> {
    match &node.value {
        // Two hidden values are not the same value.
        _ if masked::stands_for_another(node) => None,
        Value::Leaf(
            ScalarKind::Boolean | ScalarKind::Integer | ScalarKind::Decimal | ScalarKind::Text,
            text,
        ) => Some(&**text).filter(|text| text.len() <= REPEATED_BYTES_MAX),
        Value::Leaf(ScalarKind::Null | ScalarKind::EmptyMap | ScalarKind::EmptyList, _)
        | Value::List(_)
        | Value::Map(_) => None,
    }
}

fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
