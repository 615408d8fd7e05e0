//! Files of a range of commits into the comparison. What version control keeps of a file beside its bytes is
//! an entry of its own, format `git`: its mode (`/mode`), a link's target (`/target`), a submodule's commit
//! (`/commit`).
//!
//! Bytes are compared as everywhere else. What would have been read leaf by leaf and cannot be (a link, a Git
//! LFS pointer, a file that is too large) is a doubt; what would have been opaque anyway stays opaque. `git`
//! calls it.

use interlock_model::{Edit, EditOp, FileChange, FileOp, Scalar, ScalarKind, Side};

use super::{Names, blank, kib, op};
use crate::error::shown;

pub(crate) use steps::compare_steps;

mod steps;

/// Bytes of the longest Git LFS pointer, by its specification.
const POINTER_BYTES_MAX: usize = 1024;
/// How one begins: its specification's address, and the one from before it had that name.
const POINTER_STARTS: [&[u8]; 2] =
    [b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/"];

/// How git writes that a path is a symbolic link.
const LINK_MODE: &str = "120000";

/// What a path holds on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// A regular file.
    Bytes(Vec<u8>),
    /// A symbolic link, with the path it holds. It was not followed.
    Link(Vec<u8>),
    /// A file or a link of more bytes than are read: this many.
    TooLarge(u64),
    /// A commit of another repository.
    Submodule,
}

/// One side of a path.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    /// As git writes it: `100755`.
    pub(crate) mode: &'static str,
    /// What names the content, or a submodule's commit.
    pub(crate) id: String,
    pub(crate) held: Held,
}

/// One path of a range. On one side at least, something is there.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// After the change, as bytes: it may be no UTF-8.
    pub(crate) path: Vec<u8>,
    /// Before a rename.
    pub(crate) previous: Option<Vec<u8>>,
    pub(crate) before: Option<Version>,
    pub(crate) after: Option<Version>,
}

/// Whether these bytes only say where Git LFS keeps a file.
pub(crate) fn is_lfs_pointer(bytes: &[u8]) -> bool {
    let has_id = || bytes.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"oid sha256:"));
    bytes.len() <= POINTER_BYTES_MAX
        && POINTER_STARTS.iter().any(|start| bytes.starts_with(start))
        && has_id()
}

/// What can be done with one side.
enum Judged<'v> {
    /// Its bytes are what a reader of the file sees.
    Bytes(&'v [u8]),
    /// They are not; what was found, and what to do. In a format that is read leaf by leaf, that is a doubt.
    Elsewhere(String, &'static str),
    /// A link: a doubt whatever the name, for a folder may be behind it.
    Link(String),
    Submodule,
}

impl Version {
    fn judged(&self) -> Judged<'_> {
        match &self.held {
            Held::Bytes(bytes) if is_lfs_pointer(bytes) => Judged::Elsewhere(
                "a pointer of Git LFS, which does not hold the file".into(),
                "commit the file itself; what is judged by its values should not be in Git LFS",
            ),
            Held::Bytes(bytes) => Judged::Bytes(bytes),
            Held::TooLarge(bytes) if !self.is_file() => {
                Judged::Link(format!("a symbolic link of {bytes} bytes"))
            }
            Held::Link(target) => {
                Judged::Link(format!("a symbolic link to {}", shown(&String::from_utf8_lossy(target))))
            }
            Held::TooLarge(bytes) => Judged::Elsewhere(
                format!("{bytes} bytes, more than the {} (8 MiB) that are read", super::FILE_BYTES_MAX),
                "split it; what is built from sources need not be judged by its values",
            ),
            Held::Submodule => Judged::Submodule,
        }
    }

    /// KiB, rounded up.
    fn size(&self) -> Option<u32> {
        match &self.held {
            Held::Bytes(bytes) => Some(kib(bytes)),
            Held::TooLarge(bytes) => Some(u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX)),
            Held::Link(_) | Held::Submodule => None,
        }
    }

    fn is_file(&self) -> bool {
        match self.held {
            Held::Bytes(_) => true,
            Held::TooLarge(_) => self.mode != LINK_MODE,
            Held::Link(_) | Held::Submodule => false,
        }
    }

    fn target(&self) -> Option<Scalar> {
        match &self.held {
            Held::Link(target) => Some(text(&String::from_utf8_lossy(target))),
            Held::Bytes(_) | Held::TooLarge(_) | Held::Submodule => None,
        }
    }

    fn commit(&self) -> Option<Scalar> {
        match &self.held {
            Held::Submodule => Some(text(&self.id)),
            Held::Bytes(_) | Held::Link(_) | Held::TooLarge(_) => None,
        }
    }
}

impl Step {
    fn sides(&self) -> [(Side, Option<&Version>); 2] {
        [(Side::Before, self.before.as_ref()), (Side::After, self.after.as_ref())]
    }

    /// Its path and the one before, if a report can write them.
    fn names(&self) -> Option<Names> {
        let path = String::from_utf8(self.path.clone()).ok()?;
        let previous = self.previous.clone().map(String::from_utf8).transpose().ok()?;
        let before = previous.clone().unwrap_or_else(|| path.clone());
        Some(Names { after: path.clone(), path, previous, before })
    }

    fn op(&self) -> FileOp {
        if self.previous.is_some() {
            FileOp::Renamed
        } else {
            op(self.before.is_some(), self.after.is_some())
        }
    }

    /// Whether it is the same file with the same bytes under the same name.
    fn is_mode_only(&self) -> bool {
        let (Some(before), Some(after)) = (&self.before, &self.after) else { return false };
        self.previous.is_none() && before.id == after.id && before.is_file() && after.is_file()
    }

    /// The file's entry, with nothing compared yet.
    fn listed(&self, names: &Names) -> FileChange {
        FileChange {
            previous_path: names.previous.clone(),
            size_before_kib: self.before.as_ref().and_then(Version::size),
            size_after_kib: self.after.as_ref().and_then(Version::size),
            ..blank(&names.path, self.op())
        }
    }

    /// What version control keeps of the path beside a file's bytes, where it differs.
    fn kept_edits(&self) -> Vec<Edit> {
        let each = |value: fn(&Version) -> Option<Scalar>| {
            (self.before.as_ref().and_then(value), self.after.as_ref().and_then(value))
        };
        let modes = match (&self.before, &self.after) {
            (Some(before), Some(after)) => (Some(text(before.mode)), Some(text(after.mode))),
            (None | Some(_), None) | (None, Some(_)) => (None, None),
        };
        let found =
            [("/mode", modes), ("/target", each(Version::target)), ("/commit", each(Version::commit))];
        found.into_iter().filter_map(|(pointer, (before, after))| edit(pointer, before, after)).collect()
    }
}

fn text(text: &str) -> Scalar {
    Scalar { kind: ScalarKind::Text, text: text.to_owned() }
}

/// Only if the two differ.
fn edit(pointer: &str, before: Option<Scalar>, after: Option<Scalar>) -> Option<Edit> {
    let op = match (&before, &after) {
        (Some(before), Some(after)) if before != after => EditOp::Replace,
        (None, Some(_)) => EditOp::Add,
        (Some(_), None) => EditOp::Remove,
        (Some(_), Some(_)) | (None, None) => return None,
    };
    Some(Edit { pointer: pointer.to_owned(), op, before, after, line: None })
}
