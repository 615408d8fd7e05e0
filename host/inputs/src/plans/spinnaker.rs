//! Spinnaker: a pipeline as JSON. Its deploy stages in the order their references give, and what waits,
//! asks or analyses between them.
//!
//! What a deploy stage deploys takes an unknown share of the traffic; its places are known where they are
//! written. A stage that may be skipped, or whose failure is ignored, stops nothing and is not counted as a
//! gate.
//! Fields: <https://spinnaker.io/docs/reference/pipeline/stages/>.

mod graph;

use interlock_model::{Origin, StageGate, Strategy};

use super::amount::{count, worded_seconds};
use super::draft::{Draft, DraftStage, Looks, Placed};
use crate::payload::foreign::Seen;
use graph::Graph;

const DEPLOYS: &[&str] = &["deploy", "deployManifest", "cloneServerGroup", "createServerGroup"];
/// Pipelines of more stages are not read.
const STAGES_MAX: usize = 200;

/// The plan of a pipeline. `None`: no pipeline, or one that deploys nothing.
pub(super) fn plan(document: Seen<'_>) -> Option<Draft> {
    let list = document.get("stages")?;
    let seen: Vec<Seen<'_>> = list.items().take(STAGES_MAX + 1).collect();
    let is_pipeline = !seen.is_empty()
        && seen.iter().all(|stage| stage.get("refId").is_some() && stage.get("type").is_some());
    if !is_pipeline || !seen.iter().any(|stage| is_deploy(*stage)) {
        return None;
    }
    let draft = Draft::unknown(list.origin());
    let graph = (seen.len() <= STAGES_MAX).then(|| Graph::of(&seen, is_deploy)).flatten();
    let Some(graph) = graph else { return Some(draft) };
    Some(draft.called(Strategy::Staged, list.origin()).in_stages(stages(&seen, &graph), list.origin()))
}

fn is_deploy(stage: Seen<'_>) -> bool {
    stage.get("type").and_then(Seen::text).is_some_and(|kind| DEPLOYS.contains(&kind))
}

fn stages(seen: &[Seen<'_>], graph: &Graph) -> Vec<DraftStage> {
    let layers = graph.layers();
    let next = layers.iter().skip(1).map(Some).chain([None]);
    layers.iter().zip(next).filter_map(|(layer, next)| stage(seen, graph, layer, next)).collect()
}

fn stage(seen: &[Seen<'_>], graph: &Graph, layer: &[usize], next: Option<&Vec<usize>>) -> Option<DraftStage> {
    let deploys: Vec<Seen<'_>> = layer.iter().filter_map(|index| seen.get(*index)).copied().collect();
    let at = deploys.first()?.origin();
    let name: Vec<&str> = deploys.iter().filter_map(|it| it.get("name")?.text()).collect();
    let stage = DraftStage::new(at).named(name.join(", "));
    let stage = match deploys.iter().map(|deploy| places(*deploy)).collect::<Option<Vec<_>>>() {
        Some(places) => stage.reaching(places.concat(), at),
        None => stage,
    };
    let stage = if next.is_none() { stage.whole(at) } else { stage };
    let Some(next) = next else { return Some(stage) };
    let bake = graph.shortest_watch(layer, next, |index| seen.get(index).and_then(|it| waits(*it)));
    let gate = graph.gate(layer, next, |index| gate(*seen.get(index)?));
    Some(stage.baked(bake, at).gated(gate.or_else(|| Some(Looks::Nothing.at(at)))))
}

/// Regions of server groups, or the account of a manifest, which is a cluster. `None`: not written.
fn places(deploy: Seen<'_>) -> Option<Vec<String>> {
    let Some(clusters) = deploy.get("clusters").filter(|clusters| clusters.items().next().is_some()) else {
        return Some(vec![literal(deploy.get("account").or_else(|| deploy.get("credentials"))?)?]);
    };
    let regions: Option<Vec<Vec<String>>> = clusters.items().map(regions).collect();
    regions.map(|regions| regions.concat())
}

fn regions(cluster: Seen<'_>) -> Option<Vec<String>> {
    let zones = cluster.get("availabilityZones").filter(|zones| zones.entries().next().is_some());
    match zones {
        Some(zones) => Some(zones.entries().map(|(region, _)| region.to_owned()).collect()),
        None => Some(vec![literal(cluster.get("region").or_else(|| cluster.get("account"))?)?]),
    }
}

/// A text without an expression of Spinnaker's in it.
fn literal(seen: Seen<'_>) -> Option<String> {
    seen.text().filter(|text| !text.contains("${") && !text.is_empty()).map(str::to_owned)
}

/// How long a stage keeps the next one waiting, at least. `None`: not written, or it may be skipped.
fn waits(stage: Seen<'_>) -> Option<u32> {
    if may_be_passed(stage) {
        return Some(0);
    }
    match stage.get("type").and_then(Seen::text) {
        Some("wait") => stage.get("waitTime").and_then(count),
        Some("kayentaCanary") => Some(analysed(stage).unwrap_or(0)),
        Some(_) | None => Some(0),
    }
}

/// A retrospective analysis looks back and waits for nothing.
fn analysed(stage: Seen<'_>) -> Option<u32> {
    if stage.get("analysisType").and_then(Seen::text) == Some("retrospective") {
        return None;
    }
    let config = stage.get("canaryConfig")?;
    match config.get("lifetimeDuration") {
        Some(duration) => worded_seconds(duration.text()?),
        None => count(config.get("lifetimeHours")?)?.checked_mul(3600),
    }
}

fn gate(stage: Seen<'_>) -> Option<Placed<StageGate>> {
    let at: Origin = stage.origin();
    if may_be_passed(stage) {
        return None;
    }
    match stage.get("type").and_then(Seen::text) {
        Some("manualJudgment") => Some(Looks::Approval.at(at)),
        Some("kayentaCanary") => Some(Looks::Analysis.at(at)),
        Some(_) | None => None,
    }
}

/// Whether the pipeline may go on without the stage: it runs on a condition, or its failure is ignored.
fn may_be_passed(stage: Seen<'_>) -> bool {
    let is = |key: &str, value: bool| stage.get(key).and_then(Seen::boolean) == Some(value);
    let conditional = stage.get("stageEnabled").is_some_and(|it| it.entries().next().is_some());
    conditional || is("continuePipeline", true) || is("failPipeline", false)
}
