//! The body of an event, and the questions the adapters put to it: a text here, a map there, and a problem at its line
//! where something else stands.
//!
//! A key that is absent and one that is `null` are alike: the platforms write either for what they do not know.

use interlock_model::{Instant, Origin};

use crate::error::{Problem, ProblemKind, listed, shown};
use crate::payload::foreign::{Foreign, Form, Seen};

/// Bytes of a name, a revision or an address.
const TEXT_BYTES_MAX: usize = 4096;
/// Characters of a title.
const TITLE_CHARS_MAX: usize = 200;
/// Items of one list, and keys of one map, that an adapter goes through.
const ITEMS_MAX: usize = 1000;

/// An adapter's answer. The problem says what was found, what was expected, and where.
pub(super) type Answer<T> = Result<T, Problem>;

/// An event that is well-formed JSON, its secrets overwritten.
pub(super) struct Body<'f> {
    /// Its name, for people.
    pub(super) name: &'f str,
    pub(super) foreign: &'f Foreign<'f>,
    /// The bytes before anything was overwritten: for digests, and for nothing else.
    pub(super) raw: &'f [u8],
    pub(super) root: Seen<'f>,
}

/// A text of the event, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Text<'f> {
    pub(super) text: &'f str,
    pub(super) at: Origin,
}

/// A value that the shape cannot do without.
fn needed<'f>(parent: Seen<'f>, key: &str) -> Answer<Seen<'f>> {
    match parent.get(key) {
        Some(seen) if !seen.is_null() => Ok(seen),
        Some(seen) => Err(unlike(seen, &format!("a value for `{key}`"))),
        None => {
            let problem =
                Problem::new(ProblemKind::MissingKey, parent.origin().value, format!("no `{key}` here"));
            Err(problem.help("give the body as it was sent"))
        }
    }
}

/// A value that may be absent or null.
fn optional<'f>(parent: Seen<'f>, key: &str) -> Option<Seen<'f>> {
    parent.get(key).filter(|seen| !seen.is_null())
}

/// A map.
pub(super) fn map<'f>(parent: Seen<'f>, key: &str) -> Answer<Seen<'f>> {
    of_form(needed(parent, key)?, Form::Map)
}

/// A map, or nothing.
pub(super) fn optional_map<'f>(parent: Seen<'f>, key: &str) -> Answer<Option<Seen<'f>>> {
    optional(parent, key).map(|seen| of_form(seen, Form::Map)).transpose()
}

/// A list, or nothing.
pub(super) fn optional_list<'f>(parent: Seen<'f>, key: &str) -> Answer<Option<Seen<'f>>> {
    let list = optional(parent, key).map(|seen| of_form(seen, Form::List)).transpose()?;
    list.map(within_bounds).transpose()
}

/// A list of maps, or nothing.
pub(super) fn optional_maps<'f>(parent: Seen<'f>, key: &str) -> Answer<Option<Vec<Seen<'f>>>> {
    let list = optional_list(parent, key)?;
    list.map(|list| list.items().map(|item| of_form(item, Form::Map)).collect()).transpose()
}

/// A text that says something.
pub(super) fn text<'f>(parent: Seen<'f>, key: &str) -> Answer<Text<'f>> {
    let seen = needed(parent, key)?;
    match written(seen)? {
        text if text.text.is_empty() => Err(unlike(seen, &format!("a value for `{key}`"))),
        text => Ok(text),
    }
}

/// A text that says something, or nothing.
pub(super) fn optional_text<'f>(parent: Seen<'f>, key: &str) -> Answer<Option<Text<'f>>> {
    let text = optional(parent, key).map(written).transpose()?;
    Ok(text.filter(|text| !text.text.is_empty()))
}

/// The text a person typed as a headline, or nothing. It may be long, so it is cut: see [`title`].
pub(super) fn optional_prose<'f>(parent: Seen<'f>, key: &str) -> Answer<Option<Text<'f>>> {
    let Some(seen) = optional(parent, key) else { return Ok(None) };
    let text = seen.text().ok_or_else(|| unlike(seen, "text"))?;
    Ok(Some(Text { text, at: seen.origin() }).filter(|text| !text.text.trim().is_empty()))
}

/// A text that is exactly this.
pub(super) fn exactly(parent: Seen<'_>, key: &str, expected: &str, help: &str) -> Answer<()> {
    let seen = needed(parent, key)?;
    match written(seen)?.text == expected {
        true => Ok(()),
        false => Err(unlike(seen, &format!("`{expected}`")).help(help)),
    }
}

/// What a text stands for.
pub(super) fn one_of<T: Copy>(text: Text<'_>, known: &[(&str, T)]) -> Answer<T> {
    known.iter().find(|(name, _)| *name == text.text).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        Problem::new(ProblemKind::Value, text.at.value, shown(text.text))
            .expected(format!("one of {}", listed(&names)))
            .help("give the body as it was sent")
    })
}

