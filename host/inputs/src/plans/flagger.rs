//! Flagger: `kind: Canary` of `flagger.app`. Weights that grow by steps, A/B by headers, or blue-green by
//! iterations.
//!
//! At the highest weight the canary is promoted: its pods replace all others at once, so what is left of
//! the traffic is one step, whatever `stepWeightPromotion` says. That moves traffic between pods that all
//! run the change already.
//! Fields: <https://docs.flagger.app/usage/how-it-works>.

use interlock_model::{Origin, StageGate, Strategy};

use super::amount::{count, go_seconds, share};
use super::draft::{Draft, DraftStage, Looks, Placed, STAGES_MAX};
use super::manifest::{Manifest, ObjectName};
use crate::payload::foreign::Seen;

/// What Flagger takes where a file says nothing.
const INTERVAL_S: u32 = 60;
const ITERATIONS_WITHOUT_MESH: u32 = 10;

/// The plan of a Canary.
pub(super) fn plan(manifest: &Manifest<'_>) -> Option<Draft> {
    let spec = manifest.spec?;
    let analysis = spec.get("analysis").or_else(|| spec.get("canaryAnalysis"));
    let draft = Draft::unknown(analysis.unwrap_or(spec).origin());
    if let Some(skip) = spec.get("skipAnalysis").filter(|skip| skip.boolean() != Some(false)) {
        return Some(draft.called(Strategy::AllAtOnce, skip.origin()).at_once(skip.origin()));
    }
    let Some(analysis) = analysis else {
        // A patch says nothing; a whole Canary without an analysis is one nobody can read.
        return spec.get("targetRef").map(|_| draft);
    };
    let mode = Mode::of(spec, analysis);
    Some(mode.drawn(draft, &Analysis::of(analysis)))
}

/// The workload whose pods it copies and promotes.
pub(super) fn governs(manifest: &Manifest<'_>) -> Option<ObjectName> {
    manifest.refers(manifest.spec?.get("targetRef")?)
}

/// Which of Flagger's strategies an analysis asks for, in the order Flagger looks for them.
enum Mode {
    Headers { iterations: Placed<Option<u32>> },
    BlueGreen { iterations: Placed<Option<u32>> },
    Weights { weights: Vec<Placed<u32>> },
    Unread,
}

impl Mode {
    fn of(spec: Seen<'_>, analysis: Seen<'_>) -> Self {
        let without_mesh = spec.get("provider").and_then(Seen::text) == Some("kubernetes");
        let iterations = analysis.get("iterations").filter(|it| it.integer() != Some(0));
        let iterations = iterations.map(|it| Placed::new(count(it), it.origin()));
        let by_header = analysis.get("match").is_some_and(|headers| headers.items().next().is_some());
        match iterations {
            Some(iterations) if by_header && !without_mesh => Self::Headers { iterations },
            Some(iterations) => Self::BlueGreen { iterations },
            None if without_mesh => {
                let iterations = Placed::new(Some(ITERATIONS_WITHOUT_MESH), analysis.origin());
                Self::BlueGreen { iterations }
            }
            None => weights(analysis).map_or(Self::Unread, |weights| Self::Weights { weights }),
        }
    }

    fn drawn(self, draft: Draft, analysis: &Analysis) -> Draft {
        match self {
            Self::Headers { iterations } => {
                let (at, bake) = (iterations.at, analysis.times(iterations.value));
                let canary = DraftStage::new(at).named("headers").everywhere(at);
                let canary = canary.baked(bake, at).gated(Some(analysis.gate.clone()));
                draft.called(Strategy::Canary, at).in_stages(vec![canary, promoted(analysis.at)], analysis.at)
            }
            Self::BlueGreen { iterations } => {
                let (at, bake) = (iterations.at, analysis.times(iterations.value));
                let tested = DraftStage::new(at).named("tested").everywhere(at).taking(share(0, 1), at);
                let tested = tested.baked(bake, at).gated(Some(analysis.gate.clone()));
                draft
                    .called(Strategy::BlueGreen, at)
                    .in_stages(vec![tested, promoted(analysis.at)], analysis.at)
            }
            Self::Weights { weights } => {
                let stages = weights.iter().map(|weight| analysis.stage(weight)).collect::<Vec<_>>();
                let whole = weights.last().is_some_and(|last| last.value >= 100);
                let rest = (!whole).then(|| promoted(analysis.at));
                let stages = stages.into_iter().chain(rest).collect();
                draft.called(Strategy::Canary, analysis.at).in_stages(stages, analysis.at)
            }
            Self::Unread => draft.called(Strategy::Canary, analysis.at),
        }
    }
}

