//! Whether configuration goes out with the stages of a plan, or beside them.
//!
//! A canary divides pods. A ConfigMap or Secret that changes under its name is read by all of them, the old
//! ones too, as soon as each reads it again: no stage holds it back. Under a new name only new pods read
//! it, so it goes where they go. Flagger copies what its target refers to, which takes it into the canary.
//! Called by whoever merges sources.

mod objects;
mod references;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use interlock_model::{Origin, Rollout};

use super::manifest::ByName;
use crate::payload::foreign::{Foreign, Written};
use crate::statement::{Speaker, Statement};
use objects::{Changed, Object};

/// Bytes of manifests that are held side by side, for each side: a tree takes some thirty times its text.
const KEPT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A file of a change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChangedFile<'b> {
    /// Its path after the change.
    pub(crate) path: &'b str,
    /// Before the change.
    pub(crate) before: Content<'b>,
    /// After the change.
    pub(crate) after: Content<'b>,
}

/// What a file held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content<'b> {
    /// There was no file.
    Absent,
    /// Nobody knows.
    Unknown,
    /// These bytes.
    Bytes(&'b [u8]),
}

/// How a configuration object reaches pods.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It changed under its name, and pods of every stage read it.
    Outside,
    /// It goes where the pods go.
    Included,
    /// One of the two.
    Unknown,
    /// It did not change.
    Unchanged,
}

/// What became of an object under the name it has in the source.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Unchanged,
    Changed,
    New,
    Unknown,
}

/// Says `rollout.config-included: false` once for each file with a configuration object that changes under
/// a name a workload of the change refers to; `true` if such objects change and all of them go with the
/// pods; else nothing. Files that do not differ may be given too: a workload refers to a ConfigMap whether
/// it changes or not.
pub(crate) fn config_outside_canary(files: &[ChangedFile<'_>]) -> Vec<Statement> {
    let before = State::read(files, |file| file.before);
    let after = State::read(files, |file| file.after);
    let differ = objects::differing(files);
    let (old, new) = (Side::of(&before, &differ), Side::of(&after, &differ));
    let known = after.is_known && before.is_known;
    let ways = new.objects.iter().filter_map(|object| Some((way(object, &old, &new, known)?, object)));
    let places = Places::of(ways, known);
    let told = places.outside.into_iter().map(|place| (place, false));
    let told = told.chain(places.included.map(|place| (place, true)));
    told.filter_map(|((file, at), included)| Some(statement(after.text(file)?, at, included))).collect()
}

/// Where what is said stands, by file.
struct Places {
    /// The first object of each file that is outside.
    outside: BTreeMap<usize, Origin>,
    /// The first object that goes with the pods, if all do.
    included: Option<(usize, Origin)>,
}

impl Places {
    fn of<'o>(ways: impl Iterator<Item = (Way, &'o Object<'o>)>, known: bool) -> Self {
        let mut outside: BTreeMap<usize, Origin> = BTreeMap::new();
        let mut included = None;
        let mut all_known = known;
        for (way, object) in ways {
            match way {
                Way::Outside => {
                    outside.entry(object.file).or_insert(object.at);
                }
                Way::Included => included = included.or(Some((object.file, object.at))),
                Way::Unknown => all_known = false,
                Way::Unchanged => {}
            }
        }
        let included = included.filter(|_| outside.is_empty() && all_known);
        Self { outside, included }
    }
}

/// `None`: no workload of the change refers to it.
fn way(object: &Object<'_>, old: &Side<'_>, new: &Side<'_>, known: bool) -> Option<Way> {
    let by_pods = new.references.find(&object.name).is_some();
    if !by_pods && new.copied.find(&object.name).is_none() {
        return None;
    }
    let is_copied = !by_pods && object.is_tracked;
    // A name that was referred to before the object was there: it came from elsewhere, and may have been
    // there.
    let was_read =
        || [&old.references, &old.copied].into_iter().any(|names| names.find(&object.name).is_some());
    Some(match fate(object, old, known) {
        Fate::Unchanged => Way::Unchanged,
        Fate::Unknown => Way::Unknown,
        Fate::Changed | Fate::New if object.is_hashed || is_copied => Way::Included,
        Fate::Changed => Way::Outside,
        Fate::New if was_read() => Way::Unknown,
        Fate::New => Way::Included,
    })
}

fn fate(object: &Object<'_>, old: &Side<'_>, known: bool) -> Fate {
    match old.by_name.find(&object.name).and_then(|index| old.objects.get(*index)) {
        Some(before) => match object.changed(before) {
            Changed::No => Fate::Unchanged,
            Changed::Yes => Fate::Changed,
        },
        None if known => Fate::New,
        None => Fate::Unknown,
    }
}

/// The files of one side that could be read, by their index.
struct State<'b> {
    read: BTreeMap<usize, (&'b str, Foreign<'b>)>,
    /// Whether no file of this side is missing.
    is_known: bool,
    /// Bytes that may still be kept.
    left: usize,
}

impl<'b> State<'b> {
    fn read(files: &[ChangedFile<'b>], side: impl Fn(&ChangedFile<'b>) -> Content<'b>) -> Self {
        let mut state = Self { read: BTreeMap::new(), is_known: true, left: KEPT_BYTES_MAX };
        for (index, file) in files.iter().enumerate() {
            let Some(written) = Written::of_name(file.path) else { continue };
            match side(file) {
                Content::Absent => {}
                Content::Unknown => state.is_known = false,
                Content::Bytes(bytes) => match Foreign::read(file.path, bytes, written) {
                    Ok(foreign) => state.keep(index, file.path, foreign),
                    Err(_) => state.is_known = false,
                },
            }
        }
        state
    }

    /// Keeps a file that can matter. One that does not fit is a file nobody read.
    fn keep(&mut self, index: usize, path: &'b str, foreign: Foreign<'b>) {
        let matters = |document| references::matter(document) || objects::matter(path, document);
        if !foreign.documents().any(matters) {
            return;
        }
        match self.left.checked_sub(foreign.text.len()) {
            Some(left) => {
                self.left = left;
                self.read.insert(index, (path, foreign));
            }
            None => self.is_known = false,
        }
    }

    fn text(&self, file: usize) -> Option<(&'b str, &str)> {
        self.read.get(&file).map(|(path, foreign)| (*path, foreign.text))
    }
}

/// What one side holds.
struct Side<'f> {
    objects: Vec<Object<'f>>,
    by_name: ByName<usize>,
    /// Objects that pods read under their own name.
    references: ByName<()>,
    /// Objects that Flagger copies for pods.
    copied: ByName<()>,
}

impl<'f> Side<'f> {
    fn of(state: &'f State<'_>, differ: &objects::Differing) -> Self {
        let mut objects = Vec::new();
        let mut workloads = references::Workloads::default();
        for (index, (path, foreign)) in &state.read {
            for document in foreign.documents() {
                objects.extend(objects::of_document(*index, path, document, differ));
                workloads.add(document);
            }
        }
        let by_name = objects.iter().enumerate().map(|(index, object)| (object.name.clone(), index));
        let (references, copied) = workloads.references();
        Self { by_name: ByName::of(by_name.collect::<Vec<_>>()), objects, references, copied }
    }
}

fn statement((path, text): (&str, &str), at: Origin, included: bool) -> Statement {
    let mut statement = Statement::new(Speaker::Tool, path, text);
    statement.facts.rollout = Some(Rollout { strategy: None, stages: None, config_included: Some(included) });
    statement.place("/rollout", at);
    statement.place("/rollout/config-included", at);
    statement
}
