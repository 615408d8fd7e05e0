//! The repository's files as the rules see them: everything but what cargo builds and what git keeps for
//! itself.
//!
//! It walks the folders rather than ask git, so that a file is judged before it is added, and where there is
//! no git.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::support::root;

/// One file.
pub struct File {
    /// Its path below the repository, with `/` between folders.
    pub path: String,
    /// What it holds, if that is text.
    pub text: Option<String>,
}

impl File {
    /// Whether it lies below one of these folders.
    pub fn is_below(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }

    /// What stands behind the last dot of its name.
    pub fn extension(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

/// Every file, sorted.
pub fn files() -> Result<Vec<File>> {
    let mut files = Vec::new();
    walk(&root(), "", &mut files)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Every Rust file with its text, sorted.
pub fn rust_files() -> Result<Vec<(String, String)>> {
    let rust = files()?.into_iter().filter(|file| file.extension() == "rs");
    Ok(rust.filter_map(|file| Some((file.path, file.text?))).collect())
}

/// The folders in a folder of the repository, by name, sorted.
pub fn folders(path: &str) -> Result<Vec<String>> {
    let listed = fs::read_dir(root().join(path)).with_context(|| format!("cannot list `{path}/`"))?;
    let mut names = Vec::new();
    for entry in listed {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The text of a file that must be there.
pub fn text(path: &str) -> Result<String> {
    fs::read_to_string(root().join(path)).with_context(|| format!("`{path}` cannot be read: write it"))
}

fn walk(folder: &Path, below: &str, files: &mut Vec<File>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let path = format!("{below}{}", entry.file_name().to_string_lossy());
        if [".git", "target"].contains(&path.as_str()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.push(File {
                text: fs::read(entry.path()).ok().and_then(|it| String::from_utf8(it).ok()),
                path,
            });
        }
    }
    Ok(())
}
