//! The tree of an inspected file, one type for all formats: leaves as the source wrote them, each with its bytes.
//!
//! Unlike `node.rs`, it holds whatever configuration holds. Aliased values are shared, and counted as often as they are
//! written, so that a file that doubles itself is given up before it is unfolded.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use interlock_model::{Origin, Pointer, ScalarKind, Sources};
use sha2::Digest as _;

use super::lines::Lines;
use super::odd::{Odd, OddText, Unread, is_unseen_key};

/// Maps and lists inside each other. Recursion here is bounded by this number.
pub(super) const DEPTH_MAX: usize = 64;
/// Values in one file, aliased ones as often as they are used. YAML of 5 MiB has 400,000 to 480,000.
pub(super) const NODES_MAX: usize = 500_000;
/// Bytes of all pointers of one file: long keys, deep down, many times.
const POINTER_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// The tag of a list that is no list in its file: one key or element that is there several times.
const REPEATED: &str = "repeated";

/// Bytes of the text. Files have at most 8 MiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct At {
    start: u32,
    end: u32,
}

impl At {
    pub(super) fn new(bytes: Range<usize>) -> Self {
        let narrow = |byte| u32::try_from(byte).unwrap_or(u32::MAX);
        Self { start: narrow(bytes.start), end: narrow(bytes.end) }
    }

    pub(super) fn bytes(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(super) fn until(self, end: Self) -> Self {
        Self { start: self.start, end: end.end.max(self.end) }
    }
}

/// What a value comes to, for comparing: two values with one sum are the same value, oddities included.
pub(super) type Sum = [u8; 16];

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) at: At,
    pub(super) value: Value,
    /// The tag of a map or list, or what kind of text a leaf is: told apart though both are written alike.
    pub(super) tag: Option<Rc<str>>,
    pub(super) odd: Option<Odd>,
    pub(super) sum: Sum,
    /// Values in it, itself included.
    size: usize,
    /// Levels below it.
    height: usize,
    /// Bytes of the pointers from here to everything below.
    paths: u64,
}

/// What a value is. Maps and lists here are never empty: those are leaves.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Leaf(ScalarKind, Rc<str>),
    List(Vec<Rc<Node>>),
    Map(Vec<Entry>),
}

/// One key of a map, and its value. The keys of a map differ.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: Rc<str>,
    pub(super) key_at: At,
    pub(super) odds: Vec<Odd>,
    /// What other readers see under this key.
    pub(super) hidden: Option<Sum>,
    pub(super) value: Rc<Node>,
}

/// A file that was read.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Its documents. One, but for YAML.
    pub(super) roots: Vec<Rc<Node>>,
    /// What is odd about the text between the values.
    pub(super) odd: Vec<OddText>,
}

/// Counts values while a tree grows.
#[derive(Default)]
pub(super) struct Budget {
    nodes: usize,
}

