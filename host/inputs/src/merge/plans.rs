//! Several rollout plans in one change become the weakest of them, stage by stage: the most traffic, the shortest bake, the
//! least gate. A rule that is content with it is content with every plan, and one that is not has a plan to point at.
//!
//! Traffic grows in no step by more than in some plan's own step (the larger of two sums rises by no more than one of
//! them), so no jump is reported that no plan makes. Every plan keeps the fields in which it is the weakest, with their
//! places; `merge` then joins them field by field.

use interlock_model::{Pointer, Rollout, Stage, StageGate, StageGateKind};

use crate::statement::{Speaker, Statement};

/// Leaves each plan of a tool only what it is the weakest in.
pub(super) fn weakest(mut statements: Vec<Statement>) -> Vec<Statement> {
    let plans: Vec<Plan> = statements.iter().enumerate().filter_map(|(at, it)| Plan::of(at, it)).collect();
    let Some(shortest) = plans.iter().map(|plan| plan.stages.len()).min().filter(|_| plans.len() > 1) else {
        return statements;
    };
    let mut pieces: Vec<Piece> = plans.iter().map(|plan| Piece::blank(plan.at, shortest)).collect();
    for index in 0..shortest {
        // The shortest plans' last stage is everything that is left; the others have not come as far by then.
        let is_last = index + 1 == shortest;
        let asked = |plan: &&Plan| !is_last || plan.stages.len() == shortest;
        share_out(index, &plans.iter().filter(asked).collect::<Vec<_>>(), &mut pieces);
    }
    let least = plans.iter().min_by_key(|plan| rank_of_config(plan.config_included));
    if let Some(piece) = least.and_then(|plan| pieces.iter_mut().find(|piece| piece.at == plan.at)) {
        piece.config_included = least.and_then(|plan| plan.config_included);
    }
    for (plan, piece) in plans.iter().zip(pieces) {
        if let Some(statement) = statements.get_mut(piece.at) {
            piece.put_into(statement);
            if plan.stages.len() > shortest {
                // That there are so few stages is what the shortest plan says.
                statement.sources.forget_only(&Pointer::new("/rollout/stages"));
                statement.sources.forget_only(&Pointer::new("/rollout"));
            }
        }
    }
    // The shortest speaks first: where it contradicts the author, that is the plan to look at.
    if let (Some(first), Some(least)) =
        (plans.first(), plans.iter().find(|plan| plan.stages.len() == shortest))
        && least.at < statements.len()
    {
        let least = statements.remove(least.at);
        statements.insert(first.at, least);
    }
    statements
}

/// A plan of a tool, and which statement it is of.
struct Plan {
    at: usize,
    stages: Vec<Stage>,
    config_included: Option<bool>,
}

impl Plan {
    fn of(at: usize, statement: &Statement) -> Option<Self> {
        match statement.speaker {
            Speaker::Tool => {}
            Speaker::Author | Speaker::Caller => return None,
        }
        let rollout = statement.facts.rollout.as_ref()?;
        Some(Self { at, stages: rollout.stages.clone()?, config_included: rollout.config_included })
    }
}

/// What is left of a plan.
struct Piece {
    at: usize,
    stages: Vec<Stage>,
    /// Stages whose own place is this plan's.
    placed: Vec<usize>,
    config_included: Option<bool>,
}

const BLANK: Stage =
    Stage { name: None, targets: None, traffic_bp: None, bake_s: None, min_requests: None, gate: None };

impl Piece {
    fn blank(at: usize, stages: usize) -> Self {
        Self { at, stages: vec![BLANK; stages], placed: Vec::new(), config_included: None }
    }

