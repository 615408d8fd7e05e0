//! A place as people read it: `--> file:line:column`, the source line, and carets under what is meant.

use annotate_snippets::{Annotation, AnnotationKind, Element, Origin, Snippet};
use interlock_model::{Place, Pointer, Span};

use super::Page;
use crate::escape::{ShownLine, name_for_terminal, source_line, text_for_terminal};

/// Columns left of the source text: line number, ` | `.
const GUTTER: usize = 10;
/// Lines that are shown below the one with the carets.
const LINES_BELOW: usize = 3;
/// Columns of a pointer. They are short unless somebody wants to fill the screen.
const POINTER_MAX: usize = 80;

/// The place, and its line if the document has it.
pub(super) fn render(page: &Page<'_>, place: &Place) -> Vec<Element<'static>> {
    let mut elements = vec![origin(page, place).into()];
    let shown = place.span.filter(|_| place.path.is_none()).and_then(|span| lines(page, place, span));
    elements.extend(shown.map(Element::from));
    elements
}

/// The file with line and column, as `--> file:line:column`. Its own element, because the column of the snippet is that
/// of the line as it is shown, not as it stands in the file.
fn origin(page: &Page<'_>, place: &Place) -> Origin<'static> {
    let origin = Origin::path(file_of(page, place));
    match place.span {
        Some(Span { line, column, .. }) => origin.line(number(line)).char_column(number(column)),
        None => origin,
    }
}

/// `file:line:column (pointer)` for places that are only mentioned.
pub(super) fn in_words(page: &Page<'_>, place: &Place) -> String {
    let pointer = pointer_of(place);
    match place.span {
        Some(Span { line, column, .. }) => format!("`{}:{line}:{column}` ({pointer})", file_of(page, place)),
        None => format!("`{}` ({pointer})", file_of(page, place)),
    }
}

fn file_of(page: &Page<'_>, place: &Place) -> String {
    place.path.as_ref().map_or_else(|| text_for_terminal(&page.sources.name, 160), name_for_terminal)
}

fn pointer_of(place: &Place) -> String {
    match place.pointer.as_str() {
        "" => "the change as a whole".to_owned(),
        pointer => format!("`{}`", text_for_terminal(pointer, POINTER_MAX)),
    }
}

fn number(line: u32) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}

/// The line a span starts on, with carets up to the span's or the line's end, and some of what stands below it if that
/// is part of the value: one sees at once that a list has a single item.
fn lines(page: &Page<'_>, place: &Place, span: Span) -> Option<Snippet<'static, Annotation<'static>>> {
    let room = page.width.saturating_sub(GUTTER);
    let (line, start) = line_around(&page.sources.text, span.start)?;
    let end = span.end.checked_sub(span.start)?.checked_add(start)?.min(line.trim_end().len()).max(start);
    let ShownLine { text, caret } = source_line(line, start..end, room);
    let carets = AnnotationKind::Primary.span(caret).label(label(place));
    let below: Vec<String> = below(page, place).map(|line| source_line(line, 0..0, room).text).collect();
    let all = [text].into_iter().chain(below).collect::<Vec<_>>().join("\n");
    let visible = AnnotationKind::Visible.span(0..all.len());
    Some(Snippet::source(all).line_start(number(span.line)).annotation(carets).annotation(visible))
}

/// The next lines of a value that has several. A value that is not there has none.
fn below<'a>(page: &'a Page<'_>, place: &Place) -> impl Iterator<Item = &'a str> {
    let value =
        page.sources.find(&place.pointer).filter(|_| place.exact).map(|origin| (origin.key, origin.value));
    let text = value.and_then(|(key, value)| page.sources.text.get(key.start..value.end));
    text.unwrap_or("").trim_end().lines().skip(1).take(LINES_BELOW)
}

/// What the carets point at, where that is not the value itself.
fn label(place: &Place) -> Option<String> {
    match (place.pointer.as_str(), place.exact) {
        ("", _) => Some("the change as a whole".to_owned()),
        (_, true) => None,
        (_, false) => {
            let shown =
                if is_top_level(&place.pointer) { "the document's start" } else { "its nearest parent" };
            Some(format!("{} is not there; shown: {shown}", pointer_of(place)))
        }
    }
}

fn is_top_level(pointer: &Pointer) -> bool {
    pointer.parent().is_some_and(|parent| parent == Pointer::root())
}

/// The line around a byte, and the byte's place in it.
fn line_around(text: &str, at: usize) -> Option<(&str, usize)> {
    let (before, after) = text.split_at_checked(at)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = after.find('\n').map_or(text.len(), |to| at + to);
    let line = text.get(start..end)?;
    Some((line.strip_suffix('\r').unwrap_or(line), at - start))
}
