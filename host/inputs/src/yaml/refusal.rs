//! The words for what is wrong with a YAML text. Decides only which unquoted keys are names.

use granit_parser::{ErrorKind, ScanError};
use interlock_model::Span;

use crate::error::{Problem, ProblemKind, escaped, shown};
use crate::node;
use crate::place::span_in;
use crate::scalar::{Plain, plain};

pub(super) fn check_plain_key(text: &str, in_flow: bool, span: Span) -> Result<(), Problem> {
    let seen_as = match plain(text, in_flow) {
        Plain::Text => return Ok(()),
        Plain::Bool(_) => "a boolean to some readers",
        Plain::Integer => "a number to some readers",
        Plain::Null => "nothing to some readers",
        Plain::Doubtful(doubt) => doubt,
    };
    Err(Problem::new(ProblemKind::TwoReaders, span, format!("key {}, which is {seen_as}", shown(text)))
        .expected("a name")
        .help(format!("quote it: `\"{}\"`", escaped(text))))
}

pub(super) fn doubtful(text: &str, doubt: &str, span: Span) -> Problem {
    let quoted =
        if text.chars().count() > 40 { "\"...\"".to_owned() } else { format!("\"{}\"", escaped(text)) };
    Problem::new(ProblemKind::TwoReaders, span, format!("{}, which is {doubt}", shown(text)))
        .expected("`true`, `false`, a plain whole number, or text in quotes")
        .help(format!("quote it if it is text: `{quoted}`"))
}

pub(super) fn empty(span: Span) -> Problem {
    Problem::new(ProblemKind::Empty, span, "an empty document")
        .expected("keys and values")
        .help("an empty file is no evidence of anything; `interlock schema` prints what a document may hold")
}

pub(super) fn second_document(span: Span) -> Problem {
    Problem::new(ProblemKind::TwoReaders, span, "a second document")
        .expected("one document in one file")
        .help("put the other change into a file of its own")
}

pub(super) fn reference(span: Span, what: &str, written: Option<&str>) -> Problem {
    Problem::new(ProblemKind::TwoReaders, span, format!("{what} {}", shown(written.unwrap_or_default())))
        .expected("every value written out")
        .help("write the value here; a reviewer must not have to look it up elsewhere")
}

pub(super) fn tag_found(written: Option<&str>) -> String {
    format!("a tag {}", shown(written.unwrap_or("!")))
}

pub(super) fn syntax(error: &ScanError, text: &str) -> Problem {
    let at = error.marker().byte_offset().unwrap_or_default().min(text.len());
    let span = span_in(text, at..at);
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return node::too_deep(span);
    }
    if *error.kind() == ErrorKind::DirectiveDisallowed {
        return Problem::new(ProblemKind::TwoReaders, span, "a directive `%`")
            .expected("keys and values")
            .help("remove the line; it would change how the rest is read");
    }
    Problem::new(ProblemKind::Syntax, span, format!("not YAML: {}", error.kind()))
        .help(syntax_help(error.kind()))
}

fn syntax_help(kind: &ErrorKind) -> &'static str {
    if matches!(kind, ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement) {
        "quote the text if it contains `: `, and check the indentation"
    } else if matches!(
        kind,
        ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabNotAllowed
    ) {
        "indent with spaces"
    } else if matches!(kind, ErrorKind::UnexpectedCharacter { .. }) {
        "quote the text: it begins with a character YAML keeps for itself"
    } else {
        "look at this line and the one above: indentation, brackets, quotes"
    }
}
