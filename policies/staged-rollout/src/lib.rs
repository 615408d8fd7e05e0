//! Stock policy `staged-rollout`: a change to something others stand on goes out in stages, the first one small.
//!
//! It judges the plan alone. Whether the first stage is a canary that anybody looks at is `canary-evidence`.
//!
//! On 2023-11-12 a configuration of Alibaba Cloud's object storage authentication reached every region in one step.
//! Of 82 public outages that a change set off, "everything at once, on something foundational" is what most share.

use std::collections::BTreeSet;

use interlock_guest::prelude::*;

/// Thresholds. Shares are basis points of all traffic, times are seconds.
#[derive(Settings)]
pub struct Limits {
    /// Tiers up to this number are blocked; -1 blocks none. Default 0: the tier that others stand on.
    #[setting(default = 0, range = -1..=3)]
    block_tier_max: i32,
    /// Further tiers up to this number are warned; -1 warns none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    warn_tier_max: i32,
    /// Most traffic the first stage may take, in basis points. Default 1000: AWS's one-box takes at most 10 %.
    #[setting(default = 1000, range = 0..=10_000)]
    first_stage_traffic_bp_max: i32,
    /// Most regions the first stage may reach. Default 1: AWS and Microsoft never start in two.
    #[setting(default = 1, range = 1..=1000)]
    first_stage_regions_max: i32,
    /// Most traffic a later stage may add, in basis points. Default 5000: on 2022-06-21 Cloudflare's last step held half of its traffic.
    #[setting(default = 5000, range = 0..=10_000)]
    stage_traffic_bp_max: i32,
    /// Shortest wait after a middle stage, in seconds. Default 1800: the least AWS Config's rule for AppConfig asks for.
    #[setting(default = 1800, range = 0..=604_800)]
    bake_s_min: i32,
}

const ALL_AT_ONCE: Rule = Rule {
    id: "all-at-once",
    title: "a change reaches its targets in more than one stage",
    help: "when every target changes in one step, the first sign of trouble is an outage everywhere",
    remedy: "plan at least two stages in `rollout.stages`, the first with one region and little traffic",
    origin: Some("2023-11-12 Alibaba Cloud: an authentication configuration went to every region at once"),
    strictest: Verdict::Block,
};

const FIRST_STAGE_TOO_WIDE: Rule = Rule {
    id: "first-stage-too-wide",
    title: "the first stage reaches little",
    help: "the first stage is where a bad change is found; what it reaches is what is lost",
    remedy: "let the first stage take one region and at most 1000 basis points of traffic, and state both",
    origin: Some("2023-10-23 Yuque: the first step of a new operations tool reached too much"),
    strictest: Verdict::Block,
};

const STAGE_TOO_WIDE: Rule = Rule {
    id: "stage-too-wide",
    title: "no later stage adds more than half of the traffic, and none is left over",
    help: "a plan whose last step holds most of the traffic is a plan on paper",
    remedy: "split the stage, and state `traffic-bp` (cumulative) for each",
    origin: Some("2022-06-21 Cloudflare: the last step held 19 locations and half of the requests"),
    strictest: Verdict::Block,
};

const BAKE_TOO_SHORT: Rule = Rule {
    id: "bake-too-short",
    title: "each middle stage is watched before the next starts",
    help: "stages that follow each other without a wait are one stage",
    remedy: "state a `bake-s` of at least 1800 for every stage but the last",
    origin: Some("2022-06-21 Cloudflare: ten minutes lay between the busy locations and the busiest"),
    strictest: Verdict::Block,
};

const TARGET_OUTSIDE_PLAN: Rule = Rule {
    id: "target-outside-plan",
    title: "every target is in a stage",
    help: "a target that no stage names changes at a time nobody planned",
    remedy: "name the target's region, zone, cell, cluster or site type in a stage, or take it off the targets",
    origin: Some("2012-08-01 Knight Capital: one of eight servers was left out"),
    strictest: Verdict::Block,
};

