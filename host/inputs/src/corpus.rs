//! A corpus: folders of changes with everything the whole gate is to say of each. Incidents as they were proposed and as
//! they should have been, and ordinary changes that must pass.
//!
//! `expected.yaml` in a folder says what is expected (`wire` has its shapes, `checked` what shapes cannot say), and each
//! change document is read when it is asked for. Who asks is `interlock-authoring`; nothing here knows a policy.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use interlock_model::{
    ChangeDocument, Instant, Phase, Pointer, PolicyId, Progress, Question, Sources, Span, Verdict,
};

use crate::error::{InputError, escaped};
use crate::file::{FileError, read_file};
use crate::policy_set::{NamedPath, place, told};
use crate::{Document, Form, Syntax, compare, read_change, read_document};

mod checked;
mod files;
#[cfg(test)]
mod tests;
mod wire;

pub use files::read_corpus;

/// What a folder's expectations are called.
pub(crate) const EXPECTED: &str = "expected.yaml";

/// Folders that were read, and the policy set that lies beside them.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// By their names. At least one.
    pub folders: Vec<ExpectedFolder>,
    /// `policy-set.yaml` in the corpus' own folder. Absent: it has none.
    pub policy_set: Option<PathBuf>,
    /// Folders that hold no `expected.yaml`, and were left alone.
    pub left_alone: Vec<PathBuf>,
}

/// A folder of changes, and what is expected of each.
#[derive(Clone, Debug)]
pub struct ExpectedFolder {
    /// The name its `expected.yaml` was opened by. Escape it for your sink.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// The incident that its changes are of. Absent: ordinary changes.
    pub incident: Option<Incident>,
    /// In the order of the file. None only if nobody proposed a change.
    pub documents: Vec<ExpectedDocument>,
    sources: Sources,
}

/// An incident, as far as its replay speaks of it.
#[derive(Clone, Debug)]
pub struct Incident {
    /// Its name. The author's words: escape them.
    pub id: String,
    /// Whether a gate could have known.
    pub catchable: Catchable,
    /// Why it comes out so. The author's words: escape them.
    pub why: Option<String>,
    /// What has to speak of its changes at least.
    pub expected_rules: Vec<ExpectedRule>,
}

/// Whether a gate could have known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Catchable {
    /// From what a gate realistically has.
    Yes,
    /// With more than that, or not all of the damage.
    Partly,
    /// By nothing that was there before.
    No,
}

impl Catchable {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "partly",
            Self::No => "no",
        }
    }
}

/// A policy that has to speak, or one rule of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedRule {
    /// The policy, as it is bound.
    pub policy: PolicyId,
    /// Its rule. Absent: any of them.
    pub rule: Option<String>,
    /// Where it is expected, for [`ExpectedFolder::problem`].
    pub pointer: Pointer,
    /// The same, for people.
    pub span: Span,
}

/// What a change is to the corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It set off an incident, as it was proposed.
    Proposed,
    /// The same as it should have been.
    Fixed,
    /// One of many.
    Ordinary,
}

/// One change, how it is asked, and everything the gate is to say of it.
#[derive(Clone, Debug)]
pub struct ExpectedDocument {
    /// Under which name it stands. The author's words: escape them.
    pub name: String,
    /// The change document.
    pub file: NamedPath,
    /// What it is.
    pub role: Role,
    /// Why it comes out so. The author's words: escape them.
    pub why: Option<String>,
    /// For which time.
    pub evaluated_at: Instant,
    /// At which point of the change's life.
    pub asked_at: Phase,
    /// How far the rollout has come.
    pub progress: Option<Progress>,
    /// The files to compare, before and after.
    pub compared: Option<(NamedPath, NamedPath)>,
    /// Calendars of its own, named and not read. Absent: those of whoever asks.
    pub calendars: Option<Vec<NamedPath>>,
    /// What the gate answers.
    pub verdict: Verdict,
    /// Everything it says.
    pub findings: Vec<PolicyFinding>,
    /// Where it stands, for [`ExpectedFolder::problem`].
    pub pointer: Pointer,
    /// The same, for people.
    pub span: Span,
}

/// A finding that is expected of one policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFinding {
    /// The policy, as it is bound.
    pub policy: PolicyId,
    /// The rule, without the policy's name.
    pub rule: String,
    /// Warn or block.
    pub verdict: Verdict,
    /// Its first place, as the policy names it.
    pub at: Pointer,
    /// The changed file in which that place lies. Absent: the change document.
    pub file: Option<String>,
    /// Where it is expected, for [`ExpectedFolder::problem`].
    pub pointer: Pointer,
    /// The same, for people.
    pub span: Span,
}