impl Budget {
    fn take(&mut self, nodes: usize, at: At) -> Result<(), Unread> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > NODES_MAX { Err(too_many(at.bytes())) } else { Ok(()) }
    }

    pub(super) fn leaf(&mut self, at: At, leaf: Leaf) -> Result<Rc<Node>, Unread> {
        self.take(1, at)?;
        let Leaf { kind, text, tag, odd } = leaf;
        let mut hash = sha2::Sha256::new();
        hash.update([0, kind_byte(kind)]);
        hash_odd(&mut hash, odd);
        hash_text(&mut hash, tag.as_deref());
        hash_text(&mut hash, Some(&text));
        let value = Value::Leaf(kind, text);
        Ok(Rc::new(Node { at, value, tag, odd, sum: sum_of(hash), size: 1, height: 0, paths: 0 }))
    }

    pub(super) fn list(&mut self, at: At, items: Vec<Rc<Node>>, tag: Tagged) -> Result<Rc<Node>, Unread> {
        if items.is_empty() {
            return self.leaf(at, Leaf::empty(ScalarKind::EmptyList, tag));
        }
        self.take(1, at)?;
        let mut hash = head(1, &tag);
        items.iter().for_each(|item| hash.update(item.sum));
        let sum = sum_of(hash);
        let shape = Shape::of(items.iter().enumerate().map(|(index, item)| (digits(index), &**item)));
        Ok(Rc::new(shape.node(at, Value::List(items), tag, sum)))
    }

    pub(super) fn map(&mut self, at: At, entries: Vec<Entry>, tag: Tagged) -> Result<Rc<Node>, Unread> {
        if entries.is_empty() {
            return self.leaf(at, Leaf::empty(ScalarKind::EmptyMap, tag));
        }
        self.take(1, at)?;
        let entries = distinct(entries);
        let mut by_key: Vec<_> = entries.iter().collect();
        by_key.sort_by(|a, b| a.key.cmp(&b.key));
        let mut hash = head(2, &tag);
        by_key.into_iter().for_each(|entry| hash_entry(&mut hash, entry));
        let sum = sum_of(hash);
        let shape = Shape::of(entries.iter().map(|entry| (escaped_len(&entry.key), &*entry.value)));
        Ok(Rc::new(shape.node(at, Value::Map(entries), tag, sum)))
    }

    /// What stands under one key in a format without lists: the value, or all of them if there are several.
    pub(super) fn several(&mut self, mut values: Vec<Rc<Node>>) -> Result<Rc<Node>, Unread> {
        match (values.first().map(|value| value.at), values.last().map(|value| value.at)) {
            (Some(first), Some(last)) if values.len() > 1 => {
                let tag = Tagged { text: Some(REPEATED.into()), odd: None };
                self.list(first.until(last), values, tag)
            }
            (None | Some(_), _) => match values.pop() {
                Some(value) => Ok(value),
                None => self.map(At::default(), Vec::new(), Tagged::default()),
            },
        }
    }

    /// The value an alias stands for, at the alias.
    pub(super) fn alias(&mut self, at: At, depth: usize, target: &Node) -> Result<Rc<Node>, Unread> {
        self.take(target.size, at)?;
        if depth + target.height > DEPTH_MAX {
            return Err(too_deep(at.bytes()));
        }
        Ok(Rc::new(Node { at, ..target.clone() }))
    }

    /// A value that was taken for a key after all: what counts is the value it names.
    pub(super) fn is_key(&mut self, key: &Node) {
        self.nodes = self.nodes.saturating_sub(key.size);
    }

    /// What a merge copies into a map.
    pub(super) fn merged(&mut self, at: At, value: &Node) -> Result<(), Unread> {
        self.take(value.size, at)
    }
}

/// A scalar as it is put into a tree.
pub(super) struct Leaf {
    pub(super) kind: ScalarKind,
    pub(super) text: Rc<str>,
    pub(super) tag: Option<Rc<str>>,
    pub(super) odd: Option<Odd>,
}

impl Leaf {
    /// A scalar. The text of nulls is dropped, and booleans are written the one way.
    pub(super) fn new(kind: ScalarKind, text: &str, odd: Option<Odd>) -> Self {
        let text: Rc<str> = match kind {
            ScalarKind::Null | ScalarKind::EmptyMap | ScalarKind::EmptyList => "".into(),
            ScalarKind::Boolean => text.to_ascii_lowercase().into(),
            ScalarKind::Integer | ScalarKind::Decimal | ScalarKind::Text => text.into(),
        };
        Self { kind, text, tag: None, odd }
    }

    fn empty(kind: ScalarKind, tag: Tagged) -> Self {
        Self { kind, text: tag.text.clone().unwrap_or_else(|| "".into()), tag: tag.text, odd: tag.odd }
    }
}

