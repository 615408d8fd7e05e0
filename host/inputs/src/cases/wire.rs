//! Cases as they are written, key by key. Its comments are the descriptions in the published schema.
//!
//! Only shapes: what a value may be beyond its type is checked in `checked`, which knows where it stands.

use std::collections::BTreeMap;

use interlock_model::{Instant, Phase, Verdict};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::policy_set::{InOrder, Setting};

/// The cases of a policy: changes, and everything that it is to say of each.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Cases {
    /// The change that every case without a `change-file` begins with.
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(super) base: Option<Value>,
    /// Calendar files, relative to this file's folder, for every case that names none itself. Absent: none.
    pub(super) calendars: Option<Vec<String>>,
    /// At least one.
    #[schemars(extend("minItems" = 1))]
    pub(super) cases: Vec<Case>,
}

/// One change, and everything the policy is to say of it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Case {
    /// What it is called. No other case is called so.
    pub(super) case: String,
    /// Why it must come out so.
    pub(super) why: String,
    /// At which point of the change's life the policy is asked. Absent: `deploy`.
    pub(super) asked_at: Option<PhaseWord>,
    /// For which time, like `2026-03-02T12:00Z`. Absent: when the change is to start, or else a fixed time.
    pub(super) evaluated_at: Option<Instant>,
    /// How far the rollout has come. Absent: it has not begun, and at `promote` one stage is done.
    pub(super) progress: Option<ProgressWord>,
    /// Calendar files of this case, relative to this file's folder. Absent: those of the file.
    pub(super) calendars: Option<Vec<String>>,
    /// Settings of the policy by key. What is not given keeps the policy's default.
    #[schemars(with = "Option<BTreeMap<String, Setting>>")]
    pub(super) settings: Option<InOrder<Setting>>,
    /// A change document, relative to this file's folder, that stands in for the base.
    pub(super) change_file: Option<String>,
    /// What is merged over the base: maps merge, lists are replaced, `null` removes (RFC 7396).
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(super) change: Option<Value>,
    /// Everything the policy is to say, in any order. An empty list: nothing.
    pub(super) expect: Vec<Expected>,
}

/// A finding that is expected.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Expected {
    /// The rule.
    pub(super) rule: String,
    /// How hard it is.
    pub(super) verdict: VerdictWord,
    /// Its first place: a JSON pointer into the change, or into the changed file, like `/rollout/stages/0`.
    pub(super) at: String,
    /// The changed file in which that place lies. Absent: it is not compared.
    pub(super) file: Option<String>,
    /// What it says. Absent: it is not compared. `interlock test --update` writes it anew where the words alone differ.
    pub(super) message: Option<String>,
}

/// How far a rollout has come.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ProgressWord {
    /// Stages that are done.
    pub(super) stages_done: u32,
    /// Seconds since the last of them was done. Absent: 0.
    pub(super) bake_elapsed_s: Option<u32>,
}

/// A point in a change's life.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PhaseWord {
    /// Before it is merged.
    Merge,
    /// Before the first stage.
    Deploy,
    /// Before each later stage.
    Promote,
}

impl From<PhaseWord> for Phase {
    fn from(word: PhaseWord) -> Self {
        match word {
            PhaseWord::Merge => Self::Merge,
            PhaseWord::Deploy => Self::Deploy,
            PhaseWord::Promote => Self::Promote,
        }
    }
}

/// How hard a finding is. A policy that says nothing allows; there is no finding for it.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum VerdictWord {
    /// Somebody should look.
    Warn,
    /// The change must not go on.
    Block,
}

impl From<VerdictWord> for Verdict {
    fn from(word: VerdictWord) -> Self {
        match word {
            VerdictWord::Warn => Self::Warn,
            VerdictWord::Block => Self::Block,
        }
    }
}
