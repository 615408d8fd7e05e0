//! What a change does to files: the state before, the state after, and what differs between them.
//!
//! These are files under inspection, not documents of ours: real configuration, so everything that is in use is read,
//! and what two mainstream readers would read differently becomes a doubt, not a refusal. Only what is new counts: an
//! oddity that stands unchanged on both sides is no reason to stop anybody.
//!
//! `walk` (folders into pairs of bytes, capped) -> `format` (by name) -> one reader for each format (a tree with places,
//! counted) -> `diff` (edits, lists, doubts). What is in no such format, and what is a template of one (`template`), is
//! compared line by line (`text`). No verdict. The CLI calls [`compare`]; `git` gives its own
//! pairs to `range`.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use interlock_model::{
    ChangeDocument, Digest, Doubt, FileChange, FileOp, FileSources, Payload, Pointer, Side, Sources, Span,
};
use sha2::Digest as _;

use crate::error::{InputError, Problem, ProblemKind, escaped, shown};
use crate::scan;
use diff::{Allowance, SideOf};
use format::Format;
use lines::Lines;
use odd::{Cause, Odd, OddText, Unread};
use tree::Tree;
use walk::{Content, Named, Pair};

pub(crate) use range::{Held, Step, Version, compare_steps, is_lfs_pointer};
pub(crate) use walk::{FILE_BYTES_MAX, FILES_MAX, TOTAL_BYTES_MAX};

mod diff;
mod dotenv;
pub(crate) mod foreign;
mod format;
mod hcl;
mod ini;
mod json;
mod line_odd;
pub(crate) mod lines;
pub(crate) mod masked;
mod odd;
mod piece;
mod plain;
pub(crate) mod planned;
mod properties;
mod range;
mod template;
#[cfg(test)]
mod tests;
mod text;
mod toml;
mod tree;
mod walk;
pub(crate) mod within;
mod xml;
mod yaml;

/// Ambiguous places that are told of one file; of the rest, how many they are.
const DOUBTS_MAX: usize = 100;
/// Values in all files of a change, both sides: two of the largest file. While it is compared a value takes some 430
/// bytes (measured), of which its place, some two hundred, is kept.
const ALL_NODES_MAX: usize = 1_000_000;

/// What differs between two states of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Every file that differs, by path. Files that are byte for byte the same are not in it.
    pub files: Vec<FileChange>,
    /// Where their values stand, and what cannot be judged.
    pub payload: Payload,
    /// What was compared, for people: `before` and `after` as they were named.
    named: String,
}

impl Compared {
    /// Puts the files into a change document.
    ///
    /// # Errors
    /// If the document lists files itself: of two lists, nobody could say which one was judged.
    pub fn into_document(self, document: &mut ChangeDocument) -> Result<(), PayloadError> {
        if document.change.files.is_some() {
            let (origin, _) = document.sources.nearest(&Pointer::new("/files"));
            let Span { line, column, .. } = origin.key;
            let document = format!("{}:{line}:{column}", escaped(&document.sources.name));
            return Err(PayloadError::FilesTwice { document, compared: self.named });
        }
        document.change.files = Some(self.files);
        document.payload = self.payload;
        Ok(())
    }
}

