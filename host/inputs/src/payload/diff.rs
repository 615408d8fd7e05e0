//! Two trees into edits, lists whose items differ, and the doubts that are new.
//!
//! Both trees are walked once, side by side, and equal parts are passed over by their sums. Items of a list
//! are matched by an identity key where all have one, else by position (`pairs`). A value that became a map
//! or list (or the other way round) is its old leaves removed and its new ones added. Here is the walk;
//! `told` writes down what it comes by, as far as the `allowance` goes, `one_side` what has no other side,
//! and `odd_places` what of it readers would read differently.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use interlock_model::{Doubt, Edit, ListChange, ScalarKind};

use super::lines::Lines;
use super::odd::Odd;
use super::tree::{At, Entry, Node, Sum, Tree, Value};
use pairs::{
    IDENTITY_KEYS, Pairs, by_position, by_value, document_name, identity, matches, position_of, sorted,
    unmoved,
};

pub(super) use allowance::Allowance;
#[cfg(test)]
pub(super) use allowance::EDITS_MAX;

mod allowance;
mod odd_places;
mod one_side;
mod pairs;
mod told;

/// One side of a file that was read.
pub(super) struct SideOf<'t> {
    pub(super) tree: &'t Tree,
    pub(super) text: &'t str,
    pub(super) lines: &'t Lines<'t>,
}

/// What differs between the sides of one file.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub(super) edits: Vec<Edit>,
    pub(super) lists: Vec<ListChange>,
    pub(super) doubts: Vec<Doubt>,
    pub(super) omitted: u32,
}

/// Compares two sides. An absent one is a file that was added or removed, or that could not be read (`edits` are then
/// of no use, the doubts are).
pub(super) fn diff(
    path: &str,
    before: Option<&SideOf<'_>>,
    after: Option<&SideOf<'_>>,
    numbered: bool,
    allowance: &mut Allowance,
) -> Difference {
    let mut differ = Differ {
        before,
        after,
        allowance,
        found: Difference::default(),
        odd: Vec::new(),
        noted: HashSet::new(),
        quiet: 0,
        before_path: String::new(),
        after_path: String::new(),
    };
    differ.documents(numbered);
    differ.text_between();
    differ.tell(path);
    differ.found
}

struct Differ<'d> {
    before: Option<&'d SideOf<'d>>,
    after: Option<&'d SideOf<'d>>,
    allowance: &'d mut Allowance,
    found: Difference,
    /// Odd places of the after side that are new, each once.
    odd: Vec<(At, Odd)>,
    noted: HashSet<(At, Odd)>,
    /// Above 0: inside an item that was there before, elsewhere in its list.
    quiet: usize,
    before_path: String,
    after_path: String,
}

/// A value and what names it.
#[derive(Clone, Copy)]
struct Slot<'n> {
    node: &'n Node,
    /// Its key, or itself.
    named: At,
}

impl<'n> Slot<'n> {
    fn item(node: &'n Rc<Node>) -> Self {
        Self { node, named: node.at }
    }

    fn entry(entry: &'n Entry) -> Self {
        Self { node: &entry.value, named: entry.key_at }
    }
}

type Lengths = (usize, usize);

