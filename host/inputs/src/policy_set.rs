//! The policy set: which policies judge, with which settings, and how much they weigh. Reads the operator's file, and
//! the catalog files it names; modules, calendars and the baseline it only names.
//!
//! Everything that one pass can tell is told at once: `wire` has the shapes, and the files beside it check what shapes
//! cannot say. The CLI calls it, and places with [`PolicySetFile::problem`] what only the gate can know.

use std::fmt;
use std::path::{Path, PathBuf};

use interlock_model::{Catalog, Digest, Pointer, Sources, Span, Waiver};

use crate::catalog::{self, ReadFile};
use crate::error::{InputError, Problem, ProblemKind, escaped, shown};
use crate::facts::FactsOfSet;
use crate::file::{FileError, read_file};
use crate::{Document, Form, Syntax, read_document};
// Cases of a policy name files, give settings and place problems as a set does.
pub(crate) use checks::{Checks, place, told};
pub(crate) use settings::{Setting, settings};
pub(crate) use wire::{InOrder, Whole};

mod baseline;
mod bindings;
mod checks;
mod limits;
mod settings;
mod waivers;
mod when;
mod wire;

pub use baseline::{BaselineFile, baseline_can_hold, baseline_schema, read_baseline};
pub use bindings::{ModuleRef, PolicyBinding};
pub use limits::{LimitOverrides, LimitTier};

/// A policy set to start from, as `interlock init` writes it: every stock policy with its defaults, a comment at each
/// key, and examples of the rest behind `# `.
pub const STARTER: &str = include_str!("policy_set/starter.yaml");

/// Files of one list. Each is opened and at most 1 MiB; a set that names more names a folder's worth by mistake.
const FILES_MAX: usize = 1000;
/// The only version of the form there is.
const VERSION: i64 = 1;

/// A policy set that was read, with the catalog it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySetFile {
    /// The name it was opened by. Escape it for your sink.
    pub name: String,
    /// SHA-256 of its own bytes. What it names has digests of its own: modules beside them, catalog files in
    /// [`read`](Self::read).
    pub digest: Digest,
    /// Where everything stood.
    pub sources: Sources,
    /// Policies, in the order of the file. At least one.
    pub policies: Vec<PolicyBinding>,
    /// What is known of services: written here, in native files and in Backstage's. Absent: the set has no catalog.
    pub catalog: Option<Catalog>,
    /// What is known of incidents and error budgets: written here and in files. Absent: the set says nothing of them.
    pub facts: Option<FactsOfSet>,
    /// Waivers, in the order of the file; waiver `i` stands at `/waivers/i`. Whether they hold now is not known here.
    pub waivers: Vec<Waiver>,
    /// Calendar files, named and not read.
    pub calendars: Vec<NamedPath>,
    /// The baseline, named and not read. Absent: the set has none.
    pub baseline: Option<NamedPath>,
    /// The files that were read: those of the catalog and then those of facts, in order.
    pub read: Vec<ReadFile>,
}

/// A file that the set names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPath {
    /// Its path, resolved against the set's folder.
    pub path: PathBuf,
    /// Where the set names it, for [`PolicySetFile::problem`].
    pub pointer: Pointer,
    /// The same place, for people.
    pub span: Span,
}

impl PolicySetFile {
    /// Where a value stands; for one that is not there, the key of the nearest map around it.
    pub fn place(&self, at: &Pointer) -> Span {
        place(&self.sources, at)
    }

    /// Says what is wrong at a place of this set, in the same form as the reader's own problems. Texts may quote a
    /// module: they are escaped here.
    pub fn problem(&self, at: &Pointer, found: &str, expected: Option<&str>, help: &str) -> InputError {
        InputError::new(&self.name, vec![told(self.place(at), found, expected, help)])
    }
}

/// A policy set that was not read. Its `Display` is one `file:line:column: message` and one `help:` line per problem.
#[derive(Debug)]
pub enum PolicySetError {
    /// The set's own file was not opened.
    File(FileError),
    /// Something is wrong in the set, or in a catalog file it names: one error for each file, at least one.
    Inputs(Vec<InputError>),
}

impl fmt::Display for PolicySetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = match self {
            Self::File(error) => {
                let path = escaped(&error.path().to_string_lossy());
                return write!(f, "{path}: {}, expected a policy set\nhelp: {FILE_HELP}", error.why());
            }
            Self::Inputs(errors) => errors,
        };
        for (index, error) in errors.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

