//! Messages of a file of cases put in other words, in place: comments and layout stay, and so does everything that a case
//! asks for. Rule, verdict and place are an author's decision, which no tool writes down for them.

use interlock_model::Span;

use super::{Case, CasesFile, ExpectedFinding, cases_of};

/// A file that cannot be written so that its messages alone differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotReworded;

/// The whole text, held against what was there.
pub(super) fn text(file: &CasesFile, words: &[(Span, String)]) -> Result<String, NotReworded> {
    let text = replaced(&file.sources.text, words).ok_or(NotReworded)?;
    let again = cases_of(file.name.as_ref(), text.as_bytes()).map_err(|_| NotReworded)?;
    if is_same_but_for_words(file, &again) { Ok(text) } else { Err(NotReworded) }
}

/// From the end, so that the places before it stay true. `None`: two of them overlap, or one is no place of the text.
fn replaced(text: &str, words: &[(Span, String)]) -> Option<String> {
    let mut words: Vec<_> = words.iter().collect();
    words.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut tail = String::new();
    let mut rest = text;
    for (span, word) in words {
        tail = format!("{word}{}{tail}", rest.get(span.end..)?);
        rest = rest.get(..span.start)?;
    }
    Some(format!("{rest}{tail}"))
}

fn is_same_but_for_words(one: &CasesFile, other: &CasesFile) -> bool {
    let pairs = || one.cases.iter().zip(&other.cases);
    one.base == other.base && one.cases.len() == other.cases.len() && pairs().all(|(a, b)| is_same_case(a, b))
}

/// Places in the file may differ; what stands there may not.
fn is_same_case(one: &Case, other: &Case) -> bool {
    let Case {
        name,
        why,
        pointer,
        span: _,
        asked_at,
        evaluated_at,
        progress,
        calendars,
        settings,
        change_file,
        expect,
        patch,
    } = one;
    let paths = |case: &Case| -> Vec<_> {
        case.calendars.iter().chain(&case.change_file).map(|named| named.path.clone()).collect()
    };
    (name, why, pointer, asked_at, evaluated_at, progress)
        == (&other.name, &other.why, &other.pointer, &other.asked_at, &other.evaluated_at, &other.progress)
        && (calendars.len(), change_file.is_some()) == (other.calendars.len(), other.change_file.is_some())
        && paths(one) == paths(other)
        && (settings, patch) == (&other.settings, &other.patch)
        && expect.len() == other.expect.len()
        && expect.iter().zip(&other.expect).all(|(a, b)| is_same_finding(a, b))
}

fn is_same_finding(one: &ExpectedFinding, other: &ExpectedFinding) -> bool {
    let ExpectedFinding { rule, verdict, at, file, message, pointer, span: _ } = one;
    (rule, verdict, at, file, pointer)
        == (&other.rule, &other.verdict, &other.at, &other.file, &other.pointer)
        && message.is_some() == other.message.is_some()
}
