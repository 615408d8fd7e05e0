//! What is wrong with an input: what was found, what was expected, where, and what to do next.
//!
//! Every text of the author's that goes into a message is escaped for a terminal and cut here, because a message is
//! printed to a person's screen and into a build log.

use std::fmt;

use interlock_model::{Span, Untrusted};

/// Characters of the author's that a message shows before it cuts.
const SHOWN_MAX: usize = 80;

/// Lines of a drawing that are shown: what it points into and the carets, and a little more.
const DRAWN_MAX: usize = 4;

/// A document that was not read. Its `Display` is one `file:line:column: message` and one `help:` line per problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// The name it was opened by, as it came. Escape it for your sink.
    pub file: String,
    /// At least one, in the order of the document.
    pub problems: Vec<Problem>,
    /// Lines that point into what was found, of whoever found it. Safe for a terminal.
    drawing: Vec<String>,
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What sort of thing.
    pub kind: ProblemKind,
    /// Where, as narrowly as is known.
    pub span: Span,
    /// What was found, as a phrase. Safe for a terminal.
    pub found: String,
    /// What was expected, to be read after the word "expected". Safe for a terminal.
    pub expected: Option<String>,
    /// The next step. Safe for a terminal.
    pub help: String,
}

/// The sorts of things that are wrong with documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// More bytes, depth, values or text than a change can need.
    TooMuch,
    /// Not UTF-8 text.
    Encoding,
    /// A character that is invisible, or ends a line for some readers only.
    Character,
    /// Not well-formed YAML or JSON.
    Syntax,
    /// Nothing in it.
    Empty,
    /// Two readers would read it differently, or a feature that only some of them have.
    TwoReaders,
    /// `null`, or a key without a value.
    Null,
    /// The same key twice.
    DuplicateKey,
    /// A key the change document does not have.
    UnknownKey,
    /// A key the change document needs.
    MissingKey,
    /// A value of the wrong type, out of its range, or not one of the known names.
    Value,
    /// A time zone that is not known, or means several things.
    Zone,
    /// A local time that does not exist or exists twice, or a schedule that contradicts itself.
    Time,
}

impl InputError {
    pub(crate) fn new(file: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.span.start);
        Self { file: file.to_owned(), problems, drawing: Vec::new() }
    }

    /// The same, with what a policy drew below the first line of its message. The lines are escaped here.
    pub fn drawn(mut self, message: &Untrusted) -> Self {
        let lines = message.as_unescaped().split('\n').skip(1).take(DRAWN_MAX).map(escaped);
        self.drawing = lines.collect();
        self
    }
}

impl Problem {
    pub(crate) fn new(kind: ProblemKind, span: Span, found: impl Into<String>) -> Self {
        Self { kind, span, found: found.into(), expected: None, help: String::new() }
    }

    pub(crate) fn expected(self, expected: impl Into<String>) -> Self {
        Self { expected: Some(expected.into()), ..self }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }

    /// The found and the expected in one line, without the place.
    pub fn message(&self) -> String {
        match &self.expected {
            Some(expected) => format!("{}, expected {expected}", self.found),
            None => self.found.clone(),
        }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            let Span { line, column, .. } = problem.span;
            write!(f, "{}:{line}:{column}: {}", escaped(&self.file), problem.message())?;
            // Behind a bar, so that no line of somebody else's looks like one of ours.
            self.drawing.iter().try_for_each(|line| write!(f, "\n  | {line}"))?;
            write!(f, "\nhelp: {}", problem.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for InputError {}

/// Somebody's text in backticks, escaped and cut.
pub(crate) fn shown(text: &str) -> String {
    let cut: String = text.chars().take(SHOWN_MAX).collect();
    let more = if cut.len() < text.len() { "..." } else { "" };
    format!("`{}{more}`", escaped(&cut))
}

/// Somebody's key in backticks. Keys are ASCII, so anything else in one is shown by its number: a Cyrillic letter that
/// looks like a Latin one must not look like it here.
pub(crate) fn shown_key(key: &str) -> String {
    let cut: String = key.chars().take(SHOWN_MAX).collect();
    let more = if cut.len() < key.len() { "..." } else { "" };
    let visible: String = cut
        .chars()
        .flat_map(|c| if c.is_ascii() { c.to_string() } else { c.escape_unicode().to_string() }.into_bytes())
        .map(char::from)
        .collect();
    format!("`{}{more}`", escaped(&visible))
}

/// Text with everything a terminal acts on, or a reader cannot see, written as its number. So are the second characters of
/// `::`, `##[` and `##vso[`: CI systems take what begins with them for a command, wherever it was printed.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for c in text.chars() {
        if is_unseen(c) || matches!((before, c), (Some(':'), ':') | (Some('#'), '#')) {
            out.extend(c.escape_unicode());
            before = None;
        } else {
            out.push(c);
            before = Some(c);
        }
    }
    out
}

/// Controls, line separators, and characters that are invisible or turn the direction of writing.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Names in backticks with commas between them.
pub(crate) fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_acts_on_is_shown_as_its_number() {
        assert_eq!(shown("a\u{1b}[31m\u{202e}b"), r"`a\u{1b}[31m\u{202e}b`");
        assert_eq!(
            shown("::error::x ##[endgroup] ##vso[a]"),
            r"`:\u{3a}error:\u{3a}x #\u{23}[endgroup] #\u{23}vso[a]`"
        );
        assert_eq!(shown_key("c\u{430}nary"), r"`c\u{430}nary`");
        assert_eq!(shown("日本"), "`日本`");
        assert_eq!(shown(&"x".repeat(100)).len(), 80 + 3 + 2);
    }

    #[test]
    fn each_problem_has_a_place_and_a_next_step() {
        let span = Span { start: 4, end: 5, line: 2, column: 3 };
        let problem =
            Problem::new(ProblemKind::Value, span, "text `x`").expected("a list").help("write a list");
        let error = InputError::new("a\u{1b}.yaml", vec![problem]);
        assert_eq!(error.to_string(), "a\\u{1b}.yaml:2:3: text `x`, expected a list\nhelp: write a list");
        let drawn = error.drawn(&Untrusted::from("no\na b\n\u{1b}^\nhelp: ::x\n4\n5"));
        let lines = "\n  | a b\n  | \\u{1b}^\n  | help: :\\u{3a}x\n  | 4\nhelp: write a list";
        assert_eq!(drawn.to_string(), format!("a\\u{{1b}}.yaml:2:3: text `x`, expected a list{lines}"));
    }
}
