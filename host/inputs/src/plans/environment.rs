//! Jobs of a CI system that deploy to environments, in the order in which they wait for each other.
//!
//! It knows neither GitLab nor GitHub; `gitlab` and `github` tell it the jobs. A plan is said only if at
//! least two sets of production jobs follow each other: what one job's script does, and in how many steps,
//! is written elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use interlock_model::{Origin, StageGate, Strategy};

use super::draft::{Draft, DraftStage, Placed};

/// A job, or one run of a job that runs several times.
pub(super) struct Job {
    pub(super) name: String,
    pub(super) at: Origin,
    /// Indices of the jobs it waits for.
    pub(super) needs: BTreeSet<usize>,
    /// The production environment it deploys to.
    pub(super) environment: Option<String>,
    /// How long it waits once it could start.
    pub(super) delay: Option<Placed<u32>>,
    /// What has to agree before it starts.
    pub(super) gate: Option<Placed<StageGate>>,
}

/// The plan. `None`: fewer than two stages can be read, or the jobs wait for each other in a circle.
pub(super) fn plan(jobs: &[Job], at: Origin) -> Option<Draft> {
    let depths = depths(jobs)?;
    let mut layers: BTreeMap<usize, Vec<&Job>> = BTreeMap::new();
    for (job, depth) in jobs.iter().zip(depths).filter(|(job, _)| job.environment.is_some()) {
        layers.entry(depth).or_default().push(job);
    }
    let layers: Vec<Vec<&Job>> = layers.into_values().collect();
    if layers.len() < 2 {
        return None;
    }
    let next = layers.iter().skip(1).map(Some).chain([None]);
    let stages = layers.iter().zip(next).filter_map(|(layer, next)| stage(layer, next)).collect();
    Some(Draft::unknown(at).called(Strategy::Staged, at).in_stages(stages, at))
}

/// How many production jobs follow each other on the longest way to each job, itself included.
fn depths(jobs: &[Job]) -> Option<Vec<usize>> {
    let mut depths: Vec<Option<usize>> = vec![None; jobs.len()];
    let mut left = jobs.len();
    while left > 0 {
        let before = left;
        for (index, job) in jobs.iter().enumerate() {
            let known = job.needs.iter().map(|need| depths.get(*need).copied().flatten());
            let deepest = known.collect::<Option<Vec<_>>>().map(|all| all.into_iter().max().unwrap_or(0));
            if let (Some(slot @ None), Some(deepest)) = (depths.get_mut(index), deepest) {
                *slot = Some(deepest + usize::from(job.environment.is_some()));
                left -= 1;
            }
        }
        if left == before {
            return None;
        }
    }
    depths.into_iter().collect()
}

fn stage(layer: &[&Job], next: Option<&Vec<&Job>>) -> Option<DraftStage> {
    let first = layer.first()?;
    let names: Vec<&str> = layer.iter().map(|job| &*job.name).collect();
    let places = layer.iter().filter_map(|job| job.environment.clone()).collect();
    let stage = DraftStage::new(first.at).named(names.join(", ")).reaching(places, first.at);
    let Some(next) = next else { return Some(stage.whole(first.at)) };
    let delays: Option<Vec<&Placed<u32>>> = next.iter().map(|job| job.delay.as_ref()).collect();
    let delay = delays.and_then(|delays| delays.into_iter().min_by_key(|delay| delay.value).cloned());
    let gates: Option<Vec<&Placed<StageGate>>> = next.iter().map(|job| job.gate.as_ref()).collect();
    let gate = gates.and_then(|gates| gates.into_iter().next().cloned());
    Some(DraftStage { bake: delay, ..stage }.gated(gate))
}
