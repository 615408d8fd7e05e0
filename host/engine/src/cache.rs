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

use interlock_model::{Digest, Manifest};
use wasmtime::component::Component;

#[cfg(not(unix))]
use elsewhere as folder;
#[cfg(unix)]
mod folder;
mod private;

use private::PrivateCopy;

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

/// First word of a file: what it is.
const MAGIC: &str = "interlock.compiled/1";

/// Bytes of the last line of a file, which says what stands before it; blanks fill it up. Last, because code begins at a
/// page when it is mapped.
const TRAILER_BYTES: usize = 512;

/// The most bytes of a file that is read. The largest module that is admitted compiles to less.
const FILE_BYTES_MAX: u64 = 256 << 20;

/// What is known of a module once it was compiled: a process that finds it at hand need not compute it again.
pub(crate) struct Compiled {
    pub(crate) component: Component,
    /// SHA-256 of the module.
    pub(crate) digest: Digest,
    /// What it said of itself when it was compiled, and was found to be sound.
    pub(crate) manifest: Manifest,
}

/// Compiled modules of one build of the engine.
pub(crate) struct Shelf<'c> {
    cache: &'c ModuleCache,
    build: String,
    /// BLAKE3 of the module's bytes, under which it is kept.
    module: String,
}

impl<'c> Shelf<'c> {
    pub(crate) fn new(cache: &'c ModuleCache, engine: &wasmtime::Engine, wasm: &[u8]) -> Self {
        Self { cache, build: build(engine), module: blake3::hash(wasm).to_hex().to_string() }
    }

    /// The compiled module, if it is at hand and can be trusted. `Ok(None)`: it is not there.
    pub(crate) fn take(&self, engine: &wasmtime::Engine) -> Result<Option<Compiled>, Distrust> {
        let opened = folder::open(&self.cache.folder, &self.file_name(), FILE_BYTES_MAX)?;
        let Some((file, length)) = opened else { return Ok(None) };
        let body_bytes = length.checked_sub(TRAILER_BYTES as u64).ok_or(Distrust::Changed)?;
        let copy = PrivateCopy::of(file, length).map_err(Distrust::Unreadable)?;
        let mut trailer = [0; TRAILER_BYTES];
        copy.read(body_bytes, &mut trailer).map_err(Distrust::Unreadable)?;
        let trailer = std::str::from_utf8(&trailer).map_err(|_| Distrust::Changed)?;
        let said = self.checked(trailer, &copy, body_bytes)?;
        let code_bytes = body_bytes.checked_sub(said.manifest_bytes).ok_or(Distrust::Changed)?;
        let mut manifest = vec![0; usize::try_from(said.manifest_bytes).unwrap_or_default()];
        copy.read(code_bytes, &mut manifest).map_err(Distrust::Unreadable)?;
        let manifest = serde_json::from_slice(&manifest).map_err(|_| Distrust::Changed)?;
        Ok(Some(Compiled { component: load(engine, &copy, code_bytes)?, digest: said.digest, manifest }))
    }

    /// Keeps a compiled module for the next process: its code, what it says of itself, and what both are.
    pub(crate) fn keep(&self, compiled: &Compiled) -> io::Result<()> {
        let mut bytes =
            compiled.component.serialize().map_err(|error| io::Error::other(error.to_string()))?;
        let manifest = serde_json::to_vec(&compiled.manifest)?;
        bytes.extend_from_slice(&manifest);
        let said = Said { digest: compiled.digest.clone(), manifest_bytes: manifest.len() as u64 };
        let trailer = self.trailer(&said, &blake3::hash(&bytes));
        bytes.extend_from_slice(trailer.as_bytes());
        folder::write(&self.cache.folder, &self.file_name(), &bytes)
    }

