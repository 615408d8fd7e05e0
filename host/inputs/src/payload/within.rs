//! Two states of one thing that both stand in one document: the `object` and the `oldObject` of an event.
//!
//! The lines of an edit are those of the document that holds both, because that is the file somebody can open. Which
//! parts of the document are the two states is for the adapter to say; what differs is found by `diff`, as in any file.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use interlock_model::{FileChange, FileSources, Side, Sources};

use super::diff::{self, Allowance, SideOf};
use super::foreign::{Foreign, Seen};
use super::odd::{Odd, OddText};
use super::tree::{At, Budget, Entry, Node, Tagged, Tree, Value};
use super::walk::Content;
use super::{Compared, Comparison, blank, kib, op};
use crate::error::shown;

/// The two states, and the document they stand in.
pub(crate) struct States<'f> {
    /// What they are states of, as in `files`.
    pub(crate) path: &'f str,
    /// The document's name, for people.
    pub(crate) name: &'f str,
    /// The document.
    pub(crate) foreign: &'f Foreign<'f>,
    /// The bytes the digest is made of: those of the document, or those it was masked from.
    pub(crate) raw: &'f [u8],
    /// Before the change. `None`: it was not there.
    pub(crate) before: Option<Seen<'f>>,
    /// After it.
    pub(crate) after: Option<Seen<'f>>,
    /// Keys below the state of a part that is not compared.
    pub(crate) left_out: &'f [&'f str],
}

/// What differs between the two. States that are alike, but for what is left out, give no file.
pub(crate) fn compare_within(states: &States<'_>) -> Compared {
    let mut compared = Comparison::new(shown(states.name));
    compared.hash(states.path.as_bytes(), [&states.content(states.before), &states.content(states.after)]);
    let (before, after) = (states.root(states.before), states.root(states.after));
    if before.as_ref().map(|root| root.sum) != after.as_ref().map(|root| root.sum) {
        states.compare(&mut compared, before, after);
    }
    compared.done()
}

