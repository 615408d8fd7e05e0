//! What stands against a change, the worst first, and what is said about it: for the formats that list problems one by
//! one. Policies in shadow mode stand against nothing; formats that have a place for what they found ask for it.
//!
//! Every text made here is visible (`escape::for_viewer`); a format still escapes it for its own syntax.

use interlock_model::{
    ChangeDocument, Evidence, Fault, JudgedFinding, Mode, Place, PolicyReport, Report, Side, Verdict,
};

use crate::escape::for_viewer;
use crate::region::{self, Region, Spot};
use crate::text::{
    FAULT_MAX, basis_in_words, counting, counts_and_rest, counts_as, fault, judged, lowered_in_words,
    next_step, rule_id, said_by, which,
};

/// The rule under which a broken policy is listed. `interlock` is the host's name, which no policy can be bound under.
pub(crate) const BROKEN: &str = "interlock/broken-policy";

/// Characters of one text.
const TEXT_MAX: usize = 1_000;
/// Characters of one name.
const NAME_MAX: usize = 160;
/// Places and facts that are named after the first.
const LISTED: usize = 5;

/// One thing that stands against a change.
#[derive(Clone, Copy)]
pub(crate) struct Standing<'a> {
    pub(crate) policy: &'a PolicyReport,
    pub(crate) what: Problem<'a>,
    /// What it weighs.
    pub(crate) weight: Verdict,
}

/// What sort of problem it is.
#[derive(Clone, Copy)]
pub(crate) enum Problem<'a> {
    Finding(&'a JudgedFinding),
    Broken(&'a Fault),
}

/// Everything that stands against the change: the heaviest first, among equals findings before broken policies, and
/// then the report's order.
pub(crate) fn standing(report: &Report) -> Vec<Standing<'_>> {
    let mut all: Vec<Standing<'_>> = counting(report).flat_map(of_policy).collect();
    all.sort_by_key(|it| (std::cmp::Reverse(it.weight), it.what.is_broken()));
    all
}

/// What policies in shadow mode found, and how they broke. It counts for nothing.
pub(crate) fn in_shadow(report: &Report) -> Vec<Standing<'_>> {
    let is_shadow = |policy: &&PolicyReport| match policy.mode {
        Mode::Enforce | Mode::Warn => false,
        Mode::Shadow => true,
    };
    report.policies.iter().filter(is_shadow).flat_map(of_policy).collect()
}

fn of_policy(policy: &PolicyReport) -> impl Iterator<Item = Standing<'_>> {
    let findings = judged(policy).iter().map(move |finding| Standing {
        policy,
        what: Problem::Finding(finding),
        weight: finding.verdict,
    });
    let broken =
        fault(policy).map(|fault| Standing { policy, what: Problem::Broken(fault), weight: policy.verdict });
    findings.chain(broken)
}

impl Problem<'_> {
    fn is_broken(self) -> bool {
        match self {
            Self::Finding(_) => false,
            Self::Broken(_) => true,
        }
    }
}

impl<'a> Standing<'a> {
    /// `policy/rule`.
    pub(crate) fn rule_id(&self) -> String {
        match self.what {
            Problem::Finding(finding) => rule_id(&self.policy.id, &finding.rule),
            Problem::Broken(_) => BROKEN.to_owned(),
        }
    }

    /// How loudly it is said: a policy that is broken and let through is still broken.
    pub(crate) fn severity(&self) -> Verdict {
        match self.what {
            Problem::Finding(_) => self.weight,
            Problem::Broken(_) => self.weight.max(Verdict::Warn),
        }
    }

    /// Where it is shown: the first place, or the start of the change document.
    pub(crate) fn spot(&self, report: &'a Report, document: &'a ChangeDocument) -> Spot<'a> {
        match self.places().first() {
            Some(place) => region::spot(report, document, place),
            None => region::document_start(report),
        }
    }

    /// Its places, best first.
    pub(crate) fn places(&self) -> &'a [Place] {
        match self.what {
            Problem::Finding(finding) => &finding.places,
            Problem::Broken(_) => &[],
        }
    }

    /// What is wrong, in one line.
    pub(crate) fn title(&self) -> String {
        match self.what {
            Problem::Finding(finding) if finding.asked == finding.verdict => {
                text(finding.message.as_unescaped())
            }
            Problem::Finding(finding) => {
                format!("{} (asked for: {})", text(finding.message.as_unescaped()), finding.asked)
            }
            Problem::Broken(fault) => {
                let what = for_viewer(&fault.to_string(), FAULT_MAX);
                format!("policy `{}` could not judge: it {what}", self.policy.id)
            }
        }
    }

    /// What more there is to say, one line each: what mends it first.
    pub(crate) fn notes(&self, report: &Report, document: &ChangeDocument) -> Vec<String> {
        match self.what {
            Problem::Finding(finding) => self.finding_notes(finding, report, document),
            Problem::Broken(fault) => self.fault_notes(fault),
        }
    }

    fn finding_notes(
        &self,
        finding: &JudgedFinding,
        report: &Report,
        document: &ChangeDocument,
    ) -> Vec<String> {
        let mut notes = vec![format!("fix: {}", text(finding.remedy.as_unescaped()))];
        notes.push(format!("why: {}", text(finding.why.as_unescaped())));
        notes.extend(finding.origin.iter().map(|it| format!("see: {}", text(it.as_unescaped()))));
        notes.extend(lowered_in_words(self.policy, finding));
        notes.extend(first_place(finding, report, document));
        notes.extend(listed("also at", finding.places.iter().skip(1), |it| in_words(report, document, it)));
        notes.extend(listed("facts:", finding.evidence.iter(), fact));
        notes
    }

    fn fault_notes(&self, fault: &Fault) -> Vec<String> {
        let said = fault.said().map(|it| format!("{}: `{}`", said_by(fault), text(it.as_unescaped())));
        let rest = [
            format!("which: {}", which(self.policy)),
            format!("on-error: {}", counts_as(self.policy)),
            format!("next: {}", next_step(fault)),
        ];
        said.into_iter().chain(rest).collect()
    }
}