fn promoted(at: Origin) -> DraftStage {
    DraftStage::new(at).named("promoted").everywhere(at).whole(at)
}

/// Every weight the canary stands at before it is promoted. `None`: they cannot be read.
fn weights(analysis: Seen<'_>) -> Option<Vec<Placed<u32>>> {
    if let Some(step) = analysis.get("stepWeight").filter(|step| step.integer() != Some(0)) {
        return by_step(step, analysis);
    }
    let list = analysis.get("stepWeights")?;
    let weights = list.items().take(STAGES_MAX + 1);
    let weights: Option<Vec<_>> =
        weights.map(|weight| Some(Placed::new(count(weight)?.min(100), weight.origin()))).collect();
    weights.filter(|weights| !weights.is_empty())
}

/// The weight grows until it has reached the highest; it may overshoot it.
fn by_step(step: Seen<'_>, analysis: Seen<'_>) -> Option<Vec<Placed<u32>>> {
    let at = step.origin();
    let step = count(step)?;
    let highest = match analysis.get("maxWeight").map(count) {
        None | Some(Some(0)) => 100,
        Some(highest) => highest?.min(100),
    };
    let mut weights = Vec::new();
    let mut weight = 0_u32;
    while weight < highest {
        weight = weight.saturating_add(step).min(100);
        weights.push(Placed::new(weight, at));
    }
    Some(weights)
}

/// What is the same for every stage.
struct Analysis {
    at: Origin,
    interval: Placed<Option<u32>>,
    gate: Placed<StageGate>,
}

impl Analysis {
    fn of(analysis: Seen<'_>) -> Self {
        let interval = match analysis.get("interval") {
            None => Placed::new(Some(INTERVAL_S), analysis.origin()),
            Some(interval) => Placed::new(interval.text().and_then(go_seconds), interval.origin()),
        };
        Self { at: analysis.origin(), interval, gate: gate(analysis) }
    }

    fn times(&self, iterations: Option<u32>) -> Option<u32> {
        self.interval.value?.checked_mul(iterations?)
    }

    fn stage(&self, weight: &Placed<u32>) -> DraftStage {
        let stage =
            DraftStage::new(weight.at).named(format!("weight {}", weight.value)).everywhere(weight.at);
        let stage = stage.taking(share(weight.value, 100), weight.at);
        stage.baked(self.interval.value, self.interval.at).gated(Some(self.gate.clone()))
    }
}

/// Flagger rolls back when metrics or its tests fail; without either it still looks whether the pods are
/// ready.
fn gate(analysis: Seen<'_>) -> Placed<StageGate> {
    let metrics = analysis.get("metrics").filter(|metrics| metrics.items().next().is_some());
    if let Some(metrics) = metrics {
        return Looks::Metrics.at(metrics.origin());
    }
    let webhooks = || analysis.get("webhooks").into_iter().flat_map(Seen::items);
    let of_type = |kind: &str| webhooks().find(|hook| hook.get("type").and_then(Seen::text) == Some(kind));
    // A webhook without a type is a test that runs in every interval.
    let test = of_type("rollout").or_else(|| webhooks().find(|hook| hook.get("type").is_none()));
    match (test, of_type("confirm-traffic-increase")) {
        (Some(test), _) => Looks::Analysis.at(test.origin()),
        (None, Some(confirm)) => Looks::Approval.at(confirm.origin()),
        (None, None) => Looks::Health.at(analysis.origin()),
    }
}
