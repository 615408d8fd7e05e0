//! How much the plan risks in one step: with its first stage where much depends on it, and with its last.
//!
//! What the plan says of its own shares is for `staged-rollout`; here it is held against the services and the targets.

use interlock_guest::first_few;
use interlock_guest::prelude::*;

use crate::rules::{LAST_STAGE_SHARE, MANY_DEPENDENTS};
use crate::settings::Limits;

pub(crate) fn many_dependents(change: &Change, limits: &Limits) -> Option<Finding> {
    let max = limits.first_stage_traffic_bp_max;
    let (step, at) = match change.stages() {
        Some([first, _, ..]) if first.traffic_bp.known_and(|bp| i32::from(*bp) <= max) => return None,
        Some([Stage { traffic_bp: Some(bp), .. }, _, ..]) => {
            (text!("the first stage takes {bp} basis points of the traffic"), "/rollout/stages/0/traffic-bp")
        }
        Some([_, _, ..]) => {
            ("the first stage does not say how much traffic it takes".into(), "/rollout/stages/0/traffic-bp")
        }
        Some([] | [_]) | None => ("all of it changes in one step".into(), "/rollout/stages"),
    };
    let (who, service) = many(change, limits.dependents_max)?;
    let message = text!("{who}, and {step}; at most {max} basis points where they are more than {}", {
        limits.dependents_max
    });
    Some(MANY_DEPENDENTS.finding(Verdict::Warn, message).at(at).at(service))
}

/// Why many services may depend on what is changed, and where it says so. Counted for each service, because two of them
/// may have the same dependents; an unknown number is many.
fn many(change: &Change, max: i32) -> Option<(String, String)> {
    let Some(services) = change.services.as_deref().filter(|services| !services.is_empty()) else {
        return Some(("nobody knows which services it touches".into(), "/services".into()));
    };
    if services.len() > max as usize {
        return Some((text!("it touches {} services", services.len()), "/services".into()));
    }
    let is_many = |count: &u32| i64::from(*count) > i64::from(max);
    let of = |(index, service): (usize, &Service)| {
        let who = match service.dependents.filter(is_many) {
            Some(count) => text!("{count} services depend on `{}`", service.name),
            None => text!("nobody knows how many services depend on `{}`", service.name),
        };
        (who, text!("/services/{index}/dependents"))
    };
    let mut all = services.iter().enumerate();
    let known = all.clone().find(|(_, service)| service.dependents.known_and(is_many));
    known.or_else(|| all.find(|(_, service)| service.dependents.is_unknown())).map(of)
}

/// Shares are those of the targets, not those that the plan has put down. Of targets that state none, nothing can be
/// said.
pub(crate) fn last_stage_share(change: &Change, limits: &Limits) -> Option<Finding> {
    let targets = change.known_targets()?;
    if targets.iter().all(|target| target.traffic_bp.is_unknown()) {
        return None;
    }
    let earlier = match change.stages() {
        Some([earlier @ .., _]) => earlier,
        Some([]) | None => &[],
    };
    let left = || {
        let all = targets.iter().enumerate();
        all.filter(|(_, target)| !earlier.iter().any(|stage| stage.is_sure_to_reach(target)))
    };
    let share = share_bp(left().map(|(_, target)| target), targets);
    if i64::from(share) <= i64::from(limits.last_stage_traffic_bp_max) {
        return None;
    }
    let message = text!(
        "{} of {} targets, with {share} basis points of the traffic, wait for the last stage: {}; at most {}",
        left().count(),
        targets.len(),
        first_few(left().map(|(index, target)| target.in_words(index))),
        limits.last_stage_traffic_bp_max
    );
    let finding = LAST_STAGE_SHARE.finding(Verdict::Warn, message).at("/rollout/stages");
    Some(left().take(9).fold(finding, |finding, (index, _)| finding.at(text!("/targets/{index}"))))
}

/// What some of the targets carry. What no target states is carried by those that state nothing, by any of them.
fn share_bp<'a>(some: impl Iterator<Item = &'a Target> + Clone, all: &[Target]) -> u32 {
    let stated = |targets: &mut dyn Iterator<Item = &Target>| -> u32 {
        targets.filter_map(|target| target.traffic_bp).map(u32::from).sum()
    };
    let unstated = match some.clone().any(|target| target.traffic_bp.is_unknown()) {
        true => 10_000_u32.saturating_sub(stated(&mut all.iter())),
        false => 0,
    };
    stated(&mut some.clone()) + unstated
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(traffic_bp: Option<u16>) -> Target {
        Target {
            region: None,
            zone: None,
            cell: None,
            cluster: None,
            site_type: None,
            time_zone: None,
            traffic_bp,
            expected_version: None,
            running_version: None,
        }
    }

    #[test]
    fn what_no_target_states_may_be_in_any_that_states_nothing() {
        let all = [Some(2000), Some(1000), None, None].map(target);
        let share = |indices: &[usize]| share_bp(indices.iter().map(|index| &all[*index]), &all);
        assert_eq!(share(&[0, 1]), 3000);
        assert_eq!(share(&[1, 2]), 8000);
        assert_eq!(share(&[2, 3]), 7000);
        assert_eq!(share(&[]), 0);
    }
}