#[policy(
    title = "a change to something others stand on goes out in stages, the first one small",
    rules = [ALL_AT_ONCE, FIRST_STAGE_TOO_WIDE, STAGE_TOO_WIDE, BAKE_TOO_SHORT, TARGET_OUTSIDE_PLAN]
)]
fn judge(change: &Change, _question: &Question, limits: &Limits) -> Judgement {
    let by_tier = ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max };
    let Some(verdict) = by_tier.verdict(change) else { return Ok(vec![]) };

    let Some([first, later @ ..]) = change.stages().filter(|stages| stages.len() > 1) else {
        return Ok(vec![all_at_once(change, verdict)]);
    };
    let mut findings = vec![];
    findings.extend(first_stage(change, first, limits, verdict));
    findings.extend(steps(first, later).filter_map(|step| too_wide(&step, limits, verdict)));
    findings.extend(unplanned_rest(later, limits, verdict));
    let middle = later.iter().enumerate().take(later.len() - 1);
    findings.extend(middle.filter_map(|(index, stage)| bake(index + 1, stage, limits, verdict)));
    findings.extend(outside_plan(change, verdict));
    Ok(findings)
}

fn all_at_once(change: &Change, verdict: Verdict) -> Finding {
    let reach = match change.known_targets() {
        Some([_]) => "its one target".into(),
        Some(targets) if !targets.is_empty() => text!("all {} targets", targets.len()),
        Some(_) | None => "every target there is".into(),
    };
    let message = match change.stages() {
        Some([stage]) => match &stage.name {
            Some(name) => text!("one stage, `{name}`, reaches {reach}"),
            None => text!("one stage reaches {reach}"),
        },
        Some(_) => text!("the plan has no stages, so the change reaches {reach} at once"),
        None => text!("no stages are known, so the change is taken to reach {reach} at once"),
    };
    ALL_AT_ONCE
        .finding(verdict, message)
        .at("/rollout/stages")
        .with_tier(change)
        .with_reason_not_applicable(change, "/rollout")
}

fn first_stage(change: &Change, first: &Stage, limits: &Limits, verdict: Verdict) -> Option<Finding> {
    let traffic_max = limits.first_stage_traffic_bp_max;
    let Some(traffic) = first.traffic_bp else {
        let message = "the first stage does not say how much traffic it takes";
        return Some(FIRST_STAGE_TOO_WIDE.finding(verdict, message).at("/rollout/stages/0/traffic-bp"));
    };
    if i32::from(traffic) > traffic_max {
        let message =
            text!("the first stage takes {traffic} basis points of the traffic; at most {traffic_max} may");
        return Some(FIRST_STAGE_TOO_WIDE.finding(verdict, message).at("/rollout/stages/0/traffic-bp"));
    }
    let regions_max = limits.first_stage_regions_max;
    let message = match regions_reached(change, first) {
        Some(0) => "the first stage reaches no target, so the second is the first".into(),
        Some(regions) if regions <= regions_max as usize => return None,
        Some(regions) => text!("the first stage reaches {regions} regions; at most {regions_max} may"),
        None => "the first stage does not say which targets it reaches".into(),
    };
    Some(FIRST_STAGE_TOO_WIDE.finding(verdict, message).at("/rollout/stages/0/targets"))
}

/// How many regions a stage reaches. A name that means no known target counts as a region of its own, and so does a
/// target whose region is unknown. Unknown names, or `*` over unknown targets, reach an unknown number.
fn regions_reached(change: &Change, stage: &Stage) -> Option<usize> {
    let names = stage.targets.as_ref()?;
    let targets = change.known_targets();
    if targets.is_none() && names.iter().any(|name| name == "*") {
        return None;
    }
    let mut regions: BTreeSet<&str> = BTreeSet::new();
    let mut without_region = 0;
    for name in names {
        let mut meant = targets.into_iter().flatten().filter(|target| target.is_named(name)).peekable();
        if meant.peek().is_none() {
            regions.insert(name);
        }
        for target in meant {
            match &target.region {
                Some(region) => _ = regions.insert(region),
                None => without_region += 1,
            }
        }
    }
    Some(regions.len() + without_region)
}

