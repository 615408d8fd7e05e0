//! What `git diff-tree` writes, into entries: which paths differ between two commits, and what lies at each
//! on both sides.
//!
//! No contents; `batch` gets those. Renames are git's own: a removed and an added file of which half is the
//! same.

use super::GitError;
use super::command::Git;

/// Removed and added files, up to which those that are only similar are paired. The work is the product of
/// the two; above it, git still pairs files that are the same. Git's own limit was this for many years.
const RENAMES_MAX: &str = "-l400";
/// Bytes of the list: some 1,500 for each of the files that may differ.
const LIST_BYTES_MAX: usize = 16 << 20;

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    File { executable: bool },
    Link,
    Submodule,
}

impl Mode {
    /// As git writes it. Files have two modes today; old commits hold others, which mean one of the two.
    pub(super) fn of(octal: &[u8]) -> Option<Self> {
        let bits = u32::from_str_radix(std::str::from_utf8(octal).ok()?, 8).ok()?;
        match bits & 0o170_000 {
            0o100_000 => Some(Self::File { executable: bits & 0o111 != 0 }),
            0o120_000 => Some(Self::Link),
            0o160_000 => Some(Self::Submodule),
            _ => None,
        }
    }

    pub(super) fn octal(self) -> &'static str {
        match self {
            Self::File { executable: false } => "100644",
            Self::File { executable: true } => "100755",
            Self::Link => "120000",
            Self::Submodule => "160000",
        }
    }
}

/// One side of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) mode: Mode,
    /// Of the blob, or of the submodule's commit.
    pub(super) id: String,
}

/// A path that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: Vec<u8>,
    /// Before a rename.
    pub(super) previous: Option<Vec<u8>>,
    pub(super) before: Option<Stored>,
    pub(super) after: Option<Stored>,
}

/// Every path that differs between two commits, at most one more than may differ.
pub(super) fn entries(git: &Git, from: &str, to: &str, files_max: usize) -> Result<Vec<Entry>, GitError> {
    let args = [
        "diff-tree",
        "-r",
        "-z",
        "--raw",
        "--no-abbrev",
        "-M",
        RENAMES_MAX,
        "--no-ext-diff",
        "--no-textconv",
        // A file of the head's own, `.gitmodules`, could ask to leave steps of submodules out.
        "--ignore-submodules=none",
        from,
        to,
        "--",
    ];
    let list = git.output(&args, Vec::new(), LIST_BYTES_MAX)?;
    parsed(&list, files_max).ok_or(GitError::Unexpected { command: "diff-tree", what: "an odd line" })
}

/// `:100644 100755 ID ID M` and a NUL, then one path, or two for a rename, each with a NUL.
fn parsed(list: &[u8], files_max: usize) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    if list.is_empty() {
        return Some(entries);
    }
    let mut fields = list.strip_suffix(b"\0")?.split(|byte| *byte == 0);
    while let Some(head) = fields.next().filter(|_| entries.len() <= files_max) {
        let mut words = head.strip_prefix(b":")?.split(|byte| *byte == b' ');
        let modes = (words.next()?, words.next()?);
        let (from, to, status) = (words.next()?, words.next()?, words.next()?);
        let (before, after) = (stored(modes.0, from)?, stored(modes.1, to)?);
        let first = path(fields.next()?)?;
        let (path, previous) = match status.first()? {
            b'R' => (path(fields.next()?)?, Some(first)),
            b'A' | b'D' | b'M' | b'T' => (first, None),
            _ => return None,
        };
        (before.is_some() || after.is_some()).then_some(())?;
        entries.push(Entry { path, previous, before, after });
    }
    Some(entries)
}

fn path(field: &[u8]) -> Option<Vec<u8>> {
    (!field.is_empty()).then(|| field.to_vec())
}

/// `None` if it makes no sense, `Some(None)` if nothing is there.
fn stored(mode: &[u8], id: &[u8]) -> Option<Option<Stored>> {
    if mode == b"000000" {
        return Some(None);
    }
    Some(Some(Stored { mode: Mode::of(mode)?, id: super::refs::id(id)? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    const NONE: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn a_list_is_read_to_its_last_byte() {
        let list = format!(":100644 100755 {A} {B} M\0-a\n\tb\0:000000 160000 {NONE} {A} A\0sub\0");
        let entries = parsed(list.as_bytes(), 9).expect("a list");
        let stored = |mode, id: &str| Some(Stored { mode, id: id.into() });
        let file = |executable| Mode::File { executable };
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].path, b"-a\n\tb");
        assert_eq!(
            (&entries[0].before, &entries[0].after),
            (&stored(file(false), A), &stored(file(true), B))
        );
        assert_eq!((&entries[1].before, &entries[1].after), (&None, &stored(Mode::Submodule, A)));
        let renamed =
            parsed(format!(":100644 120000 {A} {B} R077\0old\0new\0").as_bytes(), 9).expect("a list");
        assert_eq!(
            (renamed[0].previous.as_deref(), renamed[0].path.as_slice()),
            (Some(&b"old"[..]), &b"new"[..])
        );
        assert_eq!(parsed(b"", 9), Some(vec![]));
    }

    #[test]
    fn what_git_does_not_write_is_refused() {
        for odd in [
            "x".to_owned(),
            format!(":100644 100644 {A} {B} M\0"),
            format!(":100644 100644 {A} {B} R100\0old\0"),
            format!(":100644 100644 {A} {B} U\0a\0"),
            format!(":100644 100644 {A} {B} C100\0a\0b\0"),
            format!(":100644 100644 {A} bbbb M\0a\0"),
            format!(":100644 040000 {A} {B} M\0a\0"),
            format!(":000000 000000 {NONE} {NONE} M\0a\0"),
            format!(":000000 100644 {NONE} {A} A\0cut"),
        ] {
            assert_eq!(parsed(odd.as_bytes(), 9), None, "{odd}");
        }
    }

    #[test]
    fn one_more_than_may_differ_is_enough_to_know() {
        let one = format!(":000000 100644 {NONE} {A} A\0a\0");
        assert_eq!(parsed(one.repeat(5).as_bytes(), 2).map(|entries| entries.len()), Some(3));
        assert_eq!(parsed(one.repeat(2).as_bytes(), 2).map(|entries| entries.len()), Some(2));
    }
}
