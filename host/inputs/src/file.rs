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
    #[error("{}: {what}, expected a file\nhelp: name the change document itself; `-` reads standard input", shown(.path))]
    NotAFile {
        /// As it was named.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
    },
    /// More than [`CHANGE_BYTES_MAX`] bytes, by its size or by what came out of it.
    #[error(
        "{}: more than {CHANGE_BYTES_MAX} bytes (1 MiB), expected a change document\nhelp: a change document describes a \
         change; leave the payload itself out of it", shown(.path)
    )]
    TooLarge {
        /// As it was named.
        path: PathBuf,
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

fn shown(path: &Path) -> String {
    escaped(&path.to_string_lossy())
}

/// The bytes of a regular file, or of a link to one.
///
/// # Errors
/// If it is no regular file, too large, or the operating system refuses.
pub fn read_file(path: &Path) -> Result<Vec<u8>, FileError> {
    let unreadable = |reason| FileError::Unreadable { path: path.to_owned(), reason };
    // Before it is opened: opening a pipe waits for somebody to write into it.
    check_metadata(path, &std::fs::metadata(path).map_err(unreadable)?)?;
    let file = File::open(path).map_err(unreadable)?;
    // And once more, because it may have been another file a moment ago.
    check_metadata(path, &file.metadata().map_err(unreadable)?)?;
    read_stream(path, file)
}

/// The bytes of a stream, for example standard input. `name` is for messages.
///
/// # Errors
/// If more than [`CHANGE_BYTES_MAX`] bytes come, or reading fails.
pub fn read_stream(name: &Path, stream: impl Read) -> Result<Vec<u8>, FileError> {
    let one_more = CHANGE_BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    match stream.take(one_more).read_to_end(&mut bytes) {
        Err(reason) => Err(FileError::Unreadable { path: name.to_owned(), reason }),
        Ok(_) if bytes.len() > CHANGE_BYTES_MAX => Err(FileError::TooLarge { path: name.to_owned() }),
        Ok(_) => Ok(bytes),
    }
}

fn check_metadata(path: &Path, metadata: &Metadata) -> Result<(), FileError> {
    if !metadata.is_file() {
        return Err(FileError::NotAFile { path: path.to_owned(), what: name_of(metadata.file_type()) });
    }
    if metadata.len() > CHANGE_BYTES_MAX as u64 {
        return Err(FileError::TooLarge { path: path.to_owned() });
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
