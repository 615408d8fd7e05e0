//! Where a gate's own files are read from: the disk, or, for a range of a repository, the base of that range. A file that
//! lies in the repository is never read as the change left it: the checkout is the head's.
//!
//! `gate` reads through it and learns from it which files it named; `check` makes a finding of those a change edits.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use interlock_inputs::{CHANGE_BYTES_MAX, FileError, GitError, GitRange};

/// Where a base keeps its policy set if nobody names one.
const POLICY_SET: &str = ".interlock/policy-set.yaml";

/// Files that judge.
pub(crate) struct Shelf<'r> {
    range: Option<&'r GitRange>,
    /// Paths in the repository that were asked for.
    asked: RefCell<BTreeSet<String>>,
}

/// Where a file stands.
enum Stands<'r> {
    Disk,
    /// In the base, at a path from the top of the repository.
    Base(&'r GitRange, String),
}

impl<'r> Shelf<'r> {
    pub(crate) fn new(range: Option<&'r GitRange>) -> Self {
        Self { range, asked: RefCell::default() }
    }

    /// The policy set that is named, or else the base's own.
    ///
    /// # Errors
    /// If git cannot say whether the base has one.
    pub(crate) fn policy_set(&self, named: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
        match (named, self.range) {
            (Some(path), _) => Ok(Some(path.to_owned())),
            (None, None) => Ok(None),
            (None, Some(range)) => {
                self.asked.borrow_mut().insert(POLICY_SET.into());
                let there = range.file_at_base(POLICY_SET)?.is_some();
                Ok(there.then(|| range.repository.join(POLICY_SET)))
            }
        }
    }

    /// A document.
    pub(crate) fn open(&self, path: &Path) -> Result<Vec<u8>, FileError> {
        match self.stands(path) {
            Stands::Disk => interlock_inputs::read_file(path),
            Stands::Base(range, inside) => {
                let bytes = self.at_base(path, &inside, || range.file_at_base(&inside))?;
                if bytes.len() > CHANGE_BYTES_MAX {
                    return Err(FileError::TooLarge { path: path.to_owned(), bytes_max: CHANGE_BYTES_MAX });
                }
                Ok(bytes)
            }
        }
    }

    /// A policy module of at most so many bytes.
    pub(crate) fn module(&self, path: &Path, bytes_max: usize) -> Result<Vec<u8>, FileError> {
        match self.stands(path) {
            Stands::Disk => interlock_inputs::read_module(path, bytes_max),
            Stands::Base(range, inside) => {
                self.at_base(path, &inside, || range.module_at_base(&inside, bytes_max))
            }
        }
    }

    /// Files that were asked for and that the range changes.
    pub(crate) fn edited(&self) -> Vec<String> {
        let Some(range) = self.range else { return Vec::new() };
        let changed = range.changed_paths();
        self.asked.borrow().iter().filter(|path| changed.contains(*path)).cloned().collect()
    }

    fn at_base(
        &self,
        path: &Path,
        inside: &str,
        read: impl FnOnce() -> Result<Option<Vec<u8>>, GitError>,
    ) -> Result<Vec<u8>, FileError> {
        self.asked.borrow_mut().insert(inside.to_owned());
        let unreadable = |reason| FileError::Unreadable { path: path.to_owned(), reason };
        match read() {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(unreadable(io::Error::new(
                io::ErrorKind::NotFound,
                "the base has no such file, and what judges a change is never read from its head",
            ))),
            Err(GitError::FileTooLarge { bytes_max, .. }) => Err(FileError::TooLarge {
                path: path.to_owned(),
                bytes_max: usize::try_from(bytes_max).unwrap_or(usize::MAX),
            }),
            Err(error) => Err(unreadable(io::Error::other(error.to_string()))),
        }
    }

    /// By its name, and by what the name leads to: a link from elsewhere into the checkout is in the checkout.
    fn stands(&self, path: &Path) -> Stands<'r> {
        let Some(range) = self.range else { return Stands::Disk };
        let named = std::path::absolute(path).ok().map(|path| without_dots(&path));
        let real = std::fs::canonicalize(path).ok();
        let inside = [named, real].into_iter().flatten().find_map(|path| {
            let inside = path.strip_prefix(&range.repository).ok()?;
            let names: Vec<_> = inside.components().map(|name| name.as_os_str().to_string_lossy()).collect();
            Some(names.join("/"))
        });
        inside.map_or(Stands::Disk, |inside| Stands::Base(range, inside))
    }
}

fn without_dots(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for name in path.components() {
        match name {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => clean.push(name),
        }
    }
    clean
}
