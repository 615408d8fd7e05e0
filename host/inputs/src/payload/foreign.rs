//! Documents of other systems, as a view: a rollout manifest, a plan, an event. Read by the same readers as changed files,
//! so that what a finding says of one and what an adapter understood of it come from one tree.
//!
//! It holds no opinion about any system; the adapters beside `payload` have those. A key that is there twice is refused
//! here: an adapter believes one of two values, and nobody could say which one the other system believes.

use std::ops::Range;
use std::rc::Rc;

use interlock_model::{Origin, ScalarKind, Sources};

use super::lines::Lines;
use super::masked::{self, Hidden};
use super::odd::{Odd, Unread};
use super::tree::{At, Entry, Node, Tree, Value};
use super::{json, text_of, yaml};
use crate::error::{InputError, Problem, ProblemKind, shown_key};

/// How a foreign document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// One document or several, anchors and merge keys as they come.
    Yaml,
    /// JSON without comments.
    Json,
}

impl Written {
    /// By the file's name; `None` for any other extension.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        match crate::Syntax::of_name(name)? {
            crate::Syntax::Yaml => Some(Self::Yaml),
            crate::Syntax::Json => Some(Self::Json),
        }
    }
}

/// A foreign document that was read, with the place of each value.
pub(crate) struct Foreign<'t> {
    /// Its text, without a byte order mark.
    pub(crate) text: &'t str,
    pub(super) lines: Lines<'t>,
    pub(super) tree: Tree,
}

/// What a value is, before anything is asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Null,
    Scalar,
    List,
    Map,
}

/// One value of a foreign document. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'f> {
    pub(super) node: &'f Rc<Node>,
    key_at: At,
    lines: &'f Lines<'f>,
}

impl<'t> Foreign<'t> {
    /// Reads a document. `name` is for people.
    ///
    /// # Errors
    /// If it is not text, not well-formed, larger than is read, or holds a key twice in one map.
    pub(crate) fn read(name: &str, bytes: &'t [u8], written: Written) -> Result<Self, InputError> {
        let refused = |unread: Unread, span| {
            let problem = Problem::new(ProblemKind::Syntax, span, unread.message).help(unread.help);
            InputError::new(name, vec![problem])
        };
        let text = text_of(bytes).map_err(|(unread, span)| refused(unread, span))?;
        let lines = Lines::new(text);
        let tree = match written {
            Written::Yaml => yaml::read(text),
            Written::Json => json::read(text, json::Comments::Refused),
        };
        let tree = tree.map_err(|unread| {
            let span = lines.span(unread.at.clone());
            refused(unread, span)
        })?;
        let foreign = Self { text, lines, tree };
        let twice: Vec<Problem> = foreign.documents().flat_map(Seen::twice).collect();
        if twice.is_empty() { Ok(foreign) } else { Err(InputError::new(name, twice)) }
    }

    /// Takes these values out of it, for good: nobody who reads it from here on can see or show them.
    pub(crate) fn hide(&mut self, hidden: &Hidden) {
        self.tree.roots.iter_mut().for_each(|root| masked::hide_in(root, hidden));
    }

    /// The text as it may be shown, with the place of every value that is left.
    pub(crate) fn shown(&self, name: &str, hidden: &Hidden) -> Sources {
        let mut sources = Sources::new(name, hidden.mask(self.text));
        self.tree.place(&mut sources, &self.lines, self.tree.roots.len() > 1);
        sources
    }

    pub(super) fn lines(&self) -> &Lines<'t> {
        &self.lines
    }

    /// Its documents. JSON has one.
    pub(crate) fn documents(&self) -> impl Iterator<Item = Seen<'_>> {
        self.tree.roots.iter().map(|root| Seen { node: root, key_at: root.at, lines: &self.lines })
    }
}

impl<'f> Seen<'f> {
    /// The value of a key.
    pub(crate) fn get(self, key: &str) -> Option<Self> {
        self.entries().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// The value below several keys.
    pub(crate) fn at(self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self, |seen, key| seen.get(key))
    }

