//! Policy `policy-name`: somebody answers for every service a change touches, and no change reaches too many regions.
//!
//! Two rules to begin with. Replace them with yours: what a policy is shown is in `interlock/wit/policy.wit`.

use std::collections::BTreeSet;

use interlock_guest::prelude::*;

/// Thresholds. The comments are what `interlock explain` and `interlock inspect` show.
#[derive(Settings)]
pub struct Limits {
    /// Tiers up to this number are blocked by no-owner; -1 blocks none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    block_tier_max: i32,
    /// Most regions that one change may reach. Default 3.
    #[setting(default = 3, range = 1..=1000)]
    regions_max: i32,
}

const NO_OWNER: Rule = Rule {
    id: "no-owner",
    title: "somebody answers for every service it touches",
    help: "when it goes wrong, the first hour is lost on finding out whom to call",
    remedy: "name the `owner` of each service in `services`, or in the service catalog",
    // A public incident or practice that the rule answers, with its date. `None`: a house rule.
    origin: None,
    strictest: Verdict::Block,
};

const TOO_WIDE: Rule = Rule {
    id: "too-wide",
    title: "one change reaches few regions",
    help: "what breaks everywhere at once leaves nowhere to turn to",
    remedy: "split the change by region, or raise `regions-max` for this policy",
    origin: Some("2019-06-02 Google Cloud: a change for one region was applied in several"),
    strictest: Verdict::Warn,
};

#[policy(
    title = "every service has an owner, and a change reaches few regions",
    rules = [NO_OWNER, TOO_WIDE]
)]
fn judge(change: &Change, _question: &Question, limits: &Limits) -> Judgement {
    Ok([no_owner(change, limits), too_wide(change, limits)].into_iter().flatten().collect())
}

/// Unknown is not fine: a change that does not say what it touches is judged like one that touches what nobody owns.
fn no_owner(change: &Change, limits: &Limits) -> Option<Finding> {
    let is_strict = i32::from(change.tier()) <= limits.block_tier_max;
    let verdict = if is_strict { Verdict::Block } else { Verdict::Warn };
    let (message, at) = match change.services.as_deref() {
        None | Some([]) => ("nobody knows which services it touches".to_owned(), "/services".to_owned()),
        Some(services) => {
            let (index, service) = services.iter().enumerate().find(|(_, it)| is_ownerless(it))?;
            (text!("nobody is known to answer for `{}`", service.name), text!("/services/{index}/owner"))
        }
    };
    Some(NO_OWNER.finding(verdict, message).at(at).with_tier(change))
}

fn is_ownerless(service: &Service) -> bool {
    service.owner.unknown_or(|owner| owner.trim().is_empty())
}

fn too_wide(change: &Change, limits: &Limits) -> Option<Finding> {
    let max = limits.regions_max as usize;
    let message = match change.known_targets() {
        Some(targets) if regions(targets) <= max => return None,
        Some(targets) => text!("it reaches {} regions; at most {max}", regions(targets)),
        None => "it is not known how many regions it reaches".to_owned(),
    };
    Some(TOO_WIDE.finding(Verdict::Warn, message).at("/targets"))
}

/// Different regions. A target that does not name its region may stand in one of its own.
fn regions(targets: &[Target]) -> usize {
    let named: BTreeSet<&str> = targets.iter().filter_map(|target| target.region.as_deref()).collect();
    let unnamed = targets.iter().filter(|target| target.region.is_unknown()).count();
    named.len() + unnamed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules_found(change: &Change) -> Vec<String> {
        let findings = judge(change, &Question::at_deploy(), &Limits::default());
        findings.into_iter().flatten().map(|finding| finding.rule).collect()
    }

    #[test]
    fn what_nobody_knows_is_found() {
        let change = Change::unknown("c", ChangeKind::Config);
        assert_eq!(rules_found(&change), ["no-owner", "too-wide"]);
    }

    #[test]
    fn what_is_known_to_reach_nowhere_is_not_too_wide() {
        let change = Change { targets: Some(vec![]), ..Change::unknown("c", ChangeKind::Config) };
        assert_eq!(rules_found(&change), ["no-owner"]);
    }
}
