//! Content lines of iCalendar: folded lines put together, each cut into its name, parameters and value, with its place.
//!
//! Knows no property. `icalendar` walks over them, `event` and `moment` say what they mean. (The crate of that name reads
//! the same lines and forgets where they stood.)

use interlock_model::Span;

use crate::error::{Problem, ProblemKind, shown};

/// Bytes of one line, put together. A description may be long; more is an attachment.
const LINE_BYTES_MAX: usize = 64 * 1024;
/// Lines of one file.
const LINES_MAX: usize = 50_000;
/// Parameters of one line.
const PARAMETERS_MAX: usize = 20;

/// One line, put together.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// In capitals.
    pub(super) name: String,
    /// Names in capitals, values without their quotes.
    pub(super) parameters: Vec<(String, String)>,
    pub(super) value: String,
    pub(super) span: Span,
}

impl Line {
    /// The value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value in capitals, for what is one of a few words.
    pub(super) fn word(&self) -> String {
        self.value.trim().to_ascii_uppercase()
    }

    /// A problem with it.
    pub(super) fn problem(&self, kind: ProblemKind, found: impl Into<String>) -> Problem {
        Problem::new(kind, self.span, found)
    }

    /// A problem with its value.
    pub(super) fn unfit(&self) -> Problem {
        self.problem(ProblemKind::Value, format!("`{}` {}", self.name, shown(&self.value)))
    }
}

/// Every line of a text.
pub(super) fn lines(text: &str) -> Result<Vec<Line>, Problem> {
    unfolded(text)?.into_iter().map(|raw| line(&raw)).collect()
}

/// A line before it is cut.
struct Raw {
    text: String,
    span: Span,
}

/// A line that begins with a blank goes on where the one before it ended.
fn unfolded(text: &str) -> Result<Vec<Raw>, Problem> {
    let mut raws: Vec<Raw> = Vec::new();
    let mut start = 0_usize;
    for (number, physical) in (1_u32..).zip(text.trim_end().split('\n')) {
        let end = start.saturating_add(physical.len());
        let content = physical.strip_suffix('\r').unwrap_or(physical);
        let span = Span { start, end, line: number, column: 1 };
        match (content.strip_prefix([' ', '\t']), raws.last_mut()) {
            (Some(more), Some(last)) => {
                last.text.push_str(more);
                last.span.end = end;
            }
            (Some(_), None) | (None, _) => raws.push(Raw { text: content.to_owned(), span }),
        }
        check_size(&raws, span)?;
        start = end.saturating_add(1);
    }
    Ok(raws)
}

fn check_size(raws: &[Raw], span: Span) -> Result<(), Problem> {
    let (found, expected) = if raws.len() > LINES_MAX {
        (format!("more than {LINES_MAX} lines"), "a calendar of changes, which needs some hundreds")
    } else if raws.last().is_some_and(|raw| raw.text.len() > LINE_BYTES_MAX) {
        (format!("a line of more than {LINE_BYTES_MAX} bytes"), "at most 64 KiB")
    } else {
        return Ok(());
    };
    let help = "leave attachments and past events out of the export";
    Err(Problem::new(ProblemKind::TooMuch, span, found).expected(expected).help(help))
}

fn line(raw: &Raw) -> Result<Line, Problem> {
    let cut = cut(&raw.text).filter(|(_, parameters, _)| parameters.len() <= PARAMETERS_MAX);
    let Some((name, parameters, value)) = cut else {
        return Err(Problem::new(ProblemKind::Syntax, raw.span, format!("line {}", shown(&raw.text)))
            .expected("a line of iCalendar, like `SUMMARY:year-end freeze`")
            .help("export the calendar again; a line that goes on begins with a blank"));
    };
    let at = raw.text.len().saturating_sub(value.len());
    let before = raw.text.get(..at).unwrap_or_default().chars().count();
    // On the first of folded lines, as far as that is known to be right.
    let is_folded = raw.span.end.saturating_sub(raw.span.start) > raw.text.len().saturating_add(1);
    let column = u32::try_from(before.saturating_add(1)).ok().filter(|_| !is_folded).unwrap_or(1);
    let span =
        Span { column, start: raw.span.start.saturating_add(if is_folded { 0 } else { at }), ..raw.span };
    Ok(Line { name, parameters, value: value.to_owned(), span })
}

type Cut<'r> = (String, Vec<(String, String)>, &'r str);

/// `NAME;PARAMETER=VALUE;...:VALUE`. Colons and semicolons in quotes are none.
fn cut(text: &str) -> Option<Cut<'_>> {
    let (name, mut rest) = text.split_at_checked(text.find([';', ':'])?)?;
    let mut parameters = Vec::new();
    while let Some(parameter) = rest.strip_prefix(';') {
        let (key, after) = parameter.split_once('=')?;
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_at_checked(after.find([';', ':'])?)?,
        };
        // Lists of values belong to attendees, whom nobody asks here.
        let end = next.find([';', ':'])?;
        parameters.push((capitals(key)?, value.to_owned()));
        rest = next.get(end..)?;
    }
    Some((capitals(name)?, parameters, rest.strip_prefix(':')?))
}

/// A name of letters, digits and hyphens.
fn capitals(name: &str) -> Option<String> {
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_name.then(|| name.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Seen = (String, Vec<(String, String)>, String, (u32, u32));

    fn one(text: &str) -> Seen {
        let line = lines(text).unwrap().pop().unwrap();
        (line.name, line.parameters, line.value, (line.span.line, line.span.column))
    }

    #[test]
    fn lines_are_put_together_and_cut() {
        let (name, parameters, value, place) = one("A:1\r\ndtstart;tzid=Europe/Berlin:2026\r\n");
        assert_eq!((name.as_str(), value.as_str(), place), ("DTSTART", "2026", (2, 28)));
        assert_eq!(parameters, [("TZID".to_owned(), "Europe/Berlin".to_owned())]);
        let (_, parameters, value, place) = one("X;A=\"b:c;d\";E=:f:g\n\n\n");
        assert_eq!((parameters.len(), value.as_str(), place), (2, "f:g", (1, 16)));
        let (_, _, value, place) = one("SUMMARY:year\r\n -end\r\n\t freeze");
        assert_eq!((value.as_str(), place), ("year-end freeze", (1, 1)));
        // A fold may part anything, the name too.
        assert_eq!(one("SUM\n MARY:x").0, "SUMMARY");
    }

    #[test]
    fn what_is_no_line_is_refused_where_it_stands() {
        for text in ["A:1\nno line", "A:1\n\nB:2", "A:1\n:x", "A:1\nB;C:x", "A:1\nB;C=\"x:y", "A:1\nB C:x"] {
            let problem = lines(text).unwrap_err();
            assert_eq!((problem.span.line, problem.kind), (2, ProblemKind::Syntax), "{text}");
        }
        assert!(lines("").is_err());
        let long = format!("A:{}", "x".repeat(LINE_BYTES_MAX));
        assert_eq!(lines(&long).unwrap_err().kind, ProblemKind::TooMuch);
        assert_eq!(lines(&"A:1\n".repeat(LINES_MAX + 1)).unwrap_err().kind, ProblemKind::TooMuch);
        assert_eq!(
            lines(&format!("A{}:1", ";B=1".repeat(PARAMETERS_MAX + 1))).unwrap_err().kind,
            ProblemKind::Syntax
        );
    }
}