/// Files or folders that were not compared. Its message is safe for a terminal.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// It is not there, or the operating system refused.
    #[error("{}: {reason}\nhelp: check the path and its permissions", place(.path))]
    Unreadable {
        /// As it was named or found.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// A device, a pipe or a socket.
    #[error(
        "{}: a device, a pipe or a socket, expected a file or a folder\nhelp: name a file, or a folder of files",
        place(.path)
    )]
    NotAFile {
        /// As it was named.
        path: PathBuf,
    },
    /// One is a file, the other a folder.
    #[error(
        "{}: a folder, and {} is a file, expected two files or two folders\nhelp: name the same thing before and after \
         the change", place(.folder), place(.file)
    )]
    Mixed {
        /// The folder.
        folder: PathBuf,
        /// The file.
        file: PathBuf,
    },
    /// More files or folders than are read.
    #[error(
        "{}: more than {} files or folders\nhelp: name the folder that holds what changes",
        place(.path), walk::FILES_MAX
    )]
    TooMany {
        /// The folder that was named.
        path: PathBuf,
    },
    /// A file of more bytes than are read.
    #[error(
        "{}: more than {} bytes (8 MiB) in one file\nhelp: compare what people edit, not what is built from it",
        place(.path), walk::FILE_BYTES_MAX
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// More bytes in all files than are read.
    #[error(
        "{}: more than {} bytes (64 MiB) in all files up to this one\nhelp: name the folder that holds what changes",
        place(.path), walk::TOTAL_BYTES_MAX
    )]
    TooMuch {
        /// The file at which it was too much.
        path: PathBuf,
    },
    /// Folders deeper than are read.
    #[error(
        "{}: folders more than {} deep\nhelp: name the folder that holds what changes",
        place(.path), walk::FOLDERS_DEEP_MAX
    )]
    TooDeep {
        /// The first folder that is too deep.
        path: PathBuf,
    },
    /// The change document lists files, and files were given to compare.
    #[error(
        "{document}: `files`, which were read from {compared} too, expected one of the two\nhelp: remove `files` from \
         the document, or do not name what to compare"
    )]
    FilesTwice {
        /// Name and place of the document's own list.
        document: String,
        /// What was compared.
        compared: String,
    },
}

fn place(path: &Path) -> String {
    escaped(&path.to_string_lossy())
}

/// Compares two files, or all files of two folders. Folders named `.git` are left out, links are not followed.
///
/// Two files are one modified file with the name of the second, and, if they are named differently, the first as its
/// previous path. In folders, paths are relative and one that is on one side only was added or removed.
///
/// # Errors
/// If one of the two is not there, they are not of one sort, or there is more than is read: 10,000 files, 8 MiB in one
/// file, 64 MiB in all, folders 64 deep.
pub fn compare(before: &Path, after: &Path) -> Result<Compared, PayloadError> {
    let mut compared = Comparison::new(format!(
        "{} and {}",
        shown(&before.to_string_lossy()),
        shown(&after.to_string_lossy())
    ));
    match walk::named(before, after)? {
        Named::Files => {
            let mut total = 0;
            let (old, new) = (walk::file(before, &mut total)?, walk::file(after, &mut total)?);
            let names = Names {
                path: slashed(after),
                previous: (before.file_name() != after.file_name()).then(|| slashed(before)),
                before: before.to_string_lossy().into_owned(),
                after: after.to_string_lossy().into_owned(),
            };
            compared.hash(
                names.path.as_bytes(),
                [&Some(Content::Bytes(old.clone())), &Some(Content::Bytes(new.clone()))],
            );
            compared.file(names, Some(&old), Some(&new));
        }
        Named::Folders => walk::folders(before, after, |pair| {
            compared.pair(before, after, &pair);
            Ok(())
        })?,
    }
    Ok(compared.done())
}

/// Compares two texts of one file. `None`: it is not there on that side. The path decides on the format.
pub fn compare_texts(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> Compared {
    let mut compared = Comparison::new(shown(path));
    let content = |bytes: Option<&[u8]>| bytes.map(|bytes| Content::Bytes(bytes.to_vec()));
    compared.hash(path.as_bytes(), [&content(before), &content(after)]);
    compared.file(Names::same(path), before, after);
    compared.done()
}

/// What one file is called.
struct Names {
    /// In `files`.
    path: String,
    previous: Option<String>,
    /// On each side, for people.
    before: String,
    after: String,
}

impl Names {
    fn same(path: &str) -> Self {
        Self { path: path.to_owned(), previous: None, before: path.to_owned(), after: path.to_owned() }
    }
}

/// A comparison on its way.
struct Comparison {
    files: Vec<FileChange>,
    payload: Payload,
    named: String,
    allowance: Allowance,
    line_allowance: text::Allowance,
    nodes: usize,
    digest: sha2::Sha256,
}

/// One side of one file, read as far as it goes.
struct Read<'b> {
    /// As it may be shown: values that are secret are masked.
    text: Cow<'b, str>,
    lines: Lines<'b>,
    tree: Tree,
}

