//! Why a range of a repository was not read, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{escaped, shown};

/// A range that was not read. Its message is safe for a terminal.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// No program of that name in an absolute folder of `PATH`.
    #[error("no `git` in `PATH`\nhelp: install git; relative folders of `PATH` are not searched")]
    NotInstalled,
    /// What should hold the repository.
    #[error("{}: no folder that can be opened\nhelp: name a folder of the repository", place(.path))]
    NotAFolder {
        /// As it was named.
        path: PathBuf,
    },
    /// A folder outside of any repository.
    #[error(
        "{}: not in a git repository\n\
         help: run it in a clone, or compare two folders instead of two revisions",
        place(.path)
    )]
    NotARepository {
        /// The folder.
        path: PathBuf,
    },
    /// Git refuses repositories of other users.
    #[error(
        "{}: the repository belongs to somebody else, and git refuses to read it\nhelp: if you trust it, run \
         `git config --global --add safe.directory` with its path; `GIT_CONFIG_` variables are not read here",
        place(.path)
    )]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// A revision that could be taken for an option, or holds what none can.
    #[error(
        "revision {}: {why}, expected a branch, a tag or a commit\n\
         help: write it out, as in `refs/heads/main`",
        shown(.name)
    )]
    OddRevision {
        /// As it was named.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A revision that is not there.
    #[error("revision {}: no such commit here\nhelp: {help}", shown(.name))]
    NoRevision {
        /// As it was named.
        name: String,
        /// How to get it.
        help: String,
    },
    /// A name of several revisions.
    #[error(
        "revision {}: more than one has that name, expected one\n\
         help: write it out, as in `refs/heads/main` or \
         `refs/remotes/origin/main`, or give the whole commit id",
        shown(.name)
    )]
    AmbiguousRevision {
        /// As it was named.
        name: String,
    },
    /// The history ends before the two meet.
    #[error(
        "no common commit of {} and {}: this clone is shallow\n\
         help: get the history with `git fetch --unshallow`; for \
         actions/checkout, set `fetch-depth: 0`; for GitLab CI, `GIT_DEPTH: 0`",
        shown(.base), shown(.head)
    )]
    Shallow {
        /// The base, as it was named.
        base: String,
        /// The head, as it was named.
        head: String,
    },
    /// Two histories that never meet.
    #[error(
        "no common commit of {} and {}: their histories are unrelated\n\
         help: name the branch that the change will be \
         merged into",
        shown(.base), shown(.head)
    )]
    Unrelated {
        /// The base, as it was named.
        base: String,
        /// The head, as it was named.
        head: String,
    },
    /// An object that this clone does not hold.
    #[error(
        "{}: not in this clone, and nothing is fetched while it is read\n\
         help: clone without `--filter` (actions/checkout: \
         leave out `filter`), or run `git fetch --refetch --no-filter`",
        escaped(.what)
    )]
    Missing {
        /// What is missing.
        what: String,
    },
    /// More changed files than are read.
    #[error(
        "{} to {}: more than {files_max} changed files\n\
         help: judge a smaller range; nobody reviews one of this size",
        shown(.base), shown(.head)
    )]
    TooMany {
        /// The base, as it was named.
        base: String,
        /// The head, as it was named.
        head: String,
        /// How many are read.
        files_max: usize,
    },
    /// More bytes in the changed files than are read.
    #[error(
        "{}: more than {bytes_max} bytes ({} MiB) in all changed files up to this one\n\
         help: judge a smaller range",
        escaped(.path), bytes_max >> 20
    )]
    TooMuch {
        /// The file at which it was too much.
        path: String,
        /// How many are read.
        bytes_max: u64,
    },
    /// A path that leads out of the repository, or to no file.
    #[error(
        "path {}: {why}, expected the path of a file in the repository\n\
         help: write it from the top of the repository on, \
         with `/` between folders",
        shown(.path)
    )]
    OddPath {
        /// As it was named.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// What lies at a path is no regular file.
    #[error(
        "{} at {commit}: {what}, expected a regular file\n\
         help: commit the file itself there",
        escaped(.path)
    )]
    NotAFile {
        /// The path.
        path: String,
        /// The commit that was read.
        commit: String,
        /// What it is instead.
        what: &'static str,
    },
    /// A file of more bytes than are read.
    #[error(
        "{} at {commit}: {bytes} bytes, expected at most {bytes_max} ({} MiB)\n\
         help: strip a module, and keep a policy set \
         to what people write",
        escaped(.path), bytes_max >> 20
    )]
    FileTooLarge {
        /// The path.
        path: String,
        /// The commit that was read.
        commit: String,
        /// How many it has.
        bytes: u64,
        /// How many are read.
        bytes_max: u64,
    },
    /// Git wrote more than an answer may have.
    #[error("`git {command}`: more than {bytes_max} bytes\nhelp: judge a smaller range")]
    TooMuchSaid {
        /// The command.
        command: String,
        /// How many are read.
        bytes_max: usize,
    },
    /// Git said nothing for too long.
    #[error(
        "`git {command}`: nothing for {seconds} seconds, so it was stopped\n\
         help: run `git fsck` in the clone, and look for \
         a file system that does not answer"
    )]
    Silent {
        /// The command.
        command: String,
        /// For how long.
        seconds: u64,
    },
    /// The operating system did not start it, or lost it.
    #[error("`git`: {reason}\nhelp: check that the program runs, and how many processes there may be")]
    Unstartable {
        /// The system's reason.
        reason: io::Error,
    },
    /// Git refused, in its own words.
    #[error("`git {command}` failed: {}\nhelp: run `git fsck` in the clone", shown_longer(.said))]
    Failed {
        /// The command.
        command: String,
        /// Its words.
        said: String,
    },
    /// Git wrote something that its documentation does not know.
    #[error(
        "`git {command}`: {what}, which is not what git is documented to write\n\
         help: run `git --version`; 2.30 is the \
         oldest that is read"
    )]
    Unexpected {
        /// The command.
        command: &'static str,
        /// What was odd.
        what: &'static str,
    },
}

fn place(path: &Path) -> String {
    escaped(&path.to_string_lossy())
}

/// Git's words are sentences, some of them with paths.
fn shown_longer(said: &str) -> String {
    if said.is_empty() {
        return "it said nothing".into();
    }
    format!("`{}`", escaped(&said.chars().take(400).collect::<String>()))
}
