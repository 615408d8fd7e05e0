//! Stock policy `canary-evidence`: a small part goes first, somebody or something looks, and what it saw is known.
//!
//! Before the first stage it asks for the plan; before each later stage, for what the canary said. Asking for the
//! verdict earlier would stop every change, and people would switch the gate off.

use interlock_guest::prelude::*;

/// Thresholds. Shares are basis points of all traffic, times are seconds.
#[derive(Settings)]
pub struct Limits {
    /// Tiers up to this number are blocked; -1 blocks none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    block_tier_max: i32,
    /// Further tiers up to this number are warned; -1 warns none. Default 2.
    #[setting(default = 2, range = -1..=3)]
    warn_tier_max: i32,
    /// Most traffic a first stage may take and still be a canary, in basis points. Default 1000: AWS's one-box takes at most 10 %.
    #[setting(default = 1000, range = 0..=10_000)]
    canary_traffic_bp_max: i32,
    /// Shortest time to watch the canary, in seconds. Default 3600: AWS bakes at least an hour after each one-box.
    #[setting(default = 3600, range = 0..=604_800)]
    bake_s_min: i32,
    /// Fewest requests the canary must serve. Default 100: the example AWS gives.
    #[setting(default = 100, range = 0..=1_000_000_000)]
    requests_min: i32,
}

const NO_CANARY: Rule = Rule {
    id: "no-canary",
    title: "the first stage is a canary",
    help: "without a small first stage, everybody is the canary",
    remedy: "begin `rollout.stages` with a stage of at most 1000 basis points of traffic, before the others",
    origin: Some(
        "2023-11-12 Alibaba Cloud: the process asked for a canary first; nobody made the machine ask",
    ),
    strictest: Verdict::Block,
};

const NO_CANARY_GATE: Rule = Rule {
    id: "no-canary-gate",
    title: "something decides after the canary whether to go on",
    help: "a canary that nobody listens to stops nothing",
    remedy: "give the first stage a `gate` with a `kind`: health, metrics, canary-analysis or approval",
    origin: Some("2016-04-11 Google Compute Engine: the canary said no, and the rollout went on"),
    strictest: Verdict::Block,
};

const BAKE_TOO_SHORT: Rule = Rule {
    id: "bake-too-short",
    title: "the canary is watched long enough",
    help: "a fault that shows after the caches have run out is not seen in a few minutes",
    remedy: "state a `bake-s` of at least 3600 for the first stage",
    origin: Some("2024-12-11 OpenAI: caches hid the fault until the rollout had gone everywhere"),
    strictest: Verdict::Warn,
};

const TOO_FEW_REQUESTS: Rule = Rule {
    id: "too-few-requests",
    title: "the canary serves enough to tell",
    help: "time alone proves nothing where no traffic comes",
    remedy: "state `min-requests` of at least 100 for the first stage",
    origin: Some("2026-02-09 GitHub: a setting changed on a quiet Saturday failed under Monday's load"),
    strictest: Verdict::Warn,
};

const CANARY_NOT_PASSED: Rule = Rule {
    id: "canary-not-passed",
    title: "the canary passed",
    help: "a verdict that is lost is treated as the verdict it may have been",
    remedy: "find out what the canary saw; do not promote before `canary.verdict` is `pass`",
    origin: Some("2016-04-11 Google Compute Engine: a second fault lost the canary's verdict"),
    strictest: Verdict::Block,
};

const CANARY_OF_SOMETHING_ELSE: Rule = Rule {
    id: "canary-of-something-else",
    title: "the canary ran what is promoted",
    help: "a canary of other bytes says nothing about these",
    remedy: "run the canary on the artefact that is promoted, and state its digest in `canary.digest`",
    origin: Some(
        "2025-12-05 Cloudflare: one change went out gradually, the one beside it, which broke, did not",
    ),
    strictest: Verdict::Block,
};

const CANARY_PATH_NOT_RUN: Rule = Rule {
    id: "canary-path-not-run",
    title: "the canary executed what was changed",
    help: "code that no request reached was carried along, not tried",
    remedy: "send the canary a request that takes the changed path, and state `canary.executed-path`",
    origin: Some(
        "2025-06-12 Google Cloud: the failing path ran in no stage until data reached it everywhere",
    ),
    strictest: Verdict::Warn,
};

#[policy(
    title = "a small part goes first, something decides whether to go on, and what the canary saw is known",
    rules = [
        NO_CANARY,
        NO_CANARY_GATE,
        BAKE_TOO_SHORT,
        TOO_FEW_REQUESTS,
        CANARY_NOT_PASSED,
        CANARY_OF_SOMETHING_ELSE,
        CANARY_PATH_NOT_RUN
    ]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    let by_tier = ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max };
    let Some(verdict) = by_tier.verdict(change) else { return Ok(vec![]) };

    let mut findings = plan(change, limits, verdict);
    match question.asked_at {
        Phase::Merge | Phase::Deploy => {}
        Phase::Promote => findings.extend(result(change, verdict)),
    }
    Ok(findings)
}

/// What the plan says of a canary.
fn plan(change: &Change, limits: &Limits, verdict: Verdict) -> Vec<Finding> {
    let canary = match canary_stage(change, limits) {
        Ok(stage) => stage,
        Err(NotACanary { why, at }) => {
            let finding = NO_CANARY.finding(verdict, why).at(at).with_tier(change);
            return vec![finding.with_reason_not_applicable(change, "/canary")];
        }
    };
    let mut findings = vec![];
    findings.extend(no_gate(canary, verdict));
    findings.extend(bake(canary, limits));
    if verdict == Verdict::Block {
        findings.extend(requests(canary, limits));
    }
    findings
}