impl Comparison {
    fn new(named: String) -> Self {
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

    fn done(self) -> Compared {
        let Self { files, mut payload, named, digest, .. } = self;
        payload.digest = Some(Digest::from_sha256(&digest.finalize()));
        Compared { files, payload, named }
    }

    /// Lengths stand in front, so that no two sets of files give the same bytes.
    fn hash(&mut self, path: &[u8], sides: [&Option<Content>; 2]) {
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

    fn hash_bytes(&mut self, sort: u8, bytes: &[u8]) {
        self.digest.update([sort]);
        self.digest.update((bytes.len() as u64).to_be_bytes());
        self.digest.update(bytes);
    }

    fn pair(&mut self, before_root: &Path, after_root: &Path, pair: &Pair) {
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

    fn file(&mut self, names: Names, before: Option<&[u8]>, after: Option<&[u8]>) {
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

    /// Reads one side. What is unreadable gives nothing to compare.
    fn side<'b>(&mut self, path: &str, side: Side, given: Option<&'b Given<'_>>) -> Outcome<'b> {
        let Some((given, format)) = given.and_then(|given| Some((given, given.format?))) else {
            return Outcome::NotThere;
        };
        let (bytes, named) = (&*given.bytes, given.named);
        let text = match text_of(bytes) {
            Ok(text) => text,
            Err((unread, span)) => return Outcome::Unread(unread.doubt(path, side, span)),
        };
        let lines = Lines::new(text);
        let template = |at: tree::At| {
            Outcome::Template(template::doubt(path, side, format.name(), lines.span(at.bytes())))
        };
        match self.tree(format, bytes, text) {
            Ok(tree) => match template::misread(text, &tree, named) {
                Some(at) => template(at),
                None => self.shown(path, side, text, lines, tree),
            },
            Err(Unread { cause: Cause::Foreign, .. }) => Outcome::Foreign,
            Err(unread) => match template::cause(text, &unread, named) {
                Some(at) => template(at),
                None => Outcome::Unread(unread.clone().doubt(path, side, lines.span(unread.at))),
            },
        }
    }

    /// A side that was read, without the values in it that nobody may be shown.
    fn shown<'b>(
        &mut self,
        path: &str,
        side: Side,
        text: &'b str,
        lines: Lines<'b>,
        mut tree: Tree,
    ) -> Outcome<'b> {
        let hidden = masked::hide(&mut tree, &lines, text);
        self.payload.doubts.extend(hidden.doubt(path, side));
        Outcome::Read(Box::new(Read { text: hidden.mask(text), lines, tree }))
    }

    fn tree(&mut self, format: Format, bytes: &[u8], text: &str) -> Result<Tree, Unread> {
        let mut tree = format.read(text)?;
        tree.check_pointers()?;
        if bytes.len() > text.len() {
            tree.odd.insert(0, OddText { odd: Odd::ByteOrderMark, at: 0..0 });
        }
        self.nodes = self.nodes.saturating_add(tree.size());
        if self.nodes > ALL_NODES_MAX {
            let found = format!("more than {ALL_NODES_MAX} values in all files of the change");
            return Err(Unread::bound(0..0, found, "compare less at once"));
        }
        Ok(tree)
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

/// The bytes of one side, and what its name says they are. ISO-8859-1 has become UTF-8.
struct Given<'b> {
    bytes: Cow<'b, [u8]>,
    format: Option<Format>,
    named: template::Named,
}

impl<'b> Given<'b> {
    fn new(bytes: &'b [u8], path: &str) -> Self {
        let (format, named) = (Format::of_path(path), template::Named::of_path(path));
        let recoded = format.is_some_and(|format| format.is_latin_1(bytes));
        let letters = || bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
        let bytes = if recoded { Cow::Owned(letters().into_bytes()) } else { Cow::Borrowed(bytes) };
        Self { bytes, format, named }
    }

    /// Absent: it is no text.
    fn text(&self) -> Option<&str> {
        text_of(&self.bytes).ok()
    }

    /// The text as it may be shown.
    fn shown(&self) -> Option<Cow<'_, str>> {
        self.text().map(masked::unread)
    }
}

/// The text of one side, with nothing placed yet. Absent: it is not there, or no text.
fn source(name: &str, given: Option<&Given<'_>>) -> Option<Sources> {
    given.and_then(Given::shown).map(|text| Sources::new(name, text))
}

/// What became of one side.
enum Outcome<'b> {
    NotThere,
    Unread(Doubt),
    Template(Doubt),
    /// In a format of its own, under a name that others use.
    Foreign,
    Read(Box<Read<'b>>),
}

impl<'b> Outcome<'b> {
    /// The text of a side as it may be shown, with nothing placed yet.
    fn source(&self, name: &str, given: Option<&Given<'_>>) -> Option<Sources> {
        match self {
            Self::Read(read) => Some(Sources::new(name, &*read.text)),
            Self::NotThere | Self::Unread(_) | Self::Template(_) | Self::Foreign => source(name, given),
        }
    }

    fn read(self) -> Option<Box<Read<'b>>> {
        match self {
            Self::NotThere | Self::Unread(_) | Self::Template(_) | Self::Foreign => None,
            Self::Read(read) => Some(read),
        }
    }

    fn unread(&self) -> Option<&Doubt> {
        match self {
            Self::Unread(doubt) => Some(doubt),
            Self::NotThere | Self::Template(_) | Self::Foreign | Self::Read(_) => None,
        }
    }

    fn template(&self) -> Option<&Doubt> {
        match self {
            Self::Template(doubt) => Some(doubt),
            Self::NotThere | Self::Unread(_) | Self::Foreign | Self::Read(_) => None,
        }
    }

    fn is_for_lines(&self) -> bool {
        match self {
            Self::Template(_) | Self::Foreign => true,
            Self::NotThere | Self::Unread(_) | Self::Read(_) => false,
        }
    }
}

impl<'b> Read<'b> {
    fn view<'r>(&'r self) -> SideOf<'r>
    where
        'b: 'r,
    {
        SideOf { tree: &self.tree, text: &self.text, lines: &self.lines }
    }
}