    /// Keys and values of a map, in the order of the document. Anything else has none.
    pub(crate) fn entries(self) -> impl Iterator<Item = (&'f str, Self)> {
        let entries: &'f [Entry] = match &self.node.value {
            Value::Map(entries) => entries,
            Value::Leaf(..) | Value::List(_) => &[],
        };
        let lines = self.lines;
        entries
            .iter()
            .map(move |entry| (&*entry.key, Self { node: &entry.value, key_at: entry.key_at, lines }))
    }

    /// Items of a list. Anything else has none.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> {
        let items = match &self.node.value {
            Value::List(items) => items.as_slice(),
            Value::Leaf(..) | Value::Map(_) => &[],
        };
        let lines = self.lines;
        items.iter().map(move |item| Self { node: item, key_at: item.at, lines })
    }

    /// A text. Numbers, booleans and nothing are none.
    pub(crate) fn text(self) -> Option<&'f str> {
        match &self.node.value {
            Value::Leaf(ScalarKind::Text, text) => Some(text),
            Value::Leaf(..) | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Any scalar as the source wrote it: `"10"`, `10` and `10%` alike. Null, an empty map and an empty list are none.
    pub(crate) fn scalar(self) -> Option<&'f str> {
        match &self.node.value {
            Value::Leaf(ScalarKind::Null | ScalarKind::EmptyMap | ScalarKind::EmptyList, _) => None,
            Value::Leaf(
                ScalarKind::Text | ScalarKind::Integer | ScalarKind::Decimal | ScalarKind::Boolean,
                text,
            ) => Some(text),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    /// A whole number, written as one.
    pub(crate) fn integer(self) -> Option<i64> {
        match &self.node.value {
            Value::Leaf(ScalarKind::Integer, text) => text.parse().ok(),
            Value::Leaf(..) | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// `true` or `false`.
    pub(crate) fn boolean(self) -> Option<bool> {
        match &self.node.value {
            Value::Leaf(ScalarKind::Boolean, text) => text.parse().ok(),
            Value::Leaf(..) | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Whether it is written as nothing: `null`, `~`, or a key without a value.
    pub(crate) fn is_null(self) -> bool {
        matches!(self.node.value, Value::Leaf(ScalarKind::Null, _))
    }

    /// What it is. An empty map is a map, an empty list a list.
    pub(crate) fn form(self) -> Form {
        match &self.node.value {
            Value::Leaf(ScalarKind::Null, _) => Form::Null,
            Value::Leaf(ScalarKind::EmptyMap, _) | Value::Map(_) => Form::Map,
            Value::Leaf(ScalarKind::EmptyList, _) | Value::List(_) => Form::List,
            Value::Leaf(
                ScalarKind::Text | ScalarKind::Integer | ScalarKind::Decimal | ScalarKind::Boolean,
                _,
            ) => Form::Scalar,
        }
    }

    /// Whether it is a map, an empty one included.
    pub(crate) fn is_map(self) -> bool {
        matches!(self.node.value, Value::Map(_) | Value::Leaf(ScalarKind::EmptyMap, _))
    }

    /// Whether it is a list, an empty one included.
    pub(crate) fn is_list(self) -> bool {
        matches!(self.node.value, Value::List(_) | Value::Leaf(ScalarKind::EmptyList, _))
    }

    /// Whether it was hidden: what it says is not what the source says.
    pub(crate) fn is_masked(self) -> bool {
        masked::stands_for_another(self.node)
    }

    /// Its bytes in the text. No two values of a JSON document have the same.
    pub(crate) fn bytes(self) -> Range<usize> {
        self.node.at.bytes()
    }

    /// Where it stands.
    pub(crate) fn origin(self) -> Origin {
        Origin { key: self.lines.span(self.key_at.bytes()), value: self.lines.span(self.node.at.bytes()) }
    }

    pub(super) fn key_at(self) -> At {
        self.key_at
    }

    /// A value of a tree that is not a foreign document's.
    pub(super) fn of_tree(node: &'f Rc<Node>, lines: &'f Lines<'f>) -> Self {
        Self { node, key_at: node.at, lines }
    }

    /// The value itself, for comparing.
    pub(super) fn node(self) -> &'f Rc<Node> {
        self.node
    }

    /// Keys that stand twice in one map, here or below.
    pub(super) fn twice(self) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.find_twice(&mut problems);
        problems
    }

    /// Recursion is bounded by the depth the readers allow.
    fn find_twice(self, problems: &mut Vec<Problem>) {
        if let Value::Map(entries) = &self.node.value {
            let twice = entries.iter().filter(|entry| entry.odds.contains(&Odd::Duplicate));
            problems.extend(twice.map(|entry| {
                let span = self.lines.span(entry.key_at.bytes());
                let found = format!("key {} a second time", shown_key(&entry.key));
                Problem::new(ProblemKind::DuplicateKey, span, found)
                    .help("remove one of the two; readers differ in which one they believe")
            }));
        }
        self.entries().for_each(|(_, below)| below.find_twice(problems));
        self.items().for_each(|below| below.find_twice(problems));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_with_their_places() {
        let text = b"---\na: {b: [1, '2', true, ~]}\n---\nc: 5%\n";
        let foreign = Foreign::read("x.yaml", text, Written::Yaml).unwrap();
        let [first, second] = foreign.documents().collect::<Vec<_>>().try_into().ok().unwrap();
        let items: Vec<_> = first.at(&["a", "b"]).unwrap().items().collect();
        assert_eq!(
            items.iter().map(|item| item.scalar()).collect::<Vec<_>>(),
            [Some("1"), Some("2"), Some("true"), None]
        );
        assert_eq!((items[0].integer(), items[1].integer(), items[1].text()), (Some(1), None, Some("2")));
        assert_eq!((items[2].boolean(), items[3].is_null()), (Some(true), true));
        let origin = second.get("c").unwrap().origin();
        assert_eq!((origin.key.line, origin.value.column), (4, 4));
        let forms = foreign_forms(b"[null, 1, {}, {a: 1}, [], [1]]");
        assert_eq!(forms, [Form::Null, Form::Scalar, Form::Map, Form::Map, Form::List, Form::List]);
        assert!(second.get("d").is_none() && second.get("c").unwrap().get("e").is_none());
    }

    fn foreign_forms(text: &[u8]) -> Vec<Form> {
        let foreign = Foreign::read("x.yaml", text, Written::Yaml).unwrap();
        foreign.documents().next().unwrap().items().map(Seen::form).collect()
    }

    #[test]
    fn a_key_twice_is_refused_wherever_it_stands() {
        let error = Foreign::read("x.json", br#"{"a": [{"b": 1, "b": 2}]}"#, Written::Json).err().unwrap();
        assert_eq!(error.problems.first().unwrap().kind, ProblemKind::DuplicateKey);
        let error = Foreign::read("x.json", b"{", Written::Json).err().unwrap();
        assert!(error.to_string().starts_with("x.json:1:"), "{error}");
    }
}
