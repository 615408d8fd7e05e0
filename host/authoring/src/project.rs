//! `interlock new policy`: a folder that builds anywhere. The template and the SDK are in the binary; nothing is fetched
//! here, and nothing that is there is overwritten.

mod name;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use interlock_model::Untrusted;

pub use name::PolicyName;

/// What templates call the policy: Rust's is a beginning, the others are one example in three languages.
const PLACEHOLDERS: [&str; 2] = ["policy-name", "canary-first"];
/// The file that is run to build a policy that is not in Rust.
const SCRIPT: &str = "build";

/// In which language a policy is written. Each has a folder in `templates/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// With the SDK of this program, which is laid beside the policy.
    Rust,
    /// With bindings that are checked in.
    C,
    /// An interpreter with the policy in it.
    JavaScript,
    /// The same.
    Python,
}

/// A project that was written.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its folder.
    pub folder: PathBuf,
    /// How many files it has.
    pub files: usize,
}

/// A file that the binary carries.
struct Carried {
    /// Its place in a project, with `/` between folders.
    path: &'static str,
    bytes: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/carried.rs"));

/// Writes a new project into a folder of the policy's name.
///
/// # Errors
/// If something is there already, or it cannot be written.
pub fn new_policy(parent: &Path, name: &PolicyName, language: Language) -> anyhow::Result<Project> {
    let folder = parent.join(name.as_str());
    make(&folder)?;
    let (template, beside) = match language {
        Language::Rust => (RUST_TEMPLATE, RUST_SDK),
        Language::C => (C_TEMPLATE, CONTRACT),
        Language::JavaScript => (JAVASCRIPT_TEMPLATE, CONTRACT),
        Language::Python => (PYTHON_TEMPLATE, CONTRACT),
    };
    for file in template {
        write(&folder, file, &named(file, name)?)?;
    }
    for file in beside {
        write(&folder, file, file.bytes)?;
    }
    Ok(Project { folder, files: template.len() + beside.len() })
}

/// An empty folder that is there already will do.
fn make(folder: &Path) -> anyhow::Result<()> {
    let shown = shown(folder);
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none()) {
                return Ok(());
            }
            bail!("`{shown}` is there already\nhelp: give another name; nothing is overwritten")
        }
        made => made.map_err(|error| unwritten(folder, &error)),
    }
}

/// The file with the policy's own name in it.
fn named(file: &Carried, name: &PolicyName) -> anyhow::Result<Vec<u8>> {
    let text = std::str::from_utf8(file.bytes).map_err(|_| anyhow!("template `{}` is no text", file.path))?;
    let text = PLACEHOLDERS.iter().fold(text.to_owned(), |text, it| text.replace(it, name.as_str()));
    Ok(if file.path == "Cargo.lock" { sorted(&text) } else { text }.into_bytes())
}

/// Packages in the order of their names, as cargo keeps them, so that its first run does not change the file.
fn sorted(lock: &str) -> String {
    const BETWEEN: &str = "\n[[package]]\n";
    let mut parts = lock.trim_end().split(BETWEEN);
    let head = parts.next().unwrap_or_default();
    let mut packages: Vec<&str> = parts.map(str::trim_end).collect();
    packages.sort_by_key(|package| package.lines().next());
    let packages: String = packages.iter().map(|package| format!("{BETWEEN}{package}\n")).collect();
    format!("{}\n{packages}", head.trim_end())
}

fn write(folder: &Path, file: &Carried, bytes: &[u8]) -> anyhow::Result<()> {
    let path = file.path.split('/').fold(folder.to_owned(), |path, part| path.join(part));
    let written = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::OpenOptions::new().write(true).create_new(true).open(&path)?.write_all(bytes));
    let runs = || if file.path == SCRIPT { make_executable(&path) } else { Ok(()) };
    written.and_then(|()| runs()).map_err(|error| unwritten(&path, &error))
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// Elsewhere a file is run by its name.
#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}

fn unwritten(path: &Path, error: &io::Error) -> anyhow::Error {
    let shown = shown(path);
    anyhow!("cannot write `{shown}`: {error}\nhelp: go to a folder that can be written to, and has room")
}

pub(crate) fn shown(path: &Path) -> String {
    Untrusted::from(path.to_string_lossy().into_owned()).quoted()
}