/// The text of a document of another system. `name` is for people.
pub(crate) fn text_in<'b>(name: &str, bytes: &'b [u8]) -> Result<&'b str, InputError> {
    text_of(bytes).map_err(|(Unread { message, help, .. }, span)| {
        InputError::new(name, vec![Problem::new(ProblemKind::Syntax, span, message).help(help)])
    })
}

/// The text of a file, without a byte order mark.
fn text_of(bytes: &[u8]) -> Result<&str, (Unread, Span)> {
    let marked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let unread = |problem: crate::Problem| (Unread::of(&problem), problem.span);
    scan::check_signature(marked).map_err(unread)?;
    scan::check_encoding(marked).map_err(unread)?;
    let text = std::str::from_utf8(marked)
        .map_err(|error| unread(scan::invalid_utf8(marked, error.valid_up_to())))?;
    match text.find('\0') {
        None => Ok(text),
        Some(at) => {
            let found = "a NUL, where some readers see the end of the file";
            Err((Unread::new(at..at + 1, found, "remove it"), crate::place::span_in(text, at..at + 1)))
        }
    }
}

fn op(before: bool, after: bool) -> FileOp {
    match (before, after) {
        (false, _) => FileOp::Added,
        (true, false) => FileOp::Removed,
        (true, true) => FileOp::Modified,
    }
}

/// A file that is listed and not compared.
fn listed(path: &str, before: Option<&Content>, after: Option<&Content>) -> FileChange {
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

fn blank(path: &str, op: FileOp) -> FileChange {
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
fn kib(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len().div_ceil(1024)).unwrap_or(u32::MAX)
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

fn top() -> Span {
    Span { start: 0, end: 0, line: 1, column: 1 }
}
