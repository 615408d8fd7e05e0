//! Leaving a mitigation out never helps: for every document of the suite, each field that makes a change safer is removed
//! and emptied in turn, and no stock policy's verdict may become milder.
//!
//! The fields come from the published schema, where each has its role, so that a new one cannot be forgotten.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Result, anyhow, ensure};
use interlock_inputs::{Compared, CorpusError, ExpectedDocument, compare, read_corpus};
use interlock_model::{Instant, Phase, Pointer, Verdict};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::cases;
use crate::support::{
    all_documents, almanac, corpus_folders, question, read_value, shown, some_time, whole_gate,
};

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = documents()
        .iter()
        .map(|document| {
            Trial::test(format!("monotone/{}", document.name), move || {
                holds_for(document).map_err(|error| Failed::from(format!("{error:#}")))
            })
        })
        .collect();
    trials.push(Trial::test("monotone/every-mitigation-is-removed-somewhere", || {
        every_mitigation_is_removed_somewhere().map_err(|error| Failed::from(error.to_string()))
    }));
    trials
}

/// A document, and what it is asked with.
struct Document {
    name: String,
    value: Value,
    at: Instant,
    calendars: Vec<PathBuf>,
    /// The files to compare.
    files: Option<(PathBuf, PathBuf)>,
}

/// Every document of the suite, as values: those of the corpus as it asks about them, those in other files, and those of
/// the policies' cases.
fn documents() -> &'static [Document] {
    static DOCUMENTS: OnceLock<Vec<Document>> = OnceLock::new();
    DOCUMENTS.get_or_init(|| {
        let mut documents: Vec<Document> = Vec::new();
        for document in of_corpora() {
            let (path, at) = (&document.file.path, document.evaluated_at);
            let mut name = shown(path);
            if documents.iter().any(|before| before.name == name) {
                name = format!("{name} as {}", document.name);
            }
            let named = |all: &[interlock_inputs::NamedPath]| all.iter().map(|it| it.path.clone()).collect();
            let calendars = document.calendars.as_deref().map(named).unwrap_or_default();
            let files = document.compared.as_ref().map(|(old, new)| (old.path.clone(), new.path.clone()));
            documents.push(Document { name, value: value_of(path), at, calendars, files });
        }
        let alone =
            |(name, value)| Document { name, value, at: some_time(), calendars: Vec::new(), files: None };
        let known: BTreeSet<String> = documents.iter().map(|document| document.name.clone()).collect();
        let others = all_documents().into_iter().map(|path| (shown(&path), path));
        let others =
            others.filter(|(name, _)| !known.contains(name)).map(|(name, path)| (name, value_of(&path)));
        documents.extend(others.chain(cases::all_values()).map(alone));
        documents
    })
}

/// Every entry of every corpus. One that cannot be read fails in `documents`, and its files are taken as they are.
fn of_corpora() -> Vec<ExpectedDocument> {
    let read = |(_, folder): (String, PathBuf)| -> Result<_, CorpusError> { read_corpus(&folder) };
    let corpora = corpus_folders().into_iter().filter_map(|folder| read(folder).ok());
    corpora.flat_map(|corpus| corpus.folders).flat_map(|folder| folder.documents).collect()
}

