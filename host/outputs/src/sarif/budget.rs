//! What GitHub takes of a SARIF file. Results come the worst first, and the mildest are left out; the run says how many.

use std::collections::HashMap;

use interlock_model::{ChangeDocument, Report};
use serde::Serialize;

use super::log::{Finding, Rule};
use super::result::{fingerprint, result};
use super::rule::rule;
use crate::escape::for_json;
use crate::standing::Standing;

/// Blanks before a line of a result in the file, where it stands deeper than by itself.
const DEEPER: usize = 8;

/// How much may be kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub(super) results: usize,
    pub(super) bytes: usize,
}

/// What was kept. Rules are those of the results.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) results: Vec<Finding>,
    pub(super) rules: Vec<Rule>,
    pub(super) left_out: usize,
}

impl Budget {
    /// GitHub refuses a file with more than 25,000 results in a run, or of more than 10 MB after gzip. How well a text
    /// packs is up to its author, so the limit is kept before packing; a megabyte is left for what is about the run.
    /// <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
    pub(super) const GITHUB: Self = Self { results: 25_000, bytes: 9_000_000 };

    /// Results and their rules, until one does not fit.
    pub(super) fn keep(self, all: &[Standing<'_>], report: &Report, document: &ChangeDocument) -> Kept {
        let mut keeper = Keeper::default();
        for (nth, standing) in all.iter().enumerate() {
            if nth >= self.results || !keeper.push(standing, report, document, self.bytes) {
                keeper.kept.left_out = all.len() - nth;
                break;
            }
        }
        keeper.kept
    }
}

#[derive(Default)]
struct Keeper {
    kept: Kept,
    bytes: usize,
    rule_indices: HashMap<String, usize>,
    /// How many results have each fingerprint so far.
    fingerprints: HashMap<String, usize>,
}

impl Keeper {
    /// Whether it fitted.
    fn push(
        &mut self,
        standing: &Standing<'_>,
        report: &Report,
        document: &ChangeDocument,
        bytes_max: usize,
    ) -> bool {
        let mut result = result(standing, report, document);
        let known = self.rule_indices.get(&result.rule_id).copied();
        let new_rule = if known.is_none() { Some(rule(standing)) } else { None };
        result.rule_index = known.unwrap_or(self.kept.rules.len());
        result.partial_fingerprints =
            [("primaryLocationLineHash", self.number(standing, report, document))].into();
        self.bytes += written(&result) + new_rule.as_ref().map_or(0, written);
        if self.bytes > bytes_max {
            return false;
        }
        if let Some(rule) = new_rule {
            self.rule_indices.insert(rule.id.clone(), self.kept.rules.len());
            self.kept.rules.push(rule);
        }
        self.kept.results.push(result);
        true
    }

    /// The fingerprint under the one name that GitHub reads, and in CodeQL's form: which of those alike it is stands behind
    /// a colon, so that two problems of one key are two alerts.
    fn number(&mut self, standing: &Standing<'_>, report: &Report, document: &ChangeDocument) -> String {
        let hash = fingerprint(standing, report, document);
        let alike = self.fingerprints.entry(hash.clone()).or_default();
        *alike += 1;
        format!("{hash}:{alike}")
    }
}

/// Bytes of a part in the file.
fn written(part: &impl Serialize) -> usize {
    // What cannot be written takes no room; `render` would write nothing at all.
    let text = for_json(part).unwrap_or_default();
    text.len() + DEEPER * text.lines().count()
}
