//! Changed lines of a text that is in no format of ours, or that is a template of one.
//!
//! An edit's pointer is the index of its line, from 0: after the change, or before it for a line that is gone. The diff's
//! search is bounded by the number of lines, and what is not listed is counted.

use std::collections::HashMap;

use interlock_model::{Edit, EditOp, FileChange, Origin, Pointer, Scalar, ScalarKind, Sources};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::lines::Lines;

/// How such a file is read.
pub(super) const FORMAT: &str = "text";

/// Lines that are compared, both sides together, without those that are the same at both ends. Beyond that the file
/// counts as replaced: the search takes half a second for as many, if they were made to hurt it.
const LINES_MAX: usize = 100_000;
/// Changed lines of one change that are listed; the rest are counted.
const EDITS_MAX: usize = 2_000;
/// Bytes of all listed lines of one change.
const EDIT_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of a line that is listed: what is longer was not written by a person.
const LINE_BYTES_MAX: usize = 4096;

/// What may still be listed, for all such files of a change together. Values have an allowance of their own: no amount of
/// text takes the place of a value.
pub(super) struct Allowance {
    edits: usize,
    bytes: usize,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { edits: EDITS_MAX, bytes: EDIT_BYTES_MAX }
    }
}

impl Allowance {
    fn take(&mut self, lines: [Option<&Line<'_>>; 2]) -> bool {
        let lengths = || lines.into_iter().flatten().map(|line| line.text.len());
        let (edits, bytes) = (self.edits.checked_sub(1), self.bytes.checked_sub(lengths().sum()));
        match (edits, bytes) {
            (Some(edits), Some(bytes)) if lengths().all(|length| length <= LINE_BYTES_MAX) => {
                *self = Self { edits, bytes };
                true
            }
            (Some(_) | None, _) => false,
        }
    }
}

/// A line, and where it stands. Its end counts for comparing and is not shown.
struct Line<'t> {
    text: &'t str,
    index: usize,
    start: usize,
}

/// Compares two texts, notes the changed lines in `change`, and places them.
pub(super) fn compare(
    before: Option<&str>,
    after: Option<&str>,
    change: &mut FileChange,
    sources: [&mut Option<Sources>; 2],
    allowance: &mut Allowance,
) {
    change.format = Some(FORMAT.to_owned());
    let (old, new) = (lines(before), lines(after));
    let (old, new) = without_common_ends(&old, &new);
    let mut found = Found { edits: Vec::new(), omitted: 0, allowance, sources };
    for (was, is) in changed(old, new) {
        found.edit(was, is);
    }
    change.omitted_edits = found.omitted;
    let Found { edits, sources, .. } = found;
    change.edits = Some(edits);
    for (side, sources) in [before, after].into_iter().zip(sources) {
        if let (Some(side), Some(sources)) = (side, sources) {
            place_whole(sources, side);
        }
    }
}

fn lines(text: Option<&str>) -> Vec<Line<'_>> {
    let mut start = 0;
    let lines = text.unwrap_or_default().split_inclusive('\n').enumerate();
    lines
        .map(|(index, text)| {
            start += text.len();
            Line { text, index, start: start - text.len() }
        })
        .collect()
}

/// What is the same at both ends is passed over at once: most changes are small.
fn without_common_ends<'l, 't>(old: &'l [Line<'t>], new: &'l [Line<'t>]) -> (&'l [Line<'t>], &'l [Line<'t>]) {
    let same = |(a, b): &(&Line<'_>, &Line<'_>)| a.text == b.text;
    let front = old.iter().zip(new).take_while(same).count();
    let (old, new) = (old.get(front..).unwrap_or_default(), new.get(front..).unwrap_or_default());
    let back = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let cut = |lines: &'l [Line<'t>]| lines.get(..lines.len() - back).unwrap_or_default();
    (cut(old), cut(new))
}

type Pair<'l, 't> = (Option<&'l Line<'t>>, Option<&'l Line<'t>>);

/// Lines that differ, in pairs where as many stand in their place.
fn changed<'l, 't>(old: &'l [Line<'t>], new: &'l [Line<'t>]) -> Vec<Pair<'l, 't>> {
    if old.len() + new.len() > LINES_MAX {
        return paired(old, new);
    }
    let (old_ids, new_ids) = ids(old, new);
    let part = |lines: &'l [Line<'t>], from: usize, length: usize| {
        lines.get(from..from + length).unwrap_or_default()
    };
    capture_diff_slices(Algorithm::Myers, &old_ids, &new_ids)
        .into_iter()
        .flat_map(|op| match op {
            DiffOp::Equal { .. } => Vec::new(),
            DiffOp::Delete { old_index, old_len, .. } => paired(part(old, old_index, old_len), &[]),
            DiffOp::Insert { new_index, new_len, .. } => paired(&[], part(new, new_index, new_len)),
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                paired(part(old, old_index, old_len), part(new, new_index, new_len))
            }
        })
        .collect()
}

/// Numbers for lines, the same for the same text: comparing them costs the same however long the lines are.
fn ids<'t>(old: &[Line<'t>], new: &[Line<'t>]) -> (Vec<usize>, Vec<usize>) {
    let mut known: HashMap<&'t str, usize> = HashMap::new();
    let mut id = |line: &Line<'t>| {
        let next = known.len();
        *known.entry(line.text).or_insert(next)
    };
    (old.iter().map(&mut id).collect(), new.iter().map(&mut id).collect())
}

fn paired<'l, 't>(old: &'l [Line<'t>], new: &'l [Line<'t>]) -> Vec<Pair<'l, 't>> {
    (0..old.len().max(new.len())).map(|at| (old.get(at), new.get(at))).collect()
}

struct Found<'f> {
    edits: Vec<Edit>,
    omitted: u32,
    allowance: &'f mut Allowance,
    /// Before and after.
    sources: [&'f mut Option<Sources>; 2],
}

impl Found<'_> {
    fn edit(&mut self, was: Option<&Line<'_>>, is: Option<&Line<'_>>) {
        let (op, named) = match (was, is) {
            (Some(_), Some(is)) => (EditOp::Replace, is),
            (None, Some(is)) => (EditOp::Add, is),
            (Some(was), None) => (EditOp::Remove, was),
            (None, None) => return,
        };
        if !self.allowance.take([was, is]) {
            self.omitted = self.omitted.saturating_add(1);
            return;
        }
        let pointer = Pointer::root().child(&named.index.to_string());
        let line = u32::try_from(named.index + 1).ok();
        let [before, after] = &mut self.sources;
        place(if is.is_some() { after } else { before }, &pointer, named, line.unwrap_or(u32::MAX));
        let pointer = pointer.as_str().to_owned();
        self.edits.push(Edit { pointer, op, before: was.map(scalar), after: is.map(scalar), line });
    }
}

fn place(sources: &mut Option<Sources>, pointer: &Pointer, named: &Line<'_>, line: u32) {
    let Some(sources) = sources else { return };
    let end = named.start + shown(named.text).len();
    let span = interlock_model::Span { start: named.start, end, line, column: 1 };
    sources.place(pointer.clone(), Origin { key: span, value: span });
}

fn place_whole(sources: &mut Sources, text: &str) {
    let whole = Lines::new(text).span(0..text.len());
    sources.place(Pointer::root(), Origin { key: whole, value: whole });
}

fn scalar(line: &Line<'_>) -> Scalar {
    Scalar { kind: ScalarKind::Text, text: shown(line.text).to_owned() }
}

fn shown(line: &str) -> &str {
    line.strip_suffix('\n').unwrap_or(line)
}
