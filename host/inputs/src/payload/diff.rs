//! Two trees into edits, lists whose items differ, and the doubts that are new.
//!
//! Both trees are walked once, side by side, and equal parts are passed over by their sums. Items of a list are matched
//! by an identity key where all have one, else by position. A value that became a map or list (or the other way round)
//! is its old leaves removed and its new ones added.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use interlock_model::{Doubt, Edit, EditOp, ListChange, Repeated, Scalar, ScalarKind};

use super::lines::Lines;
use super::masked;
use super::odd::{self, Odd, OddText};
use super::tree::{At, Entry, Node, Sum, Tree, Value};

/// Edits of one change that are listed; the rest are counted.
pub(super) const EDITS_MAX: usize = 5_000;
/// Lists of one change that are listed; the rest are counted.
const LISTS_MAX: usize = 1_000;
/// Bytes of all values and pointers in edits and lists of one change. One edit of the largest file fits.
const EDIT_BYTES_MAX: usize = 2 * super::walk::FILE_BYTES_MAX as usize + 1024 * 1024;
/// Repeated values that are listed for one list.
const REPEATED_MAX: usize = 16;
/// Bytes of a repeated value: a longer one is no name.
const REPEATED_BYTES_MAX: usize = 1024;
/// Keys that tell the items of a list apart, the first that fits.
const IDENTITY_KEYS: [&str; 7] = ["id", "name", "key", "@id", "@name", "@key", "artifactId"];

/// What may still be listed, for all files of a change together.
pub(super) struct Allowance {
    edits: usize,
    lists: usize,
    bytes: usize,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { edits: EDITS_MAX, lists: LISTS_MAX, bytes: EDIT_BYTES_MAX }
    }
}

impl Allowance {
    fn edit(&mut self, bytes: usize) -> bool {
        take(&mut self.edits, &mut self.bytes, bytes)
    }

    fn list(&mut self, bytes: usize) -> bool {
        take(&mut self.lists, &mut self.bytes, bytes)
    }
}

