//! What every rule reads: the change, the settings as words, and the files with what moved in them.

use std::slice::Iter;

use interlock_guest::prelude::*;
use interlock_guest::trimmed;

use crate::Limits;
use crate::items::Items;
use crate::keys::{self, Names};

/// How bad something is, before the tier is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// May be meant. Told where a change can be blocked, and not where it can only be warned.
    Soft,
    /// Rarely meant. As hard as the tier allows.
    Hard,
}

/// A document may list files itself, and call them what it likes: values are judged whatever their file is called.
fn has_only_lines(file: &FileChange) -> bool {
    let is_line = |edit: &Edit| edit.pointer.strip_prefix('/').known_and(|index| keys::is_index(index));
    file.edits.iter().flatten().all(is_line)
}

/// One change, ready to be judged.
pub(crate) struct Reading<'a> {
    pub(crate) change: &'a Change,
    pub(crate) limits: &'a Limits,
    /// Files that are still there, so that a deleted file is not a thousand blanks.
    pub(crate) files: Vec<File<'a>>,
    hard: Verdict,
}

/// A changed file, and what moved in it.
pub(crate) struct File<'a> {
    pub(crate) file: &'a FileChange,
    pub(crate) items: Items<'a>,
    pub(crate) sort: Sort,
}

impl<'a> File<'a> {
    fn of(file: &'a FileChange, unique: &Names) -> Self {
        let sort = Sort::of(file);
        let items = if sort == Sort::Lines { Items::default() } else { Items::of(file, unique) };
        Self { file, items, sort }
    }

    /// Every edit of a value. A line of a text is none.
    #[inline(never)]
    pub(crate) fn values(&self) -> Iter<'a, Edit> {
        match &self.file.edits {
            Some(edits) if self.sort != Sort::Lines => edits.iter(),
            Some(_) | None => [].iter(),
        }
    }
}

/// Every edit of a value, file by file. One function for all rules: each that is written out is code to be loaded.
pub(crate) struct Edits<'r, 'a> {
    files: Iter<'r, File<'a>>,
    file: Option<&'r File<'a>>,
    rest: Iter<'a, Edit>,
}

impl<'r, 'a> Iterator for Edits<'r, 'a> {
    type Item = (&'r File<'a>, &'a Edit);

    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let (Some(file), Some(edit)) = (self.file, self.rest.next()) {
                return Some((file, edit));
            }
            let file = self.files.next()?;
            self.file = Some(file);
            self.rest = file.values();
        }
    }
}

/// What a format says of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Text, numbers and the rest are told apart.
    Typed,
    /// All is text, and the program that reads it decides: a number is one if it looks like one, and blank is how a key is
    /// left open.
    Untyped,
    /// Literals are told apart, and what is to be evaluated is text: nobody knows what it comes to.
    Evaluated,
    /// No format that is read: an edit is a line, not a value.
    Lines,
}

impl Sort {
    pub(crate) fn of(file: &FileChange) -> Self {
        match file.format.as_deref() {
            Some("text") if has_only_lines(file) => Self::Lines,
            Some("properties" | "ini" | "dotenv" | "xml") => Self::Untyped,
            Some("hcl") => Self::Evaluated,
            Some(_) | None => Self::Typed,
        }
    }
}

/// Keys whose values are never quoted. No setting: that is not for the operator to weaken.
pub(crate) static SECRETS: Names = Names::Own(&[
    "password",
    "passwords",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "secrets",
    "token",
    "tokens",
    "credential",
    "credentials",
    "apikey",
    "api-key",
    "private-key",
    "access-key",
    "signing-key",
    "encryption-key",
    "pem",
    "certificate",
    "salt",
    "bearer",
    "cookie",
]);

impl<'a> Reading<'a> {
    pub(crate) fn new(change: &'a Change, limits: &'a Limits, hard: Verdict) -> Self {
        let mut files = Vec::new();
        for file in change.files.iter().flatten() {
            if file.op != FileOp::Removed {
                files.push(File::of(file, &limits.unique_keys));
            }
        }
        Self { change, limits, files, hard }
    }

    /// What the tier makes of a weight. `None`: it is not told.
    pub(crate) fn verdict(&self, weight: Weight) -> Option<Verdict> {
        match (weight, self.hard) {
            (Weight::Hard, hard) => Some(hard),
            (Weight::Soft, Verdict::Block) => Some(Verdict::Warn),
            (Weight::Soft, Verdict::Warn) => None,
        }
    }

    /// Every edit of a value in every file.
    #[inline(never)]
    pub(crate) fn edits(&self) -> Edits<'_, 'a> {
        Edits { files: self.files.iter(), file: None, rest: [].iter() }
    }

    /// Every list of every file, but those in items that are other items than before.
    #[inline(never)]
    pub(crate) fn lists(&self) -> Vec<(&File<'a>, &'a ListChange)> {
        let mut all = Vec::new();
        for file in &self.files {
            for list in file.file.lists.iter().flatten() {
                if !file.items.is_displaced(&list.pointer) {
                    all.push((file, list));
                }
            }
        }
        all
    }
}

/// Null, blank text or an empty map or list: nothing stands there.
#[inline(never)]
pub(crate) fn is_blank(value: &Scalar) -> bool {
    match value.kind {
        ScalarKind::Null | ScalarKind::EmptyMap | ScalarKind::EmptyList => true,
        ScalarKind::Text => trimmed(&value.text).is_empty(),
        ScalarKind::Boolean | ScalarKind::Integer | ScalarKind::Decimal => false,
    }
}

/// Whether a text is one of these words, in capitals or not.
#[inline(never)]
pub(crate) fn is_one_of(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn file(path: &str) -> FileChange {
        FileChange {
            path: path.into(),
            previous_path: None,
            op: FileOp::Modified,
            format: Some("yaml".into()),
            edits: None,
            lists: None,
            omitted_edits: 0,
            size_before_kib: None,
            size_after_kib: None,
            text: None,
        }
    }

    pub(crate) fn text(text: &str) -> Scalar {
        Scalar { kind: ScalarKind::Text, text: text.into() }
    }

    pub(crate) fn replaced(pointer: &str, before: &str, after: &str) -> Edit {
        let (before, after) = (Some(text(before)), Some(text(after)));
        Edit { pointer: pointer.into(), op: EditOp::Replace, before, after, line: None }
    }

    #[test]
    fn soft_is_told_only_where_hard_blocks() {
        let change = Change::unknown("c", ChangeKind::Config);
        let limits = Limits::default();
        let verdicts = |hard| {
            let reading = Reading::new(&change, &limits, hard);
            [Weight::Soft, Weight::Hard].map(|weight| reading.verdict(weight))
        };
        assert_eq!(verdicts(Verdict::Block), [Some(Verdict::Warn), Some(Verdict::Block)]);
        assert_eq!(verdicts(Verdict::Warn), [None, Some(Verdict::Warn)]);
    }

    #[test]
    fn false_and_zero_are_not_blank() {
        let scalar = |kind, text: &str| Scalar { kind, text: text.into() };
        assert!(is_blank(&text(" \t\u{3000}")) && is_blank(&scalar(ScalarKind::Null, "")));
        assert!(
            !is_blank(&scalar(ScalarKind::Boolean, "false")) && !is_blank(&scalar(ScalarKind::Integer, "0"))
        );
    }
}
