//! Compiled modules kept at hand between processes: files in a folder of the user's own.
//!
//! Loading compiled code is running it, and nobody can tell good code from bad by looking. So a file is used only if
//! nobody but this user can have written it (owner and mode of the folder and of the file, no links), it was written for
//! these module bytes by this build of the engine with this configuration, and its bytes are those that were written. It
//! is read once, into memory of our own, and what was checked is what is loaded. Everything else is compiled again and
//! replaced, with a warning; no state of the cache changes an answer. Whoever can write as this user can replace the
//! binary as well; the checks are not against them.
//!
//! `gate` decides whether there is a cache, the CLI where.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use interlock_model::Digest;
use sha2::{Digest as _, Sha256};
use wasmtime::component::Component;

#[cfg(not(unix))]
use elsewhere as folder;
#[cfg(unix)]
mod folder;

/// A folder of compiled modules.
#[derive(Clone, Debug)]
pub struct ModuleCache {
    folder: PathBuf,
}

impl ModuleCache {
    /// Keeps compiled modules in this folder, which is made when it is first needed, for this user alone.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// What there is to tell about a module while it is loaded. None of it changes an answer.
#[derive(Debug)]
pub enum LoadNote {
    /// It is not at hand and is compiled now, which takes a moment.
    Compiling,
    /// What was at hand was not used.
    Distrusted(Distrust),
    /// It could not be kept, so that the next process compiles it again.
    NotKept(io::Error),
}

/// Why a compiled module that was at hand was not used.
#[derive(Debug)]
pub enum Distrust {
    /// The folder is not this user's alone.
    Folder(&'static str),
    /// The file is not this user's alone, or no file.
    File(&'static str),
    /// It was written by another version of the engine, or with another configuration.
    OtherBuild,
    /// Its bytes are not those that were written.
    Changed,
    /// The operating system refused.
    Unreadable(io::Error),
    /// The engine did not take it.
    Refused(String),
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(why) => write!(f, "its folder {why}"),
            Self::File(why) => write!(f, "it {why}"),
            Self::OtherBuild => f.write_str("another version or configuration wrote it"),
            Self::Changed => f.write_str("its bytes are not those that were written"),
            Self::Unreadable(error) => write!(f, "it cannot be read: {error}"),
            Self::Refused(reason) => write!(f, "the engine did not take it: {reason}"),
        }
    }
}

/// First line of a file: what it is, for which build, and the digest of what follows.
const MAGIC: &str = "interlock.compiled/1";

/// The most bytes of a file that is read. The largest module that is admitted compiles to less.
const FILE_BYTES_MAX: u64 = 256 << 20;

/// Compiled modules of one build of the engine.
pub(crate) struct Shelf<'c> {
    cache: &'c ModuleCache,
    build: String,
}

impl<'c> Shelf<'c> {
    pub(crate) fn new(cache: &'c ModuleCache, engine: &wasmtime::Engine) -> Self {
        Self { cache, build: build(engine) }
    }

    /// The compiled module, if it is at hand and can be trusted. `Ok(None)`: it is not there.
    pub(crate) fn take(
        &self,
        engine: &wasmtime::Engine,
        module: &Digest,
    ) -> Result<Option<Component>, Distrust> {
        let Some(bytes) = folder::read(&self.cache.folder, &file_name(module), FILE_BYTES_MAX)? else {
            return Ok(None);
        };
        let compiled = self.checked(&bytes, module)?;
        load(engine, compiled).map(Some)
    }

    /// Keeps a compiled module for the next process.
    pub(crate) fn keep(&self, component: &Component, module: &Digest) -> io::Result<()> {
        let compiled = component.serialize().map_err(|error| io::Error::other(error.to_string()))?;
        let mut bytes = self.header(&compiled, module).into_bytes();
        bytes.extend_from_slice(&compiled);
        folder::write(&self.cache.folder, &file_name(module), &bytes)
    }

    /// What follows the header, if the header is this build's, for this module, and true.
    fn checked<'b>(&self, bytes: &'b [u8], module: &Digest) -> Result<&'b [u8], Distrust> {
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(Distrust::Changed)?;
        let (header, compiled) = bytes.split_at_checked(end + 1).ok_or(Distrust::Changed)?;
        if header == self.header(compiled, module).as_bytes() {
            return Ok(compiled);
        }
        let ours = format!("{MAGIC} {} ", self.build);
        Err(if header.starts_with(ours.as_bytes()) { Distrust::Changed } else { Distrust::OtherBuild })
    }

    fn header(&self, compiled: &[u8], module: &Digest) -> String {
        let sum = Digest::from_sha256(&Sha256::digest(compiled));
        format!("{MAGIC} {} {} {}\n", self.build, module.as_str(), sum.as_str())
    }
}

/// The one place where compiled code is taken for code.
#[allow(
    unsafe_code,
    reason = "wasmtime asks for a promise that it wrote these bytes itself: `checked` compared their digest with the one \
              written beside them, and `folder::read` saw that only this user can have written either"
)]
fn load(engine: &wasmtime::Engine, compiled: &[u8]) -> Result<Component, Distrust> {
    // SAFETY: see above; `tests/suite/cache.rs` changes each of these in turn and sees the module compiled again.
    unsafe { Component::deserialize(engine, compiled) }
        .map_err(|error| Distrust::Refused(crate::fault::text_of(&error)))
}

/// What decides whether compiled code of another process fits this one, in hexadecimal: the engine's version and
/// configuration, the processor, and the source of the scan that a module at hand is not put through again.
fn build(engine: &wasmtime::Engine) -> String {
    // Its keys are fixed, so that two processes of one build agree; another build may differ, which is what is asked for.
    let mut hasher = DefaultHasher::new();
    crate::Engine::version().hash(&mut hasher);
    engine.precompile_compatibility_hash().hash(&mut hasher);
    include_str!("admission.rs").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn file_name(module: &Digest) -> String {
    format!("{}.compiled", module.as_str().replace(':', "-"))
}

/// Systems whose owners and modes we do not know: nothing is kept.
#[cfg(not(unix))]
mod elsewhere {
    use super::*;

    pub(super) fn read(_: &Path, _: &str, _: u64) -> Result<Option<Vec<u8>>, Distrust> {
        Ok(None)
    }

    pub(super) fn write(_: &Path, _: &str, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}