impl<'d> Differ<'d> {
    fn documents(&mut self, numbered: bool) {
        let roots = |side: Option<&SideOf<'d>>| side.map_or(&[] as &'d [Rc<Node>], |side| &side.tree.roots);
        let (before, after) = (roots(self.before), roots(self.after));
        if !numbered {
            return self.pair(before.first().map(Slot::item), after.first().map(Slot::item));
        }
        self.matched(before, after, &matches(before, after, document_name));
    }

    fn pair(&mut self, before: Option<Slot<'_>>, after: Option<Slot<'_>>) {
        match (before, after) {
            (Some(before), Some(after)) => self.both(before, after),
            (Some(before), None) => self.removed(before),
            (None, Some(after)) => self.added(after),
            (None, None) => {}
        }
    }

    fn both(&mut self, before: Slot<'_>, after: Slot<'_>) {
        if before.node.sum == after.node.sum {
            return;
        }
        if before.node.is_repeated() != after.node.is_repeated() {
            return self.one_and_several(before, after);
        }
        match (&before.node.value, &after.node.value) {
            (Value::Leaf(..), Value::Leaf(..)) => {
                self.note(after.node.at, after.node.odd);
                self.edit(Some(before), Some(after));
            }
            (Value::Map(_), Value::Map(_)) => {
                self.tags(before, after);
                self.maps(before, after);
            }
            (Value::List(old), Value::List(new)) => {
                self.tags(before, after);
                self.lists(before, after, old, new);
            }
            (Value::Leaf(ScalarKind::EmptyList, _), Value::List(_))
            | (Value::List(_), Value::Leaf(ScalarKind::EmptyList, _)) => {
                self.list_change(Some(before), Some(after), None);
                self.leaves_removed(before);
                self.leaves_added(after);
            }
            (Value::Leaf(..) | Value::Map(_) | Value::List(_), _) => {
                self.removed(before);
                self.added(after);
            }
        }
    }

    /// A block or element that was there once and is there several times, or the other way round. Which of them it was
    /// is told by its value or its name; else it is the first.
    fn one_and_several(&mut self, before: Slot<'_>, after: Slot<'_>) {
        self.list_change(Some(before), Some(after), None);
        let more = after.node.is_repeated();
        let (one, several) = if more { (before, items(after.node)) } else { (after, items(before.node)) };
        let same = position_of(one.node, several);
        for (index, item) in several.iter().map(Slot::item).enumerate() {
            let token = index.to_string();
            let (old, new) = if more { (None, Some(token.as_str())) } else { (Some(token.as_str()), None) };
            let lengths = self.enter(old, new);
            match (more, index == same) {
                (true, true) => self.both(before, item),
                (false, true) => self.both(item, after),
                (true, false) => self.added(item),
                (false, false) => self.removed(item),
            }
            self.leave(lengths);
        }
    }

    /// The tag of a map or list is compared as a value of its own, at its pointer.
    fn tags(&mut self, before: Slot<'_>, after: Slot<'_>) {
        if before.node.tag == after.node.tag {
            return;
        }
        self.note(after.node.at, after.node.odd);
        let scalar = |slot: Slot<'_>| slot.node.tag.as_ref().map(|tag| (ScalarKind::Text, Rc::clone(tag)));
        self.push_edit(scalar(before), scalar(after), before.named, after.named);
    }

    fn maps(&mut self, before: Slot<'_>, after: Slot<'_>) {
        let (old, new) = (entries(before.node), entries(after.node));
        let by_key: HashMap<&str, &Entry> = old.iter().map(|entry| (&*entry.key, entry)).collect();
        let mut kept = HashSet::with_capacity(new.len());
        for entry in new {
            let was = by_key.get(&*entry.key).copied();
            kept.insert(&*entry.key);
            self.note_entry(was, entry);
            let lengths = self.enter(was.map(|was| &*was.key), Some(&entry.key));
            self.pair(was.map(Slot::entry), Some(Slot::entry(entry)));
            self.leave(lengths);
        }
        for entry in old.iter().filter(|entry| !kept.contains(&*entry.key)) {
            let lengths = self.enter(Some(&entry.key), None);
            self.removed(Slot::entry(entry));
            self.leave(lengths);
        }
    }

    fn lists(&mut self, before: Slot<'_>, after: Slot<'_>, old: &[Rc<Node>], new: &[Rc<Node>]) {
        let pairs = IDENTITY_KEYS.iter().find_map(|key| {
            Some(matches(old, new, |node| identity(node.get(key)?))).filter(|pairs| pairs.by_name)
        });
        let reordered = match &pairs {
            Some(named) => named.reordered(),
            None => unmoved(old, new).reordered(),
        };
        let by_name = pairs.is_some();
        let pairs = pairs.unwrap_or_else(|| {
            if after.node.is_repeated() { by_value(old, new) } else { by_position(old, new) }
        });
        // A list matched by names whose order alone changed has no edit; that it changed must be seen somewhere.
        if by_name || reordered > 0 || sorted(old) != sorted(new) {
            self.list_change(Some(before), Some(after), Some(reordered));
        }
        self.matched(old, new, &pairs);
    }

    fn matched(&mut self, old: &[Rc<Node>], new: &[Rc<Node>], pairs: &Pairs) {
        let known: HashSet<Sum> =
            if pairs.by_name { HashSet::new() } else { old.iter().map(|item| item.sum).collect() };
        for (after_at, (item, was)) in new.iter().zip(&pairs.was).enumerate() {
            // Where items have moved, an oddity that stood in the list before is not new.
            let moved = usize::from(known.contains(&item.sum));
            self.quiet += moved;
            let was = was.and_then(|at| Some((at.to_string(), old.get(at)?)));
            let lengths = self.enter(was.as_ref().map(|(at, _)| at.as_str()), Some(&after_at.to_string()));
            self.pair(was.as_ref().map(|(_, item)| Slot::item(item)), Some(Slot::item(item)));
            self.leave(lengths);
            self.quiet -= moved;
        }
        for at in &pairs.gone {
            let Some(item) = old.get(*at) else { continue };
            let lengths = self.enter(Some(&at.to_string()), None);
            self.removed(Slot::item(item));
            self.leave(lengths);
        }
    }

    fn enter(&mut self, before: Option<&str>, after: Option<&str>) -> Lengths {
        let lengths = (self.before_path.len(), self.after_path.len());
        push(&mut self.before_path, before);
        push(&mut self.after_path, after);
        lengths
    }

    fn leave(&mut self, (before, after): Lengths) {
        self.before_path.truncate(before);
        self.after_path.truncate(after);
    }
}

fn push(path: &mut String, token: Option<&str>) {
    let Some(token) = token else { return };
    path.push('/');
    for c in token.chars() {
        match c {
            '~' => path.push_str("~0"),
            '/' => path.push_str("~1"),
            c => path.push(c),
        }
    }
}

fn entries(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Map(entries) => entries,
        Value::Leaf(..) | Value::List(_) => &[],
    }
}

fn items(node: &Node) -> &[Rc<Node>] {
    match &node.value {
        Value::List(items) => items,
        Value::Leaf(..) | Value::Map(_) => &[],
    }
}
