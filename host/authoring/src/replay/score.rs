//! Counts over a replay: of each policy what it caught, missed and cried wolf about, and of the corpus as a whole.

use std::collections::{BTreeMap, BTreeSet};

use interlock_inputs::{ExpectedDocument, Role};
use interlock_model::{PolicyId, Verdict};
use serde::Serialize;

use super::{DocumentRun, FolderRun, Line, Replayed};

/// One policy, over all changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Score {
    /// Incidents of which it speaks, as they were proposed.
    pub incidents: usize,
    /// Findings that were expected and came.
    pub caught: usize,
    /// Findings that were expected and did not come, and incidents of which it had to speak and did not.
    pub missed: usize,
    /// Findings that came and were not expected.
    pub false_alarms: usize,
    /// Changes that it did not judge.
    pub broken: usize,
}

/// The corpus as a whole. Of each pair, the first is how many came out as the second says they should.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Totals {
    /// Changes that were judged.
    pub documents: usize,
    /// Of these, those that got another verdict than expected.
    pub wrong_verdicts: usize,
    /// Incidents of which nobody proposed a change: facts, outside every other count.
    pub facts_only: usize,
    /// Incidents that the gate caught: every change with its verdict, every rule that had to speak.
    pub incidents_caught: usize,
    /// Incidents that it should catch.
    pub incidents_to_catch: usize,
    /// Incidents that it let through, as it should: nobody could have known.
    pub incidents_let_through: usize,
    /// Incidents that it should let through.
    pub incidents_to_let_through: usize,
    /// Good changes of which nothing was said.
    pub good_quiet: usize,
    /// Good changes.
    pub good: usize,
    /// Of the good changes, those that are an incident's as it should have been.
    pub good_fixed: usize,
    /// Changes that got exactly a warning.
    pub warned: usize,
    /// Changes that should.
    pub to_warn: usize,
    /// Changes beside the incidents that were blocked.
    pub blocked: usize,
    /// Changes that should be.
    pub to_block: usize,
}

impl Replayed {
    /// Each policy that was asked, sorted by its name; and those that were only expected to be.
    pub fn scores(&self) -> BTreeMap<PolicyId, Score> {
        let mut scores: BTreeMap<PolicyId, Score> =
            self.policies.iter().map(|id| (id.clone(), Score::default())).collect();
        for folder in &self.folders {
            for (_, run) in folder.documents() {
                add(&mut scores, run);
            }
            for rule in folder.silent() {
                scores.entry(rule.policy.clone()).or_default().missed += 1;
            }
            let spoke: BTreeSet<&PolicyId> =
                folder.proposed().flat_map(|(_, run)| run.said()).map(|spoken| &spoken.policy).collect();
            spoke.into_iter().for_each(|id| scores.entry(id.clone()).or_default().incidents += 1);
        }
        scores
    }

    /// The sums.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for folder in &self.folders {
            totals.add_incident(folder);
            folder.documents().for_each(|(document, run)| totals.add(document, run));
        }
        totals
    }
}

fn add(scores: &mut BTreeMap<PolicyId, Score>, run: &DocumentRun) {
    for line in &run.lines {
        match line {
            Line::Both(spoken) => scores.entry(spoken.policy.clone()).or_default().caught += 1,
            Line::Missing(expected) => scores.entry(expected.policy.clone()).or_default().missed += 1,
            Line::Extra(spoken) => scores.entry(spoken.policy.clone()).or_default().false_alarms += 1,
        }
    }
    for (id, _) in &run.broken {
        scores.entry(id.clone()).or_default().broken += 1;
    }
}

impl Totals {
    fn add_incident(&mut self, folder: &FolderRun) {
        if folder.folder.incident.is_none() {
            return;
        }
        let Some(strictest) = folder.proposed().map(|(document, _)| document.verdict).max() else {
            self.facts_only += 1;
            return;
        };
        let right = folder.proposed().all(|(document, run)| run.verdict == document.verdict);
        let right = usize::from(right && folder.silent().is_empty());
        match strictest {
            Verdict::Allow => {
                self.incidents_to_let_through += 1;
                self.incidents_let_through += right;
            }
            Verdict::Warn | Verdict::Block => {
                self.incidents_to_catch += 1;
                self.incidents_caught += right;
            }
        }
    }

    fn add(&mut self, document: &ExpectedDocument, run: &DocumentRun) {
        self.documents += 1;
        let right = usize::from(run.verdict == document.verdict);
        self.wrong_verdicts += 1 - right;
        match (document.role, document.verdict) {
            (Role::Proposed, Verdict::Allow | Verdict::Warn | Verdict::Block) => {}
            (Role::Fixed | Role::Ordinary, Verdict::Allow) => {
                self.good += 1;
                self.good_fixed += usize::from(document.role == Role::Fixed);
                self.good_quiet += usize::from(right == 1 && run.said().next().is_none());
            }
            (Role::Fixed | Role::Ordinary, Verdict::Warn) => {
                self.to_warn += 1;
                self.warned += right;
            }
            (Role::Fixed | Role::Ordinary, Verdict::Block) => {
                self.to_block += 1;
                self.blocked += right;
            }
        }
    }
}
