//! Goldens: what a format made of a fixture, as a file beside its tests. Tests only.

use std::collections::HashMap;

use interlock_model::{ChangeDocument, InBaseline, Report, ReportedOutcome};

use crate::fixture::check_golden;
use crate::{Format, Manner, fixture, render};

/// One or two of everything that `fixture::hostile` has dozens of: a golden is there to be read.
fn hostile() -> (Report, ChangeDocument) {
    let (mut report, document) = fixture::hostile();
    let mut seen = HashMap::new();
    report.policies.reverse();
    report.policies.retain_mut(|policy| {
        if let ReportedOutcome::Findings(found) = &mut policy.outcome {
            found.truncate(3);
            found.iter_mut().skip(2).for_each(|finding| {
                (finding.waived, finding.baseline) = (None, InBaseline::Never);
            });
        }
        let count = seen.entry((policy.id.clone(), std::mem::discriminant(&policy.outcome))).or_insert(0);
        *count += 1;
        *count <= 2
    });
    (report, document)
}

/// Compares one format with its goldens, one for each fixture: `src/<format>/goldens/<fixture>.<extension>`.
#[track_caller]
pub(crate) fn check(format: Format, extension: &str) {
    let row = crate::FORMATS.iter().find(|row| row.format == format).expect("a row");
    let fixtures =
        [("alibaba", fixture::alibaba()), ("governed", fixture::governed()), ("hostile", hostile())];
    for (name, (report, document)) in fixtures {
        let found = render(&report, &document, &Manner { format, ..Manner::default() });
        check_golden(&format!("{}/goldens/{name}.{extension}", row.name), &found);
    }
}
