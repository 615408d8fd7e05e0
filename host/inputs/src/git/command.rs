//! How git is called: which program, with which options, in which environment. What becomes of it: `running`.
//!
//! Arguments go to the program as they are, never through a shell. Nothing that a repository or the
//! environment names is run: no hooks, pagers, diff drivers, filters, file system monitors or transports, and
//! nothing is fetched.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::GitError;
use super::running::{Answer, Running};

/// How long git may take for the next thing it says. Finding a merge base in a large history is silent for a
/// while.
const SILENCE_MAX: Duration = Duration::from_secs(120);

/// For every command. What is empty or off here would run a program, or show another history than the one
/// that is stored.
const OPTIONS: &[&str] = &[
    "--no-pager",
    "--no-replace-objects",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "diff.external=",
    // Of a branch and a tag with one name, git takes the tag; that it says so is what `refs` looks for.
    "-c",
    "core.warnAmbiguousRefs=true",
    "-c",
    "advice.graftFileDeprecated=false",
];

/// For every command. A git before 2.45 does not know `GIT_NO_LAZY_FETCH`; no protocol being allowed stops it
/// too.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("LC_ALL", "C"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_GRAFT_FILE", "/dev/null"),
];

/// What says how far up a repository is looked for.
const SEARCH: &[&str] = &["GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM"];
/// What says where the repository of the current folder is. Git sets it for hooks: without it, one that runs
/// before a push is accepted would not see the commits that were pushed.
const PLACES: &[&str] = &[
    "GIT_DIR",
    "GIT_COMMON_DIR",
    "GIT_WORK_TREE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
];

/// Whose repository is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Located {
    /// The current folder's: what git itself says of it counts.
    Here,
    /// That of a folder somebody named: what a hook's environment says is of another one.
    Elsewhere,
}

/// Git, in one folder.
#[derive(Clone, Debug)]
pub(super) struct Git {
    pub(super) program: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) located: Located,
    pub(super) silence_max: Duration,
}

impl Git {
    /// The git that is installed, for a folder that is there.
    pub(super) fn in_folder(folder: &Path) -> Result<Self, GitError> {
        let named = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let folder = named
            .canonicalize()
            .ok()
            .filter(|folder| folder.is_dir())
            .ok_or_else(|| GitError::NotAFolder { path: named.to_owned() })?;
        let here = std::env::current_dir().and_then(|here| here.canonicalize());
        let located = if here.is_ok_and(|here| here == folder) { Located::Here } else { Located::Elsewhere };
        let program = program(std::env::var_os("PATH").as_deref())?;
        Ok(Self { program, folder, located, silence_max: SILENCE_MAX })
    }

    /// Runs a command to its end. More bytes than `bytes_max` are an error, and git is stopped there.
    pub(super) fn answer<A: AsRef<OsStr>>(
        &self,
        args: &[A],
        input: Vec<u8>,
        bytes_max: usize,
    ) -> Result<Answer, GitError> {
        self.start(args, input)?.answer(bytes_max)
    }

    /// Runs a command that must succeed.
    pub(super) fn output<A: AsRef<OsStr>>(
        &self,
        args: &[A],
        input: Vec<u8>,
        bytes_max: usize,
    ) -> Result<Vec<u8>, GitError> {
        let answer = self.answer(args, input, bytes_max)?;
        if answer.code == Some(0) { Ok(answer.out) } else { Err(self.failed(args, &answer)) }
    }

    /// Why a command failed, as far as what it said tells.
    pub(super) fn failed<A: AsRef<OsStr>>(&self, args: &[A], answer: &Answer) -> GitError {
        let path = self.folder.clone();
        let said = answer.said.as_str();
        if said.contains("dubious ownership") {
            GitError::NotOurs { path }
        } else if said.contains("not a git repository") {
            GitError::NotARepository { path }
        } else if said.contains("promisor remote") || said.contains("lazy fetching disabled") {
            GitError::Missing { what: "an object that the range needs".into() }
        } else {
            GitError::Failed { command: name_of(args), said: said.trim().to_owned() }
        }
    }

    /// Starts a command, with a thread that writes what it reads and one that keeps what it says.
    pub(super) fn start<A: AsRef<OsStr>>(&self, args: &[A], input: Vec<u8>) -> Result<Running, GitError> {
        let child = self.command(args).spawn().map_err(|reason| GitError::Unstartable { reason })?;
        Running::of(child, name_of(args), input, self.silence_max)
    }

    fn command<A: AsRef<OsStr>>(&self, args: &[A]) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_dropped(name, self.located)) {
            command.env_remove(name);
        }
        command
            .envs(ENVIRONMENT.iter().copied())
            .current_dir(&self.folder)
            .args(OPTIONS)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// The command, without what follows it: `diff-tree`.
fn name_of<A: AsRef<OsStr>>(args: &[A]) -> String {
    args.first().map(|name| name.as_ref().to_string_lossy().into_owned()).unwrap_or_default()
}

/// Whether a variable is kept from git. Of its own, which may name programs, configuration and files to
/// write, only those that say where the repository is stay.
fn is_dropped(name: &OsStr, located: Located) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    let located = match located {
        Located::Here => PLACES.contains(&name.as_str()),
        Located::Elsewhere => false,
    };
    name.starts_with("GIT_") && !located && !SEARCH.contains(&name.as_str())
}

/// Where git is. A relative folder of the search path is passed over: below it would lie what is judged.
fn program(path: Option<&OsStr>) -> Result<PathBuf, GitError> {
    let name: OsString = format!("git{}", std::env::consts::EXE_SUFFIX).into();
    let folders = std::env::split_paths(path.unwrap_or_default()).filter(|folder| folder.is_absolute());
    let mut programs = folders.map(|folder| folder.join(&name));
    programs.find(|program| is_program(program)).ok_or(GitError::NotInstalled)
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn of_gits_own_variables_only_places_are_kept() {
        let dropped = |name: &str, located| is_dropped(OsStr::new(name), located);
        for name in [
            "GIT_EXTERNAL_DIFF",
            "GIT_SSH_COMMAND",
            "GIT_PAGER",
            "GIT_ASKPASS",
            "GIT_TRACE",
            "GIT_TRACE2_EVENT",
            "GIT_CONFIG_COUNT",
            "GIT_CONFIG_PARAMETERS",
            "GIT_CONFIG_GLOBAL",
            "GIT_EXEC_PATH",
            "GIT_INDEX_FILE",
            "GIT_REPLACE_REF_BASE",
            "GIT_SHALLOW_FILE",
            "git_pager",
        ] {
            assert!(dropped(name, Located::Here) && dropped(name, Located::Elsewhere), "{name}");
        }
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"] {
            assert!(!dropped(name, Located::Here) && dropped(name, Located::Elsewhere), "{name}");
        }
        for name in ["GIT_CEILING_DIRECTORIES", "HOME", "PATH", "GITHUB_SHA", "LEGIT_DIR"] {
            assert!(!dropped(name, Located::Here) && !dropped(name, Located::Elsewhere), "{name}");
        }
    }

    #[test]
    fn a_program_is_not_looked_for_in_a_relative_folder() {
        let installed = std::env::var_os("PATH").unwrap();
        let found = program(Some(&installed)).unwrap();
        assert!(found.is_absolute());
        let folder = found.parent().unwrap();
        assert_eq!(program(Some(folder.as_os_str())).unwrap(), found);
        for path in ["", ".", "bin:.:"] {
            assert!(matches!(program(Some(OsStr::new(path))), Err(GitError::NotInstalled)), "{path}");
        }
        assert!(matches!(program(None), Err(GitError::NotInstalled)));
    }
}
