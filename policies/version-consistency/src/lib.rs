//! Stock policy `version-consistency`: every target of the stage that comes next runs what the change expects to find.
//!
//! It compares what a target has to run when the change arrives with what was seen to run there. What the change itself
//! ships is not its business, and neither is a target that an earlier stage has changed.
//!
//! On 2012-08-01 a flag was switched on for eight servers of Knight Capital. Seven of them had the code it was meant for; on
//! the eighth it woke another function.

mod rules;

use interlock_guest::prelude::*;
use interlock_guest::{first_few, found, is_blank};

use rules::{OTHER_VERSION, VERSION_UNSTATED};

/// How hard it is.
#[derive(Settings)]
pub struct Limits {
    /// Tiers up to this number are blocked; -1 blocks none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    block_tier_max: i32,
    /// Further tiers up to this number are warned; -1 warns none. Default 3: whoever states what has to run, needs it.
    #[setting(default = 3, range = -1..=3)]
    warn_tier_max: i32,
}

/// Most pairs of versions that are named in one message.
const PAIRS_MAX: usize = 3;

/// Most places a finding points at.
const PLACES_MAX: usize = 9;

#[policy(
    title = "every target of the stage that comes next runs what the change expects to find",
    rules = [OTHER_VERSION, VERSION_UNSTATED]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    match question.asked_at {
        // What runs when a change is merged is not what runs when it arrives.
        Phase::Merge => return Ok(vec![]),
        Phase::Deploy | Phase::Promote => {}
    }
    let Some(targets) = change.known_targets() else { return Ok(vec![]) };
    if targets.iter().all(|target| target.expected_version.is_unknown()) {
        return Ok(vec![]);
    }
    let by_tier = ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max };
    let Some(verdict) = by_tier.verdict(change) else { return Ok(vec![]) };
    let due = Due::of(change, targets, question);
    let with_tier = |finding: Finding| finding.with_tier(change);
    Ok(found([due.other_version(verdict).map(with_tier), due.unstated(targets).map(with_tier)]))
}

/// The targets that the change reaches next.
struct Due<'a> {
    /// For people.
    stage: String,
    targets: Vec<(usize, &'a Target)>,
}

impl<'a> Due<'a> {
    /// Those of the next stage, without those of which it is sure that a stage before has changed them. A stage that reaches
    /// no target by what it says, is not known, or was not planned, may reach any.
    fn of(change: &Change, targets: &'a [Target], question: &Question) -> Self {
        let done = question.progress.map_or(0, |progress| progress.stages_done as usize);
        let stages = change.stages().map_or([].as_slice(), |stages| stages);
        let next = stages.get(done);
        let is_changed =
            |target: &Target| stages.iter().take(done).any(|stage| stage.is_sure_to_reach(target));
        let reach = next.filter(|next| targets.iter().any(|target| next.is_sure_to_reach(target)));
        let is_due =
            |target: &Target| !is_changed(target) && reach.unknown_or(|stage| stage.is_sure_to_reach(target));
        let mut due = Vec::new();
        for (index, target) in targets.iter().enumerate() {
            if is_due(target) {
                due.push((index, target));
            }
        }
        Self { stage: in_words(next, done), targets: due }
    }

    /// All targets that are not known to run what is expected, those with the same two versions together.
    fn other_version(&self, verdict: Verdict) -> Option<Finding> {
        let mut wrong = Vec::new();
        for due in &self.targets {
            if is_wrong(due.1) {
                wrong.push(due);
            }
        }
        if wrong.is_empty() {
            return None;
        }
        let mut pairs: Vec<Versions<'_>> = Vec::new();
        for (_, target) in &wrong {
            let pair = Versions::of(target);
            if !pairs.contains(&pair) && pairs.len() <= PAIRS_MAX {
                pairs.push(pair);
            }
        }
        let mut message = text!(
            "{}: {} of {} targets are not known to run what is expected",
            self.stage,
            wrong.len(),
            self.targets.len()
        );
        for (index, pair) in pairs.iter().enumerate() {
            let before = if index == 0 { ": " } else { "; " };
            if index == PAIRS_MAX {
                message = text!("{message}{before}and others");
                break;
            }
            let those = wrong.iter().filter(|(_, target)| Versions::of(target) == *pair);
            let names = first_few(those.map(|(index, target)| target.in_words(*index)));
            message = text!("{message}{before}{names} {}", pair.in_words());
        }
        let places =
            wrong.iter().take(PLACES_MAX).map(|(index, _)| text!("/targets/{index}/running-version"));
        Some(places.fold(OTHER_VERSION.finding(verdict, message), |finding, place| finding.at(place)))
    }

