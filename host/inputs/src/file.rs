//! Files into bytes: regular files only, and never more than the cap.
//!
//! A pipe would block, a device would never end, and a file may grow while it is read; none of them gets the chance.

use std::fs::{File, FileType, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::escaped;
use crate::scan::CHANGE_BYTES_MAX;

/// A file that was not read. Its message is safe for a terminal.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A directory, a device, a pipe or a socket.
    #[error("{}: {what}, expected a file\nhelp: name the file itself", shown(.path))]
    NotAFile {
        /// As it was named.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
    },
    /// More bytes than are read, by its size or by what came out of it.
    #[error(
        "{}: more than {bytes_max} bytes ({} MiB)\nhelp: leave the payload itself out of a document, and strip a module",
        shown(.path), bytes_max >> 20
    )]
    TooLarge {
        /// As it was named.
        path: PathBuf,
        /// How many are read.
        bytes_max: usize,
    },
    /// The operating system refused.
    #[error("{}: {reason}\nhelp: check the path and its permissions", shown(.path))]
    Unreadable {
        /// As it was named.
        path: PathBuf,
        /// Its reason.
        reason: io::Error,
    },
}

impl FileError {
    /// Which file, as it was named.
    pub fn path(&self) -> &Path {
        match self {
            Self::NotAFile { path, .. } | Self::TooLarge { path, .. } | Self::Unreadable { path, .. } => path,
        }
    }

    /// Why, as a phrase without the path.
    pub fn why(&self) -> String {
        match self {
            Self::NotAFile { what, .. } => (*what).to_owned(),
            Self::TooLarge { bytes_max, .. } => format!("more than {} MiB", bytes_max >> 20),
            Self::Unreadable { reason, .. } => escaped(&reason.to_string()),
        }
    }
}

fn shown(path: &Path) -> String {
    escaped(&path.to_string_lossy())
}

/// The bytes of a document: a regular file, or a link to one, of at most [`CHANGE_BYTES_MAX`].
///
/// # Errors
/// If it is no regular file, too large, or the operating system refuses.
pub fn read_file(path: &Path) -> Result<Vec<u8>, FileError> {
    read_at_most(path, CHANGE_BYTES_MAX)
}

/// The bytes of a policy module, of at most so many: what the engine admits to its tier.
///
/// # Errors
/// As [`read_file`].
pub fn read_module(path: &Path, bytes_max: usize) -> Result<Vec<u8>, FileError> {
    read_at_most(path, bytes_max)
}

/// The bytes of a regular file, or of a link to one.
pub(crate) fn read_at_most(path: &Path, bytes_max: usize) -> Result<Vec<u8>, FileError> {
    let unreadable = |reason| FileError::Unreadable { path: path.to_owned(), reason };
    // Before it is opened: opening a pipe waits for somebody to write into it.
    check_metadata(path, &std::fs::metadata(path).map_err(unreadable)?, bytes_max)?;
    let file = File::open(path).map_err(unreadable)?;
    // And once more, because it may have been another file a moment ago.
    check_metadata(path, &file.metadata().map_err(unreadable)?, bytes_max)?;
    drain(path, file, bytes_max)
}

/// The bytes of a document that comes as a stream, for example standard input. `name` is for messages.
///
/// # Errors
/// If more than [`CHANGE_BYTES_MAX`] bytes come, or reading fails.
pub fn read_stream(name: &Path, stream: impl Read) -> Result<Vec<u8>, FileError> {
    drain(name, stream, CHANGE_BYTES_MAX)
}

fn drain(name: &Path, stream: impl Read, bytes_max: usize) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    match stream.take(bytes_max as u64 + 1).read_to_end(&mut bytes) {
        Err(reason) => Err(FileError::Unreadable { path: name.to_owned(), reason }),
        Ok(_) if bytes.len() > bytes_max => Err(FileError::TooLarge { path: name.to_owned(), bytes_max }),
        Ok(_) => Ok(bytes),
    }
}

fn check_metadata(path: &Path, metadata: &Metadata, bytes_max: usize) -> Result<(), FileError> {
    if !metadata.is_file() {
        return Err(FileError::NotAFile { path: path.to_owned(), what: name_of(metadata.file_type()) });
    }
    if metadata.len() > bytes_max as u64 {
        return Err(FileError::TooLarge { path: path.to_owned(), bytes_max });
    }
    Ok(())
}

#[cfg(unix)]
fn name_of(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_dir() {
        "a directory"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn name_of(kind: FileType) -> &'static str {
    if kind.is_dir() { "a directory" } else { "not a regular file" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_never_ends_is_left_at_the_cap() {
        let name = Path::new("-");
        let mut endless = io::repeat(b' ').take(u64::MAX);
        assert!(matches!(read_stream(name, &mut endless), Err(FileError::TooLarge { .. })));
        assert_eq!(u64::MAX - endless.limit(), CHANGE_BYTES_MAX as u64 + 1);
        let full = io::repeat(b' ').take(CHANGE_BYTES_MAX as u64);
        assert!(read_stream(name, full).is_ok_and(|bytes| bytes.len() == CHANGE_BYTES_MAX));
    }
}
