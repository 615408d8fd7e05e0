//! What Kubernetes itself does with a workload: Deployment, StatefulSet, DaemonSet.
//!
//! A rolling update replaces pods in groups, but nothing between the groups decides anything and nobody can
//! look: the next group starts as soon as the pods of the last are ready. Bad configuration passes
//! readiness, so the whole update is one stage here, and `maxSurge`, `maxUnavailable` and `minReadySeconds`
//! do not make more of it. Two things do stop: the partition of a StatefulSet and `OnDelete`.

use interlock_model::{Origin, Strategy};

use super::amount::{count, share};
use super::draft::{Draft, DraftStage, Looks};
use super::manifest::Manifest;
use crate::payload::foreign::Seen;

/// The plan of a workload. A patch (no selector) says nothing unless it names a strategy.
pub(super) fn plan(manifest: &Manifest<'_>) -> Option<Draft> {
    let spec = manifest.spec?;
    let strategy = match manifest.kind {
        "Deployment" => spec.get("strategy"),
        "StatefulSet" | "DaemonSet" => spec.get("updateStrategy"),
        _ => return None,
    };
    let strategy = strategy.filter(|strategy| strategy.entries().next().is_some());
    if strategy.is_none() && spec.get("selector").is_none() {
        return None;
    }
    let at = strategy.unwrap_or(spec).origin();
    let draft = Draft::unknown(at);
    let kind = strategy.and_then(|strategy| strategy.get("type"));
    let kind_at = kind.map_or(at, Seen::origin);
    Some(match kind.map(Seen::text) {
        None | Some(Some("RollingUpdate")) => match strategy.and_then(|it| partition(manifest, it)) {
            Some(partition) => partitioned(draft.called(Strategy::Staged, kind_at), spec, partition),
            None => draft.called(Strategy::Rolling, kind_at).at_once(kind_at),
        },
        Some(Some("Recreate")) => draft.called(Strategy::AllAtOnce, kind_at).at_once(kind_at),
        // Somebody deletes pods, one by one or all of them: it is not written here.
        Some(Some("OnDelete")) => draft.called(Strategy::Manual, kind_at),
        Some(_) => draft,
    })
}

/// `spec.updateStrategy.rollingUpdate.partition` of a StatefulSet, if it holds anything back.
fn partition<'f>(manifest: &Manifest<'f>, strategy: Seen<'f>) -> Option<Seen<'f>> {
    let partition =
        strategy.at(&["rollingUpdate", "partition"]).filter(|_| manifest.kind == "StatefulSet")?;
    (partition.integer() != Some(0) && !partition.is_null()).then_some(partition)
}

/// Pods from the partition's ordinal on are replaced; the others when somebody lowers it.
fn partitioned(draft: Draft, spec: Seen<'_>, partition: Seen<'_>) -> Draft {
    let replicas = spec.get("replicas").and_then(count);
    let stages = match (replicas, count(partition)) {
        (Some(replicas), Some(held)) if held < replicas => {
            Some(by_ordinal(replicas, held, partition.origin()))
        }
        (Some(_) | None, Some(_) | None) => None,
    };
    match stages {
        Some(stages) => draft.in_stages(stages, partition.origin()),
        None => draft,
    }
}

fn by_ordinal(replicas: u32, held: u32, at: Origin) -> Vec<DraftStage> {
    let name = format!("ordinals {held} to {}", replicas.saturating_sub(1));
    let first = DraftStage::new(at).named(name).everywhere(at);
    let first = first.taking(share(replicas.saturating_sub(held), replicas), at);
    let rest = DraftStage::new(at).named(format!("ordinals 0 to {}", held.saturating_sub(1))).everywhere(at);
    vec![first.gated(Some(Looks::Approval.at(at))), rest.whole(at)]
}
