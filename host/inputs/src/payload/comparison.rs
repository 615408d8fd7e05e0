//! Files one after another into what differs: which of them are compared by their values, which by their
//! lines, and which are only listed. It holds what all of them share: the digest, and what may still be
//! listed.
//!
//! `side` reads the bytes of a side, `diff` and `text` find what differs. `payload`, `range` and `within`
//! call it.

use std::borrow::Cow;
use std::path::Path;

use interlock_model::{Digest, FileChange, FileSources, Payload, Side};
use sha2::Digest as _;

use super::diff::{self, Allowance};
use super::listed::{blank, kib, listed, op, top};
use super::odd::Unread;
use super::side::{Given, Outcome, source};
use super::walk::{Content, Pair};
use super::{Compared, text};
use crate::error::{escaped, shown};

/// What one file is called.
pub(super) struct Names {
    /// In `files`.
    pub(super) path: String,
    pub(super) previous: Option<String>,
    /// On each side, for people.
    pub(super) before: String,
    pub(super) after: String,
}

impl Names {
    pub(super) fn same(path: &str) -> Self {
        Self { path: path.to_owned(), previous: None, before: path.to_owned(), after: path.to_owned() }
    }
}

/// A comparison on its way.
pub(super) struct Comparison {
    pub(super) files: Vec<FileChange>,
    pub(super) payload: Payload,
    named: String,
    allowance: Allowance,
    line_allowance: text::Allowance,
    pub(super) nodes: usize,
    digest: sha2::Sha256,
}

impl Comparison {
    pub(super) fn new(named: String) -> Self {
        Self {
            files: Vec::new(),
            payload: Payload::default(),
            named,
            allowance: Allowance::default(),
            line_allowance: text::Allowance::default(),
            nodes: 0,
            digest: sha2::Sha256::new(),
        }
    }

    pub(super) fn done(self) -> Compared {
        let Self { files, mut payload, named, digest, .. } = self;
        payload.digest = Some(Digest::from_sha256(&digest.finalize()));
        Compared { files, payload, named }
    }

    /// Lengths stand in front, so that no two sets of files give the same bytes.
    pub(super) fn hash(&mut self, path: &[u8], sides: [&Option<Content>; 2]) {
        self.hash_bytes(0, path);
        for side in sides {
            match side {
                None => self.hash_bytes(1, b""),
                Some(Content::Bytes(bytes)) => self.hash_bytes(2, bytes),
                Some(Content::Link(target)) => self.hash_bytes(3, target),
                Some(Content::Unread(what)) => self.hash_bytes(4, what.as_bytes()),
            }
        }
    }

    pub(super) fn hash_bytes(&mut self, sort: u8, bytes: &[u8]) {
        self.digest.update([sort]);
        self.digest.update((bytes.len() as u64).to_be_bytes());
        self.digest.update(bytes);
    }

    pub(super) fn pair(&mut self, before_root: &Path, after_root: &Path, pair: &Pair) {
        let Pair { path, before, after } = pair;
        self.hash(path, [before, after]);
        let unread = |side: &Option<Content>| matches!(side, Some(Content::Unread(_)));
        if before == after && !unread(before) {
            return;
        }
        let Ok(name) = std::str::from_utf8(path) else {
            return self.odd_name(&String::from_utf8_lossy(path), before.as_ref(), after.as_ref());
        };
        let bytes = |side: &Option<Content>| match side {
            None => Some(None),
            Some(Content::Bytes(bytes)) => Some(Some(bytes.clone())),
            Some(Content::Link(_) | Content::Unread(_)) => None,
        };
        if let (Some(old), Some(new)) = (bytes(before), bytes(after)) {
            let opened = |root: &Path| root.join(name).to_string_lossy().into_owned();
            let names = Names { before: opened(before_root), after: opened(after_root), ..Names::same(name) };
            return self.file(names, old.as_deref(), new.as_deref());
        }
        self.not_a_file(name, Side::Before, before.as_ref());
        self.not_a_file(name, Side::After, after.as_ref());
        self.files.push(listed(name, before.as_ref(), after.as_ref()));
    }

    fn odd_name(&mut self, name: &str, before: Option<&Content>, after: Option<&Content>) {
        let side = if after.is_some() { Side::After } else { Side::Before };
        let found = format!("a name {} that is not UTF-8", shown(name));
        let help = "rename it; a report could not say which file it means";
        self.payload.doubts.push(Unread::new(0..0, found, help).doubt(name, side, top()));
        self.files.push(listed(name, before, after));
    }

