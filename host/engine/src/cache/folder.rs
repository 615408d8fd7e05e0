//! A folder that is one user's alone, and files in it: opened once, looked at through what was opened, then read.

use std::ffi::CString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use rustix::fs::{AtFlags, Mode, OFlags};

use super::Distrust;

/// Mode bits of anybody but the owner.
const OTHERS: u32 = 0o077;
/// For the owner alone.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: Mode = Mode::RUSR.union(Mode::WUSR);
/// Files that are kept. A policy that is edited leaves a file behind each time; the oldest go.
const FILES_MAX: usize = 128;

/// A file, opened, and its length, if the folder and the file are this user's alone. `Ok(None)`: there is no such file.
pub(super) fn open(folder: &Path, name: &str, bytes_max: u64) -> Result<Option<(File, u64)>, Distrust> {
    let folder = match open_folder(folder) {
        Ok(folder) => folder,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Distrust::Unreadable(error)),
    };
    check_folder(&folder)?;
    // Not following links, and not waiting for anybody to write into a pipe.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::openat(&folder, name, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(rustix::io::Errno::LOOP) => return Err(Distrust::File("is a link")),
        Err(errno) => return Err(Distrust::Unreadable(errno.into())),
    };
    let length = check_file(&file, bytes_max)?;
    Ok(Some((file, length)))
}

/// Writes a file whole or not at all: beside its place first, then moved there.
pub(super) fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = match open_folder(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_folder(folder)?;
            open_folder(folder)?
        }
        opened => opened?,
    };
    check_folder(&folder).map_err(|distrust| io::Error::other(distrust.to_string()))?;
    // A module that is bound twice is compiled by two threads at one time.
    static WRITES: AtomicUsize = AtomicUsize::new(0);
    let beside = format!("{name}.{}.{}", std::process::id(), WRITES.fetch_add(1, Ordering::Relaxed));
    let written = write_beside(&folder, &beside, bytes)
        .and_then(|()| rustix::fs::renameat(&folder, &beside, &folder, name).map_err(io::Error::from));
    if written.is_err() {
        // Nothing half written stays; if even that fails, its digest gives it away.
        let _ = rustix::fs::unlinkat(&folder, &beside, AtFlags::empty());
    }
    // What is not dropped now, because another process is at it, is dropped another time.
    let _ = drop_oldest(&folder);
    written
}

fn write_beside(folder: &File, name: &str, bytes: &[u8]) -> io::Result<()> {
    // What another process of our number left behind when it was killed.
    let _ = rustix::fs::unlinkat(folder, name, AtFlags::empty());
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::openat(folder, name, flags, FILE_MODE)?);
    file.write_all(bytes)?;
    file.flush()
}

fn make_folder(folder: &Path) -> io::Result<()> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::DirBuilder::new().mode(FOLDER_MODE).create(folder) {
        // Another process was quicker; whose it is, is looked at next.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

fn open_folder(folder: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(folder, flags, Mode::empty())?))
}

fn check_folder(folder: &File) -> Result<(), Distrust> {
    let metadata = folder.metadata().map_err(Distrust::Unreadable)?;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(Distrust::Folder("belongs to somebody else"));
    }
    if metadata.mode() & OTHERS != 0 {
        return Err(Distrust::Folder("is open to others; its mode has to be 0700"));
    }
    Ok(())
}

/// The file's length, if it is a regular file of this user's alone, under one name and no larger than it may be.
fn check_file(file: &File, bytes_max: u64) -> Result<u64, Distrust> {
    let metadata = file.metadata().map_err(Distrust::Unreadable)?;
    if !metadata.is_file() {
        return Err(Distrust::File("is no regular file"));
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(Distrust::File("belongs to somebody else"));
    }
    if metadata.mode() & OTHERS != 0 {
        return Err(Distrust::File("is open to others; its mode has to be 0600"));
    }
    if metadata.nlink() != 1 {
        return Err(Distrust::File("has a second name"));
    }
    if metadata.len() > bytes_max {
        return Err(Distrust::File("is larger than a compiled module can be"));
    }
    Ok(metadata.len())
}

/// Removes the files that were written longest ago, down to the number that is kept.
fn drop_oldest(folder: &File) -> io::Result<()> {
    let mut files: Vec<(SystemTime, CString)> = Vec::new();
    for entry in rustix::fs::Dir::read_from(folder)? {
        let entry = entry?;
        // Those that were being written when somebody was killed, too.
        if !entry.file_name().to_string_lossy().contains(".compiled") {
            continue;
        }
        let Ok(stat) = rustix::fs::statat(folder, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) else {
            continue;
        };
        let written = SystemTime::UNIX_EPOCH
            + std::time::Duration::from_secs(u64::try_from(stat.st_mtime).unwrap_or_default());
        files.push((written, entry.file_name().to_owned()));
    }
    files.sort();
    let surplus = files.len().saturating_sub(FILES_MAX);
    for (_, name) in files.into_iter().take(surplus) {
        rustix::fs::unlinkat(folder, name, AtFlags::empty())?;
    }
    Ok(())
}
