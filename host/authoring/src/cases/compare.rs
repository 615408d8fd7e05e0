//! Findings beside expectations: which are there, which are missing, which are too many, which are there in other words.
//! The order does not matter.

use interlock_inputs::ExpectedFinding;
use interlock_model::Untrusted;

use super::Compared;
use crate::sandbox::Found;

/// One line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Expected and found.
    Both(Found),
    /// Expected and found, in other words than the case has.
    OtherWords(ExpectedFinding, Found),
    /// Expected and not found.
    Missing(ExpectedFinding),
    /// Found and not expected.
    Extra(Found),
}

/// The list of findings is expected to be complete.
pub(super) fn compared(expected: &[ExpectedFinding], found: &[Found]) -> Compared {
    let mut left: Vec<&Found> = found.iter().collect();
    // Those that name a file first: the others would take a finding of any file away from them.
    let mut order: Vec<&ExpectedFinding> = expected.iter().collect();
    order.sort_by_key(|finding| (finding.message.is_none(), finding.file.is_none()));
    // Word for word first: what one case line says exactly is not taken by another that says it otherwise.
    let exact: Vec<Option<Found>> = order.iter().map(|finding| taken(finding, &mut left, says)).collect();
    let matched: Vec<Difference> = order
        .into_iter()
        .zip(exact)
        .map(|(finding, exact)| match exact {
            Some(found) => Difference::Both(found),
            None => in_other_words(finding, &mut left),
        })
        .collect();
    let extra = left.into_iter().cloned().map(Difference::Extra);
    let lines: Vec<Difference> = matched.into_iter().chain(extra).collect();
    let as_expected = lines.iter().all(|line| matches!(line, Difference::Both(_)));
    if as_expected { Compared::AsExpected } else { Compared::Otherwise(lines) }
}

fn in_other_words(expected: &ExpectedFinding, left: &mut Vec<&Found>) -> Difference {
    match taken(expected, left, meets) {
        Some(found) => Difference::OtherWords(expected.clone(), found),
        None => Difference::Missing(expected.clone()),
    }
}

fn taken(
    expected: &ExpectedFinding,
    left: &mut Vec<&Found>,
    fits: fn(&ExpectedFinding, &Found) -> bool,
) -> Option<Found> {
    let index = left.iter().position(|found| fits(expected, found))?;
    Some(left.remove(index).clone())
}

fn says(expected: &ExpectedFinding, found: &Found) -> bool {
    let message = expected.message.as_ref();
    meets(expected, found) && message.is_none_or(|message| message.text == found.message.as_unescaped())
}

fn meets(expected: &ExpectedFinding, found: &Found) -> bool {
    let file = found.file.as_ref().map(Untrusted::as_unescaped);
    expected.rule == found.rule
        && expected.verdict == found.verdict
        && expected.at == found.at
        && (expected.file.is_none() || expected.file.as_deref() == file)
}
