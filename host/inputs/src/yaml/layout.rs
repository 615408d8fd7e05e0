//! What the parser does not tell: how scalars were written, and what stands between them.

use std::ops::Range;

use interlock_model::Span;

use crate::error::{Problem, ProblemKind};
use crate::place::span_in;

/// Half a surrogate pair as an escape: some readers join two of them, others keep or refuse them.
pub(super) fn check_escapes(text: &str, span: Span) -> Result<(), Problem> {
    let written = text.get(span.start..span.end).unwrap_or_default();
    let mut escaped = false;
    for (at, c) in written.char_indices() {
        let rest = written.get(at..).unwrap_or_default().as_bytes();
        if escaped && matches!(rest, [b'u', b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..]) {
            return Err(Problem::new(ProblemKind::TwoReaders, span, "a surrogate written as an escape")
                .expected("the character itself")
                .help("write the character, or `\\U` and its eight digits"));
        }
        escaped = !escaped && c == '\\';
    }
    Ok(())
}

/// A colon on a later line than its key, which some readers take inside braces and others refuse.
pub(super) fn check_colon(text: &str, key: Span) -> Result<(), Problem> {
    let after = text.get(key.end..).unwrap_or_default();
    let colon = after.trim_start();
    let between = after.get(..after.len() - colon.len()).unwrap_or_default();
    if !(between.contains('\n') && colon.starts_with(':')) {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::TwoReaders, key, "a key whose colon is on another line")
        .expected("`key: value`")
        .help("write the colon right after the key"))
}

/// Where readers differ about text blocks: without a line break at the end of the file, some end the text with one; an
/// empty block, or a tab where the first line's indentation ends, some refuse.
pub(super) fn check_block(decoded: &str, text: &str, span: Span, key: Span) -> Result<(), Problem> {
    let ended = text.ends_with('\n') || text.get(span.end..).is_some_and(|rest| rest.contains('\n'));
    let start = decoded.trim_start_matches([' ', '\n']);
    let (span, found, expected, help) = if start.is_empty() {
        // Nothing stands where the text should; the key is the nearest thing there is.
        (key, "an empty text block", "text below it", "write `\"\"` for an empty text")
    } else if start.starts_with('\t') {
        (
            span,
            "a text block that begins with a tab",
            "a first line without one",
            "write the text in double quotes, with `\\t`",
        )
    } else if !ended {
        (
            span,
            "a text block at the end of a file without a last line break",
            "one",
            "end the file with a line break",
        )
    } else {
        return Ok(());
    };
    Err(Problem::new(ProblemKind::TwoReaders, span, found).expected(expected).help(help))
}

/// Everything that is not a scalar: indentation, brackets, comments. Tabs, `?` and `...` are in none of the agreed part.
pub(super) fn check_between(text: &str, scalars: &[Range<usize>]) -> Result<(), Problem> {
    let mut from = 0;
    let to_the_end = text.len()..text.len();
    for scalar in scalars.iter().chain([&to_the_end]) {
        check_gap(text, from..scalar.start)?;
        from = scalar.end;
    }
    Ok(())
}

fn check_gap(text: &str, gap: Range<usize>) -> Result<(), Problem> {
    let mut in_comment = false;
    for (offset, c) in text.get(gap.clone()).unwrap_or_default().char_indices() {
        in_comment = (in_comment || c == '#') && c != '\n';
        if !in_comment && let Some(problem) = odd_between(text, gap.start + offset, c) {
            return Err(problem);
        }
    }
    Ok(())
}

fn odd_between(text: &str, at: usize, c: char) -> Option<Problem> {
    let (found, help) = match c {
        '\t' => ("a tab between values", "use spaces; readers differ about tabs"),
        '?' => ("`?` before a key", "write `key: value`"),
        '.' => ("the end-of-document mark `...`", "remove the line; a file holds one change"),
        _ => return None,
    };
    let span = span_in(text, at..at + c.len_utf8());
    Some(
        Problem::new(ProblemKind::TwoReaders, span, found)
            .expected("block or flow YAML that every reader reads alike")
            .help(help),
    )
}
