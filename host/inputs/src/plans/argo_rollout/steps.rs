//! The steps of a canary into stages: a stage begins at a `setWeight` and ends before the next one. What is
//! paused or analysed in between is its watch. The last stage, all of the traffic, is there though nobody
//! writes it.

use std::collections::BTreeSet;

use interlock_model::{BasisPoints, Origin, StageGate};

use super::super::amount::{argo_seconds, count};
use super::super::draft::{DraftStage, Looks, Placed};
use super::pods::Divided;
use crate::payload::foreign::Seen;

/// Steps that change neither what takes traffic nor when the next step comes.
const QUIET: &[&str] = &["setCanaryScale", "setMirrorRoute", "replicaProgressThreshold"];

/// The stages.
pub(super) fn stages(spec: Seen<'_>, canary: Seen<'_>, steps: Seen<'_>) -> Vec<DraftStage> {
    let mut walk = Walk {
        divided: Divided::of(spec, canary),
        background: Background::of(canary),
        headers: BTreeSet::new(),
        open: None,
        stages: Vec::new(),
    };
    for (index, step) in steps.items().enumerate() {
        walk.step(index, step);
    }
    walk.close();
    if walk.stages.last().is_none_or(|last| last.traffic.as_ref().is_none_or(|it| it.value.get() < 10_000)) {
        let at = steps.origin();
        walk.stages.push(DraftStage::new(at).named("all").everywhere(at).whole(at));
    }
    walk.stages
}

/// The analysis that runs beside the steps.
struct Background<'s> {
    analysis: Seen<'s>,
    starting_step: usize,
}

impl<'s> Background<'s> {
    fn of(canary: Seen<'s>) -> Option<Self> {
        let analysis = canary.get("analysis").filter(|analysis| super::decides(*analysis))?;
        let starting_step = match analysis.get("startingStep") {
            None => 0,
            Some(step) => usize::try_from(count(step)?).ok()?,
        };
        Some(Self { analysis, starting_step })
    }
}

struct Walk<'s> {
    divided: Divided,
    background: Option<Background<'s>>,
    /// Header routes that are set: whoever sends such a header meets the canary whatever the weight says.
    headers: BTreeSet<&'s str>,
    open: Option<Open>,
    stages: Vec<DraftStage>,
}

/// A stage that is not over yet.
struct Open {
    at: Origin,
    name: String,
    traffic: Option<Placed<BasisPoints>>,
    watch: Watch,
    last_step: usize,
}

/// What happens until the next weight.
#[derive(Default)]
struct Watch {
    /// The pauses that end by themselves.
    paused: Option<Placed<u32>>,
    person: Option<Origin>,
    analysis: Option<Origin>,
    /// Something whose time or outcome cannot be read.
    unread: bool,
}

impl<'s> Walk<'s> {
    fn step(&mut self, index: usize, step: Seen<'s>) {
        for (key, value) in step.entries() {
            match key {
                "setWeight" => self.begin(index, value),
                "setHeaderRoute" => self.header(index, value),
                "pause" => self.watch(|watch| watch.pause(value)),
                "analysis" if super::decides(value) => self.watch(|watch| watch.analysis(value)),
                "analysis" => self.watch(|watch| watch.unread = true),
                "experiment" => self.watch(|watch| watch.experiment(value)),
                quiet if QUIET.contains(&quiet) => {}
                _ => self.watch(|watch| watch.unread = true),
            }
        }
        // Only now: a `setWeight` ends the stage that was open before it.
        if let Some(open) = &mut self.open {
            open.last_step = index;
        }
    }

    fn watch(&mut self, then: impl FnOnce(&mut Watch)) {
        if let Some(open) = &mut self.open {
            then(&mut open.watch);
        }
    }

    fn begin(&mut self, index: usize, weight: Seen<'s>) {
        self.close();
        let bp = count(weight).and_then(|weight| self.divided.share(weight));
        let traffic = bp.filter(|_| self.headers.is_empty()).map(|bp| Placed::new(bp, weight.origin()));
        let name = format!("setWeight {}", weight.scalar().unwrap_or("unknown"));
        let at = weight.origin();
        self.open = Some(Open { at, name, traffic, watch: Watch::default(), last_step: index });
    }

    /// How many send a header is not written here, so from now on nobody knows how much traffic the canary
    /// takes.
    fn header(&mut self, index: usize, route: Seen<'s>) {
        let name = route.get("name").and_then(Seen::text).unwrap_or_default();
        let sets = route.get("match").is_some_and(|headers| headers.items().next().is_some());
        if !sets {
            self.headers.remove(name);
            return;
        }
        self.headers.insert(name);
        match &mut self.open {
            Some(open) => open.traffic = None,
            None => {
                let name = "setHeaderRoute".to_owned();
                let watch = Watch::default();
                self.open = Some(Open { at: route.origin(), name, traffic: None, watch, last_step: index });
            }
        }
    }

    /// A first stage that nobody meets shows nothing, and nothing can go wrong in it: it is left out.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let is_empty = open.traffic.as_ref().is_some_and(|traffic| traffic.value.get() == 0);
        if !(is_empty && self.stages.is_empty()) {
            let background = self.background.as_ref().filter(|it| open.last_step >= it.starting_step);
            let gate = open.watch.gate(open.at, background.map(|it| it.analysis.origin()));
            let stage = DraftStage::new(open.at).named(open.name).everywhere(open.at);
            let stage = DraftStage { traffic: open.traffic, ..stage };
            self.stages.push(DraftStage { bake: open.watch.bake(open.at), ..stage }.gated(gate));
        }
    }
}

impl Watch {
    fn pause(&mut self, pause: Seen<'_>) {
        let Some(duration) = pause.get("duration").filter(|duration| !duration.is_null()) else {
            self.person = Some(pause.origin());
            return;
        };
        let Some(seconds) = argo_seconds(duration) else {
            self.unread = true;
            return;
        };
        let (before, at) = self.paused.as_ref().map_or((0, duration.origin()), |it| (it.value, it.at));
        self.paused = Some(Placed::new(seconds.saturating_add(before), at));
    }

    fn analysis(&mut self, analysis: Seen<'_>) {
        self.analysis = Some(analysis.origin());
    }

    fn experiment(&mut self, experiment: Seen<'_>) {
        let analyses = experiment.get("analyses").filter(|analyses| analyses.items().next().is_some());
        match analyses {
            Some(analyses) => self.analysis = Some(analyses.origin()),
            None => self.unread = true,
        }
    }

    /// What is stated is the least there is: a person, an analysis or a plugin takes its own time beside
    /// the pauses.
    fn bake(&self, stage: Origin) -> Option<Placed<u32>> {
        let other = self.person.is_some() || self.analysis.is_some() || self.unread;
        match &self.paused {
            Some(paused) => Some(paused.clone()),
            None if other => None,
            None => Some(Placed::new(0, stage)),
        }
    }

    fn gate(&self, stage: Origin, background: Option<Origin>) -> Option<Placed<StageGate>> {
        if let Some(analysis) = self.analysis.or(background) {
            return Some(Looks::Analysis.at(analysis));
        }
        if let Some(person) = self.person {
            return Some(Looks::Approval.at(person));
        }
        let at = self.paused.as_ref().map_or(stage, |paused| paused.at);
        (!self.unread).then(|| Looks::Nothing.at(at))
    }
}
