//! Changed files that were read: where their values stand, and what was wrong with them.

use std::collections::BTreeMap;

use crate::{Digest, Origin, Pointer, Sources, Span};

/// What was read of the files that change, beside what the change says of them in `files`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// Files by path, as in `files`.
    pub files: BTreeMap<String, FileSources>,
    /// What cannot be judged by its values.
    pub doubts: Vec<Doubt>,
    /// Paths of files that differ and were not read leaf by leaf: in no format that is, or templates of one.
    pub opaque: Vec<String>,
    /// Where facts of the change stand that were read from a file and not from the change document: a rollout manifest,
    /// a plan, a report of tests. Pointers are into the change.
    pub facts: BTreeMap<Pointer, FactPlace>,
    /// SHA-256 over every path and all bytes of both sides. Absent: no files were read.
    pub digest: Option<Digest>,
}

/// Both sides of one file. Absent: it was not there, or it is no text. Of a text that was not read leaf by leaf, the lines
/// that changed are placed, under their index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSources {
    /// Before the change.
    pub before: Option<Sources>,
    /// After the change.
    pub after: Option<Sources>,
}

/// Where a fact of the change was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactPlace {
    /// The file's path, as in [`Payload::files`]; always the side after the change.
    pub path: String,
    /// Where in it.
    pub origin: Origin,
}

/// Before or after the change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Before the change.
    Before,
    /// After the change.
    #[default]
    After,
}

impl Side {
    /// The word people use for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// A place in a changed file that cannot be judged by its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What sort.
    pub kind: DoubtKind,
    /// The file's path, as in `files`.
    pub path: String,
    /// On which side.
    pub side: Side,
    /// Where.
    pub span: Span,
    /// What was found and what was expected. Holds the file's own words: escape it.
    pub message: String,
    /// The next step.
    pub help: String,
}

/// Why a place in a changed file cannot be judged by its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DoubtKind {
    /// Two readers read different values there.
    Ambiguous,
    /// It is not well-formed, or larger than is read.
    Unreadable,
    /// It is a template, and no values before it is rendered. Its lines were compared.
    Template,
    /// Another source says something else of the same fact.
    Disagreement,
    /// The file is one that judges changes like this one.
    GateEdited,
    /// Two states were compared, and no file differs between them.
    NothingChanged,
}
