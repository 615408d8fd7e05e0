//! Stock policy `rollback-ready`: before a change goes out there is a way back, it is short, and it was tried.
//!
//! It judges what is said of the way back, not whether it works. Where none is named, nothing else is asked of it: one
//! finding then weighs what all the others would.

use interlock_guest::prelude::*;
use interlock_guest::{found, is_blank, plain};

/// Thresholds.
#[derive(Settings)]
pub struct Limits {
    /// Tiers up to this number are blocked by irreversible and stale-backup; -1 blocks none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    block_tier_max: i32,
    /// Further tiers up to this number are warned by them; -1 warns none. Default 2: nobody waits for tier 3.
    #[setting(default = 2, range = -1..=3)]
    warn_tier_max: i32,
    /// Tiers up to this number are warned by slow-rollback, not-rehearsed and rollback-needs-target; -1 warns none.
    /// Default 1.
    #[setting(default = 1, range = -1..=3)]
    care_tier_max: i32,
    /// Tiers up to this number are blocked by rollback-needs-target; -1 blocks none. Default 0: the tier that others
    /// stand on.
    #[setting(default = 0, range = -1..=3)]
    needs_target_tier_max: i32,
    /// Longest time a rollback may take, in minutes. Default 10: Slack's goal, and Front Door's after 2025-10.
    #[setting(default = 10, range = 0..=10_080)]
    minutes_max: i32,
    /// Longest time since the last rehearsal, in days. Default 90: our choice, once a quarter.
    #[setting(default = 90, range = 0..=3650)]
    rehearsal_age_days_max: i32,
    /// Longest time since a backup was proved good, in hours. Default 24: our choice, at most a day's work is lost.
    #[setting(default = 24, range = 0..=8760)]
    backup_age_h_max: i32,
}

const NO_ROLLBACK: Rule = Rule {
    id: "no-rollback",
    title: "there is a way back",
    help: "whoever looks for the way back during the outage makes the outage longer",
    remedy: "state under `rollback` the `method`, the `minutes` it takes and whether the change is `reversible`",
    origin: Some(
        "2012-08-01 Knight Capital: no kill switch, and taking the new code away made it worse; 45 minutes",
    ),
    strictest: Verdict::Block,
};

const SLOW_ROLLBACK: Rule = Rule {
    id: "slow-rollback",
    title: "the way back is short",
    help: "an outage lasts at least as long as the way back",
    remedy: "prepare a quicker way back, such as a flag or the last good version kept ready, and state its `minutes`",
    origin: Some("2023-10-23 Yuque: six hours to copy and check a backup, nearly eight until all was back"),
    strictest: Verdict::Warn,
};

const NOT_REHEARSED: Rule = Rule {
    id: "not-rehearsed",
    title: "the way back was tried lately",
    help: "a way back that was never gone is a guess",
    remedy: "go the way back once where it harms nobody, and state when in `rollback.rehearsed-at`",
    origin: Some("2023-03-14 Reddit: hours of debate before a restore nobody had rehearsed; 314 minutes"),
    strictest: Verdict::Warn,
};

const IRREVERSIBLE: Rule = Rule {
    id: "irreversible",
    title: "what cannot be undone can be restored",
    help: "where there is no undo, the restore is the only way back, and it must have been tried",
    remedy: "rehearse the restore and state `rollback.rehearsed-at`; or state that it is `reversible`, if it is",
    origin: Some(
        "2022-04-05 Atlassian: 883 sites deleted for good; the restore was made for one site and took up to 14 days",
    ),
    strictest: Verdict::Block,
};

const STALE_BACKUP: Rule = Rule {
    id: "stale-backup",
    title: "what cannot be undone has a backup that was proved good",
    help: "a backup that nobody has read back is a hope",
    remedy: "read a backup back before the change, and state when in `rollback.backup-verified-at`",
    origin: Some("2017-01-31 GitLab: several kinds of backup did not work; six hours of data were lost"),
    strictest: Verdict::Block,
};

const ROLLBACK_NEEDS_TARGET: Rule = Rule {
    id: "rollback-needs-target",
    title: "the way back does not lead through what is changed",
    help: "if the change breaks what the rollback needs, there is no rollback",
    remedy: "take a way back that works while the service is down, and name what it needs in `rollback.depends-on`",
    origin: Some(
        "2024-04-08 Tencent Cloud: what the rollback needed itself needed the interface that was down",
    ),
    strictest: Verdict::Block,
};

