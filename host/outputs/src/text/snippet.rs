//! A place as people read it: `--> file:line:column`, the source line, and carets under what is meant. The file is the
//! change document, or a changed file before or after the change; of one that was not read there is no line to show.

use annotate_snippets::{Annotation, AnnotationKind, Element, Origin, Snippet};
use interlock_model::{FileChange, Origin as Stood, Place, Pointer, Side, Sources, Span};

use super::Page;
use crate::escape::{ShownLine, name_for_terminal, source_line, text_for_terminal};

/// Columns left of the source text: line number, ` | `.
const GUTTER: usize = 10;
/// Lines that are shown below the one with the carets.
const LINES_BELOW: usize = 3;
/// Columns of a file's name.
const FILE_MAX: usize = 160;
/// Columns of a pointer. They are short unless somebody wants to fill the screen.
const POINTER_MAX: usize = 80;

/// The place, and its line if the text is at hand.
pub(super) fn render(page: &Page<'_>, place: &Place) -> Vec<Element<'static>> {
    let mut elements = vec![Origin::path(head(page, place)).into()];
    let sources = page.sources(place);
    let shown = place.span.zip(sources).and_then(|(span, sources)| lines(page, place, span, sources));
    elements.extend(shown.map(Element::from));
    elements
}

/// `file:line:column`, with what the carets cannot say. Its own element, because the column of the snippet is that of
/// the line as it is shown, not as it stands in the file.
fn head(page: &Page<'_>, place: &Place) -> String {
    // Where no line can be shown, the pointer is what there is to find it by.
    let is_shown = place.span.is_some() && page.sources(place).is_some();
    let pointer = (!is_shown).then(|| pointer_of(place));
    let notes: Vec<String> = pointer.into_iter().chain(side_of(place).map(str::to_owned)).collect();
    match notes.as_slice() {
        [] => spot(page, place),
        notes => format!("{} ({})", spot(page, place), notes.join(", ")),
    }
}

/// `file:line:column` (pointer) for places that are only mentioned.
pub(crate) fn in_words(page: &Page<'_>, place: &Place) -> String {
    noted(page, place, None)
}

/// The same where no source line is shown, whose label would say that the value is missing.
pub(crate) fn in_full(page: &Page<'_>, place: &Place) -> String {
    let is_missing = place.span.is_some() && !place.exact && place.pointer != Pointer::root();
    noted(page, place, is_missing.then_some("not there; the place is its nearest parent's"))
}

fn noted(page: &Page<'_>, place: &Place, note: Option<&str>) -> String {
    let notes: String = note.into_iter().chain(side_of(place)).map(|note| format!(", {note}")).collect();
    format!("`{}` ({}{notes})", spot(page, place), pointer_of(place))
}

fn spot(page: &Page<'_>, place: &Place) -> String {
    let file = file_of(page, place);
    match place.span {
        Some(Span { line, column, .. }) => format!("{file}:{line}:{column}"),
        None => file,
    }
}

/// The file's name on the place's side: a line from before a rename is looked for under the old name.
fn file_of(page: &Page<'_>, place: &Place) -> String {
    let Some(path) = &place.path else { return text_for_terminal(&page.document.sources.name, FILE_MAX) };
    let is_it = |file: &&FileChange| file.path == path.as_unescaped();
    let renamed = match place.side {
        Side::Before => page.document.change.files.iter().flatten().find(is_it),
        Side::After => None,
    };
    match renamed.and_then(|file| file.previous_path.as_deref()) {
        Some(previous) => text_for_terminal(previous, FILE_MAX),
        None => name_for_terminal(path),
    }
}

/// Which side the place is on, where that is not the one everybody expects.
fn side_of(place: &Place) -> Option<&'static str> {
    match place.side {
        Side::Before => Some("before the change"),
        Side::After => None,
    }
}

/// What the document or file is called as a whole.
fn whole(place: &Place) -> &'static str {
    match place.path {
        None => "the change as a whole",
        Some(_) => "the file as a whole",
    }
}

fn pointer_of(place: &Place) -> String {
    match place.pointer.as_str() {
        "" => whole(place).to_owned(),
        pointer => format!("`{}`", text_for_terminal(pointer, POINTER_MAX)),
    }
}

fn number(line: u32) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}

/// The line a span starts on, with carets up to the span's or the line's end, and some of what stands below it if that
/// is part of the value: one sees at once that a list has a single item.
fn lines(
    page: &Page<'_>,
    place: &Place,
    span: Span,
    sources: &Sources,
) -> Option<Snippet<'static, Annotation<'static>>> {
    let room = page.width.saturating_sub(GUTTER);
    let (line, start) = line_around(&sources.text, span.start)?;
    let end = span.end.checked_sub(span.start)?.checked_add(start)?.min(line.trim_end().len()).max(start);
    let ShownLine { text, caret } = source_line(line, start..end, room);
    let carets = AnnotationKind::Primary.span(caret).label(label(place, span, sources));
    let below: Vec<String> =
        below(place, span, sources).map(|line| source_line(line, 0..0, room).text).collect();
    let all = [text].into_iter().chain(below).collect::<Vec<_>>().join("\n");
    let visible = AnnotationKind::Visible.span(0..all.len());
    Some(Snippet::source(all).line_start(number(span.line)).annotation(carets).annotation(visible))
}

/// The next lines of a value that has several. A value that is not there has none.
fn below<'a>(place: &Place, span: Span, sources: &'a Sources) -> impl Iterator<Item = &'a str> {
    let origin = sources.find(&place.pointer).filter(|origin| place.exact && is_at(span, *origin));
    let text = origin.and_then(|Stood { key, value }| sources.text.get(key.start..value.end));
    text.unwrap_or("").trim_end().lines().skip(1).take(LINES_BELOW)
}

/// Whether a span is where that key stands. One that is not is a closer place that the host knows, for example where a
/// file stops being readable.
fn is_at(span: Span, stood: Stood) -> bool {
    span.start == stood.key.start
}

/// What the carets point at, where that is not the value itself.
fn label(place: &Place, span: Span, sources: &Sources) -> Option<String> {
    match (place.pointer.as_str(), place.exact) {
        ("", _) if place.path.is_some() && !is_at(span, sources.nearest(&place.pointer).0) => None,
        ("", _) => Some(whole(place).to_owned()),
        (_, true) => None,
        (_, false) => {
            let shown = match (is_top_level(&place.pointer), &place.path) {
                (false, _) => "its nearest parent",
                (true, None) => "the document's start",
                (true, Some(_)) => "the file's start",
            };
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
