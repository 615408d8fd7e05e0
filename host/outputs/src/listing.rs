//! What a report says as one flat list of remarks on files, the hardest first: for formats that are nothing but such a
//! list (`gitlab.rs`, `checkstyle.rs`). Every remark has a file and a line, because their readers drop what has none.
//!
//! What the answer does not speak of has no place in a list of remarks; only changed files whose values nobody read are
//! named, in one remark. Policies that were not asked and waivers that do not hold are left to other formats.

use interlock_model::{
    ChangeDocument, Fault, JudgedFinding, NotJudged, Place, PolicyReport, Report, ReportedOutcome, Side,
    Untrusted, Verdict,
};

use crate::Manner;
use crate::effect::{Effect, asked_for};
use crate::escape::{for_terminal, text_for_terminal};
use crate::text::{Page, basis_in_words, broken, finding, listed, rule_id, snippet, summary};

/// Columns of a path. A path that is cut is not found again, so this is the longest that systems allow.
const PATH_MAX: usize = 4_096;

/// One remark on one file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Remark {
    /// `policy/rule`, or the policy alone if it is broken.
    pub(crate) id: String,
    /// What it means for the change.
    pub(crate) effect: Effect,
    /// Where it is shown.
    pub(crate) spot: Spot,
    /// The value it is about, as the policy named it. Empty: the file as a whole.
    pub(crate) pointer: String,
    /// One line, with everything hidden spelled out.
    pub(crate) text: String,
}

/// A line that exists in some file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// As it is after the change, with everything hidden spelled out, without `./` in front.
    pub(crate) path: String,
    /// From 1 on.
    pub(crate) line: u32,
    /// From 1 on. Absent: the line is only where a file starts.
    pub(crate) column: Option<u32>,
}

/// The remarks of a report.
pub(crate) fn remarks(report: &Report, document: &ChangeDocument) -> Vec<Remark> {
    let list = List { report, page: Page::new(document, &Manner::default()) };
    let mut remarks: Vec<Remark> = report.policies.iter().flat_map(|policy| list.policy(policy)).collect();
    remarks.extend(list.decision(&remarks));
    remarks.extend(list.unread_files());
    remarks.sort_by_key(|remark| remark.effect);
    remarks
}

struct List<'a> {
    report: &'a Report,
    page: Page<'a>,
}

