//! A copy of a file that nobody can change any more: what is checked is what is loaded.
//!
//! On Linux it is memory behind a descriptor, sealed before it is looked at, so that it can be mapped without being copied
//! once more: page faults on a second copy of three megabytes were half of a cold `check`. Elsewhere it is plain bytes.

use std::fs::File;
use std::io::{self, Read as _};

/// The copy.
pub(super) enum PrivateCopy {
    /// Sealed memory.
    #[cfg(target_os = "linux")]
    Sealed(File),
    /// Bytes of our own.
    Bytes(Vec<u8>),
}

/// What is summed at one time.
const CHUNK_BYTES: usize = 64 << 10;

impl PrivateCopy {
    /// As many bytes of a file as it had when it was looked at; what is written behind them meanwhile is not read.
    pub(super) fn of(mut file: File, length: u64) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Ok(sealed) = sealed(&file, length) {
            return Ok(Self::Sealed(sealed));
        }
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        file.read_exact(&mut bytes)?;
        Ok(Self::Bytes(bytes))
    }

    /// Some of its bytes.
    pub(super) fn read(&self, start: u64, bytes: &mut [u8]) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Sealed(memory) => std::os::unix::fs::FileExt::read_exact_at(memory, bytes, start),
            Self::Bytes(all) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX);
                let rest = all.get(start..).and_then(|rest| rest.split_at_checked(bytes.len()));
                let (part, _) = rest.ok_or(io::ErrorKind::UnexpectedEof)?;
                bytes.copy_from_slice(part);
                Ok(())
            }
        }
    }

    /// The sum of its first bytes.
    pub(super) fn sum(&self, length: u64) -> io::Result<blake3::Hash> {
        let mut sum = blake3::Hasher::new();
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut done: u64 = 0;
        while done < length {
            let now = usize::try_from(length - done).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
            let (part, _) = chunk.split_at_mut(now);
            self.read(done, part)?;
            sum.update(part);
            done += now as u64;
        }
        Ok(sum.finalize())
    }
}

/// The file in memory that was made for it and takes no more writing, from us or anybody else.
#[cfg(target_os = "linux")]
fn sealed(file: &File, length: u64) -> io::Result<File> {
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create, sendfile};

    let memory = memfd_create("interlock-module", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    let mut at = 0;
    while at < length {
        // The file's own position stays where it is, for whoever has to read it after us.
        let rest = usize::try_from(length - at).unwrap_or(usize::MAX);
        if sendfile(&memory, file, Some(&mut at), rest)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    fcntl_add_seals(&memory, SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE)?;
    Ok(File::from(memory))
}