    fn not_a_file(&mut self, name: &str, side: Side, content: Option<&Content>) {
        let what = match content {
            None | Some(Content::Bytes(_)) => return,
            Some(Content::Link(target)) => {
                format!("a symbolic link to {}", shown(&String::from_utf8_lossy(target)))
            }
            Some(Content::Unread(what)) => escaped(what),
        };
        let help = "put the file itself there; links are not followed and devices are not opened";
        let unread = Unread::new(0..0, format!("{what}, expected a regular file"), help);
        self.payload.doubts.push(unread.doubt(name, side, top()));
    }

    pub(super) fn file(&mut self, names: Names, before: Option<&[u8]>, after: Option<&[u8]>) {
        if before == after {
            return;
        }
        let before_path = names.previous.as_ref().unwrap_or(&names.path);
        let old = before.map(|bytes| Given::new(bytes, before_path));
        let new = after.map(|bytes| Given::new(bytes, &names.path));
        let change = FileChange {
            previous_path: names.previous.clone(),
            size_before_kib: before.map(kib),
            size_after_kib: after.map(kib),
            ..blank(&names.path, op(before.is_some(), after.is_some()))
        };
        let opaque = [&old, &new].into_iter().flatten().any(|given| given.format.is_none());
        if opaque {
            return self.by_lines(names, change, old.as_ref(), new.as_ref());
        }
        self.by_values(names, change, old.as_ref(), new.as_ref());
    }

    fn by_values(
        &mut self,
        names: Names,
        mut change: FileChange,
        before: Option<&Given<'_>>,
        after: Option<&Given<'_>>,
    ) {
        let old = self.side(&names.path, Side::Before, before);
        let new = self.side(&names.path, Side::After, after);
        if old.is_for_lines() || new.is_for_lines() {
            // One template is one doubt, of the side that will be used; what else is wrong is told all the same.
            let templates = [new.template(), old.template()].into_iter().flatten().take(1);
            let unread = [old.unread(), new.unread()].into_iter().flatten();
            self.payload.doubts.extend(templates.chain(unread).cloned());
            return self.by_lines(names, change, before, after);
        }
        self.payload.doubts.extend([old.unread(), new.unread()].into_iter().flatten().cloned());
        let format = after.or(before).and_then(|given| given.format);
        change.format = format.map(|format| format.name().to_owned());
        let mut sources =
            FileSources { before: old.source(&names.before, before), after: new.source(&names.after, after) };
        self.differences(&names.path, &mut change, old, new, &mut sources);
        self.payload.files.insert(names.path, sources);
        self.files.push(change);
    }

    /// What has no values that are read: its lines, if it is text.
    fn by_lines(
        &mut self,
        names: Names,
        mut change: FileChange,
        before: Option<&Given<'_>>,
        after: Option<&Given<'_>>,
    ) {
        self.payload.opaque.push(names.path.clone());
        let is_text = [before, after].into_iter().flatten().all(|given| given.text().is_some());
        if is_text {
            let mut sources =
                FileSources { before: source(&names.before, before), after: source(&names.after, after) };
            let shown = |given: Option<&'_ Given<'_>>| given.and_then(Given::shown).map(Cow::into_owned);
            let (old, new) = (shown(before), shown(after));
            let places = [&mut sources.before, &mut sources.after];
            text::compare(old.as_deref(), new.as_deref(), &mut change, places, &mut self.line_allowance);
            self.payload.files.insert(names.path, sources);
        }
        self.files.push(change);
    }

    fn differences(
        &mut self,
        path: &str,
        change: &mut FileChange,
        old: Outcome<'_>,
        new: Outcome<'_>,
        sources: &mut FileSources,
    ) {
        let whole = old.unread().is_none() && new.unread().is_none();
        let (old, new) = (old.read(), new.read());
        let numbered = [&old, &new].into_iter().flatten().any(|side| side.tree.roots.len() > 1);
        for (side, sources) in [(&old, &mut sources.before), (&new, &mut sources.after)] {
            if let (Some(side), Some(sources)) = (side, sources) {
                side.tree.place(sources, &side.lines, numbered);
            }
        }
        let before = old.as_ref().map(|side| side.view());
        let after = new.as_ref().map(|side| side.view());
        // Edits against a side that was not read would be wrong; its doubts are still told.
        let mut unused = Allowance::default();
        let allowance = if whole { &mut self.allowance } else { &mut unused };
        let found = diff::diff(path, before.as_ref(), after.as_ref(), numbered, allowance);
        self.payload.doubts.extend(found.doubts);
        if whole {
            change.edits = Some(found.edits);
            change.lists = Some(found.lists);
            change.omitted_edits = found.omitted;
        }
    }
}
