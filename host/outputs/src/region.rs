//! Where a place is, as other programs ask for it: a file, and a stretch of one of its lines.
//!
//! One line only: GitHub shows an alert in a pull request if every line of its region is in the diff, and an annotation
//! under its last line. A finding about a whole list is about the line that names it.

use std::ops::Range;

use interlock_model::{ChangeDocument, FileChange, Place, Report, Side, Sources, Span};

/// Lines and columns are 32-bit integers with a sign where they are read.
const NUMBER_MAX: u32 = i32::MAX.unsigned_abs();

/// Where a place is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Spot<'a> {
    /// The file's name on the place's side, as it came.
    pub(crate) file: &'a str,
    pub(crate) within: Within,
    pub(crate) side: Side,
    /// `None`: the file was not read.
    pub(crate) region: Option<Region>,
}

/// What a place is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    ChangeDocument,
    ChangedFile,
}

/// A stretch of one line. Everything counts from 1; the ends are one past the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) line: u32,
    /// In Unicode code points.
    pub(crate) columns: Range<u32>,
    /// In bytes of UTF-8.
    pub(crate) bytes: Range<u32>,
}

impl Default for Region {
    /// The start of a file: where a finding stands that has no line.
    fn default() -> Self {
        Self { line: 1, columns: 1..1, bytes: 1..1 }
    }
}

/// Where a place of a report is.
pub(crate) fn spot<'a>(report: &'a Report, document: &'a ChangeDocument, place: &'a Place) -> Spot<'a> {
    let Some(path) = &place.path else {
        let region = place.span.map(|span| region(span, Some(&document.sources)));
        return Spot { region, ..document_start(report) };
    };
    let path = path.as_unescaped();
    let side = document.payload.files.get(path).and_then(|file| match place.side {
        Side::Before => file.before.as_ref(),
        Side::After => file.after.as_ref(),
    });
    let region = place.span.map(|span| region(span, side));
    Spot { file: name_on(document, path, place.side), within: Within::ChangedFile, side: place.side, region }
}

/// The start of the change document: where everything stands that is of no file.
pub(crate) fn document_start(report: &Report) -> Spot<'_> {
    let file = report.document.name.as_unescaped();
    Spot { file, within: Within::ChangeDocument, side: Side::After, region: Some(Region::default()) }
}

/// A line from before a rename is looked for under the old name.
fn name_on<'a>(document: &'a ChangeDocument, path: &'a str, side: Side) -> &'a str {
    let files = document.change.files.iter().flatten();
    let renamed = match side {
        Side::Before => files.into_iter().find(|file: &&FileChange| file.path == path),
        Side::After => None,
    };
    renamed.and_then(|file| file.previous_path.as_deref()).unwrap_or(path)
}

/// The part of a span that is on its first line. Of a text that is not at hand only the start is known.
fn region(span: Span, sources: Option<&Sources>) -> Region {
    let line = at_least_one(span.line);
    let column = at_least_one(span.column);
    let (before, marked) = sources.and_then(|sources| around(&sources.text, span)).unwrap_or_default();
    let start = at_least_one(number(before.len()).saturating_add(1));
    Region {
        line,
        columns: column..end(column, marked.chars().count()),
        bytes: start..end(start, marked.len()),
    }
}

/// What stands before a span on its first line, and the part of the span on it. `None`: it is no span of this text.
fn around(text: &str, span: Span) -> Option<(&str, &str)> {
    let before = text.get(..span.start)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let marked = text.get(span.start..span.end)?;
    let first_line = marked.split('\n').next().unwrap_or("");
    Some((before.get(line_start..)?, first_line.trim_end_matches('\r')))
}

fn end(start: u32, width: usize) -> u32 {
    at_least_one(start.saturating_add(number(width)))
}

fn at_least_one(number: u32) -> u32 {
    number.clamp(1, NUMBER_MAX)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(NUMBER_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[track_caller]
    fn check(text: &str, needle: &str, columns: Range<u32>, bytes: Range<u32>) {
        let found = region(fixture::span(text, needle), Some(&Sources::new("a", text)));
        assert_eq!((found.columns, found.bytes), (columns, bytes));
    }

    #[test]
    fn columns_are_counted_in_code_points_and_in_bytes() {
        check("a: b", "b", 4..5, 4..5);
        check("x\n名: 中文 b", "中文", 4..6, 6..12);
        check("x\na𐐀b", "b", 3..4, 6..7);
    }

    #[test]
    fn a_span_of_several_lines_ends_with_its_first() {
        check("x\n  a:\r\n    b: 1\n", "a:\r\n    b", 3..5, 3..5);
        check("a\nb\n", "a\nb\n", 1..2, 1..2);
    }

    #[test]
    fn a_span_that_is_not_of_the_text_is_a_point_at_its_line() {
        let span = Span { start: 90, end: 3, line: 7, column: 5 };
        let found = region(span, Some(&Sources::new("a", "b")));
        assert_eq!(found, Region { line: 7, columns: 5..5, bytes: 1..1 });
        let far = Span { start: usize::MAX, end: usize::MAX, line: u32::MAX, column: u32::MAX };
        let found = region(far, None);
        assert_eq!((found.line, found.columns), (NUMBER_MAX, NUMBER_MAX..NUMBER_MAX));
        assert_eq!(region(Span::default(), None), Region::default());
    }

    #[test]
    fn a_line_from_before_a_rename_is_in_the_old_file() {
        let (report, document) = fixture::governed();
        let place = fixture::place_in_file(Side::Before, "/prefixes", "prefixes");
        let found = spot(&report, &document, &place);
        assert_eq!((found.file, found.within, found.side), ("edge.yaml", Within::ChangedFile, Side::Before));
        assert_eq!(found.region, Some(Region { line: 1, columns: 1..9, bytes: 1..9 }));
    }
}