impl<'f> States<'f> {
    fn bytes(&self, state: Seen<'_>) -> &'f [u8] {
        self.raw.get(state.node.at.bytes()).unwrap_or_default()
    }

    fn content(&self, state: Option<Seen<'_>>) -> Option<Content> {
        state.map(|state| Content::Bytes(self.bytes(state).to_vec()))
    }

    fn root(&self, state: Option<Seen<'_>>) -> Option<Rc<Node>> {
        state.map(|state| without(state.node, self.left_out))
    }

    fn compare(&self, compared: &mut Comparison, before: Option<Rc<Node>>, after: Option<Rc<Node>>) {
        let size = |state: Option<Seen<'_>>| state.map(|state| kib(self.bytes(state)));
        let mut change = FileChange {
            format: Some("json".to_owned()),
            size_before_kib: size(self.before),
            size_after_kib: size(self.after),
            ..blank(self.path, op(before.is_some(), after.is_some()))
        };
        let odd = self.new_odd(before.as_ref(), after.as_ref());
        let (before, after) = (before.map(|root| tree(root, Vec::new())), after.map(|root| tree(root, odd)));
        let sources = FileSources {
            before: before.as_ref().map(|tree| self.sources(tree)),
            after: after.as_ref().map(|tree| self.sources(tree)),
        };
        let fit = [(Side::Before, &before), (Side::After, &after)]
            .map(|(side, tree)| self.fits(compared, side, tree.as_ref()));
        if fit == [true, true] {
            self.differences(compared, &mut change, before.as_ref(), after.as_ref());
        }
        compared.payload.files.insert(self.path.to_owned(), sources);
        compared.files.push(change);
    }

    fn differences(
        &self,
        compared: &mut Comparison,
        change: &mut FileChange,
        before: Option<&Tree>,
        after: Option<&Tree>,
    ) {
        let view = |tree| SideOf { tree, text: self.foreign.text, lines: &self.foreign.lines };
        let (before, after) = (before.map(view), after.map(view));
        let mut allowance = Allowance::default();
        let found = diff::diff(self.path, before.as_ref(), after.as_ref(), false, &mut allowance);
        compared.payload.doubts.extend(found.doubts);
        change.edits = Some(found.edits);
        change.lists = Some(found.lists);
        change.omitted_edits = found.omitted;
    }

    /// Whether its pointers can be written out. If not, that is a doubt.
    fn fits(&self, compared: &mut Comparison, side: Side, tree: Option<&Tree>) -> bool {
        let Some((tree, root)) = tree.and_then(|tree| Some((tree, tree.roots.first()?))) else { return true };
        let Err(unread) = tree.check_pointers() else { return true };
        let span = self.foreign.lines.span(root.at.bytes());
        compared.payload.doubts.push(unread.doubt(self.path, side, span));
        false
    }

    /// Nothing is placed of a state whose pointers are too long to be written out.
    fn sources(&self, tree: &Tree) -> Sources {
        let mut sources = Sources::new(self.name, self.foreign.text);
        if tree.check_pointers().is_ok() {
            tree.place(&mut sources, &self.foreign.lines, false);
        }
        sources
    }

    /// Odd characters of the later state that did not stand in the same text before. Lines are no measure here: a machine
    /// writes its events on one.
    fn new_odd(&self, before: Option<&Rc<Node>>, after: Option<&Rc<Node>>) -> Vec<OddText> {
        let mut known: HashMap<(&str, Odd), usize> = HashMap::new();
        for (odd, text) in self.odd_in(before) {
            *known.entry((text, odd.odd)).or_default() += 1;
        }
        let mut is_new = |odd: &OddText, text| match known.get_mut(&(text, odd.odd)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            Some(_) | None => true,
        };
        self.odd_in(after).into_iter().filter(|(odd, text)| is_new(odd, text)).map(|(odd, _)| odd).collect()
    }

    /// Odd characters of a state, each with the key or value it stands in.
    fn odd_in(&self, root: Option<&Rc<Node>>) -> Vec<(OddText, &'f str)> {
        let Some(root) = root else { return Vec::new() };
        let state = root.at.bytes();
        let mut tokens = Vec::new();
        tokens_of(root, &mut tokens);
        tokens.sort_unstable_by_key(|token| token.start);
        let odd = self.foreign.tree.odd.iter().filter(|odd| state.contains(&odd.at.start));
        odd.filter_map(|odd| {
            let at = tokens.partition_point(|token| token.start <= odd.at.start).checked_sub(1)?;
            let token = tokens.get(at).filter(|token| token.contains(&odd.at.start))?;
            Some((OddText { odd: odd.odd, at: odd.at.clone() }, self.foreign.text.get(token.clone())?))
        })
        .collect()
    }
}

fn tree(root: Rc<Node>, odd: Vec<OddText>) -> Tree {
    Tree { roots: vec![root], odd }
}

/// Bytes of all keys and leaves. They do not overlap: JSON has no aliases.
fn tokens_of(node: &Node, tokens: &mut Vec<Range<usize>>) {
    match &node.value {
        Value::Leaf(..) => tokens.push(node.at.bytes()),
        Value::List(items) => items.iter().for_each(|item| tokens_of(item, tokens)),
        Value::Map(entries) => entries.iter().for_each(|entry| {
            tokens.push(entry.key_at.bytes());
            tokens_of(&entry.value, tokens);
        }),
    }
}

/// The value without the part these keys name.
fn without(node: &Node, keys: &[&str]) -> Rc<Node> {
    let whole = || Rc::new(node.clone());
    let (Value::Map(entries), Some((key, below))) = (&node.value, keys.split_first()) else { return whole() };
    let kept: Vec<Entry> = entries
        .iter()
        .filter(|entry| !below.is_empty() || &*entry.key != *key)
        .map(|entry| if &*entry.key == *key { entry_without(entry, below) } else { entry.clone() })
        .collect();
    map(node.at, kept).unwrap_or_else(whole)
}

fn entry_without(entry: &Entry, keys: &[&str]) -> Entry {
    Entry { value: without(&entry.value, keys), ..entry.clone() }
}

/// A map of values that were counted when they were read.
fn map(at: At, entries: Vec<Entry>) -> Option<Rc<Node>> {
    Budget::default().map(at, entries, Tagged::default()).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::payload::foreign::Written;
    use interlock_model::{FileOp, Pointer};

    /// The edits of `new` against `old`, as pointer and line, and the doubts.
    fn compared(text: &str) -> Compared {
        let foreign = Foreign::read("event.json", text.as_bytes(), Written::Json).unwrap();
        let root = foreign.documents().next().unwrap();
        let state = |key| root.get(key).filter(|state| !state.is_null());
        compare_within(&States {
            path: "a/b",
            name: "event.json",
            foreign: &foreign,
            raw: text.as_bytes(),
            before: state("old"),
            after: state("new"),
            left_out: &["metadata", "managedFields"],
        })
    }

    fn edits(compared: &Compared) -> Vec<(String, Option<u32>)> {
        let edits = compared.files.iter().flat_map(|file| file.edits.iter().flatten());
        edits.map(|edit| (edit.pointer.clone(), edit.line)).collect()
    }

    #[test]
    fn lines_are_those_of_the_document() {
        let text = "{\n\"new\": {\n\"a\": 1,\n\"b\": 2\n},\n\"old\": {\n\"a\": 0,\n\"b\": 2,\n\"c\": 3\n}}";
        let found = compared(text);
        assert_eq!(edits(&found), [("/a".into(), Some(3)), ("/c".into(), Some(9))]);
        let sources = found.payload.files.get("a/b").unwrap().after.as_ref().unwrap();
        assert_eq!((sources.name.as_str(), sources.text.as_str()), ("event.json", text));
        assert_eq!(sources.find(&Pointer::new("/a")).unwrap().value.line, 3);
        assert_eq!(found.files[0].format.as_deref(), Some("json"));
    }

    #[test]
    fn what_is_there_on_one_side_only_was_added_or_removed() {
        let op = |text| compared(text).files.first().map(|file| file.op);
        assert_eq!(op(r#"{"new": {"a": 1}, "old": null}"#), Some(FileOp::Added));
        assert_eq!(op(r#"{"old": {"a": 1}}"#), Some(FileOp::Removed));
        assert_eq!(op(r#"{"old": {"a": 1}, "new": {"a": 1}}"#), None);
    }

    #[test]
    fn a_part_is_left_out_and_only_that() {
        let text = r#"{"old": {"metadata": {"name": "x", "managedFields": [1]}, "managedFields": 1},
                       "new": {"metadata": {"name": "x", "managedFields": [2]}, "managedFields": 2}}"#;
        assert_eq!(edits(&compared(text)), [("/managedFields".to_owned(), Some(2))]);
        let text = r#"{"old": {"metadata": {"managedFields": [1]}}, "new": {"metadata": {}}}"#;
        assert!(compared(text).files.is_empty());
    }

    #[test]
    fn an_odd_character_is_told_once_and_only_if_its_text_is_new() {
        let doubts = |text: &str| compared(text).payload.doubts.len();
        assert_eq!(
            doubts("{\"old\": {\"a\": \"x\u{202e}\", \"b\": 1}, \"new\": {\"a\": \"x\u{202e}\", \"b\": 2}}"),
            0
        );
        assert_eq!(doubts("{\"old\": {\"a\": \"x\u{202e}\"}, \"new\": {\"a\": \"y\u{202e}\"}}"), 1);
        assert_eq!(doubts("{\"x\": \"\u{202e}\", \"old\": {\"a\": \"y\"}, \"new\": {\"a\": \"z\"}}"), 0);
    }

    #[test]
    fn the_digest_is_of_the_bytes_of_both_states() {
        let digest = |text| compared(text).payload.digest.unwrap();
        let first = digest(r#"{"old": {"a": 1}, "new": {"a": 2}, "at": 1}"#);
        assert_eq!(first, digest(r#"{"old": {"a": 1}, "new": {"a": 2}, "at": 2}"#));
        assert_ne!(first, digest(r#"{"old": {"a": 1}, "new": {"a": 3}, "at": 1}"#));
    }
}
