//! One change out of what several sources say of it: a range of a repository, a metadata document, rollout manifests, plans,
//! reports of tests, events.
//!
//! Where two sources say different things of one fact, the weightier one is judged ([`Speaker`] has the order) and the
//! difference is a finding: never a silent choice. What carries no judgement (a title, the name of a stage) is taken from
//! whoever says it first. The CLI calls [`merge`]; `plans` lays several rollout plans into one.

use std::collections::BTreeMap;

use interlock_model::{
    Change, ChangeDocument, ChangeKind, Digest, Doubt, DoubtKind, FactPlace, FileChange, FileOp, FileSources,
    KindOrigin, Origin, Payload, Pointer, Side, Sources, Span,
};
use serde_json::{Map, Value};
use sha2::Digest as _;

use crate::error::{InputError, Problem, ProblemKind, shown};
use crate::statement::{Speaker, Statement};
use crate::{Compared, schedule, tzdb_version};
use field::{Field, Join};

mod actions;
mod field;
mod plans;
#[cfg(test)]
mod tests;
mod twice;

/// A name for a change whose sources give it none, and what was compared.
pub struct Range<'r> {
    /// For people: `main..feature`.
    pub name: &'r str,
    /// Its files.
    pub compared: Option<Compared>,
}

/// Lays what is said of one change into one document.
///
/// # Errors
/// If the facts that are left make no change: a schedule whose times do not exist, say.
pub fn merge(range: Range<'_>, mut statements: Vec<Statement>) -> Result<ChangeDocument, InputError> {
    statements.sort_by_key(|statement| statement.speaker);
    let digest = digest(range.name, &statements);
    let is_compared = range.compared.is_some();
    let mut statements = actions::joined(plans::weakest(twice::once_each(statements)));
    let mut payload = payload(range.compared.as_ref(), &mut statements);
    let files = files(range.compared, &mut statements)?;
    let mut sources = own_document(range.name, &mut statements);

    let mut merged = Merged::default();
    for statement in &statements {
        merged.take(statement, &mut sources);
    }
    payload.facts = merged.facts(&statements, &sources);
    payload.doubts.append(&mut merged.doubts);
    if !payload.facts.contains_key(&Pointer::root()) && sources.find(&Pointer::root()).is_none() {
        payload.facts.extend(first_place(&files));
    }
    let kind_origin = merged.kind_origin(is_compared);
    let mut change = merged.change(range.name)?;
    if !files.is_empty() {
        change.files = Some(files);
    }
    schedule::resolve(&mut change, &sources)
        .map_err(|problem| InputError::new(&sources.name, vec![problem]))?;
    Ok(ChangeDocument { change, kind_origin, sources, digest, payload, tzdb: tzdb_version().to_owned() })
}

/// Everything that was said, as it was said. Lengths stand in front, so that no two sets of sources give the same bytes.
fn digest(name: &str, statements: &[Statement]) -> Digest {
    let mut hash = sha2::Sha256::new();
    let mut part = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    part(name);
    for statement in statements {
        part(&statement.sources.name);
        part(&statement.sources.text);
        part(&serde_json::to_string(&statement.facts).unwrap_or_default());
    }
    Digest::from_sha256(&hash.finalize())
}

/// The texts of all sources, so that a finding can show the line a fact was read from, and all doubts.
fn payload(compared: Option<&Compared>, statements: &mut [Statement]) -> Payload {
    let mut payload = compared.map(|compared| compared.payload.clone()).unwrap_or_default();
    for statement in statements {
        payload.doubts.append(&mut statement.doubts);
        let Sources { name, text, .. } = &statement.sources;
        let known = payload.files.entry(name.clone()).or_default();
        match (&statement.places, &known.after) {
            (Some(places), _) => known.after = Some(places.clone()),
            (None, None) if !text.is_empty() => {
                known.after = Some(Sources::new(name.clone(), text.clone()));
            }
            (None, _) => {}
        }
    }
    payload.files.retain(|_, FileSources { before, after }| before.is_some() || after.is_some());
    payload
}

