//! What is asked about a change, by whoever asks: the author of the change has no say in it.

use crate::Instant;

/// The question a deploy system or a person puts to the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// At which point of the change's life the gate is asked.
    pub asked_at: Phase,
    /// The time for which the answer is given.
    pub evaluated_at: Instant,
    /// Whether that time was chosen (`--at`, a replay) rather than read from the clock. A simulated answer is no licence to deploy.
    pub simulated: bool,
    /// How far the rollout has come. Absent: it has not started.
    pub progress: Option<Progress>,
}

/// A point in a change's life. What is not yet knowable at a phase is not asked for at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Before it is merged: the plan must be there.
    Merge,
    /// Before the first stage: the plan, the tests and the time must be there.
    Deploy,
    /// Before each later stage: what the earlier stages showed must be there.
    Promote,
}

impl Phase {
    /// The word people use for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Deploy => "deploy",
            Self::Promote => "promote",
        }
    }
}

/// How far the rollout has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Stages that are done.
    pub stages_done: u32,
    /// Seconds since the last of them was done.
    pub bake_elapsed_s: u32,
}
