//! The baseline: which finding it holds, which of its entries found nothing, and what one for a report would be. Pure.
//!
//! It speaks of what stands in changed files and of nothing else: a finding is known only if a policy named a file of
//! this change first, or if it is one of the gate's own that are about a file's text. An entry matches in all of its
//! parts, and what it says is everything that the finding said, but for lines and columns.

use std::collections::{BTreeSet, HashMap};

use interlock_model::{
    Baseline, Change, ChangeDocument, Doubt, DoubtKind, FileSources, InBaseline, JudgedFinding, KnownFinding,
    PolicyId, PolicyReport, Report, ReportedOutcome, Says, Side, Verdict,
};

use crate::Gate;
use crate::host_rules::HOST;
use crate::sum::Sum;

/// Facts of the change that findings repeat. They say nothing of the file, and whoever leaves the service out of a change
/// must not be back at what was accepted when nobody knew its tier.
const OF_THE_CHANGE: &[&str] = &["tier", "not-applicable"];

/// Bytes on each side of a place that are taken for the line it stands in: a file may be one line of megabytes.
const AROUND: usize = 200;

/// What a finding is about.
#[derive(Clone, Copy)]
pub(crate) enum About<'t> {
    /// How the change goes out, or who answers for it. That is a waiver's matter.
    Change,
    /// What stands in a file, with what has to stay the same beside what is said.
    File(&'t str),
}

/// The baseline while one change is judged.
pub(crate) struct Known<'b> {
    baseline: &'b Baseline,
    change: &'b Change,
    /// The paths that the change's files have after it.
    files: BTreeSet<&'b str>,
    matched: BTreeSet<&'b KnownFinding>,
    /// How often the same was said: accepted once is accepted once.
    said: HashMap<[u8; 32], usize>,
}

impl<'b> Known<'b> {
    pub(crate) fn new(baseline: &'b Baseline, change: &'b Change) -> Self {
        let files = change.files.as_deref().unwrap_or_default();
        let files = files.iter().map(|file| file.path.as_str()).collect();
        Self { baseline, change, files, matched: BTreeSet::new(), said: HashMap::new() }
    }

    /// A finding with what the baseline makes of it: one that it holds is a warning at most.
    pub(crate) fn apply(
        &mut self,
        policy: &PolicyId,
        about: About<'_>,
        finding: JudgedFinding,
    ) -> JudgedFinding {
        let baseline = self.baseline;
        let says = self.says(policy, about, &finding);
        let new = JudgedFinding { baseline: says.map_or(InBaseline::Never, InBaseline::New), ..finding };
        let entry = new.as_known(policy).and_then(|it| baseline.entries.get(&it));
        let Some(entry) = entry else { return new };
        self.matched.insert(entry);
        let verdict = new.verdict.min(Verdict::Warn);
        JudgedFinding { verdict, baseline: InBaseline::Known(entry.says.clone()), ..new }
    }

    /// What it says, if it is about a file of this change.
    fn says(&mut self, policy: &PolicyId, about: About<'_>, finding: &JudgedFinding) -> Option<Says> {
        let beside = match about {
            About::Change => return None,
            About::File(beside) => beside,
        };
        let path = finding.places.first()?.path.as_ref()?.as_unescaped();
        if !self.files.contains(path) {
            return None;
        }
        let mut sum = statement(policy, finding, beside);
        let said = self.said.entry(sum.clone().bytes()).or_default();
        sum.count(*said);
        *said += 1;
        Some(Says::from_sha256(&sum.bytes()))
    }

    /// The entries for files of this change that matched nothing, although their policy looked.
    pub(crate) fn stale(&self, policies: &[PolicyReport]) -> Vec<KnownFinding> {
        let has_looked =
            |id: &PolicyId| id.as_str() == HOST || policies.iter().any(|it| it.id == *id && has_judged(it));
        // Most gates have no baseline, and a change may have ten thousand files.
        if self.baseline.entries.is_empty() {
            return Vec::new();
        }
        let entries = self.baseline.entries.iter();
        let files = self.change.files.as_deref().unwrap_or_default();
        let before: BTreeSet<&str> = files.iter().filter_map(|file| file.previous_path.as_deref()).collect();
        let is_here = |path: &str| self.files.contains(path) || before.contains(path);
        let here = entries.filter(|entry| is_here(entry.path.as_unescaped()));
        let stale = here.filter(|entry| !self.matched.contains(entry) && has_looked(&entry.policy));
        stale.cloned().collect()
    }
}

