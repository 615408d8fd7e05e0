//! Two files or two folders into pairs of bytes, in the order of their paths.
//!
//! Links are not followed, and what is no regular file is reported, not opened. Folders named `.git` are left out: they
//! hold the history of what is compared, not a part of it. A mode of a file (its executable bit) is not looked at.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::PayloadError;

/// Files, and folders, on one side.
pub(crate) const FILES_MAX: usize = 10_000;
/// Bytes of one file.
pub(crate) const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Bytes of all files of both sides.
pub(crate) const TOTAL_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Folders inside each other.
pub(super) const FOLDERS_DEEP_MAX: usize = 64;

/// What one path is on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A regular file that was read.
    Bytes(Vec<u8>),
    /// A symbolic link, with the path it holds. It was not followed.
    Link(Vec<u8>),
    /// Something that was not read, and why, as a phrase.
    Unread(String),
}

/// One path on both sides.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    /// As in `files`, as bytes: it may be no UTF-8.
    pub(super) path: Vec<u8>,
    pub(super) before: Option<Content>,
    pub(super) after: Option<Content>,
}

/// The two things a person named, of one sort.
pub(super) enum Named {
    Files,
    Folders,
}

/// Whether both are files or both are folders. Here links are followed: a person named them.
pub(super) fn named(before: &Path, after: &Path) -> Result<Named, PayloadError> {
    let look = |path: &Path| match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() || metadata.is_dir() => Ok(metadata.is_dir()),
        Ok(_) => Err(PayloadError::NotAFile { path: path.to_owned() }),
        Err(reason) => Err(PayloadError::Unreadable { path: path.to_owned(), reason }),
    };
    match (look(before)?, look(after)?) {
        (false, false) => Ok(Named::Files),
        (true, true) => Ok(Named::Folders),
        (before_is_folder, _) => {
            let (folder, file) = if before_is_folder { (before, after) } else { (after, before) };
            Err(PayloadError::Mixed { folder: folder.to_owned(), file: file.to_owned() })
        }
    }
}

/// Reads one file a person named.
pub(super) fn file(path: &Path, total: &mut u64) -> Result<Vec<u8>, PayloadError> {
    let unreadable = |reason| PayloadError::Unreadable { path: path.to_owned(), reason };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(PayloadError::NotAFile { path: path.to_owned() });
    }
    bytes_of(path, &metadata, file, total)?.map_err(unreadable)
}

/// Everything in two folders, calling `each` with one path at a time, sorted by path.
pub(super) fn folders(
    before: &Path,
    after: &Path,
    mut each: impl FnMut(Pair) -> Result<(), PayloadError>,
) -> Result<(), PayloadError> {
    let mut paths: BTreeMap<Vec<u8>, [Option<Found>; 2]> = BTreeMap::new();
    for (side, root) in [before, after].into_iter().enumerate() {
        for (path, found) in listed(root)? {
            if let Some(slot) = paths.entry(path).or_default().get_mut(side) {
                *slot = Some(found);
            }
        }
    }
    let mut total = 0;
    for (path, [before, after]) in paths {
        let before = before.map(|found| found.read(&mut total)).transpose()?;
        let after = after.map(|found| found.read(&mut total)).transpose()?;
        each(Pair { path, before, after })?;
    }
    Ok(())
}

/// What is in a folder, before anything is opened.
enum Found {
    File(PathBuf),
    Link(PathBuf),
    /// What cannot be read, in words.
    Other(String),
}

impl Found {
    fn read(self, total: &mut u64) -> Result<Content, PayloadError> {
        match self {
            Self::Other(what) => Ok(Content::Unread(what)),
            Self::Link(path) => Ok(match fs::read_link(&path) {
                Ok(target) => Content::Link(target.into_os_string().into_encoded_bytes()),
                Err(reason) => Content::Unread(format!("a symbolic link that cannot be read ({reason})")),
            }),
            Self::File(path) => match regular(&path, total)? {
                Ok(bytes) => Ok(Content::Bytes(bytes)),
                Err(reason) => Ok(Content::Unread(format!("a file that cannot be read ({reason})"))),
            },
        }
    }
}

