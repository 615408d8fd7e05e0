//! What is expected of a folder of changes, as it is written. Its comments are the descriptions in the published schema.
//!
//! Only shapes: what a value may be beyond its type is checked in `checked`, which knows where it stands.

use std::collections::BTreeMap;

use interlock_model::{Instant, PolicyId, Verdict};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::cases::PhaseWord;
use crate::policy_set::InOrder;

/// What the whole gate is to say of each change in this folder.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Expected {
    /// The incident that the changes are of, by a name of your own. Absent: ordinary changes.
    pub(super) incident: Option<String>,
    /// Whether a gate could have known. With an incident, and only there.
    pub(super) catchable: Option<CatchableWord>,
    /// Why it comes out so. Needed where an incident is not caught, or not all of it.
    pub(super) why: Option<String>,
    /// What has to speak of the incident's changes at least, all of them taken together: `policy` or `policy/rule`.
    #[schemars(extend("minItems" = 1))]
    pub(super) expected_rules: Option<Vec<String>>,
    /// `none` if nobody proposed a change: the folder then holds facts, and nothing is judged.
    pub(super) document: Option<NoDocument>,
    /// For which time each document is judged that has no time of its own, like `2026-03-02T12:00Z`.
    pub(super) evaluated_at: Option<Instant>,
    /// By the document's file name, or by any name where `document` says which file is meant.
    #[schemars(with = "Option<BTreeMap<String, ExpectedDocument>>", extend("minProperties" = 1))]
    pub(super) documents: Option<InOrder<ExpectedDocument>>,
}

/// Everything the gate is to say of one change, and how it is asked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ExpectedDocument {
    /// The change document, relative to this folder. Absent: the name under which this stands.
    pub(super) document: Option<String>,
    /// Of an incident: the change as it was proposed, or as it should have been. Absent: as it was proposed.
    pub(super) role: Option<RoleWord>,
    /// Why it comes out so. Absent: it is plain.
    pub(super) why: Option<String>,
    /// For which time it is judged. Absent: the folder's.
    pub(super) evaluated_at: Option<Instant>,
    /// At which point of the change's life it is asked. Absent: `deploy`.
    pub(super) asked_at: Option<PhaseWord>,
    /// Stages that are done. Absent: none, and at `promote` one.
    pub(super) stages_done: Option<u32>,
    /// Seconds since the last of them was done. Absent: 0.
    pub(super) bake_elapsed_s: Option<u32>,
    /// The changed file, or a folder of files, before the change. With `after`, relative to this folder.
    pub(super) before: Option<String>,
    /// The same after the change.
    pub(super) after: Option<String>,
    /// Calendar files, relative to this folder. Absent: those of whoever runs this.
    pub(super) calendars: Option<Vec<String>>,
    /// What the gate answers.
    pub(super) verdict: AnswerWord,
    /// Every finding, in any order. An empty list: nothing.
    pub(super) findings: Vec<ExpectedFinding>,
}

/// A finding that is expected.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ExpectedFinding {
    /// The policy, as it is bound.
    pub(super) policy: PolicyId,
    /// The rule.
    pub(super) rule: String,
    /// How hard it is.
    pub(super) verdict: crate::cases::VerdictWord,
    /// Its first place: a JSON pointer into the change, or into the changed file, like `/rollout/stages/0`.
    pub(super) at: String,
    /// The changed file in which that place lies. Absent: it lies in the change document.
    pub(super) file: Option<String>,
}

/// Whether a gate could have known.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CatchableWord {
    /// From what a gate realistically has.
    Yes,
    /// With more than that, or not all of the damage.
    Partly,
    /// By nothing that was there before.
    No,
}

/// There is no document.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NoDocument {
    /// Nobody proposed a change.
    None,
}

/// What a change is to its incident.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RoleWord {
    /// As it was proposed.
    Proposed,
    /// As it should have been: what was promised afterwards.
    Fixed,
}

/// What the gate answers.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AnswerWord {
    /// Nothing stands against it.
    Allow,
    /// Somebody should look.
    Warn,
    /// The change must not go on.
    Block,
}

impl From<AnswerWord> for Verdict {
    fn from(word: AnswerWord) -> Self {
        match word {
            AnswerWord::Allow => Self::Allow,
            AnswerWord::Warn => Self::Warn,
            AnswerWord::Block => Self::Block,
        }
    }
}
