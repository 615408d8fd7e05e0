//! Names into commits: what a person or a CI system calls a revision, where two histories meet, and what a
//! commit says of itself.
//!
//! A name is refused where it could be taken for an option, and where git would have to choose between
//! several.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::GitError;
use super::command::Git;

/// Bytes of an answer that is an id, a word or a path.
const LINE_BYTES_MAX: usize = 64 << 10;
/// Characters of a commit's title that are kept. It is for people; git itself has no limit.
const TITLE_MAX: usize = 200;

/// What a commit says of itself: claims of whoever made it, not cleaned. Escape them before they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitWords {
    /// Who wrote the change.
    pub author: String,
    /// Where to write to them.
    pub author_email: String,
    /// The first paragraph of its message on one line, cut.
    pub title: String,
    /// When it was committed, as in RFC 3339. Empty where the commit holds no date that can be read.
    pub committed_at: String,
}

/// An object id, whole and in lower case, as git writes it: SHA-1 or SHA-256.
pub(super) fn id(text: &[u8]) -> Option<String> {
    let is_hex = text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_whole = matches!(text.len(), 40 | 64);
    std::str::from_utf8(text).ok().filter(|_| is_hex && is_whole).map(str::to_owned)
}

/// The top of the work tree; without one, where the repository itself is.
pub(super) fn top_level(git: &Git) -> Result<PathBuf, GitError> {
    let inside = line(git, &["rev-parse", "--is-inside-work-tree"])?;
    let which = if inside == b"true" { "--show-toplevel" } else { "--absolute-git-dir" };
    Ok(path_of(line(git, &["rev-parse", which])?))
}

/// The commit a revision names.
pub(super) fn commit(git: &Git, revision: &OsStr) -> Result<String, GitError> {
    let name = || revision.to_string_lossy().into_owned();
    if let Some(why) = odd(revision.as_encoded_bytes()) {
        return Err(GitError::OddRevision { name: name(), why });
    }
    let mut wanted: OsString = revision.to_owned();
    wanted.push("^{commit}");
    let args = [OsStr::new("rev-parse"), "--verify".as_ref(), "--end-of-options".as_ref(), &wanted];
    let answer = git.answer(&args, Vec::new(), LINE_BYTES_MAX)?;
    if answer.said.contains("is ambiguous") {
        return Err(GitError::AmbiguousRevision { name: name() });
    }
    if answer.code == Some(0) {
        // `^main` is a revision too: everything but it.
        return id(first_line(&answer.out))
            .ok_or(GitError::OddRevision { name: name(), why: "no single commit" });
    }
    let refused = git.failed(&args, &answer);
    if !matches!(refused, GitError::Failed { .. }) {
        return Err(refused);
    }
    Err(GitError::NoRevision { help: help_for(&name(), is_shallow(git)?), name: name() })
}

/// Where the change starts: the newest commit that both histories hold. `None`: there is none, or it is not
/// here.
pub(super) fn merge_base(git: &Git, base: &str, head: &str) -> Result<Option<String>, GitError> {
    let args = ["merge-base", base, head];
    let answer = git.answer(&args, Vec::new(), LINE_BYTES_MAX)?;
    match answer.code {
        Some(0) => id(first_line(&answer.out))
            .map(Some)
            .ok_or(GitError::Unexpected { command: "merge-base", what: "no commit id" }),
        Some(1) if answer.out.is_empty() => Ok(None),
        Some(_) | None => Err(git.failed(&args, &answer)),
    }
}

/// Whether this clone holds only the end of the history.
pub(super) fn is_shallow(git: &Git) -> Result<bool, GitError> {
    Ok(line(git, &["rev-parse", "--is-shallow-repository"])? == b"true")
}

/// What a commit says of itself. No mail map is asked: it is a file of the change.
pub(super) fn words(git: &Git, commit: &str) -> Result<CommitWords, GitError> {
    let format = "--format=%an%x00%ae%x00%cI%x00%s";
    let args = ["rev-list", "--no-walk", "--max-count=1", "--encoding=UTF-8", format, commit, "--"];
    let out = git.output(&args, Vec::new(), 1 << 20)?;
    let text = String::from_utf8_lossy(&out);
    // The first line is `commit` and the id.
    let (_, fields) = text.split_once('\n').unwrap_or_default();
    let mut fields = fields.splitn(4, '\0').map(str::trim_end);
    let (Some(author), Some(author_email), Some(committed_at), Some(title)) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err(GitError::Unexpected { command: "rev-list", what: "too few fields" });
    };
    Ok(CommitWords {
        author: author.to_owned(),
        author_email: author_email.to_owned(),
        title: title.chars().take(TITLE_MAX).collect(),
        committed_at: committed_at.to_owned(),
    })
}

fn odd(revision: &[u8]) -> Option<&'static str> {
    if revision.is_empty() {
        Some("empty")
    } else if revision.starts_with(b"-") {
        Some("begins with `-`")
    } else if revision.contains(&0) {
        Some("holds a NUL")
    } else {
        None
    }
}

/// How to get a revision. A command is written out for plain names only: somebody will paste it into a shell.
fn help_for(name: &str, shallow: bool) -> String {
    let plain =
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b'-'));
    let branch = name.strip_prefix("origin/").unwrap_or(name);
    let fetch = if id(name.as_bytes()).is_some() {
        format!("`git fetch origin {name}`")
    } else if plain && !branch.starts_with("refs/") {
        format!("`git fetch origin {branch}:refs/remotes/origin/{branch}`, then name it `origin/{branch}`")
    } else {
        "`git fetch origin`".to_owned()
    };
    let depth =
        if shallow { "; this clone is shallow: for actions/checkout, set `fetch-depth: 0`" } else { "" };
    format!("get it with {fetch}{depth}")
}

fn line(git: &Git, args: &[&str]) -> Result<Vec<u8>, GitError> {
    git.output(args, Vec::new(), LINE_BYTES_MAX).map(|out| first_line(&out).to_vec())
}

/// Without the line break at the end. A path may hold others.
fn first_line(out: &[u8]) -> &[u8] {
    let line = out.strip_suffix(b"\n").unwrap_or(out);
    line.strip_suffix(b"\r").filter(|_| cfg!(windows)).unwrap_or(line)
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_written_out_for_plain_names_only() {
        let help = |name: &str| help_for(name, false);
        assert!(
            help("main").contains("`git fetch origin main:refs/remotes/origin/main`"),
            "{}",
            help("main")
        );
        assert!(help("origin/a-b").contains("`git fetch origin a-b:refs/remotes/origin/a-b`"));
        assert!(help(&"a1".repeat(20)).contains(&format!("`git fetch origin {}`", "a1".repeat(20))));
        for name in ["a;reboot", "$(id)", "a b", "HEAD~1", "refs/heads/main", "ä"] {
            assert_eq!(help(name), "get it with `git fetch origin`", "{name}");
        }
        assert!(help_for("main", true).ends_with("set `fetch-depth: 0`"));
    }

    #[test]
    fn an_id_is_whole() {
        assert!(id(&[b'a'; 40]).is_some() && id(&[b'0'; 64]).is_some());
        for odd in [&b"a"[..], &[b'A'; 40], &[b'g'; 40], &[b'a'; 41], b"^", b""] {
            assert_eq!(id(odd), None);
        }
    }
}
