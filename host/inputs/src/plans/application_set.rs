//! Argo CD: `kind: ApplicationSet` of `argoproj.io`, one application per place. Without `RollingSync` all
//! of them change at once; with it, in steps of those whose labels match.
//!
//! Which applications there are is known only where every generator is a list that is written out. How much
//! traffic a place takes is never written here, and there is no wait between steps: the next one starts
//! when the last is healthy. Progressive syncs do nothing unless the controller runs with them switched on,
//! which no manifest tells.
//! Fields: <https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Progressive-Syncs/>.

mod elements;

use interlock_model::{Origin, Strategy};

use super::amount::CountOrPercent;
use super::draft::{Draft, DraftStage, Looks, Placed, STAGES_MAX};
use super::manifest::Manifest;
use crate::payload::foreign::Seen;
use elements::Application;

/// The plan of an ApplicationSet. A patch without generators says nothing unless it names a strategy.
pub(super) fn plan(manifest: &Manifest<'_>) -> Option<Draft> {
    let spec = manifest.spec?;
    let strategy = spec.get("strategy").filter(|strategy| strategy.entries().next().is_some());
    let generators = spec.get("generators");
    let at = strategy.or(generators)?.origin();
    let applications = elements::applications(spec);
    let draft = Draft { targets: targets(generators, applications.as_deref()), ..Draft::unknown(at) };
    let kind = strategy.and_then(|strategy| strategy.get("type"));
    let kind_at = kind.map_or(at, Seen::origin);
    Some(match kind.map(Seen::text) {
        None | Some(Some("AllAtOnce" | "")) => draft.called(Strategy::AllAtOnce, kind_at).at_once(kind_at),
        Some(Some("RollingSync")) => {
            rolling(draft.called(Strategy::Staged, kind_at), strategy, applications.as_deref())
        }
        Some(_) => draft,
    })
}

fn targets(
    generators: Option<Seen<'_>>,
    applications: Option<&[Application]>,
) -> Option<Placed<Vec<Placed<interlock_model::Target>>>> {
    let all: Option<Vec<_>> = applications?.iter().map(Application::target).collect();
    Some(Placed::new(all?, generators?.origin()))
}

fn rolling(draft: Draft, strategy: Option<Seen<'_>>, applications: Option<&[Application]>) -> Draft {
    let steps = strategy.and_then(|strategy| strategy.at(&["rollingSync", "steps"]));
    // Without a step every application counts as one that is in no step: none of them is synced in order.
    let Some(steps) = steps.filter(|steps| steps.items().next().is_some()) else { return draft };
    let seen: Vec<_> = steps.items().take(STAGES_MAX + 1).collect();
    let by_hand = seen.iter().skip(1).map(|next| waits_for_person(*next)).chain([None]);
    let stages = seen.iter().zip(by_hand).enumerate();
    let stages = stages.map(|(index, (step, by_hand))| stage(index, *step, by_hand, applications)).collect();
    draft.in_stages(stages, steps.origin())
}

/// `maxUpdate: 0` syncs nothing by itself: the step starts when a person syncs.
fn waits_for_person(step: Seen<'_>) -> Option<Origin> {
    let most = step.get("maxUpdate")?;
    CountOrPercent::of(most).filter(|most| most.is_zero()).map(|_| most.origin())
}

fn stage(
    index: usize,
    step: Seen<'_>,
    by_hand: Option<Origin>,
    applications: Option<&[Application]>,
) -> DraftStage {
    let at = step.origin();
    let stage = DraftStage::new(at).named(format!("step {}", index + 1)).baked(Some(0), at);
    let gate = by_hand.map_or_else(|| Looks::Health.at(at), |by_hand| Looks::Approval.at(by_hand));
    let stage = stage.gated(Some(gate));
    let Some(expressions) = step.get("matchExpressions") else { return stage };
    let names = applications.and_then(|all| elements::matching(all, expressions));
    match names {
        Some(names) => stage.reaching(names, expressions.origin()),
        None => stage,
    }
}
