//! Argo Rollouts: `kind: Rollout` of `argoproj.io`. A canary's steps, or blue-green.
//!
//! A canary without steps is a rolling update: everything at once, however it is called. A patch (a Rollout
//! without a selector) that says nothing of its steps is no plan: they stand in what it patches.
//! Fields: <https://argo-rollouts.readthedocs.io/en/stable/features/specification/>.

mod pods;
mod steps;

use interlock_model::Strategy;

use super::amount::argo_seconds;
use super::draft::{Draft, DraftStage, Looks};
use super::manifest::{Manifest, ObjectName};
use crate::payload::foreign::Seen;

/// Steps of one canary. What a canary of more does is not known.
const STEPS_MAX: usize = 1000;

/// The plan of a Rollout.
pub(super) fn plan(manifest: &Manifest<'_>) -> Option<Draft> {
    let spec = manifest.spec?;
    let strategy = spec.get("strategy");
    if let Some(canary) = strategy.and_then(|strategy| strategy.get("canary")) {
        return canary_plan(manifest, spec, canary);
    }
    if let Some(blue_green) = strategy.and_then(|strategy| strategy.get("blueGreen")) {
        return blue_green_plan(manifest, blue_green);
    }
    // The controller refuses a Rollout without a strategy, so nobody knows what it will do.
    is_whole(manifest).then(|| Draft::unknown(strategy.unwrap_or(spec).origin()))
}

/// The workload whose pods it rolls out in its place.
pub(super) fn governs(manifest: &Manifest<'_>) -> Option<ObjectName> {
    manifest.refers(manifest.spec?.get("workloadRef")?)
}

fn is_whole(manifest: &Manifest<'_>) -> bool {
    manifest.spec.is_some_and(|spec| spec.get("selector").is_some() || spec.get("workloadRef").is_some())
}

fn canary_plan(manifest: &Manifest<'_>, spec: Seen<'_>, canary: Seen<'_>) -> Option<Draft> {
    let draft = Draft::unknown(canary.origin()).called(Strategy::Canary, canary.origin());
    match canary.get("steps").filter(|steps| steps.items().next().is_some()) {
        Some(steps) if steps.items().nth(STEPS_MAX).is_some() => Some(draft),
        Some(steps) => Some(draft.in_stages(steps::stages(spec, canary, steps), steps.origin())),
        None if is_whole(manifest) || canary.get("steps").is_some() => {
            let at = canary.get("steps").unwrap_or(canary).origin();
            Some(draft.at_once(at))
        }
        None => None,
    }
}

/// The new pods wait as a preview that takes no traffic, then take all of it. Where nothing waits there is
/// no preview.
fn blue_green_plan(manifest: &Manifest<'_>, blue_green: Seen<'_>) -> Option<Draft> {
    let at = blue_green.origin();
    let draft = Draft::unknown(at).called(Strategy::BlueGreen, at);
    let active = DraftStage::new(at).named("active").everywhere(at).whole(at);
    let active = active.gated(analysis(blue_green, "postPromotionAnalysis"));
    let stages = preview(blue_green).into_iter().chain([active]).collect();
    let says = ["prePromotionAnalysis", "autoPromotionEnabled", "autoPromotionSeconds"];
    let known = is_whole(manifest) || says.iter().any(|key| blue_green.get(key).is_some());
    known.then(|| draft.in_stages(stages, at))
}

fn preview(blue_green: Seen<'_>) -> Option<DraftStage> {
    let analysis = analysis(blue_green, "prePromotionAnalysis");
    let by_hand = blue_green.get("autoPromotionEnabled").filter(|enabled| enabled.boolean() == Some(false));
    let delay = blue_green.get("autoPromotionSeconds").filter(|delay| delay.scalar() != Some("0"));
    // The delay is not used where a person promotes.
    let delay = delay.filter(|_| by_hand.is_none());
    let at = by_hand.or(delay).map(Seen::origin).or(analysis.as_ref().map(|gate| gate.at))?;
    let gate = analysis.or(by_hand.map(|by_hand| Looks::Approval.at(by_hand.origin())));
    let stage = DraftStage::new(at).named("preview").everywhere(at);
    let stage = stage.taking(super::amount::share(0, 1), blue_green.origin());
    let stage = stage.gated(Some(gate.unwrap_or_else(|| Looks::Nothing.at(at))));
    Some(stage.baked(delay.and_then(argo_seconds), delay.map_or(at, Seen::origin)))
}

fn analysis(of: Seen<'_>, key: &str) -> Option<super::draft::Placed<interlock_model::StageGate>> {
    let analysis = of.get(key).filter(|analysis| decides(*analysis))?;
    Some(Looks::Analysis.at(analysis.origin()))
}

/// Whether an analysis can stop anything: it names templates, and not all of its metrics are a dry run.
fn decides(analysis: Seen<'_>) -> bool {
    let named = analysis.get("templates").is_some_and(|templates| templates.items().next().is_some());
    let dry = analysis.get("dryRun").into_iter().flat_map(Seen::items);
    let is_all = |name: Option<&str>| matches!(name, Some(".*" | ".+" | "^.*$" | "^.+$"));
    let mut metrics = dry.map(|run| run.get("metricName").and_then(Seen::text));
    named && !metrics.any(is_all)
}
