//! Bytes into typed values: the change document and the operator's policy set, read strictly.
//!
//! The steps, in order, and each of them bounded before the next one starts:
//! [`file`] (regular files, capped) -> `scan` (bytes and characters) -> `yaml` or `json` (a tree with positions, counted)
//! -> `decode` (types, by serde) -> `schedule` (zones and clocks). What two readers would read differently is refused.
//!
//! No verdict, no clock, no network. The CLI calls it today; a server will.

mod calendar;
mod cases;
mod catalog;
mod corpus;
mod decode;
mod error;
mod events;
mod evidence;
mod expectation;
mod facts;
mod file;
mod gather;
mod git;
mod json;
mod merge;
mod names;
mod node;
mod payload;
mod place;
mod plans;
mod policy_set;
mod report;
mod scalar;
mod scan;
mod schedule;
mod schema;
mod statement;
mod terraform;
mod verb;
mod yaml;
mod zone;

use interlock_model::{ChangeDocument, Digest, KindOrigin, Payload, Pointer, Sources};
use sha2::Digest as _;

pub use calendar::{
    Calendar, CalendarDate, CalendarFileError, Calendars, ClosedBy, DaySort, Interval, IntervalKind, Lint,
    LintKind, Outlook, ShownDay, calendar_schema, read_calendar, read_calendar_file,
};
pub use cases::{
    Case, CasesError, CasesFile, ExpectedFinding, ExpectedMessage, NotReworded, cases_of, cases_schema,
    read_cases, read_facts,
};
pub use catalog::{ReadFile, catalog_schema};
pub use corpus::{
    Catchable, Corpus, CorpusError, ExpectedDocument, ExpectedFolder, ExpectedRule, Incident, PolicyFinding,
    Role, expected_of, expected_schema, read_corpus,
};
pub use error::{InputError, Problem, ProblemKind};
pub use events::EventKind;
pub use facts::{FactsFile, FactsOfSet, facts_schema, join_facts, read_facts_file};
pub use file::{FileError, read_file, read_module, read_stream};
pub use gather::{Gathered, SourceKind, read_source, starting, statements_in, statements_of};
pub use git::{CommitWords, GitError, GitRange};
pub use merge::{Range, merge};
pub use payload::{Compared, PayloadError, compare, compare_texts};
pub use policy_set::{
    BaselineFile, LimitOverrides, LimitTier, ModuleRef, NamedPath, Open, PolicyBinding, PolicySetError,
    PolicySetFile, STARTER, baseline_can_hold, baseline_schema, policy_set_of, policy_set_schema,
    read_baseline, read_policy_set,
};
pub use report::{Decided, read_report};
pub use scan::CHANGE_BYTES_MAX;
pub use statement::{Speaker, Statement};
pub use zone::tzdb_version;

use node::{Node, Nulls, Value};

/// How a document is written. Chosen by the file's name or by a flag, never by trying one and then the other: a text
/// that two syntaxes accept can mean two things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// A strict subset of YAML that version 1.1 and 1.2 readers agree on.
    Yaml,
    /// JSON as RFC 8259 has it: no comments, no trailing commas.
    Json,
}

impl Syntax {
    /// By extension: `.yaml`, `.yml` or `.json` in any case. `None` for any other name.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// What a document of ours is. Each is read by the same strict reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Change,
    PolicySet,
    Calendar,
    Catalog,
    Facts,
    Baseline,
    Cases,
    Expected,
}

impl Form {
    /// Its name, as `interlock schema` takes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::PolicySet => "policy-set",
            Self::Calendar => "calendar",
            Self::Catalog => "catalog",
            Self::Facts => "facts",
            Self::Baseline => "baseline",
            Self::Cases => "cases",
            Self::Expected => "expected",
        }
    }
}

impl Form {
    /// Cases hold patches, which remove with `null`.
    fn nulls(self) -> Nulls {
        match self {
            Self::Change
            | Self::PolicySet
            | Self::Calendar
            | Self::Catalog
            | Self::Facts
            | Self::Baseline
            | Self::Expected => Nulls::Refused,
            Self::Cases => Nulls::Kept,
        }
    }
}

/// A document of ours with its types, where everything stood, and the digest of its bytes.
pub(crate) struct Document<T> {
    pub(crate) holds: T,
    pub(crate) sources: Sources,
    pub(crate) digest: Digest,
}