/// The tag of a map or list, and whether readers differ about it.
#[derive(Default)]
pub(super) struct Tagged {
    pub(super) text: Option<Rc<str>>,
    pub(super) odd: Option<Odd>,
}

impl Entry {
    /// A key with the oddities that lie in how it is written.
    pub(super) fn new(key: &str, key_at: At, odd: Option<Odd>, value: Rc<Node>) -> Self {
        let unseen = is_unseen_key(key).then_some(Odd::UnseenKey);
        let nul = key.contains('\0').then_some(Odd::Nul);
        let odds = [odd, unseen, nul].into_iter().flatten().collect();
        Self { key: key.into(), key_at, odds, hidden: None, value }
    }
}

impl Node {
    /// A text in the place of this value. It keeps the value's sum: that a hidden value differs must still be seen.
    pub(super) fn replaced(&self, text: &str, tag: &str) -> Self {
        let value = Value::Leaf(ScalarKind::Text, text.into());
        let (tag, at, sum) = (Some(tag.into()), self.at, self.sum);
        Self { at, value, tag, odd: None, sum, size: 1, height: 0, paths: 0 }
    }

    pub(super) fn is_text(&self) -> Option<&str> {
        match &self.value {
            Value::Leaf(ScalarKind::Text, text) => Some(text),
            Value::Leaf(..) | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Whether it is one key or element that is there several times, not a list of the file's own.
    pub(super) fn is_repeated(&self) -> bool {
        matches!(self.value, Value::List(_)) && self.tag.as_deref() == Some(REPEATED)
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Rc<Node>> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| &*entry.key == key).map(|entry| &entry.value),
            Value::Leaf(..) | Value::List(_) => None,
        }
    }
}

/// Sizes of a map or list, from those of what is in it.
struct Shape {
    size: usize,
    height: usize,
    paths: u64,
}

impl Shape {
    fn of<'n>(below: impl Iterator<Item = (usize, &'n Node)>) -> Self {
        let mut shape = Self { size: 1, height: 0, paths: 0 };
        for (token, node) in below {
            let tokens = (token as u64 + 1).saturating_mul(node.size as u64);
            shape.size = shape.size.saturating_add(node.size);
            shape.height = shape.height.max(node.height + 1);
            shape.paths = shape.paths.saturating_add(tokens).saturating_add(node.paths);
        }
        shape
    }

    fn node(self, at: At, value: Value, tag: Tagged, sum: Sum) -> Node {
        let Self { size, height, paths } = self;
        Node { at, value, tag: tag.text, odd: tag.odd, sum, size, height, paths }
    }
}

/// The last of each key, as most readers have it that take a second one; what the others see goes into `hidden`.
fn distinct(entries: Vec<Entry>) -> Vec<Entry> {
    let mut at: HashMap<Rc<str>, usize> = HashMap::with_capacity(entries.len());
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for mut entry in entries {
        let Some(first) = at.get(&entry.key).and_then(|first| kept.get_mut(*first)) else {
            at.insert(Rc::clone(&entry.key), kept.len());
            kept.push(entry);
            continue;
        };
        entry.hidden = Some(joined([first.hidden, Some(first.value.sum), entry.hidden]));
        if !entry.odds.contains(&Odd::Duplicate) {
            entry.odds.push(Odd::Duplicate);
        }
        *first = entry;
    }
    kept
}

/// One sum of several.
pub(super) fn joined(sums: impl IntoIterator<Item = Option<Sum>>) -> Sum {
    let mut hash = sha2::Sha256::new();
    for sum in sums {
        hash.update([u8::from(sum.is_some())]);
        hash.update(sum.unwrap_or_default());
    }
    sum_of(hash)
}

fn head(sort: u8, tag: &Tagged) -> sha2::Sha256 {
    let mut hash = sha2::Sha256::new();
    hash.update([sort]);
    hash_odd(&mut hash, tag.odd);
    hash_text(&mut hash, tag.text.as_deref());
    hash
}