/// The answer in one line: verdict, change, what decides, what was counted and what was not judged.
pub(crate) fn answer(report: &Report) -> String {
    let basis = basis_in_words(report.decision.basis).map(|basis| format!(" ({basis})"));
    format!(
        "{}: change `{}` in `{}`{}; {}",
        report.decision.verdict,
        name(report.change_id.as_unescaped()),
        name(report.document.name.as_unescaped()),
        basis.unwrap_or_default(),
        counts_and_rest(report),
    )
}

/// What line and column cannot say of the first place.
fn first_place(finding: &JudgedFinding, report: &Report, document: &ChangeDocument) -> Option<String> {
    let place = finding.places.first()?;
    let spot = region::spot(report, document, place);
    let is_plain = spot.side == Side::After && place.exact && spot.region.is_some();
    let missing = if place.exact { "" } else { ", which is not there; shown: its nearest parent" };
    let missing = if spot.region.is_some() { missing } else { ", in a file that was not read" };
    (!is_plain).then(|| format!("at {}{missing}", in_words(report, document, place)))
}

/// `file:line:column` (pointer, side) in backticks.
pub(crate) fn in_words(report: &Report, document: &ChangeDocument, place: &Place) -> String {
    let spot = region::spot(report, document, place);
    let line = spot.region.map(|Region { line, columns, .. }| format!(":{line}:{}", columns.start));
    let pointer = match place.pointer.as_str() {
        "" => "as a whole".to_owned(),
        pointer => format!("`{}`", name(pointer)),
    };
    let side = match spot.side {
        Side::Before => ", before the change",
        Side::After => "",
    };
    format!("`{}{}` ({pointer}{side})", name(spot.file), line.unwrap_or_default())
}

fn fact(fact: &Evidence) -> String {
    format!("{} = {}", name(fact.key.as_unescaped()), name(fact.value.as_unescaped()))
}

/// The first few in one line, and how many more there are.
fn listed<'a, T: 'a>(
    label: &str,
    items: impl Iterator<Item = &'a T>,
    words: impl Fn(&T) -> String,
) -> Option<String> {
    let items: Vec<&T> = items.collect();
    let first: Vec<String> = items.iter().take(LISTED).map(|it| words(it)).collect();
    let more = items.len().saturating_sub(LISTED);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    (!first.is_empty()).then(|| format!("{label} {}{more}", first.join("; ")))
}

/// A text of somebody else's as it can be shown.
pub(crate) fn text(text: &str) -> String {
    for_viewer(text, TEXT_MAX)
}

/// The same for a name, which has less room.
pub(crate) fn name(name: &str) -> String {
    for_viewer(name, NAME_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn rules(report: &Report) -> Vec<String> {
        standing(report).iter().map(|it| format!("{} {}", it.weight, it.rule_id())).collect()
    }

    #[test]
    fn the_worst_comes_first_and_shadow_not_at_all() {
        let (report, _) = fixture::alibaba();
        assert_eq!(
            rules(&report).into_iter().take(6).collect::<Vec<_>>(),
            [
                "block canary-evidence/no-canary",
                "block change-window/weekend",
                "block staged-rollout/all-at-once",
                "block tested-scope/untested",
                "block interlock/broken-policy",
                "warn tested-scope/scope-not-tested",
            ]
        );
        let (report, _) = fixture::governed();
        assert_eq!(
            rules(&report),
            [
                "block config-sanity/list-shrink",
                "block config-sanity/numeric-ratio",
                "warn change-window/weekend",
                "warn config-sanity/match-all",
                "warn rollback-ready/not-rehearsed",
            ]
        );
        assert_eq!(in_shadow(&report).len(), 6);
    }

    #[test]
    fn who_lowered_it_and_where_it_was_are_said() {
        let (report, document) = fixture::governed();
        let notes: Vec<String> =
            standing(&report).iter().flat_map(|it| it.notes(&report, &document)).collect();
        for expect in [
            "waived by `Li Wei` until 2023-11-13T00:00Z: the certificate runs out on Monday",
            "known: the baseline accepts it as it is said here",
            "lowered by the policy set: `rollback-ready` is bound in mode `warn`",
            "at `edge.yaml:1:1` (`/prefixes`, before the change)",
            "also at `bin/tool` (`/prefixes`)",
            "at `change-config.yaml:2:1` (`/rollback`), which is not there; shown: its nearest parent",
        ] {
            assert!(notes.iter().any(|it| it == expect), "{expect:?} in {notes:#?}");
        }
    }
}