impl ExpectedDocument {
    /// What is asked.
    pub fn question(&self) -> Question {
        Question {
            asked_at: self.asked_at,
            evaluated_at: self.evaluated_at,
            simulated: true,
            progress: self.progress,
        }
    }
}

impl ExpectedFolder {
    /// Reads a change of this folder, and compares its files.
    ///
    /// # Errors
    /// If the document or one of the files cannot be read; a file that is not there is a slip in this folder's
    /// expectations.
    pub fn open(&self, document: &ExpectedDocument) -> Result<ChangeDocument, CorpusError> {
        let name = document.file.path.to_string_lossy();
        let bytes = read_file(&document.file.path).map_err(|error| self.unread(&document.file, &error))?;
        let syntax = Syntax::of_name(&name).ok_or_else(|| {
            let found = format!("`{name}`, whose name does not say how it is written");
            let help = "name a `.yaml` or `.json` file, or say with `document` which one is meant";
            self.problem(&document.file.pointer, &found, None, help)
        })?;
        let mut change = read_change(&name, &bytes, syntax)?;
        if let Some((before, after)) = &document.compared {
            let compared = compare(&before.path, &after.path).and_then(|it| it.into_document(&mut change));
            compared.map_err(|error| CorpusError::Files(error.to_string()))?;
        }
        Ok(change)
    }

    /// Says what is wrong at a place of `expected.yaml`, in the same form as the reader's own problems. Texts may quote
    /// others: they are escaped here.
    pub fn problem(&self, at: &Pointer, found: &str, expected: Option<&str>, help: &str) -> InputError {
        InputError::new(&self.name, vec![told(place(&self.sources, at), found, expected, help)])
    }

    fn unread(&self, named: &NamedPath, error: &FileError) -> InputError {
        let found = format!("`{}`, which cannot be read: {}", named.path.to_string_lossy(), error.why());
        let help = "the path is relative to this folder; `document: FILE` says which file an entry is about";
        self.problem(&named.pointer, &found, None, help)
    }
}

/// A corpus that was not read. Its `Display` is safe for a terminal, and ends in a next step.
#[derive(Debug)]
pub enum CorpusError {
    /// Something is wrong in a document.
    Input(InputError),
    /// A file was not read.
    File(FileError),
    /// The files of a change were not compared. Safe for a terminal.
    Files(String),
    /// A folder was not listed.
    Folder {
        /// As it was named.
        path: PathBuf,
        /// The operating system's reason.
        reason: io::Error,
    },
    /// There is nothing in it to judge.
    Nothing {
        /// As it was named.
        path: PathBuf,
    },
    /// It holds more than is read.
    TooMuch {
        /// As it was named.
        path: PathBuf,
        /// How many entries are read.
        entries_max: usize,
    },
}

impl From<InputError> for CorpusError {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl fmt::Display for CorpusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |path: &Path| escaped(&path.to_string_lossy());
        match self {
            Self::Input(error) => write!(f, "{error}"),
            Self::File(error) => write!(f, "{error}"),
            Self::Files(error) => f.write_str(error),
            Self::Folder { path, reason } => {
                let reason = escaped(&reason.to_string());
                write!(f, "{}: {reason}, expected a folder\nhelp: {FOLDER_HELP}", shown(path))
            }
            Self::Nothing { path } => {
                let path = shown(path);
                write!(f, "{path}: no change to judge, expected a corpus\nhelp: {FOLDER_HELP}")
            }
            Self::TooMuch { path, entries_max } => {
                let path = shown(path);
                write!(f, "{path}: more than {entries_max} entries\nhelp: name one of the folders in it")
            }
        }
    }
}

const FOLDER_HELP: &str = "name a folder that holds `expected.yaml`, or a folder of such folders; `interlock schema expected` \
                           says what stands in it";

impl std::error::Error for CorpusError {}

/// Reads what is expected of one folder, from bytes. Paths in it are relative to the file's folder.
///
/// # Errors
/// With everything that is wrong with them, as far as one pass can tell.
pub fn expected_of(path: &Path, bytes: &[u8]) -> Result<ExpectedFolder, InputError> {
    let name = path.to_string_lossy().into_owned();
    let Document { holds, sources, .. } =
        read_document::<wire::Expected>(Form::Expected, &name, bytes, Syntax::Yaml)?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let (incident, documents) =
        checked::folder(&sources, &folder, holds).map_err(|problems| InputError::new(&name, problems))?;
    Ok(ExpectedFolder { name, folder, incident, documents, sources })
}

/// The schema of a folder's expectations, as `interlock schema expected` prints it.
pub fn expected_schema() -> schemars::Schema {
    crate::schema::described::<wire::Expected>("urn:interlock:schema:expected", "interlock.expected")
}