/// A regular file, and the one that was listed: it may have been swapped for a link or a pipe since.
fn regular(path: &Path, total: &mut u64) -> Result<io::Result<Vec<u8>>, PayloadError> {
    let opened = fs::symlink_metadata(path).and_then(|listed| {
        if !listed.is_file() {
            return Err(io::Error::other("it is no regular file any more"));
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_file() && is_same(&listed, &metadata) {
            return Ok((file, metadata));
        }
        Err(io::Error::other("it was replaced while it was opened"))
    });
    match opened {
        Ok((file, metadata)) => bytes_of(path, &metadata, file, total),
        Err(reason) => Ok(Err(reason)),
    }
}

#[cfg(unix)]
fn is_same(listed: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (listed.dev(), listed.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
fn is_same(listed: &Metadata, opened: &Metadata) -> bool {
    listed.len() == opened.len()
}

fn bytes_of(
    path: &Path,
    metadata: &Metadata,
    file: File,
    total: &mut u64,
) -> Result<io::Result<Vec<u8>>, PayloadError> {
    if metadata.len() > FILE_BYTES_MAX {
        return Err(PayloadError::TooLarge { path: path.to_owned() });
    }
    let mut bytes = Vec::new();
    if let Err(reason) = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes) {
        return Ok(Err(reason));
    }
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(PayloadError::TooLarge { path: path.to_owned() });
    }
    *total = total.saturating_add(bytes.len() as u64);
    if *total > TOTAL_BYTES_MAX {
        return Err(PayloadError::TooMuch { path: path.to_owned() });
    }
    Ok(Ok(bytes))
}

/// Everything below a folder that is no folder, and folders that cannot be read.
fn listed(root: &Path) -> Result<Vec<(Vec<u8>, Found)>, PayloadError> {
    let (mut files, mut folders) = (Vec::new(), 0);
    let mut open: Vec<(PathBuf, Vec<u8>, usize)> = vec![(root.to_owned(), Vec::new(), 0)];
    while let Some((folder, path, depth)) = open.pop() {
        folders += 1;
        if depth > FOLDERS_DEEP_MAX {
            return Err(PayloadError::TooDeep { path: folder });
        }
        let names = match names(&folder) {
            Ok(names) => names,
            Err(reason) if depth == 0 => return Err(PayloadError::Unreadable { path: folder, reason }),
            Err(reason) => {
                files.push((path, Found::Other(format!("a folder that cannot be read ({reason})"))));
                continue;
            }
        };
        if names.len() > FILES_MAX {
            return Err(PayloadError::TooMany { path: folder });
        }
        for (name, kind) in names {
            let below = joined(&path, name.as_encoded_bytes());
            let at = folder.join(&name);
            match kind {
                Kind::Folder if name == ".git" => {}
                Kind::Folder => open.push((at, below, depth + 1)),
                Kind::File => files.push((below, Found::File(at))),
                Kind::Link => files.push((below, Found::Link(at))),
                Kind::Other(what) => files.push((below, Found::Other(what))),
            }
        }
        if files.len() > FILES_MAX || open.len() + folders > FILES_MAX {
            return Err(PayloadError::TooMany { path: root.to_owned() });
        }
    }
    Ok(files)
}

enum Kind {
    File,
    Folder,
    Link,
    Other(String),
}

/// The names in a folder, and at most one more than may be there: that is enough to know.
fn names(folder: &Path) -> io::Result<Vec<(std::ffi::OsString, Kind)>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)?.take(FILES_MAX + 1) {
        let entry = entry?;
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_dir() => Kind::Folder,
            Ok(kind) if kind.is_file() => Kind::File,
            Ok(kind) if kind.is_symlink() => Kind::Link,
            Ok(_) => Kind::Other("a device, a pipe or a socket".into()),
            Err(reason) => Kind::Other(format!("something that cannot be looked at ({reason})")),
        };
        names.push((entry.file_name(), kind));
    }
    Ok(names)
}

fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let slash: &[u8] = if folder.is_empty() { b"" } else { b"/" };
    [folder, slash, name].concat()
}
