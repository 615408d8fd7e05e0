//! One thing that stands against the change as a SARIF result.

use std::collections::BTreeMap;

use interlock_model::{ChangeDocument, Digest, Place, Report, Verdict};
use sha2::{Digest as _, Sha256};

use super::log::{
    ArtifactLocation, Finding, Level, Location, Message, PhysicalLocation, Region, Suppression,
};
use crate::escape::{for_relative_uri, for_sarif_message};
use crate::region::{self, Spot, Within};
use crate::standing::{Problem, Standing, in_words, name};
use crate::text::{KNOWN, waived_in_words};

/// Places of one result beside its first. GitHub refuses a result with 1,000 locations and shows 100 of them.
const RELATED_MAX: usize = 99;
/// Digits of a fingerprint, as CodeQL's have.
const FINGERPRINT_DIGITS: usize = 16;

/// The result, but for the two numbers that depend on the others: `ruleIndex`, and the count behind the fingerprint.
pub(super) fn result(standing: &Standing<'_>, report: &Report, document: &ChangeDocument) -> Finding {
    let lines = [standing.title()].into_iter().chain(standing.notes(report, document));
    let text = lines.collect::<Vec<_>>().join("\n");
    Finding {
        rule_id: standing.rule_id(),
        rule_index: 0,
        kind: "fail",
        level: level_of(standing.severity()),
        message: message(&text),
        locations: [location(&standing.spot(report, document), None)],
        related_locations: related(standing, report, document),
        partial_fingerprints: BTreeMap::new(),
        suppressions: suppressions(standing),
        properties: properties(standing),
    }
}

pub(super) fn level_of(verdict: Verdict) -> Level {
    match verdict {
        Verdict::Allow => Level::Note,
        Verdict::Warn => Level::Warning,
        Verdict::Block => Level::Error,
    }
}

/// A visible text as a message.
pub(super) fn message(shown: &str) -> Message {
    Message { text: for_sarif_message(shown) }
}

/// A place in a file. What cannot be named by a path below the root is named in words beside it.
pub(super) fn location(spot: &Spot<'_>, words: Option<String>) -> Location {
    let region::Region { line, columns, .. } = spot.region.clone().unwrap_or_default();
    let region =
        Region { start_line: line, start_column: columns.start, end_line: line, end_column: columns.end };
    let physical_location = PhysicalLocation { artifact_location: artifact_location(spot), region };
    let is_unnamed = for_relative_uri(spot.file).is_none();
    let words = words.or_else(|| is_unnamed.then(|| format!("`{}`", name(spot.file))));
    Location { id: None, physical_location, message: words.map(|it| message(&it)) }
}

/// The file as a relative URI. A path that leads out of the root is not one of the reader's files, however it may be
/// written: of it the last part is kept, under a folder that no repository has.
pub(super) fn artifact_location(spot: &Spot<'_>) -> ArtifactLocation {
    let outside = || {
        let last = spot.file.rsplit(['/', '\\']).find(|it| !matches!(*it, "" | "." | ".."));
        let last = last.and_then(for_relative_uri).unwrap_or_else(|| "unnamed".to_owned());
        match spot.within {
            // Whoever asked gave its path, and it may well be in a temporary folder.
            Within::ChangeDocument => last,
            Within::ChangedFile => format!("outside-of-the-root/{last}"),
        }
    };
    ArtifactLocation { uri: for_relative_uri(spot.file).unwrap_or_else(outside) }
}

/// The places after the first, numbered. The last that is listed says how many are not.
fn related(standing: &Standing<'_>, report: &Report, document: &ChangeDocument) -> Vec<Location> {
    let rest = standing.places().get(1..).unwrap_or_default();
    let left_out = rest.len().saturating_sub(RELATED_MAX);
    let related = |(number, place): (usize, &Place)| {
        let words = match (number, left_out) {
            (RELATED_MAX, 1..) => {
                format!("{} ({left_out} more places are not listed)", in_words(report, document, place))
            }
            (_, _) => in_words(report, document, place),
        };
        let spot = region::spot(report, document, place);
        Location { id: Some(number), ..location(&spot, Some(words)) }
    };
    (1..).zip(rest).take(RELATED_MAX).map(related).collect()
}

/// Who has accepted it. Waiver and baseline stand beside what was judged and not in it, so they are external; and what is
/// known is suppressed rather than of a `baselineState`, which compares with an earlier run, and says nothing of
/// anybody's consent.
fn suppressions(standing: &Standing<'_>) -> Vec<Suppression> {
    let finding = match standing.what {
        Problem::Finding(finding) => finding,
        Problem::Broken(_) => return Vec::new(),
    };
    let accepted =
        |justification: String| Suppression { kind: "external", status: "accepted", justification };
    let known = finding.baseline.is_known().then(|| KNOWN.to_owned());
    finding.waived.iter().map(waived_in_words).chain(known).map(accepted).collect()
}

fn properties(standing: &Standing<'_>) -> BTreeMap<&'static str, String> {
    let mut properties = BTreeMap::from([
        ("policy", standing.policy.id.to_string()),
        ("verdict", standing.weight.to_string()),
    ]);
    match standing.what {
        Problem::Finding(finding) => properties.insert("asked", finding.asked.to_string()),
        Problem::Broken(fault) => properties.insert("fault", fault.kind().to_owned()),
    };
    properties
}

/// What makes it the same problem after an edit elsewhere in the file: rule, file and pointer, but no line and no words.
/// Of a broken policy, which.
pub(super) fn fingerprint(standing: &Standing<'_>, report: &Report, document: &ChangeDocument) -> String {
    let spot = standing.spot(report, document);
    let path = match spot.within {
        // Its name differs from run to run where it is a temporary file.
        Within::ChangeDocument => "",
        Within::ChangedFile => spot.file,
    };
    let pointer = standing.places().first().map_or("", |place| place.pointer.as_str());
    let mut hasher = Sha256::new();
    for part in [standing.policy.id.as_str(), &standing.rule_id(), path, pointer] {
        // The length keeps two parts from running into each other.
        hasher.update(part.len().to_be_bytes());
        hasher.update(part);
    }
    super::hex(&Digest::from_sha256(&hasher.finalize())).chars().take(FINGERPRINT_DIGITS).collect()
}