/// The files of the range, and those that a source told of. An adapter that understands a file knows better what changes
/// in it than a comparison of its text.
///
/// # Errors
/// If the author lists files beside those that were compared: of two lists, nobody could say which one was judged.
fn files(compared: Option<Compared>, statements: &mut [Statement]) -> Result<Vec<FileChange>, InputError> {
    let is_compared = compared.is_some();
    let mut files = compared.map(|compared| compared.files).unwrap_or_default();
    for statement in statements {
        let Some(told) = statement.facts.files.take() else { continue };
        if is_compared && statement.speaker == Speaker::Author {
            return Err(files_twice(&statement.sources));
        }
        files.retain(|file| told.iter().all(|told| told.path != file.path));
        files.extend(told);
    }
    // By path, and files of one path in the order in which they were told.
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn files_twice(sources: &Sources) -> InputError {
    let (origin, _) = sources.nearest(&Pointer::new("/files"));
    let problem = Problem::new(ProblemKind::Value, origin.key, "`files`, which were compared too")
        .expected("one of the two")
        .help("remove `files` from the document, or do not name what to compare");
    InputError::new(&sources.name, vec![problem])
}

/// The author's document is the change's own: findings of facts that are nowhere else point into it.
fn own_document(name: &str, statements: &mut [Statement]) -> Sources {
    let is_document =
        |said: &&mut Statement| said.speaker == Speaker::Author && !said.sources.text.is_empty();
    statements
        .iter_mut()
        .find(is_document)
        .map_or_else(|| Sources::new(name, ""), |said| said.sources.clone())
}

/// Where a change is shown that stands in no document: at its first file.
fn first_place(files: &[FileChange]) -> Option<(Pointer, FactPlace)> {
    let top = Span { start: 0, end: 0, line: 1, column: 1 };
    let is_there = |file: &&FileChange| file.op != FileOp::Removed;
    let path = files.iter().find(is_there).or(files.first())?.path.clone();
    Some((Pointer::root(), FactPlace { path, origin: Origin { key: top, value: top } }))
}

/// What was said so far.
#[derive(Default)]
struct Merged {
    id: Option<String>,
    /// And whose word that is.
    kind: Option<(ChangeKind, Speaker)>,
    facts: Map<String, Value>,
    /// Who said what, and where.
    places: BTreeMap<Pointer, Said>,
    doubts: Vec<Doubt>,
}

/// Where a fact was said.
#[derive(Clone)]
struct Said {
    name: String,
    origin: Origin,
}

impl Merged {
    fn take(&mut self, statement: &Statement, own: &mut Sources) {
        if self.id.is_none() {
            self.id.clone_from(&statement.id);
        }
        if self.kind.is_none() {
            self.kind = statement.kind.map(|kind| (kind, statement.speaker));
        }
        // A change without values that JSON has no form for cannot fail to be written.
        let Ok(Value::Object(mut said)) = serde_json::to_value(&statement.facts) else { return };
        said.remove("id");
        said.remove("kind");
        let mut facts = std::mem::take(&mut self.facts);
        let mut joining = Joining { merged: self, statement, own };
        joining.object(&Pointer::root(), &Pointer::root(), &mut facts, said);
        joining.place(&Pointer::root(), &Pointer::root());
        self.facts = facts;
    }

    /// Places of facts that do not stand in the change's own document.
    fn facts(&self, statements: &[Statement], own: &Sources) -> BTreeMap<Pointer, FactPlace> {
        let shown = |name: &str| {
            statements
                .iter()
                .any(|statement| statement.sources.name == name && !statement.sources.text.is_empty())
        };
        let is_own = |name: &str| !own.text.is_empty() && name == own.name;
        let elsewhere = self.places.iter().filter(|(_, said)| !is_own(&said.name) && shown(&said.name));
        let place = |said: &Said| FactPlace { path: said.name.clone(), origin: said.origin };
        elsewhere.map(|(pointer, said)| (pointer.clone(), place(said))).collect()
    }

    /// A tool speaks for its own file: what else is changed beside it may be of any kind, and a plan that somebody adds must
    /// not keep a policy from the rest.
    fn kind_origin(&self, is_compared: bool) -> KindOrigin {
        match self.kind {
            Some((_, Speaker::Author | Speaker::Caller)) => KindOrigin::Said,
            Some((_, Speaker::Tool)) if !is_compared => KindOrigin::Said,
            Some((_, Speaker::Tool)) | None => KindOrigin::Assumed,
        }
    }

    fn change(self, name: &str) -> Result<Change, InputError> {
        let mut facts = self.facts;
        facts.insert("id".into(), Value::String(self.id.unwrap_or_else(|| name.to_owned())));
        let kind =
            serde_json::to_value(self.kind.map_or(ChangeKind::Config, |(kind, _)| kind)).unwrap_or_default();
        facts.insert("kind".into(), kind);
        serde_json::from_value(Value::Object(facts)).map_err(|error| {
            let top = Span { start: 0, end: 0, line: 1, column: 1 };
            let found = format!("sources that make no change together: {}", shown(&error.to_string()));
            let help = "ask with fewer sources, one after the other, to find the one that does not fit";
            InputError::new(name, vec![Problem::new(ProblemKind::Value, top, found).help(help)])
        })
    }
}

/// One statement on its way into what was said before.
struct Joining<'m> {
    merged: &'m mut Merged,
    statement: &'m Statement,
    own: &'m mut Sources,
}

