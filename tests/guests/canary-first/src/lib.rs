//! Example policy `canary-first`, in Rust. The same rule stands in JavaScript, Python and C in
//! `host/authoring/templates/`; `tests/suite/languages.rs` holds that all of them say the same bytes.

use interlock_guest::prelude::*;

/// Thresholds. Shares are basis points of all traffic, times are seconds.
#[derive(Settings)]
pub struct Limits {
    /// Most traffic the first stage may take, in basis points. Default 1000: a tenth.
    #[setting(default = 1000, range = 1..=10_000)]
    canary_traffic_bp_max: i32,
    /// Shortest time to watch the first stage, in seconds. Default 3600: an hour.
    #[setting(default = 3600, range = 0..=604_800)]
    bake_s_min: i32,
}

const NO_CANARY: Rule = Rule {
    id: "no-canary",
    title: "the first stage is a canary",
    help: "without a small first stage, everybody is the canary",
    remedy: "begin `rollout.stages` with a small stage, before the others",
    origin: None,
    strictest: Verdict::Block,
};

const BAKE_TOO_SHORT: Rule = Rule {
    id: "bake-too-short",
    title: "the first stage is watched long enough",
    help: "a fault that shows after the caches have run out is not seen in a few minutes",
    remedy: "state a longer `bake-s` for the first stage",
    origin: None,
    strictest: Verdict::Warn,
};

#[policy(title = "a rollout has a canary, and its first stage bakes", rules = [NO_CANARY, BAKE_TOO_SHORT])]
fn judge(change: &Change, _question: &Question, limits: &Limits) -> Judgement {
    let first = match change.stages() {
        None => {
            return Ok(vec![no_stages("no stages are known, so none is known to be a canary", "unknown")]);
        }
        Some([]) => return Ok(vec![no_stages("the plan has no stages, so it has no canary", "0")]),
        Some([_]) => return Ok(vec![no_stages("the plan has one stage, and nothing comes after it", "1")]),
        Some([first, ..]) => first,
    };
    Ok(traffic(first, limits).into_iter().chain(bake(first, limits)).collect())
}

fn no_stages(message: &str, count: &str) -> Finding {
    NO_CANARY.finding(Verdict::Block, message).at("/rollout/stages").because("stages", count)
}

/// An unknown share may be all of it.
fn traffic(first: &Stage, limits: &Limits) -> Option<Finding> {
    let (name, max) = (name(first), limits.canary_traffic_bp_max);
    let message = match first.traffic_bp {
        None => {
            text!("{name} does not say how much traffic it takes; a canary takes at most {max} basis points")
        }
        Some(share) if i32::from(share) > max => {
            text!("{name} takes {share} basis points of the traffic; a canary takes at most {max}")
        }
        Some(_) => return None,
    };
    let finding = NO_CANARY.finding(Verdict::Block, message).at("/rollout/stages/0/traffic-bp");
    Some(finding.because("traffic-bp", told(first.traffic_bp)).because("canary-traffic-bp-max", max))
}

/// An unknown time may be none.
fn bake(first: &Stage, limits: &Limits) -> Option<Finding> {
    let (name, min) = (name(first), limits.bake_s_min);
    let message = match first.bake_s {
        None if min > 0 => {
            text!("{name} does not say how long it is watched; at least {min} s are asked for")
        }
        Some(time) if i64::from(time) < i64::from(min) => {
            text!("{name} is watched for {time} s; at least {min} s are asked for")
        }
        None | Some(_) => return None,
    };
    let finding = BAKE_TOO_SHORT.finding(Verdict::Warn, message).at("/rollout/stages/0/bake-s");
    Some(finding.because("bake-s", told(first.bake_s)).because("bake-s-min", min))
}

fn name(stage: &Stage) -> String {
    stage.name.as_ref().map_or_else(|| "the first stage".into(), |name| text!("stage `{name}`"))
}

fn told(fact: Option<impl IntoText>) -> String {
    fact.map_or_else(|| "unknown".into(), IntoText::into_text)
}
