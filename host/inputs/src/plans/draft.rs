//! A plan as an adapter understood it, each fact beside the place it was read from, and the statement it
//! becomes.
//!
//! It knows no system: the adapters beside it do. [`super`] makes statements of what they give.

use interlock_model::{
    BasisPoints, Origin, Pointer, Rollout, Stage, StageGate, StageGateKind, Strategy, Target,
};

use crate::statement::{Speaker, Statement};

/// Stages of one plan. A person plans tens; a plan of more is taken as one nobody understood.
pub(super) const STAGES_MAX: usize = 200;

/// A value and where it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) at: Origin,
}

/// One plan.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// What a person would edit to change the plan.
    pub(super) at: Origin,
    pub(super) strategy: Option<Placed<Strategy>>,
    /// What a person would edit to change the stages, and the stages. `None` inside: they cannot be known.
    pub(super) stages: Placed<Option<Vec<DraftStage>>>,
    /// Places the plan reaches. `None`: the source does not say.
    pub(super) targets: Option<Placed<Vec<Placed<Target>>>>,
}

/// One stage. What the source does not say is `None`.
#[derive(Clone, Debug)]
pub(super) struct DraftStage {
    pub(super) at: Origin,
    pub(super) name: Option<String>,
    pub(super) targets: Option<Placed<Vec<String>>>,
    pub(super) traffic: Option<Placed<BasisPoints>>,
    pub(super) bake: Option<Placed<u32>>,
    pub(super) gate: Option<Placed<StageGate>>,
}

impl<T> Placed<T> {
    pub(super) fn new(value: T, at: Origin) -> Self {
        Self { value, at }
    }
}

impl Draft {
    /// A plan of which nothing is known but that it is one.
    pub(super) fn unknown(at: Origin) -> Self {
        Self { at, strategy: None, stages: Placed::new(None, at), targets: None }
    }

    pub(super) fn called(self, strategy: Strategy, at: Origin) -> Self {
        Self { strategy: Some(Placed::new(strategy, at)), ..self }
    }

    /// `at` is the list in the source that a stage would be added to.
    pub(super) fn in_stages(self, stages: Vec<DraftStage>, at: Origin) -> Self {
        Self { stages: Placed::new(Some(stages), at), ..self }
    }

    /// One stage with everything, wherever the object is.
    pub(super) fn at_once(self, at: Origin) -> Self {
        let all = DraftStage::new(at).named("everything").everywhere(at).whole(at);
        self.in_stages(vec![all], at)
    }

    /// The statement. Too many stages are unknown stages.
    pub(super) fn statement(self, name: &str, text: &str) -> Statement {
        let mut statement = Statement::new(Speaker::Tool, name, text);
        statement.place("/rollout", self.at);
        statement.place("/rollout/stages", self.stages.at);
        if let Some(strategy) = &self.strategy {
            statement.place("/rollout/strategy", strategy.at);
        }
        let stages = self.stages.value.filter(|stages| stages.len() <= STAGES_MAX);
        statement.facts.rollout = Some(Rollout {
            strategy: self.strategy.map(|strategy| strategy.value),
            stages: stages.map(|stages| {
                stages.into_iter().enumerate().map(|(at, stage)| stage.told(at, &mut statement)).collect()
            }),
            config_included: None,
        });
        statement.facts.targets = self.targets.map(|targets| told_targets(targets, &mut statement));
        statement
    }
}

fn told_targets(targets: Placed<Vec<Placed<Target>>>, statement: &mut Statement) -> Vec<Target> {
    statement.place("/targets", targets.at);
    for (index, target) in targets.value.iter().enumerate() {
        statement.place(&format!("/targets/{index}"), target.at);
    }
    targets.value.into_iter().map(|target| target.value).collect()
}

impl DraftStage {
    pub(super) fn new(at: Origin) -> Self {
        Self { at, name: None, targets: None, traffic: None, bake: None, gate: None }
    }

    pub(super) fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// It runs wherever the object it belongs to is: in each place there is, a part of it.
    pub(super) fn everywhere(self, at: Origin) -> Self {
        self.reaching(vec!["*".to_owned()], at)
    }

    pub(super) fn reaching(self, targets: Vec<String>, at: Origin) -> Self {
        Self { targets: Some(Placed::new(targets, at)), ..self }
    }

    /// All of the traffic.
    pub(super) fn whole(self, at: Origin) -> Self {
        self.taking(super::amount::share(1, 1), at)
    }

    /// A share of the traffic; `None`: the source does not say which.
    pub(super) fn taking(self, share: Option<BasisPoints>, at: Origin) -> Self {
        Self { traffic: share.map(|share| Placed::new(share, at)), ..self }
    }

    pub(super) fn baked(self, seconds: Option<u32>, at: Origin) -> Self {
        Self { bake: seconds.map(|seconds| Placed::new(seconds, at)), ..self }
    }

    pub(super) fn gated(self, gate: Option<Placed<StageGate>>) -> Self {
        Self { gate, ..self }
    }

    fn told(self, index: usize, statement: &mut Statement) -> Stage {
        let at = Pointer::new("/rollout/stages").child(&index.to_string());
        self.place(&at, statement);
        Stage {
            name: self.name,
            targets: self.targets.map(|targets| targets.value),
            traffic_bp: self.traffic.map(|traffic| traffic.value),
            bake_s: self.bake.map(|bake| bake.value),
            min_requests: None,
            gate: self.gate.map(|gate| gate.value),
        }
    }

    fn place(&self, at: &Pointer, statement: &mut Statement) {
        let facts = [
            ("name", self.name.as_ref().map(|_| self.at)),
            ("targets", self.targets.as_ref().map(|it| it.at)),
            ("traffic-bp", self.traffic.as_ref().map(|it| it.at)),
            ("bake-s", self.bake.as_ref().map(|it| it.at)),
            ("gate", self.gate.as_ref().map(|it| it.at)),
        ];
        statement.sources.place(at.clone(), self.at);
        for (fact, origin) in facts {
            if let Some(origin) = origin {
                statement.sources.place(at.child(fact), origin);
            }
        }
    }
}

/// Whether a machine or a person looks, and at what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Looks {
    /// Nothing: the clock goes on.
    Nothing,
    /// A person agrees.
    Approval,
    /// A machine waits until what was changed says it is healthy.
    Health,
    /// A machine compares metrics with bounds.
    Metrics,
    /// A machine compares the canary with what it replaces, or runs somebody's checks on it.
    Analysis,
}

impl Looks {
    pub(super) fn at(self, origin: Origin) -> Placed<StageGate> {
        let (kind, automatic) = match self {
            Self::Nothing => (StageGateKind::None, None),
            Self::Approval => (StageGateKind::Approval, Some(false)),
            Self::Health => (StageGateKind::Health, Some(true)),
            Self::Metrics => (StageGateKind::Metrics, Some(true)),
            Self::Analysis => (StageGateKind::CanaryAnalysis, Some(true)),
        };
        Placed::new(StageGate { kind: Some(kind), automatic }, origin)
    }
}
