//! A range of a git repository: the files that a change differs in, read from its commits.
//!
//! The git that is installed is asked, through its plumbing commands; see `command` for what it may not do.
//! Nothing is written, checked out or fetched, and no file of the work tree is opened: a checkout belongs to
//! the change.
//!
//! `refs` (names into commits) -> `raw` (which paths differ) -> `batch` (their contents, capped) ->
//! `payload`. No verdict. The CLI calls it.

mod batch;
mod command;
mod error;
mod raw;
mod refs;
mod running;
mod stored;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use interlock_model::{Person, Source};

use crate::error::shown;
use crate::payload::{
    Compared, FILE_BYTES_MAX, FILES_MAX, Held, Step, TOTAL_BYTES_MAX, Version, compare_steps,
};
use crate::statement::{Speaker, Statement};
use batch::Blobs;
use command::Git;
use raw::{Entry, Mode, Stored};

pub use error::GitError;
pub use refs::CommitWords;

/// A range of a repository: what lies between the commit where `head` left `base`, and `head`.
#[derive(Clone, Debug)]
pub struct GitRange {
    /// The top of the work tree; without one, where the repository itself is.
    pub repository: PathBuf,
    /// The commit the change starts from: the merge base. What is compared is this and `head`.
    pub base: String,
    /// The commit the base names today. What a gate reads for itself, it reads from here.
    pub base_tip: String,
    /// The commit that is proposed.
    pub head: String,
    git: Git,
    /// The two as they were named.
    names: (String, String),
    entries: Vec<Entry>,
}

impl GitRange {
    /// Finds the two commits, where their histories meet, and which paths differ. `head` is `HEAD` if nobody
    /// named one.
    ///
    /// # Errors
    /// If there is no git or no repository, a revision is missing or ambiguous or looks like an
    /// option, the histories do not meet, or more than 10,000 files differ. Each says what to do.
    pub fn open(folder: &Path, base: &OsStr, head: Option<&OsStr>) -> Result<Self, GitError> {
        let git = Git::in_folder(folder)?;
        let head_named = head.unwrap_or(OsStr::new("HEAD"));
        let repository = refs::top_level(&git)?;
        let base_tip = refs::commit(&git, base)?;
        let head = refs::commit(&git, head_named)?;
        let names = (base.to_string_lossy().into_owned(), head_named.to_string_lossy().into_owned());
        let Some(start) = refs::merge_base(&git, &base_tip, &head)? else {
            return Err(never_meet(names, refs::is_shallow(&git)?));
        };
        let entries = raw::entries(&git, &start, &head, FILES_MAX)?;
        if entries.len() > FILES_MAX {
            return Err(GitError::TooMany { base: names.0, head: names.1, files_max: FILES_MAX });
        }
        Ok(Self { repository, base: start, base_tip, head, git, names, entries })
    }

    /// Compares every file that differs, one after the other. No file differs: nothing to judge, not nothing
    /// wrong.
    ///
    /// # Errors
    /// If an object is missing, as in a partial clone; if all files together have more than 64 MiB;
    /// if git fails.
    pub fn compare(&self) -> Result<Compared, GitError> {
        let ids: Vec<&str> = self.blobs().map(|stored| stored.id.as_str()).collect();
        let sizes = batch::sizes(&self.git, &ids)?;
        let wanted = self.wanted(&sizes)?;
        let mut blobs = Blobs::ask(&self.git, wanted)?;
        let steps = self.entries.iter().map(|entry| step(entry, &sizes, &mut blobs));
        compare_steps(format!("{} and {}", shown(&self.names.0), shown(&self.names.1)), steps)
    }

    /// What people call it: `main..feature`.
    pub fn name(&self) -> String {
        format!("{}..{}", self.names.0, self.names.1)
    }

    /// What its commits say of the change: where it stands, its title and, if nobody else of `others` names one, its
    /// author, as git knows them.
    ///
    /// # Errors
    /// If git fails.
    pub fn statements(&self, others: &[Statement]) -> Result<Vec<Statement>, GitError> {
        let CommitWords { author, author_email, title, committed_at } = self.head_words()?;
        let mut history = Statement::new(Speaker::Caller, &self.name(), "");
        history.facts.source = Some(Source {
            system: Some("git".into()),
            url: None,
            repository: None,
            // What the base names today, as events name it too; the merge base follows from both.
            base: Some(self.base_tip.clone()),
            head: Some(self.head.clone()),
        });
        let mut commit = Statement::new(Speaker::Author, &self.name(), "");
        commit.facts.title = Some(title).filter(|title| !title.is_empty());
        commit.facts.created_at = committed_at.parse().ok();
        // Anybody can write any name into a commit. It is only better than none.
        if others.iter().all(|other| other.facts.author.is_none()) {
            let id = [author_email, author].into_iter().find(|name| !name.is_empty());
            commit.facts.author = id.map(|id| Person { id, kind: None });
        }
        Ok(vec![history, commit])
    }

