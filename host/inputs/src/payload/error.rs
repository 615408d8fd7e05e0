//! Files or folders that were not compared, as errors for people: what was found, what is read, and the next
//! step.
//!
//! What is wrong inside a file is a doubt of the comparison, no error. `walk` and [`compare`](super::compare)
//! give these.

use std::io;
use std::path::{Path, PathBuf};

use super::walk;
use crate::error::escaped;

/// Files or folders that were not compared. Its message is safe for a terminal.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// It is not there, or the operating system refused.
    #[error("{}: {reason}\nhelp: check the path and its permissions", place(.path))]
    Unreadable {
        /// As it was named or found.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// A device, a pipe or a socket.
    #[error(
        "{}: a device, a pipe or a socket, expected a file or a folder\nhelp: name a file, or a folder of files",
        place(.path)
    )]
    NotAFile {
        /// As it was named.
        path: PathBuf,
    },
    /// One is a file, the other a folder.
    #[error(
        "{}: a folder, and {} is a file, expected two files or two folders\nhelp: name the same thing before and after \
         the change", place(.folder), place(.file)
    )]
    Mixed {
        /// The folder.
        folder: PathBuf,
        /// The file.
        file: PathBuf,
    },
    /// More files or folders than are read.
    #[error(
        "{}: more than {} files or folders\nhelp: name the folder that holds what changes",
        place(.path), walk::FILES_MAX
    )]
    TooMany {
        /// The folder that was named.
        path: PathBuf,
    },
    /// A file of more bytes than are read.
    #[error(
        "{}: more than {} bytes (8 MiB) in one file\nhelp: compare what people edit, not what is built from it",
        place(.path), walk::FILE_BYTES_MAX
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// More bytes in all files than are read.
    #[error(
        "{}: more than {} bytes (64 MiB) in all files up to this one\nhelp: name the folder that holds what changes",
        place(.path), walk::TOTAL_BYTES_MAX
    )]
    TooMuch {
        /// The file at which it was too much.
        path: PathBuf,
    },
    /// Folders deeper than are read.
    #[error(
        "{}: folders more than {} deep\nhelp: name the folder that holds what changes",
        place(.path), walk::FOLDERS_DEEP_MAX
    )]
    TooDeep {
        /// The first folder that is too deep.
        path: PathBuf,
    },
    /// The change document lists files, and files were given to compare.
    #[error(
        "{document}: `files`, which were read from {compared} too, expected one of the two\nhelp: remove `files` from \
         the document, or do not name what to compare"
    )]
    FilesTwice {
        /// Name and place of the document's own list.
        document: String,
        /// What was compared.
        compared: String,
    },
}

fn place(path: &Path) -> String {
    escaped(&path.to_string_lossy())
}
