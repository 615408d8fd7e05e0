//! A corpus, replayed: every change of it is judged by the whole gate, and what was said is laid beside what was expected.
//!
//! `compare` finds the differences of one document, `score` counts over all of them, `text`, `markdown` and `json` tell it.
//! Who reads a corpus is `interlock-inputs`; nothing here decides about a change, and nothing here prints.

mod compare;
mod json;
mod markdown;
mod score;
mod text;

use std::collections::BTreeSet;

use interlock::{Gate, HOST, HOST_RULES, Report};
use interlock_inputs::{Corpus, ExpectedDocument, ExpectedFolder, ExpectedRule, PolicyFinding, Role};
use interlock_model::{ChangeDocument, Pointer, PolicyId, Untrusted, Verdict};

use crate::sandbox::almanac;

pub use compare::compared;
pub use score::{Score, Totals};

/// Everything that was replayed.
#[derive(Default)]
pub struct Replayed {
    /// In the order in which they were replayed.
    pub folders: Vec<FolderRun>,
    /// Every policy that was asked.
    policies: BTreeSet<PolicyId>,
    /// Every rule there is, as `policy/rule`.
    rules: BTreeSet<String>,
}

/// One folder, and what came of its changes.
pub struct FolderRun {
    /// The folder.
    pub folder: ExpectedFolder,
    /// Its changes, in the order of the folder.
    pub runs: Vec<DocumentRun>,
}

/// One change, and what came of it.
#[derive(Clone, Debug)]
pub struct DocumentRun {
    /// What the gate answered.
    pub verdict: Verdict,
    /// What it said, beside what was expected.
    pub lines: Vec<Line>,
    /// Policies that did not judge, and why. Safe for a terminal.
    pub broken: Vec<(PolicyId, String)>,
}

/// One line of the comparison.
#[derive(Clone, Debug)]
pub enum Line {
    /// Expected and said.
    Both(Spoken),
    /// Expected and not said: a miss.
    Missing(PolicyFinding),
    /// Said and not expected: a false alarm.
    Extra(Spoken),
}

/// A finding, as far as a corpus speaks of findings. Every text of the policy's is hostile.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// The policy.
    pub policy: PolicyId,
    /// The rule.
    pub rule: String,
    /// Warn or block.
    pub verdict: Verdict,
    /// Its first place.
    pub at: Pointer,
    /// The changed file in which that lies. Absent: the change document.
    pub file: Option<Untrusted>,
    /// What it says. No corpus compares it.
    pub message: Untrusted,
}

impl DocumentRun {
    /// Whether the gate answered exactly what was expected.
    pub fn passed(&self, expected: &ExpectedDocument) -> bool {
        let as_expected = self.lines.iter().all(|line| matches!(line, Line::Both(_)));
        as_expected && self.verdict == expected.verdict && self.broken.is_empty()
    }

    /// Everything that was said.
    fn said(&self) -> impl Iterator<Item = &Spoken> {
        self.lines.iter().filter_map(|line| match line {
            Line::Both(spoken) | Line::Extra(spoken) => Some(spoken),
            Line::Missing(_) => None,
        })
    }
}

impl FolderRun {
    /// Each change with what came of it.
    pub fn documents(&self) -> impl Iterator<Item = (&ExpectedDocument, &DocumentRun)> {
        self.folder.documents.iter().zip(&self.runs)
    }

    /// The changes that set the incident off.
    fn proposed(&self) -> impl Iterator<Item = (&ExpectedDocument, &DocumentRun)> {
        self.documents().filter(|(document, _)| document.role == Role::Proposed)
    }

    /// What had to speak of the incident and did not.
    pub fn silent(&self) -> Vec<&ExpectedRule> {
        let rules = self.folder.incident.iter().flat_map(|incident| &incident.expected_rules);
        rules.filter(|rule| !self.speaks(rule)).collect()
    }

    fn speaks(&self, expected: &ExpectedRule) -> bool {
        let is_it = |spoken: &Spoken| {
            spoken.policy == expected.policy && expected.rule.as_ref().is_none_or(|rule| *rule == spoken.rule)
        };
        self.proposed().any(|(_, run)| run.said().any(is_it))
    }
}

impl Replayed {
    /// Whether everything came as it was expected.
    pub fn passed(&self) -> bool {
        let folder = |folder: &FolderRun| {
            folder.silent().is_empty() && folder.documents().all(|(document, run)| run.passed(document))
        };
        self.folders.iter().all(folder)
    }

    /// Adds what came of another corpus.
    pub fn extend(&mut self, other: Self) {
        let Self { folders, policies, rules } = other;
        self.folders.extend(folders);
        self.policies.extend(policies);
        self.rules.extend(rules);
    }

    /// For people. Ends in a line break.
    pub fn text(&self) -> String {
        text::render(self)
    }

    /// For pull request comments, job summaries and pages. Ends in a line break.
    pub fn markdown(&self) -> String {
        markdown::render(self)
    }

    /// For machines: `interlock.replay/1`.
    ///
    /// # Errors
    /// Never in practice: it is written to memory.
    pub fn json(&self) -> anyhow::Result<String> {
        json::render(self)
    }

    /// A rule that no policy has is missed for ever.
    fn is_known(&self, policy: &PolicyId, rule: &str) -> bool {
        self.rules.contains(&format!("{policy}/{rule}"))
    }
}

/// Asks the gate about every change of a corpus.
///
/// # Errors
/// If a document, a compared file or a calendar cannot be read.
pub fn replay(gate: &Gate, corpus: Corpus) -> anyhow::Result<Replayed> {
    let folders = corpus.folders.into_iter().map(|folder| replay_folder(gate, folder));
    let folders = folders.collect::<anyhow::Result<Vec<_>>>()?;
    let loaded = gate.policies().map(|(id, _)| id);
    let policies = loaded.chain(gate.broken().map(|(id, _)| id)).cloned().collect();
    let own = HOST_RULES.iter().map(|rule| format!("{HOST}/{}", rule.id));
    let theirs = gate
        .policies()
        .flat_map(|(id, manifest)| manifest.rules.iter().map(move |rule| format!("{id}/{}", rule.id)));
    Ok(Replayed { folders, policies, rules: own.chain(theirs).collect() })
}

fn replay_folder(gate: &Gate, folder: ExpectedFolder) -> anyhow::Result<FolderRun> {
    let run = |document: &ExpectedDocument| Ok(compared(document, &ask(gate, &folder, document)?.1));
    let runs = folder.documents.iter().map(run).collect::<anyhow::Result<_>>()?;
    Ok(FolderRun { folder, runs })
}

/// Asks the gate about one change of a folder, under the calendars that the change names, or else the gate's own.
///
/// # Errors
/// If the document, a compared file or a calendar cannot be read.
pub fn ask(
    gate: &Gate,
    folder: &ExpectedFolder,
    document: &ExpectedDocument,
) -> anyhow::Result<(ChangeDocument, Report)> {
    let change = folder.open(document)?;
    let report = match &document.calendars {
        None => gate.check(&change, &document.question()),
        Some(named) => gate.under(almanac(named)?).check(&change, &document.question()),
    };
    Ok((change, report))
}