fn has_judged(policy: &PolicyReport) -> bool {
    match policy.outcome {
        ReportedOutcome::Findings(_) => true,
        ReportedOutcome::Broken(_) | ReportedOutcome::NotSelected { .. } => false,
    }
}

/// Everything that was said, and no line: a warning that was accepted is no block that was.
fn statement(policy: &PolicyId, finding: &JudgedFinding, beside: &str) -> Sum {
    let mut sum = Sum::of("interlock.baseline/1");
    for text in [policy.as_str(), &finding.rule, finding.asked.name(), finding.message.as_unescaped(), beside]
    {
        sum.add(text);
    }
    if let Some(place) = finding.places.first() {
        sum.add(place.path.as_ref().map_or("", |path| path.as_unescaped()));
        sum.add(place.side.name());
        sum.add(place.pointer.as_str());
    }
    let of_the_file =
        finding.evidence.iter().filter(|fact| !OF_THE_CHANGE.contains(&fact.key.as_unescaped()));
    for fact in of_the_file {
        sum.add(fact.key.as_unescaped());
        sum.add(fact.value.as_unescaped());
    }
    sum
}

/// What one of the gate's own findings is about. They name no pointer, so the line they stand in takes its place.
pub(crate) fn about<'d>(doubt: &Doubt, document: &'d ChangeDocument) -> About<'d> {
    match doubt.kind {
        DoubtKind::Ambiguous | DoubtKind::Unreadable => {
            About::File(line(doubt, document).unwrap_or_default())
        }
        // It speaks of the file as a whole, wherever in it the first such place is.
        DoubtKind::Template => About::File(""),
        DoubtKind::Disagreement | DoubtKind::GateEdited | DoubtKind::NothingChanged => About::Change,
    }
}

/// The line that a doubt stands in, without its indentation.
fn line<'d>(doubt: &Doubt, document: &'d ChangeDocument) -> Option<&'d str> {
    let FileSources { before, after } = document.payload.files.get(&doubt.path)?;
    let sources = match doubt.side {
        Side::Before => before,
        Side::After => after,
    };
    let text = sources.as_ref()?.text.as_str();
    let at = doubt.span.start;
    let (from, to) = (at.saturating_sub(AROUND), at.saturating_add(AROUND));
    let before = text.get(text.floor_char_boundary(from)..at)?;
    let after = text.get(at..text.floor_char_boundary(to))?;
    let from = at - before.rsplit('\n').next()?.len();
    let to = at + after.split('\n').next()?.len();
    text.get(from..to).map(str::trim)
}

/// A baseline that somebody may write down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What a report found and a baseline can hold, beside what the present one holds that is not stale.
    pub baseline: Baseline,
    /// Findings that a waiver covers, which are left out: a waiver ends, and a baseline does not.
    pub waived: usize,
    /// What no baseline can hold, errors of policies among it.
    pub never: usize,
}

impl Gate {
    /// What a baseline after this report would be. The report has to be one of this gate's.
    pub fn propose_baseline(&self, report: &Report) -> Proposal {
        let stale: BTreeSet<&KnownFinding> = report.stale.iter().collect();
        let kept = self.baseline.entries.iter().filter(|entry| !stale.contains(entry));
        let baseline = Baseline { entries: kept.cloned().collect() };
        let mut proposal = Proposal { baseline, waived: 0, never: 0 };
        for policy in report.policies.iter().filter(|policy| policy.verdict > Verdict::Allow) {
            match &policy.outcome {
                ReportedOutcome::Findings(findings) => {
                    findings.iter().for_each(|finding| proposal.take(&policy.id, finding));
                }
                ReportedOutcome::Broken(_) => proposal.never += 1,
                ReportedOutcome::NotSelected { .. } => {}
            }
        }
        proposal
    }
}

impl Proposal {
    fn take(&mut self, policy: &PolicyId, finding: &JudgedFinding) {
        match (&finding.waived, finding.as_known(policy)) {
            (_, _) if finding.verdict == Verdict::Allow => {}
            (None, Some(entry)) => {
                self.baseline.entries.insert(entry);
            }
            (None, None) => self.never += 1,
            // It is kept already.
            (Some(_), _) if finding.baseline.is_known() => {}
            (Some(_), _) => self.waived += 1,
        }
    }
}