    fn put_into(self, statement: &mut Statement) {
        let list = Pointer::new("/rollout/stages");
        let count = statement.facts.rollout.as_ref().and_then(|it| it.stages.as_ref()).map_or(0, Vec::len);
        for index in 0..count {
            let at = list.child(&index.to_string());
            let kept = self.stages.get(index).map(said).unwrap_or_default();
            for field in FIELDS.iter().filter(|field| !kept.contains(field)) {
                statement.sources.forget(&at.child(field));
            }
            if !self.placed.contains(&index) {
                statement.sources.forget_only(&at);
            }
        }
        let strategy = statement.facts.rollout.as_ref().and_then(|rollout| rollout.strategy);
        let config_included = self.config_included;
        statement.facts.rollout = Some(Rollout { strategy, stages: Some(self.stages), config_included });
    }
}

/// Fields of a stage by the names they have in a document.
const FIELDS: [&str; 6] = ["name", "targets", "traffic-bp", "bake-s", "min-requests", "gate"];

fn said(stage: &Stage) -> Vec<&'static str> {
    let Stage { name, targets, traffic_bp, bake_s, min_requests, gate } = stage;
    let is_said = [
        name.is_some(),
        targets.is_some(),
        traffic_bp.is_some(),
        bake_s.is_some(),
        min_requests.is_some(),
        gate.is_some(),
    ];
    FIELDS.into_iter().zip(is_said).filter(|(_, is_said)| *is_said).map(|(field, _)| field).collect()
}

/// Gives each field of one stage to the plan that is the weakest in it. Unknown is weaker than anything.
fn share_out(index: usize, plans: &[&Plan], pieces: &mut [Piece]) {
    let given = |from: &Plan| from.stages.get(index).cloned().unwrap_or(BLANK);
    let mut weakest = |rank: fn(&Stage) -> u32, take: &dyn Fn(&mut Piece, &mut Stage, Stage)| {
        let Some(plan) = plans.iter().min_by_key(|plan| rank(&given(plan))) else { return };
        let Some(piece) = pieces.iter_mut().find(|piece| piece.at == plan.at) else { return };
        let Some(mut stage) = piece.stages.get(index).cloned() else { return };
        take(piece, &mut stage, given(plan));
        if let Some(kept) = piece.stages.get_mut(index) {
            *kept = stage;
        }
    };
    weakest(narrowness, &|_, into, from| (into.traffic_bp, into.name) = (from.traffic_bp, from.name));
    weakest(|it| above_unknown(it.bake_s), &|_, into, from| into.bake_s = from.bake_s);
    weakest(|it| above_unknown(it.min_requests), &|_, into, from| into.min_requests = from.min_requests);
    weakest(|it| it.gate.as_ref().map_or(0, rank_of_gate), &|_, into, from| into.gate = from.gate);
    weakest(facts_known, &|piece, _, _| piece.placed.push(index));
    // Unknown targets are all there are; otherwise it reaches what any of the plans reaches in this stage.
    let targets: Option<Vec<Vec<String>>> = plans.iter().map(|plan| given(plan).targets).collect();
    weakest(|_| 0, &|_, into, _| into.targets = targets.clone().map(union));
}

fn narrowness(stage: &Stage) -> u32 {
    stage.traffic_bp.map_or(0, |bp| 10_001_u32.saturating_sub(bp.get().into()))
}

fn above_unknown(count: Option<u32>) -> u32 {
    count.map_or(0, |count| count.saturating_add(1))
}

fn facts_known(stage: &Stage) -> u32 {
    u32::try_from(said(stage).len()).unwrap_or(u32::MAX)
}

fn union(lists: Vec<Vec<String>>) -> Vec<String> {
    let mut all: Vec<String> = lists.into_iter().flatten().collect();
    all.sort();
    all.dedup();
    all
}

fn rank_of_config(included: Option<bool>) -> u32 {
    match included {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    }
}

fn rank_of_gate(gate: &StageGate) -> u32 {
    let kind = match gate.kind {
        None | Some(StageGateKind::None) => 0,
        Some(StageGateKind::Approval) => 1,
        Some(StageGateKind::Health) => 2,
        Some(StageGateKind::Metrics) => 3,
        Some(StageGateKind::CanaryAnalysis) => 4,
    };
    1 + kind * 2 + u32::from(gate.automatic == Some(true))
}