/// `true` or `false`, or nothing.
pub(super) fn optional_flag(parent: Seen<'_>, key: &str) -> Answer<Option<(bool, Origin)>> {
    let flag = |seen: Seen<'_>| {
        let flag = seen.boolean().ok_or_else(|| unlike(seen, "`true` or `false`"))?;
        Ok((flag, seen.origin()))
    };
    optional(parent, key).map(flag).transpose()
}

/// A whole number above zero.
pub(super) fn number(parent: Seen<'_>, key: &str) -> Answer<(u64, Origin)> {
    let seen = needed(parent, key)?;
    let number = seen.integer().and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0);
    Ok((number.ok_or_else(|| unlike(seen, "a whole number above 0"))?, seen.origin()))
}

/// A point in time, or nothing. One that is written in no known way is nothing: it is missed, never guessed.
pub(super) fn optional_instant(parent: Seen<'_>, key: &str) -> Answer<Option<(Instant, Origin)>> {
    let Some(text) = optional_text(parent, key)? else { return Ok(None) };
    Ok(instant(text.text).map(|instant| (instant, text.at)))
}

/// Platforms write fractions of a second, which no rule asks for.
fn instant(text: &str) -> Option<Instant> {
    let Some((clock, rest)) = text.split_once('.') else { return text.parse().ok() };
    let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{clock}{zone}").parse().ok()
}

/// The first line of what a person typed, cut.
pub(super) fn title(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default().trim();
    let cut: String = line.chars().take(TITLE_CHARS_MAX).collect();
    if cut.len() < line.len() { format!("{cut}...") } else { cut }
}

/// The name of a thing as one step of a path.
pub(super) fn step(text: Text<'_>) -> Answer<&str> {
    let odd = matches!(text.text, "." | "..")
        || text.text.contains(['/', '\\'])
        || text.text.contains(char::is_control);
    if !odd {
        return Ok(text.text);
    }
    let problem = Problem::new(ProblemKind::Value, text.at.value, shown(text.text));
    Err(problem
        .expected("a name without slashes and control characters")
        .help("give the body as it was sent"))
}

/// Texts of a list. Anything else in it is a problem.
pub(super) fn texts(list: Seen<'_>) -> Answer<Vec<Text<'_>>> {
    list.items().map(written).collect()
}

fn written(seen: Seen<'_>) -> Answer<Text<'_>> {
    let text = seen.text().ok_or_else(|| unlike(seen, "text"))?;
    if text.len() <= TEXT_BYTES_MAX {
        return Ok(Text { text, at: seen.origin() });
    }
    let found = format!("text of {} bytes", text.len());
    let problem = Problem::new(ProblemKind::TooMuch, seen.origin().value, found);
    Err(problem
        .expected(format!("at most {TEXT_BYTES_MAX}"))
        .help("no name, revision or address is this long"))
}

fn of_form(seen: Seen<'_>, form: Form) -> Answer<Seen<'_>> {
    if seen.form() == form { Ok(seen) } else { Err(unlike(seen, form_name(form))) }
}

fn within_bounds(list: Seen<'_>) -> Answer<Seen<'_>> {
    match list.items().nth(ITEMS_MAX) {
        None => Ok(list),
        Some(_) => {
            let found = format!("a list of more than {ITEMS_MAX} items");
            let problem = Problem::new(ProblemKind::TooMuch, list.origin().value, found);
            Err(problem.help("give the body of one event"))
        }
    }
}

fn form_name(form: Form) -> &'static str {
    match form {
        Form::Null => "null",
        Form::Scalar => "a text, a number, `true` or `false`",
        Form::List => "a list",
        Form::Map => "a map",
    }
}

/// A value that is not what the shape has there.
pub(super) fn unlike(seen: Seen<'_>, expected: &str) -> Problem {
    let (kind, found) = match (seen.form(), seen.scalar()) {
        (Form::Null, _) => (ProblemKind::Null, "null".to_owned()),
        (Form::Scalar, Some(text)) => (ProblemKind::Value, shown(text)),
        (form @ (Form::Scalar | Form::List | Form::Map), _) => {
            (ProblemKind::Value, form_name(form).to_owned())
        }
    };
    let problem = Problem::new(kind, seen.origin().value, found);
    problem.expected(expected).help("give the body as it was sent")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_of_a_second_are_dropped_and_nothing_else() {
        let read = |text: &str| instant(text).map(|at| at.to_string());
        assert_eq!(read("2023-03-20T14:27:05.315384Z"), Some("2023-03-20T14:27Z".into()));
        assert_eq!(read("2021-09-02T14:47:13.036+02:00"), Some("2021-09-02T12:47Z".into()));
        for odd in
            ["2023-03-20T14:27:05.315384", "2023.03.20", "soon", "1620762143342", "2023-03-20T14:27:05.3x5Z"]
        {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_title_is_one_line_and_short() {
        assert_eq!(title("\n  Merge it\r\nlong body"), "Merge it");
        assert_eq!(title(&"é".repeat(300)).chars().count(), 203);
        assert_eq!(title(&"x".repeat(200)).len(), 200);
    }
}