    /// Every path that differs, and of renamed files the old one too.
    pub fn changed_paths(&self) -> BTreeSet<String> {
        let paths = self.entries.iter().flat_map(|entry| [Some(&entry.path), entry.previous.as_ref()]);
        paths.flatten().map(|path| lossy(path)).collect()
    }

    /// The bytes of a regular file at the tip of the base. `None`: there is nothing at that path.
    ///
    /// # Errors
    /// If it is a link, a folder, a submodule, a Git LFS pointer or larger than 8 MiB, or the path leads out.
    pub fn file_at_base(&self, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        stored::file(&self.git, &self.base_tip, path, stored::BYTES_MAX)
    }

    /// A policy module at the tip of the base, of at most so many bytes: what the engine admits to its tier.
    ///
    /// # Errors
    /// As [`file_at_base`](Self::file_at_base).
    pub fn module_at_base(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, GitError> {
        stored::file(&self.git, &self.base_tip, path, bytes_max as u64)
    }

    /// The bytes of a regular file at the head: the change's own words. `None`: there is nothing at that
    /// path.
    ///
    /// # Errors
    /// As [`file_at_base`](Self::file_at_base).
    pub fn file_at_head(&self, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        stored::file(&self.git, &self.head, path, stored::BYTES_MAX)
    }

    /// What the head commit says of itself: author, title, time.
    ///
    /// # Errors
    /// If git fails.
    pub fn head_words(&self) -> Result<CommitWords, GitError> {
        refs::words(&self.git, &self.head)
    }

    /// Every blob of the range, both sides of an entry in order.
    fn blobs(&self) -> impl Iterator<Item = &Stored> {
        self.entries.iter().flat_map(blobs_of)
    }

    /// What is read, in the order in which `step` takes it.
    fn wanted(&self, sizes: &HashMap<String, u64>) -> Result<Vec<(String, u64)>, GitError> {
        let (mut wanted, mut total) = (Vec::new(), 0_u64);
        for entry in &self.entries {
            for stored in blobs_of(entry) {
                let size = *sizes.get(&stored.id).ok_or_else(|| missing(entry))?;
                if size > FILE_BYTES_MAX {
                    continue;
                }
                total = total.saturating_add(size);
                if total > TOTAL_BYTES_MAX {
                    return Err(GitError::TooMuch { path: lossy(&entry.path), bytes_max: TOTAL_BYTES_MAX });
                }
                wanted.push((stored.id.clone(), size));
            }
        }
        Ok(wanted)
    }
}

/// The blobs of an entry: none of a submodule, whose commit is in another repository, and one where both
/// sides are alike.
fn blobs_of(entry: &Entry) -> impl Iterator<Item = &Stored> {
    let is_blob = |stored: &&Stored| stored.mode != Mode::Submodule;
    let before = entry.before.as_ref().filter(is_blob);
    let after = entry.after.as_ref().filter(is_blob);
    let after = after.filter(|after| before.is_none_or(|before| before.id != after.id));
    before.into_iter().chain(after)
}

/// One entry with its contents.
fn step(entry: &Entry, sizes: &HashMap<String, u64>, blobs: &mut Blobs) -> Result<Step, GitError> {
    let before = entry.before.as_ref().map(|stored| version(stored, sizes, blobs, None)).transpose()?;
    let same = before.as_ref().filter(|before| before.held != Held::Submodule);
    let after = entry.after.as_ref().map(|stored| {
        version(stored, sizes, blobs, same.filter(|before| before.id == stored.id).map(|before| &before.held))
    });
    let after = after.transpose()?;
    Ok(Step { path: entry.path.clone(), previous: entry.previous.clone(), before, after })
}

/// One side with its content, which is asked for if no other side `has` it.
fn version(
    stored: &Stored,
    sizes: &HashMap<String, u64>,
    blobs: &mut Blobs,
    has: Option<&Held>,
) -> Result<Version, GitError> {
    let size = sizes.get(&stored.id).copied().unwrap_or_default();
    let mut content = || match has {
        Some(Held::Bytes(bytes) | Held::Link(bytes)) => Ok(bytes.clone()),
        Some(Held::TooLarge(_) | Held::Submodule) | None => blobs.next(),
    };
    let held = match stored.mode {
        Mode::Submodule => Held::Submodule,
        Mode::File { .. } | Mode::Link if size > FILE_BYTES_MAX => Held::TooLarge(size),
        Mode::File { .. } => Held::Bytes(content()?),
        Mode::Link => Held::Link(content()?),
    };
    Ok(Version { mode: stored.mode.octal(), id: stored.id.clone(), held })
}

fn never_meet((base, head): (String, String), shallow: bool) -> GitError {
    if shallow { GitError::Shallow { base, head } } else { GitError::Unrelated { base, head } }
}

fn missing(entry: &Entry) -> GitError {
    GitError::Missing { what: lossy(&entry.path) }
}

fn lossy(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