    /// A warning: nothing that is known is wrong there, and what runs may be right. It is one of the others all the same if
    /// it runs what any target of this change has to run.
    fn unstated(&self, all: &[Target]) -> Option<Finding> {
        let is_one_of_them = |target: &Target| {
            target.running_version.known_and(|running| {
                all.iter().any(|other| other.expected_version.known_and(|expected| expected == running))
            })
        };
        let mut unstated = Vec::new();
        for due in &self.targets {
            if due.1.expected_version.is_unknown() && !is_one_of_them(due.1) {
                unstated.push(due);
            }
        }
        if unstated.is_empty() {
            return None;
        }
        let message = text!(
            "{}: nobody says what has to run on {} of {} targets: {}",
            self.stage,
            unstated.len(),
            self.targets.len(),
            first_few(unstated.iter().map(|(index, target)| target.in_words(*index)))
        );
        let places =
            unstated.iter().take(PLACES_MAX).map(|(index, _)| text!("/targets/{index}/expected-version"));
        Some(
            places.fold(VERSION_UNSTATED.finding(Verdict::Warn, message), |finding, place| finding.at(place)),
        )
    }
}

/// The two versions of a target.
#[derive(PartialEq, Eq)]
struct Versions<'a> {
    expected: Option<&'a str>,
    running: Option<&'a str>,
}

impl<'a> Versions<'a> {
    fn of(target: &'a Target) -> Self {
        Self { expected: target.expected_version.as_deref(), running: target.running_version.as_deref() }
    }

    fn in_words(&self) -> String {
        let running = match self.running {
            Some(running) => text!("with `{running}`"),
            None => "with nobody knows what".into(),
        };
        match self.expected {
            Some(expected) => text!("{running} instead of `{expected}`"),
            None => running,
        }
    }
}

/// The same text, letter by letter: two versions that look alike are two. A blank one is no version.
fn is_wrong(target: &Target) -> bool {
    target.expected_version.known_and(|expected| {
        is_blank(expected) || target.running_version.unknown_or(|running| running != expected)
    })
}

fn in_words(next: Option<&Stage>, done: usize) -> String {
    match next {
        None => "next".into(),
        Some(Stage { name: Some(name), .. }) => text!("stage {}, `{name}`", done + 1),
        Some(_) => text!("stage {}", done + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(cell: &str, running: Option<&str>) -> Target {
        Target {
            region: None,
            zone: None,
            cell: Some(cell.into()),
            cluster: None,
            site_type: None,
            time_zone: None,
            traffic_bp: None,
            expected_version: Some("7.2".into()),
            running_version: running.map(Into::into),
        }
    }

    fn message(targets: Vec<Target>) -> Option<String> {
        let mut change = Change::unknown("c", ChangeKind::Flag);
        change.targets = Some(targets);
        let findings = judge(&change, &Question::at_deploy(), &Limits::default()).unwrap();
        findings.into_iter().map(|finding| finding.message).next()
    }

    #[test]
    fn targets_with_the_same_two_versions_are_named_together() {
        let targets = vec![
            target("a", Some("7.1")),
            target("b", Some("7.2")),
            target("c", None),
            target("d", Some("7.1")),
        ];
        let expected = "next: 3 of 4 targets are not known to run what is expected: `a`, `d` with `7.1` instead of \
                        `7.2`; `c` with nobody knows what instead of `7.2`";
        assert_eq!(message(targets).as_deref(), Some(expected));
        assert_eq!(message(vec![target("a", Some("7.2"))]), None);
    }

    #[test]
    fn of_many_pairs_of_versions_the_first_few_are_named() {
        let targets = ["1", "2", "3", "4", "5"].map(|version| target(version, Some(version))).to_vec();
        let message = message(targets).unwrap();
        assert!(message.ends_with("`3` with `3` instead of `7.2`; and others"), "{message}");
    }
}