/// Reads a document of ours: bytes and characters, then a tree with positions, then types.
pub(crate) fn read_document<T: serde::de::DeserializeOwned>(
    form: Form,
    name: &str,
    bytes: &[u8],
    syntax: Syntax,
) -> Result<Document<T>, InputError> {
    let in_file = |problems| InputError::new(name, problems);
    let text = scan::text_of(bytes).map_err(|problem| in_file(vec![problem]))?;
    let root = tree(text, syntax, form.nulls()).map_err(|problem| in_file(vec![problem]))?;
    let holds = decode::document(&root, form).map_err(in_file)?;
    let mut sources = Sources::new(name, text);
    place_all(&mut sources, &root);
    Ok(Document { holds, sources, digest: Digest::from_sha256(&sha2::Sha256::digest(bytes)) })
}

/// Reads a change document as one source of several: its times are resolved when everything is laid together.
///
/// # Errors
/// As [`read_change`], but for the schedule.
pub fn metadata(name: &str, bytes: &[u8], syntax: Syntax) -> Result<Statement, InputError> {
    let Document { holds, sources, .. } =
        read_document::<interlock_model::Change>(Form::Change, name, bytes, syntax)?;
    let (id, kind) = (Some(holds.id.clone()), Some(holds.kind));
    Ok(Statement {
        speaker: Speaker::Author,
        id,
        kind,
        facts: holds,
        sources,
        places: None,
        doubts: Vec::new(),
    })
}

/// Reads a change document. `name` is for people: it stands in errors and in the document's sources.
///
/// # Errors
/// With everything that is wrong with the document, as far as one pass can tell: what was found, what was expected,
/// where, and what to do next.
pub fn read_change(name: &str, bytes: &[u8], syntax: Syntax) -> Result<ChangeDocument, InputError> {
    let Document { holds: mut change, sources, digest } = read_document(Form::Change, name, bytes, syntax)?;
    schedule::resolve(&mut change, &sources).map_err(|problem| InputError::new(name, vec![problem]))?;
    Ok(ChangeDocument {
        change,
        kind_origin: KindOrigin::Said,
        sources,
        digest,
        payload: Payload::default(),
        tzdb: tzdb_version().to_owned(),
    })
}

fn tree(text: &str, syntax: Syntax, nulls: Nulls) -> Result<Node, Problem> {
    match syntax {
        Syntax::Yaml => yaml::read_with(text, nulls),
        Syntax::Json => json::read(text),
    }
}

/// Notes where everything stood. Called only for a document that has its types, so pointers are as short as the schema.
fn place_all(sources: &mut Sources, root: &Node) {
    sources.place(Pointer::root(), interlock_model::Origin { key: root.span, value: root.span });
    place_below(sources, &Pointer::root(), root);
}

fn place_below(sources: &mut Sources, at: &Pointer, node: &Node) {
    match &node.value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => {}
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                let below = at.child(&index.to_string());
                sources.place(below.clone(), interlock_model::Origin { key: item.span, value: item.span });
                place_below(sources, &below, item);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                let below = at.child(&entry.key);
                let origin = interlock_model::Origin { key: entry.key_span, value: entry.value.span };
                sources.place(below.clone(), origin);
                place_below(sources, &below, &entry.value);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const WHOLE: &str = include_str!("../../../tests/inputs/whole.yaml");

    #[test]
    fn the_syntax_is_chosen_by_the_name() {
        assert_eq!(Syntax::of_name("a/change.YML"), Some(Syntax::Yaml));
        assert_eq!(Syntax::of_name("change.yaml.json"), Some(Syntax::Json));
        assert_eq!(Syntax::of_name("change"), None);
        assert_eq!(Syntax::of_name("change.yaml.tmpl"), None);
    }

    #[test]
    fn a_change_written_as_json_and_read_again_is_the_same_change() {
        let first = read_change("a.yaml", WHOLE.as_bytes(), Syntax::Yaml).unwrap().change;
        let json = serde_json::to_string(&first).unwrap();
        let again = read_change("a.json", json.as_bytes(), Syntax::Json).unwrap().change;
        assert_eq!(again, first);
        // The YAML reader takes it too: JSON is YAML as long as nobody writes anything odd.
        assert_eq!(read_change("a.yaml", json.as_bytes(), Syntax::Yaml).unwrap().change, first);
    }

    #[test]
    fn every_value_has_its_place() {
        let document =
            read_change("a.yaml", "# é\nid: ü\nkind: config\nlabels: [a, b]\n".as_bytes(), Syntax::Yaml)
                .unwrap();
        let origin = document.sources.find(&Pointer::new("/labels/1")).unwrap();
        assert_eq!((origin.value.line, origin.value.column), (4, 13));
        assert_eq!(document.sources.text.get(origin.value.start..origin.value.end), Some("b"));
        let origin = document.sources.find(&Pointer::new("/kind")).unwrap();
        assert_eq!((origin.key.line, origin.key.column, origin.value.column), (3, 1, 7));
    }
}
