//! A folder of an author's, and the binary run in it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Result, ensure};

use crate::guests;
use crate::support::root;

/// A folder with nothing in it but what a test puts there.
pub struct Folder(PathBuf);

/// What a run of the binary said.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Folder {
    /// A new one. `name` is the test's.
    pub fn new(name: &str) -> Result<Self> {
        let path = root().join("target/suite-authoring").join(name);
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        Ok(fs::write(self.0.join(name), bytes)?)
    }

    pub fn get(&self, name: &str) -> Result<String> {
        Ok(fs::read_to_string(self.0.join(name))?)
    }

    /// A guest of `tests/hostile` as a module.
    pub fn put_guest(&self, guest: &str) -> Result<()> {
        self.put("guest.wasm", guests::named(guest)?.component()?)
    }

    /// The binary, run here.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Result<Said> {
        let Output { status, stdout, stderr } = self.command(arguments).output()?;
        Ok(Said { code: status.code(), out: String::from_utf8(stdout)?, err: String::from_utf8(stderr)? })
    }

    /// The binary, about to be run here. Compiled modules are kept where the suite keeps them.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_interlock"));
        let home = root().join("target/suite-home");
        command.current_dir(&self.0).args(arguments).stdin(Stdio::null());
        command.env("XDG_CACHE_HOME", home).env("NO_COLOR", "1").env_remove("INTERLOCK_NO_CACHE");
        command
    }
}

impl Said {
    /// The exit code, and what stands in the one or the other stream.
    pub fn expect(&self, code: i32, parts: &[&str]) -> Result<&Self> {
        let all = format!("{}{}", self.out, self.err);
        ensure!(self.code == Some(code), "exit {:?}, expected {code}:\n{all}", self.code);
        for part in parts {
            ensure!(all.contains(part), "no `{part}` in:\n{all}");
        }
        Ok(self)
    }
}