    /// What a trailer says, if it is this build's, for this module, and true of what stands before it.
    fn checked(&self, trailer: &str, copy: &PrivateCopy, body_bytes: u64) -> Result<Said, Distrust> {
        let ours = format!("{MAGIC} {} ", self.build);
        let Some(rest) = trailer.strip_prefix(&ours) else { return Err(Distrust::OtherBuild) };
        let mut words = rest.split_ascii_whitespace().skip(1);
        let digest = words.next().and_then(|digest| Digest::try_from(digest.to_owned()).ok());
        let manifest_bytes = words.next().and_then(|bytes| bytes.parse().ok());
        let (Some(digest), Some(manifest_bytes)) = (digest, manifest_bytes) else {
            return Err(Distrust::Changed);
        };
        let said = Said { digest, manifest_bytes };
        // Written once more from what was read: one comparison holds every word of it, and the sum holds the rest.
        let sum = copy.sum(body_bytes).map_err(Distrust::Unreadable)?;
        if trailer == self.trailer(&said, &sum) { Ok(said) } else { Err(Distrust::Changed) }
    }

    /// Its own words are summed too: which module this is must not be changed beside its code.
    fn trailer(&self, said: &Said, sum: &blake3::Hash) -> String {
        let Said { digest, manifest_bytes } = said;
        let words =
            format!("{MAGIC} {} {} {} {manifest_bytes} {sum}", self.build, self.module, digest.as_str());
        let words = format!("{words} {}", blake3::hash(words.as_bytes()));
        format!("{words:<width$}\n", width = TRAILER_BYTES - 1)
    }

    fn file_name(&self) -> String {
        format!("{}.compiled", self.module)
    }
}

/// What a trailer says of what stands before it.
struct Said {
    digest: Digest,
    manifest_bytes: u64,
}

/// The one place where compiled code is taken for code.
#[allow(
    unsafe_code,
    reason = "wasmtime asks for a promise that it wrote these bytes itself and that nobody changes them: `checked` compared \
              their sum with the one written beside them, only this user can have written either, and the copy is sealed"
)]
fn load(engine: &wasmtime::Engine, copy: &PrivateCopy, code_bytes: u64) -> Result<Component, Distrust> {
    let refused = |error: wasmtime::Error| Distrust::Refused(crate::fault::text_of(&error));
    #[cfg(target_os = "linux")]
    if let PrivateCopy::Sealed(memory) = copy {
        use std::os::fd::AsRawFd as _;
        // What stands behind the code is not looked at: an ELF file says itself where its parts are.
        let path = format!("/proc/self/fd/{}", memory.as_raw_fd());
        // SAFETY: see above; `tests/suite/cache.rs` changes each of these in turn and sees the module compiled again.
        if let Ok(component) = unsafe { Component::deserialize_file(engine, path) } {
            return Ok(component);
        }
    }
    let mut code = vec![0; usize::try_from(code_bytes).unwrap_or_default()];
    copy.read(0, &mut code).map_err(Distrust::Unreadable)?;
    // SAFETY: as above, with bytes that are ours alone.
    unsafe { Component::deserialize(engine, code) }.map_err(refused)
}

/// What decides whether compiled code of another process fits this one, in hexadecimal: the engine's version and
/// configuration, the processor, and the source of the scan and of the checks that a module at hand is not put through again.
fn build(engine: &wasmtime::Engine) -> String {
    // Its keys are fixed, so that two processes of one build agree; another build may differ, which is what is asked for.
    let mut hasher = DefaultHasher::new();
    crate::Engine::version().hash(&mut hasher);
    engine.precompile_compatibility_hash().hash(&mut hasher);
    include_str!("admission.rs").hash(&mut hasher);
    include_str!("lift.rs").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Systems whose owners and modes we do not know: nothing is kept.
#[cfg(not(unix))]
mod elsewhere {
    use super::*;

    pub(super) fn open(_: &Path, _: &str, _: u64) -> Result<Option<(std::fs::File, u64)>, Distrust> {
        Ok(None)
    }

    pub(super) fn write(_: &Path, _: &str, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}
