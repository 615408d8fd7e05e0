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
    pub(crate) names: SettingNames<'a>,
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
    /// Every edit of a value. A line of a text is none.
    pub(crate) fn values(&self) -> Iter<'a, Edit> {
        let is_read = self.sort != Sort::Lines;
        self.file.edits.as_deref().filter(|_| is_read).map_or([].iter(), <[Edit]>::iter)
    }
}

/// What a rule goes through, file by file. One function for all rules: each that is written out is code to be loaded.
pub(crate) struct InFiles<'r, 'a, T> {
    files: Iter<'r, File<'a>>,
    file: Option<&'r File<'a>>,
    of_file: fn(&File<'a>) -> Iter<'a, T>,
    rest: Iter<'a, T>,
}

impl<'r, 'a, T> Iterator for InFiles<'r, 'a, T> {
    type Item = (&'r File<'a>, &'a T);

    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let (Some(file), Some(one)) = (self.file, self.rest.next()) {
                return Some((file, one));
            }
            let file = self.files.next()?;
            self.file = Some(file);
            self.rest = (self.of_file)(file);
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

/// The settings that are names.
pub(crate) struct SettingNames<'a> {
    pub(crate) blank: Names<'a>,
    pub(crate) new_blank: Names<'a>,
    pub(crate) allow_list: Names<'a>,
    pub(crate) deny_list: Names<'a>,
    pub(crate) unique: Names<'a>,
    pub(crate) repeat: Names<'a>,
    pub(crate) alias: Names<'a>,
    pub(crate) share: Names<'a>,
    pub(crate) type_free: Names<'a>,
    pub(crate) number_free: Names<'a>,
    pub(crate) selector: Names<'a>,
    pub(crate) match_all_free: Names<'a>,
    pub(crate) auth: Names<'a>,
    pub(crate) zero_free: Names<'a>,
    pub(crate) ordered: Names<'a>,
    pub(crate) filter: Names<'a>,
    pub(crate) version: Names<'a>,
    pub(crate) counter: Names<'a>,
    pub(crate) regex: Names<'a>,
    pub(crate) id: Names<'a>,
    pub(crate) flag: Names<'a>,
    /// No setting: what is never quoted is not for the operator to weaken.
    pub(crate) secret: Names<'a>,
}

/// Keys whose values are never quoted.
const SECRETS: &[&str] = &[
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
];

impl<'a> Reading<'a> {
    pub(crate) fn new(change: &'a Change, limits: &'a Limits, hard: Verdict) -> Self {
        let names = SettingNames {
            blank: Names::of(&limits.blank_keys),
            new_blank: Names::of(&limits.new_blank_keys),
            allow_list: Names::of(&limits.allow_list_keys),
            deny_list: Names::of(&limits.deny_list_keys),
            unique: Names::of(&limits.unique_keys),
            repeat: Names::of(&limits.repeat_keys),
            alias: Names::of(&limits.alias_keys),
            share: Names::of(&limits.share_keys),
            type_free: Names::of(&limits.type_free_keys),
            number_free: Names::of(&limits.number_free_keys),
            selector: Names::of(&limits.selector_keys),
            match_all_free: Names::of(&limits.match_all_free_keys),
            auth: Names::of(&limits.auth_keys),
            zero_free: Names::of(&limits.zero_free_keys),
            ordered: Names::of(&limits.ordered_keys),
            filter: Names::of(&limits.filter_keys),
            version: Names::of(&limits.version_keys),
            counter: Names::of(&limits.counter_keys),
            regex: Names::of(&limits.regex_keys),
            id: Names::of(&limits.id_keys),
            flag: Names::of(&limits.flag_keys),
            secret: Names::new(SECRETS),
        };
        let there = change.files.iter().flatten().filter(|file| file.op != FileOp::Removed);
        let read = |file: &'a FileChange| match Sort::of(file) {
            Sort::Lines => File { file, items: Items::default(), sort: Sort::Lines },
            sort @ (Sort::Typed | Sort::Untyped | Sort::Evaluated) => {
                File { file, items: Items::of(file, &names.unique), sort }
            }
        };
        let files = there.map(read).collect();
        Self { change, limits, names, files, hard }
    }

    /// What the tier makes of a weight. `None`: it is not told.
    pub(crate) fn verdict(&self, weight: Weight) -> Option<Verdict> {
        match (weight, self.hard) {
            (Weight::Hard, hard) => Some(hard),
            (Weight::Soft, Verdict::Block) => Some(Verdict::Warn),
            (Weight::Soft, Verdict::Warn) => None,
        }
    }

    fn in_files<T>(&self, of_file: fn(&File<'a>) -> Iter<'a, T>) -> InFiles<'_, 'a, T> {
        InFiles { files: self.files.iter(), file: None, of_file, rest: [].iter() }
    }

    /// Every edit of a value in every file.
    pub(crate) fn edits(&self) -> InFiles<'_, 'a, Edit> {
        self.in_files(File::values)
    }

    /// Every list of every file, but those in items that are other items than before.
    pub(crate) fn lists(&self) -> impl Iterator<Item = (&File<'a>, &'a ListChange)> {
        let lists = |file: &File<'a>| file.file.lists.as_deref().map_or([].iter(), <[ListChange]>::iter);
        self.in_files(lists).filter(|(file, list)| !file.items.is_displaced(&list.pointer))
    }
}

/// Null, blank text or an empty map or list: nothing stands there.
pub(crate) fn is_blank(value: &Scalar) -> bool {
    match value.kind {
        ScalarKind::Null | ScalarKind::EmptyMap | ScalarKind::EmptyList => true,
        ScalarKind::Text => trimmed(&value.text).is_empty(),
        ScalarKind::Boolean | ScalarKind::Integer | ScalarKind::Decimal => false,
    }
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
