//! What a change does to files: the state before, the state after, and what differs between them.
//!
//! These are files under inspection, not documents of ours: real configuration, so everything that is in use is read,
//! and what two mainstream readers would read differently becomes a doubt, not a refusal. Only what is new counts: an
//! oddity that stands unchanged on both sides is no reason to stop anybody.
//!
//! `walk` (folders into pairs of bytes, capped) -> `comparison` (file by file) -> `side` (bytes into text) -> `format` (by
//! name) -> one reader for each format (a tree with places, counted) -> `diff` (edits, lists, doubts). What is in no such
//! format, and what is a template of one (`template`), is compared line by line (`text`). No verdict. The CLI calls
//! [`compare`]; `git` gives its own pairs to `range`.

use std::path::Path;

use interlock_model::{ChangeDocument, FileChange, Payload, Pointer, Span};

use crate::error::{escaped, shown};
use comparison::{Comparison, Names};
use format::Format;
use listed::{blank, kib, op, top};
use side::text_of;
use walk::{Content, Named};

pub use error::PayloadError;
pub(crate) use range::{Held, Step, Version, compare_steps, is_lfs_pointer};
pub(crate) use side::text_in;
pub(crate) use walk::{FILE_BYTES_MAX, FILES_MAX, TOTAL_BYTES_MAX};

mod comparison;
mod diff;
mod dotenv;
mod error;
pub(crate) mod foreign;
mod format;
mod hcl;
mod ini;
mod json;
mod line_odd;
pub(crate) mod lines;
mod listed;
pub(crate) mod masked;
mod odd;
mod piece;
mod plain;
pub(crate) mod planned;
mod properties;
mod range;
mod side;
mod template;
#[cfg(test)]
mod tests;
mod text;
mod toml;
mod tree;
mod walk;
pub(crate) mod within;
mod xml;
mod yaml;

/// Ambiguous places that are told of one file; of the rest, how many they are.
const DOUBTS_MAX: usize = 100;

/// What differs between two states of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Every file that differs, by path. Files that are byte for byte the same are not in it.
    pub files: Vec<FileChange>,
    /// Where their values stand, and what cannot be judged.
    pub payload: Payload,
    /// What was compared, for people: `before` and `after` as they were named.
    named: String,
}

impl Compared {
    /// Puts the files into a change document.
    ///
    /// # Errors
    /// If the document lists files itself: of two lists, nobody could say which one was judged.
    pub fn into_document(self, document: &mut ChangeDocument) -> Result<(), PayloadError> {
        if document.change.files.is_some() {
            let (origin, _) = document.sources.nearest(&Pointer::new("/files"));
            let Span { line, column, .. } = origin.key;
            let document = format!("{}:{line}:{column}", escaped(&document.sources.name));
            return Err(PayloadError::FilesTwice { document, compared: self.named });
        }
        document.change.files = Some(self.files);
        document.payload = self.payload;
        Ok(())
    }
}

/// Compares two files, or all files of two folders. Folders named `.git` are left out, links are not followed.
///
/// Two files are one modified file with the name of the second, and, if they are named differently, the first as its
/// previous path. In folders, paths are relative and one that is on one side only was added or removed.
///
/// # Errors
/// If one of the two is not there, they are not of one sort, or there is more than is read: 10,000 files, 8 MiB in one
/// file, 64 MiB in all, folders 64 deep.
pub fn compare(before: &Path, after: &Path) -> Result<Compared, PayloadError> {
    let mut compared = Comparison::new(format!(
        "{} and {}",
        shown(&before.to_string_lossy()),
        shown(&after.to_string_lossy())
    ));
    match walk::named(before, after)? {
        Named::Files => {
            let mut total = 0;
            let (old, new) = (walk::file(before, &mut total)?, walk::file(after, &mut total)?);
            let names = Names {
                path: slashed(after),
                previous: (before.file_name() != after.file_name()).then(|| slashed(before)),
                before: before.to_string_lossy().into_owned(),
                after: after.to_string_lossy().into_owned(),
            };
            compared.hash(
                names.path.as_bytes(),
                [&Some(Content::Bytes(old.clone())), &Some(Content::Bytes(new.clone()))],
            );
            compared.file(names, Some(&old), Some(&new));
        }
        Named::Folders => walk::folders(before, after, |pair| {
            compared.pair(before, after, &pair);
            Ok(())
        })?,
    }
    Ok(compared.done())
}

/// Compares two texts of one file. `None`: it is not there on that side. The path decides on the format.
pub fn compare_texts(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> Compared {
    let mut compared = Comparison::new(shown(path));
    let content = |bytes: Option<&[u8]>| bytes.map(|bytes| Content::Bytes(bytes.to_vec()));
    compared.hash(path.as_bytes(), [&content(before), &content(after)]);
    compared.file(Names::same(path), before, after);
    compared.done()
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