fn hash_entry(hash: &mut sha2::Sha256, entry: &Entry) {
    hash_text(hash, Some(&entry.key));
    hash.update((entry.odds.len() as u64).to_le_bytes());
    entry.odds.iter().for_each(|odd| hash_odd(hash, Some(*odd)));
    hash.update([u8::from(entry.hidden.is_some())]);
    hash.update(entry.hidden.unwrap_or_default());
    hash.update(entry.value.sum);
}

fn hash_text(hash: &mut sha2::Sha256, text: Option<&str>) {
    hash.update([u8::from(text.is_some())]);
    let text = text.unwrap_or_default();
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text);
}

fn hash_odd(hash: &mut sha2::Sha256, odd: Option<Odd>) {
    let name = odd.map(|odd| format!("{odd:?}"));
    hash_text(hash, name.as_deref());
}

fn sum_of(hash: sha2::Sha256) -> Sum {
    hash.finalize().first_chunk().copied().unwrap_or_default()
}

fn kind_byte(kind: ScalarKind) -> u8 {
    match kind {
        ScalarKind::Null => 0,
        ScalarKind::Boolean => 1,
        ScalarKind::Integer => 2,
        ScalarKind::Decimal => 3,
        ScalarKind::Text => 4,
        ScalarKind::EmptyMap => 5,
        ScalarKind::EmptyList => 6,
    }
}

/// Digits of an index.
fn digits(index: usize) -> usize {
    index.checked_ilog10().unwrap_or(0) as usize + 1
}

fn escaped_len(key: &str) -> usize {
    key.len() + key.bytes().filter(|b| matches!(b, b'~' | b'/')).count()
}

pub(super) fn too_deep(at: Range<usize>) -> Unread {
    let found = format!("maps and lists more than {DEPTH_MAX} deep");
    Unread::bound(at, found, "look for brackets that were never closed; nothing deeper is read")
}

pub(super) fn too_many(at: Range<usize>) -> Unread {
    let found = format!("more than {NODES_MAX} values, aliased ones counted each time");
    Unread::bound(at, found, "split the file; nothing larger is read value by value")
}

impl Tree {
    /// Whether all pointers of the tree can be written out.
    pub(super) fn check_pointers(&self) -> Result<(), Unread> {
        let bytes = self.roots.iter().fold(0_u64, |sum, root| {
            sum.saturating_add(root.paths).saturating_add((root.size as u64).saturating_mul(8))
        });
        if bytes <= POINTER_BYTES_MAX {
            return Ok(());
        }
        let found =
            format!("keys of {bytes} bytes when each is written out, expected {POINTER_BYTES_MAX} at most");
        Err(Unread::bound(0..0, found, "shorten the keys, or split the file"))
    }

    /// Values in all documents.
    pub(super) fn size(&self) -> usize {
        self.roots.iter().fold(0, |sum, root| sum.saturating_add(root.size))
    }

    /// Notes where everything stands.
    pub(super) fn place(&self, sources: &mut Sources, lines: &Lines<'_>, numbered: bool) {
        if numbered {
            let whole = lines.span(0..sources.text.len());
            sources.place(Pointer::root(), Origin { key: whole, value: whole });
        }
        for (index, root) in self.roots.iter().enumerate() {
            let at = if numbered { Pointer::root().child(&index.to_string()) } else { Pointer::root() };
            place_node(sources, lines, at, root.at, root);
        }
    }
}

fn place_node(sources: &mut Sources, lines: &Lines<'_>, at: Pointer, key: At, node: &Node) {
    match &node.value {
        Value::Leaf(..) => {}
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                place_node(sources, lines, at.child(&index.to_string()), item.at, item);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                place_node(sources, lines, at.child(&entry.key), entry.key_at, &entry.value);
            }
        }
    }
    sources.place(at, Origin { key: lines.span(key.bytes()), value: lines.span(node.at.bytes()) });
}
