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
use std::sync::Arc;

use interlock_model::{Digest, Manifest};
use wasmtime::component::Component;

use crate::Tier;

#[cfg(not(unix))]
use elsewhere as folder;
#[cfg(unix)]
mod folder;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub(crate) mod pages;
mod private;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub(crate) use pages::{Pages, Room};
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
pub(crate) use plain::{Pages, Room};
use private::{PrivateCopy, Sum};

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
const MAGIC: &str = "interlock.compiled/2";

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
    /// The memory its code runs in, where that is not wasmtime's own. It has to outlive the component.
    pub(crate) room: Option<Arc<Room>>,
}

/// Compiled modules of one build of the engine.
pub(crate) struct Shelf<'c> {
    cache: &'c ModuleCache,
    build: &'c str,
    /// BLAKE3 of the module's bytes, under which it is kept, and the tier it was admitted to: what is at hand is not scanned
    /// again, and must not be at hand for a binding that would have refused it.
    module: String,
}

impl<'c> Shelf<'c> {
    pub(crate) fn new(cache: &'c ModuleCache, build: &'c str, wasm: &[u8], tier: Tier) -> Self {
        let bytes = blake3::hash(wasm).to_hex();
        let module = match tier {
            Tier::Usual => bytes.to_string(),
            Tier::Large => format!("{bytes}-large"),
        };
        Self { cache, build, module }
    }

    /// The compiled module, if it is at hand and can be trusted. `Ok(None)`: it is not there.
    pub(crate) fn take(
        &self,
        engine: &wasmtime::Engine,
        pages: &Pages,
    ) -> Result<Option<Compiled>, Distrust> {
        let opened = folder::open(&self.cache.folder, &self.file_name(), FILE_BYTES_MAX)?;
        let Some((file, length)) = opened else { return Ok(None) };
        let body_bytes = length.checked_sub(TRAILER_BYTES as u64).ok_or(Distrust::Changed)?;
        let room = pages.take(usize::try_from(length).unwrap_or(usize::MAX)).map_err(Distrust::Unreadable)?;
        let mut copy = PrivateCopy::of(file, room).map_err(Distrust::Unreadable)?;
        let (body, trailer) = copy.split_at(body_bytes).map_err(Distrust::Unreadable)?;
        let trailer = std::str::from_utf8(trailer).map_err(|_| Distrust::Changed)?;
        let said = self.checked(trailer, body)?;
        let code_bytes = body_bytes.checked_sub(said.manifest_bytes).ok_or(Distrust::Changed)?;
        let code_bytes = usize::try_from(code_bytes).unwrap_or(usize::MAX);
        let (code, manifest) = body.split_at_checked(code_bytes).ok_or(Distrust::Changed)?;
        let manifest = serde_json::from_slice(manifest).map_err(|_| Distrust::Changed)?;
        let code_bytes = code.len();
        let (component, room) = load(engine, copy.into_room(), code_bytes)?;
        Ok(Some(Compiled { component, digest: said.digest, manifest, room }))
    }

    /// Keeps a compiled module for the next process: its code, what it says of itself, and what both are.
    pub(crate) fn keep(&self, compiled: &Compiled) -> io::Result<()> {
        let mut bytes =
            compiled.component.serialize().map_err(|error| io::Error::other(error.to_string()))?;
        let manifest = serde_json::to_vec(&compiled.manifest)?;
        bytes.extend_from_slice(&manifest);
        let said = Said { digest: compiled.digest.clone(), manifest_bytes: manifest.len() as u64 };
        let trailer = self.trailer(&said, Sum::of(&bytes));
        bytes.extend_from_slice(trailer.as_bytes());
        folder::write(&self.cache.folder, &self.file_name(), &bytes)
    }

    /// What a trailer says, if it is this build's, for this module, and true of what stands before it.
    fn checked(&self, trailer: &str, body: &[u8]) -> Result<Said, Distrust> {
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
        if trailer == self.trailer(&said, Sum::of(body)) { Ok(said) } else { Err(Distrust::Changed) }
    }

    /// Its own words are summed too: which module this is must not be changed beside its code.
    fn trailer(&self, said: &Said, sum: Sum) -> String {
        let Said { digest, manifest_bytes } = said;
        let words =
            format!("{MAGIC} {} {} {} {manifest_bytes} {sum}", self.build, self.module, digest.as_str());
        let words = format!("{words} {}", Sum::of(words.as_bytes()));
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
              their sum with the one written beside them, only this user can have written either, and the memory is ours"
)]
fn load(
    engine: &wasmtime::Engine,
    mut room: Room,
    code_bytes: usize,
) -> Result<(Component, Option<Arc<Room>>), Distrust> {
    let refused = |error: wasmtime::Error| Distrust::Refused(crate::fault::text_of(&error));
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    {
        // What stands behind the code is not looked at: an ELF file says itself where its parts are.
        let _ = code_bytes;
        let sealed = room.sealed().map_err(Distrust::Unreadable)?;
        // SAFETY: see above; `tests/suite/cache.rs` changes each of these in turn and sees the module compiled again. The
        // memory is not writable any more, and whoever has the component has the room.
        let component = unsafe { Component::deserialize_raw(engine, sealed) }.map_err(refused)?;
        Ok((component, Some(Arc::new(room))))
    }
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    {
        let code = room.bytes_mut().get(..code_bytes).ok_or(Distrust::Changed)?;
        // SAFETY: as above, with bytes that wasmtime copies.
        unsafe { Component::deserialize(engine, code) }.map(|component| (component, None)).map_err(refused)
    }
}

/// What decides whether compiled code of another process fits this one, in hexadecimal: the engine's version and
/// configuration, the processor, and the source of the scan and of the checks that a module at hand is not put through again.
pub(crate) fn build(engine: &wasmtime::Engine) -> String {
    // Its keys are fixed, so that two processes of one build agree; another build may differ, which is what is asked for.
    let mut hasher = DefaultHasher::new();
    crate::Engine::version().hash(&mut hasher);
    engine.precompile_compatibility_hash().hash(&mut hasher);
    include_str!("admission.rs").hash(&mut hasher);
    include_str!("admission/ceilings.rs").hash(&mut hasher);
    include_str!("admission/copies.rs").hash(&mut hasher);
    include_str!("contract.rs").hash(&mut hasher);
    include_str!("limits.rs").hash(&mut hasher);
    include_str!("lift.rs").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Systems on which wasmtime looks after the memory of its code itself.
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod plain {
    /// Bytes of our own, each time.
    #[derive(Default)]
    pub(crate) struct Pages;

    /// Plain bytes.
    pub(crate) struct Room(Vec<u8>);

    impl Pages {
        pub(crate) fn take(&self, bytes: usize) -> std::io::Result<Room> {
            Ok(Room(vec![0; bytes]))
        }
    }

    impl Room {
        pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
            &mut self.0
        }
    }
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
