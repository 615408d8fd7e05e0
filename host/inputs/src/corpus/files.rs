//! Which folders a corpus is made of, and whether each of their documents is expected: a change of which nobody says
//! anything is a change that nobody tests.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use interlock_model::Pointer;

use super::{Corpus, CorpusError, EXPECTED, ExpectedFolder, expected_of};
use crate::Syntax;
use crate::error::InputError;
use crate::file::read_file;

/// What a corpus' own policy set is called.
const POLICY_SET: &str = "policy-set.yaml";
/// Entries of one folder.
const ENTRIES_MAX: usize = 10_000;

/// Reads a corpus: a folder that holds `expected.yaml`, or else every folder in it that does.
///
/// # Errors
/// If there is no change in it, or something in it cannot be read: with everything that is wrong with the first file that
/// is wrong.
pub fn read_corpus(folder: &Path) -> Result<Corpus, CorpusError> {
    let entries = entries(folder)?;
    let policy_set = Some(folder.join(POLICY_SET)).filter(|path| entries.contains(path));
    let is_one = entries.contains(&folder.join(EXPECTED));
    let named =
        if is_one { vec![folder.to_owned()] } else { entries.into_iter().filter(|it| it.is_dir()).collect() };
    let (held, left_alone): (Vec<_>, Vec<_>) = named.into_iter().partition(|it| it.join(EXPECTED).exists());
    let folders = held.iter().map(|folder| read_folder(folder)).collect::<Result<Vec<_>, _>>()?;
    if folders.iter().all(|folder| folder.documents.is_empty()) {
        return Err(CorpusError::Nothing { path: folder.to_owned() });
    }
    Ok(Corpus { folders, policy_set, left_alone })
}

fn read_folder(folder: &Path) -> Result<ExpectedFolder, CorpusError> {
    let path = folder.join(EXPECTED);
    let bytes = read_file(&path).map_err(CorpusError::File)?;
    let expected = expected_of(&path, &bytes)?;
    match forgotten(&expected, &entries(folder)?) {
        None => Ok(expected),
        Some(problem) => Err(problem.into()),
    }
}

/// Documents that stand in the folder and in no entry.
fn forgotten(expected: &ExpectedFolder, entries: &[PathBuf]) -> Option<InputError> {
    let mut known = BTreeSet::from([expected.folder.join(EXPECTED), expected.folder.join(POLICY_SET)]);
    for document in &expected.documents {
        let compared = document.compared.iter().flat_map(|(before, after)| [before, after]);
        let named = compared.chain(document.calendars.iter().flatten()).chain([&document.file]);
        known.extend(named.map(|named| named.path.clone()));
    }
    let is_forgotten = |path: &&PathBuf| {
        let is_document = path.to_str().is_some_and(|name| Syntax::of_name(name).is_some());
        is_document && path.is_file() && !known.contains(*path)
    };
    let name = |path: &PathBuf| path.file_name().map(|name| format!("`{}`", name.to_string_lossy()));
    let names: Vec<String> = entries.iter().filter(is_forgotten).filter_map(name).collect();
    (!names.is_empty()).then(|| {
        let found = format!("nothing about {}, which the folder holds too", names.join(", "));
        let help = "say under `documents` what the gate is to answer, or put the file elsewhere";
        expected.problem(&Pointer::root().child("documents"), &found, None, help)
    })
}

/// Sorted: the order must not depend on the file system.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let unlisted = |reason| CorpusError::Folder { path: folder.to_owned(), reason };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unlisted)? {
        entries.push(entry.map_err(unlisted)?.path());
        if entries.len() > ENTRIES_MAX {
            return Err(CorpusError::TooMuch { path: folder.to_owned(), entries_max: ENTRIES_MAX });
        }
    }
    entries.sort();
    Ok(entries)
}
