//! Scratch repositories, made with the git that is installed out of folders of `tests/ranges` or out of texts, and the
//! binary run in them as people run it. Nobody's own configuration of git has a say in them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::{Failed, Trial};

use crate::support::{entries, root};

/// A repository for several trials. It is made when the first of them runs, and removed with the last.
pub type Shared = Arc<LazyLock<Result<Repository>>>;

/// A test that is put to a repository.
pub type TestOf = (&'static str, fn(&Repository) -> Result<()>);

/// Trials that share what `make` makes.
pub fn trials_in(group: &str, make: fn() -> Result<Repository>, tests: &[TestOf]) -> Vec<Trial> {
    let shared: Shared = Arc::new(LazyLock::new(make));
    let trial = |(name, test): &TestOf| {
        let (test, shared) = (*test, Arc::clone(&shared));
        Trial::test(format!("range/{group}/{name}"), move || {
            let repository = shared.as_ref().as_ref().map_err(|error| Failed::from(format!("{error:#}")))?;
            test(repository).map_err(|error| Failed::from(format!("{error:#}")))
        })
    };
    tests.iter().map(trial).collect()
}

/// A folder with a repository in it, and room beside it. It is gone when this is dropped.
pub struct Repository {
    folder: PathBuf,
}

impl Drop for Repository {
    fn drop(&mut self) {
        // What is left lies in the system's folder for such things.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What a run of the binary came to.
pub struct Answer {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// The run ended with this code, and what it said if not.
    pub fn ended(self, code: i32) -> Result<Self> {
        ensure!(self.code == Some(code), "{:?} and not {code}: {}{}", self.code, self.out, self.err);
        Ok(self)
    }

    /// It was no answer but an error with these words and a next step.
    pub fn refused(self, words: &[&str]) -> Result<()> {
        let Self { out, err, .. } = self.ended(2)?;
        ensure!(out.is_empty(), "nothing is judged, and yet: {out}");
        ensure!(err.starts_with("error: ") && err.contains("\nhelp: "), "no next step: {err}");
        let missing = words.iter().find(|part| !err.contains(**part));
        ensure!(missing.is_none(), "`{}` is not in: {err}", missing.unwrap_or(&""));
        Ok(())
    }
}

impl Repository {
    /// On the branch `main`, without a commit.
    pub fn empty() -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("interlock-range-{}-{number}", std::process::id()));
        fs::create_dir_all(folder.join("repository"))?;
        let repository = Self { folder: folder.canonicalize()? };
        repository.git(&["init", "-q", "-b", "main"])?;
        Ok(repository)
    }

    /// A folder of `tests/ranges`: `base` is on `main`, each other folder a branch of its name that begins there.
    pub fn of(name: &str) -> Result<Self> {
        let data = root().join("tests/ranges").join(name);
        let repository = Self::empty()?;
        repository.commit(&files_in(&data.join("base"))?, "Release 1.41")?;
        for folder in entries(&data).into_iter().filter(|entry| entry.is_dir() && !entry.ends_with("base")) {
            let branch = folder.file_name().and_then(OsStr::to_str).context("a name")?;
            repository.branch(branch, "main")?.commit(&files_in(&folder)?, "Release 1.42")?;
        }
        Ok(repository)
    }

    /// One commit on `main` and one on `head`, out of texts.
    pub fn of_texts(base: &[(&str, &str)], head: &[(&str, &str)]) -> Result<Self> {
        let repository = Self::empty()?;
        repository.commit(&texts(base), "before")?;
        repository.branch("head", "main")?.commit(&texts(head), "after")?;
        Ok(repository)
    }

    /// The top of its work tree.
    pub fn top(&self) -> PathBuf {
        self.folder.join("repository")
    }

    /// A path outside of the repository.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file outside of the repository, and its path as an argument.
    pub fn put_beside(&self, name: &str, text: &str) -> Result<String> {
        fs::write(self.beside(name), text)?;
        Ok(self.beside(name).to_str().context("a path")?.to_owned())
    }

    /// A branch that begins elsewhere, checked out.
    pub fn branch(&self, name: &str, at: &str) -> Result<&Self> {
        self.git(&["checkout", "-q", "-b", name, at])?;
        Ok(self)
    }

    /// A commit of exactly these files.
    pub fn commit(&self, files: &BTreeMap<String, Vec<u8>>, title: &str) -> Result<&Self> {
        self.git(&["rm", "-r", "-q", "--ignore-unmatch", "."])?;
        for (path, bytes) in files {
            self.put(path, bytes)?;
        }
        self.git(&["add", "-A", "-f"])?;
        self.git(&["commit", "-q", "--allow-empty", "-m", title])?;
        Ok(self)
    }

    /// A commit of what is there and these texts.
    pub fn commit_more(&self, more: &[(&str, &str)], title: &str) -> Result<&Self> {
        for (path, text) in more {
            self.put(path, text.as_bytes())?;
        }
        self.git(&["add", "-A", "-f"])?;
        self.git(&["commit", "-q", "--allow-empty", "-m", title])?;
        Ok(self)
    }

    /// A commit on a branch of its own, out of an index that no work tree was made of: its paths are any bytes that git
    /// takes, whatever the file system thinks of them.
    pub fn commit_paths(
        &self,
        branch: &str,
        parent: Option<&str>,
        files: &[(Vec<u8>, String)],
    ) -> Result<()> {
        self.git(&["read-tree", "--empty"])?;
        let mut index = Vec::new();
        for (path, text) in files {
            let id = self.git_with(&["hash-object", "-w", "--stdin"], text.as_bytes())?;
            index.extend([format!("100644 {}\t", id.trim()).as_bytes(), path, b"\0"].concat());
        }
        self.git_with(&["update-index", "-z", "--index-info"], &index)?;
        let tree = self.git(&["write-tree"])?;
        let mut commit = vec!["commit-tree", tree.trim(), "-F", "-"];
        commit.extend(parent.iter().flat_map(|parent| ["-p", *parent]));
        let id = self.git_with(&commit, HOSTILE_TITLE.as_bytes())?;
        self.git(&["update-ref", &format!("refs/heads/{branch}"), id.trim()])?;
        Ok(())
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let path = self.top().join(path);
        fs::create_dir_all(path.parent().context("a folder")?)?;
        Ok(fs::write(path, bytes)?)
    }

    pub fn git(&self, arguments: &[&str]) -> Result<String> {
        self.git_with(arguments, &[])
    }

    fn git_with(&self, arguments: &[&str], stdin: &[u8]) -> Result<String> {
        let output = run(git_in(&self.top()).args(arguments), stdin)?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "git {arguments:?}: {said}");
        Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
    }

    /// `check --base main --head HEAD`, at a time when nothing is closed, unless `more` says otherwise.
    pub fn check(&self, head: &str, more: &[&str]) -> Result<Answer> {
        let time: &[&str] = if more.contains(&"--at") { &[] } else { &["--at", "2026-11-24T09:00Z"] };
        self.interlock(&[&["check", "--base", "main", "--head", head][..], time, more].concat())
    }

    /// The binary with these arguments, in the repository.
    pub fn interlock(&self, arguments: &[&str]) -> Result<Answer> {
        self.interlock_with(&self.top(), arguments, &[])
    }

    /// The same in some folder, with something to read on standard input.
    pub fn interlock_with(&self, folder: &Path, arguments: &[&str], stdin: &[u8]) -> Result<Answer> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_interlock"));
        without_variables(&mut command).current_dir(folder).args(arguments);
        let output = run(&mut command, stdin)?;
        let (out, err) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
        Ok(Answer { code: output.status.code(), out, err })
    }
}