fn take(left: &mut usize, bytes_left: &mut usize, bytes: usize) -> bool {
    match (left.checked_sub(1), bytes_left.checked_sub(bytes)) {
        (Some(fewer), Some(fewer_bytes)) => {
            (*left, *bytes_left) = (fewer, fewer_bytes);
            true
        }
        (None, _) | (_, None) => false,
    }
}

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
                self.list_change(Some(before), Some(after));
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
        self.list_change(Some(before), Some(after));
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
        let by_name = pairs.is_some();
        let pairs = pairs.unwrap_or_else(|| {
            if after.node.is_repeated() { by_value(old, new) } else { by_position(old, new) }
        });
        // A list matched by names whose order alone changed has no edit; that it changed must be seen somewhere.
        if by_name || sorted(old) != sorted(new) {
            self.list_change(Some(before), Some(after));
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

    fn removed(&mut self, slot: Slot<'_>) {
        if matches!(slot.node.value, Value::List(_) | Value::Leaf(ScalarKind::EmptyList, _)) {
            self.list_change(Some(slot), None);
        }
        self.leaves_removed(slot);
    }

    fn leaves_removed(&mut self, slot: Slot<'_>) {
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

    fn added(&mut self, slot: Slot<'_>) {
        if matches!(slot.node.value, Value::List(_) | Value::Leaf(ScalarKind::EmptyList, _)) {
            self.list_change(None, Some(slot));
        }
        self.leaves_added(slot);
    }

    fn leaves_added(&mut self, slot: Slot<'_>) {
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

    fn edit(&mut self, before: Option<Slot<'_>>, after: Option<Slot<'_>>) {
        let scalar = |slot: Option<Slot<'_>>| match &slot?.node.value {
            Value::Leaf(kind, text) => Some((*kind, Rc::clone(text))),
            Value::List(_) | Value::Map(_) => None,
        };
        let named = |slot: Option<Slot<'_>>| slot.map(|slot| slot.named).unwrap_or_default();
        self.push_edit(scalar(before), scalar(after), named(before), named(after));
    }

    fn push_edit(&mut self, before: Option<Leaf>, after: Option<Leaf>, old_at: At, new_at: At) {
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

    fn list_change(&mut self, before: Option<Slot<'_>>, after: Option<Slot<'_>>) {
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
        self.found.lists.push(ListChange { pointer, length_before, length_after, repeated, line });
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

    fn note(&mut self, at: At, odd: Option<Odd>) {
        if let Some(odd) = odd.filter(|odd| self.quiet == 0 && self.noted.insert((at, *odd))) {
            self.odd.push((at, odd));
        }
    }

    /// Oddities of a key. One that lies in the key alone is new when the key is; the others also when any of the values
    /// that somebody sees there has changed.
    fn note_entry(&mut self, was: Option<&Entry>, is: &Entry) {
        if is.odds.is_empty() {
            return;
        }
        let same = was.is_some_and(|was| was.hidden == is.hidden && was.value.sum == is.value.sum);
        for odd in &is.odds {
            let before = was.is_some_and(|was| was.odds.contains(odd));
            if !(before && (same || odd.is_of_key())) {
                self.note(is.key_at, Some(*odd));
            }
        }
    }

    /// Odd text between values is new if its line was not there as often.
    fn text_between(&mut self) {
        let Some(after) = self.after else { return };
        let mut known: HashMap<&str, HashMap<Odd, usize>> = HashMap::new();
        if let Some(before) = self.before {
            for (line, odds) in by_line(before) {
                let counts = known.entry(line).or_default();
                odds.iter().for_each(|odd| *counts.entry(odd.odd).or_default() += 1);
            }
        }
        for (line, odds) in by_line(after) {
            let mut counts = known.get_mut(line);
            for odd in odds {
                let left =
                    counts.as_mut().and_then(|counts| counts.get_mut(&odd.odd)).filter(|left| **left > 0);
                match left {
                    Some(left) => *left -= 1,
                    None => self.note(At::new(odd.at.clone()), Some(odd.odd)),
                }
            }
        }
    }

    /// The odd places as doubts, in the order of the file.
    fn tell(&mut self, path: &str) {
        let Some(after) = self.after else { return };
        self.odd.sort_by_key(|(at, odd)| (at.bytes().start, *odd));
        let more = self.odd.len().saturating_sub(super::DOUBTS_MAX);
        for (at, odd) in self.odd.iter().take(super::DOUBTS_MAX) {
            let written = after.text.get(at.bytes()).unwrap_or_default();
            self.found.doubts.push(odd::doubt(*odd, path, written, after.lines.span(at.bytes())));
        }
        if let Some(last) = self.found.doubts.last_mut().filter(|_| more > 0) {
            last.message = format!("{}; and {more} more such places in this file", last.message);
        }
    }

    fn after_line(&self, at: At) -> Option<u32> {
        self.after.map(|side| side.lines.line(at.bytes()))
    }

    fn before_line(&self, at: At) -> Option<u32> {
        self.before.map(|side| side.lines.line(at.bytes()))
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

type Leaf = (ScalarKind, Rc<str>);

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

/// Which item was which.
struct Pairs {
    /// For each item after, the one before.
    was: Vec<Option<usize>>,
    /// Items before that no item after is.
    gone: Vec<usize>,
    by_name: bool,
}

fn by_position(old: &[Rc<Node>], new: &[Rc<Node>]) -> Pairs {
    Pairs {
        was: (0..new.len()).map(|at| (at < old.len()).then_some(at)).collect(),
        gone: (new.len()..old.len()).collect(),
        by_name: false,
    }
}

/// Items matched by their names, if all of them have one and none has another's; else by position.
fn matches<'n, N: std::hash::Hash + Eq>(
    old: &'n [Rc<Node>],
    new: &'n [Rc<Node>],
    name: impl Fn(&'n Node) -> Option<N>,
) -> Pairs {
    let index = |list: &'n [Rc<Node>]| -> Option<HashMap<N, usize>> {
        let named = list.iter().enumerate().map(|(at, node)| Some((name(node)?, at)));
        let named: HashMap<N, usize> = named.collect::<Option<_>>()?;
        (named.len() == list.len()).then_some(named)
    };
    let (Some(mut left), Some(_)) = (index(old), index(new)) else { return by_position(old, new) };
    let was = new.iter().map(|node| name(node).and_then(|name| left.remove(&name))).collect();
    let mut gone: Vec<usize> = left.into_values().collect();
    gone.sort_unstable();
    Pairs { was, gone, by_name: true }
}

/// Blocks and elements without a name: those that are the same are themselves, wherever they went, and the others are
/// taken in their order.
fn by_value(old: &[Rc<Node>], new: &[Rc<Node>]) -> Pairs {
    let mut unmoved: HashMap<Sum, Vec<usize>> = HashMap::with_capacity(old.len());
    for (at, item) in old.iter().enumerate().rev() {
        unmoved.entry(item.sum).or_default().push(at);
    }
    let mut was: Vec<Option<usize>> =
        new.iter().map(|item| unmoved.get_mut(&item.sum).and_then(Vec::pop)).collect();
    let mut left: Vec<usize> = unmoved.into_values().flatten().collect();
    left.sort_unstable();
    let mut left = left.into_iter();
    for slot in was.iter_mut().filter(|slot| slot.is_none()) {
        *slot = left.next();
    }
    Pairs { was, gone: left.collect(), by_name: false }
}

/// Which of several one is: the same value, else the same name, else the first.
fn position_of(one: &Node, several: &[Rc<Node>]) -> usize {
    let same = |item: &Rc<Node>| item.sum == one.sum;
    let named = |item: &Rc<Node>| {
        IDENTITY_KEYS.iter().any(|key| {
            let name = one.get(key).and_then(|name| identity(name));
            name.is_some() && name == item.get(key).and_then(|name| identity(name))
        })
    };
    several.iter().position(same).or_else(|| several.iter().position(named)).unwrap_or(0)
}

/// What tells an item apart: text, or a whole number.
fn identity(node: &Node) -> Option<(&str, bool)> {
    match &node.value {
        Value::Leaf(ScalarKind::Text, text) => Some((text, true)),
        Value::Leaf(ScalarKind::Integer, text) => Some((text, false)),
        Value::Leaf(..) | Value::List(_) | Value::Map(_) => None,
    }
}

/// Documents of cluster manifests are told apart by what they describe.
fn document_name(node: &Node) -> Option<[Option<&str>; 4]> {
    let metadata = node.get("metadata")?;
    Some([
        node.get("apiVersion").and_then(|value| value.is_text()),
        Some(node.get("kind")?.is_text()?),
        metadata.get("namespace").and_then(|value| value.is_text()),
        Some(metadata.get("name")?.is_text()?),
    ])
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

/// How many there are of what may be there several times.
fn count(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => items.len(),
        Value::Leaf(ScalarKind::EmptyList, _) => 0,
        Value::Leaf(..) | Value::Map(_) => 1,
    }
}

fn sorted(items: &[Rc<Node>]) -> Vec<Sum> {
    let mut sums: Vec<Sum> = items.iter().map(|item| item.sum).collect();
    sums.sort_unstable();
    sums
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

/// The odd places of a side in groups, each with the whole line it stands on.
fn by_line<'t>(side: &SideOf<'t>) -> Vec<(&'t str, &'t [OddText])> {
    let (mut groups, mut rest, text) = (Vec::new(), side.tree.odd.as_slice(), side.text);
    while let Some(first) = rest.first() {
        let at = first.at.start;
        let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length);
        let here = rest.partition_point(|odd| odd.at.start <= end);
        let Some((group, later)) = rest.split_at_checked(here.max(1)) else { break };
        groups.push((text.get(start..end).unwrap_or_default(), group));
        rest = later;
    }
    groups
}

fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