const FILE_HELP: &str =
    "check the path and its permissions; `interlock init` writes a policy set to start from";

impl std::error::Error for PolicySetError {}

/// Opens a file: [`read_file`], or a table in tests.
pub type Open<'o> = &'o dyn Fn(&Path) -> Result<Vec<u8>, FileError>;

/// Reads a policy set and the catalog files it names.
///
/// # Errors
/// With everything that is wrong with it, as far as one pass can tell.
pub fn read_policy_set(path: &Path) -> Result<PolicySetFile, PolicySetError> {
    let bytes = read_file(path).map_err(PolicySetError::File)?;
    policy_set_of(path, &bytes, &read_file)
}

/// As [`read_policy_set`], from bytes. `open` reads what the set names; paths are resolved against `path`'s folder.
///
/// # Errors
/// With everything that is wrong with it, as far as one pass can tell.
pub fn policy_set_of(path: &Path, bytes: &[u8], open: Open<'_>) -> Result<PolicySetFile, PolicySetError> {
    let name = path.to_string_lossy().into_owned();
    let syntax = Syntax::of_name(&name).ok_or_else(|| PolicySetError::Inputs(vec![no_syntax(&name)]))?;
    let Document { holds, sources, digest } =
        read_document::<wire::PolicySet>(Form::PolicySet, &name, bytes, syntax)
            .map_err(|error| PolicySetError::Inputs(vec![error]))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let read = checked(&sources, &digest, folder, holds, open)?;
    let Checked { policies, catalog, facts, waivers, calendars, baseline, read } = read;
    Ok(PolicySetFile { name, digest, sources, policies, catalog, facts, waivers, calendars, baseline, read })
}

fn no_syntax(name: &str) -> InputError {
    let top = Span { start: 0, end: 0, line: 1, column: 1 };
    let problem = Problem::new(ProblemKind::Syntax, top, "a file whose name does not say how it is written")
        .expected("a name that ends in `.yaml`, `.yml` or `.json`")
        .help("rename it");
    InputError::new(name, vec![problem])
}

/// What the set holds, once it is checked.
struct Checked {
    policies: Vec<PolicyBinding>,
    catalog: Option<Catalog>,
    facts: Option<FactsOfSet>,
    waivers: Vec<Waiver>,
    calendars: Vec<NamedPath>,
    baseline: Option<NamedPath>,
    read: Vec<ReadFile>,
}

fn checked(
    sources: &Sources,
    digest: &Digest,
    folder: &Path,
    set: wire::PolicySet,
    open: Open<'_>,
) -> Result<Checked, PolicySetError> {
    let mut checks = Checks::new(sources);
    check_version(&mut checks, set.version.0);
    let bound: Vec<String> = set.policies.0.iter().map(|(name, _)| name.clone()).collect();
    let policies = bindings::bindings(&mut checks, folder, set.policies);
    let calendars =
        paths(&mut checks, folder, &Pointer::root().child("calendars"), &set.calendars.unwrap_or_default());
    let baseline = set.baseline.and_then(|text| named_baseline(&mut checks, folder, &text));
    let waivers = waivers::waivers(&mut checks, &bound, set.waivers.unwrap_or_default());
    let mut shelf = catalog::Shelf::new(&sources.name);
    let in_files = match &set.catalog {
        Some(written) => read_catalog(&mut checks, sources, folder, written, &mut shelf, open),
        None => Vec::new(),
    };
    let facts = set.facts.map(|written| written.read(&mut checks, sources, digest, folder, open));
    let (facts, in_facts) = facts.unzip();
    let here = checks.into_problems();
    let here = (!here.is_empty()).then(|| InputError::new(&sources.name, here));
    let errors: Vec<InputError> =
        here.into_iter().chain(in_files).chain(in_facts.unwrap_or_default()).collect();
    if !errors.is_empty() {
        return Err(PolicySetError::Inputs(errors));
    }
    let (known, mut read) = shelf.into_catalog();
    read.extend(facts.iter().flat_map(FactsOfSet::files));
    let catalog = set.catalog.is_some().then_some(known);
    Ok(Checked { policies, catalog, facts, waivers, calendars, baseline, read })
}