/// One later stage, and what it adds to the stage before.
struct Step<'a> {
    index: usize,
    stage: &'a Stage,
    added_bp: u16,
}

/// Unknown traffic is everything after a stage and nothing before it, so that leaving it out never narrows a step.
fn steps<'a>(first: &'a Stage, later: &'a [Stage]) -> impl Iterator<Item = Step<'a>> {
    let before = std::iter::once(first).chain(later);
    before.zip(later).enumerate().map(|(index, (before, stage))| {
        let from = before.traffic_bp.map_or(0, |bp| bp);
        let to = stage.traffic_bp.map_or(10_000, |bp| bp);
        Step { index: index + 1, stage, added_bp: to.saturating_sub(from) }
    })
}

fn too_wide(step: &Step<'_>, limits: &Limits, verdict: Verdict) -> Option<Finding> {
    let (added, max) = (step.added_bp, limits.stage_traffic_bp_max);
    if i32::from(added) <= max && !step.stage.traffic_bp.is_unknown() {
        return None;
    }
    let message = match step.stage.traffic_bp {
        Some(_) => {
            text!("stage {} adds {added} basis points of the traffic; at most {max} may", step.index + 1)
        }
        None => text!("stage {} does not say how much traffic it takes", step.index + 1),
    };
    Some(STAGE_TOO_WIDE.finding(verdict, message).at(text!("/rollout/stages/{}/traffic-bp", step.index)))
}

/// What the last stage leaves is a stage of its own, planned by nobody. Most often `traffic-bp` was not cumulative.
fn unplanned_rest(later: &[Stage], limits: &Limits, verdict: Verdict) -> Option<Finding> {
    let (last, max) = (later.last()?.traffic_bp?, limits.stage_traffic_bp_max);
    let rest = 10_000_u16.saturating_sub(last);
    if i32::from(rest) <= max {
        return None;
    }
    let message = text!(
        "the last stage ends at {last} basis points; the other {rest} are in no stage (it is cumulative)"
    );
    Some(STAGE_TOO_WIDE.finding(verdict, message).at(text!("/rollout/stages/{}/traffic-bp", later.len())))
}

fn bake(index: usize, stage: &Stage, limits: &Limits, verdict: Verdict) -> Option<Finding> {
    let min = limits.bake_s_min;
    let message = match stage.bake_s {
        Some(bake) if i64::from(bake) >= i64::from(min) => return None,
        Some(bake) => {
            text!("stage {} is watched for {bake} s before the next; at least {min} s", index + 1)
        }
        None => text!("stage {} does not say how long it is watched before the next", index + 1),
    };
    Some(BAKE_TOO_SHORT.finding(verdict, message).at(text!("/rollout/stages/{index}/bake-s")))
}

fn outside_plan(change: &Change, verdict: Verdict) -> Vec<Finding> {
    let planned: Vec<&String> =
        change.stages().into_iter().flatten().flat_map(|stage| stage.targets.iter().flatten()).collect();
    let targets = change.known_targets().into_iter().flatten().enumerate();
    let unplanned = targets.filter(|(_, target)| !planned.iter().any(|name| target.is_named(name)));
    unplanned
        .map(|(index, target)| {
            let name = Place::ALL.iter().find_map(|place| place.of(target));
            let message = match name {
                Some(name) => text!("no stage reaches the target `{name}`"),
                None => text!("no stage reaches target {}", index + 1),
            };
            TARGET_OUTSIDE_PLAN.finding(verdict, message).at(text!("/targets/{index}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_traffic_never_narrows_a_step() {
        let stage = |traffic_bp| Stage {
            name: None,
            targets: None,
            traffic_bp,
            bake_s: None,
            min_requests: None,
            gate: None,
        };
        let added = |before, after| steps(&stage(before), &[stage(after)]).map(|step| step.added_bp).next();
        assert_eq!(added(Some(1000), Some(4000)), Some(3000));
        assert_eq!(added(None, Some(4000)), Some(4000));
        assert_eq!(added(Some(1000), None), Some(9000));
    }
}
