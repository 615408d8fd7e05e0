//! GitLab Code Quality: what a merge request shows beside the lines of a diff
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).
//!
//! An array of issues without a byte order mark. GitLab stops reading at the first issue that is not of its form, and of
//! issues with one fingerprint keeps the last; so each issue has every field, and no two have the same fingerprint.
//! Between the branches of a merge request issues are compared by fingerprint, so it does not depend on line numbers.

use std::collections::HashMap;

use interlock_model::{ChangeDocument, Report};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::effect::Effect;
use crate::listing::{Remark, Spot, remarks};
use crate::{Manner, escape};

/// One issue, in GitLab's words.
#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: Severity,
    location: Location,
}

/// How bad it is. `critical` and `minor` are left out: beside a block and a warning there is nothing that counts.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Info,
    Major,
    Blocker,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// The report as GitLab's issues.
pub(crate) fn render(report: &Report, document: &ChangeDocument, _: &Manner) -> String {
    let mut seen = HashMap::new();
    let issues: Vec<Issue> =
        remarks(report, document).into_iter().map(|remark| issue(remark, &mut seen)).collect();
    // Texts and numbers cannot fail to be written. If they did, no JSON is better than half a list.
    escape::for_json(&issues).unwrap_or_default()
}

/// One remark as an issue. `seen` counts the remarks that name the same thing.
fn issue(remark: Remark, seen: &mut HashMap<[String; 3], usize>) -> Issue {
    let Remark { id, effect, spot: Spot { path, line, column: _ }, pointer, text } = remark;
    let nth = seen.entry([id.clone(), path.clone(), pointer.clone()]).or_default();
    let fingerprint = fingerprint(&[&id, &path, &pointer], *nth);
    *nth += 1;
    Issue {
        description: text,
        check_name: id,
        fingerprint,
        severity: severity(effect),
        location: Location { path, lines: Lines { begin: line } },
    }
}

fn severity(effect: Effect) -> Severity {
    match effect {
        Effect::Blocks => Severity::Blocker,
        Effect::Warns => Severity::Major,
        Effect::Told | Effect::Waived | Effect::Known | Effect::Shadow => Severity::Info,
    }
}

/// The same for the same rule, file and value, wherever they move to. Each part says how long it is, so that no two
/// lists of parts run together to the same bytes.
fn fingerprint(parts: &[&str], nth: usize) -> String {
    let mut sum = Sha256::new();
    for part in parts {
        sum.update(format!("{} ", part.len()));
        sum.update(part);
    }
    sum.update(nth.to_string());
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