fn value_of(path: &std::path::Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a document");
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn holds_for(document: &Document) -> Result<()> {
    let asked = Asked::about(document)?;
    for phase in [Phase::Merge, Phase::Deploy, Phase::Promote] {
        let Some(before) = asked.verdicts(&document.value, phase) else { continue };
        for field in mitigations(&document.value) {
            for (how, without) in ablations(&document.value, &field) {
                // A document that can no longer be read is exit 2, which is no allow.
                let Some(after) = asked.verdicts(&without, phase) else { continue };
                for ((policy, before), (_, after)) in before.iter().zip(&after) {
                    ensure!(
                        after >= before,
                        "{how} `{}` at {} makes {policy} say {after} where it said {before}",
                        field.pointer.as_str(),
                        phase.name()
                    );
                }
            }
        }
    }
    Ok(())
}

/// What stays the same while a document loses its fields.
struct Asked {
    gate: interlock::Gate,
    at: Instant,
    files: Option<Compared>,
}

impl Asked {
    fn about(document: &Document) -> Result<Self> {
        let gate = whole_gate().under(almanac(&document.calendars)?);
        let files = document.files.as_ref().map(|(before, after)| compare(before, after));
        let files = files.transpose().map_err(|error| anyhow!("{error}"))?;
        Ok(Self { gate, at: document.at, files })
    }

    /// Every stock policy's verdict, or `None` if the document cannot be read.
    fn verdicts(&self, document: &Value, phase: Phase) -> Option<Vec<(String, Verdict)>> {
        let mut document = read_value(document).ok()?;
        if let Some(files) = self.files.clone() {
            files.into_document(&mut document).ok()?;
        }
        let report = self.gate.check(&document, &question(phase, self.at));
        let of_policies = report.policies.iter().filter(|policy| policy.id.as_str() != interlock::HOST);
        Some(of_policies.map(|policy| (policy.id.to_string(), policy.verdict)).collect())
    }
}

/// Lists whose emptiness says something: somebody has looked, and there is none. Emptying one is another statement, which an
/// operator guards against by giving the facts himself; leaving it out is tried as for every other.
const EMPTY_IS_A_STATEMENT: &[(&str, &str)] =
    &[("change", "open-incidents"), ("change", "past-incidents"), ("Service", "depends-on")];

/// The document without the field, and with it emptied.
fn ablations(document: &Value, mitigation: &Mitigation) -> Vec<(&'static str, Value)> {
    let Mitigation { pointer: field, property: (object, key) } = mitigation;
    let is_statement = EMPTY_IS_A_STATEMENT.contains(&(object.as_str(), key.as_str()));
    let mut without = document.clone();
    let parent = field.parent().expect("a field has a parent");
    let key = field.as_str().rsplit('/').next().expect("a key").replace("~1", "/").replace("~0", "~");
    if let Some(Value::Object(map)) = without.pointer_mut(parent.as_str()) {
        map.remove(&key);
    }
    let mut ablations = vec![("removing", without)];
    let empty = match document.pointer(field.as_str()) {
        Some(_) if is_statement => None,
        Some(Value::Array(_)) => Some(Value::Array(vec![])),
        Some(Value::String(_)) => Some(Value::String(String::new())),
        Some(Value::Object(_)) => Some(Value::Object(serde_json::Map::new())),
        Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => None,
    };
    if let Some(empty) = empty {
        let mut emptied = document.clone();
        *emptied.pointer_mut(field.as_str()).expect("the field is there") = empty;
        ablations.push(("emptying", emptied));
    }
    ablations
}

/// A field of a document whose role is mitigation.
struct Mitigation {
    pointer: Pointer,
    /// Schema object and property.
    property: (String, String),
}

/// Every mitigation that a document holds.
fn mitigations(document: &Value) -> Vec<Mitigation> {
    let mut found = Vec::new();
    walk(schema(), "change", document, &Pointer::root(), &mut found);
    found
}

fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| interlock_outputs::change_schema().to_value())
}

fn walk(object: &Value, name: &str, value: &Value, at: &Pointer, found: &mut Vec<Mitigation>) {
    match value {
        Value::Object(map) => {
            for (key, below) in map {
                let Some(property) = object.pointer("/properties").and_then(|all| all.get(key)) else {
                    continue;
                };
                let pointer = at.child(key);
                if role(property) == Some("mitigation") {
                    found.push(Mitigation { pointer: pointer.clone(), property: (name.into(), key.clone()) });
                }
                let (below_name, below_object) = resolve(property);
                walk(below_object, &below_name, below, &pointer, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(object, name, item, &at.child(&index.to_string()), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn role(property: &Value) -> Option<&str> {
    property.get("x-interlock-role").and_then(Value::as_str)
}

/// The object that a property holds, directly or as the items of a list.
fn resolve(property: &Value) -> (String, &Value) {
    let reference = property.get("$ref").or_else(|| property.pointer("/items/$ref")).and_then(Value::as_str);
    match reference.and_then(|reference| reference.rsplit('/').next()) {
        Some(name) => (name.to_owned(), schema().pointer(&format!("/$defs/{name}")).unwrap_or(&Value::Null)),
        None => (String::new(), &Value::Null),
    }
}

/// A field that no document holds is a field that is never removed, and a promise that nobody checks.
fn every_mitigation_is_removed_somewhere() -> Result<()> {
    let removed: BTreeSet<_> =
        documents().iter().flat_map(|document| mitigations(&document.value)).map(|it| it.property).collect();
    let mut wanted = BTreeSet::new();
    want("change", schema(), &mut wanted);
    for (name, object) in schema()["$defs"].as_object().expect("$defs") {
        want(name, object, &mut wanted);
    }
    ensure!(
        wanted.len() > 20,
        "the schema names only {} mitigations: are the roles still there?",
        wanted.len()
    );
    let never: Vec<_> = wanted.difference(&removed).collect();
    ensure!(
        never.is_empty(),
        "in no document of the suite: {never:?}; add them to tests/documents/everything.yaml"
    );
    Ok(())
}

fn want(name: &str, object: &Value, wanted: &mut BTreeSet<(String, String)>) {
    let properties = object.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mitigations = properties.filter(|(_, property)| role(property) == Some("mitigation"));
    wanted.extend(mitigations.map(|(key, _)| (name.to_owned(), key.clone())));
}
