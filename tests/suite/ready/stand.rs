//! A scratch folder with stand-ins for the programs that an integration calls, and a record of what they were
//! asked.
//!
//! The stand-in for `interlock` is a script, so that one can see what a pipeline makes of a program that is
//! killed or says nothing; the real one does neither.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, ensure};

/// What every stand-in for `interlock` does first, and what it can do: `write TEXT ARGUMENT..` puts the text
/// where reports were asked for.
const PRELUDE: &str = r#"#!/bin/sh
printf '%s\0' "$@" >"$RECORD/arguments"
printf '%s\0' "${INTERLOCK_BASE-unset}" "${INTERLOCK_HEAD-unset}" "${INTERLOCK_POLICY_SET-unset}" \
    >"$RECORD/environment"
report='{ "schema": "interlock.report/1" }'
write() {
    text=$1 before=
    shift
    for argument in "$@"; do
        case $before:$argument in --format:*=*) printf '%s' "$text" >"${argument#*=}" ;; esac
        before=$argument
    done
}
"#;

/// One that judges, and allows.
pub const ALLOWS: &str = "write \"$report\" \"$@\"\necho allow";

/// The folder. It goes when this does.
pub struct Stand {
    folder: PathBuf,
}

impl Stand {
    pub fn new() -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("interlock-ready-{}-{number}", std::process::id()));
        let stand = Self { folder };
        for name in ["bin", "work", "record", "runner", "tmp"] {
            fs::create_dir_all(stand.folder.join(name))?;
        }
        Ok(stand)
    }

    /// With an `interlock` that does this.
    pub fn with(does: &str) -> Result<Self> {
        let stand = Self::new()?;
        stand.program("interlock", &format!("{PRELUDE}{does}\n"))?;
        Ok(stand)
    }

    /// A path in it.
    pub fn at(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The same as text.
    pub fn path(&self, path: &str) -> Result<String> {
        Ok(self.at(path).to_str().context("a path that is text")?.to_owned())
    }

    /// Puts a program on the PATH.
    pub fn program(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join("bin").join(name);
        fs::write(&path, text)?;
        Ok(fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?)
    }

    /// A program in the work folder, with nothing in its environment but what is here. An `interlock` of this
    /// machine is none of its.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let others = std::env::var_os("PATH").unwrap_or_default();
        let others = std::env::split_paths(&others).filter(|folder| !folder.join("interlock").exists());
        let paths = std::env::join_paths([self.at("bin")].into_iter().chain(others)).unwrap_or_default();
        command.env_clear().current_dir(self.at("work")).stdin(Stdio::null());
        command.env("PATH", paths).env("HOME", self.at("tmp")).env("TMPDIR", self.at("tmp"));
        command.env("RECORD", self.at("record")).env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), "Ada")
                .env(format!("GIT_{role}_EMAIL"), "ada@example.org");
        }
        command
    }

    /// What git says in the work folder.
    pub fn git(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command("git").args(arguments).output()?;
        ensure!(output.status.success(), "git {arguments:?}: {}", said(&output));
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Two commits in the work folder, and something staged.
    pub fn repository(&self) -> Result<()> {
        self.git(&["init", "--quiet"])?;
        for text in ["one", "two", "three"] {
            fs::write(self.at("work/file"), text)?;
            self.git(&["add", "file"])?;
            if text != "three" {
                self.git(&["commit", "--quiet", "--message", text])?;
            }
        }
        Ok(())
    }

    /// What the stand-in was asked; `None` if nobody did.
    pub fn arguments(&self) -> Option<Vec<String>> {
        self.record("arguments")
    }

    /// Base, head and policy set as its environment named them.
    pub fn environment(&self) -> Option<Vec<String>> {
        self.record("environment")
    }

    fn record(&self, name: &str) -> Option<Vec<String>> {
        let text = fs::read_to_string(self.at("record").join(name)).ok()?;
        Some(text.split_terminator('\0').map(str::to_owned).collect())
    }

    /// Whether a file of this name is anywhere in it: what a hostile text may have made.
    pub fn holds(&self, name: &str) -> bool {
        holds(&self.folder, name)
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        // What is left lies in the system's temporary folder.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn holds(folder: &Path, name: &str) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        entry.file_name() == name || (is_folder && holds(&entry.path(), name))
    })
}

/// Both streams of a program.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
