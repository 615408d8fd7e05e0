//! One file of one commit: what a gate reads from the base, where the change cannot have touched it.

use super::GitError;
use super::command::Git;
use super::raw::Mode;

/// Bytes of a file that is read by its path, where nobody asks for more.
pub(super) const BYTES_MAX: u64 = 8 << 20;
/// Bytes of what git says of one path.
const LISTED_BYTES_MAX: usize = 64 << 10;
/// Folders inside each other.
const FOLDERS_DEEP_MAX: usize = 64;

/// What a commit has at one path.
enum Listed {
    File {
        id: String,
        bytes: u64,
    },
    Folder,
    /// A file whose bytes are not in this clone.
    Missing,
    Other(&'static str),
}

/// The bytes of a regular file. `None`: the commit has nothing there.
pub(super) fn file(git: &Git, commit: &str, path: &str, bytes_max: u64) -> Result<Option<Vec<u8>>, GitError> {
    let folders = folders(path)?;
    let path = folders.join("/");
    let refused = |what| GitError::NotAFile { path: path.clone(), commit: commit.to_owned(), what };
    let (id, bytes) = match listed(git, commit, &path)? {
        Some(Listed::File { id, bytes }) => (id, bytes),
        Some(Listed::Folder) => return Err(refused("a folder")),
        Some(Listed::Missing) => return Err(GitError::Missing { what: path }),
        Some(Listed::Other(what)) => return Err(refused(what)),
        None => return nothing(git, commit, &folders),
    };
    if bytes > bytes_max {
        let commit = commit.to_owned();
        return Err(GitError::FileTooLarge { path, commit, bytes, bytes_max });
    }
    let content = git.output(&["cat-file", "blob", &id], Vec::new(), bytes_max as usize)?;
    if content.len() as u64 != bytes {
        return Err(GitError::Unexpected { command: "cat-file", what: "another number of bytes" });
    }
    if crate::payload::is_lfs_pointer(&content) {
        return Err(refused("a pointer of Git LFS, which does not hold the file"));
    }
    Ok(Some(content))
}

/// The names of a path. `.` says nothing; `..` could lead out.
fn folders(path: &str) -> Result<Vec<&str>, GitError> {
    let odd = |why| GitError::OddPath { path: path.to_owned(), why };
    if path.starts_with('/') {
        return Err(odd("begins with `/`"));
    }
    if path.contains('\0') {
        return Err(odd("holds a NUL"));
    }
    let names: Vec<&str> = path.split('/').filter(|name| *name != ".").collect();
    if names.is_empty() || names.contains(&"") {
        return Err(odd("has an empty name in it"));
    }
    if names.contains(&"..") {
        return Err(odd("has `..` in it"));
    }
    if names.len() > FOLDERS_DEEP_MAX {
        return Err(odd("is too deep"));
    }
    Ok(names)
}

/// Nothing is there. If a folder on the way is a link or a submodule, a checkout would find a file all the
/// same.
fn nothing(git: &Git, commit: &str, names: &[&str]) -> Result<Option<Vec<u8>>, GitError> {
    for depth in 1..names.len() {
        let above = names.iter().take(depth).copied().collect::<Vec<_>>().join("/");
        match listed(git, commit, &above)? {
            Some(Listed::Folder) => {}
            None | Some(Listed::File { .. } | Listed::Missing) => return Ok(None),
            Some(Listed::Other(what)) => {
                return Err(GitError::NotAFile { path: above, commit: commit.to_owned(), what });
            }
        }
    }
    Ok(None)
}

fn listed(git: &Git, commit: &str, path: &str) -> Result<Option<Listed>, GitError> {
    let args = ["ls-tree", "-z", "-l", "--full-tree", commit, "--", path];
    let out = git.output(&args, Vec::new(), LISTED_BYTES_MAX)?;
    if out.is_empty() {
        return Ok(None);
    }
    parsed(&out, path).map(Some).ok_or(GitError::Unexpected { command: "ls-tree", what: "an odd line" })
}

/// `100644 blob ID    SIZE`, a tab, the path, a NUL.
fn parsed(out: &[u8], path: &str) -> Option<Listed> {
    let line = std::str::from_utf8(out.strip_suffix(b"\0")?).ok()?;
    let (words, named) = line.split_once('\t')?;
    let mut words = words.split_ascii_whitespace();
    let (mode, sort, id, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if named != path {
        return None;
    }
    if sort == "tree" {
        return Some(Listed::Folder);
    }
    match Mode::of(mode.as_bytes())? {
        // So git says that it could not find out.
        Mode::File { .. } if size == "BAD" => Some(Listed::Missing),
        Mode::File { .. } => {
            Some(Listed::File { id: super::refs::id(id.as_bytes())?, bytes: size.parse().ok()? })
        }
        Mode::Link => Some(Listed::Other("a symbolic link, which is not followed")),
        Mode::Submodule => Some(Listed::Other("a submodule, whose files are in another repository")),
    }
}