impl List<'_> {
    fn policy(&self, policy: &PolicyReport) -> Vec<Remark> {
        match &policy.outcome {
            ReportedOutcome::Findings(found) => {
                found.iter().map(|finding| self.finding(policy, finding)).collect()
            }
            ReportedOutcome::Broken(fault) => vec![self.broken(policy, fault)],
            ReportedOutcome::NotSelected { .. } => Vec::new(),
        }
    }

    fn finding(&self, policy: &PolicyReport, finding: &JudgedFinding) -> Remark {
        let effect = Effect::of_finding(policy, finding);
        let place = finding.places.first();
        Remark {
            id: rule_id(&policy.id, &finding.rule),
            effect,
            spot: place.map_or_else(|| self.document(), |place| self.spot(place)),
            pointer: place.map(|place| place.pointer.as_str().to_owned()).unwrap_or_default(),
            text: self.finding_in_words(policy, finding, effect),
        }
    }

    fn finding_in_words(&self, policy: &PolicyReport, finding: &JudgedFinding, effect: Effect) -> String {
        let message = for_terminal(&finding.message);
        let (message, lowered) = match effect {
            Effect::Shadow => (format!("{}: {message}", shadow(finding.asked)), Vec::new()),
            Effect::Blocks | Effect::Warns | Effect::Told | Effect::Waived | Effect::Known => {
                (message + &asked_for(finding), finding::lowered_in_words(policy, finding))
            }
        };
        let places = self.places_in_words(&finding.places);
        let fix = format!("fix: {}", for_terminal(&finding.remedy));
        [message].into_iter().chain(places).chain(lowered).chain([fix]).collect::<Vec<_>>().join("; ")
    }

    /// The places that the remark's own line cannot say: a line of before the change, a value that is missing, others.
    fn places_in_words(&self, places: &[Place]) -> Option<String> {
        let is_told = |(nth, place): &(usize, &Place)| {
            *nth > 0 || place.side == Side::Before || !place.exact || place.span.is_none()
        };
        let told = places.iter().enumerate().filter(is_told);
        let told: Vec<String> = told.map(|(_, place)| snippet::in_full(&self.page, place)).collect();
        (!told.is_empty()).then(|| format!("at {}", listed(&told, ", ")))
    }

    fn broken(&self, policy: &PolicyReport, fault: &Fault) -> Remark {
        let effect = Effect::of_broken(policy);
        let weight = match effect {
            Effect::Shadow => shadow(policy.on_error.verdict()),
            Effect::Blocks | Effect::Warns | Effect::Told | Effect::Waived | Effect::Known => {
                format!("on-error: {}", broken::counts_as(policy))
            }
        };
        let said = fault.said().map(|said| format!("{}: `{}`", broken::said_by(fault), for_terminal(said)));
        let next = format!("next: {}", broken::next_step(fault));
        let parts = [broken::what(fault)].into_iter().chain(said).chain([weight, next]);
        Remark {
            id: policy.id.as_str().to_owned(),
            effect,
            spot: self.document(),
            pointer: String::new(),
            text: parts.collect::<Vec<_>>().join("; "),
        }
    }

    /// The decision itself, if nothing in the list is as hard: a list must never look better than the answer.
    fn decision(&self, remarks: &[Remark]) -> Option<Remark> {
        let effect = Effect::of(self.report.decision.verdict);
        let is_said = remarks.iter().any(|remark| remark.effect <= effect);
        let why = basis_in_words(self.report.decision.basis).unwrap_or("see the report in another format");
        (effect != Effect::Told && !is_said).then(|| Remark {
            id: "interlock/decision".to_owned(),
            effect,
            spot: self.document(),
            pointer: String::new(),
            text: format!("{}: {why}", self.report.decision.verdict),
        })
    }

    fn unread_files(&self) -> Option<Remark> {
        let paths = self.report.not_judged.iter().find_map(opaque_files)?;
        let first = paths.first()?;
        Some(Remark {
            id: "interlock/not-judged".to_owned(),
            effect: Effect::Told,
            spot: Spot { path: shown_path(first), line: 1, column: None },
            pointer: String::new(),
            text: format!("not judged: {}", summary::unread_in_words(paths)),
        })
    }

    fn spot(&self, place: &Place) -> Spot {
        Spot {
            path: path_now(self.report, place),
            line: place.span.map_or(1, |span| span.line.max(1)),
            column: place.span.map(|span| span.column.max(1)),
        }
    }

    /// The first line of the change document.
    fn document(&self) -> Spot {
        Spot { path: shown_path(&self.report.document.name), line: 1, column: None }
    }
}

fn shadow(asked: Verdict) -> String {
    format!("in shadow mode, does not count; would {asked}")
}

fn opaque_files(not_judged: &NotJudged) -> Option<&[Untrusted]> {
    match not_judged {
        NotJudged::OpaqueFiles(paths) => Some(paths),
        NotJudged::Calendar
        | NotJudged::CalendarZone(_)
        | NotJudged::Catalog
        | NotJudged::FileContents
        | NotJudged::Policy(_)
        | NotJudged::Shadow(_) => None,
    }
}

/// The file of a place as it is called after the change, which is where a tool looks for it.
pub(crate) fn path_now(report: &Report, place: &Place) -> String {
    shown_path(place.path.as_ref().unwrap_or(&report.document.name))
}

/// A path as GitLab and others compare it with those of a repository. One that is empty would be dropped by them.
fn shown_path(path: &Untrusted) -> String {
    let path = text_for_terminal(path.as_unescaped(), PATH_MAX);
    match path.trim_start_matches("./") {
        "" => "(unnamed)".to_owned(),
        path => path.to_owned(),
    }
}

#[cfg(test)]
mod tests;
