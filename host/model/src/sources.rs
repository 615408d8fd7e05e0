//! Where each value of a document stood, so that a finding can point at a line.

use std::collections::BTreeMap;

use crate::Pointer;

/// A document as it was read: its name, its text, and the span of every key and value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// The name it was opened by, for people. Hostile in a checkout: escape it.
    pub name: String,
    /// The whole text.
    pub text: String,
    spans: BTreeMap<Pointer, Origin>,
}

/// Where one value stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The key that names it, or the value itself where there is no key (list items, the root).
    pub key: Span,
    /// The value.
    pub value: Span,
}

/// A stretch of a document. Bytes for machines, line and column for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First byte, from 0.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Line of the first byte, from 1.
    pub line: u32,
    /// Column of the first byte in characters (Unicode scalar values), from 1.
    pub column: u32,
}

impl Sources {
    /// A document with nothing placed yet.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), spans: BTreeMap::new() }
    }

    /// Notes where a value stood.
    pub fn place(&mut self, pointer: Pointer, origin: Origin) {
        self.spans.insert(pointer, origin);
    }

    /// Forgets where a value and everything below it stood: what is said there is not what is judged.
    pub fn forget(&mut self, pointer: &Pointer) {
        self.spans.retain(|placed, _| !placed.is_within(pointer));
    }

    /// Forgets where one value stood; what lies below it keeps its place.
    pub fn forget_only(&mut self, pointer: &Pointer) {
        self.spans.remove(pointer);
    }

    /// Where each value stood.
    pub fn places(&self) -> impl Iterator<Item = (&Pointer, Origin)> {
        self.spans.iter().map(|(pointer, origin)| (pointer, *origin))
    }

    /// Where a value stood.
    pub fn find(&self, pointer: &Pointer) -> Option<Origin> {
        self.spans.get(pointer).copied()
    }

    /// Where a value stood, or its nearest parent that is there. The flag says whether it was the value itself.
    /// A document that was never placed gives its first line.
    pub fn nearest(&self, pointer: &Pointer) -> (Origin, bool) {
        let mut at = pointer.clone();
        let mut exact = true;
        loop {
            if let Some(origin) = self.find(&at) {
                return (origin, exact);
            }
            exact = false;
            match at.parent() {
                Some(parent) => at = parent,
                None => {
                    let top = Span { start: 0, end: 0, line: 1, column: 1 };
                    return (Origin { key: top, value: top }, false);
                }
            }
        }
    }
}

/// Whether anybody said what sort of change it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindOrigin {
    /// Its author, a tool or the caller did.
    Said,
    /// Nobody did, so it is called what most changes are. A policy for another kind is asked all the same.
    Assumed,
}

/// A change document that was read: what it says, where it says it, and the digest of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeDocument {
    /// What it says.
    pub change: crate::Change,
    /// Whether it says its kind.
    pub kind_origin: KindOrigin,
    /// Where it says it.
    pub sources: Sources,
    /// SHA-256 of the bytes that were read. The decision binds it.
    pub digest: crate::Digest,
    /// What was read of the files that change. Empty: none were given.
    pub payload: crate::Payload,
    /// Version of the time zone database that its times were resolved with (`interlock_inputs::tzdb_version`).
    pub tzdb: String,
}
