//! A range path by path into the comparison: which entries a path gets, and what of it is a doubt or opaque.

use interlock_model::{FileChange, Side};

use super::super::odd::Unread;
use super::super::{Compared, Comparison, Format, Names, top};
use super::{Held, Judged, Step, Version};
use crate::error::shown;

/// What a path is whose files are in another repository.
const SUBMODULE: &str = "a submodule, whose files are in another repository";
/// The next step, where no file stands.
const FILE_ITSELF: &str = "commit the file itself there; links and submodules are not followed";

/// Compares a range path by path; one at a time is held. `named`: what was compared, for people.
pub(crate) fn compare_steps<E>(
    named: String,
    steps: impl Iterator<Item = Result<Step, E>>,
) -> Result<Compared, E> {
    let mut compared = Comparison::new(named);
    for step in steps {
        compared.step(&step?);
    }
    Ok(compared.done())
}

impl Comparison {
    fn step(&mut self, step: &Step) {
        self.hash_step(step);
        let Some(names) = step.names() else { return self.odd_step(step) };
        let listed = step.listed(&names);
        let has_file = step.sides().iter().any(|(_, version)| version.is_some_and(Version::is_file));
        let told = has_file && !step.is_mode_only();
        if told {
            self.contents(step, names);
        } else {
            self.unjudged(step, &names);
        }
        let edits = step.kept_edits();
        if !told || !edits.is_empty() {
            let format = Some("git".to_owned());
            self.files.push(FileChange { format, edits: Some(edits), lists: Some(Vec::new()), ..listed });
        }
    }

    /// Lengths stand in front, as everywhere, and every sort of thing has its own number.
    fn hash_step(&mut self, step: &Step) {
        self.hash_bytes(0, &step.path);
        if let Some(previous) = &step.previous {
            self.hash_bytes(5, previous);
        }
        for (_, version) in step.sides() {
            let Some(version) = version else {
                self.hash_bytes(1, b"");
                continue;
            };
            self.hash_bytes(6, version.mode.as_bytes());
            match &version.held {
                Held::Bytes(bytes) => self.hash_bytes(2, bytes),
                Held::Link(target) => self.hash_bytes(3, target),
                // Not read; its name stands for it.
                Held::TooLarge(_) | Held::Submodule => self.hash_bytes(7, version.id.as_bytes()),
            }
        }
    }

    fn odd_step(&mut self, step: &Step) {
        let (side, name) = match (&step.after, &step.previous) {
            (Some(_), Some(previous)) if std::str::from_utf8(&step.path).is_ok() => (Side::Before, previous),
            (Some(_), _) => (Side::After, &step.path),
            (None, _) => (Side::Before, &step.path),
        };
        let found = format!("a name {} that is not UTF-8", shown(&String::from_utf8_lossy(name)));
        let help = "rename it; a report could not say which file it means";
        let path = String::from_utf8_lossy(&step.path);
        let previous = step.previous.as_ref().map(|previous| String::from_utf8_lossy(previous).into_owned());
        self.payload.doubts.push(Unread::new(0..0, found, help).doubt(&path, side, top()));
        self.files.push(step.listed(&Names { previous, ..Names::same(&path) }));
    }

    /// The bytes of a file that differ, or that stand under another name.
    fn contents(&mut self, step: &Step, names: Names) {
        let [before, after] = step.sides().map(|(_, version)| version.map(Version::judged));
        let (Ok(old), Ok(new)) = (bytes_of(before), bytes_of(after)) else {
            self.files.push(step.listed(&names));
            return self.unjudged(step, &names);
        };
        if old == new {
            return self.moved(step, &names);
        }
        let listed = self.files.len();
        self.file(names, old, new);
        if let Some(file) = self.files.get_mut(listed) {
            file.op = step.op();
        }
    }

    /// The same bytes under another name. Only where both names stand for one format do they hold the same
    /// values.
    fn moved(&mut self, step: &Step, names: &Names) {
        let mut listed = step.listed(names);
        match (Format::of_path(&names.before), Format::of_path(&names.after)) {
            (Some(before), Some(after)) if before == after => {
                listed.format = Some(after.name().to_owned());
                (listed.edits, listed.lists) = (Some(Vec::new()), Some(Vec::new()));
            }
            (Some(_) | None, Some(_) | None) => self.payload.opaque.push(names.path.clone()),
        }
        self.files.push(listed);
    }

    /// Says of each side that is not what a reader of the file would see.
    fn unjudged(&mut self, step: &Step, names: &Names) {
        if step.is_mode_only() {
            return;
        }
        let mut opaque = false;
        let only_submodules =
            !step.sides().iter().any(|(_, it)| it.is_some_and(|it| it.held != Held::Submodule));
        for (side, version) in step.sides() {
            match version.map(Version::judged) {
                None | Some(Judged::Bytes(_)) => {}
                Some(Judged::Submodule) if only_submodules => opaque = true,
                Some(Judged::Submodule) => self.unread(names, side, SUBMODULE, FILE_ITSELF),
                Some(Judged::Link(found)) => self.unread(names, side, &found, FILE_ITSELF),
                Some(Judged::Elsewhere(found, help)) if names.format(side).is_some() => {
                    self.unread(names, side, &found, help);
                }
                Some(Judged::Elsewhere(..)) => opaque = true,
            }
        }
        if opaque {
            self.payload.opaque.push(names.path.clone());
        }
    }

    fn unread(&mut self, names: &Names, side: Side, found: &str, help: &str) {
        let unread = Unread::new(0..0, format!("{found}, expected a regular file"), help);
        self.payload.doubts.push(unread.doubt(&names.path, side, top()));
    }
}

impl Names {
    fn format(&self, side: Side) -> Option<Format> {
        match side {
            Side::Before => Format::of_path(&self.before),
            Side::After => Format::of_path(&self.after),
        }
    }
}

/// The bytes of a side, or none because nothing is there. An error: it has no bytes that a reader of the file
/// sees.
fn bytes_of(judged: Option<Judged<'_>>) -> Result<Option<&[u8]>, ()> {
    match judged {
        None => Ok(None),
        Some(Judged::Bytes(bytes)) => Ok(Some(bytes)),
        Some(Judged::Elsewhere(..) | Judged::Link(_) | Judged::Submodule) => Err(()),
    }
}