#[policy(
    title = "before a change goes out there is a way back, it is short, and it was tried",
    rules = [NO_ROLLBACK, SLOW_ROLLBACK, NOT_REHEARSED, IRREVERSIBLE, STALE_BACKUP, ROLLBACK_NEEDS_TARGET]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    let case = |rollback| Case { change, rollback, question, limits };
    let named = change.rollback.as_ref().filter(|it| it.method.known_and(|method| !is_blank(method)));
    Ok(match named {
        Some(rollback) => case(rollback).findings(),
        None => no_rollback(change, &case(&UNKNOWN).findings()).into_iter().collect(),
    })
}

/// As hard as the hardest finding on a way back of which nothing is known, so that hiding it never helps.
fn no_rollback(change: &Change, others: &[Finding]) -> Option<Finding> {
    let (message, at) = match change.rollback {
        None => ("no way back is known", "/rollback"),
        Some(_) => ("the rollback does not say how it is done", "/rollback/method"),
    };
    let hardest = others.iter().find(|finding| finding.verdict == Verdict::Block).or(others.first())?;
    let finding = NO_ROLLBACK.finding(hardest.verdict, message).at(at);
    Some(finding.with_tier(change).with_reason_not_applicable(change, "/rollback"))
}

const UNKNOWN: Rollback = Rollback {
    method: None,
    minutes: None,
    rehearsed_epoch_min: None,
    reversible: None,
    depends_on: None,
    backup_verified_epoch_min: None,
};

/// One way back, and what it is judged by.
struct Case<'a> {
    change: &'a Change,
    rollback: &'a Rollback,
    question: &'a Question,
    limits: &'a Limits,
}

