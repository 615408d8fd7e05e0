//! A changed file as it is listed, before anything in it is compared: what became of it, and how large it is.

use interlock_model::{FileChange, FileOp, Span};

use super::walk::Content;

/// What became of a file that is there before, after, or on both sides.
pub(super) fn op(before: bool, after: bool) -> FileOp {
    match (before, after) {
        (false, _) => FileOp::Added,
        (true, false) => FileOp::Removed,
        (true, true) => FileOp::Modified,
    }
}

/// A file that is listed and not compared.
pub(super) fn listed(path: &str, before: Option<&Content>, after: Option<&Content>) -> FileChange {
    let size = |content: Option<&Content>| match content? {
        Content::Bytes(bytes) => Some(kib(bytes)),
        Content::Link(_) | Content::Unread(_) => None,
    };
    FileChange {
        size_before_kib: size(before),
        size_after_kib: size(after),
        ..blank(path, op(before.is_some(), after.is_some()))
    }
}

/// A file of which nothing else is known.
pub(super) fn blank(path: &str, op: FileOp) -> FileChange {
    FileChange {
        path: path.to_owned(),
        previous_path: None,
        op,
        format: None,
        edits: None,
        lists: None,
        omitted_edits: 0,
        size_before_kib: None,
        size_after_kib: None,
        text: None,
    }
}

/// KiB, rounded up.
pub(super) fn kib(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len().div_ceil(1024)).unwrap_or(u32::MAX)
}

/// Where a file is shown in which no place can be.
pub(super) fn top() -> Span {
    Span { start: 0, end: 0, line: 1, column: 1 }
}