fn check_version(checks: &mut Checks<'_>, version: i64) {
    if version != VERSION {
        checks.value(
            &Pointer::root().child("version"),
            ProblemKind::Value,
            format!("the number `{version}`"),
            format!("`{VERSION}`, the version this program reads"),
            format!("write `version: {VERSION}`; a set of a later version needs a later program"),
        );
    }
}

/// The one file that may be named alone.
fn named_baseline(checks: &mut Checks<'_>, folder: &Path, text: &str) -> Option<NamedPath> {
    let pointer = Pointer::root().child("baseline");
    if text.trim().is_empty() {
        let help = "leave the key out for none, or write it relative to the policy set's folder";
        let found = format!("the text {}", shown(text));
        checks.value(&pointer, ProblemKind::Empty, found, "the path of a file", help);
        return None;
    }
    Some(NamedPath { path: folder.join(text), span: checks.span(&pointer), pointer })
}

/// The files of a list of paths. One that is named twice would be read twice.
pub(crate) fn paths(
    checks: &mut Checks<'_>,
    folder: &Path,
    list: &Pointer,
    written: &[String],
) -> Vec<NamedPath> {
    let mut named: Vec<NamedPath> = Vec::new();
    if written.len() > FILES_MAX {
        let help = "join them; one catalog file holds any number of services";
        checks.value(
            list,
            ProblemKind::TooMuch,
            format!("{} files", written.len()),
            format!("at most {FILES_MAX}"),
            help,
        );
        return named;
    }
    for (index, text) in written.iter().enumerate() {
        let pointer = list.child(&index.to_string());
        let path = folder.join(text);
        if text.trim().is_empty() {
            let help = "write it relative to this file's folder";
            checks.value(
                &pointer,
                ProblemKind::Empty,
                format!("the text {}", shown(text)),
                "the path of a file",
                help,
            );
        } else if let Some(first) = named.iter().find(|before| before.path == path) {
            let expected =
                format!("it once: the first is at line {}, column {}", first.span.line, first.span.column);
            let found = format!("file {} a second time", shown(text));
            checks.value(&pointer, ProblemKind::Value, found, expected, "remove one of the two");
        } else {
            named.push(NamedPath { path, span: checks.span(&pointer), pointer });
        }
    }
    named
}

/// The catalog, from the set itself and then from each file. What is wrong in a file is told as that file's.
fn read_catalog(
    checks: &mut Checks<'_>,
    sources: &Sources,
    folder: &Path,
    written: &catalog::CatalogSources,
    shelf: &mut catalog::Shelf,
    open: Open<'_>,
) -> Vec<InputError> {
    let at = Pointer::root().child("catalog");
    checks.extend(shelf.take(
        sources,
        &at.child("services"),
        written.services.as_deref().unwrap_or_default(),
    ));
    let mut errors = Vec::new();
    for file in paths(checks, folder, &at.child("files"), written.files.as_deref().unwrap_or_default()) {
        let read = opened(checks, &file, open).map(|bytes| shelf.take_file(&file.path, &bytes));
        errors.extend(read.and_then(Result::err));
    }
    let tier_key = written.backstage_tier.as_deref().unwrap_or(catalog::BACKSTAGE_TIER);
    let help = "leave it out for `interlock/tier`";
    checks.words(&at.child("backstage-tier"), tier_key, "the name of a label or an annotation", help);
    for file in
        paths(checks, folder, &at.child("backstage"), written.backstage.as_deref().unwrap_or_default())
    {
        let read =
            opened(checks, &file, open).map(|bytes| shelf.take_backstage(&file.path, &bytes, tier_key));
        errors.extend(read.and_then(Result::err));
    }
    errors
}

/// A file's bytes; if it is not opened, that is a problem of the line that names it.
fn opened(checks: &mut Checks<'_>, file: &NamedPath, open: Open<'_>) -> Option<Vec<u8>> {
    match open(&file.path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            checks.value(
                &file.pointer,
                ProblemKind::Value,
                format!("file {}, which was not read ({})", shown(&file.path.to_string_lossy()), error.why()),
                "a catalog file",
                "check the path, which is relative to the policy set's folder, and its permissions",
            );
            None
        }
    }
}

/// The schema of a policy set, as `interlock schema policy-set` prints it.
pub fn policy_set_schema() -> schemars::Schema {
    crate::schema::described::<wire::PolicySet>("urn:interlock:schema:policy-set", "interlock.policy-set")
}

#[cfg(test)]
mod tests;