impl Case<'_> {
    fn findings(&self) -> Vec<Finding> {
        let irreversible = self.irreversible();
        let [not_rehearsed, stale_backup] = match self.question.asked_at {
            // What is fresh at merge need not be when the change goes out; it is asked again before it does.
            Phase::Merge => [None, None],
            // Whoever rehearses the restore proves the backup good, so that the same work is not asked for twice.
            Phase::Deploy | Phase::Promote if irreversible.is_some() => [None, None],
            Phase::Deploy | Phase::Promote => [self.not_rehearsed(), self.stale_backup()],
        };
        found([self.slow(), self.needs_target(), irreversible, not_rehearsed, stale_backup])
    }

    fn slow(&self) -> Option<Finding> {
        let max = self.limits.minutes_max;
        let message = match self.rollback.minutes {
            Some(minutes) if i64::from(minutes) <= i64::from(max) => return None,
            Some(minutes) => text!("the rollback takes {minutes} minutes; at most {max}"),
            None => "the rollback does not say how long it takes".into(),
        };
        Some(SLOW_ROLLBACK.finding(self.with_care()?, message).at("/rollback/minutes"))
    }

    fn needs_target(&self) -> Option<Finding> {
        let limits = self.limits;
        let by_tier = ByTier { block_max: limits.needs_target_tier_max, warn_max: limits.care_tier_max };
        let services = self.change.services.iter().flatten();
        let touched: Vec<String> = services.map(|service| plain(&service.name)).collect();
        let names: Option<Vec<&String>> = self
            .rollback
            .depends_on
            .as_ref()
            .map(|names| names.iter().filter(|it| !plain(it).is_empty()).collect());
        let message = match names.as_deref() {
            None => "the rollback does not say what it needs, so it may need what is changed".into(),
            // No rollback carries itself out, and emptying the list must not help.
            Some([]) => "the rollback names nothing that it needs, not even what carries it out".into(),
            Some([first, ..]) if touched.is_empty() => {
                text!("the rollback needs `{first}`, and it is not known which services are changed")
            }
            Some(names) => {
                let both = names.iter().find(|name| touched.contains(&plain(name)))?;
                text!("the rollback needs `{both}`, which is changed")
            }
        };
        Some(ROLLBACK_NEEDS_TARGET.finding(by_tier.verdict(self.change)?, message).at("/rollback/depends-on"))
    }

    fn irreversible(&self) -> Option<Finding> {
        let (why, at) = self.no_undo()?;
        if self.is_rehearsed() {
            return None;
        }
        let days = self.limits.rehearsal_age_days_max;
        let message = text!("{why}, and no restore was rehearsed in the last {days} days");
        Some(IRREVERSIBLE.finding(self.by_tier()?, message).at(at))
    }

    fn not_rehearsed(&self) -> Option<Finding> {
        if self.is_rehearsed() {
            return None;
        }
        let message = match self.rollback.rehearsed_epoch_min {
            Some(_) => {
                text!(
                    "the rollback was not rehearsed in the last {} days",
                    self.limits.rehearsal_age_days_max
                )
            }
            None => "it is not known when the rollback was last rehearsed".into(),
        };
        Some(NOT_REHEARSED.finding(self.with_care()?, message).at("/rollback/rehearsed-at"))
    }

    fn stale_backup(&self) -> Option<Finding> {
        let ((why, _), max) = (self.no_undo()?, self.limits.backup_age_h_max * 60);
        let verified = self.rollback.backup_verified_epoch_min;
        let message = match self.age_min(verified) {
            Some(age) if age <= max => return None,
            Some(age) => text!("{why}; a backup was last proved good {age} minutes ago, at most {max}"),
            None if verified.is_unknown() => {
                text!("{why}, and it is not known when a backup was last proved good")
            }
            None => text!("{why}, and the backup is to be proved good only after this is asked"),
        };
        Some(STALE_BACKUP.finding(self.by_tier()?, message).at("/rollback/backup-verified-at"))
    }

    /// Why the change may be one that cannot be undone, and where that stands. A permanent action is one, whatever the
    /// rollback says of itself.
    fn no_undo(&self) -> Option<(&'static str, &'static str)> {
        let permanent = self.change.action.as_ref().map(|action| action.permanent);
        match (self.rollback.reversible, permanent) {
            (Some(false), _) => Some(("the change cannot be undone", "/rollback/reversible")),
            (None, _) => Some(("it is not known whether the change can be undone", "/rollback/reversible")),
            (Some(true), Some(Some(true))) => Some(("its action is permanent", "/action/permanent")),
            (Some(true), Some(None)) => {
                Some(("it is not known whether its action is permanent", "/action/permanent"))
            }
            (Some(true), None | Some(Some(false))) => None,
        }
    }

    fn is_rehearsed(&self) -> bool {
        let max = self.limits.rehearsal_age_days_max * 24 * 60;
        self.age_min(self.rollback.rehearsed_epoch_min).known_and(|age| *age <= max)
    }

    /// Minutes since a moment. What is still to come is no evidence, and has no age.
    fn age_min(&self, at_epoch_min: Option<i32>) -> Option<i32> {
        self.question.evaluated_epoch_min.checked_sub(at_epoch_min?).filter(|age| *age >= 0)
    }

    fn by_tier(&self) -> Option<Verdict> {
        let limits = self.limits;
        ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max }.verdict(self.change)
    }

    fn with_care(&self) -> Option<Verdict> {
        ByTier { block_max: -1, warn_max: self.limits.care_tier_max }.verdict(self.change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_to_come_has_no_age() {
        let (change, limits) = (Change::unknown("c", ChangeKind::Config), Limits::default());
        let question = Question { evaluated_epoch_min: 1000, ..Question::at_deploy() };
        let case = Case { change: &change, rollback: &UNKNOWN, question: &question, limits: &limits };
        let ages = [None, Some(1001), Some(1000), Some(400)].map(|at| case.age_min(at));
        assert_eq!(ages, [None, None, Some(0), Some(600)]);
    }

    #[test]
    fn no_way_back_weighs_what_a_wholly_unknown_one_would() {
        let change = Change::unknown("c", ChangeKind::Config);
        let verdict = |needs_target_tier_max, care_tier_max| {
            let lax = Limits { block_tier_max: -1, warn_tier_max: -1, ..Limits::default() };
            let limits = Limits { needs_target_tier_max, care_tier_max, ..lax };
            let findings = judge(&change, &Question::at_deploy(), &limits).unwrap();
            findings.first().map(|finding| finding.verdict)
        };
        assert_eq!(verdict(0, 1), Some(Verdict::Block));
        assert_eq!(verdict(-1, 1), Some(Verdict::Warn));
        assert_eq!(verdict(-1, -1), None);
    }
}
