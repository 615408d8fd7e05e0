//! What a plan says it will do to values, compared as if the two states were files: one walk, one set of bounds, one
//! way to match the items of lists.
//!
//! A value that is known only once the plan was carried out is no change to nothing. A text that will change is told
//! with words in its place; of anything else the old value is kept, because words in the place of a number or a list
//! would be another sort of value, which nobody planned.

use std::collections::HashMap;
use std::rc::Rc;

use interlock_model::{EditOp, FileChange, FileOp, ScalarKind};

use super::diff::{self, Allowance, SideOf};
use super::foreign::{Foreign, Seen};
use super::masked;
use super::tree::{Entry, Node, Tree, Value};

/// What stands for a text that is known only afterwards, in the words of the tools that plan.
const UNKNOWN: &str = "(known after apply)";

/// One thing that is planned: what it is and what it will be.
pub(crate) struct Part<'f> {
    pub(crate) before: Option<Seen<'f>>,
    pub(crate) after: Option<Seen<'f>>,
    /// The shape of `after`, with `true` where the value is known only afterwards.
    pub(crate) unknown: Option<Seen<'f>>,
    /// Where `before` and `after` stand in the plan, as a JSON pointer.
    pub(crate) pointer: String,
}

/// Everything that is planned, as edits of the plan's own file.
pub(crate) fn file(foreign: &Foreign<'_>, path: &str, format: &str, parts: &[Part<'_>]) -> FileChange {
    let mut change = FileChange {
        format: Some(format.to_owned()),
        edits: Some(Vec::new()),
        lists: Some(Vec::new()),
        ..super::blank(path, FileOp::Modified)
    };
    let mut allowance = Allowance::default();
    parts.iter().for_each(|part| part.compare(foreign, &mut change, &mut allowance));
    change
}

impl Part<'_> {
    fn compare(&self, foreign: &Foreign<'_>, change: &mut FileChange, allowance: &mut Allowance) {
        let before = self.before.filter(|value| !value.is_null()).map(|value| Rc::clone(value.node()));
        let after = self.after.filter(|value| !value.is_null()).map(|value| Rc::clone(value.node()));
        let after = match self.unknown {
            Some(unknown) => overlaid(before.as_ref(), after, unknown),
            None => after,
        };
        let [before, after] = [before, after].map(|root| root.map(tree));
        let side = |tree| SideOf { tree, text: foreign.text, lines: foreign.lines() };
        let (before, after) = (before.as_ref().map(side), after.as_ref().map(side));
        // Its doubts are left: what plans reads its own numbers, whatever other readers make of them.
        let mut found = diff::diff(&change.path, before.as_ref(), after.as_ref(), false, allowance);
        for edit in &mut found.edits {
            edit.pointer = self.pointer(edit.op == EditOp::Remove, &edit.pointer);
        }
        for list in &mut found.lists {
            list.pointer = self.pointer(list.length_after.is_none(), &list.pointer);
        }
        change.edits.get_or_insert_default().append(&mut found.edits);
        change.lists.get_or_insert_default().append(&mut found.lists);
        change.omitted_edits = change.omitted_edits.saturating_add(found.omitted);
    }

    fn pointer(&self, gone: bool, below: &str) -> String {
        let side = if gone { "before" } else { "after" };
        format!("{}/{side}{below}", self.pointer)
    }
}

fn tree(root: Rc<Node>) -> Tree {
    Tree { roots: vec![root], odd: Vec::new() }
}

/// `after` with what is known only afterwards put in. Recursion is bounded by the depth the readers allow.
fn overlaid(before: Option<&Rc<Node>>, after: Option<Rc<Node>>, unknown: Seen<'_>) -> Option<Rc<Node>> {
    if unknown.boolean() == Some(true) {
        return before.map(|before| kept_or_unknown(before, unknown));
    }
    let mut after = after?;
    match &mut Rc::make_mut(&mut after).value {
        Value::Leaf(..) => {}
        Value::List(items) => overlay_items(before, items, unknown),
        Value::Map(entries) => overlay_entries(before, entries, unknown),
    }
    Some(after)
}

/// A text that will be another one, or the old value.
fn kept_or_unknown(before: &Rc<Node>, unknown: Seen<'_>) -> Rc<Node> {
    match &before.value {
        Value::Leaf(ScalarKind::Text, _) => masked::stand_in(unknown.node(), UNKNOWN),
        Value::Leaf(..) | Value::List(_) | Value::Map(_) => Rc::clone(before),
    }
}

fn overlay_items(before: Option<&Rc<Node>>, items: &mut [Rc<Node>], unknown: Seen<'_>) {
    let old = match before.map(|before| &before.value) {
        Some(Value::List(old)) => old.as_slice(),
        Some(Value::Leaf(..) | Value::Map(_)) | None => &[],
    };
    for (at, (item, unknown)) in items.iter_mut().zip(unknown.items()).enumerate() {
        let was = old.get(at);
        let is = match unknown.boolean() {
            // A null holds the place of an unknown item. One that is new is a text, for all that is known.
            Some(true) if was.is_none() => Some(masked::stand_in(unknown.node(), UNKNOWN)),
            _ => overlaid(was, Some(Rc::clone(item)), unknown),
        };
        if let Some(is) = is {
            *item = is;
        }
    }
}

fn overlay_entries(before: Option<&Rc<Node>>, entries: &mut Vec<Entry>, unknown: Seen<'_>) {
    let mut known: HashMap<Rc<str>, usize> =
        entries.iter().enumerate().map(|(at, entry)| (Rc::clone(&entry.key), at)).collect();
    let old: HashMap<&str, &Entry> = match before.map(|before| &before.value) {
        Some(Value::Map(old)) => old.iter().map(|entry| (&*entry.key, entry)).collect(),
        Some(Value::Leaf(..) | Value::List(_)) | None => HashMap::new(),
    };
    for (key, unknown) in unknown.entries() {
        let was = old.get(key).copied();
        let at = known.get(key).copied();
        let is = at.and_then(|at| entries.get(at)).map(|entry| Rc::clone(&entry.value));
        let Some(is) = overlaid(was.map(|was| &was.value), is, unknown) else { continue };
        match (at.and_then(|at| entries.get_mut(at)), was) {
            (Some(entry), _) => entry.value = is,
            (None, Some(was)) => {
                known.insert(Rc::clone(&was.key), entries.len());
                entries.push(Entry { key_at: unknown.key_at(), value: is, ..was.clone() });
            }
            (None, None) => {}
        }
    }
}