/// Why the first stage is no canary, and where that stands.
struct NotACanary {
    why: String,
    at: &'static str,
}

fn canary_stage<'a>(change: &'a Change, limits: &Limits) -> Result<&'a Stage, NotACanary> {
    let stages = change.stages();
    let max = limits.canary_traffic_bp_max;
    let (why, at) = match stages {
        None => ("no stages are known, so none is known to be a canary".into(), "/rollout/stages"),
        Some([]) => ("the plan has no stages, so it has no canary".into(), "/rollout/stages"),
        Some([_]) => ("the plan has one stage, so nothing goes before the rest".into(), "/rollout/stages/0"),
        Some([first, ..]) => match first.traffic_bp {
            Some(0) => {
                ("the first stage takes no traffic, so it can show nothing".into(), "/rollout/stages/0")
            }
            Some(traffic) if i32::from(traffic) <= max => return Ok(first),
            Some(traffic) => (
                text!(
                    "the first stage takes {traffic} basis points of the traffic; a canary takes at most {max}"
                ),
                "/rollout/stages/0",
            ),
            None => ("the first stage does not say how much traffic it takes".into(), "/rollout/stages/0"),
        },
    };
    Err(NotACanary { why, at })
}

fn no_gate(canary: &Stage, verdict: Verdict) -> Option<Finding> {
    let message = match canary.gate.as_ref().map(|gate| gate.kind) {
        None => "nothing is known to decide after the canary whether the rollout goes on",
        Some(None) => "the gate after the canary does not say what it looks at",
        Some(Some(StageGateKind::None)) => "nothing decides after the canary whether the rollout goes on",
        Some(Some(
            StageGateKind::Approval
            | StageGateKind::Health
            | StageGateKind::Metrics
            | StageGateKind::CanaryAnalysis,
        )) => return None,
    };
    Some(NO_CANARY_GATE.finding(verdict, message).at("/rollout/stages/0/gate"))
}

fn bake(canary: &Stage, limits: &Limits) -> Option<Finding> {
    let min = limits.bake_s_min;
    let message = match canary.bake_s {
        Some(bake) if i64::from(bake) >= i64::from(min) => return None,
        Some(bake) => text!("the canary is watched for {bake} s; at least {min} s"),
        None => "the canary does not say how long it is watched".into(),
    };
    Some(BAKE_TOO_SHORT.finding(Verdict::Warn, message).at("/rollout/stages/0/bake-s"))
}

fn requests(canary: &Stage, limits: &Limits) -> Option<Finding> {
    let min = limits.requests_min;
    let message = match canary.min_requests {
        Some(requests) if i64::from(requests) >= i64::from(min) => return None,
        Some(requests) => text!("the canary is asked for {requests} requests; at least {min}"),
        None => "the canary does not say how many requests it must serve".into(),
    };
    Some(TOO_FEW_REQUESTS.finding(Verdict::Warn, message).at("/rollout/stages/0/min-requests"))
}

/// What the canary said.
fn result(change: &Change, verdict: Verdict) -> Vec<Finding> {
    let mut findings = vec![];
    findings.extend(not_passed(change, verdict));
    findings.extend(of_something_else(change, verdict));
    let executed = change.canary.as_ref().and_then(|canary| canary.executed_path);
    if executed.unknown_or(|executed| !executed) {
        let message = match executed {
            Some(_) => "the canary did not execute what was changed",
            None => "it is not known whether the canary executed what was changed",
        };
        findings.push(CANARY_PATH_NOT_RUN.finding(Verdict::Warn, message).at("/canary/executed-path"));
    }
    findings
}

fn not_passed(change: &Change, verdict: Verdict) -> Option<Finding> {
    let message = match change.canary.as_ref().and_then(|canary| canary.verdict) {
        Some(CanaryVerdict::Pass) => return None,
        Some(CanaryVerdict::Fail) => "the canary failed",
        Some(CanaryVerdict::Inconclusive) => "the canary could not tell",
        None => "the canary's verdict is not known",
    };
    let finding = CANARY_NOT_PASSED.finding(verdict, message).at("/canary/verdict");
    Some(finding.with_reason_not_applicable(change, "/canary"))
}

fn of_something_else(change: &Change, verdict: Verdict) -> Option<Finding> {
    let shipped: Vec<&String> =
        change.artifacts.iter().flatten().filter_map(|it| it.digest.as_ref()).collect();
    let ran = change.canary.as_ref().and_then(|canary| canary.digest.as_ref());
    if shipped.is_empty() || ran.known_and(|ran| shipped.contains(ran)) {
        return None;
    }
    let message = match ran {
        Some(_) => "the canary ran bytes that are not among those promoted",
        None => "it is not known which bytes the canary ran",
    };
    Some(CANARY_OF_SOMETHING_ELSE.finding(verdict, message).at("/canary/digest"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_verdict_is_no_pass() {
        let mut change = Change::unknown("c", ChangeKind::Network);
        assert!(not_passed(&change, Verdict::Block).is_some());
        let canary = |verdict| interlock_guest::change_types::Canary {
            verdict,
            digest: None,
            requests: None,
            executed_path: None,
        };
        change.canary = Some(canary(None));
        assert!(not_passed(&change, Verdict::Block).is_some());
        change.canary = Some(canary(Some(CanaryVerdict::Pass)));
        assert!(not_passed(&change, Verdict::Block).is_none());
    }
}