impl Joining<'_> {
    /// `at` is where it goes, `from` where the statement has it: items of lists move.
    fn object(
        &mut self,
        at: &Pointer,
        from: &Pointer,
        known: &mut Map<String, Value>,
        said: Map<String, Value>,
    ) {
        for (key, new) in said {
            let (at, from) = (at.child(&key), from.child(&key));
            match known.get_mut(&key) {
                None => {
                    self.place_all(&at, &from);
                    known.insert(key, new);
                }
                Some(old) => self.value(&at, &from, old, new),
            }
        }
    }

    fn value(&mut self, at: &Pointer, from: &Pointer, old: &mut Value, new: Value) {
        let field = Field::of(at);
        match (field.join(), old, new) {
            (_, old, new) if *old == new => {}
            // A manifest is for whatever it is applied to; who says where that is says no more than it leaves open.
            (Join::Places, _, Value::Array(new)) if new == ["*"] => {}
            (Join::FirstSaid, _, _) => {}
            (Join::Fields, Value::Object(old), Value::Object(new)) => {
                self.object(at, from, old, new);
                self.place(at, from);
            }
            (Join::Items(identity), Value::Array(old), Value::Array(new)) => {
                self.items(at, from, identity, old, new);
            }
            (Join::Pairwise, Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
                for (index, (old, new)) in old.iter_mut().zip(new).enumerate() {
                    let index = index.to_string();
                    self.value(&at.child(&index), &from.child(&index), old, new);
                }
                self.place(at, from);
            }
            (Join::Same | Join::Places | Join::Fields | Join::Items(_) | Join::Pairwise, old, new) => {
                self.disagree(at, from, old, &new);
                *old = new;
                self.forget(at);
                self.place_all(at, from);
            }
        }
    }

    /// Items of both. One that both name is one item.
    fn items(
        &mut self,
        at: &Pointer,
        from: &Pointer,
        by: field::Identity,
        old: &mut Vec<Value>,
        new: Vec<Value>,
    ) {
        for (index, item) in new.into_iter().enumerate() {
            let from = from.child(&index.to_string());
            let known = old.iter().position(|known| by.is_same(known, &item));
            let at = at.child(&known.unwrap_or(old.len()).to_string());
            match known.and_then(|known| old.get_mut(known)) {
                Some(known) => self.value(&at, &from, known, item),
                None => {
                    self.place_all(&at, &from);
                    old.push(item);
                }
            }
        }
    }

    /// Told where the new word stands; a source without a text is shown by the one it contradicts.
    fn disagree(&mut self, at: &Pointer, from: &Pointer, old: &Value, new: &Value) {
        let sources = &self.statement.sources;
        let said = self.said_before(at);
        let what = at.as_str().trim_start_matches('/');
        let (here, there) = (in_short(new), in_short(old));
        let (path, span, message) = match (sources.text.is_empty(), said) {
            (true, Some(Said { name, origin })) => {
                (name, origin.key, format!("`{what}` is {there} here, and {here} by `{}`", sources.name))
            }
            (_, said) => {
                let by = said.map_or("another source".into(), |said| {
                    format!("`{}:{}`", said.name, said.origin.key.line)
                });
                let (origin, _) = sources.nearest(from);
                (sources.name.clone(), origin.key, format!("`{what}` is {there} by {by}, and {here} here"))
            }
        };
        let help = "correct one of the two, or say it in one place".into();
        let (kind, side) = (DoubtKind::Disagreement, Side::After);
        self.merged.doubts.push(Doubt { kind, path, side, span, message, help });
    }

    fn said_before(&self, at: &Pointer) -> Option<Said> {
        let mut at = Some(at.clone());
        while let Some(asked) = at {
            if let Some(said) = self.merged.places.get(&asked) {
                return Some(said.clone());
            }
            at = asked.parent();
        }
        None
    }

    fn forget(&mut self, at: &Pointer) {
        self.merged.places.retain(|placed, _| !placed.is_within(at));
        self.own.forget(at);
    }

    fn place_all(&mut self, at: &Pointer, from: &Pointer) {
        let below: Vec<(Pointer, Origin)> = self
            .statement
            .sources
            .places()
            .filter(|(placed, _)| placed.is_within(from))
            .map(|(placed, origin)| (placed.clone(), origin))
            .collect();
        for (placed, origin) in below {
            let rest = placed.as_str().strip_prefix(from.as_str()).unwrap_or_default();
            let said = Said { name: self.statement.sources.name.clone(), origin };
            self.merged.places.insert(Pointer::new(format!("{}{rest}", at.as_str())), said);
        }
    }

    /// The place of a value that was joined: the first who said it keeps it.
    fn place(&mut self, at: &Pointer, from: &Pointer) {
        let Some(origin) = self.statement.sources.find(from) else { return };
        let name = self.statement.sources.name.clone();
        self.merged.places.entry(at.clone()).or_insert(Said { name, origin });
    }
}

fn in_short(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(fields) => format!("a map of {}", fields.len()),
        Value::String(text) => shown(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
    }
}