/// The first line of a commit that wants to be run, to colour and to turn around whatever shows it.
const HOSTILE_TITLE: &str =
    "::error::title\u{1b}[31m\u{202e}##[error]<script>alert(1)</script>[x](javascript:1)";

/// Git as nobody in particular, in a folder.
pub fn git_in(folder: &Path) -> Command {
    let mut command = Command::new("git");
    without_variables(&mut command).current_dir(folder);
    for date in ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"] {
        command.env(date, "2026-11-20T10:00:00Z");
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]);
    // Nothing may go on in the background when the folder is removed.
    command.args(["-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.autocrlf=false"]);
    command
}

/// Whoever runs the suite may be in a hook of git's, or have a policy set of their own.
fn without_variables(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let of_ours = ["GIT_", "INTERLOCK_"].iter().any(|start| name.to_string_lossy().starts_with(start));
        if of_ours {
            command.env_remove(name);
        }
    }
    command
}

fn run(command: &mut Command, stdin: &[u8]) -> Result<Output> {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn()?;
    // It is small enough for a pipe; whoever does not read it closes it.
    let _ = child.stdin.take().context("a pipe")?.write_all(stdin);
    Ok(child.wait_with_output()?)
}

/// Texts as the files of a commit.
pub fn texts(files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

/// Every file below a folder, by its path in it.
pub fn files_in(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(here) = folders.pop() {
        for entry in entries(&here) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let path = entry.strip_prefix(folder)?.to_str().context("a path")?.replace('\\', "/");
                files.insert(path, fs::read(&entry)?);
            }
        }
    }
    Ok(files)
}
