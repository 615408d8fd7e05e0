//! How a policy is bound: how much its findings weigh, and which changes it is asked about.

use crate::{ChangeKind, Tier};

/// How much a policy's findings weigh. Held in the policy set, never in the policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As much as the policy says.
    #[default]
    Enforce,
    /// A warning at most.
    Warn,
    /// Nothing: they are recorded and do not count, and neither does a policy that breaks.
    Shadow,
}

impl Mode {
    /// The word people use for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Warn => "warn",
            Self::Shadow => "shadow",
        }
    }
}

/// Which changes a policy is asked about. Every selector that is given must match; one that cannot be decided, because the
/// change does not say, matches: leaving a fact out must not be a way around a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// Sorts of change. Absent: all.
    pub kinds: Option<Vec<ChangeKind>>,
    /// Globs of environments, matched with the resolved one and, without it, the declared one. Absent: all.
    pub environments: Option<Vec<String>>,
    /// Tiers; an unknown tier matches. The change matches if any service does. Absent: all.
    pub tiers: Option<Vec<Tier>>,
    /// Globs of service names. The change matches if any service does. Absent: all.
    pub services: Option<Vec<String>>,
    /// Globs of changed files and artefacts. The change matches if any does, or if its files are unknown. Absent: all.
    pub paths: Option<Vec<String>>,
}
