//! The cases of a policy: what it is to say of which change. Reads the author's file; the changes it names are read when
//! they are asked for.
//!
//! Each case is one change: the base, or a document of its own, with a patch merged over it (RFC 7396: maps merge, lists
//! are replaced, `null` removes). What is expected is the complete list of findings. `wire` has the shapes, `checked` what
//! shapes cannot say, `facts` lays the change together. Who runs a case is `interlock-authoring`; nothing here knows a
//! policy.

use std::fmt;
use std::path::{Path, PathBuf};

use interlock_model::{
    ChangeDocument, Instant, Phase, Pointer, Progress, Question, Settings, Sources, Span, Verdict,
};
use serde_json::Value;

use crate::error::{InputError, escaped};
use crate::file::{FileError, read_file};
use crate::policy_set::{NamedPath, place, told};
use crate::{Document, Form, Syntax, read_document};

mod checked;
mod facts;
mod reworded;
#[cfg(test)]
mod tests;
mod wire;

pub use facts::read_facts;
pub use reworded::NotReworded;
// A corpus asks and expects in the same words.
pub(crate) use wire::{PhaseWord, VerdictWord};

/// The time of a case that names none and whose change says nothing of a start: a Monday, 2026-03-02T12:00Z.
const SOME_TIME_MIN: i32 = 29_540_880;

/// Cases that were read, with what they have in common.
#[derive(Clone, Debug)]
pub struct CasesFile {
    /// The name it was opened by. Escape it for your sink.
    pub name: String,
    /// In the order of the file. At least one, each with a name of its own.
    pub cases: Vec<Case>,
    base: Option<Value>,
    sources: Sources,
}

/// One change, and everything a policy is to say of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is called. The author's words: escape them.
    pub name: String,
    /// Why it must come out so. The author's words: escape them.
    pub why: String,
    /// `/cases/3`, for [`CasesFile::problem`].
    pub pointer: Pointer,
    /// Where it begins.
    pub span: Span,
    /// At which point of the change's life it is asked.
    pub asked_at: Phase,
    /// For which time. Absent: when the change is to start, or else a fixed time.
    pub evaluated_at: Option<Instant>,
    /// How far the rollout has come.
    pub progress: Option<Progress>,
    /// Calendar files, named and not read. Empty: the policy is told of no calendar.
    pub calendars: Vec<NamedPath>,
    /// Settings. What is not given keeps the policy's default.
    pub settings: Settings,
    /// The document that stands in for the base.
    pub change_file: Option<NamedPath>,
    /// Everything it is to say. Empty: nothing.
    pub expect: Vec<ExpectedFinding>,
    patch: Value,
}

/// A finding that a case expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedFinding {
    /// The rule, without the policy's name.
    pub rule: String,
    /// Warn or block.
    pub verdict: Verdict,
    /// Its first place, as the policy names it.
    pub at: Pointer,
    /// The changed file in which that place lies. Absent: it is not compared.
    pub file: Option<String>,
    /// What it says. Absent: it is not compared.
    pub message: Option<ExpectedMessage>,
    /// Where it is expected, for [`CasesFile::problem`].
    pub pointer: Pointer,
    /// The same, for people.
    pub span: Span,
}

/// The words of a finding that a case expects: its looks, which change more often than what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedMessage {
    /// The words.
    pub text: String,
    /// Where they stand.
    pub span: Span,
}

impl CasesFile {
    /// The text of this file with other words for some messages, each in the notation of YAML. Nothing else of it changes:
    /// what was written is read again and compared.
    ///
    /// # Errors
    /// If that cannot be held, as where other places of the file refer to a message.
    pub fn reworded(&self, words: &[(Span, String)]) -> Result<String, NotReworded> {
        reworded::text(self, words)
    }

    /// The text that was read.
    pub fn text(&self) -> &str {
        &self.sources.text
    }

    /// Everything that a case says of its change, laid together.
    ///
    /// # Errors
    /// If the case names a document that cannot be read.
    pub fn facts(&self, case: &Case) -> Result<Value, InputError> {
        facts::of_case(self, case)
    }

    /// The change of a case, from its facts. What is wrong with them is placed at the line of the case or of the base.
    ///
    /// # Errors
    /// As [`read_change`](crate::read_change).
    pub fn document(&self, case: &Case, facts: &Value) -> Result<ChangeDocument, InputError> {
        facts::document(self, case, facts)
    }

    /// Says what is wrong at a place of this file, in the same form as the reader's own problems. Texts may quote a
    /// module: they are escaped here.
    pub fn problem(&self, at: &Pointer, found: &str, expected: Option<&str>, help: &str) -> InputError {
        InputError::new(&self.name, vec![told(place(&self.sources, at), found, expected, help)])
    }
}

impl Case {
    /// What is asked about its change.
    pub fn question(&self, document: &ChangeDocument) -> Question {
        let schedule = document.change.schedule.as_ref();
        let planned = schedule.and_then(|schedule| schedule.start_moments.first()).map(|moment| moment.at);
        let some_time = Instant::from_epoch_min(SOME_TIME_MIN);
        Question {
            asked_at: self.asked_at,
            evaluated_at: self.evaluated_at.or(planned).unwrap_or(some_time),
            simulated: true,
            progress: self.progress,
        }
    }
}

/// Cases that were not read. Its `Display` is safe for a terminal: one `file:line:column: message` and one `help:` line
/// per problem.
#[derive(Debug)]
pub enum CasesError {
    /// The file itself.
    File(FileError),
    /// What is in it.
    Input(InputError),
}

impl fmt::Display for CasesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => {
                let path = escaped(&error.path().to_string_lossy());
                write!(
                    f,
                    "{path}: {}, expected the cases of a policy\nhelp: name the policy's folder, which holds `cases.yaml`, or \
                     the file itself",
                    error.why()
                )
            }
            Self::Input(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for CasesError {}

/// Reads cases from a file. Paths in it are relative to its folder.
///
/// # Errors
/// With everything that is wrong with it, as far as one pass can tell.
pub fn read_cases(path: &Path) -> Result<CasesFile, CasesError> {
    cases_of(path, &read_file(path).map_err(CasesError::File)?).map_err(CasesError::Input)
}

/// As [`read_cases`], from bytes.
///
/// # Errors
/// With everything that is wrong with them, as far as one pass can tell.
pub fn cases_of(path: &Path, bytes: &[u8]) -> Result<CasesFile, InputError> {
    let name = path.to_string_lossy().into_owned();
    let Document { holds, sources, .. } =
        read_document::<wire::Cases>(Form::Cases, &name, bytes, Syntax::Yaml)?;
    let folder: PathBuf = path.parent().map(Path::to_owned).unwrap_or_default();
    let (base, cases) =
        checked::cases(&sources, &folder, holds).map_err(|problems| InputError::new(&name, problems))?;
    Ok(CasesFile { name, cases, base, sources })
}

/// The schema of a policy's cases, as `interlock schema cases` prints it.
pub fn cases_schema() -> schemars::Schema {
    crate::schema::described::<wire::Cases>("urn:interlock:schema:cases", "interlock.cases")
}
