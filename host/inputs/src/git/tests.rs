//! Ranges of scratch repositories, made with the git that is installed: `changes` has what a commit can do to
//! a file, `revisions` the ways in which a range is found or is not, `hostile` what must not be run or read.

mod changes;
mod hostile;
mod revisions;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use interlock_model::{FileChange, FileOp};

use super::*;

/// A folder with repositories that is gone after the test.
struct Scratch(PathBuf);

impl Scratch {
    /// With an empty repository on the branch `main`.
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("interlock-git-{}-{count}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("repo")).unwrap();
        let scratch = Self(path.canonicalize().unwrap());
        scratch.git(&["init", "-q", "-b", "main"]);
        scratch
    }

    /// With a first commit of these files, and the branch `head` checked out.
    fn of(files: &[(&str, &str)]) -> Self {
        let scratch = Self::new();
        for (path, text) in files {
            scratch.write(path, text);
        }
        scratch.commit("first").git(&["checkout", "-q", "-b", "head"]);
        scratch
    }

    fn repo(&self) -> PathBuf {
        self.0.join("repo")
    }

    fn git(&self, args: &[&str]) -> String {
        let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
        git_in(&self.repo(), &args)
    }

    fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.repo().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    fn commit(&self, title: &str) -> &Self {
        self.git(&["add", "-A"]);
        self.commit_index(title)
    }

    fn commit_index(&self, title: &str) -> &Self {
        self.git(&["commit", "-q", "--allow-empty", "-m", title]);
        self
    }

    /// Whatever type and content: an entry of the index without a file.
    fn cache(&self, mode: &str, id: &str, path: &str) -> &Self {
        self.git(&["update-index", "--add", "--cacheinfo", &format!("{mode},{id},{path}")]);
        self
    }

    fn blob(&self, content: &str) -> String {
        self.write(".git/scratch-blob", content);
        self.git(&["hash-object", "-w", "--no-filters", ".git/scratch-blob"])
    }

    fn range(&self) -> GitRange {
        self.open("main", None).unwrap()
    }

    fn open(&self, base: &str, head: Option<&str>) -> Result<GitRange, GitError> {
        GitRange::open(&self.repo(), OsStr::new(base), head.map(OsStr::new))
    }

    fn compare(&self) -> Compared {
        self.range().compare().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs git as nobody in particular, without anybody's configuration.
fn git_in(folder: &Path, args: &[&OsStr]) -> String {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(name);
    }
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "Ada").env(format!("GIT_{role}_EMAIL"), "ada@example.org");
        command.env(format!("GIT_{role}_DATE"), "2023-11-12T17:44:00+08:00");
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    // Nothing may go on in the background when the folder is removed.
    command.args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"]);
    let output = command.current_dir(folder).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// `modified a.yaml yaml: /a 1>2`, each entry on a line.
fn lines(compared: &Compared) -> Vec<String> {
    compared.files.iter().map(line).collect()
}

fn line(file: &FileChange) -> String {
    let op = match file.op {
        FileOp::Added => "added",
        FileOp::Removed => "removed",
        FileOp::Modified => "modified",
        FileOp::Renamed => "renamed",
    };
    let from = file.previous_path.as_ref().map(|path| format!("{path} -> ")).unwrap_or_default();
    let format = file.format.as_deref().unwrap_or("-");
    let text = |scalar: &Option<interlock_model::Scalar>| {
        scalar.as_ref().map_or("-".to_owned(), |scalar| scalar.text.clone())
    };
    let edits = file.edits.iter().flatten();
    let edits: Vec<String> =
        edits.map(|edit| format!(" {} {}>{}", edit.pointer, text(&edit.before), text(&edit.after))).collect();
    format!("{op} {from}{} {format}:{}", file.path, edits.concat())
}

fn doubts(compared: &Compared) -> Vec<String> {
    let doubts = compared.payload.doubts.iter();
    doubts.map(|doubt| format!("{} {}: {}", doubt.side.name(), doubt.path, doubt.message)).collect()
}

#[track_caller]
fn check(scratch: &Scratch, expect: &[&str], expect_doubts: &[&str]) {
    let compared = scratch.compare();
    assert_eq!(lines(&compared), expect);
    assert_eq!(doubts(&compared), expect_doubts);
}

/// The error's first line, and that it has a next step.
#[track_caller]
fn check_error(result: Result<GitRange, GitError>, first: &str, help: &str) {
    let error = result.map(|range| range.head).unwrap_err().to_string();
    let (found, next) = error.split_once("\nhelp: ").unwrap();
    assert_eq!(found, first);
    assert!(next.contains(help), "{next}");
}
