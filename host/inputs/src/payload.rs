//! What a change does to files: the state before, the state after, and what differs between them.
//!
//! These are files under inspection, not documents of ours: real configuration, so everything that is in use is read,
//! and what two mainstream readers would read differently becomes a doubt, not a refusal. Only what is new counts: an
//! oddity that stands unchanged on both sides is no reason to stop anybody.
//!
//! `walk` (folders into pairs of bytes, capped) -> `yaml`, `json` or `toml` (a tree with places, counted) -> `diff`
//! (edits, lists, doubts). No verdict. The CLI calls [`compare`].

use std::io;
use std::path::{Path, PathBuf};

use interlock_model::{
    ChangeDocument, Digest, FileChange, FileOp, FileSources, Payload, Pointer, Side, Sources, Span,
};
use sha2::Digest as _;

use crate::error::{escaped, shown};
use crate::scan;
use diff::{Allowance, SideOf};
use lines::Lines;
use odd::{Odd, OddText, Unread};
use tree::Tree;
use walk::{Content, Named, Pair};

mod diff;
pub(crate) mod foreign;
mod json;
mod lines;
mod odd;
mod plain;
#[cfg(test)]
mod tests;
mod toml;
mod tree;
mod walk;
mod yaml;

/// Ambiguous places that are told of one file; of the rest, how many they are.
const DOUBTS_MAX: usize = 100;
/// Values in all files of a change, both sides. Their places are kept, at some two hundred bytes each.
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
        "{}: more than {} bytes (4 MiB) in one file\nhelp: compare what people edit, not what is built from it",
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
/// If one of the two is not there, they are not of one sort, or there is more than is read: 10,000 files, 4 MiB in one
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

/// How a file is written, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Yaml,
    Json,
    JsonWithComments,
    Toml,
}

impl Format {
    fn of_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "jsonc" => Some(Self::JsonWithComments),
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::JsonWithComments => "jsonc",
            Self::Toml => "toml",
        }
    }

    fn read(self, text: &str) -> Result<Tree, Unread> {
        match self {
            Self::Yaml => yaml::read(text),
            Self::Json => json::read(text, json::Comments::Refused),
            Self::JsonWithComments => json::read(text, json::Comments::Read),
            Self::Toml => toml::read(text),
        }
    }
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
    nodes: usize,
    digest: sha2::Sha256,
}

/// One side of one file, read as far as it goes.
struct Read<'b> {
    text: &'b str,
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
        let mut change = FileChange {
            previous_path: names.previous.clone(),
            size_before_kib: before.map(kib),
            size_after_kib: after.map(kib),
            ..blank(&names.path, op(before.is_some(), after.is_some()))
        };
        let before_format = Format::of_name(names.previous.as_ref().unwrap_or(&names.path));
        let after_format = Format::of_name(&names.path);
        match (before.and(before_format), after.and(after_format)) {
            (Some(_), Some(_)) => {}
            // One side is opaque, or not there.
            (None, Some(_)) if before.is_none() => {}
            (Some(_), None) if after.is_none() => {}
            (None | Some(_), None) | (None, Some(_)) => {
                self.payload.opaque.push(names.path);
                self.files.push(change);
                return;
            }
        }
        change.format = after_format.or(before_format).map(|format| format.name().to_owned());
        let mut sources = FileSources::default();
        let old = self.side(&names, Side::Before, before.zip(before_format), &mut sources.before);
        let new = self.side(&names, Side::After, after.zip(after_format), &mut sources.after);
        self.differences(&names.path, &mut change, old, new, &mut sources);
        self.payload.files.insert(names.path, sources);
        self.files.push(change);
    }

    /// Reads one side. An unreadable one is a doubt, and gives nothing to compare.
    fn side<'b>(
        &mut self,
        names: &Names,
        side: Side,
        given: Option<(&'b [u8], Format)>,
        sources: &mut Option<Sources>,
    ) -> Outcome<'b> {
        let Some((bytes, format)) = given else { return Outcome::NotThere };
        let name = match side {
            Side::Before => &names.before,
            Side::After => &names.after,
        };
        let text = match text_of(bytes) {
            Ok(text) => text,
            Err((unread, span)) => {
                self.payload.doubts.push(unread.doubt(&names.path, side, span));
                return Outcome::Unread;
            }
        };
        *sources = Some(Sources::new(name, text));
        let lines = Lines::new(text);
        match self.tree(format, bytes, text) {
            Ok(tree) => Outcome::Read(Box::new(Read { text, lines, tree })),
            Err(unread) => {
                let span = lines.span(unread.at.clone());
                self.payload.doubts.push(unread.doubt(&names.path, side, span));
                Outcome::Unread
            }
        }
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
            return Err(Unread::new(0..0, found, "compare less at once"));
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
        let whole = !matches!((&old, &new), (Outcome::Unread, _) | (_, Outcome::Unread));
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

/// What became of one side.
enum Outcome<'b> {
    NotThere,
    Unread,
    Read(Box<Read<'b>>),
}

impl<'b> Outcome<'b> {
    fn read(self) -> Option<Box<Read<'b>>> {
        match self {
            Self::NotThere | Self::Unread => None,
            Self::Read(read) => Some(read),
        }
    }
}

impl<'b> Read<'b> {
    fn view<'r>(&'r self) -> SideOf<'r>
    where
        'b: 'r,
    {
        SideOf { tree: &self.tree, text: self.text, lines: &self.lines }
    }
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
