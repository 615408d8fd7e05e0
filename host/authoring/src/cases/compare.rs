//! Findings beside expectations: which are there, which are missing, which are too many. The order does not matter.

use interlock_inputs::ExpectedFinding;
use interlock_model::Untrusted;

use super::Compared;
use crate::sandbox::Found;

/// One line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Expected and found.
    Both(Found),
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
    order.sort_by_key(|finding| finding.file.is_none());
    let matched: Vec<Difference> = order.into_iter().map(|finding| taken(finding, &mut left)).collect();
    let extra = left.into_iter().cloned().map(Difference::Extra);
    let lines: Vec<Difference> = matched.into_iter().chain(extra).collect();
    let as_expected = lines.iter().all(|line| matches!(line, Difference::Both(_)));
    if as_expected { Compared::AsExpected } else { Compared::Otherwise(lines) }
}

fn taken(expected: &ExpectedFinding, left: &mut Vec<&Found>) -> Difference {
    match left.iter().position(|found| meets(expected, found)) {
        Some(index) => Difference::Both(left.remove(index).clone()),
        None => Difference::Missing(expected.clone()),
    }
}

fn meets(expected: &ExpectedFinding, found: &Found) -> bool {
    let file = found.file.as_ref().map(Untrusted::as_unescaped);
    expected.rule == found.rule
        && expected.verdict == found.verdict
        && expected.at == found.at
        && (expected.file.is_none() || expected.file.as_deref() == file)
}
